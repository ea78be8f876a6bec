import { Inject } from '@nestjs/common'
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs'
import { AllowedTo, DeferReferral, ExcludeReferral, ReceiveReferral, ReopenReferral, rightOf, type CommandMeta, type PersonInReferral } from '@chorus/contracts'
import { derivedId, handle, isRefusal, refused, streamOf, type Handled, type Refusal } from '@chorus/decider'
import type { Recorder } from '@chorus/event-store'
import { RECORDER, VAULT } from '@chorus/platform'
import type { Vault } from '@chorus/privacy'
import { explained } from '../deferral/explained'
import { LinkedPersonsConsumer } from '../on-identities-linked/linked-persons.consumer'
import { CloseExcludedConsumer } from '../on-referral-excluded/close-excluded.consumer'
import { LinkIncidentsConsumer } from '../on-referral-received/link-incidents.consumer'
import { RecordPairSidesConsumer } from '../on-referral-received/record-pair-sides.consumer'
import { CaseLookUp } from '../pch-case/look-up'
import { changedSince } from './changed-since'
import { referral } from './referral'

const DISAGREE = refused('identifiers_disagree', 'The identifiers of one person lead to different people here. Leave out those that are not sure; who is one and the same is settled by a person, never by a referral.', { kind: 'conflict' })

const ERASED = refused('erased', 'What is held here about one of these people was erased by order. Nothing more is recorded about that person.', { kind: 'forbidden' })

@AllowedTo(rightOf(ReceiveReferral)!)
export class ReceiveReferralCommand { constructor(readonly body: ReceiveReferral, readonly meta: CommandMeta) {} }

@CommandHandler(ReceiveReferralCommand)
export class ReceiveReferralHandler implements ICommandHandler<ReceiveReferralCommand> {
  constructor(@Inject(RECORDER) private readonly log: Recorder, @Inject(VAULT) private readonly vault: Vault, private readonly pairs: RecordPairSidesConsumer, private readonly links: LinkIncidentsConsumer, private readonly identities: LinkedPersonsConsumer) {}

  async execute({ body: { source, incidentIds, subject, victim }, meta }: ReceiveReferralCommand): Promise<Handled | Refusal> {
    // The referral's number comes from the command's id: the same request again is the same referral.
    const referralId = derivedId('referral', meta.commandId)
    const subjectRef = await this.tokenOf(subject)
    const victimRef = await this.tokenOf(victim)
    if (subjectRef === 'disagree' || victimRef === 'disagree') return DISAGREE
    if (subjectRef === 'erased' || victimRef === 'erased') return ERASED
    const answer = await handle(this.log, referral, referralId, { type: 'ReceiveReferral', meta, data: {
      referralId, source, incidentIds, subjectRef, victimRef,
      subjectName: subject.name, ...(subject.birthDate ? { subjectBirthDate: subject.birthDate } : {}), ...(subject.address ? { subjectAddress: subject.address, subjectAddressKind: subject.addressKind ?? 'NOT_STATED' } : {}),
      victimName: victim.name, ...(victim.birthDate ? { victimBirthDate: victim.birthDate } : {}), ...(victim.address ? { victimAddress: victim.address, victimAddressKind: victim.addressKind ?? 'NOT_STATED' } : {}),
    } })
    if (isRefusal(answer)) return answer
    const received = (await this.log.load(streamOf(referral, referralId))).filter((event) => event.type === 'ReferralReceived')
    await this.links.atOnce(received)
    await this.pairs.atOnce(received)
    await this.identities.afterReferral(received)
    return answer
  }

  /** The token that is given, or of whoever has these identifiers, or of somebody new; all identifiers lead to it from then on. */
  private tokenOf({ personRef, identifiers = [] }: PersonInReferral): Promise<string | 'disagree' | 'erased'> { return this.vault.personOf('case', identifiers, personRef) }
}

@AllowedTo(rightOf(ExcludeReferral)!)
export class ExcludeReferralCommand { constructor(readonly referralId: string, readonly body: ExcludeReferral, readonly meta: CommandMeta) {} }

@CommandHandler(ExcludeReferralCommand)
export class ExcludeReferralHandler implements ICommandHandler<ExcludeReferralCommand> {
  constructor(@Inject(RECORDER) private readonly log: Recorder, private readonly lookUp: CaseLookUp, private readonly cases: CloseExcludedConsumer) {}
  async execute({ referralId, body, meta }: ExcludeReferralCommand): Promise<Handled | Refusal> {
    const answer = await handle(this.log, referral, referralId, { type: 'ExcludeReferral', data: { ...body, facts: await this.lookUp.forReferral(referralId) }, meta })
    if (!isRefusal(answer)) await this.cases.atOnce(answer)
    return answer
  }
}

@AllowedTo(rightOf(DeferReferral)!)
export class DeferReferralCommand { constructor(readonly referralId: string, readonly body: DeferReferral, readonly meta: CommandMeta) {} }

@CommandHandler(DeferReferralCommand)
export class DeferReferralHandler implements ICommandHandler<DeferReferralCommand> {
  constructor(@Inject(RECORDER) private readonly log: Recorder, private readonly lookUp: CaseLookUp) {}
  async execute({ referralId, body, meta }: DeferReferralCommand): Promise<Handled | Refusal> {
    const deferred = await handle(this.log, referral, referralId, { type: 'DeferReferral', data: { ...body, facts: await this.lookUp.forReferral(referralId) }, meta })
    return explained(this.log, deferred, { referralId, code: body.code, until: body.until }, meta)
  }
}

@AllowedTo(rightOf(ReopenReferral)!)
export class ReopenReferralCommand { constructor(readonly referralId: string, readonly body: ReopenReferral, readonly meta: CommandMeta) {} }

@CommandHandler(ReopenReferralCommand)
export class ReopenReferralHandler implements ICommandHandler<ReopenReferralCommand> {
  constructor(@Inject(RECORDER) private readonly log: Recorder, private readonly lookUp: CaseLookUp) {}
  async execute({ referralId, body, meta }: ReopenReferralCommand): Promise<Handled | Refusal> {
    return handle(this.log, referral, referralId, { type: 'ReopenReferral', data: { ...body, facts: await changedSince(this.log, referralId) }, meta })
  }
}

export const referralHandlers = [ReceiveReferralHandler, ExcludeReferralHandler, DeferReferralHandler, ReopenReferralHandler]
