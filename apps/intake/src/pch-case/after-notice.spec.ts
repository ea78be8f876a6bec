import { firstInstant, offendedAfterNotice, type Notice, type Offense } from './after-notice'

const notice = (level: Notice['level'], at: string): Notice => ({ level, at })
const arrest = (from: string, stream = 'incident-x'): Offense => ({ behavior: 'NEW_IPV_OFFENSE_PC', from, stream })
const LIST = ['NEW_IPV_OFFENSE_PC', 'OOP_VIOLATION']
const TOLD = notice('C', '2026-07-02T15:00:00.000Z')

it('counts what happened after a notice, and names its level and the record', () => {
  expect(offendedAfterNotice([TOLD, notice('B', '2026-09-02T15:00:00.000Z')], [arrest('2026-08-01T00:00:00.000Z')], LIST)).toEqual({ levels: ['C'], streams: ['incident-x'] })
  expect(offendedAfterNotice([TOLD, notice('B', '2026-09-02T15:00:00.000Z')], [arrest('2026-10-01T00:00:00.000Z')], LIST).levels).toEqual(['C', 'B'])
})
it('not what happened before it or in its instant, nor without a notice, nor what the policy does not list', () => {
  for (const from of ['2026-07-02T14:59:59.000Z', '2026-07-02T15:00:00.000Z']) expect(offendedAfterNotice([TOLD], [arrest(from)], LIST)).toEqual({ levels: [], streams: [] })
  expect(offendedAfterNotice([], [arrest('2026-08-01T00:00:00.000Z')], LIST).levels).toEqual([])
  expect(offendedAfterNotice([TOLD], [arrest('2026-08-01T00:00:00.000Z')], ['STALKING']).levels).toEqual([])
})
it('a day is taken from its beginning in Kansas City: on the day of the notice it counts as before', () => {
  expect(firstInstant('2026-07-02')).toBe('2026-07-02T05:00:00.000Z')
  expect(offendedAfterNotice([TOLD], [arrest(firstInstant('2026-07-02'))], LIST).levels).toEqual([])
  expect(firstInstant('2026-07-02T16:00:00.000Z')).toBe('2026-07-02T16:00:00.000Z')
})
