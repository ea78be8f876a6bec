/**
 * What brings parked streams back: by their next try, or because somebody asked (the table is asked, a notification only
 * makes it sooner). A stream is read on from the log, in order, until all that was seen of it is worked.
 */
import { refusalOnTopic, topicNamed } from '@chorus/contracts'
import { asRecorded } from '@chorus/event-store'
import { isOutage, verdictOn } from './failures'
import { fromMessage, toMessage } from './message'
import { CHANNEL, CLAIM_MS, claimDue, countParked, parkAgain, renewClaims, unclaim, unpark, wakePassed, type ParkedCounts, type ParkedWork } from './parked'
import { keyOf, readPlaces, savePositions } from './positions'
import { reactTo, type Worker } from './work'

/** Positions of a stream that is read on are saved every so many events. */
const SAVE_EVERY = 100
/** After the log or the database was away, or the log has not yet what the bus brought, ms. */
const SOON = 250

export const NONE_PARKED: ParkedCounts = { deferred: 0, retriable: 0, permanent: 0, hole: 0, due: false, nextInMs: null, gone: false }

export class Retries {
  private counted: ParkedCounts = NONE_PARKED
  private stopping = new AbortController()
  private running: Promise<void> | undefined
  private unlisten: (() => Promise<void>) | undefined
  private wakeUp: (() => void) | undefined
  private woken = false
  private failed = 0
  private readonly claims = new Set<string>()

  /** @param pollMs the table is asked at least so often @param onGone the consumer's row is not there any more */
  constructor(private readonly worker: () => Worker, private readonly pollMs: number, private readonly onGone: () => void) {}

  /** How many streams wait, as of the last look. */
  get counts(): ParkedCounts { return this.counted }
  /** failures in a row to look at the table */
  get failures(): number { return this.failed }

  async start(): Promise<void> {
    this.stopping = new AbortController()
    const { database, name } = this.worker()
    this.counted = await countParked(database, name)
    this.running = this.run()
    void database.listen(CHANNEL, (consumer) => { if (consumer === name) this.wake() }).then(({ unlisten }) => {
      if (this.stopping.signal.aborted) void unlisten().catch(() => undefined)
      else this.unlisten = unlisten
    }, () => undefined)
  }

  /** Gives back what it holds after the event in hand. */
  async stop(): Promise<void> {
    this.stopping.abort()
    this.wakeUp?.()
    await this.running
    await this.unlisten?.().catch(() => undefined)
    this.unlisten = undefined
  }

  wake(): void { this.woken = true; this.wakeUp?.() }

  private async run(): Promise<void> {
    const { signal } = this.stopping
    const renewal = setInterval(() => { void renewClaims(this.worker().database, [...this.claims]).catch(() => undefined) }, CLAIM_MS / 3)
    while (!signal.aborted) {
      this.woken = false
      try {
        await this.look()
        this.failed = 0
      } catch (error) {
        if (this.failed++ === 0) this.worker().logger?.warn({ consumer: this.worker().name, err: error }, 'what waits could not be looked at; trying again')
      }
      await this.pause()
    }
    clearInterval(renewal)
  }

  private async look(): Promise<void> {
    const { database, name, lanes, resolutions } = this.worker()
    for (;;) {
      if (this.counted.hole + this.counted.permanent > 0) await wakePassed(database, name)
      this.counted = await countParked(database, name)
      if (this.counted.gone) this.onGone()
      if (!this.counted.due || this.stopping.signal.aborted) return
      await resolutions.refresh()
      const claimed = await claimDue(database, name, lanes)
      if (claimed.length === 0) return
      for (const { id } of claimed) this.claims.add(id)
      try {
        await Promise.all(claimed.map((work) => this.readOn(work).catch((error: unknown) => this.giveBack(work, error))))
      } finally {
        for (const { id } of claimed) this.claims.delete(id)
      }
    }
  }

  /** Works the stream from where the consumer stands in it. */
  private async readOn(work: ParkedWork): Promise<void> {
    const { name, database, store, types, resolutions, logger, backOff, clock } = this.worker()
    const { signal } = this.stopping
    const topic = topicNamed(work.topic)
    const start = (await readPlaces(database, name, [work])).get(keyOf(work))!.revision
    let done = start
    let saved = start
    const save = async (): Promise<void> => {
      if (done > saved) await savePositions(database, name, [{ topic: work.topic, stream: work.stream, revision: done }])
      saved = done
    }
    for (;;) {
      const before = done
      for await (const stored of store.readStream(work.stream, { from: done + 1 })) {
        if (signal.aborted) { await save(); return unclaim(database, work.id, 0) }
        const { revision, id, type } = stored
        try {
          if (!resolutions.has(work.topic, work.stream, revision)) {
            const event = asRecorded(stored)
            const refusal = refusalOnTopic(topic, event)
            if (refusal) {
              await save()
              const detail = `${type} at revision ${revision} of ${work.stream} may not be on ${work.topic} (${refusal.text}): no message of it will come. Resolve it to let the stream go on without it.`
              return await parkAgain(database, work, { revision, eventId: null, type: null }, { kind: 'hole', cause: 'hole', detail, retryInMs: null }, revision === work.revision ? work.attempts + 1 : 1, clock.now())
            }
            if (types.has(type)) await reactTo(this.worker(), fromMessage(toMessage(event, topic)))
          }
          done = revision
          if (done - saved >= SAVE_EVERY) await save()
        } catch (error) {
          await save()
          if (isOutage(error)) throw error
          const attempts = revision === work.revision ? work.attempts + 1 : 1
          const verdict = verdictOn(error, attempts, backOff)
          if (verdict.kind !== 'deferred') logger?.warn({ consumer: name, stream: work.stream, revision, type, kind: verdict.kind, cause: verdict.cause, attempts, err: error }, 'an event could not be worked again; its stream waits')
          return await parkAgain(database, work, { revision, eventId: id, type }, verdict, attempts, clock.now())
        }
      }
      await save()
      if (await unpark(database, work, done)) return
      // more was seen on the bus than the log shows here yet: it comes
      if (done === before) return unclaim(database, work.id, SOON)
    }
  }

  private async giveBack(work: ParkedWork, error: unknown): Promise<void> {
    const { database, logger, name } = this.worker()
    logger?.warn({ consumer: name, stream: work.stream, err: error }, 'a stream that waits could not be read on; trying again')
    await unclaim(database, work.id, SOON)
  }

  private pause(): Promise<void> {
    const ms = Math.min(this.pollMs, this.failed > 0 ? this.pollMs : this.counted.nextInMs ?? this.pollMs)
    return new Promise((resolve) => {
      const done = (): void => { clearTimeout(timer); this.wakeUp = undefined; resolve() }
      const timer = setTimeout(done, ms)
      this.wakeUp = done
      if (this.woken || this.stopping.signal.aborted) done()
    })
  }
}
