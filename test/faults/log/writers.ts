/** Writers that stand in the way of the others: frozen between lock and commit, or in a deadlock with a stranger. */
import { postgres } from '@chorus/postgres'
import type { Sql } from 'postgres'
import { removeFolder, sharedDatabase } from './ground'
import { chanceOf, live, PATIENCE_MS, type Kind, type Life } from './kinds'
import { holds } from './load'

/** A lock is waited for longer than PostgreSQL waits before it looks for a deadlock (1 s), so that it finds it. */
const LIMITS = { idleInTransactionMs: 300, lockMs: 1500, silenceMs: 2500 }

/** The log's writers that hold a transaction open and do nothing. */
const idleWriters = (sql: Sql) => sql<{ pid: number; since: string }[]>`
  select pid, state_change::text as since from pg_stat_activity
  where datname = current_database() and application_name = 'chorus-log-writer' and state = 'idle in transaction'`
const waits = async (ms: number): Promise<void> => { await holds(() => false, ms) }

/** Stops a process with SIGSTOP while its writer holds the counter row; tries until it does. Answers the writer's backend. */
const freeze = async ({ services: [victim], chance }: Life, sql: Sql): Promise<number | undefined> => {
  for (let tries = 0; tries < 300; tries++) {
    process.kill(victim!.child.pid!, 'SIGSTOP')
    await waits(15)
    const before = await idleWriters(sql)
    await waits(10)
    const still = (await idleWriters(sql)).find(({ pid, since }) => before.some((one) => one.pid === pid && one.since === since))
    if (still) return still.pid
    process.kill(victim!.child.pid!, 'SIGCONT')
    await waits(1 + chance.below(7))
  }
  return undefined
}

/** One of two processes is frozen with the lock in its hands. The other goes on; thawed, so does it. */
export const frozen: Kind = async (seed, strikes) => {
  const chance = chanceOf(seed, 'frozen')
  const { folder, appUrl, ownerUrl, drop } = await sharedDatabase()
  const job = { folder, url: appUrl, limits: LIMITS }
  const sql = postgres(process.env.CHORUS_TEST_POSTGRES!.replace(/\/[^/]*$/, new URL(ownerUrl).pathname), { max: 1, onnotice: () => undefined })
  try {
    return await live({ job, seed, chance, processes: 2, strikes, strike: async (life) => {
      const [victim] = life.services
      const backend = await freeze(life, sql)
      try {
        if (backend === undefined) life.faults.push('it was never stopped with the lock in its hands: the run proves nothing')
        const brief = chance.below(4) === 0
        if (brief) await waits(chance.below(100))
        else if (!await load(life).more(15, PATIENCE_MS)) life.faults.push('while one process was frozen the other recorded nothing')
        return brief ? 'for a moment' : 'until the other went on'
      } finally {
        process.kill(victim!.child.pid!, 'SIGCONT')
      }
    } })
  } finally {
    await sql.end()
    await drop()
    removeFolder(folder)
  }
}
/** the writer had passed that place already */
const TOO_LATE = 'too late'
const load = ({ load: one }: Life) => one

/** A stranger holds the place of an event to come and then asks for the counter row, which the writer holds. */
export const deadlock: Kind = async (seed, strikes = 2) => {
  const chance = chanceOf(seed, 'deadlock')
  const { folder, appUrl, drop } = await sharedDatabase()
  const stranger = postgres(appUrl, { max: 1, onnotice: () => undefined })
  const onlooker = postgres(appUrl, { max: 1, onnotice: () => undefined })
  const blocked = async (): Promise<boolean> => (await onlooker`select 1 from pg_stat_activity where datname = current_database() and application_name = 'chorus-log-writer' and wait_event_type = 'Lock'`).length > 0
  try {
    return await live({ job: { folder, url: appUrl, limits: LIMITS }, seed, chance, strikes, strike: async (life) => {
      const provoke = (): Promise<string> => stranger.begin(async (sql) => {
        await sql`insert into log.events (ordinal, stream, revision, id, type, content, recordedtime, text, link)
          select ordinal + ${20 + chance.below(40)}, 'stranger-' || ordinal, 0, gen_random_uuid(), 'Stranger', 'c', clock_timestamp(), '{}', link from log.head`
        for (let waited = 0; !await blocked(); waited += 10) {
          if (waited > PATIENCE_MS) throw new Error('nobody waits')
          await waits(10)
        }
        await sql`select ordinal from log.head for update`
        throw new Error('the writer gave way')
      }).catch((error: Error & { code?: string }) => error.code === '40P01' ? 'the stranger gave way' : error.code === '23505' ? TOO_LATE : error.message) as Promise<string>
      let end = await provoke()
      while (end === TOO_LATE) end = await provoke()
      if (!/gave way/.test(end)) life.faults.push(`there was no deadlock: ${end}`)
      return end
    } })
  } finally {
    await Promise.all([stranger.end(), onlooker.end()])
    await drop()
    removeFolder(folder)
  }
}
