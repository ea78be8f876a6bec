import { Inject } from '@nestjs/common'
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs'
import { AllowedTo, RecordArrest, rightOf, type CommandMeta } from '@chorus/contracts'
import { handle, streamOf, type Handled, type Refusal } from '@chorus/decider'
import { canonicalJson, type Recorder } from '@chorus/event-store'
import { RECORDER, VAULT } from '@chorus/platform'
import type { Vault } from '@chorus/privacy'
import { toldAt } from '../circumstance/told-at'
import { keyText } from '../feeds/mapped/plan'
import { incident } from '../incident/incident'
import { CaseLookUp } from '../pch-case/look-up'
import { arrest, type ArrestFacts } from './arrest'

@AllowedTo(rightOf(RecordArrest)!)
export class RecordArrestCommand { constructor(readonly body: RecordArrest, readonly meta: CommandMeta) {} }

@CommandHandler(RecordArrestCommand)
export class RecordArrestHandler implements ICommandHandler<RecordArrestCommand> {
  constructor(@Inject(RECORDER) private readonly log: Recorder, @Inject(VAULT) private readonly vault: Vault, private readonly lookUp: CaseLookUp) {}

  /** The stream is that of the arrest's feed. The key begins with its target: whatever system is named here, the ids of its other records stay free. */
  async execute({ body, meta }: RecordArrestCommand): Promise<Handled | Refusal> {
    const { at, caseId, system, holdNumber, ...typed } = body
    const said = { ...typed, arrestNumber: typed.arrestNumber.trim() }
    const key = keyText(said.arrestNumber)
    const arrestId = this.vault.uuid('stream-id', said.ori, system, 'arrest', key)
    const facts: ArrestFacts = {
      at: toldAt(at), case: caseId === undefined ? null : await this.caseOf(caseId), newToken: this.vault.newToken('per'),
      incidentKnown: said.incidentId === undefined || (await this.log.load(streamOf(incident, said.incidentId))).length > 0,
      ...(holdNumber !== undefined && { holdId: said.jurisdiction === undefined ? null : this.vault.uuid('link', 'hold', said.jurisdiction, keyText(holdNumber)) }),
      record: { system, id: `arrest|${key}`, message: this.vault.hmac('message', canonicalJson({ ...body, arrestNumber: key, ...(holdNumber !== undefined && { holdNumber: keyText(holdNumber) }) })).toString('hex') },
    }
    return handle(this.log, arrest, arrestId, { type: 'RecordArrest', data: { ...said, arrestId, facts }, meta: { ...meta, source: { agency: said.ori, system } } })
  }

  /** The person's open case, also where a closed one was named. */
  private async caseOf(named: string): Promise<ArrestFacts['case']> {
    const state = await this.lookUp.stateOf(named)
    if (state.status === 'none') return 'unknown'
    const open = await this.lookUp.openCaseOf(state.opened.subjectRef)
    return { caseId: open?.caseId ?? named }
  }
}
