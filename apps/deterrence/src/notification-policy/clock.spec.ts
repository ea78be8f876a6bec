import { dayOf } from '@chorus/decider'
import { earlier, first, later, minutesLater } from './clock'
import { shippedPolicy } from './policy-in-force'

it('the shipped policy has the timers of the register', () => {
  const timers = Object.entries(shippedPolicy().policy.levels).flatMap(([level, { modes }]) => Object.entries(modes).map(([mode, { sla, within }]) => [level, mode, sla, within].join(' ')))
  expect(timers).toEqual(['D LETTER T-D PT48H', 'C CUSTODY T-C1 PT24H', 'C CUSTOM T-C2 PT48H', 'B CALL_IN T-B P90D', 'B CUSTOM T-B P14D', 'A PRIORITY_ENFORCEMENT T-A P1BD'])
})

describe('due dates', () => {
  it.each([
    ['2026-07-06T14:00:00.000Z', 'PT48H', '2026-07-08T14:00:00.000Z'], ['2026-07-06T14:00:00.000Z', 'P14D', '2026-07-20T14:00:00.000Z'],
    // a Friday, a Saturday and a Sunday evening in Kansas City
    ['2026-07-03T14:00:00.000Z', 'P1BD', '2026-07-06T14:00:00.000Z'], ['2026-07-04T14:00:00.000Z', 'P1BD', '2026-07-06T14:00:00.000Z'], ['2026-07-06T03:00:00.000Z', 'P1BD', '2026-07-07T03:00:00.000Z'],
    ['2026-07-06T14:00:00.000Z', 'P2BD', '2026-07-08T14:00:00.000Z'],
  ])('%s and %s is %s', (from, duration, due) => { expect(later(from, duration)).toBe(due) })
  it('go the other way, and by the minute', () => {
    expect(earlier('2026-07-20T14:00:00.000Z', 'P5D')).toBe('2026-07-15T14:00:00.000Z')
    expect(minutesLater('2026-07-06T14:00:00.000Z', 60)).toBe('2026-07-06T15:00:00.000Z')
    expect(first('2026-07-06T14:00:00Z', '2026-07-06T13:59:59.000Z')).toBe('2026-07-06T13:59:59.000Z')
    expect(dayOf('2026-07-06T03:00:00.000Z')).toBe('2026-07-05')
    expect(() => later('2026-07-06T14:00:00.000Z', '48 h')).toThrow('none: 48 h')
  })
})
