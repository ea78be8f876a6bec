/** Which of what a change of level names is there, is of the person of the case, and is open to whoever asks. Read at the log's head, handed in as data. */
import type { ArrestRecordedV2, Basis, CaseOpenedV1, ChangeLevel, IncidentLinkedToCaseV1, RecordedEvent, ReferralReceivedV2 } from '@chorus/contracts'
import { fold, streamOf } from '@chorus/decider'
import { categoryOf, type Recorder } from '@chorus/event-store'
import { closedTo, recordsOf, type Reader } from '@chorus/record-access'
import { circumstance } from '../circumstance/circumstance'
import { incident, initial as noIncident } from '../incident/incident'
import { referral } from '../referral/referral'
import type { CaseLookUp } from './look-up'
import { EVIDENCE, LEADING_TO, type ReferenceFacts, type Trigger } from './references'

type Named = Pick<ChangeLevel, 'triggerEventId' | 'evidenceRefs'>
type Loaded = ReadonlyMap<string, readonly RecordedEvent[]>
interface His { readonly tokens: readonly string[]; readonly cases: readonly string[]; readonly incidents: readonly string[]; /** known by their names */ readonly streams: ReadonlySet<string> }

export const lookUpReferences = async (log: Recorder, lookUp: CaseLookUp, opened: CaseOpenedV1, { triggerEventId, evidenceRefs }: Named, reader: Reader): Promise<ReferenceFacts & { readonly basis: readonly Basis[] }> => {
  const his = await ofPerson(log, lookUp, opened)
  const led = (await log.standing([triggerEventId])).get(triggerEventId)
  const asked = [...new Set([...evidenceRefs.filter((ref) => EVIDENCE.includes(categoryOf(ref))), ...(led !== undefined && LEADING_TO.includes(categoryOf(led)) ? [led] : [])])]
  const found = await log.loadMany(asked)
  const arrestedIn = await log.loadMany([...new Set([...found.values()].flat().flatMap(incidentsOf))])
  // What closes a record says nothing of what stands in it.
  const closed = await closedTo(log, asked.flatMap((stream) => categoryOf(stream) === 'recordAccess' ? [] : [stream, ...(found.get(stream) ?? []).flatMap(recordsOf)]), reader)
  const isOpen = (stream: string, events: readonly RecordedEvent[]): boolean => ![stream, ...events.flatMap(recordsOf)].some((record) => closed.isGone(record) || (closed.has(record) && categoryOf(record) !== 'pchCase'))
  const isHis = (stream: string): boolean => {
    const events = found.get(stream) ?? []
    return events.length > 0 && isOpen(stream, events) && (his.streams.has(stream) || events.some((event) => speaksOf(event, his, arrestedIn)))
  }
  const event = led === undefined ? undefined : found.get(led)?.find(({ id }) => id === triggerEventId)
  // The register is everybody's: there the event itself names him.
  const known = event !== undefined && (his.streams.has(led!) ? isHis(led!) : isOpen(led!, [event]) && speaksOf(event, his, arrestedIn))
  return {
    unknown: [...(known ? [] : ['triggerEventId']), ...evidenceRefs.flatMap((ref, at) => isHis(ref) ? [] : [`evidenceRefs[${at}]`])],
    trigger: known ? asTrigger(event, found.get(led!)!, arrestedIn) : null,
    basis: asked.filter((stream) => isHis(stream)).slice(0, 20).map((stream) => ({ stream, revision: found.get(stream)!.length - 1 })),
  }
}

/** The streams that are his by their names: of his cases, their referrals, and the incidents in which he is the referred. */
const ofPerson = async (log: Recorder, lookUp: CaseLookUp, own: CaseOpenedV1): Promise<His> => {
  const { tokens } = await lookUp.identityOf(own.subjectRef)
  const cases = [{ caseId: own.caseId, opened: own }, ...(await lookUp.casesOf(own.subjectRef)).cases.filter(({ caseId }) => caseId !== own.caseId)]
  const referrals = cases.map(({ opened }) => streamOf(referral, opened.referralId))
  const around = cases.map(({ caseId }) => streamOf(circumstance, caseId))
  const told = [...(await log.loadMany([...new Set([...referrals, ...around])])).values()].flat()
  const incidents = [...new Set([...cases.map(({ opened }) => opened.indexIncidentId), ...told.flatMap(referredIn)])]
  const ofCases = cases.flatMap(({ caseId }) => [`pchCase-${caseId}`, `historyReview-${caseId}`])
  return { tokens, cases: cases.map(({ caseId }) => caseId), incidents, streams: new Set([...ofCases, ...around, ...referrals, ...incidents.flatMap((id) => [`incident-${id}`, `charging-${id}`])]) }
}
const referredIn = ({ type, data }: RecordedEvent): readonly string[] => {
  if (type === 'ReferralReceived') return (data as ReferralReceivedV2).incidentIds
  // Where he was the victim, it is no ground for a level of his.
  return type === 'IncidentLinkedToCase' && (data as IncidentLinkedToCaseV1).side === 'REFERRED' ? [(data as IncidentLinkedToCaseV1).incidentId] : []
}

/** The incidents that say whether somebody was arrested, and whether several were. */
const incidentsOf = ({ type, data }: RecordedEvent): string[] => {
  const { incidentId } = data as { incidentId?: string }
  return incidentId !== undefined && (type === 'ArrestRecorded' || type === 'IncidentLinkedToCase') ? [streamOf(incident, incidentId)] : []
}

/** Whether an event of a stream that is not his by its name is about him. */
const speaksOf = (event: RecordedEvent, { tokens, cases, incidents, streams }: His, arrestedIn: Loaded): boolean => {
  const { caseId, record, incidentId, ...said } = event.data as Readonly<Record<string, unknown>>
  if (cases.includes(String(caseId)) || cases.some((one) => event.partitionkey === `pchCase-${one}`) || streams.has(String(record))) return true
  if (PERSON_FIELDS.some((field) => tokens.includes(String(said[field])))) return true
  if (event.type !== 'ArrestRecorded' || !incidents.includes((event.data as ArrestRecordedV2).incidentId ?? '')) return false
  // Of two who were arrested in one incident the number of the report does not tell which.
  return fold(incident, arrestedIn.get(`incident-${String(incidentId)}`) ?? [], noIncident).determined?.dualArrest !== true
}
const PERSON_FIELDS = ['token', 'subjectRef', 'keepRef', 'mergedRef', 'oneRef', 'otherRef']

const asTrigger = ({ id, type, data }: RecordedEvent, stream: readonly RecordedEvent[], arrestedIn: Loaded): Trigger => {
  const { arrestMade, incidentId } = data as { arrestMade?: boolean; incidentId?: string }
  const linked = type === 'IncidentLinkedToCase' ? fold(incident, arrestedIn.get(`incident-${incidentId}`) ?? [], noIncident) : null
  return {
    type, data, stands: !stream.some((later) => later.corrects === id || (later.type === 'EventRetracted' && (later.data as { retracts?: string }).retracts === id)),
    arrest: linked ? linked.status === 'known' && linked.report.arrestMade : arrestMade === true,
  }
}
