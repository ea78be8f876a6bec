/** Finance as a process of its own, over HTTP on real PostgreSQL; and two writers who want the same money. */
import { randomUUID } from 'node:crypto'
import supertest from 'supertest'
import { PURPOSES_OF, type Role } from '@chorus/contracts'
import { handle, isRefusal, type DeciderLog } from '@chorus/decider'
import { PostgresStore, Recorder, type EventStore } from '@chorus/event-store'
import { issueToken, RECORDER, STORE } from '@chorus/platform'
import { MemoryVault } from '@chorus/privacy'
import { metaOf } from '../../../libs/decider/src/testing/given'
import { freshDatabase } from '../../../test/support/database'
import { startService, type ServiceUnderTest } from '../../../test/support/service'
import { account } from './account/account'
import { authorization } from './authorization/authorization'
import type { AccountView } from './balances-by-account/balances-by-account'
import { BalancesByAccount } from './balances-by-account/balances-by-account.query'
import { ACCOUNT, ORDINANCE, SOURCE } from './testing/ordinance'

const clock = { now: () => '2026-07-02T15:10:00.000Z' }
const requisition = (n: number, amountCents: number) => ({
  ordinanceNo: '260299', fundingSourceId: SOURCE, amountCents, vendorId: `sample-vendor-${n}`, docType: 'CONTRACT', docNo: `sample-contract-${n}`, termStart: '2026-07-15', termEnd: '2027-04-30', scopeRef: 'sample-scope',
})
const certificate = (reqId: string) => ({ reqId, fundCashUnencumberedCents: 912_345_678, asOf: '2026-07-02', certifiedBy: 'DIRECTOR_OF_FINANCE', certifierTitle: 'INTERIM_DIRECTOR_OF_FINANCE' })

