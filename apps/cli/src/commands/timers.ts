import type { Command } from 'commander'
import type { Context } from '../context'

interface Count { readonly timer: string; readonly owner: string; readonly running?: number; readonly missed?: number; readonly unrecorded: number; readonly nextDue?: string | null }
interface Counts { readonly timers: readonly Count[]; readonly through: number }
const SERVICES = ['intake', 'deterrence'] as const

/** chorus timers list: which timers run, which deadlines were missed, and whether any passed without being recorded. */
export const register = (program: Command, context: Context): void => {
  const group = program.command('timers').description('what is due, and what was missed')
  context.command<Record<string, unknown>, []>(group, {
    name: 'list',
    summary: 'timers by kind: how many run, when the next is due, how many were missed, how many are late on record',
    examples: ['npx chorus timers list', 'npx chorus timers list --json'],
    run: async ({ client, out, signal }) => {
      const chorus = await client()
      const timers = (await Promise.all(SERVICES.map(async (service) => (await chorus.get<Counts>(`/v1/timers/${service}`, { signal })).timers.map((each) => ({ service, ...each }))))).flat()
      const late = timers.reduce((sum, { unrecorded }) => sum + unrecorded, 0)
      out.data('timers.list/1', { timers, late }, [
        ...(timers.length === 0 ? ['no timer runs'] : timers.map((each) => `${each.timer.padEnd(9)} ${each.owner.padEnd(15)} ${String(each.running ?? 0).padStart(6)} running  ${String(each.missed ?? 0).padStart(6)} missed  ${String(each.unrecorded).padStart(4)} late on record${each.nextDue ? `  next due ${each.nextDue.slice(0, 16)}Z` : ''}`)),
        ...(late > 0 ? [`${late} due dates passed and are not on record yet: docs/runbooks/timers.md`] : []),
      ])
      if (late > 0) out.next('npx chorus health')
    },
  })
}
