/**
 * What every event bus must do: one suite, given a harness by each adapter (`log-bus.contract.spec.ts`, and Kafka's).
 * Nothing here asks how fast; a wait in vain ends with the test's own time-out.
 */
import type { EventBus } from '../port'
import { consumersRestartAndShare } from './consumers.contract'
import { deliveriesAreInOrder } from './deliveries.contract'
import type { BusHarness } from './harness'
import { failuresAreParked } from './parked.contract'

export interface BusContractOptions {
  /** events of the backlog; default 100,000 */
  readonly backlog?: number
}

/** Runs the suite. `make` is called before each test, `dispose` after it. */
export function eventBusContract(name: string, make: () => Promise<BusHarness>, options: BusContractOptions = {}): void {
  describe(`event bus: ${name}`, () => {
    let harness: BusHarness
    let ends: (() => Promise<unknown>)[] = []
    beforeEach(async () => { harness = await make() }, 60_000)
    afterEach(async () => {
      for (const end of ends.reverse()) await end()
      ends = []
      await harness.dispose()
    }, 60_000)
    const given: Given = {
      harness: () => harness,
      bus: () => { const bus = harness.bus(); ends.push(() => bus.close()); return bus },
      atEnd: (end) => { ends.push(end) },
      group: (group) => `${group}.${harness.store.log.slice(0, 8)}`,
    }
    deliveriesAreInOrder(given)
    consumersRestartAndShare(given, options)
    failuresAreParked(given)
  })
}

/** What each part of the suite is given. */
export interface Given {
  harness(): BusHarness
  /** a bus that is closed after the test */
  bus(): EventBus
  atEnd(end: () => Promise<unknown>): void
  /** a name that no other test has */
  group(name: string): string
}
