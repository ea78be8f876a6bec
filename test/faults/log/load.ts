/** Writers in the process that survives: each sends, waits for its answer, and writes down what it was told. */
import type { Append, AppendResult, NewEvent } from '@chorus/event-store'
import { generator, randomFrom } from '../../bench/envelopes'
import type { Service } from './service'

const WRITERS = 16
/** one in so many appends expects a revision that is wrong; or is sent twice at once */
const WRONG_EVERY = 11
const TWICE_EVERY = 6
const AGAIN_MS = 30

export interface Told { readonly ordinal: number; readonly stream: string; readonly revision: number }

export class Load {
  /** id -> the place that was acknowledged */
  readonly acknowledged = new Map<string, Told>()
  /** ids whose append was refused for good: a conflict */
  readonly refused: string[] = []
  /** streams whose keys were destroyed */
  readonly erased = new Set<string>()
  /** appends that were answered "not known, send the same again", or whose process was lost; all were sent again */
  again = 0
  private ones = 0
  readonly faults: string[] = []
  private stopping = false
  private abandoned = false
  private lanes: Promise<void> = Promise.resolve()

  private services: readonly Service[]

  /** @param padding makes each event as much longer */
  constructor(service: Service, private readonly seed: number, private readonly padding = '') { this.services = [service] }

  /** From now on appends go to these, each writer to one of them; what was lost with another is sent again. */
  moveTo(...services: readonly Service[]): void { this.services = services }
  start(): void { this.lanes = Promise.all(Array.from({ length: WRITERS }, (_, i) => this.write(i))).then(() => undefined, (error: Error) => { if (!this.abandoned) throw error }) }

  /** Resolves once so many more were acknowledged than now; false when that takes longer than `ms`. */
  async more(count: number, ms: number): Promise<boolean> {
    const wanted = this.acknowledged.size + count
    return holds(() => this.acknowledged.size >= wanted, ms)
  }
  /** One event in a stream of its own, beside the writers. Answers the stream. */
  async one(): Promise<string> {
    const make = generator(this.seed * 1000 + 900 + this.ones++)
    const stream = `incident-${make.uuid()}`
    await this.expectPlace(0, stream, -1, [make.body('bare', stream)])
    return stream
  }
  /** appends that were sent and have no answer */
  get onTheirWay(): number { return this.services.reduce((sum, { inFlight }) => sum + inFlight, 0) }
  /** Waits until at least ten appends are on their way, and says how many. */
  async inFlight(): Promise<number> {
    await holds(() => this.onTheirWay >= 10, 20_000)
    return this.onTheirWay
  }
  /** Nobody writes any more, whatever is on its way. */
  abandon(): void { this.stopping = this.abandoned = true }
  /** Lets every writer come to the end of its append; false when one has no answer within `ms`. */
  async stop(ms: number): Promise<boolean> {
    this.stopping = true
    let done = false
    void this.lanes.then(() => { done = true }, () => { done = true })
    return holds(() => done, ms)
  }

  private async write(index: number): Promise<void> {
    const random = randomFrom(this.seed * 1000 + index + 1)
    const make = generator(this.seed * 1000 + 500 + index)
    const stream = `incident-${make.uuid()}`
    const events = (): NewEvent[] => Array.from({ length: 1 + (random() % 3) }, () => {
      const event = make.body('bare', stream)
      return this.padding === '' ? event : { ...event, body: { ...event.body, padding: this.padding } }
    })
    for (let revision = -1; !this.stopping;) {
      if (random() % WRONG_EVERY === 0) await this.expectRefusal(index, stream, revision + 3, events())
      const run = events()
      await Promise.all(Array.from({ length: random() % TWICE_EVERY === 0 ? 2 : 1 }, () => this.expectPlace(index, stream, revision, run)))
      revision += run.length
    }
  }

  private async expectPlace(index: number, stream: string, expected: number, events: readonly NewEvent[]): Promise<void> {
    const result = await this.answered(index, { stream, expected, events })
    if (!result.ok) { this.faults.push(`${stream} at ${expected}: refused with ${result.error.code}, though nobody else writes there`); return }
    for (const [i, { id }] of events.entries()) {
      const told = { ordinal: result.first.ordinal + i, stream, revision: result.first.revision + i }
      const before = this.acknowledged.get(id)
      if (before && before.ordinal !== told.ordinal) this.faults.push(`${id} was acknowledged at ${before.ordinal} and at ${told.ordinal}`)
      this.acknowledged.set(id, told)
    }
  }

  private async expectRefusal(index: number, stream: string, expected: number, events: readonly NewEvent[]): Promise<void> {
    const result = await this.answered(index, { stream, expected, events })
    if (result.ok) this.faults.push(`${stream}: an append that expected revision ${expected} was accepted`)
    else this.refused.push(...events.map(({ id }) => id))
  }

  /** Sends the same until there is an answer. A refusal must say that it is one, and what to do. */
  private async answered(index: number, append: Append): Promise<AppendResult> {
    for (let tries = 1; ; tries++) {
      const answer = await this.services[index % this.services.length]!.append(append)
      if (answer !== 'lost' && 'result' in answer) return answer.result
      if (this.abandoned) throw new Error('abandoned')
      if (tries === 1) this.again += 1
      if (answer !== 'lost' && !passing(answer.refused)) this.faults.push(`${append.stream} was refused in words that do not help: ${answer.refused.name} ${answer.refused.code ?? ''} ${answer.refused.message}`)
      await new Promise((resolve) => { setTimeout(resolve, AGAIN_MS) })
    }
  }
}

/** "Send the same again": the store's own words, or the code of a key that could not be fetched (HTTP makes 503 of both). */
const PASSING = /^(ECONN|EPIPE|ETIMEDOUT|CONNECT_|CONNECTION_|57P0|53|08|25P0|40|55P03)/
const passing = ({ name, code }: { readonly name: string; readonly code?: string }): boolean => name === 'StoreUnavailable' || (code !== undefined && PASSING.test(code))

/** Waits until it holds; false when it does not within `ms`. */
export const holds = async (condition: () => boolean, ms: number): Promise<boolean> => {
  for (const deadline = performance.now() + ms; !condition();) {
    if (performance.now() > deadline) return false
    await new Promise((resolve) => { setTimeout(resolve, 5) })
  }
  return true
}
