/** What follows the log in this process: started once everything is wired, watched by readiness, stopped before the ports close. */
import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common'
import { Readiness, type Check } from './health.controller'

/** A reaction or a projection (libs/read-models). */
export interface Following { start(): Promise<void>; stop(): Promise<void>; health(): Check; /** as `health`, with what must be asked for first */ look?(): Promise<Check>; state(): { readonly name: string }; /** waits until the log was looked at through `ordinal`; false when that takes longer than `ms` */ reached(ordinal: number, ms: number): Promise<boolean> }

@Injectable()
export class Followers implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly followers: Following[] = []
  constructor(private readonly readiness: Readiness) {}

  /** Modules add theirs while they are wired (in a provider's factory or constructor). */
  add<F extends Following>(follower: F): F {
    this.followers.push(follower)
    this.readiness.add(follower.state().name, async () => follower.look ? follower.look() : follower.health())
    return follower
  }
  /** All of them, in the order in which they were added. */
  all(): readonly Following[] { return this.followers }

  /** Throws where a checkpoint belongs to another log: such a process must not serve. */
  async onApplicationBootstrap(): Promise<void> { await Promise.all(this.followers.map((follower) => follower.start())) }
  async beforeApplicationShutdown(): Promise<void> { await Promise.allSettled(this.followers.map((follower) => follower.stop())) }
}
