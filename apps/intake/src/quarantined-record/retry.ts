/** Tries a quarantined record again: as it came, or as it was repaired. Accepted or known already, it is released. */
import type { Actor, CommandMeta, DraftEvent } from '@chorus/contracts'
import { handle, isRefusal, refused, type Refusal } from '@chorus/decider'
import type { Recorder } from '@chorus/event-store'
import type { Vault } from '@chorus/privacy'
import { parseRecord } from '../feeds/nibrs/parse-record'
import { readNibrs } from '../feeds/nibrs/read-nibrs'
import type { RawRecord } from '../feeds/nibrs/read-records'
import { KCPD } from '../feeds/kcpd/report'
import { NIBRS, readInbound, type NibrsInbound } from '../import-run/inbound-nibrs'
import { quarantineIdOf } from '../import-run/set-aside'
import { occasionOf, receive, SAID_BEFORE, SAID_SINCE } from '../incident/receive'
import { isExtract } from '../feeds/mapped/mapping'
import { NUMBER_TAKEN } from '../feeds/mapped/plan'
import { isTaken } from '../mapped-import/look-up-facts'
import type { ExtractRows } from '../mapped-import/retry-row'
import { isTooLarge, TOO_LARGE } from './too-large'
import type { QuarantinedBytes } from './quarantined-bytes'
import { quarantinedRecord, type QuarantinedRecord } from './quarantined-record'

export interface RetryMeta { readonly actor: Actor; readonly commandId: string; readonly correlationId: string; readonly now: string; /** the import run on whose account it is tried again; absent: an operator's */ readonly runId?: string; /** why, where a person tries it again */ readonly reason?: string; /** a person says that what it says holds again */ readonly holdsAgain?: boolean }
export type Retried =
  | { readonly settled: true; readonly outcome: 'accepted' | 'duplicate'; readonly stream: string; readonly ordinal: number }
  /** it cannot be accepted as it is: why, and what to do */
  | { readonly settled: false; readonly cause: string; readonly text: string }

export const WAITS = { cause: 'record-not-known', text: 'the record replaces, amends or deletes one that is not known here: it waits, and is tried again by itself when that record comes' } as const
/** Sent by an integration whose token names another ORI. */
export const ANOTHER_AGENCY = { cause: 'another-agency', text: 'the record is of another agency than the one that sends it: let that agency send it, or intake try it again' } as const
/** How often it is decided anew when another writer was faster. */
const ATTEMPTS = 6

export class QuarantineRetry {
  constructor(private readonly deps: { readonly recorder: Recorder; readonly vault: Vault; readonly bytes: QuarantinedBytes; readonly extracts: ExtractRows }) {}

