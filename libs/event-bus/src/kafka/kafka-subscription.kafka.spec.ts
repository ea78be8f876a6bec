import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startOwnBroker, type OwnBroker } from '../../../../infra/kafka/broker'
import type { BusMessage, BusSubscribeOptions, BusSubscription } from '../port'
import { KafkaBus } from './kafka-bus'
import { KafkaPublisher } from './kafka-publisher'
import type { KafkaSettings } from './kafka-settings'
import { partitionOf } from './partition'
import { LETTERS, letter, settingsOfRun, withTopics } from './testing/on-the-broker'
import { ensureTopics } from './topics-admin'

const SESSION_MS = 1000
const pause = (ms: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, ms) })
const until = async (holds: () => boolean): Promise<void> => { while (!holds()) await pause(10) }
/** A key of each partition. */
const KEYS = [0, 1, 2].map((partition) => Array.from({ length: 50 }, (_, i) => `key-${i}`).find((key) => partitionOf(key, LETTERS.partitions) === partition)!)

const ends: (() => Promise<unknown>)[] = []
afterEach(async () => { for (const end of ends.splice(0).reverse()) await end() })

const listen = async (settings: KafkaSettings, onMessages: BusSubscribeOptions['onMessages'], onError: (error: unknown) => void = () => undefined): Promise<BusSubscription> => {
  const bus = new KafkaBus({ settings, sessionTimeoutMs: SESSION_MS, firstBackoffMs: 10 })
  ends.push(() => bus.close())
  return bus.subscribe({ group: 'readers', topics: [LETTERS.name], onMessages, onError })
}
const publisherOf = async (settings: KafkaSettings): Promise<KafkaPublisher> => {
  const publisher = await KafkaPublisher.open({ settings, transactionalId: 'relay', topics: [LETTERS] })
  ends.push(() => publisher.close())
  return publisher
}

describe('a subscription', () => {
  it('stays in its group while a handler works longer than the session and says nothing', async () => {
    const settings = await withTopics()
    const publisher = await publisherOf(settings)
    const seen: string[] = []
    let slow = true
    await listen(settings, async ({ messages, signal }) => {
      if (slow) {
        slow = false
        await pause(SESSION_MS * 2.5)
        expect(signal.aborted).toBe(false)
      }
      seen.push(...messages.map((message) => message.value!))
    })
    await publisher.publish([letter(KEYS[0]!, '1'), letter(KEYS[1]!, '2')])
    await until(() => seen.length >= 2)
    await publisher.publish([letter(KEYS[0]!, '3')])
    await until(() => seen.includes('3'))
    expect([...seen].sort()).toEqual(['1', '2', '3'])
  })

  it('brings again what a handler threw away, on that partition alone, later each time', async () => {
    const settings = await withTopics()
    const publisher = await publisherOf(settings)
    const errors: unknown[] = []
    const seen: BusMessage[] = []
    let broken = true
    await listen(settings, async ({ messages }) => {
      if (broken && messages.some((message) => message.key === KEYS[1])) throw new Error('not this one')
      seen.push(...messages)
    }, (error) => errors.push(error))
    await publisher.publish(KEYS.map((key) => letter(key, '1')))
    await until(() => seen.length === 2 && errors.length >= 3)
    await publisher.publish(KEYS.map((key) => letter(key, '2')))
    await until(() => seen.length === 4)
    expect(new Set(seen.map((message) => message.key))).toEqual(new Set([KEYS[0], KEYS[2]]))
    broken = false
    await until(() => seen.length === 6)
    expect(seen.filter((message) => message.key === KEYS[1]).map((message) => message.value)).toEqual(['1', '2'])
    expect(errors.every((error) => (error as Error).message === 'not this one')).toBe(true)
  })

  it('waits for a topic that nobody has made yet, and says so', async () => {
    const settings = settingsOfRun()
    const seen: string[] = []
    const subscription = await listen(settings, async ({ messages }) => { seen.push(...messages.map((message) => message.value!)) })
    expect(subscription.health()).toMatchObject({ ok: false, text: expect.stringMatching(/topic/) })
    await ensureTopics(settings, { topics: [LETTERS] })
    await (await publisherOf(settings)).publish([letter('a', 'there')])
    await until(() => seen.includes('there'))
  })

  it('tells a handler when its messages are no longer its own', async () => {
    const settings = await withTopics()
    const publisher = await publisherOf(settings)
    const seen = new Set<string>()
    let told = false
    await listen(settings, async ({ messages, signal }) => {
      if (!told) await new Promise<void>((resolve) => { signal.addEventListener('abort', () => resolve()) })
      told = true
      for (const message of messages) seen.add(message.value!)
    })
    await publisher.publish(KEYS.map((key) => letter(key, key)))
    await pause(100)
    await listen(settings, async ({ messages }) => { for (const message of messages) seen.add(message.value!) })
    await until(() => seen.size === KEYS.length)
    expect(told).toBe(true)
  })
})

