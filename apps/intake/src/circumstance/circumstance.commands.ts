import { Inject } from '@nestjs/common'
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs'
import { AllowedTo, RecordCustodyStatus, RecordProtectionOrderStatus, rightOf, type CommandMeta } from '@chorus/contracts'
import { handle, refused, type Handled, type Refusal } from '@chorus/decider'
import type { Recorder } from '@chorus/event-store'
import { RECORDER, VAULT } from '@chorus/platform'
import type { Vault } from '@chorus/privacy'
import { CaseLookUp } from '../pch-case/look-up'
import { circumstance, type TellFacts } from './circumstance'
import { toldAt } from './told-at'

type Answer = Promise<Handled | Refusal>
const NO_CASE = refused('case_unknown', 'There is no case of this number. Look its number up again.', { kind: 'not-found' })

/** Both find the case in which it counts: the person's open one, also where a closed one was named. */
abstract class Telling {
  constructor(protected readonly log: Recorder, protected readonly vault: Vault, private readonly lookUp: CaseLookUp) {}
  protected async where(named: string, at: string): Promise<{ readonly caseId: string; readonly facts: TellFacts } | null> {
    const state = await this.lookUp.stateOf(named)
    if (state.status === 'none') return null
    const { subjectRef } = state.opened
    const open = await this.lookUp.openCaseOf(subjectRef)
    return { caseId: open?.caseId ?? named, facts: { subjectRef, at: toldAt(at), basis: open?.basis ?? [] } }
  }
  /** The number at the jail or the court leads to the same id again, and nobody can compute it back. */
  protected idOf(what: 'hold' | 'order', jurisdiction: string, number: string): string { return this.vault.uuid('link', what, jurisdiction, number.trim().toUpperCase()) }
}

@AllowedTo(rightOf(RecordCustodyStatus)!)
export class RecordCustodyStatusCommand { constructor(readonly caseId: string, readonly body: RecordCustodyStatus, readonly meta: CommandMeta) {} }

@CommandHandler(RecordCustodyStatusCommand)
export class RecordCustodyStatusHandler extends Telling implements ICommandHandler<RecordCustodyStatusCommand> {
  constructor(@Inject(RECORDER) log: Recorder, @Inject(VAULT) vault: Vault, lookUp: CaseLookUp) { super(log, vault, lookUp) }
  async execute({ caseId, body: { at, holdNumber, ...said }, meta }: RecordCustodyStatusCommand): Answer {
    const here = await this.where(caseId, at)
    return here ? handle(this.log, circumstance, here.caseId, { type: 'RecordCustodyStatus', data: { ...said, ...here, holdId: this.idOf('hold', said.jurisdiction, holdNumber) }, meta }) : NO_CASE
  }
}

@AllowedTo(rightOf(RecordProtectionOrderStatus)!)
export class RecordProtectionOrderStatusCommand { constructor(readonly caseId: string, readonly body: RecordProtectionOrderStatus, readonly meta: CommandMeta) {} }

@CommandHandler(RecordProtectionOrderStatusCommand)
export class RecordProtectionOrderStatusHandler extends Telling implements ICommandHandler<RecordProtectionOrderStatusCommand> {
  constructor(@Inject(RECORDER) log: Recorder, @Inject(VAULT) vault: Vault, lookUp: CaseLookUp) { super(log, vault, lookUp) }
  async execute({ caseId, body: { at, orderNumber, ...said }, meta }: RecordProtectionOrderStatusCommand): Answer {
    const here = await this.where(caseId, at)
    return here ? handle(this.log, circumstance, here.caseId, { type: 'RecordProtectionOrderStatus', data: { ...said, ...here, orderId: this.idOf('order', said.jurisdiction, orderNumber) }, meta }) : NO_CASE
  }
}

export const circumstanceHandlers = [RecordCustodyStatusHandler, RecordProtectionOrderStatusHandler]
