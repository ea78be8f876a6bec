/**
 * Edits that compare a record with the file before it: one month, one state, one version per level, no number twice.
 * Memory is bounded: a number is remembered as a fingerprint of 8 bytes, 2 million of them at most (32 MB), then no more.
 */
import { LEVELS, type Level } from '../layout'
import type { NibrsRecord } from '../records'
import type { EditFinding } from './edit'

export const FILE_EDITS = ['056', '058', '059', '088', '178', '284', '484', '584', '759'] as const
const LENGTH_EDITS: Readonly<Partial<Record<Level, string>>> = { 1: '178', 2: '284', 4: '484', 5: '584' }
const MOST_SLOTS = 1 << 22

export class FileEdits {
  private first: { readonly month: string; readonly year: string; readonly state: string } | undefined
  private readonly lengths = new Map<Level, number>()
  private readonly incidents = new Fingerprints()
  private readonly arrests = new Fingerprints()

  /** Findings of this record against those that were checked before it. Call it once for each record, in the file's order. */
  check(record: NibrsRecord): EditFinding[] {
    const found: EditFinding[] = []
    const [head] = record.segments
    if (!head) return found
    const state = record.ori.slice(0, 2)
    this.first ??= { month: head.month, year: head.year, state }
    if (head.month !== this.first.month || head.year !== this.first.year) found.push({ code: '058', segment: head.level })
    if (state !== this.first.state) found.push({ code: '059', segment: head.level, element: '1' })
    if (record.kind !== 'delete') {
      for (const level of LEVELS) {
        const code = LENGTH_EDITS[level]
        if (!code) continue
        for (const { length } of record.segments.filter((s) => s.level === level)) {
          const usual = this.lengths.get(level)
          if (usual === undefined) this.lengths.set(level, length)
          else if (usual !== length) { found.push({ code, segment: level }); break }
        }
      }
    }
    const key = `${record.ori}|${record.number}`
    if (record.kind === 'groupA' && record.action === 'I') {
      if (this.incidents.seen(key)) found.push({ code: '056', segment: '1', element: '2' })
      if (this.arrests.has(key)) found.push({ code: '088', segment: '1', element: '2' })
    }
    if (record.kind === 'groupB' && record.action !== 'R') {
      if (this.arrests.seen(key)) found.push({ code: '759', segment: '7', element: '41' })
      if (this.incidents.has(key)) found.push({ code: '088', segment: '7', element: '41' })
    }
    return found
  }
}

/** A set of 53-bit fingerprints in one flat table, at most half full; two of 2 million numbers share one in less than one file of a thousand. */
class Fingerprints {
  private slots = new Float64Array(1 << 12)
  private size = 0
  has(key: string): boolean { return this.slots[this.slotOf(fingerprint(key))] !== 0 }
  /** Whether it was there; it is from now on. */
  seen(key: string): boolean {
    const print = fingerprint(key)
    if (this.slots[this.slotOf(print)] !== 0) return true
    if (this.size * 2 >= this.slots.length && !this.grow()) return false
    this.slots[this.slotOf(print)] = print
    this.size++
    return false
  }
  /** The slot that holds the fingerprint, or the empty one where it would go. */
  private slotOf(print: number): number {
    let slot = print % this.slots.length
    while (this.slots[slot] !== 0 && this.slots[slot] !== print) slot = (slot + 1) % this.slots.length
    return slot
  }
  private grow(): boolean {
    if (this.slots.length >= MOST_SLOTS) return false
    const before = this.slots
    this.slots = new Float64Array(before.length * 2)
    for (const print of before) if (print !== 0) this.slots[this.slotOf(print)] = print
    return true
  }
}
/** 1 to 2^53: 0 marks an empty slot. */
const fingerprint = (key: string): number => {
  let a = 0x811c9dc5
  let b = 0x9747b28c
  for (let i = 0; i < key.length; i++) {
    a = Math.imul(a ^ key.charCodeAt(i), 0x01000193)
    b = Math.imul(b ^ key.charCodeAt(i), 0x5bd1e995) ^ b >>> 13
  }
  return (a >>> 0) * 0x200000 + (b >>> 11) || 1
}
