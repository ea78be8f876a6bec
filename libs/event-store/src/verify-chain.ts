/** Walks a log from one ordinal to another and reports the first that is wrong, and why. */
import { canonicalJson, genesisLink, leafOf, linkOf } from './chain'
import type { EventStore, StoredEvent } from './port'

export type ChainFault = 'gap' | 'recordedtime-decreases' | 'text-not-canonical' | 'not-its-text' | 'link-differs' | 'head-differs'

export type ChainReport =
  | { readonly ok: true; readonly log: string; /** events looked at */ readonly checked: number; /** the last ordinal that is right */ readonly through: number; readonly link: string }
  | { readonly ok: false; readonly log: string; readonly checked: number; /** the first ordinal that is wrong */ readonly ordinal: number; readonly fault: ChainFault; readonly text: string }

export interface VerifyOptions {
  /** exclusive: the event here is trusted, the walk starts with its link; default 0, the start of the log */
  readonly after?: number
  /** inclusive; default the head, which is then compared too */
  readonly through?: number
  /** told every 10,000 events, and at the end: events checked so far, and of how many */
  readonly onProgress?: (checked: number, of: number) => void
  readonly signal?: AbortSignal
}

const PROGRESS_EVERY = 10_000

/** Recomputes every leaf and link; holds no event in memory. Needs no key: sealed values stay sealed. */
export async function verifyChain(store: Pick<EventStore, 'log' | 'head' | 'readAll'>, options: VerifyOptions = {}): Promise<ChainReport> {
  const { log } = store
  const head = await store.head()
  const after = options.after ?? 0
  const through = Math.min(options.through ?? head.ordinal, head.ordinal)
  let previous: Pick<StoredEvent, 'ordinal' | 'link' | 'recordedtime'> = { ordinal: 0, link: genesisLink(log), recordedtime: '' }
  let checked = 0
  const wrong = (ordinal: number, fault: ChainFault, text: string): ChainReport => ({ ok: false, log, checked, ordinal, fault, text: `ordinal ${ordinal}: ${text}` })

  if (after > 0) {
    const trusted = await eventAt(store, after)
    if (!trusted) return wrong(after, 'gap', 'there is no event here, although the log reaches further or was said to')
    previous = trusted
  }
  for await (const event of store.readAll({ after, through, ...(options.signal && { signal: options.signal }) })) {
    const found = faultOf(log, previous, event)
    if (found) return wrong(found.fault === 'gap' ? previous.ordinal + 1 : event.ordinal, found.fault, found.text)
    previous = event
    checked += 1
    if (checked % PROGRESS_EVERY === 0) options.onProgress?.(checked, through - after)
  }
  options.onProgress?.(checked, through - after)
  if (previous.ordinal < through) return wrong(previous.ordinal + 1, 'gap', `the log ends before it, but its head says ${head.ordinal}`)
  if (through === head.ordinal && previous.link !== head.link) return wrong(head.ordinal, 'head-differs', 'the head of the log carries another link than its last event')
  return { ok: true, log, checked, through: previous.ordinal, link: previous.link }
}

async function eventAt(store: Pick<EventStore, 'readAll'>, ordinal: number): Promise<StoredEvent | undefined> {
  for await (const event of store.readAll({ after: ordinal - 1, through: ordinal })) return event
  return undefined
}

function faultOf(log: string, previous: Pick<StoredEvent, 'ordinal' | 'link' | 'recordedtime'>, event: StoredEvent): { fault: ChainFault; text: string } | undefined {
  if (event.ordinal !== previous.ordinal + 1) return { fault: 'gap', text: `missing; the next event in the log is ${event.ordinal}` }
  if (event.recordedtime < previous.recordedtime) return { fault: 'recordedtime-decreases', text: 'recorded before the event that precedes it' }
  if (linkOf(previous.link, event.ordinal, event.recordedtime, leafOf(event.text)) !== event.link) {
    return { fault: 'link-differs', text: 'its text, recorded time or place is not what was linked when it was recorded' }
  }
  const body = parsed(event.text)
  if (!body || canonicalText(body) !== event.text) return { fault: 'text-not-canonical', text: 'its text is not canonical JSON' }
  if (body.log !== log || body.stream !== event.stream || body.revision !== event.revision || (body.id ?? event.id) !== event.id || (body.type ?? event.type) !== event.type) {
    return { fault: 'not-its-text', text: 'the columns beside its text (log, stream, revision, id or type) say something else than the text' }
  }
  return undefined
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(text) as Record<string, unknown>
  } catch {
    return undefined
  }
}

function canonicalText(body: unknown): string | undefined {
  try {
    return canonicalJson(body)
  } catch {
    return undefined
  }
}
