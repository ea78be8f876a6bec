/**
 * A signed checkpoint of the log: through this ordinal the chain ended in this link. The first three lines are laid out
 * as in C2SP's tlog-checkpoint; what stands in the third is the link of a chain, not the root of a tree (decision 0053).
 * WHEN CHANGING: every checkpoint ever signed is read by this.
 */
import { checkNote, openNote, signNote, type NoteSigner, type NoteVerifier } from './signed-note'

/** Where the audit log stood: how many entries, and the link of the last. */
export interface AuditHead { /** id of the audit log, which is not the event log's */ readonly log: string; readonly ordinal: number; /** lower-case hex */ readonly link: string }
export interface Checkpoint {
  readonly log: string
  readonly ordinal: number
  /** of the event at `ordinal`, lower-case hex */
  readonly link: string
  /** of that event, as the store has it */
  readonly recordedtime: string
  /** when it was signed, RFC 3339, by the signer's clock */
  readonly signedtime: string
  /** the audit log at that moment; absent in checkpoints of before this was signed, and where there is none */
  readonly audit?: AuditHead
  /** one more than the checkpoint before it: where one is missing, it shows; of what was verified: that of the last checkpoint until there. Absent in notes of before this was signed */
  readonly number?: number
  /** where the chain of who is one person stood, so that only the vault's secret finds it: neither its length nor whether it grew is to be read from it. Absent in notes of before this was signed */
  readonly persons?: string
}
/** A checkpoint with the note that it was read from. */
export interface Noted extends Checkpoint { readonly note: string }

/** What a note says: the log was so when it was signed; or: the log was walked through here and found right. */
export type Statement = 'checkpoint' | 'verified'

/** The name of a log's key: its notes are signed under it. */
export const keyName = (log: string): string => `chorus/${log}`
const originOf = (log: string, statement: Statement): string => statement === 'checkpoint' ? keyName(log) : `${keyName(log)}/verified`

export const signCheckpoint = ({ log, ordinal, link, recordedtime, signedtime, audit, number, persons }: Checkpoint, signer: NoteSigner, statement: Statement = 'checkpoint'): string =>
  signNote(`${originOf(log, statement)}\n${ordinal}\n${Buffer.from(link, 'hex').toString('base64')}\nrecorded ${recordedtime}\nsigned ${signedtime}\n${audit ? `audit ${audit.log} ${audit.ordinal} ${Buffer.from(audit.link, 'hex').toString('base64')}\n` : ''}${number === undefined ? '' : `number ${number}\n`}${persons === undefined ? '' : `persons ${Buffer.from(persons, 'hex').toString('base64')}\n`}`, signer)

const BODY = /^(chorus\/([0-9a-f-]{36})(?:\/verified)?)\n(0|[1-9]\d{0,15})\n([A-Za-z0-9+/]{43}=)\nrecorded (\S+)\nsigned (\S+)\n(?:audit ([0-9a-f-]{36}) (0|[1-9]\d{0,15}) ([A-Za-z0-9+/]{43}=)\n)?(?:number (\d{1,16})\n)?(?:persons ([A-Za-z0-9+/]{43}=)\n)?/

/** Reads a checkpoint without looking at its signature; undefined where it is none. */
export const readCheckpoint = (note: string, statement: Statement = 'checkpoint'): Noted | undefined => {
  const found = BODY.exec(note)
  if (!found || found[1] !== originOf(found[2]!, statement)) return undefined
  const [, , log, ordinal, link, recordedtime, signedtime, auditLog, auditOrdinal, auditLink, number, persons] = found
  const audit = auditLog === undefined ? {} : { audit: { log: auditLog, ordinal: Number(auditOrdinal), link: hexOf(auditLink!) } }
  return { log: log!, ordinal: Number(ordinal), link: hexOf(link!), recordedtime: recordedtime!, signedtime: signedtime!, ...audit, ...(number !== undefined && { number: Number(number) }), ...(persons !== undefined && { persons: hexOf(persons) }), note }
}
const hexOf = (base64: string): string => Buffer.from(base64, 'base64').toString('hex')

/** Whether this key signed the note. */
export const checkCheckpoint = (note: string, verifier: NoteVerifier): 'signed' | 'bad-signature' | 'another-key' => {
  const opened = openNote(note)
  return opened ? checkNote(opened, verifier) : 'bad-signature'
}
