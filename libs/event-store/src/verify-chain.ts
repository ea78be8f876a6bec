/** Walks a log from one ordinal to another and reports the first that is wrong, and why. What was signed elsewhere is not asked: libs/tamper-evidence. */
import type { EventStore } from './port'
import { walkRange, type ChainFault } from './walk-range'

export type ChainReport =
  | { readonly ok: true; readonly log: string; /** events looked at */ readonly checked: number; /** the last ordinal that is right */ readonly through: number; readonly link: string; /** of that event; '' for an empty log */ readonly recordedtime: string }
  | { readonly ok: false; readonly log: string; readonly checked: number; /** the first ordinal that is wrong */ readonly ordinal: number; readonly fault: ChainFault; readonly text: string }

export interface VerifyOptions {
  /** exclusive: the event here is trusted, the walk starts with its link; default 0, the start of the log */
  readonly after?: number
  /** the link that must stand at `after`; where it is another, that ordinal is wrong */
  readonly link?: string
  /** inclusive; default the head, which is then compared too */
  readonly through?: number
  /** told every 10,000 events, and at the end: events checked so far, and of how many */
  readonly onProgress?: (checked: number, of: number) => void
  readonly signal?: AbortSignal
}

/** Recomputes every leaf and link; holds no event in memory. Needs no key: sealed values stay sealed. */
export async function verifyChain(store: Pick<EventStore, 'log' | 'head' | 'readAll'>, options: VerifyOptions = {}): Promise<ChainReport> {
  const { log } = store
  const head = await store.head()
  const { after = 0, link, signal } = options
  const through = Math.min(options.through ?? head.ordinal, head.ordinal)
  let told = 0
  const walked = await walkRange(store, { after, through: Math.max(through, after), ...(link === undefined ? {} : { known: [{ ordinal: after, link }] }) }, {
    ...(signal && { signal }), onWalked: (events) => options.onProgress?.(told += events, through - after),
  })
  const { checked, end } = walked
  const wrong = (ordinal: number, fault: ChainFault, text: string): ChainReport => ({ ok: false, log, checked, ordinal, fault, text })
  if (walked.fault) return wrong(walked.fault.ordinal, walked.fault.fault, walked.fault.text)
  if (walked.differs !== undefined) return wrong(walked.differs, 'link-differs', `ordinal ${walked.differs}: carries another link than the one that is known`)
  if (through === head.ordinal && end.link !== head.link) return wrong(head.ordinal, 'head-differs', `ordinal ${head.ordinal}: the head of the log carries another link than its last event`)
  return { ok: true, log, checked, through: end.ordinal, link: end.link, recordedtime: end.recordedtime }
}
