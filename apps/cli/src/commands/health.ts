import type { Command } from 'commander'
import type { Context } from '../context'
import { running } from '../connection'
import { CliError, EXIT } from '../exit'

interface Health { readonly status: string; readonly checks: readonly { readonly name: string; readonly ok: boolean; readonly text: string }[] }

/** chorus health: whether the running Chorus can do its work, check by check. */
export const register = (program: Command, context: Context): void => {
  context.command(program, {
    name: 'health',
    summary: 'whether Chorus is ready, check by check',
    examples: ['npx chorus health', 'npx chorus health --json'],
    run: async ({ client, out, signal, settings, world }) => {
      // One started for this command would be ready, and gone a second later.
      if (await running(settings, world.env) === undefined) throw new CliError('No Chorus is running. Start it with npm start, or look at its folders and settings with npx chorus doctor.', EXIT.unavailable)
      const chorus = await client()
      const { status, body } = await chorus.look('/health/ready', { signal, token: false })
      const { checks = [], status: word } = body as Health
      const width = Math.max(...checks.map(({ name }) => name.length), 0)
      out.data('health/1', { address: chorus.base, ready: status === 200, checks }, [
        `${chorus.base}  ${word}`, ...checks.map(({ name, ok, text }) => `  ${ok ? 'ok  ' : 'FAIL'}  ${name.padEnd(width)}  ${text}`),
      ])
      if (status === 200) return EXIT.ok
      out.next('npx chorus doctor')
      return EXIT.unavailable
    },
  })
}
