/**
 * The work of one consumer on events that have come, by the bus or from the log: duplicates are passed over, a hole or a
 * failure stops its stream alone, and the positions move in one statement after the reactions.
 */
import { refusalOnTopic, topicNamed, topicOf, type BusEvent, type Topic } from '@chorus/contracts'
import { asRecorded, categoryOf, type EventStore, type StoredEvent } from '@chorus/event-store'
import type { Sql } from 'postgres'
import { isOutage, verdictOn, type BackOff } from './failures'
import { UnreadableMessage, fromMessage, placeOf, toMessage, type MessagePlace } from './message'
import { park, waitBehind, type ToPark } from './parked'
import type { BusMessage } from './port'
import { keyOf, readPlaces, savePositions, type TopicStream } from './positions'
import type { Resolutions } from './resolutions'
import type { Strangers } from './strangers'

export interface ConsumerLogger { warn(details: object, message: string): void }

/** What the parts of a consumer share. */
export interface Worker {
  readonly name: string
  readonly types: ReadonlySet<string>
  readonly store: Pick<EventStore, 'log' | 'head' | 'readAll' | 'readStream'>
  readonly database: Sql
  readonly clock: { now(): string }
  readonly logger: ConsumerLogger | undefined
  readonly resolutions: Resolutions
  readonly react: (event: BusEvent) => Promise<void>
  /** how many keys are worked at once */
  readonly lanes: number
  readonly backOff: Readonly<Record<'deferred' | 'retriable', BackOff>>
  readonly counts: WorkCounts
  readonly strangers: Strangers
  /** events whose reaction runs at the moment, and since when (performance.now()) */
  readonly inHand: Map<BusEvent, number>
  /** the retries have something to do sooner than they think */
  readonly wake: () => void
}

export interface WorkCounts {
  /** events whose reaction went well */
  worked: number
  duplicates: number
}

/** Runs the reaction to one event. */
export async function reactTo(worker: Worker, event: BusEvent): Promise<void> {
  worker.inHand.set(event, performance.now())
  try {
    await worker.react(event)
    worker.counts.worked++
  } finally {
    worker.inHand.delete(event)
  }
}

interface Item extends TopicStream { readonly message: BusMessage; readonly place: MessagePlace }

/** The message of a stored event, as the bus would bring it; null: it may not be on its topic, so the bus never brings it. */
export function messageOf(stored: StoredEvent, topic: Topic): BusMessage | null {
  const event = asRecorded(stored)
  return refusalOnTopic(topic, event) ? null : toMessage(event, topic)
}

/** The topic of a stream's category. @throws where none carries it */
export function carrierOf(stream: string): Topic {
  const topic = topicOf(categoryOf(stream))
  if (!topic) throw new Error(`no topic carries ${categoryOf(stream)}`)
  return topic
}
export const categoriesOf = (topics: readonly string[]): string[] => topics.flatMap((name) => topicNamed(name).categories)

/**
 * Works the messages: streams of one key in the order in which they came, keys side by side. Returns when all of them are
 * worked, known, or parked. Throws when the log or the database is away, or `signal` ends the work: what was done until
 * then is kept, the rest is to be brought again.
 */
export async function work(worker: Worker, messages: readonly BusMessage[], signal: AbortSignal): Promise<void> {
  let open = byStream(worker, messages)
  while (open.size > 0) {
    const places = await readPlaces(worker.database, worker.name, [...open.values()].map(([first]) => first!))
    const waits = [...open].filter(([key]) => places.get(key)!.parked)
    const ready = [...open].filter(([key]) => !places.get(key)!.parked)
    open = new Map()
    if (waits.length > 0) {
      const seen = waits.map(([, items]) => ({ topic: items[0]!.topic, stream: items[0]!.stream, revisions: items.map((item) => item.place.revision) }))
      const { waiting, filled } = await waitBehind(worker.database, worker.name, seen)
      if (filled) worker.wake()
      const still = new Set(waiting.map(keyOf))
      // retried meanwhile: the stream goes on by itself again, so these are ours
      open = new Map(waits.filter(([key]) => !still.has(key)))
    }
    const passed = await workReady(worker, ready.map(([key, items]) => ({ items, from: places.get(key)!.revision })), signal)
    for (const stream of passed) open.set(keyOf(stream), ready.find(([key]) => key === keyOf(stream))![1])
  }
}

