/** Whoever works for longer than its lease holds renews it in good time, beside its work. */
import type { Lease } from '@chorus/event-bus'
import { pause } from '@chorus/read-models'
import type { RelayLogger } from './tenure'

export interface Keeping {
  readonly lease: Pick<Lease, 'renew' | 'check'>
  readonly everyMs: number
  readonly logger: Pick<RelayLogger, 'warn'>
  /** the work has ended */
  readonly over: AbortSignal
  /** called once, when it is lost or can no longer be known to hold */
  readonly onLost: (why: unknown) => void
}

export async function keepLease({ lease, everyMs, logger, over, onLost }: Keeping): Promise<void> {
  for (;;) {
    await pause(everyMs, over)
    if (over.aborted) return
    try { await lease.renew() } catch (error) {
      if (over.aborted) return
      try { lease.check() } catch (lost) { onLost(lost); return }
      logger.warn({ err: error }, 'the lease could not be renewed; trying again')
    }
  }
}
