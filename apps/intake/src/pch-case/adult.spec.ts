import { adultAtIndex } from './adult'

const on = (time: string, dateOf: 'incident' | 'report' = 'incident') => ({ time, dateOf })

describe('of age at the incident', () => {
  it.each([
    ['2008-07-02', '2026-07-02', 'yes'], ['2008-07-03', '2026-07-02', 'no'], ['2008-07-02', '2026-07-02T21', 'yes'], ['2008-07-03', '2026-07-02T21:10', 'no'],
    ['2008-02-29', '2026-02-28', 'no'], ['2008-02-29', '2026-03-01', 'yes'],
    ['2008-07-15', '2026-07', 'unknown'], ['2008-07-01', '2026-07', 'yes'], ['2008-08-01', '2026-07', 'no'],
  ])('born %s, incident %s: %s', (born, time, answer) => { expect(adultAtIndex(born, on(time), undefined)).toEqual({ answer, from: 'BIRTH_DATE' }) })

  it('where only the day of the report is known, the incident may have been long before', () => {
    expect(adultAtIndex('2008-01-01', on('2026-07-02', 'report'), undefined).answer).toBe('unknown')
    expect(adultAtIndex('2007-01-01', on('2026-07-02', 'report'), undefined).answer).toBe('yes')
    expect(adultAtIndex('2009-01-01', on('2026-07-02', 'report'), undefined).answer).toBe('no')
  })
  it.each([[18, 'unknown'], [19, 'yes'], [17, 'no']])('and so may he who is reported as %i', (age, answer) => {
    expect(adultAtIndex(undefined, on('2026-07-02', 'report'), { precision: 'year', from: age, to: age })).toEqual({ answer, from: 'REPORTED_AGE' })
  })
  it.each([
    [{ precision: 'year' as const, from: 18, to: 18 }, 'yes'], [{ precision: 'year' as const, from: 17, to: 17 }, 'no'], [{ precision: 'range' as const, from: 16, to: 20 }, 'unknown'],
    [{ precision: 'range' as const, from: 25, to: 30 }, 'yes'], [{ precision: 'under-1' as const }, 'no'], [{ precision: 'unknown' as const }, 'unknown'], [undefined, 'unknown'],
  ])('without a birth date, the reported age %j: %s', (age, answer) => { expect(adultAtIndex(undefined, on('2026-07-02'), age)).toEqual({ answer, from: 'REPORTED_AGE' }) })
})
