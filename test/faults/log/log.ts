/** The log under faults: one run of each kind for a seed. */
import { migration, setup } from './beginnings'
import { clock } from './clock'
import { connections } from './connections'
import { copy } from './copies'
import { disk } from './disk'
import { removeAll } from './ground'
import { imports } from './imports'
import { keys } from './key-ends'
import type { Kind, Outcome } from './kinds'
import { both, postgres, service } from './kills'
import { endSpares } from './service'
import { deadlock, frozen } from './writers'

export const KINDS: Readonly<Record<string, Kind>> = { service, postgres, both, connections, frozen, deadlock, clock, keys, disk, setup, migration, copy, import: imports }

export interface LogReport {
  readonly seed: number
  readonly kinds: Readonly<Record<string, Omit<Outcome, 'faults'> & { readonly seconds: number }>>
  readonly faults: readonly string[]
}

export async function logUnderFaults({ seed, only = Object.keys(KINDS), strikes }: { readonly seed: number; readonly only?: readonly string[]; readonly strikes?: number }): Promise<LogReport> {
  const kinds: Record<string, LogReport['kinds'][string]> = {}
  const faults: string[] = []
  for (const name of only) {
    const started = performance.now()
    const { faults: found, ...outcome } = await KINDS[name]!(seed, strikes).catch((error: unknown): Outcome => ({ befell: ['could not be run'], faults: [error instanceof Error ? error.stack ?? error.message : String(error)] }))
    kinds[name] = { ...outcome, seconds: Number(((performance.now() - started) / 1000).toFixed(1)) }
    faults.push(...found.map((fault) => `${name} (${outcome.befell.join(', ')}): ${fault}`))
    if (found.length > 0) faults.push(`again: npm run faults -- --suite log --only ${name} --seed ${seed}${strikes === undefined ? '' : ` --strikes ${strikes}`}`)
  }
  return { seed, kinds, faults }
}

export function stopLogFaults(): void {
  endSpares()
  removeAll()
}
