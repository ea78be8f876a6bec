/** Operations as a process of its own, over HTTP, beside a real consumer of the bus that cannot work some events. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type { Sql } from 'postgres'
import supertest from 'supertest'
import type { Role } from '@chorus/contracts'
import { atNow } from '@chorus/decider'
import { Consumer, LogBus, Permanent, placeOf, type EventBus } from '@chorus/event-bus'
import type { EventStore, Recorder } from '@chorus/event-store'
import { issueToken, systemClock } from '@chorus/platform'
import { metaOf } from '../../../../libs/decider/src/testing/given'
import type { BusConsumers } from '../bus-consumer/bus-consumer.query'
import { startService, type ServiceUnderTest } from '../../../../test/support/service'
import type { LetterDetail, LetterList } from './dead-letter-list'

const NAME = 'sample.on-case-opened'
const TOPIC = 'program.cases.v1'
const SUBJECT = 'per_example01AAAAAAAAAAAAA'
const soon = { deferred: { first: 10, longest: 50 }, retriable: { first: 10, longest: 50 } }

describe('dead letters', () => {
  let operations: ServiceUnderTest
  let store: EventStore
  let recorder: Recorder
  let sql: Sql
  let bus: EventBus
  /** `stream@revision` that never comes by the topic */
  let lose: string | undefined
  let consumer: Consumer
  /** `case number@revision` as the reaction saw them */
  let worked: string[]
  /** case numbers whose first level cannot be worked, with the cause */
  let broken: Map<number, string>
  let tokens: Map<Role, string>
  const cases = new Map<string, number>()

  const streamOf = (n: number): string => `pchCase-018f2a60-0000-8000-8000-${String(n).padStart(12, '0')}`
  /** A case with four events: opened, proposed, assigned, closed. */
  const open = async (...numbers: number[]): Promise<number> => {
    let ordinal = 0
    for (const n of numbers) {
      const caseId = streamOf(n).slice('pchCase-'.length)
      cases.set(streamOf(n), n)
      const meta = metaOf({ name: `case ${n}` })
      const level = { caseId, level: 'C', rank: 2, matchedCriteria: [], evidenceRefs: [], policyHash: 'a'.repeat(64) }
      const drafts = [
        { type: 'CaseOpened', data: { caseId, referralId: caseId, subjectRef: SUBJECT, indexIncidentId: caseId, count: 1, subjectAdultAtIndex: true, adultBasis: 'BIRTH_DATE' } },
        { type: 'LevelProposed', data: { ...level, unknownCriteria: [] } },
        { type: 'LevelAssigned', data: { ...level, proposedLevel: 'C', decidedBy: 'human' } },
        { type: 'CaseClosed', data: { caseId, code: 'EXIT_24M' } },
      ].map((draft) => ({ ...draft, schemaVersion: 1, ...atNow(meta) }))
      const outcome = await recorder.record(streamOf(n), -1, drafts, meta)
      assert.ok(outcome.ok)
      ordinal = outcome.ordinal
    }
    return ordinal
  }
  const newConsumer = (): Consumer => new Consumer({
    name: NAME, topics: [TOPIC], types: ['CaseOpened', 'LevelProposed', 'LevelAssigned', 'CaseClosed'], bus, store, database: sql, clock: systemClock, pollMs: 20, backOff: soon,
    react: (event) => {
      const n = cases.get(event.stream)!
      const cause = broken.get(n)
      if (event.type === 'LevelProposed' && cause !== undefined) return Promise.reject(new Permanent(cause, 'The sample policy is not installed. Install it, then retry.'))
      worked.push(`${n}@${event.revision}`)
      return Promise.resolve()
    },
  })
  const ofCase = (n: number): string[] => worked.filter((at) => at.startsWith(`${n}@`))
  const until = async (what: string, holds: () => Promise<boolean> | boolean): Promise<void> => {
    for (let tries = 0; tries < 1500; tries++) { if (await holds()) return; await pause(10) }
    assert.fail(`it never came to this: ${what}`)
  }
  const get = (path: string, role: Role = 'operator') => supertest(operations.address).get(path).set('Authorization', `Bearer ${tokens.get(role)}`)
  const post = (path: string, body: object, key?: string, role: Role = 'operator') => {
    const asked = supertest(operations.address).post(path).set('Authorization', `Bearer ${tokens.get(role)}`)
    return (key === undefined ? asked : asked.set('Idempotency-Key', key)).send(body)
  }
  const list = async (query = ''): Promise<LetterList> => (await get(`/v1/dead-letters${query}`).expect(200)).body as LetterList
  const detail = async (id: string): Promise<LetterDetail> => (await get(`/v1/dead-letters/${id}`).expect(200)).body as LetterDetail
  /** Opens the cases, and answers the ids of their dead letters once their streams wait with all that came later. */
  const parked = async (cause: string, ...numbers: number[]): Promise<string[]> => {
    for (const n of numbers) broken.set(n, cause)
    await open(...numbers)
    await until(`${numbers.join(', ')} parked`, async () => (await list(`?cause=${cause}`)).letters.filter((letter) => letter.status === 'open' && letter.waiting === 2).length === numbers.length)
    const { letters } = await list(`?cause=${cause}`)
    return numbers.map((n) => letters.find(({ stream }) => stream === streamOf(n))!.id)
  }

  beforeAll(async () => {
    const { OperationsModule } = await import('../operations.module')
    operations = await startService('operations', [OperationsModule])
    ;({ store, log: recorder, database: sql } = operations)
    const whole = new LogBus({ store, database: sql, pollMs: 20 })
    bus = {
      subscribe: (options) => whole.subscribe({ ...options, onMessages: (delivery) => options.onMessages({ ...delivery, messages: delivery.messages.filter((message) => { const { stream, revision } = placeOf(message); return `${stream}@${revision}` !== lose }) }) }),
      close: () => whole.close(),
    }
    tokens = new Map(await Promise.all((['operator', 'intakeAnalyst', 'evaluator', 'privacyOfficer', 'agencyFeed'] as const).map(async (role) => [role, await issueToken(operations.data, systemClock, { role, agency: 'CITY' })] as const)))
    worked = []
    broken = new Map()
    consumer = newConsumer()
    await consumer.start()
  })
  afterAll(async () => { await consumer.stop(); await bus.close(); await operations.close() })
  afterEach(() => { broken.clear() })

  it('an event that cannot be worked is parked by reference; its stream waits, others go on', async () => {
    const [id] = await parked('policy-missing', 1)
    assert.ok(await consumer.reached(await open(2), 10_000))
    expect(ofCase(1)).toEqual(['1@0'])
    expect(ofCase(2)).toEqual(['2@0', '2@1', '2@2', '2@3'])
    const { total, groups, letters } = await list()
    expect({ total, groups }).toEqual({ total: 1, groups: [{ consumer: NAME, cause: 'policy-missing', kind: 'permanent', status: 'open', count: 1, oldest: expect.any(String) as string }] })
    expect(letters).toEqual([expect.objectContaining({ id, status: 'open', consumer: NAME, topic: TOPIC, stream: streamOf(1), revision: 1, type: 'LevelProposed', kind: 'permanent', attempts: 1, nextTry: null, waiting: 2, detail: 'The sample policy is not installed. Install it, then retry.' })])
    const shown = await detail(id!)
    expect(shown).toMatchObject({ status: 'open', revision: 1, ordinal: 2, text: expect.stringContaining('mend what the cause names') as string, history: [] })
    expect(JSON.stringify([letters, shown])).not.toContain(SUBJECT)
  })

  it('its consumer says that a person must look', async () => {
    const consumers = async (): Promise<BusConsumers> => (await get('/v1/consumers').expect(200)).body as BusConsumers
    await until('it has read all', async () => (await consumers()).consumers[0]?.behind === 0)
    const body = await consumers()
    expect(body).toEqual({ head: (await store.head()).ordinal, consumers: [{ name: NAME, status: 'follows the bus; 1 stream waits for a person: chorus dead-letters list', needsPerson: true, parked: { deferred: 0, retriable: 0, permanent: 1, hole: 0 }, oldest: expect.any(String) as string, caughtUp: expect.any(Number) as number, behind: 0 }] })
    await get('/v1/consumers', 'evaluator').expect(403)
  })

  it('tried again while nothing was mended, it waits on, and shows who asked and why', async () => {
    const [id] = await parked('not-mended', 3)
    await post(`/v1/dead-letters/${id}/retry`, { reason: 'perhaps it works now' }).expect(200)
    await until('it was tried again', async () => { const shown = await detail(id!); return 'attempts' in shown && shown.attempts === 2 })
    expect((await detail(id!)).history).toEqual([expect.objectContaining({ what: 'retry-requested', by: 'demo-operator', role: 'operator', agency: 'CITY', reason: 'perhaps it works now' })])
    expect(ofCase(3)).toEqual(['3@0'])
  })

  it('tried again once it is mended, it is worked, and what waited follows in order', async () => {
    const [id] = await parked('mended', 4)
    broken.delete(4)
    const receipt = (await post(`/v1/dead-letters/${id}/retry`, { reason: 'the policy is installed' }).expect(200)).body as object
    expect(receipt).toMatchObject({ stream: `deadLetter-${id}`, revision: 0, repeated: false })
    await until('the case is worked', () => ofCase(4).length === 4)
    expect(ofCase(4)).toEqual(['4@0', '4@1', '4@2', '4@3'])
    await until('nothing is parked', async () => (await list('?cause=mended')).total === 0)
    expect(await detail(id!)).toMatchObject({ status: 'worked', type: 'LevelProposed', history: [{ what: 'retry-requested' }] })
    expect((await post(`/v1/dead-letters/${id}/retry`, { reason: 'once more' }).expect(409)).body).toMatchObject({ refused: 'dead_letter_worked' })
  })

  it('resolved, it is passed over, what waited follows, and a rebuild passes it over too', async () => {
    const [id] = await parked('never', 5)
    const key = randomUUID()
    const wish = { reasonCode: 'DONE_BY_HAND', reason: 'entered by hand for Sampleperson' }
    const first = (await post(`/v1/dead-letters/${id}/resolve`, wish, key).expect(200)).body as { ordinal: number }
    await until('the rest is worked', () => ofCase(5).length === 3)
    expect(ofCase(5)).toEqual(['5@0', '5@2', '5@3'])
    await until('nothing is parked', async () => (await list('?cause=never')).total === 0)

    expect((await post(`/v1/dead-letters/${id}/resolve`, wish, key).expect(200)).body).toEqual({ ...first, repeated: true })
    expect((await post(`/v1/dead-letters/${id}/resolve`, { ...wish, reasonCode: 'OTHER' }, key).expect(409)).body).toMatchObject({ refused: 'command_id_reused' })
    expect((await post(`/v1/dead-letters/${id}/resolve`, wish).expect(409)).body).toMatchObject({ refused: 'dead_letter_resolved' })
    expect((await post(`/v1/dead-letters/${id}/retry`, { reason: 'changed my mind' }).expect(409)).body).toMatchObject({ refused: 'dead_letter_resolved' })
    expect((await list('?status=resolved&cause=never')).letters).toEqual([expect.objectContaining({ id, status: 'resolved', reasonCode: 'DONE_BY_HAND', by: 'demo-operator' })])
    expect(await detail(id!)).toMatchObject({ status: 'resolved', type: 'LevelProposed', history: [{ what: 'resolved', reasonCode: 'DONE_BY_HAND', reason: wish.reason, ordinal: first.ordinal }] })
    const [kept] = await sql<{ n: number }[]>`select count(*)::int as n from log.events where text like ${'%Sampleperson%'}`
    expect(kept!.n).toBe(0)

    await consumer.stop()
    await sql`delete from bus.consumers where name = ${NAME}`
    await sql`delete from read.checkpoints where name = ${`bus:${NAME}`}`
    worked = []
    broken.set(5, 'never')
    consumer = newConsumer()
    await consumer.start()
    assert.ok(await consumer.reached((await store.head()).ordinal, 10_000))
    expect(ofCase(5)).toEqual(['5@0', '5@2', '5@3'])
    expect(await list('?cause=never')).toMatchObject({ total: 0 })
  })

  it('a hole names no event; retried, the stream is read from the log and goes on in order', async () => {
    lose = `${streamOf(14)}@1`
    await open(14)
    await until('the hole is seen', async () => (await list('?kind=hole')).total === 1)
    const { letters: [hole] } = await list('?kind=hole')
    expect(hole).toMatchObject({ consumer: NAME, stream: streamOf(14), revision: 1, kind: 'hole', nextTry: null })
    expect(hole).not.toHaveProperty('eventId')
    expect(hole).not.toHaveProperty('type')
    expect(await detail(hole!.id)).toMatchObject({ status: 'open', text: expect.stringContaining('revision 1 never came by the topic') as string })
    await post(`/v1/dead-letters/${hole!.id}/retry`, { reason: 'lost on the way' }).expect(200)
    await until('the case is worked', () => ofCase(14).length === 4)
    expect(ofCase(14)).toEqual(['14@0', '14@1', '14@2', '14@3'])
  })

  it('all of one cause are tried again together, and no other', async () => {
    await parked('together', 6, 7)
    await parked('apart', 8)
    broken.delete(6); broken.delete(7); broken.delete(8)
    expect((await post('/v1/dead-letters/retry', { cause: 'together', consumer: NAME, expected: 1, reason: 'mended' }).expect(409)).body).toMatchObject({ refused: 'dead_letters_changed', detail: expect.stringContaining('2 are parked by this cause now, not 1') as string })
    expect((await post('/v1/dead-letters/retry', { cause: 'together', consumer: NAME, expected: 2, reason: 'mended' }).expect(200)).body).toMatchObject({ done: 2, overtaken: [] })
    await until('both are worked', () => ofCase(6).length === 4 && ofCase(7).length === 4)
    expect(ofCase(8)).toEqual(['8@0'])
  })

  it('all of one cause are resolved together, once, whoever sends it again', async () => {
    const ids = await parked('settled', 9, 10)
    const key = randomUUID()
    const wish = { cause: 'settled', reasonCode: 'NO_LONGER_NEEDED', reason: 'the program has ended' }
    const first = (await post('/v1/dead-letters/resolve', wish, key).expect(200)).body as { letters: { id: string; ordinal: number }[] }
    expect(first.letters.map(({ id }) => id).sort()).toEqual([...ids].sort())
    await until('the rest of both is worked', () => ofCase(9).length === 3 && ofCase(10).length === 3)
    await until('neither is parked', async () => (await list('?cause=settled')).total === 0)
    const [late] = await parked('settled', 11)
    expect((await post('/v1/dead-letters/resolve', wish, key).expect(200)).body).toMatchObject({ done: 2, letters: [{ repeated: true }, { repeated: true }], overtaken: [] })
    expect(await detail(late!)).toMatchObject({ status: 'open', history: [] })
    expect((await post('/v1/dead-letters/resolve', { ...wish, reasonCode: 'OTHER' }, key).expect(409)).body).toMatchObject({ refused: 'command_id_reused' })
  })

  it('of two operators at once one resolves it, and the other is told', async () => {
    const [id] = await parked('contested', 12)
    const answers = await Promise.all(['DONE_BY_HAND', 'SUPERSEDED'].map((reasonCode) => post(`/v1/dead-letters/${id}/resolve`, { reasonCode, reason: 'mine' })))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409])
    expect((await recorder.load(`deadLetter-${id}`)).map(({ type }) => type)).toEqual(['DeadLetterResolved'])
  })

  it('says what is wrong with a wish, and records nothing of it', async () => {
    const [id] = await parked('refusals', 13)
    const unknown = randomUUID()
    const before = (await store.head()).ordinal
    expect((await post(`/v1/dead-letters/${unknown}/retry`, { reason: 'x' }).expect(404)).body).toMatchObject({ refused: 'dead_letter_unknown' })
    expect((await post(`/v1/dead-letters/${unknown}/resolve`, { reasonCode: 'OTHER', reason: 'x' }).expect(404)).body).toMatchObject({ refused: 'dead_letter_unknown' })
    await get(`/v1/dead-letters/${unknown}`).expect(404)
    expect((await get('/v1/dead-letters/nope').expect(400)).body).toMatchObject({ errors: [{ pointer: '/path/id' }] })
    for (const [path, body, field] of [
      [`${id}/retry`, {}, '/reason'], [`${id}/retry`, { reason: '' }, '/reason'], [`${id}/resolve`, { reasonCode: 'OTHER' }, '/reason'], [`${id}/resolve`, { reason: 'x' }, '/reasonCode'],
      [`${id}/resolve`, { reasonCode: 'BECAUSE', reason: 'x' }, '/reasonCode'], ['retry', { cause: 'refusals' }, '/reason'], ['resolve', { reasonCode: 'OTHER', reason: 'x' }, '/cause'],
    ] as const) expect((await post(`/v1/dead-letters/${path}`, body).expect(422)).body).toMatchObject({ type: '/problems/schema-violation', errors: [{ pointer: field }] })
    expect((await post('/v1/dead-letters/retry', { cause: 'nobody-has-it', reason: 'x' }).expect(404)).body).toMatchObject({ refused: 'dead_letters_none' })
    expect((await post('/v1/dead-letters/resolve', { cause: 'refusals', consumer: 'sample.other', reasonCode: 'OTHER', reason: 'x' }).expect(404)).body).toMatchObject({ refused: 'dead_letters_none' })
    for (const query of ['?status=gone', '?kind=odd', '?limit=0', '?limit=1001', '?cause=', '?cause=a&cause=b']) await get(`/v1/dead-letters${query}`).expect(400)
    expect((await store.head()).ordinal).toBe(before)
    expect(await detail(id!)).toMatchObject({ status: 'open', history: [] })
  })

  it('is for operators alone', async () => {
    const { letters: [letter] } = await list()
    for (const role of ['intakeAnalyst', 'evaluator', 'privacyOfficer', 'agencyFeed'] as const) {
      await get('/v1/dead-letters', role).expect(403)
      await get(`/v1/dead-letters/${letter!.id}`, role).expect(403)
      for (const path of ['retry', 'resolve', `${letter!.id}/retry`, `${letter!.id}/resolve`]) await post(`/v1/dead-letters/${path}`, { cause: letter!.cause, reasonCode: 'OTHER', reason: 'x' }, undefined, role).expect(403)
    }
  })
})
