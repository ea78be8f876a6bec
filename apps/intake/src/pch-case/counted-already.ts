/** Whether a level of the case rests on what leads to a change already, so that it is nothing further: the index incident, what was named before, whoever told of it. Read at the log's head. */
import type { ArrestRecordedV2, CaseOpenedV1, CriminalHistoryReviewedV1, CustodyStatusChangedV1, IncidentReportedV1, LevelAssignedV1, LevelChangedV2, LevelProposedV1, RecordedEvent } from '@chorus/contracts'
import { streamOf } from '@chorus/decider'
import { categoryOf, type Recorder } from '@chorus/event-store'
import { isCharge } from '../charging/charging'
import { historyReview } from '../history-review/history-review'
import { firstInstant } from './after-notice'
import { pchCase } from './pch-case'

/** A level that people gave, what it rests on, and what was known by then. */
interface Given { readonly at: number; readonly triggerId: string | undefined; readonly streams: ReadonlySet<string>; readonly incidents: ReadonlySet<string> }

/** D rests on no arrest: one that was told late, or that nobody counted, is the first; not where a higher level rested on it, from which it was taken down. A case that was opened again is levelled anew: what was before counts no more. */
export const isCountedAlready = async (log: Recorder, { caseId, indexIncidentId }: CaseOpenedV1, led: RecordedEvent): Promise<boolean> => {
  const history = await log.load(streamOf(pchCase, caseId))
  const levels = history.slice(history.findLastIndex(({ type }) => type === 'CaseClosed') + 1).filter(({ type }) => type === 'LevelAssigned' || type === 'LevelChanged')
  const last = levels.at(-1)
  if (!last || levels.every((level) => levelOf(level) === 'D')) return false
  const arrests = await allArrests(log)
  const incidentOf = incidentsOf(arrests)
  const given = await Promise.all(levels.map((level) => givenBy(log, level, indexIncidentId, history, incidentOf)))
  const [ofMany, ofOne] = [OF_MANY.includes(categoryOf(led.stream)), categoryOf(led.stream) === 'arrest']
  if (given.some(({ at, triggerId, streams }) => led.id === triggerId || (streams.has(led.stream) && !ofMany && (ofOne || led.ordinal < at)))) return true
  const known = async ({ at, incidents }: Given): Promise<readonly string[]> => (await Promise.all([...incidents].map(async (one) => await wasArrestKnown(log, one, at, arrests) ? [one] : []))).flat()
  const arrestedIn = new Set((await Promise.all(given.map(known))).flat())
  const reviewedBefore = async (stream: string): Promise<number> => Math.max(0, ...(await log.load(stream)).filter((event) => event.type === 'CriminalHistoryReviewed' && event.ordinal < last.ordinal).map(countOf))
  if (led.type === 'CriminalHistoryReviewed') return countOf(led) <= Math.max(await reviewedBefore(led.stream), arrestedIn.size)
  const about = incidentOf(led)
  if (about.length > 0 || !tellsOfArrest(led)) return about.some((incidentId) => arrestedIn.has(incidentId))
  // Of no incident that anybody knows: it may be the one on which the level rests, unless it came after that was given.
  const restsOnArrest = arrestedIn.size > 0 || await reviewedBefore(streamOf(historyReview, caseId)) > 0 || given.some(({ streams }) => [...streams].some((stream) => categoryOf(stream) === 'arrest'))
  return restsOnArrest && Date.parse(firstInstant(led.time, led.timeZone)) <= Date.parse(last.time)
}

const tellsOfArrest = ({ type, data }: RecordedEvent): boolean => type === 'ArrestRecorded' || (type === 'CustodyStatusChanged' && (data as CustodyStatusChangedV1).reason === 'ARREST')
/** Streams in which each event is a fact of its own, or says of itself whether it is anything further. */
const OF_MANY = ['pchCase', 'historyReview', 'referral', 'notification']
const levelOf = ({ type, data }: RecordedEvent): string => type === 'LevelAssigned' ? (data as LevelAssignedV1).level : (data as LevelChangedV2).to
const countOf = ({ data }: RecordedEvent): number => Math.max((data as CriminalHistoryReviewedV1).counts.ipvArrests, (data as CriminalHistoryReviewedV1).counts.ipvCharges)

/** What was told of each arrest, in the log's order: one that was taken back, or given to another incident, may have carried a level. */
type Arrests = ReadonlyMap<string, readonly RecordedEvent[]>
const allArrests = async (log: Recorder): Promise<Arrests> => {
  const told = new Map<string, RecordedEvent[]>()
  for await (const event of log.read({ filter: { categories: ['arrest'], types: ['ArrestRecorded', 'EventRetracted'] } })) told.set(event.stream, [...told.get(event.stream) ?? [], event])
  return told
}
const lastTold = (events: readonly RecordedEvent[]): Partial<ArrestRecordedV2> => (events.findLast(({ type }) => type === 'ArrestRecorded')?.data ?? {}) as Partial<ArrestRecordedV2>

/** The incidents of which an event speaks: by its number, or by the hold of an arrest. */
const incidentsOf = (arrests: Arrests) => ({ data, stream }: Pick<RecordedEvent, 'data' | 'stream'>): readonly string[] => {
  const { incidentId, holdId } = data as { incidentId?: string; holdId?: string }
  if (incidentId !== undefined) return [incidentId]
  return [...arrests].flatMap(([one, events]) => one === stream || (holdId !== undefined && lastTold(events).holdId === holdId) ? lastTold(events).incidentId ?? [] : [])
}

const givenBy = async (log: Recorder, level: RecordedEvent, indexIncidentId: string, history: readonly RecordedEvent[], incidentOf: (event: Pick<RecordedEvent, 'data' | 'stream'>) => readonly string[]): Promise<Given> => {
  const { evidenceRefs, triggerEventId: triggerId } = level.data as Partial<LevelChangedV2>
  const stream = triggerId === undefined ? undefined : (await log.standing([triggerId])).get(triggerId)
  const trigger = stream === undefined ? undefined : (await log.load(stream)).find(({ id }) => id === triggerId)
  const proposed = trigger?.type === 'LevelProposed' ? (trigger.data as LevelProposedV1).evidenceRefs : []
  const streams = [...evidenceRefs ?? [], ...proposed, ...(stream !== undefined && stream !== history[0]?.stream ? [stream] : [])]
  const named = streams.flatMap((one) => ['incident', 'charging'].includes(categoryOf(one)) ? [one.slice(one.indexOf('-') + 1)] : categoryOf(one) === 'arrest' ? incidentOf({ stream: one, data: {} }) : [])
  return { at: level.ordinal, triggerId, streams: new Set(streams), incidents: new Set([indexIncidentId, ...named, ...(trigger ? incidentOf(trigger) : [])]) }
}

/** By its report, by charges, or by an arrest that was told by itself, stood, and was then, or is now, said to be of it. */
const wasArrestKnown = async (log: Recorder, incidentId: string, at: number, arrests: Arrests): Promise<boolean> => {
  const wasTold = [...arrests.values()].some((events) => {
    const then = events.findLast(({ ordinal }) => ordinal < at)
    return then?.type === 'ArrestRecorded' && [then.data as ArrestRecordedV2, lastTold(events)].some((one) => one.incidentId === incidentId)
  })
  if (wasTold) return true
  const read = await log.loadMany([`incident-${incidentId}`, `charging-${incidentId}`])
  return [...read.values()].flat().some((event) => event.ordinal < at && (isCharge(event) || (event.type === 'IncidentReported' && (event.data as IncidentReportedV1).arrestMade)))
}
