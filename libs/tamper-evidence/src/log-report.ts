/** What verify says of a log. */
import type { ChainFault } from '@chorus/event-store'
import type { AuditFault } from './audit-chain'

export type LogFault = ChainFault | AuditFault | 'another-log' | 'cut-tail' | 'rewritten' | 'checkpoint-not-signed' | 'checkpoints-missing' | 'kept-bytes-missing' | 'not-proven' | 'signing-key-swapped' | 'sealing-key-swapped'
/** A moment at which the log was right through an ordinal: signed, so nobody without the key can have made it up. */
export interface Signed { readonly ordinal: number; readonly signedtime: string }

/**
 * Events were recorded and for longer than a minute nobody signed them: operations did not run, or checkpoints of that time were
 * taken away together with everything that knew of them.
 */
export interface Pause { /** the first of these events, and when it was recorded */ readonly ordinal: number; readonly from: string; /** the last of them, and when they were signed; null: not yet */ readonly through: number; readonly to: string | null }

export interface Common {
  readonly log: string
  /** events that were read now */
  readonly checked: number
  /** what was verified before and not read again; its signature was looked at */
  readonly before: Signed | null
  /** checkpoints that were compared */
  readonly checkpoints: number
  /** the key that they were checked with, in its text form */
  readonly publicKey: string
}
export type LogReport =
  | Common & { readonly ok: true; readonly through: number; readonly link: string; /** the last checkpoint: what is cut off behind it would not show */ readonly signed: Signed | null; /** sealing keys that opened what they sealed first, and those that were destroyed; null: not tried */ readonly keys: { readonly open: number; readonly erased: number } | null; /** the audit log; null: not looked at */ readonly audit: { readonly log: string; /** entries that were read now */ readonly checked: number; readonly through: number; /** the last entry that is signed; null: none yet */ readonly signed: number | null } | null; /** who is one person is as it was noted; null: not looked at */ readonly persons: true | null; /** where signing stood still while events were recorded, of what was read now; the last may go on */ readonly unsigned: readonly Pause[]; /** what could not be looked at, and why; absent: all was. Nothing is remembered as verified then */ readonly notLooked?: string }
  | Common & {
    readonly ok: false
    /** where it is: `ordinal`, `upTo` and those of `right` and `stillRight` count its entries then; absent: the event log */
    readonly in?: 'audit log' | 'who is one person'
    /** the first ordinal that is wrong; where a range is all that can be known, the first of it */
    readonly ordinal: number
    /** the last of that range */
    readonly upTo?: number
    readonly fault: LogFault
    readonly text: string
    /** the last checkpoint before it, with which the log agrees: everything through there is as it was signed */
    readonly right: Signed | null
    /** the first checkpoint that covers it: when that was signed it was still right */
    readonly stillRight: Signed | null
  }
export type Wrong = Extract<LogReport, { ok: false }>
