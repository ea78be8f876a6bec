/** How a command ends: the exit codes that scripts may rely on, and the error that carries one. */
export const EXIT = {
  ok: 0,
  failure: 1,
  usage: 2,
  /** the data has errors, the tool has none; of a file: nothing of it was accepted, now or before */
  dataErrors: 3,
  /** a verification found a difference */
  mismatch: 4,
  /** refused by a right or a rule */
  refused: 5,
  /** a conflict, or the same is already running */
  conflict: 6,
  /** Chorus, its database or another dependency does not answer */
  unavailable: 7,
  /** stopped by Ctrl-C at a safe point; can be resumed */
  interrupted: 130,
} as const
export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

/** An error a person reads: what is wrong, and what to do. `more` are further lines, e.g. one per wrong field. */
export class CliError extends Error {
  constructor(message: string, readonly exit: ExitCode = EXIT.failure, readonly more: readonly string[] = [], /** for --json */ readonly problem?: unknown) {
    super(message)
    this.name = 'CliError'
  }
}
