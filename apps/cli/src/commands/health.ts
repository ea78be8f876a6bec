import type { Command } from 'commander'
import type { Context } from '../context'
import { Client, NotInTime } from '../client'
import { running } from '../connection'
import { CliError, EXIT } from '../exit'

interface Check { readonly name: string; readonly ok: boolean; readonly warn?: true; readonly text: string }
interface Health { readonly status: string; readonly checks: readonly Check[] }
interface Seen { readonly service?: string; readonly address: string; readonly ready: boolean; readonly status: string; readonly checks: readonly Check[] }

/** chorus health: whether the running Chorus can do its work, check by check; each service where they are processes of their own. */
export const register = (program: Command, context: Context): void => {
  context.command(program, {
    name: 'health',
    summary: 'whether Chorus is ready, check by check',
    examples: ['npx chorus health', 'npx chorus health --json'],
    run: async ({ out, signal, settings, world }) => {
      // One started for this command would be ready, and gone a second later.
      const addresses = await running(settings, world.env)
      if (addresses === undefined) throw new CliError('No Chorus is running. Start it with npm start, or look at its folders and settings with npx chorus doctor.', EXIT.unavailable)
      const all = Object.entries(addresses.services)
      const seen = await Promise.all(all.length > 0 ? all.map(([service, address]) => lookAt(address, signal, service)) : [lookAt(addresses.one ?? '', signal)])
      const width = Math.max(...seen.flatMap(({ checks }) => checks.map(({ name }) => name.length)), 0)
      const ready = seen.every((one) => one.ready)
      out.data('health/1', { ...(all.length > 0 ? { services: seen } : { address: seen[0]?.address, checks: seen[0]?.checks }), ready }, seen.flatMap(({ service, address, status, checks }) => [
        `${service ? `${service.padEnd(11)} ` : ''}${address}  ${status}`, ...checks.map(({ name, ok, warn, text }) => `  ${!ok ? 'FAIL' : warn ? 'warn' : 'ok  '}  ${name.padEnd(width)}  ${text}`),
      ]))
      if (ready) return EXIT.ok
      out.next('npx chorus doctor')
      return EXIT.unavailable
    },
  })
}

/** One that does not answer at all is a finding where there are several, and the end of the command where it is the only one. */
const lookAt = async (address: string, signal: AbortSignal, service?: string): Promise<Seen> => {
  const chorus = new Client(address, () => Promise.resolve(''))
  try {
    const { status, body } = await chorus.look('/health/ready', { signal, token: false })
    const { checks = [], status: word = 'answers, and not in the way of a Chorus' } = body as Partial<Health>
    return { ...(service ? { service } : {}), address, ready: status === 200, status: word, checks }
  } catch (error) {
    if (service === undefined || signal.aborted) throw error
    return { service, address, ready: false, status: error instanceof NotInTime ? 'does not answer in time: it may hang' : 'does not answer', checks: [] }
  }
}
