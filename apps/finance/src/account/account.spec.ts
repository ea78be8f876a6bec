import * as fc from 'fast-check'
import type { CertifyFunds, DraftEvent, RecordAppropriation, RecordedEvent, SubmitRequisition } from '@chorus/contracts'
import { given, metaOf } from '../../../../libs/decider/src/testing/given'
import { dayOf, handle, isRefusal } from '@chorus/decider'
import { MemoryLog, recorded } from '../../../../libs/decider/src/testing/memory-log'
import { aggregateProperties } from '../../../../libs/decider/src/testing/properties'
import { ACCOUNT, SOURCE } from '../testing/ordinance'
import { account, type AccountCommand, type Appropriate, type Certify, type CertifyOrdinanceHere, type Receive, type Submit } from './account'
import { accountCode, dollars } from './account-code'
import { balancesOf } from './account-state'
import { journalOf } from './journal'

const id = (n: number): string => `018f0000-0000-7000-8000-${String(n).padStart(12, '0')}`
const HEALTH = { id: 'sample-requester', role: 'healthProgram', agency: 'HEALTH' }
const DIRECTOR = { id: 'sample-director', role: 'finance', agency: 'FINANCE' }
const PLENTY = 912_345_678

const appropriate = (amountCents: number, more: Partial<RecordAppropriation> = {}): Appropriate => ({ type: 'RecordAppropriation', meta: metaOf({ name: `appropriate ${amountCents}`, actor: DIRECTOR }), data: { account: ACCOUNT, amountCents, source: 'ORDINANCE', reference: 'sample-ordinance', fundingSourceId: SOURCE, ...more } })
const receive = (amountCents: number, n = 90): Receive => ({ type: 'ReceiveAuthority', meta: metaOf({ name: `receive ${n}` }), data: { allotmentId: id(n), ordinanceNo: '260299', account: ACCOUNT, amountCents, fundingSourceId: SOURCE, effectiveOn: '2026-04-12' } })
const submit = (n: number, amountCents: number, more: Partial<SubmitRequisition> = {}): Submit => ({ type: 'SubmitRequisition', meta: metaOf({ name: `submit ${n}`, actor: HEALTH }), data: {
  account: ACCOUNT, reqId: id(n), ordinanceNo: '260299', fundingSourceId: SOURCE, amountCents, vendorId: `sample-vendor-${n}`, docType: 'CONTRACT', docNo: `sample-contract-${n}`, termStart: '2026-07-15', termEnd: '2027-04-30', scopeRef: 'sample-scope', ...more,
} })
const proves = (office: string) => ({ claims: { office } })
const certify = (n: number, more: Partial<CertifyFunds> = {}, meta = metaOf({ name: `certify ${n}`, actor: DIRECTOR, ...proves(more.certifierTitle ?? 'INTERIM_DIRECTOR_OF_FINANCE') })): Certify => ({ type: 'CertifyFunds', meta, data: {
  account: ACCOUNT, reqId: id(n), certId: id(100 + n), encId: id(200 + n), fundCashUnencumberedCents: PLENTY, asOf: '2026-07-02', certifiedBy: 'DIRECTOR_OF_FINANCE', certifierTitle: 'INTERIM_DIRECTOR_OF_FINANCE', ...more,
} })
const ordinance = (): CertifyOrdinanceHere => ({ type: 'CertifyOrdinance', meta: metaOf({ name: 'ordinance', actor: DIRECTOR }), data: { account: ACCOUNT, ordinanceNo: '260299', amountCents: 7_500_000, fundingSourceId: SOURCE, certifiedOn: '2026-04-02', certifierTitle: 'INTERIM_DIRECTOR_OF_FINANCE', reading: 'DRAFT' } })

/** The history that these commands write, each accepted. */
const after = (...commands: AccountCommand[]): RecordedEvent[] => commands.reduce<RecordedEvent[]>((history, command) => {
  const { decision } = given(account, ...history).when(command)
  if (isRefusal(decision)) throw new Error(`${command.type}: ${decision.text}`)
  return [...history, ...decision.map((draft: DraftEvent, at) => recorded(draft, { stream: `account-${ACCOUNT}`, revision: history.length + at, index: at }, command.meta))]
}, [])
const funded = (appropriated = 7_500_000, authority = 7_500_000): AccountCommand[] => [appropriate(appropriated), receive(authority)]

