import { recordedTimeOf } from './postgres-connection'
import { laterOf, toMicroseconds } from './recorded-time'

describe('recorded times', () => {
  it.each([
    ['2026-07-02T20:10:00Z', '2026-07-02T20:10:00.000000Z'],
    ['2026-07-02T20:10:00.1Z', '2026-07-02T20:10:00.100000Z'],
    ['2026-07-02T20:10:00.123456789Z', '2026-07-02T20:10:00.123456Z'],
    ['2026-07-02T20:10:00.5-05:30', '2026-07-03T01:40:00.500000Z'],
    ['2026-01-01T00:30:00+01:00', '2025-12-31T23:30:00.000000Z'],
  ])('%s is %s', (instant, expected) => { expect(toMicroseconds(instant)).toBe(expected) })
  it.each(['2026-07-02', '2026-02-29T00:00:00Z', '2026-07-02T20:10:00', '2026-07-02 20:10:00Z', 'now', '', '2026-13-01T00:00:00Z', '2026-07-02T24:00:01Z'])('refuses %s', (bad) => {
    expect(() => toMicroseconds(bad)).toThrow(RangeError)
  })
  it.each([
    [0, '2000-01-01T00:00:00.000000Z'],
    [836_251_800_120_000, '2026-07-01T20:10:00.120000Z'],
    [836_251_800_000_001, '2026-07-01T20:10:00.000001Z'],
    [-1, '1999-12-31T23:59:59.999999Z'],
  ])('reads the database\'s microseconds %s', (microseconds, expected) => { expect(recordedTimeOf(microseconds)).toBe(expected) })
  it('takes the later', () => {
    expect(laterOf(null, 'b')).toBe('b')
    expect(laterOf('c', 'b')).toBe('c')
    expect(laterOf('a', 'b')).toBe('b')
  })
})
