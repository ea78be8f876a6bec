import { caseStanding, currentStretch, within } from './case-standing'

let revision = 0
const at = (hour: number): string => `2026-07-02T${String(hour).padStart(2, '0')}:00:00.000Z`
const told = (type: string, hour: number, data: object = {}) => ({ id: `event-${revision}`, type, data, time: at(hour), revision: revision++ })
beforeEach(() => { revision = 0 })

const standing = (...events: ReturnType<typeof told>[]) => caseStanding([told('CaseOpened', 0, { subjectRef: 'x' }), told('LevelAssigned', 1, { level: 'C' }), ...events])

it('a case that was put off stays open and at its level, and nothing is cleared between', () => {
  const state = standing(told('CaseDeferred', 2, { until: '2026-08-01' }), told('CaseDeferred', 3, { until: '2026-09-01' }), told('CaseReopened', 4))
  expect(state).toMatchObject({ status: 'open', deferrals: [{ from: at(2), to: at(4) }], closures: [] })
  expect(currentStretch(state)).toMatchObject({ level: 'C', period: 1 })
  expect([1, 2, 3, 4].map((hour) => within(state.deferrals, at(hour)))).toEqual([false, true, true, false])
  expect(within(standing(told('CaseDeferred', 2)).deferrals, at(23))).toBe(true)
})
it('a case that was closed and opened again has no level until it comes to one; that it was closed stays known', () => {
  const closed = [told('CaseDeferred', 2), told('CaseClosed', 3), told('CaseReopened', 5)]
  const state = standing(...closed)
  expect(state).toMatchObject({ status: 'open', deferrals: [{ from: at(2), to: at(3) }], closures: [{ from: at(3), to: at(5) }] })
  expect(currentStretch(state)).toBeUndefined()
  expect([2, 3, 4, 5].map((hour) => within(state.closures, at(hour)))).toEqual([false, true, true, false])
  expect(currentStretch(standing(...closed, told('LevelAssigned', 6, { level: 'C' })))).toMatchObject({ level: 'C', period: 2 })
})
