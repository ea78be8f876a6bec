import { eventRegistry } from '../event'

/** v1 was recorded for orders of a court alone; where it named a person, it stays with the orders about that person's keys. */
eventRegistry.addUpcaster({
  type: 'RecordAccessRestricted', from: 1,
  lead: ({ personRef, record, ...others }) => ({ record: record ?? `subjectKey-${String(personRef)}`, ground: 'COURT_ORDER', ...others }),
})