describe('certificate and encumbrance', () => {
  it('are one append, with both balances, the office, and the document', () => {
    given(account, ...after(...funded(), submit(1, 4_000_000))).when(certify(1)).then(
      { type: 'FundsCertified', data: { certId: id(101), reqId: id(1), account: ACCOUNT, ordinanceNo: '260299', fundingSourceId: SOURCE, amountCents: 4_000_000, authorityLeftCents: 7_500_000, appropriationUnencumberedCents: 7_500_000, fundCashUnencumberedCents: PLENTY, asOf: '2026-07-02', certifiedBy: 'DIRECTOR_OF_FINANCE', certifierTitle: 'INTERIM_DIRECTOR_OF_FINANCE' } },
      { type: 'EncumbranceRecorded', data: { encId: id(201), certId: id(101), account: ACCOUNT, ordinanceNo: '260299', fundingSourceId: SOURCE, amountCents: 4_000_000, docType: 'CONTRACT', docNo: 'sample-contract-1', vendorId: 'sample-vendor-1' } },
    )
  })
  it('once for a requisition that was submitted', () => {
    expect(given(account, ...after(...funded(), submit(1, 1), certify(1))).when(certify(1)).refused('requisition_certified').kind).toBe('conflict')
    expect(given(account, ...after(...funded())).when(certify(1)).refused('requisition_unknown').kind).toBe('not-found')
  })
  it('by somebody else than who asked', () => {
    given(account, ...after(...funded(), submit(1, 1))).when(certify(1, {}, metaOf({ actor: { ...DIRECTOR, id: HEALTH.id }, ...proves('INTERIM_DIRECTOR_OF_FINANCE') }))).refused('certifier_is_requester')
  })
  it('under the office that the token proves, and no other', () => {
    const asked = after(...funded(), submit(1, 1))
    expect(given(account, ...asked).when(certify(1, {}, metaOf({ actor: DIRECTOR }))).refused('office_not_proven').kind).toBe('forbidden')
    given(account, ...asked).when(certify(1, {}, metaOf({ actor: DIRECTOR, ...proves('CITY_TREASURER') }))).refused('office_not_proven')
  })
  it('by the Director of Finance, or by a delegate with a title and a delegation', () => {
    const asked = after(...funded(), submit(1, 1))
    given(account, ...asked).when(certify(1, { certifiedBy: 'DELEGATE', certifierTitle: 'CITY_TREASURER' })).refused('delegation_missing')
    given(account, ...asked).when(certify(1, { certifiedBy: 'DELEGATE', certifierTitle: 'CITY_TREASURER', delegationRef: 'sample-delegation' })).then({ type: 'FundsCertified', data: { certifiedBy: 'DELEGATE', certifierTitle: 'CITY_TREASURER', delegationRef: 'sample-delegation' } }, { type: 'EncumbranceRecorded' })
    given(account, ...asked).when(certify(1, { certifierTitle: 'CITY_TREASURER' })).refused('title_does_not_fit')
    given(account, ...asked).when(certify(1, { certifiedBy: 'DELEGATE', certifierTitle: 'DIRECTOR_OF_FINANCE', delegationRef: 'sample-delegation' })).refused('title_does_not_fit')
    given(account, ...asked).when(certify(1, { delegationRef: 'sample-delegation' })).refused('delegation_does_not_fit')
  })
})

