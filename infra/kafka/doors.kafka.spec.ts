import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } from 'kafkajs'
import { SERVICES, TOPICS, type Service } from '@chorus/contracts'
import { KafkaBus, KafkaPublisher, MARK, TopicRight, claimTopics, ensureTopics, readKafkaSettings, type BusMessage, type KafkaSettings } from '@chorus/event-bus'
import { kafkaClient } from '../../libs/event-bus/src/kafka/kafka-client'
import { kafkaPublishers } from '../../apps/relay/src/relay.module'
import { aclsOf, principalOf, type Acl } from './acls'
import { prepareBroker, startOwnBroker, type OwnBroker } from './broker'
import { freePort } from './free-port'

const PASSWORD = 'for-tests-only'
const USERS = ['admin', ...SERVICES.map(principalOf)]
const OPERATIONS = { Read: AclOperationTypes.READ, Write: AclOperationTypes.WRITE, Describe: AclOperationTypes.DESCRIBE, Create: AclOperationTypes.CREATE, DescribeConfigs: AclOperationTypes.DESCRIBE_CONFIGS }
const RESOURCES = { topic: AclResourceTypes.TOPIC, group: AclResourceTypes.GROUP, 'transactional-id': AclResourceTypes.TRANSACTIONAL_ID }
const until = async (holds: () => boolean): Promise<void> => { while (!holds()) await new Promise((resolve) => { setTimeout(resolve, 10) }) }

let folder: string
let broker: OwnBroker
const ends: (() => Promise<unknown>)[] = []

const settingsOf = (user: string, more: Record<string, string> = {}): KafkaSettings => readKafkaSettings({
  KAFKA_BROKERS: broker.brokers, KAFKA_CLIENT_ID: user, KAFKA_TLS_CA: join(folder, 'ca.pem'), KAFKA_SASL_MECHANISM: 'scram-sha-512', KAFKA_SASL_USERNAME: user, KAFKA_SASL_PASSWORD: PASSWORD, ...more,
}, user)!
/** Gives up soon: what is refused is not tried for long. */
const adminOf = (settings: KafkaSettings) => kafkaClient(settings, { retry: { retries: 2, initialRetryTime: 20 } }).admin()

const grant = async (prefix = '', which: (acl: Acl) => boolean = () => true): Promise<void> => {
  const admin = adminOf(settingsOf('admin'))
  await admin.connect()
  await admin.createAcls({ acl: aclsOf(TOPICS).filter(which).flatMap(({ principal, resource, name, pattern, operations }) => operations.map((operation) => ({
    principal: `User:${principal}`, host: '*', operation: OPERATIONS[operation], permissionType: AclPermissionTypes.ALLOW, resourceType: RESOURCES[resource], resourceName: prefix + name,
    resourcePatternType: pattern === 'prefixed' ? ResourcePatternTypes.PREFIXED : ResourcePatternTypes.LITERAL,
  }))) })
  await admin.disconnect()
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'chorus-doors-'))
  const means = await prepareBroker()
  if (!('java' in means)) throw new Error('this suite gives the broker users and a certificate and so needs a JVM on this machine: install one (17 or newer)')
  const keytool = (...args: string[]): void => { execFileSync(join(dirname(means.java), 'keytool'), ['-keystore', join(folder, 'server.p12'), '-storepass', PASSWORD, '-alias', 'broker', ...args], { stdio: 'pipe' }) }
  keytool('-genkeypair', '-keyalg', 'EC', '-dname', 'CN=localhost', '-ext', 'san=ip:127.0.0.1,dns:localhost', '-storetype', 'PKCS12')
  keytool('-exportcert', '-rfc', '-file', join(folder, 'ca.pem'))
  const inside = await freePort()
  broker = await startOwnBroker({
    folder,
    format: USERS.flatMap((name) => ['--add-scram', `SCRAM-SHA-512=[name=${name},password=${PASSWORD}]`]),
    settings: ({ port, controllerPort }) => ({
      listeners: `CLIENTS://127.0.0.1:${port},INSIDE://127.0.0.1:${inside},CONTROLLER://127.0.0.1:${controllerPort}`,
      'advertised.listeners': `CLIENTS://127.0.0.1:${port},INSIDE://127.0.0.1:${inside}`,
      'listener.security.protocol.map': 'CLIENTS:SASL_SSL,INSIDE:PLAINTEXT,CONTROLLER:PLAINTEXT',
      'inter.broker.listener.name': 'INSIDE',
      'listener.name.clients.sasl.enabled.mechanisms': 'SCRAM-SHA-512',
      'listener.name.clients.scram-sha-512.sasl.jaas.config': 'org.apache.kafka.common.security.scram.ScramLoginModule required;',
      'listener.name.clients.ssl.keystore.type': 'PKCS12',
      'listener.name.clients.ssl.keystore.location': join(folder, 'server.p12'),
      'listener.name.clients.ssl.keystore.password': PASSWORD,
      'listener.name.clients.ssl.key.password': PASSWORD,
      'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
      'allow.everyone.if.no.acl.found': 'false',
      'super.users': 'User:admin;User:ANONYMOUS',
    }),
  })
  await grant()
}, 60_000)
afterEach(async () => { for (const end of ends.splice(0).reverse()) await end() })
afterAll(async () => {
  await broker?.stop()
  rmSync(folder, { recursive: true, force: true })
})

