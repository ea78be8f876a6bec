/**
 * What never comes. A message that was lost shows by the revision that is missing before a later one; at a stream's end there
 * is no later one. So a consumer looks what was handed to the bus long ago, and parks as a hole what has still not come.
 */
import type { Lookout, Seen } from './catch-up'
import { park, type ToPark } from './parked'
import type { BusSubscription } from './port'
import { keyOf } from './positions'
import type { Worker } from './work'

/** so long, ms, after it was handed to the bus a message may be on its way */
export const LATE_MS = 60_000

export class LostWatch {
  private stuck: { readonly at: Seen; readonly since: number; readonly handed: number; readonly deliveries: number } | undefined

  constructor(private readonly worker: Worker, private readonly lookout: Lookout, private readonly lateMs: number) {}

  /** The bus does not bring anything at the moment: nothing is late. */
  rest(): void { this.stuck = undefined }

  /**
   * Looks whether the first event that is not behind the consumer is the same for too long; then it is lost, and where nothing
   * came meanwhile, everything else that was handed over before is lost with it. What comes after all fills the hole by itself.
   * Only of what would come to this process: what comes to another of the group may be in hand there.
   * @param handed through where the log was handed to the bus @param deliveries how many came so far
   */
  async look(handed: number, deliveries: number, subscription: BusSubscription, signal: AbortSignal): Promise<void> {
    const { worker, lookout } = this
    const isOurs = (at: Seen): boolean => subscription.holds?.(at.topic, at.key()) ?? true
    const at = worker.inHand.size > 0 ? undefined : await lookout.firstMissing(handed, signal)
    if (!at || !isOurs(at)) return this.rest()
    const { stuck } = this
    if (!stuck || keyOf(at) !== keyOf(stuck.at) || at.revision !== stuck.at.revision) {
      this.stuck = { at, since: performance.now(), handed, deliveries }
      return
    }
    if (performance.now() - stuck.since < this.lateMs) return
    const lost = stuck.deliveries === deliveries ? (await lookout.allMissing(stuck.handed, signal)).filter(isOurs) : [at]
    for (const hole of lost.map(holeOf).sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))) {
      if (signal.aborted) return
      await park(worker.database, worker.name, worker.clock.now(), [hole])
    }
    worker.logger?.warn({ consumer: worker.name, streams: lost.length, stream: at.stream, revision: at.revision }, 'events that were published long ago have not come; their streams wait')
    worker.wake()
    this.rest()
  }
}

const holeOf = ({ topic, stream, revision }: Seen): ToPark => ({
  topic, stream, revision, eventId: null, type: null, kind: 'hole', cause: 'hole', retryInMs: null, behind: revision,
  detail: `Revision ${revision} of ${stream} was published long ago, and has not come: it was lost on ${topic}, or may not be on it. Retry reads the stream from the log; see the relay's refusals if it comes back.`,
})
