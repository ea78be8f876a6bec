import { dayOf } from './program-day'

it('a day ends at midnight in Kansas City, in winter and in summer', () => {
  expect(['2026-01-01T05:59:59.999Z', '2026-01-01T06:00:00.000Z', '2026-07-01T04:59:59.999Z', '2026-07-01T05:00:00.000Z'].map(dayOf)).toEqual(['2025-12-31', '2026-01-01', '2026-06-30', '2026-07-01'])
})
