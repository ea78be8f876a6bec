/**
 * What only one process may do at a time: a row in bus.leases, judged by the database's clock alone. Whoever finds it
 * expired takes it, and the epoch rises; so does one that would last longer than any lease: the clock has been put back since,
 * and a dead owner would keep it for so long. The holder trusts it only as long as it certainly holds, by a clock of its own that
 * does not stand still while the process is paused.
 */
import type { Sql } from 'postgres'

export interface LeaseOptions {
  readonly database: Sql
  /** name of the lease: one for everything that only one process may do */
  readonly name: string
  /** this process, in this run of it */
  readonly owner: string
  /** at most LONGEST_MS */
  readonly ttlMs: number
  /** ms, from any beginning, that go on while the process is paused */
  readonly elapsed: () => number
}

/** No lease lasts longer: one that says so was written before the clock was put back. */
export const LONGEST_MS = 120_000

/** Another process has taken over: whoever sees this writes nothing more. */
export class LeaseLost extends Error {
  constructor(message: string) { super(message); this.name = 'LeaseLost' }
}

export class Lease {
  private held: { readonly epoch: number; readonly until: number } | undefined

  constructor(private readonly options: LeaseOptions) {
    if (options.ttlMs > LONGEST_MS) throw new RangeError(`a lease lasts at most ${LONGEST_MS} ms`)
  }

  /** Takes the lease where nobody holds it; answers its epoch, higher than every epoch before, or undefined. */
  async acquire(): Promise<number | undefined> {
    const { database, name, owner, ttlMs, elapsed } = this.options
    const asked = elapsed()
    const [row] = await database<{ epoch: string }[]>`
      insert into bus.leases as held (name, owner, epoch, expires) values (${name}, ${owner}, 1, clock_timestamp() + ${ttlMs}::double precision * interval '1 ms')
      on conflict (name) do update set owner = excluded.owner, epoch = held.epoch + 1, expires = clock_timestamp() + ${ttlMs}::double precision * interval '1 ms'
      where held.expires <= clock_timestamp() or held.expires > clock_timestamp() + ${LONGEST_MS}::double precision * interval '1 ms'
      returning epoch`
    this.held = row && { epoch: Number(row.epoch), until: asked + ttlMs }
    return this.held?.epoch
  }

  /** Holds it for another while. @throws LeaseLost where another has taken it */
  async renew(): Promise<void> {
    const { database, name, owner, ttlMs, elapsed } = this.options
    const asked = elapsed()
    const epoch = this.held?.epoch
    const renewed = epoch === undefined ? undefined : await database`
      update bus.leases set expires = clock_timestamp() + ${ttlMs}::double precision * interval '1 ms' where name = ${name} and owner = ${owner} and epoch = ${epoch}`
    // given back, or taken anew, while the answer was on its way: what was asked no longer matters
    if (epoch !== this.held?.epoch) throw new LeaseLost('the lease was given back')
    if (renewed?.count !== 1) throw this.lose()
    this.held = { epoch: epoch!, until: asked + ttlMs }
  }

  /** Whether it certainly holds. */
  isHeld(): boolean { return this.held !== undefined && this.options.elapsed() < this.held.until }

  /** @throws LeaseLost where it cannot be known that it still holds */
  check(): void {
    if (!this.isHeld()) throw new LeaseLost('the lease has run out before it was renewed; another process may have it')
  }

  /** Gives it back: the next one need not wait for it to run out. */
  async release(): Promise<void> {
    const epoch = this.held?.epoch
    this.held = undefined
    const { database, name, owner } = this.options
    if (epoch !== undefined) await database`update bus.leases set expires = clock_timestamp() where name = ${name} and owner = ${owner} and epoch = ${epoch}`
  }

  private lose(): LeaseLost {
    this.held = undefined
    return new LeaseLost('another process has taken over')
  }
}
