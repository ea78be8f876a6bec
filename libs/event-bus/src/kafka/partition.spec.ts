import fc from 'fast-check'
import { murmur2, partitionOf } from './partition'

const theirs = require('kafkajs/src/producer/partitioners/default/murmur2') as (key: string) => number
const SEED = 260299

describe('the partition of a key', () => {
  it('is what other Kafka clients choose', () => {
    for (const [key, hash] of [['21', -973932308], ['foobar', -790332482], ['a-little-bit-long-string', -985981536], ['a-little-bit-longer-string', -1486304829], ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971], ['abc', 479470107]] as const) {
      expect(murmur2(key)).toBe(hash)
    }
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (key) => { expect(murmur2(key)).toBe(theirs(key)) }), { seed: SEED })
  })

  it('is one of the topic\'s, the same every time', () => {
    fc.assert(fc.property(fc.string(), fc.integer({ min: 1, max: 50 }), (key, partitions) => {
      const partition = partitionOf(key, partitions)
      expect(partition).toBeGreaterThanOrEqual(0)
      expect(partition).toBeLessThan(partitions)
      expect(partitionOf(key, partitions)).toBe(partition)
    }), { seed: SEED })
  })
})
