import { postgres } from '@chorus/postgres'
import type { Sql } from 'postgres'
import { MemoryStore } from '@chorus/event-store'
import { freshDatabase, type FreshDatabase } from '../../../test/support/database'
import { LogBus } from './log-bus'
import { eventBusContract } from './testing/event-bus.contract'
import { seeded } from './testing/harness'

const SEED = 260299
let fresh: FreshDatabase
let database: Sql
beforeAll(async () => { fresh = await freshDatabase(); database = postgres(fresh.appUrl, { max: 8, onnotice: () => undefined }) })
afterAll(async () => { await database.end(); await fresh.drop() })

for (const [name, shuffle] of [['log', undefined], [`log, keys mixed (seed ${SEED})`, seeded(SEED)]] as const) {
  eventBusContract(name, async () => {
    for (const table of ['bus.consumers', 'bus.leases', 'read.checkpoints']) await database`delete from ${database(table)}`
    const store = new MemoryStore()
    return {
      store, database, sessionMs: 600,
      bus: () => new LogBus({ store, database, leaseMs: 600, pollMs: 100, ...(shuffle && { shuffle }) }),
      send: async (appends) => { await store.appendEach(appends) },
      dispose: () => store.close(),
    }
  }, shuffle ? { backlog: 2000 } : {})
}
