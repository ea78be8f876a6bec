/** Where checkpoints are kept apart from the log, by somebody whom the log's administrator is not: a folder, another host. */
import type { Noted } from './checkpoint'

export interface SecondPlace {
  /** for readiness and reports: "folder /…", "witness https://…" */
  readonly name: string
  /** The checkpoint with the highest ordinal, or undefined. Its signature is not looked at. Throws PlaceRefused, or what reaching it throws. */
  last(log: string): Promise<Noted | undefined>
  /** Keeps it, durably before it returns. A place never goes back: throws PlaceRefused. */
  keep(checkpoint: Noted): Promise<void>
}

/** The place is there and says no: what is wrong, and what to do. */
export class PlaceRefused extends Error { constructor(message: string) { super(message); this.name = 'PlaceRefused' } }