const relay = async (): Promise<KafkaPublisher> => {
  const settings = settingsOf('chorus-relay')
  await ensureTopics(settings)
  const publisher = await KafkaPublisher.open({ settings, transactionalId: 'chorus-relay' })
  ends.push(() => publisher.close())
  return publisher
}
const listen = async (service: Service, topic: string, group: string) => {
  const bus = new KafkaBus({ settings: settingsOf(principalOf(service)) })
  ends.push(() => bus.close())
  const seen: BusMessage[] = []
  const errors: unknown[] = []
  const subscription = await bus.subscribe({ group, topics: [topic], onMessages: async ({ messages }) => { seen.push(...messages) }, onError: (error) => errors.push(error) })
  return { seen, errors, subscription }
}
const message = (topic: string, value: string): BusMessage => ({ topic, key: 'a', headers: {}, value })

describe('the doors of a broker with TLS, SASL and ACLs', () => {
  it('the relay makes the topics and publishes, a reader reads', async () => {
    const publisher = await relay()
    await publisher.publish([message('safety.reviews.v1', 'for deterrence')])
    const { seen, subscription } = await listen('deterrence', 'safety.reviews.v1', 'deterrence.on-hold-raised')
    await until(() => seen.length > 0)
    expect(seen.map(({ value }) => value)).toEqual(['for deterrence'])
    expect(subscription.health().ok).toBe(true)
  })

  it('a service that may not read a topic is refused, sees nothing, and says so', async () => {
    const publisher = await relay()
    await publisher.publish([message('safety.reviews.v1', 'not for services')])
    const { seen, errors, subscription } = await listen('services', 'safety.reviews.v1', 'services.on-hold-raised')
    await until(() => errors.length > 0)
    expect(subscription.health()).toMatchObject({ ok: false, text: expect.stringMatching(/not authorized/i) })
    expect(seen).toEqual([])
  })

  it('each service sees the topics that name it as a reader, and no other', async () => {
    await relay()
    for (const service of SERVICES.filter((name) => name !== 'relay')) {
      const admin = adminOf(settingsOf(principalOf(service)))
      await admin.connect()
      expect([service, await admin.listTopics()].flat().sort()).toEqual([service, ...TOPICS.filter((topic) => topic.readers.includes(service)).map((topic) => topic.name)].sort())
      await admin.disconnect()
    }
  })

  it('a reader may not write, nor fence the relay', async () => {
    const publisher = await relay()
    const settings = settingsOf('chorus-deterrence')
    await expect(KafkaPublisher.open({ settings, transactionalId: 'chorus-relay' })).rejects.toThrow(/authorization failed/i)
    const producer = kafkaClient(settings, { retry: { retries: 1 } }).producer({ idempotent: false })
    await producer.connect()
    await expect(producer.send({ topic: 'safety.reviews.v1', messages: [{ value: 'forged' }] })).rejects.toThrow(/not authorized/i)
    await producer.disconnect()
    await publisher.publish([message('safety.reviews.v1', 'still the owner')])
  })

  it('a service may not sit in another one\'s group', async () => {
    await relay()
    const { errors, subscription } = await listen('services', 'program.cases.v1', 'deterrence.on-level-assigned')
    await until(() => errors.length > 0)
    expect(subscription.health()).toMatchObject({ ok: false, text: expect.stringMatching(/no right on the group: infra\/kafka\/acls.sh/) })
  })

  it('each sees whose the topics are, and of another log neither relay nor reader goes on', async () => {
    const [one, other] = ['00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-000000000002']
    const prefix = { KAFKA_PREFIX: 'whose.' }
    await grant(prefix.KAFKA_PREFIX)
    const settings = settingsOf('chorus-relay', prefix)
    await ensureTopics(settings)
    const claim = (log: string): Promise<void> => claimTopics(settings, log, { topics: TOPICS.map(({ name }) => name), hasPublished: () => Promise.resolve(false) })
    await claim(one)
    await claim(one)
    await expect(claim(other)).rejects.toThrow(`with log ${one}`)
    const bus = new KafkaBus({ settings: settingsOf('chorus-finance', prefix), log: other })
    ends.push(() => bus.close())
    const subscription = await bus.subscribe({ group: 'finance.on-authority-allotted', topics: ['finance.ledger.v1'], onMessages: () => Promise.resolve() })
    await until(() => subscription.health().text.includes(`with log ${one}`))
    expect(subscription.health().ok).toBe(false)
  })

  it('a relay with the rights of a build without marks says what to do, and goes on once that is done', async () => {
    const prefix = { KAFKA_PREFIX: 'earlier.' }
    await grant(prefix.KAFKA_PREFIX, ({ name }) => name !== MARK)
    const log = '00000000-0000-4000-8000-000000000001'
    const open = kafkaPublishers(settingsOf('chorus-relay', prefix), { log, hasPublished: () => Promise.resolve(false) })
    const opened = open({ signal: new AbortController().signal, stillOwner: () => Promise.resolve() })
    await expect(opened).rejects.toThrow(TopicRight)
    await expect(opened).rejects.toThrow(`no right to make topic earlier.${MARK}${log}: run infra/kafka/acls.sh again`)
    await grant(prefix.KAFKA_PREFIX)
    const publisher = await open({ signal: new AbortController().signal, stillOwner: () => Promise.resolve() })
    ends.push(() => publisher.close())
  })

  it('a wrong password, a certificate that nobody vouches for, and plain text stay outside', async () => {
    const outside = async (settings: KafkaSettings): Promise<unknown> => {
      const admin = kafkaClient(settings, { retry: { retries: 0 } }).admin()
      try {
        await admin.connect()
        await admin.listTopics()
        return undefined
      } catch (error) {
        return (error as Error).message
      } finally {
        await admin.disconnect()
      }
    }
    expect(readFileSync(join(folder, 'ca.pem'), 'utf8')).toContain('BEGIN CERTIFICATE')
    expect(await outside(settingsOf('chorus-relay', { KAFKA_SASL_PASSWORD: 'wrong' }))).toMatch(/authentication|credentials/i)
    expect(await outside(settingsOf('chorus-relay', { KAFKA_TLS_CA: 'system' }))).toMatch(/self.signed|certificate/i)
    expect(await outside({ brokers: [broker.brokers], clientId: 'plain', prefix: '' })).toMatch(/connection|closed|timed out/i)
  })
})
