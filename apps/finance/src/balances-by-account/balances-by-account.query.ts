/** The table of the read model, and how it is asked. */
import { Inject, Injectable, Logger } from '@nestjs/common'
import type { JSONValue, Sql, TransactionSql } from 'postgres'
import type { RecordedEvent } from '@chorus/contracts'
import { decode, type EventStore } from '@chorus/event-store'
import { DATABASE, Followers, seenAfter, STORE } from '@chorus/platform'
import { Projection, type ReadModel } from '@chorus/read-models'
import type { Account } from '../account/account-state'
import { ReceiveAuthorityConsumer } from '../on-authority-allotted/receive-authority.consumer'
import { accountOf, evolve, KNOWN, viewOf, type AccountView } from './balances-by-account'

async function write(tx: TransactionSql, events: readonly RecordedEvent[]): Promise<void> {
  const codes = [...new Set(events.map(accountOf))]
  const rows = new Map<string, Account>((await tx<{ account: string; row: Account }[]>`select account, row from read.balances_by_account where account = any(${codes})`).map(({ account, row }) => [account, row]))
  for (const event of events) rows.set(accountOf(event), evolve(rows.get(accountOf(event)), event))
  const written = [...rows].map(([account, row]) => ({ account, row }))
  await tx`
    insert into read.balances_by_account (account, row)
    select account, row from jsonb_to_recordset(${tx.json(written as unknown as JSONValue)}) as given (account text, row jsonb)
    on conflict (account) do update set row = excluded.row`
}

export const balancesByAccount: ReadModel = {
  name: 'finance.balances-by-account', version: 1, categories: ['account'], knows: KNOWN, table: 'balances_by_account',
  columns: 'account text collate "C" primary key, row jsonb not null', write,
}

export interface AccountList { readonly accounts: readonly AccountView[]; /** the log was looked at up to here */ readonly through: number }

@Injectable()
export class BalancesByAccount {
  readonly projection: Projection
  constructor(@Inject(STORE) private readonly store: EventStore, @Inject(DATABASE) private readonly database: Sql, private readonly receiving: ReceiveAuthorityConsumer, followers: Followers) {
    const logger = new Logger('balances-by-account')
    this.projection = followers.add(new Projection(balancesByAccount, { store, database, decode, logger: { warn: (details, message) => logger.warn({ ...details, note: message }) } }))
  }

  /** Waits for `after=`, the ordinal of a reply, and for authority that was allotted until then. */
  seen(after: string | undefined): Promise<void> {
    const reached = async (ordinal: number, ms: number): Promise<boolean> => await this.receiving.reached(ordinal, ms) && this.projection.reached((await this.store.head()).ordinal, ms)
    return seenAfter(after, { reached }, this.store)
  }

  async one(account: string): Promise<(AccountView & { readonly through: number }) | undefined> {
    const through = this.projection.state().ordinal
    const [found] = await this.database<{ row: Account }[]>`select row from read.balances_by_account where account = ${account}`
    return found && { ...viewOf(account, found.row), through }
  }

  /** The newest fiscal year first. */
  async list(limit: number, from: number): Promise<AccountList> {
    const through = this.projection.state().ordinal
    const rows = await this.database<{ account: string; row: Account }[]>`select account, row from read.balances_by_account order by account desc limit ${limit} offset ${from}`
    return { accounts: rows.map(({ account, row }) => viewOf(account, row)), through }
  }
}
