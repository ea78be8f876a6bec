import { eventRegistry } from '../event'

/** v1 was of the standard's group B alone: what version 2 adds it did not say. What was sealed stays where it stood, and its fingerprint stays the same. */
eventRegistry.addUpcaster({ type: 'ArrestRecorded', from: 1, lead: (data) => ({ ...data }) })
