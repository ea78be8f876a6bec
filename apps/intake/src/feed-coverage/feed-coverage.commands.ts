import { Inject } from '@nestjs/common'
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs'
import { DateTime } from 'luxon'
import { AllowedTo, DeclareFeedCoverage, rightOf, type CommandMeta, type RecordedEvent } from '@chorus/contracts'
import { derivedId, handle, type Handled, type Refusal } from '@chorus/decider'
import type { Recorder } from '@chorus/event-store'
import { RECORDER } from '@chorus/platform'
import { lastReads } from '../import-run/import-run'
import { feedCoverage } from './feed-coverage'

const dayOf = (instant: string): string => DateTime.fromISO(instant, { zone: 'America/Chicago' }).toISODate()!
/** By source, the day in America/Chicago on which its last file was read. */
export const lastReadDays = async (log: Pick<Recorder, 'read'>): Promise<Readonly<Record<string, string>>> => {
  const events: RecordedEvent[] = []
  for await (const event of log.read({ filter: { categories: ['importrun'], types: ['ImportRunStarted', 'ImportRunFinished'] } })) events.push(event)
  return Object.fromEntries(Object.entries(lastReads(events)).map(([source, at]) => [source, dayOf(at)]))
}

@AllowedTo(rightOf(DeclareFeedCoverage)!)
export class DeclareFeedCoverageCommand { constructor(readonly body: DeclareFeedCoverage, readonly meta: CommandMeta) {} }

@CommandHandler(DeclareFeedCoverageCommand)
export class DeclareFeedCoverageHandler implements ICommandHandler<DeclareFeedCoverageCommand> {
  constructor(@Inject(RECORDER) private readonly log: Recorder) {}
  async execute({ body, meta }: DeclareFeedCoverageCommand): Promise<Handled | Refusal> {
    const coverageId = derivedId('feed-coverage', body.source, body.population)
    return handle(this.log, feedCoverage, coverageId, { type: 'DeclareFeedCoverage', data: { ...body, coverageId, facts: { today: dayOf(meta.now), lastRead: await lastReadDays(this.log) } }, meta })
  }
}
