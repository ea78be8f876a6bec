// Once per run of the Kafka suites: the PostgreSQL, and one real broker. No broker fails the run, with the reason and what
// to do; nothing is skipped. KAFKA_BROKERS names it to the specs.
const { mkdtemp, rm } = require('node:fs/promises')
const { tmpdir } = require('node:os')
const { join } = require('node:path')
const { KafkaRefused, useBroker } = require('../../infra/kafka/broker')
const startPostgres = require('./global-postgres')

module.exports = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'chorus-kafka-'))
  const clear = () => rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
  try {
    const broker = await useBroker({ folder, say: (line) => process.stderr.write(`${line}\n`) })
    process.env.KAFKA_BROKERS = broker.brokers
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
