import { eventRegistry } from '../event'

/** v1 did not ask what an address is: where there is one, sealed or erased, nothing is made up. */
eventRegistry.addUpcaster({
  type: 'ReferralReceived', from: 1,
  lead: (data) => ({
    ...data,
    ...(data.subjectAddress === undefined ? {} : { subjectAddressKind: 'NOT_STATED' }),
    ...(data.victimAddress === undefined ? {} : { victimAddressKind: 'NOT_STATED' }),
  }),
})