describe('finance over HTTP', () => {
  let finance: ServiceUnderTest
  const tokens = new Map<string, string>()
  const post = (path: string, body: object, role: Role = 'finance', key: string = randomUUID()) =>
    supertest(finance.address).post(`/v1/${path}`).set('Authorization', `Bearer ${tokens.get(role)}`).set('Idempotency-Key', key).send(body)
  const get = (path: string, role: Role = 'finance') => supertest(finance.address).get(`/v1/${path}`).set('Authorization', `Bearer ${tokens.get(role)}`).set('X-Purpose', PURPOSES_OF[role][0])
  const balances = async (after: number): Promise<AccountView> => (await get(`accounts/${ACCOUNT}?after=${after}`).expect(200)).body as AccountView
  const ordinalOf = (answer: { body: unknown }): number => (answer.body as { ordinal: number }).ordinal

  beforeAll(async () => {
    const { FinanceModule } = await import('./finance.module')
    const { EvaluationModule } = await import('../../evaluation/src/evaluation.module')
    finance = await startService('finance', [FinanceModule, EvaluationModule], clock)
    for (const [role, agency] of [['finance', 'FINANCE'], ['healthProgram', 'HEALTH'], ['detective', 'KCPD'], ['evaluator', 'EVALUATOR']] as const) tokens.set(role, await issueToken(finance.data, clock, { role, agency, ...(role === 'finance' ? { claims: { office: 'INTERIM_DIRECTOR_OF_FINANCE' } } : {}) }))
  })
  afterAll(async () => { await finance.close() })

  it('Ordinance 260299, its certificate, its allotment and an appropriation: balances as a reply says', async () => {
    await post('authorizations', ORDINANCE).expect(200)
    await post('accounts/26-2000-501905-B/ordinance-certificates', { ordinanceNo: '260299', amountCents: 7_500_000, fundingSourceId: SOURCE, certifiedOn: '2026-04-02', certifierTitle: 'INTERIM_DIRECTOR_OF_FINANCE', reading: 'DRAFT' }).expect(200)
    await post(`accounts/${ACCOUNT}/appropriations`, { amountCents: 7_500_000, source: 'CARRY_FORWARD', reference: 'sample-ordinance', fundingSourceId: SOURCE, sourceFy: 2026 }).expect(200)
    const key = randomUUID()
    const allotted = await post('authorizations/260299/allotments', { account: ACCOUNT, amountCents: 7_500_000, fundingSourceId: SOURCE }, 'finance', key).expect(200)
    expect(allotted.body).toMatchObject({ stream: `account-${ACCOUNT}`, repeated: false })
    expect((await post('authorizations/260299/allotments', { account: ACCOUNT, amountCents: 7_500_000, fundingSourceId: SOURCE }, 'finance', key).expect(200)).body).toEqual({ ...allotted.body as object, repeated: true })
    expect(await balances(ordinalOf(allotted))).toMatchObject({ fy: 2027, lastDay: '2027-04-30', appropriatedCents: 7_500_000, encumberedCents: 0, availableCents: 7_500_000, authorityLeftCents: 7_500_000 })
    expect((await get('authorizations/260299').expect(200)).body).toMatchObject({ effectiveOn: '2026-04-12', effectiveReading: 'DRAFT', unallottedCents: 0, allotments: [{ account: ACCOUNT, amountCents: 7_500_000 }] })
    expect((await post('authorizations/260299/allotments', { account: ACCOUNT, amountCents: 1, fundingSourceId: SOURCE }).expect(422)).body).toMatchObject({ refused: 'over_authorization' })
  })

  it('the program asks, Finance certifies and encumbers in one act; nobody learns from a list who asked', async () => {
    const asked = await post(`accounts/${ACCOUNT}/requisitions`, requisition(1, 4_000_000), 'healthProgram').expect(200)
    const before = await balances(ordinalOf(asked))
    expect(before.requisitions).toEqual([expect.objectContaining({ docNo: 'sample-contract-1', amountCents: 4_000_000 })])
    const certified = await post(`accounts/${ACCOUNT}/certificates`, certificate(before.requisitions[0]!.reqId)).expect(200)
    const after = await balances(ordinalOf(certified))
    expect(after).toMatchObject({ encumberedCents: 4_000_000, availableCents: 3_500_000, authorityLeftCents: 3_500_000, requisitions: [], encumbrances: [{ docNo: 'sample-contract-1', recordedOn: '2026-07-02' }] })
    expect(JSON.stringify([before, after])).not.toContain('demo-')
    const log = finance.app.get<Recorder>(RECORDER, { strict: false })
    expect((await log.load(`account-${ACCOUNT}`)).slice(-2).map(({ type, commandId, subjects }) => [type, commandId, subjects])).toEqual(['FundsCertified', 'EncumbranceRecorded'].map((type) => [type, expect.any(String), []]))
  })

  it('one cent too many is refused in words that say how many', async () => {
    const asked = await post(`accounts/${ACCOUNT}/requisitions`, requisition(2, 3_500_001), 'healthProgram').expect(200)
    const { requisitions } = await balances(ordinalOf(asked))
    const refusal = (await post(`accounts/${ACCOUNT}/certificates`, certificate(requisitions[0]!.reqId)).expect(422)).body as { detail: string }
    expect(refusal).toMatchObject({ refused: 'over_authority', detail: expect.stringContaining('$35,000.01 is $0.01 more than') as string })
  })

  it('only who may', async () => {
    await post(`accounts/${ACCOUNT}/requisitions`, requisition(3, 1)).expect(403)
    await post(`accounts/${ACCOUNT}/certificates`, certificate(randomUUID()), 'healthProgram').expect(403)
    await get('accounts', 'detective').expect(403)
    await get('accounts', 'evaluator').expect(200)
  })
  it('and only what can be', async () => {
    await get('accounts/2000-501905').expect(400)
    expect((await post(`accounts/${ACCOUNT}/appropriations`, { amountCents: 1.5, source: 'GIFT', reference: 'x', fundingSourceId: SOURCE }).expect(422)).body).toMatchObject({ errors: expect.arrayContaining([expect.objectContaining({ pointer: '/amountCents' }), expect.objectContaining({ pointer: '/source' })]) as object })
    await post('authorizations', { ...ORDINANCE, ordinanceNo: '26/0299' }).expect(422)
    await get(`accounts/${ACCOUNT}?after=1000000`).expect(400)
    await get('accounts/27-2000-501905-C').expect(404)
    await get('authorizations/999999').expect(404)
  })

  it('authority that was allotted by a process which died before the account took it in comes to the account all the same, once', async () => {
    const log = finance.app.get<Recorder>(RECORDER, { strict: false })
    const other = '27-2000-501906-B'
    const meta = metaOf({ name: 'died', actor: { id: 'sample-died', role: 'finance', agency: 'FINANCE' } })
    await post('authorizations', { ...ORDINANCE, ordinanceNo: 'sample-2', costCenter: '501906' }).expect(200)
    const allotted = await handle(log, authorization, 'sample-2', { type: 'AllotAuthority', meta, data: { allotmentId: randomUUID(), account: other, amountCents: 100, fundingSourceId: SOURCE } })
    if (isRefusal(allotted)) throw new Error(allotted.text)
    expect((await get(`accounts/${other}?after=${allotted.ordinal}`).expect(200)).body).toMatchObject({ authorityLeftCents: 100 })
    expect(await log.load(`account-${other}`)).toHaveLength(1)
  })

  it('has a history of its own, asked for by the account or the ordinance; beside no case', async () => {
    const entriesOf = async (of: string, role: Role = 'evaluator'): Promise<{ kind: string; entries: { what: string; by: { role: string } }[] }> => (await get(`history?of=${of}`, role).expect(200)).body as never
    const { kind, entries } = await entriesOf(ACCOUNT.toLowerCase())
    expect([kind, entries.slice(0, 4).map(({ what }) => what)]).toEqual(['account', ['Appropriation recorded', 'Authority received', 'Requisition submitted', 'Funds certified']])
    expect((await entriesOf('260299', 'finance')).entries.map(({ what }) => what)).toEqual(['Spending authorized', 'Authority allotted'])
    await get(`history?of=${ACCOUNT}`, 'detective').expect(404)
  })

  it('the read model made again from the log says the same', async () => {
    const { projection } = finance.app.get(BalancesByAccount, { strict: false })
    const before = (await get('accounts').expect(200)).body as { accounts: AccountView[]; through: number }
    await projection.rebuild()
    const { ordinal } = await finance.app.get<EventStore>(STORE, { strict: false }).head()
    const after = (await get(`accounts?after=${ordinal}`).expect(200)).body as { accounts: AccountView[] }
    expect(after.accounts).toEqual(before.accounts)
    expect(after.accounts.map((one) => one.account)).toEqual(['27-2000-501906-B', ACCOUNT, '26-2000-501905-B'])
  })

  it('stands at /docs, each command under its name', async () => {
    const { paths } = (await supertest(finance.address).get('/docs/openapi.json').expect(200)).body as { paths: Record<string, Record<string, { operationId?: string }>> }
    expect(Object.values(paths).flatMap((path) => Object.values(path).map(({ operationId }) => operationId))).toEqual(expect.arrayContaining(['AuthorizeSpending', 'AllotAuthority', 'CertifyOrdinance', 'RecordAppropriation', 'SubmitRequisition', 'CertifyFunds']))
  })
})

