import type { OpenDataReportReceivedV1, RecordedEvent } from '@chorus/contracts'
import { rowOf, told } from './open-reports-by-day'

const day = (domestic: number) => ({ day: '2018-07-04', categories: 'numbers' as const, domestic, byFlag: domestic, byOffense: 1, byOrder: 0 })

it('a report counts on the day on which it was taken, by its newest version', () => {
  const event = { time: '2018-07-04T23:59', data: { openReportId: 'r', domestic: true, domesticBy: ['FLAG', 'ORDER'], categories: 'numbers' } } as unknown as RecordedEvent<OpenDataReportReceivedV1>
  expect(rowOf(event)).toEqual({ report: 'r', day: '2018-07-04', domestic: true, flag: true, offense: false, order: true, categories: 'numbers' })
})

it('outside justice 1 to 10 are suppressed, nothing else; by what is not told at all', () => {
  expect(told([0, 1, 10, 11].map(day), true)).toEqual([0, null, null, 11].map(domestic => ({ day: '2018-07-04', categories: 'numbers', domestic })))
  expect(told([day(3)], false)).toEqual([day(3)])
})
