/** Which of what a change of level names is there, is of the person of the case, is open to whoever asks, and was not closed by a court. Read at the log's head, handed in as data. */
import type { Basis, CaseOpenedV1, ChangeLevel, LevelProposedV1, RecordAccessRestrictedV2, RecordedEvent } from '@chorus/contracts'
import { fold, streamOf } from '@chorus/decider'
import { categoryOf, type Recorder } from '@chorus/event-store'
import { closedTo, initial as openAccess, isClosed, recordAccess, recordsOf, type Reader } from '@chorus/record-access'
import { incident, initial as noIncident } from '../incident/incident'
import { firstInstant } from './after-notice'
import { isCountedAlready } from './counted-already'
import { isRefiled } from '../on-disposition-entered/restrict-record'
import { expungedOf } from './expunged'
import { hisArrests, ofPerson, speaksOf, type Loaded } from './his-records'
import type { CaseLookUp } from './look-up'
import { EVIDENCE, LEADING_TO, type ReferenceFacts, type Trigger } from './references'

type Named = Pick<ChangeLevel, 'triggerEventId' | 'evidenceRefs'>
type Found = Omit<ReferenceFacts, 'basisExpunged'> & { readonly basis: readonly Basis[] }

export const lookUpReferences = async (log: Recorder, lookUp: CaseLookUp, opened: CaseOpenedV1, { triggerEventId, evidenceRefs }: Named, reader: Reader): Promise<Found> => {
  const his = await ofPerson(log, lookUp, opened, reader)
  const led = (await log.standing([triggerEventId])).get(triggerEventId)
  const asked = [...new Set([...evidenceRefs.filter((ref) => EVIDENCE.includes(categoryOf(ref))), ...(led !== undefined && LEADING_TO.includes(categoryOf(led)) ? [led] : [])])]
  const found = await log.loadMany(asked)
  const events = [...found.values()].flat()
  const arrests = await hisArrests(log, lookUp, his, await log.loadMany([...new Set(events.flatMap(arrestsOf))]))
  const linked = await log.loadMany([...new Set(events.flatMap(linkedBy))])
  const closed = await closedTo(log, events.flatMap(recordsOf), reader)
  const expunged = await expungedOf(log, events.flatMap((event) => [...groundsOf(event), ...proposedOn(event)]))
  // What closes a record says nothing of what stands in it.
  const isOpen = (event: RecordedEvent): boolean => categoryOf(event.stream) === 'recordAccess' || !isClosed(event, closed)
  // Each event for itself: what was destroyed of one incident takes nothing from what else stands beside it. The register is everybody's: there the event itself names him.
  const ownOf = (stream: string): readonly RecordedEvent[] => (found.get(stream) ?? []).filter((event) => isOpen(event) && (his.streams.has(stream) || speaksOf(event, his, arrests)))
  const isHis = (stream: string): boolean => ownOf(stream).length > 0
  const isExpunged = (event: RecordedEvent): boolean => groundsOf(event).some((record) => expunged.has(record))
  const trigger = led === undefined ? undefined : ownOf(led).find(({ id }) => id === triggerEventId)
  const placesWhere = (ofTrigger: boolean, ofEvidence: (stream: string) => boolean): string[] => [...(ofTrigger ? ['triggerEventId'] : []), ...evidenceRefs.flatMap((ref, at) => ofEvidence(ref) ? [`evidenceRefs[${at}]`] : [])]
  return {
    unknown: placesWhere(trigger === undefined, (stream) => !isHis(stream)),
    expunged: placesWhere(trigger !== undefined && isExpunged(trigger), (stream) => isHis(stream) && ownOf(stream).every(isExpunged)),
    trigger: trigger ? { ...asTrigger(trigger, found.get(led!)!, linked, expunged), counted: await isCountedAlready(log, opened, trigger), afterNotice: await isAfterNotice(log, lookUp, opened.caseId, trigger) } : null,
    basis: asked.filter(isHis).slice(0, 20).map((stream) => ({ stream, revision: found.get(stream)!.length - 1 })),
  }
}

/** The arrests that an event is, or of whose closing it tells. */
const arrestsOf = ({ stream, data }: RecordedEvent): string[] => [stream, (data as { record?: string }).record ?? ''].filter((one) => categoryOf(one) === 'arrest')
/** The incident that says whether somebody was arrested. */
const linkedBy = ({ type, data }: RecordedEvent): string[] => type === 'IncidentLinkedToCase' ? [streamOf(incident, (data as { incidentId: string }).incidentId)] : []
/** The records without which the event is no ground: where it stands, and what it names. */
const groundsOf = (event: RecordedEvent): string[] => {
  const { record } = event.data as { record?: string }
  return [...recordsOf(event), ...(record === undefined ? [] : [record])]
}
/** On what a proposal rests. */
const proposedOn = ({ type, data }: Pick<RecordedEvent, 'type' | 'data'>): readonly string[] => type === 'LevelProposed' ? (data as LevelProposedV1).evidenceRefs ?? [] : []

const asTrigger = (event: RecordedEvent, stream: readonly RecordedEvent[], linked: Loaded, expunged: ReadonlySet<string>): Omit<Trigger, 'counted' | 'afterNotice'> => {
  const { id, type, data } = event
  const { arrestMade, incidentId } = data as { arrestMade?: boolean; incidentId?: string }
  const further = type === 'IncidentLinkedToCase' ? fold(incident, linked.get(`incident-${incidentId}`) ?? [], noIncident) : null
  return {
    type, data, stands: !proposedOn(event).some((ref) => expunged.has(ref)) && !stream.some((later) => later.corrects === id || (later.type === 'EventRetracted' && (later.data as { retracts?: string }).retracts === id)),
    arrest: further ? further.status === 'known' && further.report.arrestMade : arrestMade === true, holds: holdsOf(event, stream),
  }
}
/** Whether what it did lasts. */
const holdsOf = (event: RecordedEvent, stream: readonly RecordedEvent[]): boolean => {
  const { type, data, revision } = event
  const since = stream.filter((one) => one.revision > revision)
  switch (type) {
    case 'RecordAccessRestricted': return fold(recordAccess, stream, openAccess).grounds[(data as RecordAccessRestrictedV2).ground] !== undefined
    case 'DispositionEntered': return since.every((later) => later.type !== 'DispositionEntered') && !isRefiled(event, stream)
    case 'LevelProposed': return since.every((later) => !['CaseClosed', 'LevelAssigned', 'LevelChanged'].includes(later.type) && !(later.type === 'LevelProposalDeclined' && (later.data as LevelProposedV1).level === (data as LevelProposedV1).level))
    default: return true
  }
}

/** Whether he had been told, in this case and by himself, before it happened. An arrest, or a link to a report, happened when its incident did. */
const isAfterNotice = async (log: Recorder, lookUp: CaseLookUp, caseId: string, { type, data, time, timeZone }: RecordedEvent): Promise<boolean> => {
  if (type === 'LevelProposed') return (data as LevelProposedV1).matchedCriteria.some((criterion) => criterion.startsWith('prohibitedBehaviorAfterNotice'))
  const { incidentId } = data as { incidentId?: string }
  const known = incidentId === undefined || type === 'IncidentReported' ? null : fold(incident, await log.load(streamOf(incident, incidentId)), noIncident)
  const at = known?.status === 'known' ? known.report : { time, timeZone }
  return (await lookUp.noticesIn(caseId)).some((notice) => Date.parse(notice.at) < Date.parse(firstInstant(at.time, at.timeZone)))
}
