/**
 * Refused attempts on their way into the audit log. A flood of them must neither fill it nor hold up who reads: of one caller
 * the first of a minute are entered each, what follows is counted, and the count is one entry at the minute's end. Whoever
 * names himself by no good token is one caller with all others who do not.
 */
import type { Actor } from '@chorus/contracts'
import type { Refused } from './audit-log'

/** Whoever sends no token, or one that nobody vouches for. What such a token says is not taken over. */
export const UNKNOWN_CALLER: Actor = { id: 'unknown', role: 'unknown', agency: 'unknown' }

export interface RefusedAttemptsOptions {
  readonly enter: (entry: Refused) => Promise<void>
  /** told once for each entry that could not be written; it is counted, and tried again with the next count */
  readonly failed: (error: unknown) => void
  /** default 60,000 */
  readonly windowMs?: number
}

/** Of one caller, entered each within a minute. */
export const ENTERED_EACH = 10
/** Callers that are told apart at once; whoever comes beyond is counted with the unknown. A token's issuer makes callers, not whoever asks. */
const CALLERS = 1000

interface Window { entered: number; readonly counted: Map<string, number>; last: Refused; readonly timer: NodeJS.Timeout }

export class RefusedAttempts {
  private readonly windows = new Map<string, Window>()
  /** one at a time and in order: whoever reads has the audit log's head before them */
  private queue: Promise<void> = Promise.resolve()
  constructor(private readonly options: RefusedAttemptsOptions) {}

  note(attempt: Refused): void {
    const window = this.windowOf(attempt)
    window.last = attempt
    if (window.entered >= ENTERED_EACH) { count(window, attempt, 1); return }
    window.entered += 1
    this.enter(attempt, () => count(this.windowOf(attempt), attempt, 1))
  }

  /** Enters what is counted, once; what fails then is lost with the process. */
  async close(): Promise<void> {
    for (const key of [...this.windows.keys()]) this.end(key)
    await this.queue
    for (const { timer } of this.windows.values()) clearTimeout(timer)
  }

  private windowOf(attempt: Refused): Window {
    const { id, role, agency } = attempt.actor
    const named = `${id} ${role} ${agency}`
    const key = this.windows.has(named) || this.windows.size < CALLERS ? named : ''
    let window = this.windows.get(key)
    if (!window) {
      window = { entered: 0, counted: new Map(), last: attempt, timer: setTimeout(() => this.end(key), this.options.windowMs ?? 60_000).unref() }
      this.windows.set(key, window)
    }
    return window
  }

  private end(key: string): void {
    const { counted, last, timer } = this.windows.get(key)!
    clearTimeout(timer)
    this.windows.delete(key)
    if (counted.size === 0) return
    const times = [...counted.values()].reduce((sum, each) => sum + each, 0)
    // who came beyond the limit is many: the count names none of them
    const of: Refused = key === '' ? { ...last, actor: UNKNOWN_CALLER, purpose: null } : last
    this.enter({ ...of, asked: {}, times, counted: Object.fromEntries(counted) }, () => {
      const window = this.windowOf(of)
      for (const [what, each] of counted) window.counted.set(what, (window.counted.get(what) ?? 0) + each)
    })
  }

  private enter(entry: Refused, again: () => void): void {
    this.queue = this.queue.then(() => this.options.enter(entry)).catch((error: unknown) => { this.options.failed(error); again() })
  }
}

const count = ({ counted }: Window, { route, refused }: Refused, times: number): void => { const what = `${route} ${refused}`; counted.set(what, (counted.get(what) ?? 0) + times) }
