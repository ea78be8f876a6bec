/**
 * Walks a part of the log: recomputes every leaf and link, holds the columns against the text, compares links that are
 * known from elsewhere, and notes where each sealing key is used first. Holds no event in memory; needs no key.
 * Parts can be walked side by side: each begins with the link that is stored at its start.
 */
import { isSealed, type SealPlace } from '@chorus/privacy'
import type { Sealed } from '@chorus/contracts'
import { genesisLink, leafOf, linkOf } from './chain'
import type { EventStore, LogPage, LogRow, ReadAllOptions, StoredEvent } from './port'
import { partOf, saysThat } from './says-of'

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
  /** the first event, and each that comes right behind a known link: what the checkpoint there does not cover yet */
  readonly firsts: readonly { readonly ordinal: number; readonly recordedtime: string }[]
}

export type Readable = Pick<EventStore, 'log' | 'readAll' | 'readPages'>
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
  const firsts: { ordinal: number; recordedtime: string }[] = []
  const answer = (more: Pick<Walked, 'fault' | 'differs'> = {}): Walked =>
    ({ checked, start: start ?? previous, end: { ordinal: previous.ordinal, link: previous.link, recordedtime: previous.recordedtime }, ...(agrees === undefined ? {} : { agrees }), ...more, samples: samples?.found ?? [], firsts })
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

  for await (const page of pagesOf(store, { after: Math.max(0, after - 1), through, ...(signal && { signal }) })) {
    for (let left = page.length; left > 0; left--) {
      const event = page.next()
      if (!start) {
        if (event.ordinal !== after) return wrong(after, 'gap', 'there is no event here, although the log reaches further or was said to')
        previous = start = placeOf(event)
        if (!compared(event)) return answer({ differs: event.ordinal })
        continue
      }
      const found = faultOf(store.log, previous, event)
      if (found) return wrong(found.fault === 'gap' ? previous.ordinal + 1 : event.ordinal, found.fault, found.text)
      if (checked === 0 || previous.ordinal === agrees) firsts.push({ ordinal: event.ordinal, recordedtime: event.recordedtime })
      if (!compared(event)) return answer({ differs: event.ordinal })
      samples?.look(event)
      previous = placeOf(event)
      checked += 1
      if (checked % EVERY === 0) onWalked?.(EVERY)
    }
  }
  onWalked?.(checked % EVERY)
  if (!start) return wrong(after, 'gap', 'there is no event here, although the log reaches further or was said to')
  return previous.ordinal < through ? wrong(previous.ordinal + 1, 'gap', 'missing: the log ends before it') : answer()
}

const placeOf = ({ ordinal, link, recordedtime }: LogRow): Walked['end'] => ({ ordinal, link, recordedtime })

/** The pages of a store that has them, else each event as a page of its own. */
async function* pagesOf(store: Readable, options: Omit<ReadAllOptions, 'filter'>): AsyncIterable<LogPage> {
  if (store.readPages) { yield* store.readPages(options); return }
  for await (const event of store.readAll(options)) yield pageOfOne(event)
}
/** @param content the fingerprint that the store keeps beside the event, where it keeps one */
export const pageOfOne = (event: StoredEvent, content?: string): LogPage => ({ length: 1, next: () => rowOf(event, content) })
const rowOf = ({ ordinal, recordedtime, link, text, stream, revision, id, type }: StoredEvent, content: string | undefined): LogRow => {
  const bytes = Buffer.from(text)
  return { ordinal, recordedtime, link, bytes, fits: (log) => saysThat(bytes, { log: partOf(log), stream: partOf(stream), revision, id: partOf(id), type: partOf(type), ...content !== undefined && { content: partOf(content) } }) }
}

function faultOf(log: string, previous: Walked['end'], event: LogRow): { fault: ChainFault; text: string } | undefined {
  if (event.ordinal !== previous.ordinal + 1) return { fault: 'gap', text: `missing; the next event in the log is ${event.ordinal}` }
  if (event.recordedtime < previous.recordedtime) return { fault: 'recordedtime-decreases', text: 'recorded before the event that precedes it' }
  if (linkOf(previous.link, event.ordinal, event.recordedtime, leafOf(event.bytes)) !== event.link) {
    return { fault: 'link-differs', text: 'its text, recorded time or place is not what was linked when it was recorded' }
  }
  if (!event.fits(log)) return { fault: 'not-its-text', text: 'the columns beside its text (log, stream, revision, id, type or content) say something else than the text' }
  return undefined
}

const MARK = Buffer.from('"$sealed":{')
const KEY = Buffer.from('"k":"')
const QUOTE = 34

class Samples {
  readonly found: SealedSample[] = []
  private readonly met = new Set<string>()

  look({ bytes, ordinal }: LogRow): void {
    if (!this.meetsNew(bytes)) return
    const parsed = JSON.parse(bytes.toString()) as { readonly id: string; readonly type: string; readonly schemaVersion: number }
    visit(parsed, '', (value, pointer) => {
      const keyId = value.$sealed.k
      if (this.met.has(keyId)) return
      this.met.add(keyId)
      this.found.push({ keyId, ordinal, value, place: { eventId: parsed.id, type: parsed.type, schemaVersion: parsed.schemaVersion, pointer } })
    })
  }

  private meetsNew(bytes: Buffer): boolean {
    for (let at = bytes.indexOf(MARK); at >= 0; at = bytes.indexOf(MARK, at + 1)) {
      const from = bytes.indexOf(KEY, at) + KEY.length
      if (!this.met.has(bytes.toString('latin1', from, bytes.indexOf(QUOTE, from)))) return true
    }
    return false
  }
}

const visit = (value: unknown, pointer: string, found: (value: Sealed, pointer: string) => void): void => {
  if (typeof value !== 'object' || value === null) return
  if (isSealed(value)) { found(value, pointer); return }
  for (const [key, inner] of Object.entries(value)) visit(inner, `${pointer}/${key}`, found)
}
