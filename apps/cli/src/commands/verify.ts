import type { Command } from 'commander'
import type { Context } from '../context'
import { resultOf } from '../client'
import { EXIT } from '../exit'

type Report = { readonly ok: true; readonly log: string; readonly checked: number; readonly through: number; readonly link: string } | { readonly ok: false; readonly log: string; readonly checked: number; readonly ordinal: number; readonly fault: string; readonly text: string }

/** chorus verify: walks the chain of the log. */
export const register = (program: Command, context: Context): void => {
  context.command<{ readonly after?: string }>(program, {
    name: 'verify',
    summary: 'walk the chain of the log and name the first event that is wrong',
    examples: ['npx chorus verify', 'npx chorus verify --after 100000 --json'],
    with: (command) => command.option('--after <ordinal>', 'start after this ordinal, trusting its link'),
    run: async ({ client, options, out, signal }) => {
      const report = await resultOf<Report, { events: number; of: number }>((await client()).lines('/v1/log/verification', { signal, query: { after: options.after } }), ({ events, of }) => out.progress('verifying', { done: events, total: of, unit: 'events' }))
      out.progressDone()
      out.data('verify/1', report, report.ok
        ? [`log ${report.log}: ${report.checked} events verified, through ordinal ${report.through}`, `link ${report.link}`]
        : [`log ${report.log}: WRONG after ${report.checked} events that are right`, report.text])
      return report.ok ? EXIT.ok : EXIT.mismatch
    },
  })
}
