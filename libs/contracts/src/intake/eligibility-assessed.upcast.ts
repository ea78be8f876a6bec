import { eventRegistry } from '../event'

/** v1 named the policy and not its bytes; a version means one text for ever, so the log still has them. */
eventRegistry.addUpcaster({ type: 'EligibilityAssessed', from: 1, lead: (data) => data })
