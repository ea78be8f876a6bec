/**
 * What one ordinance authorises. Protects the first ceiling: never is more allotted to accounts than the ordinance authorises.
 * Authority is used in the account to which it was allotted and nowhere else, so this stream and each account decide
 * for themselves and no two writers can spend the same cent of it.
 */
import type { AllotAuthority, AuthorityAllottedV1, AuthorizeSpending, CommandMeta, DraftEvent, SpendingAuthorizedV1 } from '@chorus/contracts'
import { atNow, dayOf, PROGRAM_ZONE, refused, type Command, type Decider, type Decision } from '@chorus/decider'
import { accountCode, daysLater, dollars } from '../account/account-code'

// Stored names. Changing one needs a new version and an upcaster.
export const AUTHORIZATION_EVENTS = ['SpendingAuthorized', 'AuthorityAllotted'] as const
/** Days from passage until an ordinance that says nothing else is in force. */
const WAIT_DAYS = 10

export type Authorize = Command<'AuthorizeSpending', AuthorizeSpending>
export type Allot = Command<'AllotAuthority', AllotAuthority & { readonly allotmentId: string }>
export type AuthorizationCommand = Authorize | Allot

export interface Allotment { readonly allotmentId: string; readonly account: string; readonly amountCents: number; readonly fundingSourceId: string }
export type Authorization =
  | { readonly status: 'none' }
  | { readonly status: 'authorized'; readonly authorized: SpendingAuthorizedV1; readonly allotments: readonly Allotment[] }
export const initial: Authorization = { status: 'none' }

export const evolve = (state: Authorization, event: { readonly type: string; readonly data: object }): Authorization => {
  if (event.type === 'SpendingAuthorized') return { status: 'authorized', authorized: event.data as SpendingAuthorizedV1, allotments: [] }
  if (event.type !== 'AuthorityAllotted' || state.status === 'none') return state
  const { allotmentId, account, amountCents, fundingSourceId } = event.data as AuthorityAllottedV1
  return { ...state, allotments: [...state.allotments, { allotmentId, account, amountCents, fundingSourceId }] }
}

/** What of the ordinance's amount is allotted to no account yet, in cents. */
export const unallotted = (state: Extract<Authorization, { status: 'authorized' }>): number => state.allotments.reduce((left, { amountCents }) => left - amountCents, state.authorized.amountCents)

export const authorize = ({ data, meta }: Authorize, state: Authorization): Decision => {
  if (state.status === 'authorized') {
    return FIELDS.every((name) => data[name] === state.authorized[name]) ? [] : refused('ordinance_known', 'This ordinance is recorded already, with other content. Look at it; what is recorded is never replaced.', { kind: 'conflict' })
  }
  if (!/^[A-Za-z0-9._-]+$/.test(data.ordinanceNo)) return refused('ordinance_number_wrong', 'The number of an ordinance consists of letters, digits, dots and dashes, e.g. 260299. Correct it.')
  if (!/^\d{4}$/.test(data.fund) || !/^\d{6}$/.test(data.costCenter)) return refused('account_code_wrong', 'The fund has four digits and the cost centre six, e.g. 2000 and 501905. Correct them.')
  if (data.passedOn > dayOf(meta.now)) return refused('day_in_future', 'The ordinance was not passed in the future. Correct passedOn.')
  if (data.effectiveOn < data.passedOn) return refused('effective_before_passed', 'An ordinance is not in force before it was passed. Correct effectiveOn.')
  const waited = daysLater(data.passedOn, WAIT_DAYS)
  if (data.effectiveBasis === 'TEN_DAYS' && data.effectiveOn !== waited) return refused('effective_day_wrong', `Ten days after ${data.passedOn} is ${waited}. Correct effectiveOn, or say that the ordinance states another day (STATED).`)
  return [{ ...draft('SpendingAuthorized', data, meta), time: data.passedOn, timePrecision: 'day', timeZone: PROGRAM_ZONE }]
}
const FIELDS = ['passedOn', 'effectiveOn', 'effectiveBasis', 'effectiveReading', 'amountCents', 'fund', 'costCenter', 'purpose', 'authorizedOfficer'] as const

export const allot = ({ data, meta }: Allot, state: Authorization): Decision => {
  if (state.status === 'none') return refused('ordinance_unknown', 'There is no such ordinance here. Record it first, or correct its number.', { kind: 'not-found' })
  const { ordinanceNo, effectiveOn, fund, costCenter, amountCents } = state.authorized
  const code = accountCode(data.account)
  if (!code) return refused('account_code_wrong', 'An account is written FY-FUND-COSTCENTER-CLASS, e.g. 27-2000-501905-B. Correct it.')
  if (code.fund !== fund || code.costCenter !== costCenter) return refused('account_not_covered', `Ordinance ${ordinanceNo} authorises spending from ${fund}-${costCenter} alone. Choose an account of it.`)
  const left = unallotted(state)
  if (data.amountCents > left) return refused('over_authorization', `Ordinance ${ordinanceNo} authorises ${dollars(amountCents)}; ${dollars(left)} of it is not allotted yet: ${dollars(data.amountCents - left)} too little. Allot less, or have the Council authorise more.`)
  return [draft('AuthorityAllotted', { allotmentId: data.allotmentId, ordinanceNo, account: data.account, amountCents: data.amountCents, fundingSourceId: data.fundingSourceId, effectiveOn }, meta)]
}

interface Data { SpendingAuthorized: SpendingAuthorizedV1; AuthorityAllotted: AuthorityAllottedV1 }
const draft = <T extends keyof Data>(type: T, data: Data[T], meta: CommandMeta): DraftEvent => ({ type, schemaVersion: 1, data, ...atNow(meta) })

export const authorization: Decider<Authorization, AuthorizationCommand> = {
  category: 'authorization', initial, knows: AUTHORIZATION_EVENTS, evolve,
  decide: (command, state) => command.type === 'AuthorizeSpending' ? authorize(command, state) : allot(command, state),
}
