/** Connects a producer and a consumer, waits until both are idle, and prints the CPU time of four seconds, in microseconds. */
import { Kafka, logLevel } from 'kafkajs'
import { kafkaClient } from '../kafka-client'
import { readKafkaSettings } from '../kafka-settings'

const wait = (ms: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, ms) })

async function main(): Promise<void> {
  const settings = readKafkaSettings(process.env, 'idle')!
  const kafka = process.env.IDLE_TAMED === 'yes' ? kafkaClient(settings) : new Kafka({ brokers: [...settings.brokers], clientId: 'idle', logLevel: logLevel.NOTHING })
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 })
  const consumer = kafka.consumer({ groupId: `${settings.prefix}${process.env.IDLE_GROUP}` })
  const topic = process.env.IDLE_TOPIC!
  await producer.connect()
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  let seen: () => void = () => undefined
  const first = new Promise<void>((resolve) => { seen = resolve })
  await consumer.run({ eachMessage: async () => seen() })
  await producer.send({ topic, messages: [{ key: 'a', value: 'b' }], acks: -1 })
  await first
  await wait(500)
  const before = process.cpuUsage()
  await wait(4000)
  const { user, system } = process.cpuUsage(before)
  process.stdout.write(`${user + system}\n`)
  await consumer.disconnect()
  await producer.disconnect()
}

main().catch((error: unknown) => {
  process.stderr.write(String(error))
  process.exit(1)
})