describe('three ceilings, each to the cent', () => {
  const asked = 1_700_000
  it.each([
    ['over_authority', 1_699_999, PLENTY, PLENTY], ['over_appropriation', PLENTY, 1_699_999, PLENTY], ['over_fund_cash', PLENTY, PLENTY, 1_699_999],
  ])('%s: one cent too little', (code, authority, appropriated, fundCashUnencumberedCents) => {
    expect(given(account, ...after(...funded(appropriated, authority), submit(1, asked))).when(certify(1, { fundCashUnencumberedCents })).refused(code).text).toContain('$17,000.00 is $0.01 more than')
  })
  it('exactly enough of all three is enough', () => { given(account, ...after(...funded(asked, asked), submit(1, asked))).when(certify(1, { fundCashUnencumberedCents: asked })).then({ type: 'FundsCertified' }, { type: 'EncumbranceRecorded' }) })
  it('cash of the beginning of a day does not know what was encumbered here that day', () => {
    const one = after(...funded(), submit(1, asked), certify(1, { fundCashUnencumberedCents: 2_000_000 }), submit(2, 300_001))
    expect(given(account, ...one).when(certify(2, { fundCashUnencumberedCents: 2_000_000 })).refused('over_fund_cash').text).toContain('less $17,000.00 encumbered here since')
    expect(given(account, ...one).when(certify(2, { fundCashUnencumberedCents: 999 })).refused('over_fund_cash').text).toContain("$3,000.01 is $3,000.01 more than the fund's unencumbered cash as of 2026-07-02, $9.99, less $17,000.00 encumbered here since ($0.00)")
    given(account, ...one).when(certify(2, { fundCashUnencumberedCents: 2_000_001 })).then({ type: 'FundsCertified' }, { type: 'EncumbranceRecorded' })
    given(account, ...one).when(certify(2, { fundCashUnencumberedCents: 300_001, asOf: '2026-07-03' }, metaOf({ now: '2026-07-03T15:00:00.000Z', actor: DIRECTOR, ...proves('INTERIM_DIRECTOR_OF_FINANCE') }))).then({ type: 'FundsCertified' }, { type: 'EncumbranceRecorded' })
  })
  it('money of one funding source pays for nothing of another', () => {
    const both = after(...funded(), appropriate(2_000_000, { reference: 'sample-grant', fundingSourceId: 'SAMPLE-GRANT' }), submit(1, 2_000_001, { fundingSourceId: 'SAMPLE-GRANT' }), submit(2, 1, { fundingSourceId: 'NOWHERE' }))
    given(account, ...both).when(certify(1)).refused('over_appropriation')
    given(account, ...both).when(certify(2)).refused('over_appropriation')
  })
  it('authority that was allotted in parts adds up, each part once', () => {
    given(account, ...after(appropriate(PLENTY), receive(1_000_000, 90), receive(700_000, 91), submit(1, asked))).when(certify(1)).then({ type: 'FundsCertified', data: { authorityLeftCents: asked } }, { type: 'EncumbranceRecorded' })
    given(account, ...after(receive(1, 90))).when(receive(1, 90)).nothing()
  })
})

describe('days', () => {
  const at = (now: string) => metaOf({ now, actor: DIRECTOR, ...proves('INTERIM_DIRECTOR_OF_FINANCE') })
  const earlier = '26-2000-501905-B'
  const inEarlier = (command: AccountCommand): AccountCommand => ({ ...command, data: { ...command.data, account: earlier } }) as AccountCommand
  const history = after(...[...funded(), submit(1, 100, { termStart: '2026-04-12' })].map((one) => ({ ...inEarlier(one), meta: { ...one.meta, now: '2026-04-03T15:00:00.000Z' } }) as AccountCommand))
  const certifyEarlier = (now: string, asOf: string): AccountCommand => inEarlier(certify(1, { asOf }, at(now)))

  it('nothing before the ordinance is in force, by the clock of Kansas City', () => {
    given(account, ...history).when(certifyEarlier('2026-04-12T04:59:59.999Z', '2026-04-11')).refused('ordinance_not_in_force')
    given(account, ...history).when(certifyEarlier('2026-04-12T05:00:00.000Z', '2026-04-11')).then({ type: 'FundsCertified' }, { type: 'EncumbranceRecorded' })
  })
  it('no cost before it either', () => { given(account, ...after(...funded(), submit(1, 1, { termStart: '2026-04-11' }))).when(certify(1)).refused('term_before_ordinance') })
  it('the year ends with 30 April in Kansas City', () => {
    given(account, ...history).when(certifyEarlier('2026-05-01T04:59:59.999Z', '2026-04-30')).then({ type: 'FundsCertified' }, { type: 'EncumbranceRecorded' })
    given(account, ...history).when(certifyEarlier('2026-05-01T05:00:00.000Z', '2026-04-30')).refused('year_ended')
    given(account, ...history).when({ ...inEarlier(submit(2, 1)), meta: at('2026-05-01T05:00:00.000Z') } as AccountCommand).refused('year_ended')
  })
  it('and begins with 1 May', () => {
    const next = (command: AccountCommand): AccountCommand => ({ ...command, data: { ...command.data, account: '28-2000-501905-B' } }) as AccountCommand
    given(account, ...after(...[...funded(), submit(1, 1)].map(next))).when(next(certify(1))).refused('year_not_begun')
  })
  it('the cash balance is of this year, and known', () => {
    const asked = after(...funded(), submit(1, 1))
    given(account, ...asked).when(certify(1, { asOf: '2026-07-03' })).refused('day_in_future')
    given(account, ...asked).when(certify(1, { asOf: '2026-04-30' })).refused('balance_too_old')
  })
  it('authority of the ordinance must have come to this account', () => { given(account, ...after(appropriate(100), submit(1, 1))).when(certify(1)).refused('authority_missing') })
})

