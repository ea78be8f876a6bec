/** Reading a log in KurrentDB: the places say which events and in which order, KurrentDB has their texts. */
import type { Position } from '@kurrent/kurrentdb-client'
import { asFound, isAfter, pageOf, type Entry, type Link } from './kurrentdb-connection'
import type { PlacedRow, Places } from './kurrentdb-places'
import type { ReadAllOptions, ReadStreamOptions, StoredEvent } from './port'

export interface ReaderOptions { readonly link: Link; readonly places: Places }

const PAGE = 512
/** Reads of single streams that run at once. */
const AT_ONCE = 16
/** A page whose events lie further apart is read stream by stream. */
const SPREAD = 4

const keyOf = (stream: string, revision: number): string => `${stream} ${revision}`

/** An event that has a place and is not in KurrentDB any more has no text: whoever decodes it stops, and verify names it. */
const stored = ({ commit: _, prepare: __, content: ___, ...row }: PlacedRow, text: string | undefined): StoredEvent => ({ ...row, text: text ?? '' })

/** The events after `after` through `through` that pass the filter, in log order. */
export async function* readPlaced(options: ReaderOptions, after: number, through: number, which: Pick<ReadAllOptions, 'filter' | 'signal'>): AsyncIterable<StoredEvent> {
  for await (const { event } of readWithContent(options, after, through, which)) yield event
}

/** Each with the fingerprint that its place says, which is no part of an event as it is read. */
export async function* readWithContent(options: ReaderOptions, after: number, through: number, { filter, signal }: Pick<ReadAllOptions, 'filter' | 'signal'>): AsyncIterable<{ readonly event: StoredEvent; readonly content: string }> {
  let next = Math.max(0, after)
  while (next < through) {
    signal?.throwIfAborted()
    const rows = await options.places.page(next, through, filter, PAGE)
    const last = rows.at(-1)
    if (!last) return
    const spread = last.ordinal - rows[0]!.ordinal + 1
    const texts = spread <= rows.length * SPREAD ? await byPosition(options, rows) : await byStream(options, rows)
    for (const row of rows) {
      signal?.throwIfAborted()
      yield { event: stored(row, texts.get(keyOf(row.stream, row.revision))), content: row.content }
    }
    next = last.ordinal
    if (rows.length < PAGE) return
  }
}

/** The part of the log from the first row to the last, from end to end. */
async function byPosition({ link }: ReaderOptions, rows: readonly PlacedRow[]): Promise<Map<string, string>> {
  const texts = new Map<string, string>()
  const last = rows.at(-1)!
  let from: Position = { commit: rows[0]!.commit, prepare: rows[0]!.prepare }
  for (;;) {
    const entries = await pageOf(link.retryMs, () => link.client.readAll({ fromPosition: from, maxCount: PAGE, filter: link.names.filter } as never)) as Entry[]
    for (const entry of entries) {
      const event = asFound(entry, link)
      if (event) texts.set(keyOf(event.stream, event.revision), event.text)
    }
    const end = entries.at(-1)?.position
    // a read begins with the event it names: without another behind it, this was the end
    if (!end || !isAfter(end, from) || !isAfter({ commit: last.commit, prepare: last.prepare }, end)) return texts
    from = end
  }
}

/** Runs of revisions of each stream. */
async function byStream({ link }: ReaderOptions, rows: readonly PlacedRow[]): Promise<Map<string, string>> {
  const runs: { readonly stream: string; readonly from: number; to: number }[] = []
  const open = new Map<string, typeof runs[number]>()
  for (const { stream, revision } of rows) {
    const run = open.get(stream)
    if (run && revision <= run.to + AT_ONCE) { run.to = revision; continue }
    const begun = { stream, from: revision, to: revision }
    open.set(stream, begun)
    runs.push(begun)
  }
  const texts = new Map<string, string>()
  const one = async (): Promise<void> => {
    for (let run = runs.pop(); run; run = runs.pop()) {
      const { stream, from, to } = run
      for (const entry of await pageOf(link.retryMs, () => link.client.readStream(link.names.of(stream), { fromRevision: BigInt(from), maxCount: to - from + 1 }))) {
        const event = asFound(entry, link)
        if (event) texts.set(keyOf(stream, event.revision), event.text)
      }
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, one))
  return texts
}

/** A stream as it is in KurrentDB now; an event that has no place yet is waited for. */
export async function* readStreamPlaced({ link, places }: ReaderOptions, stream: string, options: ReadStreamOptions): AsyncIterable<StoredEvent> {
  const { direction = 'forwards', limit = Infinity, signal } = options
  signal?.throwIfAborted()
  let from: bigint | 'start' | 'end' = options.from === undefined ? (direction === 'forwards' ? 'start' : 'end') : BigInt(Math.max(0, options.from))
  let given = 0
  while (given < limit) {
    const fromRevision = from
    const entries = await pageOf(link.retryMs, () => link.client.readStream(link.names.of(stream), { direction, fromRevision, maxCount: Math.min(PAGE, limit - given) }))
    const events = entries.flatMap((entry) => asFound(entry, link) ?? [])
    const revisions = events.map(({ revision }) => revision)
    if (events.length > 0) await places.placeOf(stream, Math.max(...revisions))
    const rows = events.length === 0 ? new Map<number, PlacedRow>() : await places.ofStream(stream, Math.min(...revisions), Math.max(...revisions))
    for (const { revision, text } of events) {
      signal?.throwIfAborted()
      yield stored(rows.get(revision)!, text)
      given += 1
    }
    const last = entries.at(-1)
    if (!last || entries.length < Math.min(PAGE, limit) || (direction === 'backwards' && last.revision === 0n)) return
    from = direction === 'forwards' ? last.revision + 1n : last.revision - 1n
  }
}
