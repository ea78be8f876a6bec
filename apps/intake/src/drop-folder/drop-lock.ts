/** The lock by which one process of several works in the drop folder. It belongs to a session of the database, and ends with it: what is asked is whether this session still has it. */
import { guarded, postgres } from '@chorus/postgres'
import type { Sql } from 'postgres'

const LOCK = 8260120
/** ms; longer than any answer to what is asked here */
const SILENCE_MS = 30_000

export class DropLock {
  /** One connection of its own: what was lost is made again, as a session without the lock. */
  private readonly session: Sql
  constructor(databaseUrl: string) {
    this.session = postgres(databaseUrl, { ...guarded(databaseUrl, SILENCE_MS), max: 1, max_lifetime: null, fetch_types: false, onnotice: () => undefined, connection: { application_name: 'chorus drop folder' } })
  }

  /** @returns whether this process has the lock now; it has it until its session ends or it lets go */
  async take(): Promise<boolean> {
    if (await this.asked()) return true
    const [row] = await this.session<{ owns: boolean }[]>`select pg_try_advisory_lock(${LOCK}) as owns`
    return row!.owns
  }

  /** A database that does not answer is no yes. */
  async holds(): Promise<boolean> { return this.asked().catch(() => false) }

  async letGo(): Promise<void> { await this.session.end({ timeout: 5 }) }

  private async asked(): Promise<boolean> {
    const [row] = await this.session<{ owns: boolean }[]>`
      select exists (select from pg_locks where locktype = 'advisory' and pid = pg_backend_pid() and granted
        and database = (select oid from pg_database where datname = current_database()) and classid = 0 and objid = ${LOCK} and objsubid = 1) as owns`
    return row!.owns
  }
}
