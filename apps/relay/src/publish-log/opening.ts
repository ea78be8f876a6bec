/** A publisher is opened by whoever has the lease, which may take long: the lease is kept meanwhile, and a stop does not wait for it. */
import type { BusPublisher, Lease } from '@chorus/event-bus'
import { keepLease } from './keep-lease'
import type { RelayLogger } from './tenure'

export interface Turn {
  /** aborted: the relay stops, or has lost its lease, and waits for this publisher no more: nobody is to be shut out */
  readonly signal: AbortSignal
  /** To be asked right before anybody is shut out. @throws LeaseLost where another relay has taken over meanwhile; the signal's reason */
  readonly stillOwner: () => Promise<void>
}

/** Opens a publisher under the relay's one transactional id: from then on whoever had it is fenced. */
export type OpenPublisher = (turn: Turn) => Promise<BusPublisher>

/** The broker cannot be reached from here, or is slow for everybody. */
export class OpeningTookTooLong extends Error {
  constructor(ms: number) { super(`the publisher did not open within ${ms / 1000} s`); this.name = 'OpeningTookTooLong' }
}

export interface Opening {
  readonly openPublisher: OpenPublisher
  readonly lease: Lease
  readonly renewEveryMs: number
  readonly logger: Pick<RelayLogger, 'warn'>
  /** longer than this the lease is kept from nobody who might reach the broker */
  readonly withinMs: number
  readonly stop: AbortSignal
}

/** Opens a publisher, and keeps the lease meanwhile. @throws LeaseLost as soon as that is lost; OpeningTookTooLong; the reason of the stop */
export async function open({ openPublisher, lease, renewEveryMs, logger, withinMs, stop }: Opening): Promise<BusPublisher> {
  const [given, ended] = [new AbortController(), new AbortController()]
  const signal = AbortSignal.any([stop, given.signal])
  // an opening that was given up may go on for a while, and this process have the lease again
  const stillOwner = async (): Promise<void> => { signal.throwIfAborted(); await lease.renew(); signal.throwIfAborted() }
  const timer = setTimeout(() => given.abort(new OpeningTookTooLong(withinMs)), withinMs)
  const keeping = keepLease({ lease, everyMs: renewEveryMs, logger, over: AbortSignal.any([signal, ended.signal]), onLost: (lost) => given.abort(lost) })
  try {
    return await orAborted(signal, () => openPublisher({ signal, stillOwner }), (late) => late.close())
  } finally {
    clearTimeout(timer)
    ended.abort()
    // a renewal that is on its way must not come after the lease was given back
    await keeping
  }
}

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
