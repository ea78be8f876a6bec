import { Body, Controller, Get, Inject, Param, Post, Query, Req } from '@nestjs/common'
import { CommandBus } from '@nestjs/cqrs'
import { ApiQuery, ApiTags } from '@nestjs/swagger'
import { ActivatePolicy, ApprovePolicy, CheckPolicy, DraftPolicy, PATTERNS, RetirePolicy, type CommandMeta, type RecordedEvent, type Role } from '@chorus/contracts'
import { streamOf } from '@chorus/decider'
import type { Recorder } from '@chorus/event-store'
import { AUDIT, badParameter, CLOCK, CommandRoute, Meta, Problem, purposeOf, QueryRoute, receiptOf, RECORDER, textOf, type AuditTrail, type ChorusRequest, type Clock, type Receipt } from '@chorus/platform'
import { policy, POLICY_KINDS } from '@chorus/policy'
import { PolicyCheck, type CheckReport } from './check-policy'
import { shownOf, takingOver, viewOf, type PolicyShown, type PolicyView } from './policy-view'
import { ActivatePolicyCommand, ApprovePolicyCommand, DraftPolicyCommand, RetirePolicyCommand } from './policy.commands'
import { policyTextOf } from './policy-text'

const READERS: Role[] = ['intakeAnalyst', 'detective', 'prosecutor', 'systemAdvocate', 'panelMember', 'healthProgram', 'evaluator', 'operator', 'privacyOfficer']
const NOBODYS = { noPerson: 'a policy is nobody\'s' }
const INSTANT = new RegExp(PATTERNS.timestamp, 'u')

/** `takenOverBy`: versions that are activated for a later day: they take over then. Retire one that is not to. */
interface Activated extends Receipt { readonly takenOverBy: readonly { readonly version: string; /** RFC 3339 instant from which it holds */ readonly from: string }[] }

@ApiTags('policies')
@Controller('v1/policies')
export class PolicyController {
  constructor(private readonly commands: CommandBus, @Inject(RECORDER) private readonly log: Recorder, @Inject(CLOCK) private readonly clock: Clock, private readonly checks: PolicyCheck, @Inject(AUDIT) private readonly trail: AuditTrail) {}

  @Get() @QueryRoute({ summary: 'The policies: which version of each holds, where the others stand; or how that was, as recorded by a moment', reads: NOBODYS, roles: READERS })
  @ApiQuery({ name: 'asOf', required: false, description: 'RFC 3339 instant in UTC: what was on record by then, and held then' })
  async list(@Query('asOf') asOf?: string): Promise<{ readonly policies: readonly PolicyView[] }> {
    const at = this.moment(asOf)
    return { policies: await Promise.all(POLICY_KINDS.map(async (kind) => viewOf(kind, await this.events(kind.policyId, asOf), at))) }
  }

  @Get(':id') @QueryRoute({ summary: 'One policy with the text of the version that holds, or of another', reads: NOBODYS, roles: READERS })
  @ApiQuery({ name: 'version', required: false, description: 'absent: the one that holds' })
  @ApiQuery({ name: 'asOf', required: false, description: 'RFC 3339 instant in UTC: what was on record by then, and held then' })
  async show(@Param('id') id: string, @Query('version') version?: string, @Query('asOf') asOf?: string): Promise<PolicyShown> {
    const at = this.moment(asOf)
    const known = POLICY_KINDS.some(({ policyId }) => policyId === id)
    const shown = known ? shownOf(id, textOf('version', version), await this.events(id, asOf), at) : null
    if (!shown) throw new Problem('not-found', 'There is no such policy, or no such version of it, at that moment. The list of policies says which there are.')
    return shown
  }

  @Post('drafts') @CommandRoute(DraftPolicy)
  async draft(@Body() body: DraftPolicy, @Meta() meta: CommandMeta): Promise<Receipt> { return receiptOf(await this.commands.execute(new DraftPolicyCommand(body, meta))) }

  @Post('approvals') @CommandRoute(ApprovePolicy)
  async approve(@Body() body: ApprovePolicy, @Meta() meta: CommandMeta): Promise<Receipt> { return receiptOf(await this.commands.execute(new ApprovePolicyCommand(body, meta))) }

  @Post('activations') @CommandRoute(ActivatePolicy)
  async activate(@Body() body: ActivatePolicy, @Meta() meta: CommandMeta): Promise<Activated> {
    const receipt = receiptOf(await this.commands.execute(new ActivatePolicyCommand(body, meta)))
    const { policyId, version } = policyTextOf(body.text).policy
    return { ...receipt, takenOverBy: takingOver(await this.events(policyId, undefined), version) }
  }

  @Post('retirements') @CommandRoute(RetirePolicy)
  async retire(@Body() body: RetirePolicy, @Meta() meta: CommandMeta): Promise<Receipt> { return receiptOf(await this.commands.execute(new RetirePolicyCommand(body, meta))) }

  @Post('checks')
  @QueryRoute({ summary: 'What a file would change on today\'s log: which open cases would be proposed another level, which incidents screened otherwise, which due dates be others, which records be linked or asked about, which plans be others, each by its id, and by which criteria. Changes nothing', body: CheckPolicy, reads: { person: 'record' }, roles: ['intakeAnalyst', 'prosecutor'], agencies: ['KCPD', 'JCPO'] })
  check(@Body() { text, activeFrom }: CheckPolicy, @Meta() meta: CommandMeta, @Req() request: ChorusRequest): Promise<CheckReport> {
    // Of who is who everybody on record is opened: that is entered before it happens, as of a matching run.
    const opening = (persons: number): Promise<void> => this.trail.record({ actor: meta.actor, purpose: purposeOf(request.header('x-purpose'), meta.actor), correlationId: meta.correlationId, route: 'POST /v1/policies/checks', found: persons > 0, records: [], asked: { run: meta.commandId, persons: String(persons) } })
    return this.checks.report(policyTextOf(text), meta, { opening, ...(activeFrom === undefined ? {} : { activeFrom }) })
  }

  private moment(asOf: string | undefined): string {
    if (asOf === undefined) return this.clock.now()
    if (typeof asOf !== 'string' || !INSTANT.test(asOf)) throw badParameter('asOf', 'must be an instant in UTC, for example 2026-07-02T20:10:00Z')
    return asOf
  }
  private async events(policyId: string, asOf: string | undefined): Promise<readonly RecordedEvent[]> {
    const events = await this.log.load(streamOf(policy, policyId))
    return asOf === undefined ? events : events.filter(({ recordedtime }) => Date.parse(recordedtime) <= Date.parse(asOf))
  }
}
