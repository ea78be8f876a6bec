/** The table of the read model, and how it is asked. */
import { Inject, Injectable, Logger } from '@nestjs/common'
import type { JSONValue, Sql, TransactionSql } from 'postgres'
import type { RecordedEvent } from '@chorus/contracts'
import { decode, type EventStore, type Recorder } from '@chorus/event-store'
import { DATABASE, Followers, RECORDER, STORE } from '@chorus/platform'
import { Projection, type ReadModel } from '@chorus/read-models'
import { INCIDENT_EVENTS } from '../incident/incident'
import { CASE_EVENTS } from '../pch-case/pch-case'
import { CATEGORIES, mentionedSince, mentionsIn, type Mentions } from './records-by-mention'

// A name that a later version of a report leaves out stays: the table says where to look, and no more.
async function write(tx: TransactionSql, events: readonly RecordedEvent[]): Promise<void> {
  const rows = events.flatMap(mentionsIn)
  if (rows.length === 0) return
  await tx`insert into read.records_by_mention (mentioned, stream) select mentioned, stream from jsonb_to_recordset(${tx.json(rows as unknown as JSONValue)}) as given (mentioned text, stream text) on conflict do nothing`
}

export const recordsByMention: ReadModel = {
  name: 'intake.records-by-mention', version: 1, categories: CATEGORIES, knows: [...new Set([...INCIDENT_EVENTS, ...CASE_EVENTS])],
  table: 'records_by_mention', columns: 'mentioned text collate "C" not null, stream text collate "C" not null, primary key (mentioned, stream)', write,
}

@Injectable()
export class RecordsByMention implements Mentions {
  readonly projection: Projection
  constructor(@Inject(STORE) store: EventStore, @Inject(DATABASE) private readonly database: Sql, @Inject(RECORDER) private readonly log: Recorder, followers: Followers) {
    const logger = new Logger('records-by-mention')
    this.projection = followers.add(new Projection(recordsByMention, { store, database, decode, logger: { warn: (details, message) => logger.warn({ ...details, note: message }) } }))
  }

  /** At the log's head: by the table, and by the log itself behind what the table has seen. */
  async streamsOf(mentioned: readonly string[]): Promise<readonly string[]> {
    if (mentioned.length === 0) return []
    const { status, ordinal } = this.projection.state()
    // Where it does not follow here, the table may be missing, or another process's.
    const seen = status === 'stopped' ? 0 : ordinal
    const kept = seen === 0 ? [] : await this.database<{ stream: string }[]>`select distinct stream from read.records_by_mention where mentioned = any(${mentioned as string[]})`
    return [...new Set([...kept.map(({ stream }) => stream), ...await mentionedSince(this.log, seen, mentioned)])]
  }
}
