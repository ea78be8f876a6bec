/**
 * Looks every two seconds whether a policy of levels has begun to hold, at once or on its day, against which the reported incidents
 * were not held yet. Idempotency: that it is through is an event of the policy's stream; the command's id is derived from the
 * activation and the incident. An end on the way is made good by the next look: what was appended stands, the rest follows.
 */
import { Inject, Injectable, Logger } from '@nestjs/common'
import type { PolicyActivatedV1, RecordedEvent } from '@chorus/contracts'
import { handle, handleEach, isRefusal, streamOf } from '@chorus/decider'
import type { EventStore, Recorder } from '@chorus/event-store'
import { CLOCK, Followers, RECORDER, STORE, type Check, type Clock, type Following } from '@chorus/platform'
import { LEVELS_POLICY, policy, policyVersionOf, readPolicy } from '@chorus/policy'
import { pause } from '@chorus/read-models'
import { withoutGone } from '@chorus/record-access'
import { eligibility } from '../eligibility/eligibility'
import { AssessEligibilityConsumer } from '../on-incident-reported/assess-eligibility.consumer'
import type { LevelPolicy } from '../policy/criteria'
import { Outcomes, screenAnew, throughWith, unscreened } from './screen-anew'

const EVERY_MS = 2000
/** How many incidents are assessed with one append. */
const PAGE = 100
/** How long to wait, in ms, until what came before the policy was screened by the one before it. */
const PATIENCE = 3000

@Injectable()
export class ScreenAnewConsumer implements Following {
  private readonly logger = new Logger('on-policy-activated')
  private timer: NodeJS.Timeout | undefined
  private looking: Promise<unknown> = Promise.resolve()
  private stopping = new AbortController()
  private failures = 0

  constructor(
    @Inject(STORE) private readonly store: EventStore, @Inject(RECORDER) private readonly log: Recorder, @Inject(CLOCK) private readonly clock: Clock,
    private readonly reports: AssessEligibilityConsumer, followers: Followers,
  ) { followers.add(this) }

  async start(): Promise<void> { this.stopping = new AbortController(); this.again() }
  async stop(): Promise<void> {
    this.stopping.abort()
    clearTimeout(this.timer)
    await this.looking
  }
  state(): { readonly name: string } { return { name: 'intake.on-policy-activated' } }
  health(): Check { return this.failures >= 3 ? { ok: false, text: `incidents could not be screened by the policy that holds, ${this.failures} times in a row` } : { ok: true, text: 'every incident is screened by the policy that holds, or is being' } }
  /** It looks at the clock, not along the log: nothing waits for it. */
  async reached(): Promise<boolean> { return true }

  private again(): void {
    this.timer = setTimeout(() => {
      this.looking = this.screenNow().then(() => { this.failures = 0 }, (error: unknown) => { this.failures++; this.logger.warn({ err: error, note: 'the incidents are screened by the policy that holds a little later' }) })
        .finally(() => { if (!this.stopping.signal.aborted) this.again() })
    }, EVERY_MS)
    this.timer.unref()
  }

  /** @returns how many incidents were assessed anew; null where nothing was to be done, or not yet */
  async screenNow(): Promise<number | null> {
    const now = this.clock.now()
    const activation = unscreened(await this.log.load(streamOf(policy, LEVELS_POLICY)), now)
    if (!activation) return null
    // What is screened from here on is screened by what holds: its policy is read after its event.
    if (!await this.reports.reached((await this.store.head()).ordinal, PATIENCE)) return null
    const assessed = await this.screenAll(activation, now)
    if (this.stopping.signal.aborted || assessed === null) return null
    const answer = await handle(this.log, policy, LEVELS_POLICY, throughWith(activation, now))
    if (isRefusal(answer)) throw new Error(`that the incidents were screened could not be recorded: ${answer.refused}`)
    this.logger.log({ note: 'the reported incidents were screened by the policy that holds', policy: policyVersionOf(activation.data), assessed })
    return assessed
  }

  private async screenAll(activation: RecordedEvent<PolicyActivatedV1>, now: string): Promise<number | null> {
    const { policy: held, hash } = readPolicy<LevelPolicy>(activation.data.text, 'the policy that holds', LEVELS_POLICY)
    const by = { policyVersion: policyVersionOf(held), policyHash: hash, eligibility: held.eligibility }
    const outcomes = new Outcomes(by)
    for await (const event of this.log.read({ filter: { categories: ['incident', 'eligibility'], types: ['IncidentReported', 'EventRetracted', 'EligibilityAssessed'] } })) outcomes.take(event)
    // Of what was destroyed nothing more is said.
    const left = await withoutGone(this.log, outcomes.otherwise(), (incidentId) => `incident-${incidentId}`)
    let assessed = 0
    for (let from = 0; from < left.length && !this.stopping.signal.aborted; from += PAGE) {
      const began = performance.now()
      // Another one holds by now: it screens them all, and this one would say again what is over.
      if (unscreened(await this.log.load(streamOf(policy, LEVELS_POLICY)), this.clock.now())?.id !== activation.id) return null
      const streams = left.slice(from, from + PAGE).map((incidentId) => `incident-${incidentId}`)
      const histories = await this.log.loadMany(streams)
      const items = streams.flatMap((stream) => screenAnew(histories.get(stream) ?? [], by, activation, now) ?? [])
      const answers = await handleEach(this.log, eligibility, items)
      const refusal = answers.find(isRefusal)
      if (refusal && refusal.kind !== 'forbidden') throw new Error(`an incident could not be screened: ${refusal.refused}`)
      assessed += answers.filter((answer) => !isRefusal(answer) && answer.ids.length > 0 && !answer.repeated).length
      // As long again for everybody else: thousands at once would stand before what people do.
      await pause(performance.now() - began, this.stopping.signal)
    }
    return assessed
  }
}
