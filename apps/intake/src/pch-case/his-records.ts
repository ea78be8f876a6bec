/** Which records, and which events of records that are everybody's, are of the person of a case. Read at the log's head. */
import type { ArrestRecordedV2, CaseOpenedV1, IncidentLinkedToCaseV1, RecordedEvent, ReferralReceivedV2 } from '@chorus/contracts'
import { streamOf } from '@chorus/decider'
import { categoryOf, type Recorder } from '@chorus/event-store'
import { closedTo, type Reader } from '@chorus/record-access'
import { circumstance } from '../circumstance/circumstance'
import { referral } from '../referral/referral'
import type { CaseLookUp } from './look-up'
import { isHisByNumber } from './whose-arrest'

export type Loaded = ReadonlyMap<string, readonly RecordedEvent[]>
/** `streams`: known by their names; `others`: by incident, whom referrals name beside him. */
interface His { readonly tokens: readonly string[]; readonly cases: readonly string[]; readonly incidents: readonly string[]; readonly streams: ReadonlySet<string>; readonly others: ReadonlyMap<string, readonly string[]> }

/** The streams that are his by their names: of his cases, of all referrals about him, under whichever of his tokens, and of the incidents in which he is the referred. */
export const ofPerson = async (log: Recorder, lookUp: CaseLookUp, own: CaseOpenedV1, reader: Reader): Promise<His> => {
  const { tokens } = await lookUp.identityOf(own.subjectRef)
  const cases = [{ caseId: own.caseId, opened: own }, ...(await lookUp.casesOf(own.subjectRef)).cases.filter(({ caseId }) => caseId !== own.caseId)]
  const received: ReferralReceivedV2[] = []
  for await (const { data } of log.read({ filter: { categories: ['referral'], types: ['ReferralReceived'] } })) received.push(data as ReferralReceivedV2)
  const about = received.filter(({ subjectRef }) => tokens.includes(subjectRef))
  const streamOfReferral = ({ referralId }: { readonly referralId: string }): string => streamOf(referral, referralId)
  // What was destroyed tells of no incident any more.
  const gone = await closedTo(log, about.map(streamOfReferral), reader)
  const around = cases.map(({ caseId }) => streamOf(circumstance, caseId))
  const linked = [...(await log.loadMany(around)).values()].flat().flatMap(linkedAsReferred)
  const incidents = [...new Set([...cases.map(({ opened }) => opened.indexIncidentId), ...about.filter((one) => !gone.isGone(streamOfReferral(one))).flatMap(({ incidentIds }) => incidentIds), ...linked])]
  const ofCases = cases.flatMap(({ caseId, opened }) => [`pchCase-${caseId}`, `historyReview-${caseId}`, streamOfReferral(opened)])
  return {
    tokens, cases: cases.map(({ caseId }) => caseId), incidents, streams: new Set([...ofCases, ...around, ...about.map(streamOfReferral), ...incidents.flatMap((id) => [`incident-${id}`, `charging-${id}`])]),
    others: new Map(incidents.map((id) => [id, received.filter(({ incidentIds }) => incidentIds.includes(id)).flatMap(({ subjectRef, victimRef }) => [subjectRef, victimRef]).filter((ref) => !tokens.includes(ref))])),
  }
}
// Where he was the victim, it is no ground for a level of his.
const linkedAsReferred = ({ type, data }: RecordedEvent): readonly string[] => type === 'IncidentLinkedToCase' && (data as IncidentLinkedToCaseV1).side === 'REFERRED' ? [(data as IncidentLinkedToCaseV1).incidentId] : []

/** Whether an event of a stream that is not his by its name is about him; of arrests it is asked beforehand which are his. */
export const speaksOf = (event: RecordedEvent, { tokens, cases, streams }: His, arrests: ReadonlySet<string>): boolean => {
  if (categoryOf(event.stream) === 'arrest') return arrests.has(event.stream)
  const { caseId, record, ...said } = event.data as Readonly<Record<string, unknown>>
  if (cases.includes(String(caseId)) || cases.some((one) => event.partitionkey === `pchCase-${one}`)) return true
  if (streams.has(String(record)) || arrests.has(String(record))) return true
  return PERSON_FIELDS.some((field) => tokens.includes(String(said[field])))
}
const PERSON_FIELDS = ['token', 'subjectRef', 'keepRef', 'mergedRef', 'oneRef', 'otherRef']

/** Of these arrests, by their streams, those that are his: under his token, told of his case, or by the number of an incident of his where it says enough. */
export const hisArrests = async (log: Recorder, lookUp: CaseLookUp, his: His, asked: Loaded): Promise<ReadonlySet<string>> => {
  const found = new Set<string>()
  const byNumber: { readonly stream: string; readonly token: string; readonly incidentId: string; readonly isNumbered: boolean }[] = []
  for (const [stream, events] of asked) {
    const told = events.filter(({ type }) => type === 'ArrestRecorded')
    const { token = '', incidentId, personId } = (told.at(-1)?.data ?? {}) as Partial<ArrestRecordedV2>
    // A feed that completes what was typed in need not know the case: what was told of it last counts.
    const ofCase = told.findLast(({ partitionkey }) => categoryOf(partitionkey) === 'pchCase')?.partitionkey
    if (his.tokens.includes(token) || (ofCase !== undefined && his.streams.has(ofCase))) found.add(stream)
    else if (ofCase === undefined && incidentId !== undefined && his.incidents.includes(incidentId)) byNumber.push({ stream, token, incidentId, isNumbered: personId !== undefined })
  }
  if (byNumber.length === 0) return found
  const fed = await arrestsByIncident(log)
  const reports = await log.loadMany([...new Set(byNumber.map(({ incidentId }) => `incident-${incidentId}`))])
  for (const { stream, token, incidentId, isNumbered } of byNumber) {
    const { tokens: arrested } = await lookUp.identityOf(token)
    if (isHisByNumber({ arrested, isNumbered, tokens: his.tokens, incident: reports.get(`incident-${incidentId}`) ?? [], arrests: fed.get(incidentId) ?? [], others: his.others.get(incidentId) ?? [] })) found.add(stream)
  }
  return found
}
/** Arrests that were told by themselves, by the incident that they name: as they stand, so that one that was taken back, or that was given to another incident, counts no more. */
export type ArrestsByIncident = ReadonlyMap<string, readonly RecordedEvent<ArrestRecordedV2>[]>
export const arrestsByIncident = async (log: Recorder): Promise<ArrestsByIncident> => {
  const standing = new Map<string, RecordedEvent<ArrestRecordedV2> | null>()
  for await (const event of log.read({ filter: { categories: ['arrest'], types: ['ArrestRecorded', 'EventRetracted'] } })) standing.set(event.stream, event.type === 'ArrestRecorded' ? event as RecordedEvent<ArrestRecordedV2> : null)
  const by = new Map<string, RecordedEvent<ArrestRecordedV2>[]>()
  for (const event of standing.values()) {
    const incidentId = event?.data.incidentId
    if (event && incidentId !== undefined) by.set(incidentId, [...by.get(incidentId) ?? [], event])
  }
  return by
}
