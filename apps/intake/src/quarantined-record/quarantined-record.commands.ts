import { Inject } from '@nestjs/common'
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs'
import { AllowedTo, RepairQuarantinedRecord, ResolveQuarantinedRecord, RetryQuarantinedRecord, rightOf, type CommandMeta, type QuarantinedRecordReleasedV1 } from '@chorus/contracts'
import { derivedId, handle, isRefusal, refused, type Handled, type Refusal } from '@chorus/decider'
import type { Recorder } from '@chorus/event-store'
import { RECORDER } from '@chorus/platform'
import { isExtract } from '../feeds/mapped/mapping'
import { KCPD } from '../feeds/kcpd/report'
import { namesSame } from '../feeds/nibrs/read-nibrs'
import { ExtractRows } from '../mapped-import/retry-row'
import { Quarantine } from './quarantine'
import { QuarantinedBytes } from './quarantined-bytes'
import { quarantinedRecord } from './quarantined-record'
import { QuarantineRetry, type Retried } from './retry'

/** What waits here stays what it is: a repair may not make it a report that somebody else sent, or nobody. */
const NAMES_ANOTHER = refused('repair_names_another_report', 'The repaired lines name another report (ORI or number) than the record that waits here. Nothing was recorded. Repair this one under its own ORI and number, or resolve it; send the other report as a file of its own.')
/** Its bytes would bring back what was destroyed. */
const NAMES_ERASED = refused('erased_by_order', 'This record, or somebody whom the repaired lines name, was destroyed by order. Nothing was recorded. Resolve it; what is new in it is entered by hand, without that number.', { kind: 'conflict' })
/** A row says nothing of where it came from: what we wrote into it, the next file of the city would change back. */
const MENDED_AT_SOURCE = refused('mended_at_source', 'A row of the open crime data is mended where it comes from. Nothing was recorded. Send the file again with the row as it should be, then resolve this one (SUPERSEDED).')

@AllowedTo(rightOf(RepairQuarantinedRecord)!)
export class RepairQuarantinedRecordCommand { constructor(readonly id: string, readonly body: RepairQuarantinedRecord, readonly meta: CommandMeta) {} }

@CommandHandler(RepairQuarantinedRecordCommand)
export class RepairQuarantinedRecordHandler implements ICommandHandler<RepairQuarantinedRecordCommand> {
  constructor(@Inject(RECORDER) private readonly log: Recorder, private readonly quarantine: Quarantine, private readonly kept: QuarantinedBytes, private readonly retry: QuarantineRetry, private readonly extracts: ExtractRows) {}

  /** The repaired bytes are durable before the event that speaks of them; then the record is tried again. */
  async execute({ id, body, meta }: RepairQuarantinedRecordCommand): Promise<Retried | Refusal> {
    const bytes = Buffer.from(body.content, 'utf8')
    const record = this.kept.fingerprint(bytes)
    const before = (await this.quarantine.states([id])).get(id)
    if (before?.status === 'open' && before.first.feed === KCPD.system) return MENDED_AT_SOURCE
    let spoken: Awaited<ReturnType<ExtractRows['spokenOf']>> = { erased: false }
    if (before?.status === 'open') {
      const original = await this.kept.get(id)
      if (isExtract(before.first.feed)) spoken = await this.extracts.spokenOf(bytes, before, meta.actor)
      if (original === 'erased' || spoken.erased) return NAMES_ERASED
      if (original !== undefined && !(isExtract(before.first.feed) ? await this.extracts.namesSame(original.bytes, bytes, before) : await namesSame(original.bytes, bytes))) return NAMES_ANOTHER
      await this.kept.putRepair(id, bytes, before.first.waitsFor)
    }
    const answer = await handle(this.log, quarantinedRecord, id, { type: 'RepairQuarantinedRecord', data: { bytes: bytes.length, record, note: body.reason, ...(spoken.speaksOf && { speaksOf: spoken.speaksOf }), ...(spoken.personRefs && { personRefs: spoken.personRefs }) }, meta })
    if (isRefusal(answer)) return answer
    // Where somebody else repairs it at the same time, this command answers for its own bytes.
    return tryAgain(this.log, this.quarantine, this.retry, id, meta, { repair: record })
  }
}

@AllowedTo(rightOf(RetryQuarantinedRecord)!)
export class RetryQuarantinedRecordCommand { constructor(readonly id: string, readonly body: RetryQuarantinedRecord, readonly meta: CommandMeta) {} }

@CommandHandler(RetryQuarantinedRecordCommand)
export class RetryQuarantinedRecordHandler implements ICommandHandler<RetryQuarantinedRecordCommand> {
  constructor(@Inject(RECORDER) private readonly log: Recorder, private readonly quarantine: Quarantine, private readonly retry: QuarantineRetry) {}
  execute({ id, body, meta }: RetryQuarantinedRecordCommand): Promise<Retried | Refusal> { return tryAgain(this.log, this.quarantine, this.retry, id, meta, { reason: body.reason, ...(body.holdsAgain && { holdsAgain: true }) }) }
}

@AllowedTo(rightOf(ResolveQuarantinedRecord)!)
export class ResolveQuarantinedRecordCommand { constructor(readonly id: string, readonly body: ResolveQuarantinedRecord, readonly meta: CommandMeta) {} }

@CommandHandler(ResolveQuarantinedRecordCommand)
export class ResolveQuarantinedRecordHandler implements ICommandHandler<ResolveQuarantinedRecordCommand> {
  constructor(@Inject(RECORDER) private readonly log: Recorder) {}
  execute({ id, body, meta }: ResolveQuarantinedRecordCommand): Promise<Handled | Refusal> {
    return handle(this.log, quarantinedRecord, id, { type: 'ResolveQuarantinedRecord', data: { reasonCode: body.reasonCode, note: body.reason }, meta })
  }
}

export const quarantineHandlers = [RepairQuarantinedRecordHandler, RetryQuarantinedRecordHandler, ResolveQuarantinedRecordHandler]

const tryAgain = async (log: Recorder, quarantine: Quarantine, retry: QuarantineRetry, id: string, meta: CommandMeta, { repair, ...said }: { readonly repair?: string; readonly reason?: string; readonly holdsAgain?: boolean }): Promise<Retried | Refusal> => {
  const state = (await quarantine.states([id])).get(id)
  if (!state || state.status === 'none') return refused('quarantined_record_unknown', 'There is no quarantined record of this id. The list: chorus quarantine list.', { kind: 'not-found' })
  // An id of its own: the command that repaired it has used the first.
  const commandId = derivedId('retry', meta.commandId)
  if (state.status !== 'open') return await settledBy(log, id, commandId) ?? refused('quarantined_record_settled', `This record is ${state.status} already: nothing of it waits any more.`, { kind: 'conflict' })
  return retry.retry(id, { ...state, status: 'open', ...(repair && { repair }) }, { actor: meta.actor, commandId, correlationId: meta.correlationId, now: meta.now, ...said })
}

/** The answer of the first time, where this very command settled the record and is sent again. */
const settledBy = async (log: Recorder, id: string, commandId: string): Promise<Retried | undefined> => {
  const released = (await log.load(`quarantine-${id}`)).find(event => event.commandId === commandId && event.type === 'QuarantinedRecordReleased')
  if (!released) return undefined
  const { outcome, recordedIn } = released.data as QuarantinedRecordReleasedV1
  const events = await log.load(recordedIn!)
  return { settled: true, outcome, stream: recordedIn!, ordinal: (events.findLast(event => event.commandId === commandId) ?? events.at(-1)!).ordinal }
}
