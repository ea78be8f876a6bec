/** How far the log was signed, as the database remembers it: the row in bus.signed_through. */
import { LeaseLost } from '@chorus/event-bus'
import type { Remembered } from '@chorus/tamper-evidence'
import type { Sql } from 'postgres'

export class SignedThrough implements Remembered {
  constructor(private readonly options: { readonly database: Sql; readonly log: string }) {}

  async look(): ReturnType<Remembered['look']> {
    const [row] = await this.options.database<{ log: string; ordinal: string; public_key: string }[]>`select log, ordinal, public_key from bus.signed_through`
    return row && { log: row.log, ordinal: Number(row.ordinal), publicKey: row.public_key }
  }

  /** @throws LeaseLost where a later epoch has it */
  async move(epoch: number, { ordinal, publicKey }: { readonly ordinal: number; readonly publicKey: string }): Promise<void> {
    const { database, log } = this.options
    const moved = await database`
      insert into bus.signed_through as kept (log, ordinal, public_key, epoch) values (${log}, ${ordinal}, ${publicKey}, ${epoch})
      on conflict (one) do update set ordinal = excluded.ordinal, public_key = excluded.public_key, epoch = excluded.epoch
      where kept.log = excluded.log and kept.epoch <= excluded.epoch and kept.ordinal <= excluded.ordinal`
    if (moved.count !== 1) throw new LeaseLost('another process signs')
  }
}
