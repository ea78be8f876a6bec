/** The leases of one process, renewed for as long as they are held. */
import { randomUUID } from 'node:crypto'
import type { Sql } from 'postgres'
import { Lease, LeaseLost } from './lease'

export interface LeasesOptions {
  readonly database: Sql
  /** this process; default: a new id */
  readonly owner?: string
  /** a lease that is not renewed ends after so many ms; default 6000 */
  readonly ttlMs?: number
}

export class Leases {
  private readonly held = new Map<string, { readonly lease: Lease; readonly onLost: () => void }>()
  private readonly owner: string
  private readonly ttlMs: number
  private timer: NodeJS.Timeout | undefined

  constructor(private readonly options: LeasesOptions) {
    this.owner = options.owner ?? randomUUID()
    this.ttlMs = options.ttlMs ?? 6000
  }

  /** True when it is ours now; `onLost` is called when it no longer is, without our giving it back. */
  async take(name: string, onLost: () => void): Promise<boolean> {
    const lease = new Lease({ database: this.options.database, name, owner: this.owner, ttlMs: this.ttlMs, elapsed: () => performance.now() })
    if ((await lease.acquire()) === undefined) return false
    this.held.set(name, { lease, onLost })
    this.timer ??= setInterval(() => { for (const one of this.held.keys()) void this.renew(one) }, this.ttlMs / 3)
    return true
  }

  /** Gives it back, so that another can take it at once. */
  async release(name: string): Promise<void> { await this.drop(name)?.lease.release() }

  private async renew(name: string): Promise<void> {
    const one = this.held.get(name)
    if (!one) return
    try {
      await one.lease.renew()
    } catch (error) {
      if (this.held.get(name) !== one) return
      // the database may be away: ours until it would have ended there
      if (!(error instanceof LeaseLost) && one.lease.isHeld()) return
      this.drop(name)
      one.onLost()
    }
  }

  private drop(name: string): { readonly lease: Lease; readonly onLost: () => void } | undefined {
    const one = this.held.get(name)
    this.held.delete(name)
    if (this.held.size === 0) { clearInterval(this.timer); this.timer = undefined }
    return one
  }
}
