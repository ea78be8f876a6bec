/**
 * A receipt: proof of one event's place to somebody who has only the log's public key. The event's leaf, the link before
 * it, and what is needed to compute every link from there to a signed checkpoint: recorded time and leaf of each event
 * between. Of those events it shows nothing else.
 */
import { createHash } from 'node:crypto'
import { leafOf, linkOf, genesisLink, type EventStore, type StoredEvent } from '@chorus/event-store'
import { checkCheckpoint, keyName, readCheckpoint, type Noted } from './checkpoint'
import type { NoteVerifier } from './signed-note'

export const RECEIPT = 'chorus.receipt/1'
export interface Receipt {
  readonly schema: typeof RECEIPT
  readonly log: string
  readonly id: string
  readonly ordinal: number
  readonly recordedtime: string
  /** SHA-256 of the event's stored text */
  readonly leaf: string
  /** the link before it */
  readonly previous: string
  /** recorded time and leaf of each event after it, through the checkpoint's */
  readonly path: readonly (readonly [recordedtime: string, leaf: string])[]
  /** the signed note */
  readonly checkpoint: string
  /** the stored text, sealed values sealed: only for who may see it; ties the id to the leaf */
  readonly text?: string
}

/** @param checkpoint the first at or after the event. Rejects with an Error where the log does not lead to it. */
export const receiptOf = async (store: Pick<EventStore, 'log' | 'readAll'>, event: StoredEvent, checkpoint: Noted, withText: boolean): Promise<Receipt> => {
  let previous = event.ordinal === 1 ? genesisLink(store.log) : ''
  const path: [string, string][] = []
  for await (const each of store.readAll({ after: Math.max(0, event.ordinal - 2), through: checkpoint.ordinal })) {
    if (each.ordinal === event.ordinal - 1) previous = each.link
    if (each.ordinal > event.ordinal) path.push([each.recordedtime, leafOf(each.text)])
  }
  const { id, ordinal, recordedtime, text } = event
  return { schema: RECEIPT, log: store.log, id, ordinal, recordedtime, leaf: leafOf(text), previous, path, checkpoint: checkpoint.note, ...withText ? { text } : {} }
}

export type ReceiptVerdict =
  | { readonly ok: true; readonly log: string; readonly id: string; readonly ordinal: number; readonly recordedtime: string; readonly leaf: string; /** of the checkpoint */ readonly signed: { readonly ordinal: number; readonly signedtime: string }; /** whether the text is there, so that id and leaf belong together */ readonly idProven: boolean }
  | { readonly ok: false; readonly fault: 'not-a-receipt' | 'text-differs' | 'another-log' | 'another-key' | 'bad-signature' | 'path-differs'; readonly text: string }

const HASH = /^[0-9a-f]{64}$/
const bad = (fault: Extract<ReceiptVerdict, { ok: false }>['fault'], text: string): ReceiptVerdict => ({ ok: false, fault, text })

/** Needs no Chorus, no database, no network. Never throws for what a receipt may hold. */
export const verifyReceipt = (given: unknown, verifier: NoteVerifier): ReceiptVerdict => {
  if (!isReceipt(given)) return bad('not-a-receipt', `this is not a receipt (${RECEIPT})`)
  const { log, id, ordinal, recordedtime, leaf, previous, path, checkpoint, text } = given
  if (verifier.name !== keyName(log)) return bad('another-log', `the receipt is of log ${log}, the public key of ${verifier.name}`)
  if (text !== undefined) {
    if (createHash('sha256').update(text).digest('hex') !== leaf) return bad('text-differs', 'the event\'s text is not the one that was recorded: its SHA-256 is another')
    if (idIn(text) !== id) return bad('text-differs', 'the event\'s text carries another id than the receipt')
  }
  const noted = readCheckpoint(checkpoint)
  if (!noted || noted.log !== log) return bad('another-log', 'the checkpoint is none of this log')
  const signed = checkCheckpoint(checkpoint, verifier)
  if (signed !== 'signed') return bad(signed, signed === 'another-key' ? 'the checkpoint is not signed by this public key' : 'the checkpoint was altered: its signature does not hold')
  let link = linkOf(previous, ordinal, recordedtime, leaf)
  path.forEach(([time, each], at) => { link = linkOf(link, ordinal + 1 + at, time, each) })
  if (ordinal + path.length !== noted.ordinal || link !== noted.link) return bad('path-differs', 'what the receipt says of the event (place, recorded time, content) does not lead to the signed checkpoint')
  return { ok: true, log, id, ordinal, recordedtime, leaf, signed: { ordinal: noted.ordinal, signedtime: noted.signedtime }, idProven: text !== undefined }
}

const idIn = (text: string): unknown => { try { return (JSON.parse(text) as { id?: unknown }).id } catch { return undefined } }
const isText = (value: unknown): value is string => typeof value === 'string'
const isReceipt = (value: unknown): value is Receipt => {
  if (typeof value !== 'object' || value === null) return false
  const { schema, log, id, ordinal, recordedtime, leaf, previous, path, checkpoint, text } = value as Record<string, unknown>
  return schema === RECEIPT && [log, id, recordedtime, checkpoint].every(isText) && Number.isSafeInteger(ordinal) && (ordinal as number) > 0 && [leaf, previous].every((each) => isText(each) && HASH.test(each)) &&
    (text === undefined || isText(text)) && Array.isArray(path) && path.every((step) => Array.isArray(step) && step.length === 2 && isText(step[0]) && isText(step[1]) && HASH.test(step[1]))
}
