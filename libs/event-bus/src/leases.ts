/** What only one process may do at a time, by name: rows of bus.leases, which end by themselves when their owner is gone. */
import { randomUUID } from 'node:crypto'
import type { Sql } from 'postgres'

export interface LeasesOptions {
  readonly database: Sql
  /** this process; default: a new id */
  readonly owner?: string
  /** a lease that is not renewed ends after so many ms; default 6000 */
  readonly ttlMs?: number
}

export class Leases {
  private readonly held = new Map<string, () => void>()
  private readonly owner: string
  private readonly ttlMs: number
  private timer: NodeJS.Timeout | undefined
  private renewed = 0
  private renewing = false

  constructor(private readonly options: LeasesOptions) {
    this.owner = options.owner ?? randomUUID()
    this.ttlMs = options.ttlMs ?? 6000
  }

  /** True when it is ours now; `onLost` is called when it no longer is, without our giving it back. */
  async take(name: string, onLost: () => void): Promise<boolean> {
    const asked = performance.now()
    const [taken] = await this.options.database`
      insert into bus.leases (name, owner, epoch, expires) values (${name}, ${this.owner}, 1, now() + make_interval(secs => ${this.ttlMs / 1000}))
      on conflict (name) do update set owner = excluded.owner, expires = excluded.expires, epoch = leases.epoch + 1 where leases.expires < now()
      returning epoch`
    if (!taken) return false
    if (this.held.size === 0) this.renewed = asked
    this.held.set(name, onLost)
    this.timer ??= setInterval(() => { void this.renew() }, this.ttlMs / 3)
    return true
  }

  /** Gives it back, so that another can take it at once. */
  async release(name: string): Promise<void> {
    if (!this.held.delete(name)) return
    this.rest()
    await this.options.database`delete from bus.leases where name = ${name} and owner = ${this.owner}`
  }

  private rest(): void {
    if (this.held.size > 0) return
    clearInterval(this.timer)
    this.timer = undefined
  }

  private async renew(): Promise<void> {
    if (this.renewing) return
    this.renewing = true
    const names = [...this.held.keys()]
    const asked = performance.now()
    try {
      const rows = await this.options.database<{ name: string }[]>`
        update bus.leases set expires = now() + make_interval(secs => ${this.ttlMs / 1000}) where owner = ${this.owner} and name in ${this.options.database(names)} returning name`
      this.renewed = asked
      const kept = new Set(rows.map((row) => row.name))
      for (const name of names) if (!kept.has(name)) this.lose(name)
    } catch {
      // the database is away: ours until it would have ended there
      if (performance.now() - this.renewed > this.ttlMs) for (const name of names) this.lose(name)
    } finally {
      this.renewing = false
    }
  }

  private lose(name: string): void {
    const onLost = this.held.get(name)
    this.held.delete(name)
    this.rest()
    onLost?.()
  }
}
