/**
 * One decision at a time in all processes of intake, of those that look at several cases or links and append to one stream: no log that
 * Chorus writes to appends on a condition about other streams. The lock is the database's, so that it ends with the process that has it.
 */
import { refused, type Refusal } from '@chorus/decider'
import type { Sql } from 'postgres'

/** Runs `work` alone, or answers `record_busy` (retry-later) when its turn does not come in time; throws what `work` throws, and what the database throws before it. */
export type OneAtATime = <T>(work: () => Promise<T | Refusal>) => Promise<T | Refusal>

const LOCK = 8260121
/** ms that a decision waits for its turn, those of its own process and those of others taken together */
const WAIT_MS = 20_000
const LOCK_NOT_AVAILABLE = '55P03'

export const oneAtATime = (database: Sql, waitMs = WAIT_MS): OneAtATime => {
  // Those of one process queue here, and take one connection together: each with one of its own would leave none to work with.
  let last: Promise<unknown> = Promise.resolve()
  return (work) => {
    const until = performance.now() + waitMs
    const turn = last.then(() => locked(database, until, work))
    last = turn.catch(() => undefined)
    return turn
  }
}

const locked = async <T>(database: Sql, until: number, work: () => Promise<T | Refusal>): Promise<T | Refusal> => {
  const left = Math.floor(until - performance.now())
  // 0 would be: no limit
  if (left <= 0) return BUSY
  let begun: Promise<T | Refusal> | undefined
  try {
    await database.begin(async (tx) => {
      await tx`select set_config('lock_timeout', ${String(left)}, true)`
      await tx`select pg_advisory_xact_lock(${LOCK})`
      begun = work()
      await begun
    })
  } catch (error) {
    if (!begun && (error as { code?: unknown }).code === LOCK_NOT_AVAILABLE) return BUSY
    if (!begun) throw error
    // The lock may have been lost while it worked: what it records stands, and is answered.
  }
  return begun!
}

const BUSY = refused('record_busy', 'Others are opening and linking cases at this moment, and your turn did not come. Nothing was recorded. Send the same request again.', { kind: 'retry-later' })
