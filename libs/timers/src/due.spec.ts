import { dueAfter, isDuration } from './due'

const HOLIDAYS = ['2026-07-03', '2026-09-07']

describe('due dates in Kansas City, to the instant', () => {
  it.each([
    // the clock runs through the nights in which it is put forward and back
    ['2026-03-07T18:00:00.000Z', 'PT24H', '2026-03-08T18:00:00.000Z'], ['2026-11-01T05:30:00.000Z', 'PT48H', '2026-11-03T05:30:00.000Z'], ['2026-07-02T15:10:00.000Z', 'PT60M', '2026-07-02T16:10:00.000Z'],
    // the calendar keeps the time of the day: noon is noon, and the night of 23 or 25 hours is one night
    ['2026-03-07T18:00:00.000Z', 'P1D', '2026-03-08T17:00:00.000Z'], ['2026-10-31T17:00:00.000Z', 'P1D', '2026-11-01T18:00:00.000Z'],
    // half past two does not exist on 8 March 2026: an hour later; half past one comes twice on 1 November: its first
    ['2026-03-07T08:30:00.000Z', 'P1D', '2026-03-08T08:30:00.000Z'], ['2026-10-31T06:30:00.000Z', 'P1D', '2026-11-01T06:30:00.000Z'],
    // leap days, and months that are shorter
    ['2028-02-28T18:00:00.000Z', 'P1D', '2028-02-29T18:00:00.000Z'], ['2028-02-29T18:00:00.000Z', 'P24M', '2030-02-28T18:00:00.000Z'], ['2028-02-29T18:00:00.000Z', 'P5Y', '2033-02-28T18:00:00.000Z'],
    ['2026-08-31T17:00:00.000Z', 'P1M', '2026-09-30T17:00:00.000Z'], ['2026-02-28T18:00:00.000Z', 'P24M', '2028-02-28T18:00:00.000Z'],
  ])('%s and %s is %s', (from, after, due) => { expect(dueAfter(from, { after })).toBe(due) })
  it.each([
    // Thursday, Friday and Saturday before a Friday that is kept as a holiday, and before Labor Day
    ['2026-07-01T14:00:00.000Z', 'P1BD', '2026-07-02T14:00:00.000Z'], ['2026-07-02T14:00:00.000Z', 'P1BD', '2026-07-06T14:00:00.000Z'], ['2026-07-02T14:00:00.000Z', 'P2BD', '2026-07-07T14:00:00.000Z'],
    ['2026-09-04T14:00:00.000Z', 'P1BD', '2026-09-08T14:00:00.000Z'], ['2026-09-05T14:00:00.000Z', 'P1BD', '2026-09-08T14:00:00.000Z'],
    // a Sunday evening here is Monday in UTC already; a Friday before the clock is put forward
    ['2026-07-13T03:00:00.000Z', 'P1BD', '2026-07-14T03:00:00.000Z'], ['2026-03-06T18:00:00.000Z', 'P1BD', '2026-03-09T17:00:00.000Z'], ['2026-10-30T17:00:00.000Z', 'P1BD', '2026-11-02T18:00:00.000Z'],
  ])('business days leave out weekends and the holidays of the list: %s and %s is %s', (from, after, due) => { expect(dueAfter(from, { after }, HOLIDAYS)).toBe(due) })
  it.each([
    // thirty days from an arrest: the whole thirtieth day counts, told to the minute or to the day alone
    ['2026-07-02T20:10:00.000Z', '2026-08-02T05:00:00.000Z'], ['2026-07-02', '2026-08-02T05:00:00.000Z'], ['2026-02-20', '2026-03-23T05:00:00.000Z'], ['2026-10-20', '2026-11-20T06:00:00.000Z'], ['2028-02-10', '2028-03-12T06:00:00.000Z'],
  ])('%s and 30 days are over at %s', (from, due) => { expect(dueAfter(from, { after: 'P30D', until: 'day' })).toBe(due) })
  it('what is no duration, or no time, is a fault of the policy or the event', () => {
    expect(['PT60M', 'P1BD', 'P30D', 'P24M', 'P5Y'].map(isDuration)).toEqual([true, true, true, true, true])
    expect(['48 h', 'P1W', 'PT1S', 'P', ''].map(isDuration)).toEqual([false, false, false, false, false])
    expect(() => dueAfter('2026-07-02', { after: 'P1W' })).toThrow('none: P1W')
    expect(() => dueAfter('soon', { after: 'P1D' })).toThrow('none')
  })
})