/** The log, its first look at a stream answered only once `then` is over: whoever decides by it does not know what was recorded meanwhile. */
const looksBefore = (log: DeciderLog, then: () => Promise<unknown>): DeciderLog => {
  let first = true
  return {
    load: async (stream) => {
      const events = await log.load(stream)
      if (first) { first = false; await then() }
      return events
    },
    record: (...append) => log.record(...append),
  }
}

describe('two writers, each with its own connections', () => {
  it.each(['at the same moment', 'one when the other has it'])('who want 20,000.00 each of 35,000.00, both see it free, and append %s: exactly one gets it', async (when) => {
    const db = await freshDatabase()
    const vault = new MemoryVault()
    const stores = await Promise.all([PostgresStore.open({ url: db.appUrl }), PostgresStore.open({ url: db.appUrl })])
    try {
      const [one, other] = stores.map((store) => new Recorder({ store, vault, clock })) as [Recorder, Recorder]
      const id = (n: number): string => `018f0000-0000-7000-8000-${String(n).padStart(12, '0')}`
      const finance = (name: string) => metaOf({ name, claims: { office: 'DIRECTOR_OF_FINANCE' }, actor: { id: `sample-${name}`, role: 'finance', agency: 'FINANCE' } })
      const health = (name: string) => metaOf({ name, actor: { id: 'sample-requester', role: 'healthProgram', agency: 'HEALTH' } })
      await handle(one, account, ACCOUNT, { type: 'RecordAppropriation', meta: finance('appropriate'), data: { account: ACCOUNT, amountCents: 3_500_000, source: 'ORDINANCE', reference: 'sample', fundingSourceId: SOURCE } })
      await handle(one, account, ACCOUNT, { type: 'ReceiveAuthority', meta: finance('receive'), data: { allotmentId: id(9), ordinanceNo: '260299', account: ACCOUNT, amountCents: 7_500_000, fundingSourceId: SOURCE, effectiveOn: '2026-04-12' } })
      for (const n of [1, 2]) await handle(one, account, ACCOUNT, { type: 'SubmitRequisition', meta: health(`submit ${n}`), data: { account: ACCOUNT, reqId: id(n), ...requisition(n, 2_000_000), docType: 'CONTRACT' } })
      const certify = (log: DeciderLog, n: number) => handle(log, account, ACCOUNT, { type: 'CertifyFunds', meta: finance(`certify ${n}`), data: { account: ACCOUNT, certId: id(10 + n), encId: id(20 + n), ...certificate(id(n)), certifiedBy: 'DIRECTOR_OF_FINANCE', certifierTitle: 'DIRECTOR_OF_FINANCE' } })
      let bothLooked = (): void => undefined
      const looked = new Promise<void>((resolve) => { bothLooked = resolve })
      const first = certify(looksBefore(one, () => looked), 1)
      const second = certify(looksBefore(other, async () => { bothLooked(); if (when !== 'at the same moment') await first }), 2)
      const answers = await Promise.all([first, second])
      expect(answers.filter(isRefusal).map(({ refused }) => refused)).toEqual(['over_appropriation'])
      const types = (await other.load(`account-${ACCOUNT}`)).map(({ type }) => type)
      expect(types.slice(-2)).toEqual(['FundsCertified', 'EncumbranceRecorded'])
      expect(types).toHaveLength(6)
    } finally {
      await Promise.all(stores.map((store) => store.close()))
      await db.drop()
    }
  })
})
