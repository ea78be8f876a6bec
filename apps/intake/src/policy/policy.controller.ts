import { Body, Controller, Get, Inject, Post } from '@nestjs/common'
import { CommandBus } from '@nestjs/cqrs'
import { ApiTags } from '@nestjs/swagger'
import { ActivateLevelPolicy, type CommandMeta, type PolicyActivatedV1 } from '@chorus/contracts'
import { fold, streamOf } from '@chorus/decider'
import type { Recorder } from '@chorus/event-store'
import { CommandRoute, Meta, Problem, QueryRoute, receiptOf, RECORDER, type Receipt } from '@chorus/platform'
import { initial, policy } from './policy'
import { ActivateLevelPolicyCommand } from './policy.commands'
import { LEVELS_POLICY } from './policy-in-force'

@ApiTags('cases')
@Controller('v1/cases/level-policy')
export class PolicyController {
  constructor(private readonly commands: CommandBus, @Inject(RECORDER) private readonly log: Recorder) {}

  @Post() @CommandRoute(ActivateLevelPolicy)
  async activate(@Body() body: ActivateLevelPolicy, @Meta() meta: CommandMeta): Promise<Receipt> { return receiptOf(await this.commands.execute(new ActivateLevelPolicyCommand(body, meta))) }

  @Get()
  @QueryRoute({ summary: 'The policy of levels that holds: its version, status, hash, approvers and text', reads: { noPerson: 'a policy is nobody\'s' }, roles: ['intakeAnalyst', 'detective', 'prosecutor', 'systemAdvocate', 'panelMember', 'healthProgram', 'evaluator', 'operator', 'privacyOfficer'] })
  async inForce(): Promise<PolicyActivatedV1> {
    const { active } = fold(policy, await this.log.load(streamOf(policy, LEVELS_POLICY)), initial)
    if (!active) throw new Problem('not-found', 'No version of this policy holds yet: the one that comes with Chorus is activated when it starts.')
    return active
  }
}
