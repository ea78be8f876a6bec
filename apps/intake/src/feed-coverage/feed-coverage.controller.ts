import { Body, Controller, Get, Inject, Post } from '@nestjs/common'
import { CommandBus } from '@nestjs/cqrs'
import { ApiTags } from '@nestjs/swagger'
import { DeclareFeedCoverage, type CommandMeta, type FeedCoverageDeclaredV1 } from '@chorus/contracts'
import type { Recorder } from '@chorus/event-store'
import { CommandRoute, Meta, QueryRoute, receiptOf, RECORDER, type Receipt } from '@chorus/platform'
import { DeclareFeedCoverageCommand, lastReadDays } from './feed-coverage.commands'

type Declared = FeedCoverageDeclaredV1 & { readonly declared: string; /** day on which the last file of it was read, null where none ever was: a declaration that nobody can rely on */ readonly lastRead: string | null }

@ApiTags('imports')
@Controller('v1/feeds/coverage')
export class FeedCoverageController {
  constructor(private readonly commands: CommandBus, @Inject(RECORDER) private readonly log: Recorder) {}

  @Post() @CommandRoute(DeclareFeedCoverage)
  async declare(@Body() body: DeclareFeedCoverage, @Meta() meta: CommandMeta): Promise<Receipt> { return receiptOf(await this.commands.execute(new DeclareFeedCoverageCommand(body, meta))) }

  @Get()
  @QueryRoute({ summary: 'What each source covers and through which day, as last declared, and when its last file was read', reads: { noPerson: 'sources and days' }, roles: ['intakeAnalyst', 'detective', 'prosecutor', 'healthProgram', 'evaluator', 'operator', 'privacyOfficer', 'agencyFeed'] })
  async list(): Promise<{ readonly sources: readonly Declared[] }> {
    const [newest, lastRead] = [new Map<string, Declared>(), await lastReadDays(this.log)]
    for await (const { stream, data, time } of this.log.read({ filter: { categories: ['feedCoverage'], types: ['FeedCoverageDeclared'] } })) newest.set(stream, { ...data as FeedCoverageDeclaredV1, declared: time, lastRead: lastRead[(data as FeedCoverageDeclaredV1).source] ?? null })
    return { sources: [...newest.values()].sort((a, b) => a.source < b.source ? -1 : 1) }
  }
}