describe('what else an account records', () => {
  it('the ordinance\'s own certificate: a draft reading, and no encumbrance', () => {
    given(account).when(ordinance()).then({ type: 'OrdinanceCertified', time: '2026-04-02', timePrecision: 'day', data: { ordinanceNo: '260299', amountCents: 7_500_000, certifierTitle: 'INTERIM_DIRECTOR_OF_FINANCE', reading: 'DRAFT' } })
    const { state } = given(account, ...after(ordinance()))
    expect(balancesOf(state)).toMatchObject({ appropriatedCents: 0, encumberedCents: 0, availableCents: 0, authorityLeftCents: 0 })
    given(account, ...after(ordinance())).when(ordinance()).nothing()
    given(account, ...after(ordinance())).when({ ...ordinance(), data: { ...ordinance().data, amountCents: 1 } }).refused('certificate_known')
    given(account).when({ ...ordinance(), data: { ...ordinance().data, certifiedOn: '2026-07-03' } }).refused('day_in_future')
  })
  it('an appropriation by each document once', () => {
    given(account).when(appropriate(100)).then({ type: 'AppropriationRecorded', data: { account: ACCOUNT, fy: 2027, amountCents: 100, source: 'ORDINANCE', reference: 'sample-ordinance', fundingSourceId: SOURCE } })
    given(account, ...after(appropriate(100))).when(appropriate(100)).nothing()
    given(account, ...after(appropriate(100))).when(appropriate(101)).refused('appropriation_known')
  })
  it('money that is carried forward names the year it comes from; other money does not', () => {
    given(account).when(appropriate(1, { source: 'CARRY_FORWARD' })).refused('source_year_missing')
    given(account).when(appropriate(1, { source: 'CARRY_FORWARD', sourceFy: 2027 })).refused('source_year_missing')
    given(account).when(appropriate(1, { source: 'CARRY_FORWARD', sourceFy: 2026 })).then({ type: 'AppropriationRecorded', data: { sourceFy: 2026 } })
    given(account).when(appropriate(1, { sourceFy: 2026 })).refused('source_year_does_not_fit')
  })
  it('a requisition for each document once, with a term', () => {
    given(account, ...after(submit(1, 1))).when(submit(2, 1, { docNo: 'sample-contract-1' })).refused('document_known')
    given(account).when(submit(1, 1, { termEnd: '2026-07-14' })).refused('term_wrong')
  })
  it('under its code alone', () => { given(account).when({ ...appropriate(1), data: { ...appropriate(1).data, account: '2000-501905' } }).refused('account_code_wrong') })
})

