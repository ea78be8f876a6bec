import { Event } from '../event'
import { List, LocalTime, ReportedCode } from '../fields'
import { BrokenEdit } from './reported-persons'

@Event({
  type: 'ZeroReportReceived', version: 1, categories: ['zeroReport'], classification: 'OPS', context: 'intake', producer: 'intake', consumers: [],
  time: 'the month that the report speaks of',
  summary: 'An agency says that nothing was reported to it in a month: "nothing happened", as against "nothing was sent".',
})
export class ZeroReportReceivedV1 {
  @ReportedCode({ width: 9, doc: 'ORI of the reporting agency' }) ori!: string
  @LocalTime({ doc: 'the month, YYYY-MM' }) month!: string
  @List(() => BrokenEdit, { max: 400, doc: 'edits of the standard that the report breaks' }) edits!: BrokenEdit[]
}
