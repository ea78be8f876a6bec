/**
 * A wrapping key for each data key, all from one root, of which single ones can be taken away: a tree in which each node's
 * key gives its four children's (a puncturable pseudorandom function after Goldreich, Goldwasser and Micali). To take one
 * leaf away, the nodes on the way to it are replaced by their other children: what is left opens every other leaf and can
 * never give that one again, and no other key is touched however many there are.
 * WHEN CHANGING: every wrapped key ever stored is opened by these derivations. They never change.
 */
import { hash } from 'node:crypto'

/** 64 bits of the key id's hash, two for each step: two keys of one tree share a leaf once in 10^12 for some thousand million pairs. */
const DEPTH = 32
const LABEL = Buffer.from('chorus|key tree|')

const FIRST = Buffer.from('0')
const SECOND = Buffer.from('1')

/** Position of a node: the steps from the root, '' the root, a leaf has 32, each 0 to 3. */
export type Position = string

/** Where the wrapping key of this data key hangs. */
export const leafOf = (keyId: string): Position => {
  const bytes = hash('sha256', `chorus|leaf|${keyId}`, 'buffer')
  let steps = ''
  for (let at = 0; at < DEPTH / 4; at++) { const byte = bytes[at]!; steps += `${byte >> 6}${(byte >> 4) & 3}${(byte >> 2) & 3}${byte & 3}` }
  return steps
}

/** Child 0 to 3 of a node: SHA-512 gives two of 32 bytes. */
const childOf = (node: Uint8Array, step: number): Buffer => {
  const two = hash('sha512', Buffer.concat([LABEL, step < 2 ? FIRST : SECOND, node]), 'buffer')
  return step % 2 === 0 ? two.subarray(0, 32) : two.subarray(32)
}

export class KeyTree {
  /** `nodes`: what is known, none of them below another; one node '' is a whole tree. */
  constructor(readonly id: string, readonly nodes: ReadonlyMap<Position, Buffer>) {}

  /** The wrapping key of a data key; undefined where it was taken away. 32 bytes. */
  keyFor(keyId: string): Buffer | undefined {
    const leaf = leafOf(keyId)
    const known = this.above(leaf)
    if (known === undefined) return undefined
    let node = this.nodes.get(known)!
    for (let at = known.length; at < DEPTH; at++) node = childOf(node, Number(leaf[at]))
    return node
  }

  /** The tree without the wrapping keys of these data keys; the same tree where all of them are gone already. */
  without(keyIds: Iterable<string>): KeyTree {
    let nodes: Map<Position, Buffer> | undefined
    for (const keyId of keyIds) {
      const leaf = leafOf(keyId)
      const known = new KeyTree(this.id, nodes ?? this.nodes).above(leaf)
      if (known === undefined) continue
      nodes ??= new Map(this.nodes)
      let node = nodes.get(known)!
      nodes.delete(known)
      for (let at = known.length; at < DEPTH; at++) {
        const step = Number(leaf[at])
        for (let other = 0; other < 4; other++) if (other !== step) nodes.set(`${leaf.slice(0, at)}${other}`, childOf(node, other))
        node = childOf(node, step)
      }
    }
    return nodes ? new KeyTree(this.id, nodes) : this
  }

  /** The known node at or above a leaf. */
  private above(leaf: Position): Position | undefined {
    for (let length = 0; length <= DEPTH; length++) { const at = leaf.slice(0, length); if (this.nodes.has(at)) return at }
    return undefined
  }
}
