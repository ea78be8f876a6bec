import { Body, Controller, Get, Injectable, Param, Post, type PipeTransform } from '@nestjs/common'
import { CommandBus } from '@nestjs/cqrs'
import { ApiTags } from '@nestjs/swagger'
import { CloseRecord, DestroyKeys, PlaceLegalHold, ReleaseLegalHold, type CommandMeta } from '@chorus/contracts'
import type { Refusal } from '@chorus/decider'
import { CommandRoute, Meta, outOf, Problem, QueryRoute, receiptOf, type Receipt } from '@chorus/platform'
import { EndKeys, isToken, type Ended, type KeyView } from './end-keys'
import { CloseRecordCommand, DestroyKeysCommand, PlaceLegalHoldCommand, ReleaseLegalHoldCommand } from './subject-key.commands'

/** Records that agencies sent or people made, and that have keys of their own. */
const RECORD = /^(incident|arrest|windowReport|referral|quarantine)-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

@Injectable()
class SubjectParam implements PipeTransform<string, string> {
  transform(value: string): string {
    if (isToken(value) || RECORD.test(value)) return value
    throw new Problem('bad-parameter', 'The path must name a person by a token (per_…) or a record by its stream (incident-…, arrest-…, windowReport-…, referral-…, quarantine-…).', { errors: [{ pointer: '/path/subject', rule: 'subject', detail: 'must be a token or the stream of a record' }] })
  }
}

@ApiTags('keys')
@Controller('v1/keys')
export class SubjectKeyController {
  constructor(private readonly commands: CommandBus, private readonly keys: EndKeys) {}

  @Get(':subject')
  @QueryRoute({ summary: 'The keys of a person or a record: which there are, what was ordered about them, whether they must be kept', reads: { person: 'keysId' }, roles: ['privacyOfficer'] })
  one(@Param('subject', SubjectParam) subject: string): Promise<KeyView> { return this.keys.view(subject) }

  @Post(':subject/destruction') @CommandRoute(DestroyKeys)
  async destroy(@Param('subject', SubjectParam) subject: string, @Body() body: DestroyKeys, @Meta() meta: CommandMeta): Promise<Ended> {
    return outOf(await this.commands.execute<DestroyKeysCommand, Ended | Refusal>(new DestroyKeysCommand(subject, body, meta)))
  }
  @Post(':subject/closing') @CommandRoute(CloseRecord)
  async close(@Param('subject', SubjectParam) subject: string, @Body() body: CloseRecord, @Meta() meta: CommandMeta): Promise<Receipt> {
    return receiptOf(await this.commands.execute(new CloseRecordCommand(subject, body, meta)))
  }
  @Post(':subject/hold') @CommandRoute(PlaceLegalHold)
  async hold(@Param('subject', SubjectParam) subject: string, @Body() body: PlaceLegalHold, @Meta() meta: CommandMeta): Promise<Receipt> {
    return receiptOf(await this.commands.execute(new PlaceLegalHoldCommand(subject, body, meta)))
  }
  @Post(':subject/release') @CommandRoute(ReleaseLegalHold)
  async release(@Param('subject', SubjectParam) subject: string, @Body() body: ReleaseLegalHold, @Meta() meta: CommandMeta): Promise<Receipt> {
    return receiptOf(await this.commands.execute(new ReleaseLegalHoldCommand(subject, body, meta)))
  }
}
