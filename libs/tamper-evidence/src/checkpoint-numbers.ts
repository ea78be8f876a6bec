/** Checkpoints are numbered, each one more than the one before it: whether some are missing, an older copy having been put in their place or some taken out. */
import { checkCheckpoint, type Noted } from './checkpoint'
import type { NoteVerifier } from './signed-note'

export interface Missing { readonly text: string; /** the last before them */ readonly last: Noted | undefined; /** the first behind them; absent: the end is missing */ readonly next?: Noted; /** the ordinal through which was signed */ readonly upTo: number }
const HOW = 'an older copy was put in its place, or some were taken out'

/** Signatures checked in one go, some hundredths of a second, before others have their turn. */
const IN_ONE_GO = 200

/** One that nobody signed says no number: it would hide those that are missing. */
export class CheckpointNumbers {
  private last: Noted | undefined
  private hole: Missing | undefined
  private checked = 0

  constructor(private readonly verifier: NoteVerifier) {}

  /** The highest number that was met; 0: none. */
  get reached(): number { return this.last?.number ?? 0 }

  /**
   * What was there when the log was verified before was looked at then: numbers go on from the last of it, which must still be there.
   * @param back the last first
   * @param number of the last, where it is known
   */
  goOnFrom(back: Iterable<Noted>, number = 1): void {
    for (const noted of back) {
      // the last may be one that was written late
      if (noted.number !== undefined && noted.number > this.reached && this.isSigned(noted)) this.last = noted
      if (this.reached >= number) return
    }
  }

  /**
   * In the order in which they were kept. One that was written late, behind a later one, has a number that is there already.
   * @returns those that count: signed, each one more than those before it; and those of before there were numbers
   */
  async meet(notes: Iterable<Noted>): Promise<Noted[]> {
    const counted: Noted[] = []
    for (const noted of notes) {
      const { number } = noted
      if (number === undefined && this.reached === 0) counted.push(noted)
      if (number === undefined || number <= this.reached) continue
      if (++this.checked % IN_ONE_GO === 0) await new Promise((resolve) => { setImmediate(resolve) })
      if (!this.isSigned(noted)) continue
      const { last, reached } = this
      // the first has number 1
      if (number > reached + 1) this.hole ??= { text: `lacks ${number - reached - 1} checkpoints ${last ? `between those at ordinals ${last.ordinal} and ${noted.ordinal}` : `before the one at ordinal ${noted.ordinal}`}: ${HOW}`, last, next: noted, upTo: noted.ordinal }
      this.last = noted
      counted.push(noted)
    }
    return counted
  }

  /**
   * @param newest the last that is there
   * @param signedThrough how far was signed, for all that others know; asked before that
   * @param verified what was verified before, with the number of the last that was there
   */
  missing(newest: Noted | undefined, signedThrough: number, verified: Noted | undefined): Missing | undefined {
    const end = newest?.ordinal ?? 0
    if (this.hole) return this.hole
    if (this.reached < (verified?.number ?? 0)) return { text: `lacks checkpoint ${verified!.number}, which was there when the log was verified through ordinal ${verified!.ordinal}: ${HOW}`, last: this.last, upTo: verified!.ordinal }
    return end < signedThrough ? { text: `ends at ordinal ${end}, and ${signedThrough} was signed: ${HOW}`, last: newest, upTo: signedThrough } : undefined
  }

  private isSigned({ note }: Noted): boolean { return checkCheckpoint(note, this.verifier) === 'signed' }
}
