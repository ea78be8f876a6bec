import { postgres } from '@chorus/postgres'
import { freshDatabase, type FreshDatabase } from '../../../../test/support/database'
import { DropLock } from './drop-lock'

describe('the lock of the drop folder', () => {
  let database: FreshDatabase
  let locks: [DropLock, DropLock]
  beforeAll(async () => { database = await freshDatabase({ migrated: false }) })
  beforeEach(() => { locks = [new DropLock(database.appUrl), new DropLock(database.appUrl)] })
  afterEach(async () => { await Promise.all(locks.map((lock) => lock.letGo())) })
  afterAll(async () => { await database.drop() })
  /** ends the session that has the lock, and nothing else of its process */
  const endSession = async (): Promise<void> => {
    const sql = postgres(database.appUrl, { max: 1 })
    await sql`select pg_terminate_backend(pid, 5000) from pg_locks where locktype = 'advisory' and objid = 8260120`
    await sql.end({ timeout: 1 })
  }

  it('has one process, until it lets go', async () => {
    const [one, two] = locks
    expect([await one.take(), await two.take(), await one.take(), await one.holds(), await two.holds()]).toEqual([true, false, true, true, false])
    await one.letGo()
    expect(await two.take()).toBe(true)
  })
  it('is known to be lost when its session ended, also when its connection answers again', async () => {
    const [one, two] = locks
    await one.take()
    await endSession()
    expect([await two.take(), await one.holds(), await one.holds(), await one.take()]).toEqual([true, false, false, false])
    await endSession()
    expect([await one.take(), await one.holds(), await two.holds()]).toEqual([true, true, false])
  })
})
