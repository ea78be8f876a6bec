/** Gives a batch of appends their places: decisions, revisions, ordinals, links. Pure; shared by the adapters. */
import { leafOf, linkOf, placedText } from './chain'
import { decideAppend, type KnownEvent } from './decide-append'
import type { AppendResult, StoredEvent } from './port'
import type { PreparedAppend } from './prepare-append'

/** Where the log stands before the batch. */
export interface LogEnd { readonly ordinal: number; readonly link: string; readonly recordedtime: string | null }

export interface PlacedEvent extends StoredEvent { readonly content: string }

export interface PlacedBatch { readonly events: readonly PlacedEvent[]; /** one per append, in its order */ readonly results: readonly AppendResult[]; readonly end: LogEnd }

/**
 * Decides the appends one after the other, each on top of those before it, so several appends to one stream may share
 * a batch and an append that conflicts changes nothing for the rest. `revisions` has the last revision of each stream
 * that exists, `known` the stored events behind the batch's ids; both are carried forward in place.
 * `ended`: keys that were destroyed; what they sealed is not written any more.
 * `recordedtime` is the batch's: never before `end.recordedtime`.
 */
export function placeBatch(appends: readonly PreparedAppend[], end: LogEnd, recordedtime: string, revisions: Map<string, number>, known: Map<string, KnownEvent>, ended: ReadonlySet<string> = new Set()): PlacedBatch {
  const events: PlacedEvent[] = []
  let { ordinal, link } = end
  const results = appends.map((append): AppendResult => {
    const decision = decideAppend(append, revisions.get(append.stream) ?? -1, (id) => known.get(id))
    if (!decision.write) return decision.result
    const { stream } = append
    if (append.keys.some((key) => ended.has(key))) return { ok: false, error: { code: 'key-ended', stream } }
    let revision = decision.revision
    const first = { ordinal: ordinal + 1, revision, recordedtime }
    for (const { id, type, content, before, after } of append.events) {
      ordinal += 1
      const text = placedText({ before, after }, revision)
      link = linkOf(link, ordinal, recordedtime, leafOf(text))
      events.push({ ordinal, recordedtime, stream, revision, id, type, text, link, content })
      known.set(id, { ordinal, revision, recordedtime, stream, content })
      revision += 1
    }
    revisions.set(stream, revision - 1)
    return { ok: true, repeated: false, first, last: { ordinal, revision: revision - 1, recordedtime } }
  })
  return { events, results, end: events.length === 0 ? end : { ordinal, link, recordedtime } }
}
