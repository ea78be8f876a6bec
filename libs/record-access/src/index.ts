export { closedTo, isClosed, isGone, isLevelClosed, mayStillSee, NOTHING_CLOSED, recordsOf, withoutGone } from './closed'
export type { Closed, Reader } from './closed'
export { accessIdOf, initial, recordAccess, RECORD_ACCESS_EVENTS, STILL_ALLOWED } from './record-access'
export type { RecordAccess, RecordAccessCommand, Restore, Restrict } from './record-access'
