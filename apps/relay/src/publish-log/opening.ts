/** A publisher is opened by whoever has the lease, which may take long; a stop does not wait for it. */
import type { BusPublisher } from '@chorus/event-bus'

export interface Turn {
  /** aborted: the relay stops, and waits for no publisher any more */
  readonly signal: AbortSignal
  /** To be asked right before anybody is shut out. @throws LeaseLost where another relay has taken over meanwhile */
  readonly stillOwner: () => Promise<void>
}

/** Opens a publisher under the relay's one transactional id: from then on whoever had it is fenced. */
export type OpenPublisher = (turn: Turn) => Promise<BusPublisher>

/** Does not wait for `work` once the signal is aborted, and puts away what comes of it after that. @throws the signal's reason */
export async function orAborted<T>(signal: AbortSignal, work: () => Promise<T>, putAway: (late: T) => Promise<unknown>): Promise<T> {
  signal.throwIfAborted()
  const working = work()
  let abort = (): void => undefined
  const aborted = new Promise<never>((_, reject) => { abort = () => reject(signal.reason as Error); signal.addEventListener('abort', abort, { once: true }) })
  try {
    return await Promise.race([working, aborted])
  } catch (error) {
    if (signal.aborted) working.then(putAway).catch(() => undefined)
    throw error
  } finally {
    signal.removeEventListener('abort', abort)
  }
}
