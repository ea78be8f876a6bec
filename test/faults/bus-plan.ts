/** What befalls one run of the bus fault suite, from its seed, and what its processes are told. Pure. */
import { derivedId } from '@chorus/decider'
import type { KafkaSettings } from '@chorus/event-bus'
import { randomFrom } from '../bench/envelopes'

/** Where the relay dies by its own hand: nothing that follows this point is done. */
export const RELAY_POINTS = ['after-append', 'before-publish', 'after-publish', 'after-checkpoint'] as const
/** Where a consumer dies. `joining`: while its group is being shared out anew. */
export const CONSUMER_POINTS = ['before-effect', 'after-effect', 'after-positions', 'joining'] as const
export type RelayPoint = (typeof RELAY_POINTS)[number]
export type ConsumerPoint = (typeof CONSUMER_POINTS)[number]

export type Fault =
  | { readonly kind: 'relay-dies'; readonly point: RelayPoint; /** at the n-th time that it comes there */ readonly at: number }
  | { readonly kind: 'consumer-dies'; readonly point: ConsumerPoint; readonly at: number }
  | { readonly kind: 'relay-paused' }
  | { readonly kind: 'second-relay' }
  | { readonly kind: 'consumer-joins' }
  | { readonly kind: 'consumer-leaves' }
  | { readonly kind: 'broker-killed' }
  | { readonly kind: 'store-crashed' }
  | { readonly kind: 'transactions-doubled' }
  | { readonly kind: 'messages-early' }

export interface Plan {
  readonly seed: number
  readonly cases: number
  readonly events: number
  /** how publishing misbehaves all the time */
  readonly always: readonly Fault[]
  /** one after the other, spread over the writing */
  readonly faults: readonly Fault[]
}

/** How often a consumer comes to a point in every run, at least. */
const COMES: Readonly<Record<ConsumerPoint, number>> = { 'before-effect': 10, 'after-effect': 10, 'after-positions': 2, joining: 1 }

/** @param events recorded in the run */
export function planOf(seed: number, events: number): Plan {
  const random = randomFrom(seed * 7919 + 1)
  const upTo = (n: number): number => random() % n
  // the points go round with the seed, so that twenty runs visit each of them more than once
  const relay: Fault = { kind: 'relay-dies', point: RELAY_POINTS[seed % RELAY_POINTS.length]!, at: 1 + upTo(2) }
  const point = CONSUMER_POINTS[Math.floor(seed / 2) % CONSUMER_POINTS.length]!
  const consumer: Fault = { kind: 'consumer-dies', point, at: 1 + upTo(COMES[point]) }
  const grave: Fault = seed % 2 === 0 ? { kind: 'broker-killed' } : { kind: 'store-crashed' }
  const rest: Fault[] = [{ kind: 'relay-paused' }, { kind: 'second-relay' }, { kind: 'consumer-joins' }, { kind: 'consumer-leaves' }]
  const faults = mixed([relay, consumer, grave, rest[upTo(rest.length)]!], upTo)
  const always: Fault[] = [...seed % 3 === 0 ? [{ kind: 'transactions-doubled' } as const] : [], ...seed % 3 === 1 ? [{ kind: 'messages-early' } as const] : []]
  return { seed, cases: 5 + upTo(20), events, always, faults }
}

const mixed = <T>(items: readonly T[], upTo: (n: number) => number): T[] => {
  const out = [...items]
  for (let i = out.length - 1; i > 0; i--) { const j = upTo(i + 1); [out[i], out[j]] = [out[j]!, out[i]!] }
  return out
}

export const inWords = (fault: Fault): string => ('point' in fault ? `${fault.kind} ${fault.point}${'at' in fault ? ` (time ${fault.at})` : ''}` : fault.kind)

export interface BusProcessJob {
  readonly role: 'relay' | 'consumer'
  readonly name: string
  readonly url: string
  readonly kafka: KafkaSettings
  readonly group: string
  readonly seed: number
  readonly dies?: { readonly point: RelayPoint | ConsumerPoint; readonly at: number }
  readonly doubles?: boolean
  readonly early?: boolean
  /** swallows every twentieth event after this ordinal: for the suite's own test that it finds what is lost */
  readonly losesAfter?: number
}

/** On it lie the events that the suite records. */
export const TOPIC = 'program.cases.v1'
/** The stream in which the effects of a case's events are recorded. */
export const effectsOf = (stream: string): string => `effect-${stream.slice(stream.indexOf('-') + 1)}`
export const effectId = (eventId: string): string => derivedId('effect', eventId)