function byStream(worker: Worker, messages: readonly BusMessage[]): Map<string, Item[]> {
  const streams = new Map<string, Item[]>()
  for (const message of messages) {
    let place: MessagePlace
    let other: string | undefined
    try {
      place = placeOf(message)
      if (place.log !== worker.store.log) {
        other = place.log
        throw new UnreadableMessage(`a message on ${message.topic} is of log ${place.log}, but this is log ${worker.store.log}`)
      }
    } catch (error) {
      if (!(error instanceof UnreadableMessage)) throw error
      // health counts them: the log need not say each
      if (worker.strangers.met(other)) worker.logger?.warn({ consumer: worker.name, topic: message.topic, note: error.message }, 'a message was passed over')
      continue
    }
    const item: Item = { topic: message.topic, stream: place.stream, message, place }
    const key = keyOf(item)
    const items = streams.get(key)
    if (items) items.push(item)
    else streams.set(key, [item])
  }
  for (const items of streams.values()) items.sort((a, b) => a.place.revision - b.place.revision)
  return streams
}

interface Ready { readonly items: readonly Item[]; /** last revision that is done */ readonly from: number }

/** Answers the streams that another process led past what stopped them here: they are to be looked at again. */
async function workReady(worker: Worker, streams: readonly Ready[], signal: AbortSignal): Promise<readonly TopicStream[]> {
  const moved = new Map<string, TopicStream & { revision: number }>()
  const parks: ToPark[] = []
  const keys = new Map<string, Ready[]>()
  for (const stream of streams) {
    const key = stream.items[0]!.message.key
    const same = keys.get(key)
    if (same) same.push(stream)
    else keys.set(key, [stream])
  }
  let ended: { readonly error: unknown } | undefined
  const workKey = async (ofKey: readonly Ready[]): Promise<void> => {
    const stopped = new Set<string>()
    const at = new Map(ofKey.map(({ items, from }) => [keyOf(items[0]!), from]))
    const last = new Map(ofKey.map(({ items }) => [keyOf(items[0]!), items.at(-1)!.place.revision]))
    for (const item of inArrival(ofKey)) {
      if (ended) return
      const key = keyOf(item)
      if (stopped.has(key)) continue
      const { topic, stream, message, place } = item
      const from = at.get(key)!
      if (place.revision <= from) { worker.counts.duplicates++; continue }
      if (place.revision > from + 1) {
        stopped.add(key)
        parks.push(holeAt(item, from + 1, last.get(key)!))
        continue
      }
      try {
        signal.throwIfAborted()
        if (worker.types.has(place.type) && !worker.resolutions.has(topic, stream, place.revision)) {
          await reactTo(worker, fromMessage(message))
        }
        at.set(key, place.revision)
        moved.set(key, { topic, stream, revision: place.revision })
      } catch (error) {
        if (signal.aborted || isOutage(error)) { ended ??= { error }; return }
        const verdict = verdictOn(error, 1, worker.backOff)
        if (verdict.kind !== 'deferred') worker.logger?.warn({ consumer: worker.name, stream, revision: place.revision, type: place.type, kind: verdict.kind, cause: verdict.cause, err: error }, 'an event could not be worked; its stream waits')
        stopped.add(key)
        parks.push({ topic, stream, revision: place.revision, eventId: place.id, type: place.type, ...verdict, behind: last.get(key)! })
      }
    }
  }
  const queue = [...keys.values()]
  const lane = async (): Promise<void> => { for (let next = queue.shift(); next && !ended; next = queue.shift()) await workKey(next) }
  await Promise.all(Array.from({ length: Math.min(worker.lanes, queue.length) }, lane))
  let passed: readonly TopicStream[] = []
  if (parks.length > 0) {
    await worker.database.begin(async (tx) => {
      await savePositions(tx, worker.name, [...moved.values()])
      passed = await park(tx, worker.name, worker.clock.now(), parks.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1)))
    })
    worker.wake()
  } else {
    await savePositions(worker.database, worker.name, [...moved.values()])
  }
  if (ended) throw ended.error
  return passed
}

/** The items of several streams in the order of the log, each stream's by revision. */
const inArrival = (streams: readonly Ready[]): readonly Item[] =>
  streams.length === 1 ? streams[0]!.items : streams.flatMap(({ items }) => items).sort((a, b) => a.place.ordinal - b.place.ordinal)

function holeAt({ topic, stream, place }: Item, missing: number, behind: number): ToPark {
  return {
    topic, stream, revision: missing, eventId: null, type: null, kind: 'hole', cause: 'hole', retryInMs: null, behind,
    detail: `Revision ${place.revision} of ${stream} came, revision ${missing} did not: it was lost on ${topic}, or may not be on it. Retry reads the stream from the log; see the relay's refusals if it comes back.`,
  }
}
