import { eventRegistry } from '../event'

/** v1 did not say of whom it speaks: nothing is made up for it. */
eventRegistry.addUpcaster({ type: 'RecordQuarantined', from: 1, lead: (data) => data })
