/** What a changed level restates of the record: nothing of an index incident that is taken back, closed or destroyed. */
import type { DraftEvent } from '@chorus/contracts'
import type { Recorder } from '@chorus/event-store'
import { MemoryVault } from '@chorus/privacy'
import { accessIdOf } from '@chorus/record-access'
import { metaOf, NOW } from '../../../../libs/decider/src/testing/given'
import { recorded } from '../../../../libs/decider/src/testing/memory-log'
import { report, STRANGER } from '../testing/incident-report'
import { World } from '../testing/intake-world'
import { CaseLookUp } from './look-up'

const id = (n: number): string => `018f0000-0000-7000-8000-${String(n).padStart(12, '0')}`
const [CASE, INDEX] = [id(6), id(1)]
const draft = (type: string, data: object): DraftEvent => ({ type, schemaVersion: 1, data, time: NOW, timePrecision: 'instant', timeZone: 'UTC' })
const index = (): [string, DraftEvent] => { const { data, ...said } = report({ arrestMade: true }); return [`incident-${INDEX}`, { ...said, data: { ...data, incidentId: INDEX } }] }
const closed = (ground: string): [string, DraftEvent] => [`recordAccess-${accessIdOf(`incident-${INDEX}`)}`, draft('RecordAccessRestricted', { record: `incident-${INDEX}`, ground, statute: 'RSMO_610_122', rolesStillAllowed: [] })]

const changing = async (...events: readonly (readonly [string, DraftEvent])[]): Promise<{ readonly matched: readonly string[]; readonly read: readonly string[] }> => {
  const { log } = await World.run([])
  const opened = draft('CaseOpened', { caseId: CASE, referralId: id(2), subjectRef: STRANGER, indexIncidentId: INDEX, count: 1, subjectAdultAtIndex: true, adultBasis: 'BIRTH_DATE' })
  const reviewed = draft('CriminalHistoryReviewed', { caseId: CASE, subjectRef: STRANGER, lookbackYears: 5, counts: { ipvArrests: 1, ipvCharges: 0, ipvConvictions: 0, oopViolations: 0, violentFelonies: 0 } })
  // What is taken back is what was recorded last.
  const asRecorded = (event: DraftEvent): DraftEvent => event.type === 'EventRetracted' ? { ...event, data: { ...event.data, retracts: log.events.at(-1)!.id } } : event
  for (const [stream, event] of [[`pchCase-${CASE}`, opened], [`historyReview-${CASE}`, reviewed], ...events] as const) log.events.push(recorded(asRecorded(event), { stream, revision: (await log.load(stream)).length, ordinal: log.events.length + 1 }, metaOf({ name: `${stream} ${log.events.length}` })))
  const { matched, basis } = await new CaseLookUp(log as unknown as Recorder, new MemoryVault(new Uint8Array(32))).forChange(CASE, 'C', NOW)
  return { matched, read: basis.map(({ stream }) => stream) }
}

it('the criteria that the record meets, and how far it was read', async () => {
  const { matched, read } = await changing(index())
  expect([matched, read]).toEqual([['ipvArrestOrCharge.equals=1'], expect.arrayContaining([`incident-${INDEX}`])])
})
it.each<[string, readonly (readonly [string, DraftEvent])[]]>([
  ['closed by order of a court', [index(), closed('COURT_ORDER')]], ['destroyed', [index(), closed('DESTROYED')]], ['taken back', [index(), [`incident-${INDEX}`, draft('EventRetracted', { reasonCode: 'SOURCE_DELETED' })]]],
])('nothing where the index incident is %s, and its stream is not named', async (_, events) => {
  const { matched, read } = await changing(...events)
  expect([matched, read.filter((stream) => !stream.startsWith('policy-'))]).toEqual([[], []])
})
