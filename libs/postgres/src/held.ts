import './mended-driver'
import postgres, { type Sql } from 'postgres'

/**
 * Works on a connection that is nobody else's meanwhile, as a lock of a session needs. Not one of the pool's: where another
 * of its connections is lost while this one is made, the driver (3.4.9) forgets who waited to reserve it.
 */
export const onOwnConnection = async <T>(pool: Sql, work: (held: Sql) => Promise<T>): Promise<T> => {
  // settings that were read once are taken as they are
  const own = postgres({ ...pool.options, max: 1 } as unknown as string)
  try {
    const held = await own.reserve()
    try { return await work(held) } finally { held.release() }
  } finally { await own.end({ timeout: 1 }) }
}