describe('a broker of its own', () => {
  let folder: string
  let broker: OwnBroker
  let settings: KafkaSettings
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'chorus-kafka-'))
    broker = await startOwnBroker({ folder })
  })
  beforeEach(async () => {
    settings = { brokers: [broker.brokers], clientId: 'test', prefix: `b-${randomUUID().slice(0, 8)}.` }
    await ensureTopics(settings, { topics: [LETTERS] })
  })
  afterAll(async () => { await broker.stop(); rmSync(folder, { recursive: true, force: true }) })

  it('killed under load and started again: nothing lost, each key in order, and health says so meanwhile', async () => {
    const publisher = await publisherOf(settings)
    const seen = new Map<string, number[]>()
    const subscription = await listen(settings, async ({ messages }) => {
      for (const message of messages) {
        const numbers = seen.get(message.key) ?? []
        if (!numbers.includes(Number(message.value))) numbers.push(Number(message.value))
        seen.set(message.key, numbers)
      }
    })
    let killed: Promise<void> | undefined
    let away = false
    for (let round = 0; round < 60; round += 1) {
      if (round === 20) killed = broker.kill().then(() => until(() => !subscription.health().ok)).then(() => { away = true }).then(() => broker.start())
      for (;;) {
        try {
          await publisher.publish(KEYS.map((key) => letter(key, String(round))))
          break
        } catch {
          await pause(50)
        }
      }
    }
    await killed
    await until(() => KEYS.every((key) => seen.get(key)?.length === 60))
    for (const key of KEYS) expect(seen.get(key)).toEqual(Array.from({ length: 60 }, (_, i) => i))
    await until(() => subscription.health().ok)
    expect(away).toBe(true)
  })

  it('that is not there yet: a subscription waits for it, and says so', async () => {
    await broker.stop()
    const seen: string[] = []
    const errors: unknown[] = []
    const subscription = await listen(settings, async ({ messages }) => { seen.push(...messages.map((message) => message.value!)) }, (error) => errors.push(error))
    expect(subscription.health()).toMatchObject({ ok: false, text: expect.stringMatching(/readers is not in its group: .*(ECONNREFUSED|connect)/i) })
    expect(errors.length).toBeGreaterThan(0)
    await broker.start()
    await (await publisherOf(settings)).publish([letter('a', 'there')])
    await until(() => seen.includes('there'))
    await until(() => subscription.health().ok)
    expect(subscription.health().text).toBe('readers listens to letters.v1')
  })

  it('that stands still is noticed, and goes on', async () => {
    const publisher = await publisherOf(settings)
    const seen: string[] = []
    const subscription = await listen(settings, async ({ messages }) => { seen.push(...messages.map((message) => message.value!)) })
    await publisher.publish([letter('a', 'before')])
    await until(() => seen.includes('before'))
    broker.pause()
    await until(() => !subscription.health().ok)
    expect(subscription.health().text).toMatch(/readers/)
    broker.resume()
    await publisher.publish([letter('a', 'after')]).catch(() => publisher.publish([letter('a', 'after')]))
    await until(() => seen.includes('after'))
    await until(() => subscription.health().ok)
  })

  it('stopped for good lets a subscription stop too', async () => {
    const subscription = await listen(settings, async () => undefined)
    await broker.kill()
    await subscription.stop()
    expect(subscription.health()).toEqual({ ok: false, text: 'readers has left the bus' })
  })
})
