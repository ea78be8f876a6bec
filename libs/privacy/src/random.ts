/** Random bytes from a pool: one system call for hundreds of nonces, keys and tokens instead of one for each (an import needs about ten a record). */
import { randomFillSync } from 'node:crypto'

const POOL = Buffer.alloc(16 * 1024)
let used = POOL.length

/** `size` random bytes (at most 1,024), cryptographically strong, in a buffer of their own; they are wiped from the pool. */
export const random = (size: number): Buffer => {
  if (used + size > POOL.length) { randomFillSync(POOL); used = 0 }
  const bytes = Buffer.from(POOL.subarray(used, used + size))
  POOL.fill(0, used, used + size)
  used += size
  return bytes
}
