/** How far the log was published: the row in bus.published. It is written by the owner of the lease alone, held by its epoch. */
import { LeaseLost, MARK } from '@chorus/event-bus'
import { CheckpointOfAnotherLog } from '@chorus/read-models'
import type { Sql } from 'postgres'

export interface Place { /** published through here */ readonly ordinal: number; /** events that were refused, ever */ readonly refused: number; /** of the owner that wrote it last */ readonly epoch: number }
interface Row { readonly log: string; readonly ordinal: string; readonly refused: string; readonly epoch: string }
interface Log { readonly log: string; head(): Promise<{ readonly ordinal: number }> }

export class Published {
  constructor(private readonly options: { readonly database: Sql; readonly name: string; readonly log: Log }) {}

  /** Where it stands, or undefined before the first start. @throws CheckpointOfAnotherLog */
  async look(): Promise<Place | undefined> {
    const { database, name } = this.options
    const [row] = await database<Row[]>`select log, ordinal, refused, epoch from bus.published where name = ${name}`
    return row && this.checked(row)
  }

  /** Makes it the epoch's own: whoever had it before can write it no more. @throws LeaseLost; CheckpointOfAnotherLog */
  async claim(epoch: number): Promise<Place> {
    const { database, name, log } = this.options
    await this.look()
    const [row] = await database<Row[]>`
      insert into bus.published as p (name, log, ordinal, epoch) values (${name}, ${log.log}, 0, ${epoch})
      on conflict (name) do update set epoch = excluded.epoch where p.epoch <= excluded.epoch
      returning log, ordinal, refused, epoch`
    if (!row) throw new LeaseLost('another relay has taken over')
    return this.checked(row)
  }

  /** Moves it forward. @throws LeaseLost where a later epoch has it */
  async move(epoch: number, to: number, refused: number): Promise<void> {
    const { database, name } = this.options
    const moved = await database`update bus.published set ordinal = ${to}, refused = refused + ${refused} where name = ${name} and epoch = ${epoch} and ordinal <= ${to}`
    if (moved.count !== 1) throw new LeaseLost('another relay has taken over')
  }

  private async checked(row: Row): Promise<Place> {
    const { name, log } = this.options
    if (row.log !== log.log) throw new CheckpointOfAnotherLog(name, `The relay has published log ${row.log}, but this is log ${log.log}. Point it to its own log; or, where the log was replaced on purpose, delete its row from bus.published: it then publishes this log from the start. Its topics, where they hold messages of that log, and first its mark at the broker, the topic ${MARK}${row.log} behind the KAFKA_PREFIX, go with it (docs/runbooks/relay.md).`)
    const { ordinal: head } = await log.head()
    if (Number(row.ordinal) > head) throw new CheckpointOfAnotherLog(name, `The relay has published the log through ${row.ordinal}, but it ends at ${head}: it was restored from an older copy. Restore bus.published with it, or delete the relay's row: it then publishes this log from the start.`)
    return { ordinal: Number(row.ordinal), refused: Number(row.refused), epoch: Number(row.epoch) }
  }
}
