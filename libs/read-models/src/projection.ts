/** A read model: a fold over some of the log into a table of its own, which can be dropped and made again at any time. */
import type { RecordedEvent } from '@chorus/contracts'
import type { StoredEvent } from '@chorus/event-store'
import type { TransactionSql } from 'postgres'
import { makeCheckpoint, moveCheckpoint, readCheckpoint, resetCheckpoint } from './checkpoints'
import { Follower, type FollowerOptions } from './follower'

export interface ReadModel {
  /** unique in the database, e.g. intake.incidents-by-review-state */
  readonly name: string
  /** raise it when the fold or the table changes: the next start rebuilds */
  readonly version: number
  /** stream categories that it reads: exactly those its readers may see */
  readonly categories: readonly string[]
  /** event types that the fold knows (those it ignores on purpose too); any other is counted, and the model is stale */
  readonly knows: readonly string[]
  /** the table, read.<name> */
  readonly table: string
  /** its columns and keys, as in CREATE TABLE; no column may hold what is sealed in the log */
  readonly columns: string
  /** Writes the rows of these events. In one transaction with the checkpoint; called in log order. */
  write(tx: TransactionSql, events: readonly RecordedEvent[]): Promise<void>
}

export class Projection extends Follower {
  constructor(private readonly model: ReadModel, options: Omit<FollowerOptions, 'name' | 'filter'>) {
    super({ ...options, name: model.name, filter: { categories: model.categories } })
    this.version = model.version
  }
  protected override readonly version: number

  protected override async prepare(): Promise<void> {
    const { database, store } = this.options
    const checkpoint = await readCheckpoint(database, this.model.name)
    const [table] = await database<{ there: boolean }[]>`select to_regclass(${`read.${this.model.table}`}) is not null as there`
    // A checkpoint of another log is looked at by start(), never overwritten here.
    const sameLog = !checkpoint || checkpoint.log === store.log
    if (sameLog && (checkpoint?.version !== this.model.version || !table!.there)) await this.fromNothing()
    else await makeCheckpoint(database, this.model.name, store.log, this.model.version)
  }

  /** Drops the rows and makes them again from the log. Returns once it follows again; the rows come after. */
  async rebuild(): Promise<void> {
    await this.stop()
    await this.fromNothing()
    await this.start()
  }

  private async fromNothing(): Promise<void> {
    const { database, store } = this.options
    await database.begin(async (tx) => {
      await tx`select pg_advisory_xact_lock(hashtext(${`read-model|${this.model.name}`}))`
      await tx`drop table if exists ${tx(`read.${this.model.table}`)}`
      await tx.unsafe(`create table read."${this.model.table}" (${this.model.columns})`)
      await resetCheckpoint(tx, this.model.name, store.log, this.model.version)
    })
  }

  protected override async apply(events: readonly StoredEvent[], from: number, through: number): Promise<void> {
    const known = events.filter((event) => this.model.knows.includes(event.type))
    const skipped = events.length - known.length
    await this.options.database.begin(async (tx) => {
      // rows and checkpoint are lost together in a crash, and made again from the log: nobody waits for the disk (decision 0031)
      await Promise.all([tx`set local synchronous_commit to off`, moveCheckpoint(tx, this.model.name, from, through, skipped)])
      if (known.length > 0) await this.model.write(tx, known.map(this.options.decode))
    })
    this.skipped += skipped
  }
}
