/** Checkpoints are numbered, each one more than the one before it: whether some are missing, an older copy having been put in their place or some taken out. */
import type { Noted } from './checkpoint'

export interface Missing { readonly text: string; /** the last before them */ readonly last: Noted | undefined; /** the first behind them; absent: the end is missing */ readonly next?: Noted; /** the ordinal through which was signed */ readonly upTo: number }
const HOW = 'an older copy was put in its place, or some were taken out'

export class CheckpointNumbers {
  private last: Noted | undefined
  private hole: Missing | undefined

  /** In the order in which they were kept. One that was written late, behind a later one, has a number that is there already. */
  meet(noted: Noted): void {
    const { number } = noted
    if (number === undefined) return
    const before = this.last?.number
    if (before !== undefined && number > before + 1) this.hole ??= { text: `lacks ${number - before - 1} checkpoints between those at ordinals ${this.last!.ordinal} and ${noted.ordinal}: ${HOW}`, last: this.last, next: noted, upTo: noted.ordinal }
    if (before === undefined || number > before) this.last = noted
  }

  /** @param newest the last that is there @param signedThrough how far was signed, for all that others know; asked before that */
  missing(newest: Noted | undefined, signedThrough: number): Missing | undefined {
    const end = newest?.ordinal ?? 0
    return this.hole ?? (end < signedThrough ? { text: `ends at ordinal ${end}, and ${signedThrough} was signed: ${HOW}`, last: newest, upTo: signedThrough } : undefined)
  }
}
