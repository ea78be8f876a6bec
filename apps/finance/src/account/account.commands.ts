import { Inject } from '@nestjs/common'
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs'
import { AllowedTo, CertifyFunds, CertifyOrdinance, RecordAppropriation, SubmitRequisition, rightOf, type CommandMeta } from '@chorus/contracts'
import { derivedId, handle, type Handled, type Refusal } from '@chorus/decider'
import type { Recorder } from '@chorus/event-store'
import { RECORDER } from '@chorus/platform'
import { account } from './account'

type Answer = Promise<Handled | Refusal>

@AllowedTo(rightOf(CertifyOrdinance)!)
export class CertifyOrdinanceCommand { constructor(readonly account: string, readonly body: CertifyOrdinance, readonly meta: CommandMeta) {} }

@CommandHandler(CertifyOrdinanceCommand)
export class CertifyOrdinanceHandler implements ICommandHandler<CertifyOrdinanceCommand> {
  constructor(@Inject(RECORDER) private readonly log: Recorder) {}
  execute({ account: code, body, meta }: CertifyOrdinanceCommand): Answer { return handle(this.log, account, code, { type: 'CertifyOrdinance', data: { ...body, account: code }, meta }) }
}

@AllowedTo(rightOf(RecordAppropriation)!)
export class RecordAppropriationCommand { constructor(readonly account: string, readonly body: RecordAppropriation, readonly meta: CommandMeta) {} }

@CommandHandler(RecordAppropriationCommand)
export class RecordAppropriationHandler implements ICommandHandler<RecordAppropriationCommand> {
  constructor(@Inject(RECORDER) private readonly log: Recorder) {}
  execute({ account: code, body, meta }: RecordAppropriationCommand): Answer { return handle(this.log, account, code, { type: 'RecordAppropriation', data: { ...body, account: code }, meta }) }
}

@AllowedTo(rightOf(SubmitRequisition)!)
export class SubmitRequisitionCommand { constructor(readonly account: string, readonly body: SubmitRequisition, readonly meta: CommandMeta) {} }

@CommandHandler(SubmitRequisitionCommand)
export class SubmitRequisitionHandler implements ICommandHandler<SubmitRequisitionCommand> {
  constructor(@Inject(RECORDER) private readonly log: Recorder) {}
  /** Its number comes from the command's id: the same request again is the same requisition. */
  execute({ account: code, body, meta }: SubmitRequisitionCommand): Answer {
    return handle(this.log, account, code, { type: 'SubmitRequisition', data: { ...body, account: code, reqId: derivedId('requisition', meta.commandId) }, meta })
  }
}

@AllowedTo(rightOf(CertifyFunds)!)
export class CertifyFundsCommand { constructor(readonly account: string, readonly body: CertifyFunds, readonly meta: CommandMeta) {} }

@CommandHandler(CertifyFundsCommand)
export class CertifyFundsHandler implements ICommandHandler<CertifyFundsCommand> {
  constructor(@Inject(RECORDER) private readonly log: Recorder) {}
  execute({ account: code, body, meta }: CertifyFundsCommand): Answer {
    return handle(this.log, account, code, { type: 'CertifyFunds', data: { ...body, account: code, certId: derivedId('certificate', meta.commandId), encId: derivedId('encumbrance', meta.commandId) }, meta })
  }
}

export const accountHandlers = [CertifyOrdinanceHandler, RecordAppropriationHandler, SubmitRequisitionHandler, CertifyFundsHandler]
