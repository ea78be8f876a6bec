import { eventRegistry } from '../event'

/** Their version 1 did not say of whom they speak: nothing is made up for it. */
for (const type of ['RecordQuarantined', 'QuarantinedRecordRepaired']) eventRegistry.addUpcaster({ type, from: 1, lead: (data) => data })
