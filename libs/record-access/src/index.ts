export { closedTo, isClosed, isLevelClosed, mayStillSee, recordsOf } from './closed'
export type { Reader } from './closed'
export { accessIdOf, initial, recordAccess, RECORD_ACCESS_EVENTS, STILL_ALLOWED } from './record-access'
export type { RecordAccess, RecordAccessCommand, Restore, Restrict } from './record-access'
