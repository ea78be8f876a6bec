/** What is left in each account, what is asked for and what is held. The fold; money is an open record, and no row says who asked. */
import type { RecordedEvent } from '@chorus/contracts'
import { ACCOUNT_EVENTS } from '../account/account'
import { accountCode, type AccountCode } from '../account/account-code'
import { balancesOf, evolve as evolveAccount, initial, type Account, type Balances, type Encumbrance, type Requisition } from '../account/account-state'

export const KNOWN = ACCOUNT_EVENTS

export interface AccountView extends Balances {
  readonly account: string
  readonly fy: number
  readonly firstDay: string
  readonly lastDay: string
  readonly appropriations: Account['appropriations']
  /** submitted and not certified yet */
  readonly requisitions: readonly Omit<Requisition, 'requestedBy' | 'encId'>[]
  readonly encumbrances: readonly Encumbrance[]
  readonly ordinanceCertificates: Account['ordinances']
}

/** The code of the account that an event is about: streams account-<code>. */
export const accountOf = (event: Pick<RecordedEvent, 'stream'>): string => event.stream.slice(event.stream.indexOf('-') + 1)

/** Who asked is not kept: certifying looks into the log, never in here. */
export const evolve = (row: Account | undefined, event: RecordedEvent): Account => evolveAccount(row ?? initial, { ...event, actor: { ...event.actor, id: '' } })

export const viewOf = (account: string, state: Account): AccountView => {
  const { fy, firstDay, lastDay } = accountCode(account) as AccountCode
  return {
    account, fy, firstDay, lastDay, ...balancesOf(state), appropriations: state.appropriations, encumbrances: state.encumbrances, ordinanceCertificates: state.ordinances,
    requisitions: state.requisitions.filter(({ encId }) => encId === null).map(({ requestedBy: _, encId: __, ...one }) => one),
  }
}
