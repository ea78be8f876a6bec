/** What the kinds of faults have in common: a life of a service under load, struck several times. */
import type { ChildProcess } from 'node:child_process'
import { randomFrom } from '../../bench/envelopes'
import { whatIsWrong } from './check'
import { Load } from './load'
import { Service } from './service'
import type { ServiceJob } from './service-process'

export interface Outcome {
  /** what was done to it, in a few words */
  readonly befell: readonly string[]
  readonly faults: readonly string[]
  readonly acknowledged?: number
  /** refused for good, in words */
  readonly refused?: number
  /** sent again: the answer was lost, or said to do so */
  readonly again?: number
  /** appends that were on their way when it was struck, the least of all times */
  readonly inFlight?: number
}
export interface Chance {
  /** a whole number from 0 up to, not including, n */
  below(n: number): number
  pick<T>(of: readonly T[]): T
}
/**
 * One run of a kind: the same seed strikes in the same way, as far as two processes can be made to do the same twice.
 * @param strikes of a kind that strikes one life several times; others have a number of their own
 */
export type Kind = (seed: number, strikes?: number) => Promise<Outcome>

export const chanceOf = (seed: number, kind: string): Chance => {
  const random = randomFrom([...kind].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) >>> 0, seed * 7919 + 1))
  for (let i = 0; i < 8; i++) random()
  const below = (n: number): number => (random() >>> 7) % n
  return { below, pick: (of) => of[below(of.length)]! }
}

/** Faults of one run, so that what a start costs is paid once; `--strikes N` for more. */
export const STRIKES = 5
/** It must be at work again within so long, ms; generous, since the machine may be busy with other things. */
export const PATIENCE_MS = 60_000

export interface Life {
  readonly load: Load
  readonly chance: Chance
  /** a strike that ends one puts another in its place */
  services: readonly Service[]
  /** of the application role; changes where a restart takes another port */
  url: string
  /** found by a strike itself */
  readonly faults: string[]
}

export interface Course {
  readonly job: ServiceJob
  readonly chance: Chance
  readonly seed: number
  /** a process that waits for the job; default one like all others */
  readonly child?: ChildProcess
  /** services on the one log; default 1 */
  readonly processes?: number
  readonly strikes?: number | undefined
  readonly padding?: string
  /** where the log is looked at; default the service's own address */
  readonly url?: string
  /** does it, and says what was done; absent: the life is a quiet one */
  readonly strike?: (life: Life, round: number) => Promise<string>
  /** further things that must be true at the end, in words where they are not */
  readonly atLast?: (life: Life) => Promise<readonly string[]>
}

/** A life under load: struck while at least ten appends are on their way; then held against what the outside was told. */
export async function live({ job, child, chance, seed, processes = 1, padding, url, strike, strikes = strike ? STRIKES : 0, atLast }: Course): Promise<Outcome> {
  const services = Array.from({ length: processes }, () => new Service(job, child))
  let life: Life | undefined
  const befell: string[] = []
  const inFlight: number[] = []
  try {
    const [own] = await Promise.all(services.map(({ ready }) => ready))
    const load = new Load(services[0]!, seed, padding)
    life = { load, chance, services, url: url ?? own!, faults: [] }
    const outcome = (faults: readonly string[]): Outcome => ({ befell, faults, acknowledged: load.acknowledged.size, refused: load.refused.length, again: load.again, ...inFlight.length > 0 && { inFlight: Math.min(...inFlight) } })
    const silent = (what: string): Outcome => outcome([`${what} within ${PATIENCE_MS / 1000} s`, ...load.faults.slice(0, 3), ...life!.services.flatMap(({ died, said }) => [...died === undefined ? [] : [died], ...said])])
    load.moveTo(...services)
    load.start()
    for (let round = 0; round < strikes; round++) {
      if (!await load.more(5 + chance.below(60), PATIENCE_MS)) return silent(round === 0 ? 'it takes no appends' : 'it did not take appends again')
      inFlight.push(await load.inFlight())
      befell.push(await strike!(life, round))
      load.moveTo(...life.services)
    }
    if (!await load.more(20, PATIENCE_MS)) return silent('it did not take appends again')
    if (!await load.stop(PATIENCE_MS)) return silent(`${load.onTheirWay} appends have no answer`)
    const faults = [...life.faults, ...await whatIsWrong({ load, services: life.services, url: life.url, folder: job.folder }), ...await atLast?.(life) ?? []]
    if (Math.min(...inFlight) < 10) faults.push(`only ${Math.min(...inFlight)} appends were on their way when it happened: the run proves little`)
    return outcome(faults)
  } finally {
    life?.load.abandon()
    await Promise.all((life?.services ?? services).map((service) => service.stop()))
  }
}
