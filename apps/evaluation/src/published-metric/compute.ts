/** Reads the log up to a moment, in its order, and folds it; never a read model. */
import type { MetricPublishedV1 } from '@chorus/contracts'
import { decode, Replay, type EventStore } from '@chorus/event-store'
import { DEFINITION, DEFINITION_HASH, erasedBy, METRIC_ID, ProgramCounts, sha256 } from './program-counts'

/** @param asOfRecorded an instant; the store throws LogNotThereYet where the log has not reached it */
export const compute = async (store: EventStore, asOfRecorded: string | undefined, now: string): Promise<MetricPublishedV1> => {
  const head = await store.head()
  const through = asOfRecorded === undefined ? head.ordinal : await store.ordinalAsOf(asOfRecorded)
  const counts = new ProgramCounts()
  const replay = new Replay(store.log)
  const erased = new Set<string>()
  // Erasures count as of now, whatever moment is asked for.
  for await (const event of store.readAll({ through: head.ordinal })) {
    const known = event.type === 'SubjectKeyDestroyed' ? decode(event) : undefined
    if (known) for (const one of erasedBy(known)) erased.add(one)
    if (event.ordinal > through) continue
    replay.fold(event)
    if (COUNTED.includes(event.type)) { const { type, stream, data, id } = decode(event); counts.fold({ type, stream, data, id }) }
  }
  const figures = counts.figures(erased)
  return { metricId: METRIC_ID, definitionVersion: DEFINITION.version, definitionHash: DEFINITION_HASH, asOfRecorded: asOfRecorded ?? now, through, logDigest: replay.result().digest, erasures: erased.size, figures, figuresDigest: sha256(JSON.stringify(figures)) }
}
const COUNTED: readonly string[] = ['IncidentReported', 'EventRetracted', 'ReferralReceived', 'CaseOpened', 'LevelAssigned']

/** How many were erased after the publication: its figures are not computed anew, and whoever does gets others. */
export const erasuresSince = async (store: Pick<EventStore, 'readAll'>, ordinal: number): Promise<number> => {
  const erased = new Set<string>()
  for await (const event of store.readAll({ after: ordinal, filter: { types: ['SubjectKeyDestroyed'] } } as Parameters<EventStore['readAll']>[0])) for (const one of erasedBy(decode(event))) erased.add(one)
  return erased.size
}
