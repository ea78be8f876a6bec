import { Option, type Command } from 'commander'
import { CERTIFIER_TITLES, ROLES, type Role } from '@chorus/contracts'
import { demonstrationKey, isUuid, issueToken } from '@chorus/platform/settings'
import { AGENCY_OF, type Context } from '../context'
import { CliError, EXIT } from '../exit'

interface TokenOptions { readonly role: Role; readonly sub?: string; readonly organization?: string; readonly office?: string; readonly ttl: string }

/** chorus token: a demonstration token of the data folder's own issuer. */
export const register = (program: Command, context: Context): void => {
  context.command<TokenOptions, []>(program, {
    name: 'token',
    summary: 'print a bearer token for a demonstration role',
    examples: [
      'npx chorus token --role detective',
      'npx chorus token --role prosecutor --agency JCPO --ttl 600',
      'npx chorus token --role finance --office DIRECTOR_OF_FINANCE',
      'curl -H "Authorization: Bearer $(npx chorus token --role operator)" http://127.0.0.1:8260/v1/me',
    ],
    with: (command) => command
      .addOption(new Option('--role <role>', 'whom it speaks for').choices([...ROLES]).makeOptionMandatory())
      .option('--sub <name>', 'name of the bearer (default: demo-ROLE)')
      .option('--organization <id>', 'a provider\'s organization: its id in the provider directory')
      .addOption(new Option('--office <office>', 'an office of Finance, to certify').choices([...CERTIFIER_TITLES]))
      .option('--ttl <seconds>', 'how long it holds', '28800'),
    run: async ({ options, out, settings, world }) => {
      if (settings.mode === 'production' || options.env === 'production') throw new CliError('Production issues no tokens here: they come from its identity provider.', EXIT.refused)
      const ttl = Number(options.ttl)
      if (!Number.isInteger(ttl) || ttl < 1 || ttl > 30 * 86_400) throw new CliError('--ttl: is not a number of seconds from 1 to 2592000 (30 days).', EXIT.usage)
      await demonstrationKey(settings.data)
      if (options.organization !== undefined && !isUuid(options.organization)) throw new CliError('--organization: is not a UUID. Give the organization\'s id in the provider directory.', EXIT.usage)
      const claims = { ...(options.organization ? { organization: options.organization } : {}), ...(options.office ? { office: options.office } : {}) }
      const agency = options.agency ?? AGENCY_OF[options.role]
      const token = await issueToken(settings.data, world.clock, { role: options.role, agency, ttl, ...(options.sub ? { sub: options.sub } : {}), claims })
      out.data('token/1', { token, role: options.role, agency, ...claims, expiresIn: ttl }, [token])
    },
  })
}
