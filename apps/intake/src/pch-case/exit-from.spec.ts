import { isQualifying } from '../circumstance/qualifying'
import { exitFrom } from './exit-from'

const told = (type: string, time: string, data: object = {}) => ({ type, time, data })
const opened = told('CaseOpened', '2026-01-10T18:00:00.000Z')
const linked = (time: string, side = 'REFERRED') => told('IncidentLinkedToCase', time, { side })
const order = (time: string, status = 'VIOLATED', respondent = 'SUBJECT') => told('ProtectionOrderStatusChanged', time, { status, respondent })
const changed = (from: string, to: string, time: string) => told('LevelChanged', time, { from, to })
const from = (theCase: readonly ReturnType<typeof told>[], ...around: readonly ReturnType<typeof told>[]) => exitFrom(theCase, around, { after: 'P24M' }, [])

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
it('is not known where the policy says nothing', () => { expect(exitFrom([opened], [], undefined, [])).toBeNull() })
it('what counts against him is his: not where he was the victim, nor an order against her, nor one that was served', () => {
  expect([linked('x'), order('x')].map(isQualifying)).toEqual([true, true])
  expect([linked('x', 'VICTIM_OF_RECORD'), order('x', 'VIOLATED', 'PARTNER'), order('x', 'SERVED'), told('CustodyStatusChanged', 'x', { status: 'IN' })].map(isQualifying)).toEqual([false, false, false, false])
})