describe('the ledger vector', () => {
  const log = new MemoryLog()
  const state = () => given(account, ...log.events).state
  const act = async (command: AccountCommand) => handle(log, account, ACCOUNT, command)
  // Rows 2 and 6 to 10 are of invoices and the end of a year. Encumbered and spent together are what is encumbered here.
  it.each([
    ['0 appropriated and authorised 75,000.00', funded(), 'recorded', 0, 7_500_000, 7_500_000],
    ['1 a contract over 40,000.00', [submit(1, 4_000_000), certify(1)], 'recorded', 4_000_000, 3_500_000, 3_500_000],
    ['3 the evaluator, 18,000.00', [submit(2, 1_800_000), certify(2)], 'recorded', 5_800_000, 1_700_000, 1_700_000],
    ['4 17,000.01 is refused', [submit(3, 1_700_001), certify(3)], 'over_authority', 5_800_000, 1_700_000, 1_700_000],
    ['5 17,000.00', [submit(4, 1_700_000), certify(4)], 'recorded', 7_500_000, 0, 0],
  ])('row %s', async (_row, commands, outcome, encumberedCents, availableCents, authorityLeftCents) => {
    const answers = []
    for (const command of commands) answers.push(await act(command))
    const last = answers.at(-1)!
    expect(isRefusal(last) ? last.refused : 'recorded').toBe(outcome)
    expect(balancesOf(state())).toMatchObject({ appropriatedCents: 7_500_000, encumberedCents, availableCents, authorityLeftCents })
    expect(encumberedCents + availableCents).toBe(7_500_000)
  })
  it('debits equal credits in every entry, and the journal says the same balances', () => {
    const total: Record<string, number> = {}
    for (const event of log.events) {
      const lines = journalOf(event)
      expect(lines.reduce((sum, { debitCents, creditCents }) => sum + debitCents - creditCents, 0)).toBe(0)
      for (const { ledger, debitCents, creditCents } of lines) total[ledger] = (total[ledger] ?? 0) + debitCents - creditCents
    }
    expect(total).toEqual({ 'BUD-FB': 7_500_000, APPR: -7_500_000, ENC: 7_500_000, 'RES-ENC': -7_500_000 })
  })
})

describe('codes, days and amounts', () => {
  it('an account\'s code says its year', () => {
    expect(accountCode('26-2000-501905-B')).toEqual({ fy: 2026, fund: '2000', costCenter: '501905', class: 'B', firstDay: '2025-05-01', lastDay: '2026-04-30' })
    for (const wrong of ['2000-501905', '26-2000-501905-b', '26-2000-501905-B-X', '26-2000-501905-Q', '']) expect(accountCode(wrong)).toBeNull()
  })
  it('a day is one of Kansas City, in summer and in winter', () => expect(['2026-05-01T04:59:59.999Z', '2026-05-01T05:00:00.000Z', '2026-12-01T05:59:59.999Z', '2026-12-01T06:00:00.000Z'].map(dayOf)).toEqual(['2026-04-30', '2026-05-01', '2026-11-30', '2026-12-01']))
  it('cents are read as dollars', () => expect([0, 1, 100, 1_700_001, 7_500_000].map(dollars)).toEqual(['$0.00', '$0.01', '$1.00', '$17,000.01', '$75,000.00']))
})

const line = fc.record({ n: fc.integer({ min: 1, max: 3 }), amount: fc.integer({ min: 1, max: 3_000_000 }) })
aggregateProperties(account, fc.oneof(
  fc.constant<AccountCommand>(ordinance()),
  fc.constant<AccountCommand>(appropriate(7_500_000)),
  fc.constant<AccountCommand>(receive(7_500_000)),
  line.map(({ n, amount }): AccountCommand => submit(n, amount)),
  line.map(({ n }): AccountCommand => certify(n)),
))

it('whatever is asked in whatever order, no ceiling is ever crossed', () => fc.assert(fc.asyncProperty(fc.array(fc.tuple(line, fc.integer({ min: 0, max: 9_000_000 })), { maxLength: 12 }), async (asked) => {
  const log = new MemoryLog()
  for (const command of funded()) await handle(log, account, ACCOUNT, command)
  for (const [at, [{ amount }, fundCashUnencumberedCents]] of asked.entries()) {
    await handle(log, account, ACCOUNT, submit(at + 1, amount))
    await handle(log, account, ACCOUNT, certify(at + 1, { fundCashUnencumberedCents }))
    const { availableCents, authorityLeftCents, encumberedCents } = balancesOf(given(account, ...log.events).state)
    expect([availableCents >= 0, authorityLeftCents >= 0, encumberedCents + availableCents]).toEqual([true, true, 7_500_000])
  }
  for (const [at, event] of log.events.entries()) if (event.type === 'FundsCertified') expect(log.events[at + 1]).toMatchObject({ type: 'EncumbranceRecorded', commandId: event.commandId, data: { certId: (event.data as { certId: string }).certId } })
}), { numRuns: 60, ...(process.env.CHORUS_SEED ? { seed: Number(process.env.CHORUS_SEED) } : {}) }))
