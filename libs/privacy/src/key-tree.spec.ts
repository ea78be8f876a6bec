import * as fc from 'fast-check'
import { KeyTree, leafOf } from './key-tree'

const SEED = 20261128
const whole = new KeyTree('kek_sample', new Map([['', Buffer.alloc(32, 9)]]))
const said = (tree: KeyTree): string => [...tree.nodes].map(([at, key]) => `${at} ${key.toString('hex')}`).sort().join()
const keyId = fc.integer({ min: 0, max: 20 }).map((n) => `dek_${n}`)

describe('a tree of wrapping keys', () => {
  it('gives each data key its own, the same one each time', () => {
    const keys = Array.from({ length: 500 }, (_, n) => whole.keyFor(`dek_${n}`)!.toString('hex'))
    expect(new Set(keys).size).toBe(500)
    expect(keys[7]).toBe(whole.keyFor('dek_7')!.toString('hex'))
  })
  it('gives the keys that it has always given', () => {
    expect(leafOf('dek_7')).toBe('20000202230321112311200130003310')
    expect(whole.keyFor('dek_7')!.toString('hex')).toBe('37aefe54a6c3307dc4c9e3582c276fa5341161f7f4d5676cc547ffd826279c1a')
  })
  it('without some, gives all others as before and those never again, in whatever order they went', () => {
    fc.assert(fc.property(fc.array(keyId, { maxLength: 12 }), fc.array(keyId, { maxLength: 12 }), (first, then) => {
      const gone = new Set([...first, ...then])
      const tree = whole.without(first).without(then)
      for (let n = 0; n <= 20; n++) {
        const id = `dek_${n}`
        expect(tree.keyFor(id)?.toString('hex')).toBe(gone.has(id) ? undefined : whole.keyFor(id)!.toString('hex'))
      }
      expect(said(tree)).toBe(said(whole.without([...then].reverse()).without(first)))
    }), { seed: SEED, numRuns: 20 })
  })
  it('keeps nothing from which a lost one could be derived: no node stands on the way to it', () => {
    const tree = whole.without(['dek_1', 'dek_2'])
    for (const id of ['dek_1', 'dek_2']) for (const position of tree.nodes.keys()) expect(leafOf(id).startsWith(position)).toBe(false)
    expect(tree.nodes.size).toBeLessThanOrEqual(2 * 96)
    expect(tree.without(['dek_1'])).toBe(tree)
  })
})