  /** `state`: the record's, which must be open. */
  async retry(id: string, state: QuarantinedRecord & { status: 'open' }, meta: RetryMeta): Promise<Retried | Refusal> {
    const kept = await this.deps.bytes.get(id, state.repair)
    if (kept === undefined) return { settled: false, cause: state.first.cause, text: 'the bytes of this record are not kept (it is longer than 1 MiB): repair it with its text, or resolve it' }
    if (kept === 'erased') return { settled: false, cause: 'erased', text: 'the bytes of this record were erased by order: resolve it' }
    if (isExtract(state.first.feed)) return this.retryRow(id, state, kept.bytes, meta)
    if (state.first.feed === KCPD.system) return { settled: false, cause: state.first.cause, text: 'a row of the open crime data is mended at its source: send the file again with the row as it should be, then resolve this one (SUPERSEDED)' }
    // The second repair is no longer the message that the source sent: it has a fingerprint of its own.
    const raw = await onlyRecord(kept.bytes, state.first.firstLine ?? 1)
    if ('cause' in raw) return { settled: false, ...raw }
    const parsed = parseRecord(raw)
    if (!parsed.ok) return { settled: false, cause: parsed.cause, text: parsed.text }
    const { first } = state
    const inbound: NibrsInbound = { ...(meta.holdsAgain && { holdsAgain: true }), ...readInbound(parsed.record, {
      message: this.deps.vault.hmac('message', raw.sha256).toString('hex'), fileId: first.file ?? this.deps.vault.hmac('file', id).toString('hex'), vault: this.deps.vault, receivedtime: meta.now, ...(raw.format && { format: raw.format }), ...(first.zone && { zone: first.zone }),
    }) }
    const commandMeta: CommandMeta = { commandId: meta.commandId, correlationId: meta.correlationId, causationId: null, actor: meta.actor, source: { agency: inbound.agency, system: NIBRS.system }, now: meta.now }
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const stored = await this.deps.recorder.load(inbound.stream)
      const current = inbound.kind === 'amend' ? await this.deps.recorder.unseal(stored, () => true) : stored
      const contentOf = (draft: DraftEvent): string => this.deps.recorder.contentOf(draft)
      if (meta.holdsAgain) {
        const before = receive(current, { ...inbound, holdsAgain: false }, contentOf)
        if (before.outcome === 'said-before' && this.isStale(state, before.version)) return { settled: false, ...SAID_SINCE }
      }
      const received = receive(current, inbound, contentOf)
      if (received.outcome === 'waits') return { settled: false, ...WAITS }
      if (received.outcome === 'said-before') return { settled: false, ...SAID_BEFORE }
      if (received.outcome === 'duplicate') return this.release(id, { settled: true, outcome: 'duplicate', stream: inbound.stream, ordinal: received.ordinal }, meta)
      const outcome = await this.deps.recorder.record(inbound.stream, stored.length - 1, received.drafts, commandMeta).catch((error: unknown) => { if (isTooLarge(error)) return undefined; throw error })
      if (!outcome) return { settled: false, ...TOO_LARGE }
      if (outcome.ok) return this.release(id, { settled: true, outcome: 'accepted', stream: inbound.stream, ordinal: outcome.ordinal }, meta)
      if (outcome.conflict === 'erased') return { settled: false, cause: 'erased', text: outcome.text }
    }
    return refused('record_busy', 'Others are changing this record at this moment. Nothing was recorded. Send the same request again.', { kind: 'retry-later' })
  }

  /** A row of an extract, by the mapping that its run was read by. */
  private async retryRow(id: string, state: QuarantinedRecord & { status: 'open' }, bytes: Uint8Array, meta: RetryMeta): Promise<Retried | Refusal> {
    for (let attempt = 0, clashed = false; attempt < ATTEMPTS; attempt++) {
      if (meta.holdsAgain) {
        const before = await this.deps.extracts.plan(bytes, state, meta.actor, true)
        if ('planned' in before && before.planned.over !== undefined && this.isStale(state, before.planned.over)) return { settled: false, ...SAID_SINCE }
      }
      const again = await this.deps.extracts.plan(bytes, state, meta.actor, true, meta.holdsAgain)
      if (!('planned' in again)) return { settled: false, ...again }
      const { planned, mapping, expected } = again
      const { outcome, stream, drafts } = planned
      if (outcome === 'refused' || outcome === 'waits') return { settled: false, cause: planned.cause!, text: planned.text! }
      if (outcome === 'no-case') return { settled: false, cause: 'person-without-case', text: 'the person has no open case here: resolve it' }
      if (outcome === 'duplicate' && stream === undefined) return { settled: false, cause: 'erased', text: 'its subject was erased by order: resolve it' }
      if (outcome === 'duplicate') return this.release(id, { settled: true, outcome, stream: stream!, ordinal: planned.ordinal! }, meta)
      const recorded = await this.deps.recorder.record(stream!, expected, drafts, { commandId: meta.commandId, correlationId: meta.correlationId, causationId: null, actor: meta.actor, source: mapping.source, now: meta.now })
      if (recorded.ok) return this.release(id, { settled: true, outcome: 'accepted', stream: stream!, ordinal: recorded.ordinal }, meta)
      if (recorded.conflict === 'erased') return { settled: false, cause: 'erased', text: recorded.text }
      if (isTaken(recorded.conflict) && clashed) return { settled: false, ...NUMBER_TAKEN }
      clashed = isTaken(recorded.conflict)
    }
    return refused('record_busy', 'Others are changing this record at this moment. Nothing was recorded. Send the same request again.', { kind: 'retry-later' })
  }

  /** Whether it was set aside as said before over another version than this. */
  private isStale({ first }: QuarantinedRecord & { status: 'open' }, version: number): boolean {
    return first.cause === SAID_BEFORE.cause && first.quarantineId !== quarantineIdOf(this.deps.vault, first, occasionOf(version))
  }

  /** It was accepted, or turned out to be known. */
  async release<const R extends { readonly outcome: 'accepted' | 'duplicate'; readonly stream: string }>(id: string, retried: R, meta: RetryMeta): Promise<R | Refusal> {
    const answer = await handle(this.deps.recorder, quarantinedRecord, id, {
      type: 'ReleaseQuarantinedRecord',
      data: { outcome: retried.outcome, recordedIn: retried.stream, ...(meta.runId && { runId: meta.runId }), ...(meta.reason && { note: meta.reason }) },
      meta: { commandId: meta.commandId, correlationId: meta.correlationId, causationId: null, actor: meta.actor, source: { agency: meta.actor.agency, system: 'chorus' }, now: meta.now },
    })
    return isRefusal(answer) ? answer : retried
  }
}

/** The one record of these bytes, its lines numbered as in the file that it came in. */
export const onlyRecord = async (bytes: Uint8Array, firstLine: number): Promise<RawRecord | { readonly cause: string; readonly text: string }> => {
  const records: RawRecord[] = []
  for await (const raw of (await readNibrs((async function* () { yield bytes })())).records) records.push(raw)
  const [raw, second] = records
  if (!raw || second) return { cause: 'not-one-record', text: `a quarantined record is one record; these bytes hold ${records.length === 0 ? 'none' : 'several'}: send the others as a file` }
  return { ...raw, firstLine, content: raw.content.map(line => ({ ...line, line: line.line - raw.firstLine + firstLine })) }
}
