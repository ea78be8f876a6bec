import * as fc from 'fast-check'
import type { AuthorizeSpending, DraftEvent } from '@chorus/contracts'
import { given, metaOf } from '../../../../libs/decider/src/testing/given'
import { aggregateProperties } from '../../../../libs/decider/src/testing/properties'
import { ORDINANCE } from '../testing/ordinance'
import { authorization, unallotted, type Allot, type Authorize, type AuthorizationCommand } from './authorization'

const id = (n: number): string => `018f0000-0000-7000-8000-${String(n).padStart(12, '0')}`
const authorize = (more: Partial<AuthorizeSpending> = {}): Authorize => ({ type: 'AuthorizeSpending', meta: metaOf({ name: 'authorize' }), data: { ...ORDINANCE, ...more } })
const allot = (amountCents: number, account = '27-2000-501905-B', n = 1): Allot => ({ type: 'AllotAuthority', meta: metaOf({ name: `allot ${n}` }), data: { allotmentId: id(n), account, amountCents, fundingSourceId: 'KCMO-LOCAL' } })
const first = (command: AuthorizationCommand, ...before: DraftEvent[]): DraftEvent => given(authorization, ...before).when(command).then({ type: command.type === 'AllotAuthority' ? 'AuthorityAllotted' : 'SpendingAuthorized' })[0]!
const authorized = first(authorize())

describe('Ordinance 260299', () => {
  it('authorises $75,000.00 from Fund 2000-501905, passed 2 April 2026, by our reading in force ten days later', () => {
    given(authorization).when(authorize()).then({ type: 'SpendingAuthorized', time: '2026-04-02', timePrecision: 'day', timeZone: 'America/Chicago', data: {
      ordinanceNo: '260299', passedOn: '2026-04-02', effectiveOn: '2026-04-12', effectiveBasis: 'TEN_DAYS', effectiveReading: 'DRAFT', amountCents: 7_500_000, fund: '2000', costCenter: '501905', authorizedOfficer: 'DIRECTOR_OF_HEALTH',
    } })
  })
  it('is recorded once', () => {
    given(authorization, authorized).when(authorize()).nothing()
    expect(given(authorization, authorized).when(authorize({ amountCents: 7_500_001 })).refused('ordinance_known').kind).toBe('conflict')
  })
  it('has days that can be', () => {
    given(authorization).when(authorize({ passedOn: '2026-07-03', effectiveOn: '2026-07-13' })).refused('day_in_future')
    given(authorization).when(authorize({ effectiveOn: '2026-04-01', effectiveBasis: 'STATED' })).refused('effective_before_passed')
    expect(given(authorization).when(authorize({ effectiveOn: '2026-04-11' })).refused('effective_day_wrong').text).toContain('2026-04-12')
    given(authorization).when(authorize({ effectiveOn: '2026-04-03', effectiveBasis: 'STATED' })).then({ type: 'SpendingAuthorized' })
  })
  it('names a fund and a cost centre, under a number that can be one', () => {
    given(authorization).when(authorize({ ordinanceNo: '26/02' })).refused('ordinance_number_wrong')
    given(authorization).when(authorize({ fund: '200' })).refused('account_code_wrong')
    given(authorization).when(authorize({ costCenter: '50190A' })).refused('account_code_wrong')
  })
})

describe('its authority is allotted to accounts', () => {
  it('with the day from which it may be used', () => {
    given(authorization, authorized).when(allot(7_500_000)).then({ type: 'AuthorityAllotted', data: { allotmentId: id(1), ordinanceNo: '260299', account: '27-2000-501905-B', amountCents: 7_500_000, fundingSourceId: 'KCMO-LOCAL', effectiveOn: '2026-04-12' } })
  })
  it('the first ceiling: over all accounts together not one cent more than the ordinance authorises', () => {
    const some = first(allot(5_000_000), authorized)
    given(authorization, authorized, some).when(allot(2_500_000, '27-2000-501905-A', 2)).then({ type: 'AuthorityAllotted' })
    expect(given(authorization, authorized, some).when(allot(2_500_001, '27-2000-501905-A', 2)).refused('over_authorization').text).toContain('$0.01 too little')
    expect(given(authorization, authorized, some).state).toMatchObject({ status: 'authorized' })
    expect(unallotted(given(authorization, authorized, some).state as never)).toBe(2_500_000)
  })
  it('only of the fund and cost centre that the ordinance names', () => {
    given(authorization, authorized).when(allot(1, '27-2000-501906-B')).refused('account_not_covered')
    given(authorization, authorized).when(allot(1, '27-2580-501905-B')).refused('account_not_covered')
    given(authorization, authorized).when(allot(1, '2000-501905')).refused('account_code_wrong')
  })
  it('of an ordinance that is recorded', () => { expect(given(authorization).when(allot(1)).refused('ordinance_unknown').kind).toBe('not-found') })
})

aggregateProperties(authorization, fc.oneof(
  fc.constant<AuthorizationCommand>(authorize()),
  fc.tuple(fc.integer({ min: 1, max: 4_000_000 }), fc.nat(99)).map(([amount, n]): AuthorizationCommand => allot(amount, '27-2000-501905-B', n + 1)),
))
