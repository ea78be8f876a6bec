import type { Command } from 'commander'
import type { Context } from '../context'

interface Head { readonly log: string; readonly ordinal: number; readonly link: string; readonly recordedtime: string | null }

/** chorus log head: where the log stands. */
export const register = (program: Command, context: Context): void => {
  const log = program.command('log').description('the log itself')
  context.command(log, {
    name: 'head',
    summary: 'id, last ordinal, link and recorded time of the log',
    examples: ['npx chorus log head', 'npx chorus log head --json'],
    role: 'operator',
    run: async ({ client, out, signal }) => {
      const head = await (await client()).get<Head>('/v1/log/head', { signal })
      out.data('log-head/1', head, [`log ${head.log}`, `${head.ordinal} events, the last recorded ${head.recordedtime ?? '(none yet)'}`, `link ${head.link}`])
      out.next('npx chorus verify')
    },
  })
}
