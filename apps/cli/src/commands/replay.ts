import type { Command } from 'commander'
import type { Context } from '../context'
import { resultOf } from '../client'

interface Result { readonly log: string; readonly events: number; readonly streams: number; readonly through: number; readonly firstRecorded: string | null; readonly lastRecorded: string | null; readonly byType: Readonly<Record<string, number>>; readonly digest: string }

/** chorus replay: folds the whole log and prints its digest. */
export const register = (program: Command, context: Context): void => {
  context.command(program, {
    name: 'replay',
    summary: 'fold the whole log: events, streams, rate, digest',
    role: 'evaluator',
    examples: ['npx chorus replay', 'npx chorus replay --json'],
    run: async ({ client, out, signal, world }) => {
      const chorus = await client()
      const begun = world.watch()
      const result = await resultOf<Result, { events: number; of: number }>(chorus.lines('/v1/replay', { signal }), ({ events, of }) => out.progress('replaying', { done: events, total: of, unit: 'events' }))
      const seconds = Math.max((world.watch() - begun) / 1000, 0.001)
      const eventsPerSecond = Math.round(result.events / seconds)
      out.progressDone()
      out.data('replay/1', { ...result, seconds, eventsPerSecond }, [
        `log      ${result.log}`,
        `events   ${result.events} in ${result.streams} streams, ${eventsPerSecond} events/s`,
        `recorded ${result.firstRecorded ?? '-'} to ${result.lastRecorded ?? '-'}`,
        ...Object.entries(result.byType).map(([type, n]) => `  ${String(n).padStart(9)}  ${type}`),
        `digest   ${result.digest}`,
      ])
    },
  })
}
