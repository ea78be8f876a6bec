/**
 * What lies on the broker, byte for byte, held against what may lie there. Shares no code with the relay that put it there: which
 * attributes a topic may have is written out here, what a field may be is read from the contracts.
 */
import { randomUUID } from 'node:crypto'
import { eventRegistry, fieldsOf, topicOf, TOPICS, type ContractClass } from '@chorus/contracts'
import { readKafkaSettings } from '@chorus/event-bus'
import { kafkaClient } from '../../libs/event-bus/src/kafka/kafka-client'
import type { EventStore } from '@chorus/event-store'

const PLACE = ['content-type', 'ce_specversion', 'ce_id', 'ce_type', 'ce_schemaversion', 'ce_source', 'ce_time', 'ce_localtime', 'ce_timeprecision', 'ce_timezone', 'ce_receivedtime', 'ce_recordedtime', 'ce_log', 'ce_stream', 'ce_revision', 'ce_ordinal', 'ce_partitionkey', 'ce_commandid', 'ce_correlationid', 'ce_causationid', 'ce_classification', 'ce_actorrole', 'ce_actoragency', 'ce_policyversion', 'ce_legalbasis', 'ce_corrects', 'ce_breaches']
/** An open record leads to no person; where decisions looked into the safety context is not on the notifications. */
const ATTRIBUTES: Readonly<Record<string, readonly string[]>> = {
  'justice.incidents.v1': [...PLACE, 'ce_subjects', 'ce_basis'], 'justice.circumstances.v1': [...PLACE, 'ce_subjects', 'ce_basis'], 'program.cases.v1': [...PLACE, 'ce_subjects', 'ce_basis'],
  'program.notifications.v1': [...PLACE, 'ce_subjects'], 'safety.reviews.v1': [...PLACE, 'ce_subjects', 'ce_basis'], 'pch.services.v1': [...PLACE, 'ce_subjects', 'ce_basis'], 'governance.records.v1': PLACE, 'finance.ledger.v1': PLACE,
}
/** Where a partner may be meant at all, and by a token alone: what agencies reported, and what the safety context says to itself. */
const MAY_MEAN_HER = ['justice.incidents.v1', 'safety.reviews.v1']
/** Where anything sealed travels at all. */
const MAY_BE_SEALED = ['justice.incidents.v1']

interface OnBroker { readonly topic: string; readonly id: string; readonly headers: Readonly<Record<string, string>>; readonly value: Readonly<Record<string, unknown>>; /** key, headers and value as they came */ readonly bytes: string }

/** Every committed message of all topics, as soon as all of `ids` are among them. */
async function everyMessage(prefix: string, ids: ReadonlySet<string>): Promise<OnBroker[]> {
  const settings = readKafkaSettings({ ...process.env, KAFKA_PREFIX: prefix }, 'chorus-test')!
  const consumer = kafkaClient(settings).consumer({ groupId: `${prefix}reader-${randomUUID()}`, maxWaitTimeInMs: 100 })
  const seen: OnBroker[] = []
  const missing = new Set(ids)
  await consumer.connect()
  await consumer.subscribe({ topics: TOPICS.map(({ name }) => prefix + name), fromBeginning: true })
  await new Promise<void>((resolve, reject) => {
    consumer.on(consumer.events.CRASH, ({ payload }) => { if (!payload.restart) reject(payload.error) })
    consumer.run({ eachMessage: ({ topic, message: { key, headers = {}, value } }) => {
      const told = Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, String(text)]))
      seen.push({ topic: topic.slice(prefix.length), id: told.ce_id ?? '', headers: told, value: JSON.parse(value?.toString() ?? '{}') as OnBroker['value'], bytes: [key?.toString('latin1'), ...Object.entries(headers).flatMap(([name, text]) => [name, Buffer.from(text as Buffer).toString('latin1')]), value?.toString('latin1')].join('\n') })
      missing.delete(told.ce_id ?? '')
      if (missing.size === 0) resolve()
      return Promise.resolve()
    } }).catch(reject)
  })
  await consumer.disconnect()
  return seen
}

const isMarked = (value: unknown): boolean => typeof value === 'object' && value !== null && ('$sealed' in value || '$erased' in value)

/** What of a value its contract does not have, or has sealed and finds in plain; JSON pointers. */
const beyondContract = (cls: ContractClass, value: Readonly<Record<string, unknown>>, at = ''): string[] => {
  const specs = new Map(fieldsOf(cls).map((spec) => [spec.name, spec]))
  return Object.entries(value).flatMap(([name, each]) => {
    const spec = specs.get(name)
    if (!spec) return [`${at}/${name} is in no contract`]
    const nested = spec.nested?.()
    if (nested) return (Array.isArray(each) ? each : [each]).flatMap((one: unknown, i) => beyondContract(nested, one as Record<string, unknown>, `${at}/${name}/${i}`))
    return spec.sealed && !isMarked(each) ? [`${at}/${name} is not sealed`] : []
  })
}
const namesIn = (value: unknown): string[] => Array.isArray(value) ? value.flatMap(namesIn) : typeof value === 'object' && value !== null ? Object.entries(value).flatMap(([name, each]) => [name, ...namesIn(each)]) : []

/** A text as it may stand in bytes: as it is, in JSON, in an address, in base64 or hex. */
const formsOf = (text: string): string[] => [text, Buffer.from(text).toString('latin1'), JSON.stringify(text).slice(1, -1), encodeURIComponent(text), Buffer.from(text).toString('base64').replace(/=+$/, ''), Buffer.from(text).toString('hex')]

/**
 * Reads all topics to where the log ends. Answers each message that should not be as it is, without its values, and how many there were.
 * @param plain what may stand in no message @param hers what stands for the survivor: on no topic that the program shares
 */
export async function wrongOnTheBroker(prefix: string, store: EventStore, { plain, hers }: { readonly plain: readonly string[]; readonly hers: readonly string[] }): Promise<{ readonly wrong: string[]; readonly read: Readonly<Record<string, number>> }> {
  const topicsById = async (): Promise<Map<string, string>> => {
    const found = new Map<string, string>()
    for await (const { id, stream } of store.readAll()) { const topic = topicOf(stream.slice(0, stream.indexOf('-'))); if (topic) found.set(id, topic.name) }
    return found
  }
  const messages = await everyMessage(prefix, new Set((await topicsById()).keys()))
  // What was recorded meanwhile may be among them.
  const recorded = await topicsById()
  const wrong: string[] = []
  const read: Record<string, number> = {}
  for (const { topic, id, headers, value, bytes } of messages) {
    const fault = (text: string): void => { wrong.push(`${topic}: ${headers.ce_type} ${id}: ${text}`) }
    read[topic] = (read[topic] ?? 0) + 1
    if (recorded.get(id) !== topic) fault('is not of this topic')
    for (const name of Object.keys(headers)) if (!ATTRIBUTES[topic]!.includes(name)) fault(`has the attribute ${name}`)
    for (const text of beyondContract(eventRegistry.get(headers.ce_type ?? '', Number(headers.ce_schemaversion)).cls, value)) fault(text)
    if (plain.some((text) => formsOf(text).some((form) => bytes.includes(form)))) fault('holds what is sealed')
    if (!MAY_BE_SEALED.includes(topic) && bytes.includes('$sealed')) fault('holds something sealed')
    if (MAY_MEAN_HER.includes(topic)) continue
    if (hers.some((token) => bytes.includes(token))) fault('means the survivor')
    for (const name of namesIn(value)) if (/victim|survivor|partner/i.test(name)) fault(`has the field ${name}`)
  }
  return { wrong, read }
}
