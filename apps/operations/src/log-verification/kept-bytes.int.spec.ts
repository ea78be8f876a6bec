import { randomUUID } from 'node:crypto'
import { postgres } from '@chorus/postgres'
import type { EventStore } from '@chorus/event-store'
import { asRole, installRights, roleOf } from '@chorus/platform'
import { freshDatabase, type FreshDatabase } from '../../../../test/support/database'
import { keptBytesOf } from './kept-bytes'

describe('the bytes that the log says are kept', () => {
  let database: FreshDatabase
  let operations: postgres.Sql
  const id = randomUUID()
  const store = { readAll: async function* () { yield { ordinal: 7, type: 'RecordQuarantined', text: JSON.stringify({ data: { quarantineId: id, record: 'x' } }) } } } as unknown as EventStore
  beforeAll(async () => {
    database = await freshDatabase({ bounded: true })
    operations = postgres(asRole(database.appUrl, 'operations'), { max: 1, onnotice: () => undefined })
  })
  afterAll(async () => { await operations.end(); await database.drop() })

  it('where operations may not look, that is what is said, and no fault; migrating lets it look', async () => {
    const look = keptBytesOf(store, operations)
    const owner = postgres(database.ownerUrl, { max: 1, onnotice: () => undefined })
    await owner.unsafe(`revoke usage on schema intake from "${roleOf(new URL(database.appUrl).pathname.slice(1), 'operations')}"`)
    await owner.end()
    expect(await look({ after: 0, through: 7 })).toEqual({ notLooked: 'the bytes of quarantined records: operations may not look; run npx chorus migrate' })
    await installRights(database.ownerUrl, new URL(database.appUrl).username)
    expect(await look({ after: 0, through: 7 })).toEqual({ ordinal: 7, text: `the bytes of quarantined record ${id} are gone: the log says that they are kept` })
  })
})
