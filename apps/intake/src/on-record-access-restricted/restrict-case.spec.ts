import { NOW } from '../../../../libs/decider/src/testing/given'
import { casesTouchedBy, closeDestroyed, incidentsByCase, restrictCase, type Closing } from './restrict-case'

const id = (n: number): string => `018f0000-0000-7000-8000-${String(n).padStart(12, '0')}`
const [CASE, REFERRAL, INDEX, OTHER, LATER] = [id(1), id(2), id(3), id(4), id(5)]
const events = [
  { type: 'ReferralReceived', data: { referralId: REFERRAL, incidentIds: [INDEX, OTHER] } }, { type: 'CaseOpened', data: { caseId: CASE, referralId: REFERRAL, indexIncidentId: INDEX } },
  { type: 'IncidentLinkedToCase', data: { caseId: CASE, incidentId: LATER, side: 'REFERRED' } }, { type: 'IncidentLinkedToCase', data: { caseId: CASE, incidentId: id(6), side: 'VICTIM_OF_RECORD' } },
]
const cases = incidentsByCase(events)
const closed: Closing = { ground: 'ARREST_NOT_CHARGED', statute: 'RSMO_610_100' }
const cause = { id: id(9), correlationId: id(9) }

it('a case rests on its index incident, its referral\'s others and what was linked on his side', () => {
  expect([...cases.get(CASE)!].sort()).toEqual([INDEX, OTHER, LATER].map((one) => `incident-${one}`).sort())
  expect(casesTouchedBy({ type: 'RecordAccessRestricted', data: { record: `incident-${OTHER}` } }, cases)).toEqual([CASE])
  expect(casesTouchedBy({ type: 'RecordAccessRestricted', data: { record: `incident-${id(6)}` } }, cases)).toEqual([])
  expect(casesTouchedBy(events[1]!, cases)).toEqual([CASE])
})
it('its level is closed once all of them are, and open again with the first that is', () => {
  expect(restrictCase(CASE, [closed, closed], cause, NOW)).toMatchObject({ type: 'RestrictAccess', data: { record: `pchCase-${CASE}`, ground: 'BASIS_CLOSED', statute: 'RSMO_610_100', effectiveAt: '2026-07-02' } })
  expect(restrictCase(CASE, [closed, null], cause, NOW)).toMatchObject({ type: 'RestoreAccess', data: { grounds: ['BASIS_CLOSED'] } })
  expect(restrictCase(CASE, [], cause, NOW)).toMatchObject({ type: 'RestoreAccess' })
  expect(restrictCase(CASE, [closed], cause, NOW).meta.commandId).toBe(restrictCase(CASE, [closed], cause, '2027-01-01T00:00:00.000Z').meta.commandId)
})
it('a case that was destroyed with its person is closed, and no other', () => {
  const of = (ground: string, record = `pchCase-${CASE}`) => closeDestroyed({ ...cause, type: 'RecordAccessRestricted', data: { record, ground } }, NOW)
  expect(of('DESTROYED')).toMatchObject({ caseId: CASE, command: { type: 'CloseCase', data: { code: 'BASIS_EXPUNGED' } } })
  expect([of('COURT_ORDER'), of('DESTROYED', `incident-${INDEX}`), closeDestroyed({ ...cause, type: 'CaseOpened', data: { caseId: CASE } }, NOW)]).toEqual([null, null, null])
})
