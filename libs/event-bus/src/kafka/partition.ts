/** Which partition a key belongs to: as Kafka's own clients do it, so that whoever writes a key by whatever client meets the same one. Pure. */

const M = 0x5bd1e995
const SEED = 0x9747b28c

/** MurmurHash2, 32 bit, of the key's UTF-8 bytes; signed. */
export function murmur2(key: string): number {
  const bytes = Buffer.from(key, 'utf8')
  const { length } = bytes
  let h = SEED ^ length
  const whole = length - (length % 4)
  for (let at = 0; at < whole; at += 4) {
    let k = Math.imul(bytes.readInt32LE(at), M)
    k = Math.imul(k ^ (k >>> 24), M)
    h = Math.imul(h, M) ^ k
  }
  const rest = length - whole
  if (rest === 3) h ^= bytes.readUInt8(whole + 2) << 16
  if (rest >= 2) h ^= bytes.readUInt8(whole + 1) << 8
  if (rest >= 1) h = Math.imul(h ^ bytes.readUInt8(whole), M)
  h = Math.imul(h ^ (h >>> 13), M)
  return h ^ (h >>> 15)
}

/** @param partitions of the topic, at least 1 @returns 0 … partitions - 1 */
export const partitionOf = (key: string, partitions: number): number => (murmur2(key) & 0x7fffffff) % partitions
