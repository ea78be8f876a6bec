/**
 * Walks a part of the log: recomputes every leaf and link, holds the columns against the text, compares links that are
 * known from elsewhere, and notes where each sealing key is used first. Holds no event in memory; needs no key.
 * Parts can be walked side by side: each begins with the link that is stored at its start.
 */
import { isSealed, type SealPlace } from '@chorus/privacy'
import type { Sealed } from '@chorus/contracts'
import { genesisLink, leafOf, linkOf } from './chain'
import type { EventStore, StoredEvent } from './port'
import { topMembers } from './top-members'

export type ChainFault = 'gap' | 'recordedtime-decreases' | 'not-its-text' | 'link-differs' | 'head-differs'
export interface KnownLink { readonly ordinal: number; readonly link: string }
/** A value that was sealed by a key, where the walk met the key first. */
export interface SealedSample { readonly keyId: string; readonly ordinal: number; readonly value: Sealed; readonly place: SealPlace }

export interface Range {
  /** exclusive: the event here is not checked, its link is where the walk begins; 0 is the start of the log */
  readonly after: number
  /** inclusive */
  readonly through: number
  /** links known from elsewhere, in order */
  readonly known?: readonly KnownLink[]
  /** note where sealing keys are used first */
  readonly samples?: boolean
}
export interface Walked {
  /** events that are right, from the start on */
  readonly checked: number
  /** what is stored at `after` */
  readonly start: KnownLink
  /** the last event that is right */
  readonly end: KnownLink & { readonly recordedtime: string }
  readonly fault?: { readonly ordinal: number; readonly fault: ChainFault; readonly text: string }
  /** the last known link that was found as it should be */
  readonly agrees?: number
  /** the first that was not; the walk ends there */
  readonly differs?: number
  readonly samples: readonly SealedSample[]
}

export type Readable = Pick<EventStore, 'log' | 'readAll'>
export interface WalkOptions { readonly signal?: AbortSignal; /** told of every 10,000 events */ readonly onWalked?: (events: number) => void }

const EVERY = 10_000

/** @param range through an ordinal that the log has; what is missing is a gap */
export async function walkRange(store: Readable, range: Range, { signal, onWalked }: WalkOptions = {}): Promise<Walked> {
  const { after, through, known = [] } = range
  const samples = range.samples ? new Samples() : undefined
  let start: Walked['end'] | undefined = after === 0 ? { ordinal: 0, link: genesisLink(store.log), recordedtime: '' } : undefined
  let previous = start ?? { ordinal: after, link: '', recordedtime: '' }
  let checked = 0
  let at = 0
  let agrees: number | undefined
  const answer = (more: Pick<Walked, 'fault' | 'differs'> = {}): Walked =>
    ({ checked, start: start ?? previous, end: { ordinal: previous.ordinal, link: previous.link, recordedtime: previous.recordedtime }, ...(agrees === undefined ? {} : { agrees }), ...more, samples: samples?.found ?? [] })
  const wrong = (ordinal: number, fault: ChainFault, text: string): Walked => answer({ fault: { ordinal, fault, text: `ordinal ${ordinal}: ${text}` } })
  /** False where what is known of this ordinal is something else. */
  const compared = (place: KnownLink): boolean => {
    for (; at < known.length && known[at]!.ordinal <= place.ordinal; at++) {
      if (known[at]!.ordinal < place.ordinal) continue
      if (known[at]!.link !== place.link) return false
      agrees = place.ordinal
    }
    return true
  }

  for await (const event of store.readAll({ after: Math.max(0, after - 1), through, ...(signal && { signal }) })) {
    if (!start) {
      if (event.ordinal !== after) return wrong(after, 'gap', 'there is no event here, although the log reaches further or was said to')
      previous = start = event
      if (!compared(event)) return answer({ differs: event.ordinal })
      continue
    }
    const found = faultOf(store.log, previous, event)
    if (found) return wrong(found.fault === 'gap' ? previous.ordinal + 1 : event.ordinal, found.fault, found.text)
    if (!compared(event)) return answer({ differs: event.ordinal })
    samples?.look(event)
    previous = event
    checked += 1
    if (checked % EVERY === 0) onWalked?.(EVERY)
  }
  onWalked?.(checked % EVERY)
  if (!start) return wrong(after, 'gap', 'there is no event here, although the log reaches further or was said to')
  return previous.ordinal < through ? wrong(previous.ordinal + 1, 'gap', 'missing: the log ends before it') : answer()
}

function faultOf(log: string, previous: Walked['end'], event: StoredEvent): { fault: ChainFault; text: string } | undefined {
  if (event.ordinal !== previous.ordinal + 1) return { fault: 'gap', text: `missing; the next event in the log is ${event.ordinal}` }
  if (event.recordedtime < previous.recordedtime) return { fault: 'recordedtime-decreases', text: 'recorded before the event that precedes it' }
  if (linkOf(previous.link, event.ordinal, event.recordedtime, leafOf(event.text)) !== event.link) {
    return { fault: 'link-differs', text: 'its text, recorded time or place is not what was linked when it was recorded' }
  }
  const said = topMembers(event.text)
  if (!said || said.log !== log || said.stream !== event.stream || said.revision !== event.revision || (said.id ?? event.id) !== event.id || (said.type ?? event.type) !== event.type) {
    return { fault: 'not-its-text', text: 'the columns beside its text (log, stream, revision, id or type) say something else than the text' }
  }
  return undefined
}

const MARK = '"$sealed":{'
const KEY = '"k":"'

class Samples {
  readonly found: SealedSample[] = []
  private readonly met = new Set<string>()

  look(event: StoredEvent): void {
    if (!this.meetsNew(event.text)) return
    const parsed = JSON.parse(event.text) as { readonly id: string; readonly type: string; readonly schemaVersion: number }
    visit(parsed, '', (value, pointer) => {
      const keyId = value.$sealed.k
      if (this.met.has(keyId)) return
      this.met.add(keyId)
      this.found.push({ keyId, ordinal: event.ordinal, value, place: { eventId: parsed.id, type: parsed.type, schemaVersion: parsed.schemaVersion, pointer } })
    })
  }

  private meetsNew(text: string): boolean {
    for (let at = text.indexOf(MARK); at >= 0; at = text.indexOf(MARK, at + 1)) {
      const from = text.indexOf(KEY, at) + KEY.length
      if (!this.met.has(text.slice(from, text.indexOf('"', from)))) return true
    }
    return false
  }
}

const visit = (value: unknown, pointer: string, found: (value: Sealed, pointer: string) => void): void => {
  if (typeof value !== 'object' || value === null) return
  if (isSealed(value)) { found(value, pointer); return }
  for (const [key, inner] of Object.entries(value)) visit(inner, `${pointer}/${key}`, found)
}
