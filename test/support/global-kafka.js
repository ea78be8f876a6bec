// Once per run of the Kafka suites: the PostgreSQL, and one real broker. No broker fails the run, with the reason and what
// to do; nothing is skipped. KAFKA_BROKERS names it to the specs.
const { mkdtemp, rm } = require('node:fs/promises')
const { tmpdir } = require('node:os')
const { join } = require('node:path')
const { KafkaRefused, useBroker } = require('../../infra/kafka/broker')
const startPostgres = require('./global-postgres')
// loaded here and not in the function: jest translates TypeScript only while this file is being loaded
const { kafkaClient } = require('../../libs/event-bus/src/kafka/kafka-client')
const { readKafkaSettings } = require('../../libs/event-bus/src/kafka/kafka-settings')

const SESSION_MS = 1000

/** The suites have consumers that die, and do not wait the usual six seconds for that: a broker of somebody else must allow it. */
const checkSessions = async () => {
  const admin = kafkaClient(readKafkaSettings(process.env, 'chorus-test')).admin()
  try {
    await admin.connect()
    const { brokers } = await admin.describeCluster()
    const { resources } = await admin.describeConfigs({ includeSynonyms: false, resources: brokers.map(({ nodeId }) => ({ type: 4, name: String(nodeId), configNames: ['group.min.session.timeout.ms'] })) })
    const least = Math.max(...resources.map((resource) => Number(resource.configEntries[0]?.configValue ?? 0)))
    if (least > SESSION_MS) throw new KafkaRefused(`The broker of KAFKA_BROKERS does not let sessions be shorter than ${least} ms; the suites use ${SESSION_MS}. Set group.min.session.timeout.ms=${SESSION_MS / 2} there, or unset KAFKA_BROKERS: then the set-up starts a broker.`)
  } catch (error) {
    throw error instanceof KafkaRefused ? error : new KafkaRefused(`The broker of KAFKA_BROKERS cannot be asked: ${error.message}. Start it, correct KAFKA_BROKERS and the other KAFKA_ settings, or unset them: then the set-up starts a broker.`)
  } finally {
    await admin.disconnect()
  }
}

module.exports = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'chorus-kafka-'))
  const clear = () => rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
  try {
    const broker = await useBroker({ folder, say: (line) => process.stderr.write(`${line}\n`) })
    process.env.KAFKA_BROKERS = broker.brokers
    if (!broker.own) await checkSessions()
    globalThis.stopTestKafka = async () => {
      await broker.stop()
      await clear()
    }
  } catch (error) {
    await clear()
    // the reason alone: where in set-up it was noticed helps nobody
    if (error instanceof KafkaRefused) error.stack = error.message
    throw error
  }
  await startPostgres()
}
