/** Where signing stood still while events were recorded. */
import type { Walked } from '@chorus/event-store'
import type { Noted } from './checkpoint'
import type { Pause } from './log-report'

/** Half a second is usual, and readiness fails after five: no clock that differs a little makes it a minute. */
const LEAST_MS = 60_000
type First = Walked['firsts'][number]

export class Pauses {
  /** the first event that no checkpoint covers yet, as far as was walked */
  private waiting: First | undefined
  private readonly found: Pause[] = []

  /**
   * @param firsts of the next range of the log
   * @param signed its checkpoints, as far as they count
   */
  meet(firsts: readonly First[], signed: readonly Noted[]): void {
    const first = new Map(firsts.map((each) => [each.ordinal, each]))
    this.waiting ??= firsts[0]
    for (const { ordinal, signedtime } of signed) {
      if (this.waiting !== undefined && ordinal < this.waiting.ordinal) continue
      this.end(ordinal, signedtime, signedtime)
      this.waiting = first.get(ordinal + 1)
    }
  }

  /** All of them, with the one that goes on at the head of the log. */
  until(head: number, now: string): readonly Pause[] {
    this.end(head, now, null)
    return this.found
  }

  private end(through: number, at: string, to: string | null): void {
    const { waiting, found } = this
    if (waiting === undefined || Date.parse(at) - Date.parse(waiting.recordedtime) < LEAST_MS) return
    const last = found.at(-1)
    // one that was caught up with in several steps is one
    if (last && last.through + 1 === waiting.ordinal) found[found.length - 1] = { ...last, through, to }
    else found.push({ ordinal: waiting.ordinal, from: waiting.recordedtime, through, to })
  }
}
