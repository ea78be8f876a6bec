/**
 * A standalone that was used is pointed at Kafka, then taken apart into processes, then put together again: each goes on
 * where the one before it was. Every delivery has its offer once, whichever way it came.
 */
import { randomUUID } from 'node:crypto'
import { fork, type ChildProcess } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { postgres } from '@chorus/postgres'
import { compose, readSettingsWithBus, type ReadySettings } from '@chorus/composition'
import type { DraftEvent } from '@chorus/contracts'
import type { EventStore, Recorder } from '@chorus/event-store'
import { RECORDER, STORE } from '@chorus/platform'
import { boot, type Chorus } from '../../apps/standalone/src/boot'
import { examplePath } from '../../infra/catalogue'
import { readUntil, settingsOfRun } from '../../libs/event-bus/src/kafka/testing/on-the-broker'
import { metaOf } from '../../libs/decider/src/testing/given'
import { captureLogs, Everything } from '../support/chorus'
import { freshDatabase, type FreshDatabase } from '../support/database'

const root = join(__dirname, '../..')
const example = JSON.parse(readFileSync(examplePath({ type: 'NotificationDelivered', version: 1 }), 'utf8')) as DraftEvent<object>

describe('one log, first without a broker, then with one', () => {
  let database: FreshDatabase
  let data: string
  let env: Record<string, string>
  const kafka = settingsOfRun()
  const logs = captureLogs()
  const delivered: string[] = []
  const children: { readonly child: ChildProcess; readonly exit: Promise<unknown> }[] = []

  const standalone = (more: Record<string, string> = {}): Promise<Chorus> => boot(readSettingsWithBus({ ...env, ...more }, data, 'chorus') as ReadySettings, { logTo: logs.stream, modules: [Everything] })
  const withBroker = { KAFKA_BROKERS: kafka.brokers.join(','), KAFKA_PREFIX: kafka.prefix }
  const service = (name: string): void => {
    const child = fork(join(root, 'apps', name, 'src/main.ts'), [], { execArgv: ['-r', join(root, 'test/support/register.js')], stdio: ['ignore', 'ignore', 'inherit', 'ipc'], env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env, ...withBroker } })
    children.push({ child, exit: new Promise((resolve) => { child.on('exit', resolve) }) })
  }
  const stopServices = async (): Promise<void> => { for (const { child, exit } of children.splice(0)) { child.kill('SIGTERM'); await exit } }

  const deliver = async ({ app }: Chorus, count: number): Promise<void> => {
    for (let each = 0; each < count; each++) {
      const notificationId = randomUUID()
      const { ok } = await app.get<Recorder>(RECORDER, { strict: false }).record(`notification-${notificationId}`, -1, [{ ...example, data: { ...example.data, notificationId } }], metaOf({ name: `deliver ${notificationId}` }))
      expect(ok).toBe(true)
      delivered.push(notificationId)
    }
  }
  /** Waits until so many offers were made; then there must be no more than those. */
  const offersOf = async ({ app }: Chorus, count: number): Promise<number> => {
    const store = app.get<EventStore>(STORE, { strict: false })
    for (;;) {
      const streams: string[] = []
      for await (const { stream } of store.readAll({ filter: { types: ['ServiceOffered'] } })) streams.push(stream)
      expect(new Set(streams).size).toBe(streams.length)
      if (streams.length >= count) return streams.length
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }

  beforeAll(async () => {
    database = await freshDatabase()
    data = mkdtempSync(join(tmpdir(), 'chorus-goes-on-'))
    chmodSync(data, 0o711)
    env = { CHORUS_DATA: data, CHORUS_PORT: '0', CHORUS_LOG_LEVEL: 'error', DATABASE_URL: database.appUrl }
  })
  afterAll(async () => {
    for (const { child, exit } of children) { child.kill('SIGKILL'); await exit }
    await database.drop()
    rmSync(data, { recursive: true, force: true })
  })

  it('is used without a broker', async () => {
    const chorus = await standalone()
    await deliver(chorus, 3)
    expect(await offersOf(chorus, 3)).toBe(3)
    await chorus.close()
  })

  it('is pointed at Kafka: what was recorded before is published too, and has no second effect', async () => {
    const chorus = await standalone(withBroker)
    await deliver(chorus, 2)
    expect(await offersOf(chorus, 5)).toBe(5)
    const seen = await readUntil(kafka, 'program.notifications.v1', (messages) => messages.length >= 5)
    expect(seen).toHaveLength(5)
    await chorus.close()
  })

  it('is taken apart: the relay and the services as processes of their own go on', async () => {
    service('relay')
    service('services')
    // one that records and does nothing else: what follows is the others' work
    const apart = await compose({ settings: readSettingsWithBus(env, data, 'chorus') as ReadySettings, modules: [], client: 'chorus-recorder', logTo: logs.stream })
    await deliver(apart, 2)
    expect(await offersOf(apart, 7)).toBe(7)
    await apart.close()
    await stopServices()
    const app = postgres(database.appUrl, { max: 1, onnotice: () => undefined })
    const [published] = await app<{ log: string; ordinal: string; head: string }[]>`select p.log, p.ordinal, h.ordinal as head from bus.published p, log.head h where p.name = 'relay'`
    const parked = await app`select consumer, stream, cause from bus.parked`
    await app.end()
    expect(Number(published?.ordinal)).toBeGreaterThan(7)
    expect([...parked]).toEqual([])
  })

  it('is put together again, without the broker', async () => {
    const chorus = await standalone()
    await deliver(chorus, 1)
    expect(await offersOf(chorus, 8)).toBe(8)
    expect(new Set(delivered).size).toBe(8)
    await chorus.close()
  })
})
