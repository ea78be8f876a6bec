import { eventRegistry } from '../event'

/** v1 stood on the stream of a task alone, and named what the stream's first event names. */
eventRegistry.addUpcaster({ type: 'DeadlineMissed', from: 1, lead: ({ timer, owner, dueAt }) => ({ timer, owner, dueAt }) })
