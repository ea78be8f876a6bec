import { isQualifying } from '../circumstance/qualifying'
import { exitFrom, type Happened } from './exit-from'

const told = (type: string, time: string, data: object = {}, receivedtime = time) => ({ type, time, data, receivedtime })
const opened = told('CaseOpened', '2026-01-10T18:00:00.000Z')
const linked = (time: string, side = 'REFERRED') => told('IncidentLinkedToCase', time, { side })
const order = (time: string, status = 'VIOLATED', respondent = 'SUBJECT') => told('ProtectionOrderStatusChanged', time, { status, respondent })
const changed = (from: string, to: string, time: string) => told('LevelChanged', time, { from, to })
const from = (theCase: readonly ReturnType<typeof told>[], ...around: readonly ReturnType<typeof told>[]) => leaving(theCase, around).exitFrom
const leaving = (theCase: readonly ReturnType<typeof told>[], around: readonly ReturnType<typeof told>[], happened: Happened = new Map()) => exitFrom(theCase, around, happened, { after: 'P24M' }, [])

it('runs from the last offence, from the level, or from the opening, whatever came last', () => {
  expect(from([opened])).toBe('2028-01-10T18:00:00.000Z')
  expect(from([opened, told('LevelAssigned', '2026-02-10T18:00:00.000Z')])).toBe('2028-02-10T18:00:00.000Z')
  expect(from([opened], linked('2026-06-10T18:00:00.000Z'), linked('2026-04-10T18:00:00.000Z'))).toBe('2028-06-10T18:00:00.000Z')
  expect(from([opened], order('2026-06-10'))).toBe('2028-06-11T05:00:00.000Z')
  expect(from([opened, told('CaseReopened', '2027-01-10T18:00:00.000Z')])).toBe('2029-01-10T18:00:00.000Z')
})
it('begins anew with a step up, not with a step down, nor with a review', () => {
  expect(from([opened, changed('C', 'B', '2026-06-10T18:00:00.000Z')])).toBe('2028-06-10T18:00:00.000Z')
  expect(from([opened, changed('B', 'C', '2026-06-10T18:00:00.000Z'), told('LevelReviewed', '2026-07-10T18:00:00.000Z')])).toBe('2028-01-10T18:00:00.000Z')
})
it('is not known where the policy says nothing', () => { expect(exitFrom([opened], [], new Map(), undefined, []).exitFrom).toBeNull() })
it('what counts against him is his: not where he was the victim, nor an order against her, nor one that was served', () => {
  expect([linked('x'), order('x')].map(isQualifying)).toEqual([true, true])
  expect([linked('x', 'VICTIM_OF_RECORD'), order('x', 'VIOLATED', 'PARTNER'), order('x', 'SERVED'), told('CustodyStatusChanged', 'x', { status: 'IN' })].map(isQualifying)).toEqual([false, false, false, false])
})
it('an incident that is told late counts from when it happened; that it was told late is said, so that a panel sees it', () => {
  const late = told('IncidentLinkedToCase', '2027-10-20T16:00:00.000Z', { side: 'REFERRED', incidentId: 'one' })
  expect(leaving([opened], [late], new Map([['one', '2026-02-01T21']]))).toEqual({ exitFrom: '2028-02-02T03:00:00.000Z', offenseToldAt: '2027-10-20T16:00:00.000Z' })
  // of one whose report has not come nobody knows when it happened
  expect(leaving([opened], [late]).exitFrom).toBe('2029-10-20T16:00:00.000Z')
})
it('one that turned out to be no offence of his moves nothing', () => {
  const linkedOne = told('IncidentLinkedToCase', '2027-10-20T16:00:00.000Z', { side: 'REFERRED', incidentId: 'one' })
  expect(leaving([opened], [linkedOne], new Map([['one', null]]))).toEqual({ exitFrom: '2028-01-10T18:00:00.000Z', offenseToldAt: null })
})
