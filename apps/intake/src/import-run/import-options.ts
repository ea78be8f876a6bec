/** What a run of an import is told, and how its events say by whom they came. */
import type { Actor, CommandMeta } from '@chorus/contracts'
import type { SettledRecord } from './tally'

export interface ImportOptions {
  readonly runId: string
  readonly actor: Actor
  readonly dryRun: boolean
  /** stops at the next safe point: what was read is settled, the rest is not touched */
  readonly signal?: AbortSignal
  readonly report?: (progress: ImportProgress) => void
  /** told what became of each record */
  readonly told?: (record: SettledRecord) => void
}
export interface ImportProgress { readonly lines: number; readonly records: number; readonly quarantined: number; readonly bytes: number; readonly ofBytes?: number }

export const metaOf = (runId: string, actor: Actor, source: CommandMeta['source'], now: string): CommandMeta =>
  ({ commandId: runId, correlationId: runId, causationId: null, actor, source, now, receivedtime: now })
