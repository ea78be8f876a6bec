/** Services beside the relay, on a real broker: the same as in one process. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import supertest from 'supertest'
import { compose, readSettingsWithBus, type Composed } from '@chorus/composition'
import type { DraftEvent } from '@chorus/contracts'
import type { EventStore, Recorder } from '@chorus/event-store'
import { demonstrationKey, issueToken, RECORDER, STORE } from '@chorus/platform'
import { examplePath } from '../../../infra/catalogue'
import { metaOf } from '../../../libs/decider/src/testing/given'
import { Everything } from '../../../test/support/chorus'
import { freshDatabase, type FreshDatabase } from '../../../test/support/database'
import type { OfferList } from './offers-by-state/offers-by-state.query'
import { offerIdOf } from './on-notification-delivered/offer-services'

const clock = { now: () => '2026-07-09T15:10:00.000Z' }
const quiet = new Writable({ write: (_chunk, _encoding, done) => done() })
const example = JSON.parse(readFileSync(examplePath({ type: 'NotificationDelivered', version: 1 }), 'utf8')) as DraftEvent<{ caseId: string }>
const CASE = example.data.caseId

describe('services on Kafka', () => {
  let db: FreshDatabase
  let data: string
  let relay: Composed
  let services: Composed
  let token: string
  const processOf = async (client: string, modules: Parameters<typeof compose>[0]['modules']): Promise<Composed> => {
    const env = { ...process.env, CHORUS_DATA: data, CHORUS_PORT: '0', DATABASE_URL: db.appUrl, KAFKA_PREFIX: prefix }
    const settings = Object.assign(readSettingsWithBus(env, data, client), { databaseUrl: db.appUrl })
    return compose({ settings, modules: [...modules, Everything], client, clock, logTo: quiet })
  }
  const prefix = `t-${randomUUID().slice(0, 8)}.`
  const start = async (): Promise<Composed> => processOf('chorus-services', [(await import('./services.module')).ServicesModule])
  const deliver = async (notificationId: string): Promise<number> => {
    const outcome = await services.app.get<Recorder>(RECORDER, { strict: false })
      .record(`notification-${notificationId}`, -1, [{ ...example, data: { ...example.data, notificationId }, partitionkey: `pchCase-${CASE}` }], metaOf({ name: `deliver ${notificationId}` }))
    assert.ok(outcome.ok)
    return outcome.ordinal
  }
  const offers = async (after: number): Promise<string[]> => {
    for (;;) {
      const { status, body } = await supertest(services.address).get(`/v1/service-offers?caseId=${CASE}&after=${after}`).set('Authorization', `Bearer ${token}`).set('X-Purpose', 'helpOffered')
      if (status === 200) return (body as OfferList).offers.map(({ offerId }) => offerId).sort()
      expect(status).toBe(503)
    }
  }

  beforeAll(async () => {
    db = await freshDatabase()
    data = mkdtempSync(join(tmpdir(), 'chorus-services-kafka-'))
    chmodSync(data, 0o711)
    await demonstrationKey(data)
    token = await issueToken(data, clock, { role: 'healthProgram', agency: 'HEALTH' })
    relay = await processOf('chorus-relay', [(await import('../../relay/src/relay.module')).RelayModule.forRoot()])
    services = await start()
  }, 120_000)
  afterAll(async () => { await services.close(); await relay.close(); await db.drop(); rmSync(data, { recursive: true, force: true }) })

  const [first, second, third] = [randomUUID(), randomUUID(), randomUUID()]

  it('a delivery comes over the broker, and services are offered once', async () => {
    const ordinal = await deliver(first)
    expect(await offers(ordinal)).toEqual([offerIdOf(first)])
  })
  it('what is delivered while services is down is offered once it is back; nothing twice', async () => {
    await deliver(second)
    await services.close()
    services = await start()
    expect(await offers(await deliver(third))).toEqual([first, second, third].map(offerIdOf).sort())
    const log = services.app.get<Recorder>(RECORDER, { strict: false })
    for (const id of [first, second, third]) expect(await log.load(`pchService-${offerIdOf(id)}`)).toHaveLength(1)
  })
  it('of another log at the same broker with the same prefix joins no group, and its readiness says why', async () => {
    const mine = db
    const theirs = await freshDatabase()
    db = theirs
    const other = await start()
    db = mine
    try {
      const { log } = services.app.get<EventStore>(STORE, { strict: false })
      for (;;) {
        const { status, body } = await supertest(other.address).get('/health/ready')
        const check = (body as { checks: { name: string; ok: boolean; text: string }[] }).checks.find(({ name }) => name === 'services.on-notification-delivered')
        if (!check?.text.includes(`Another Chorus, with log ${log}, publishes on topics of the same names at this broker. Give each Chorus at one broker a KAFKA_PREFIX of its own`)) continue
        expect([status, check.ok]).toEqual([503, false])
        break
      }
    } finally {
      await other.close()
      await theirs.drop()
    }
  })
})
