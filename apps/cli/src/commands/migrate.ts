import type { Command } from 'commander'
import { postgres } from '@chorus/postgres'
import { installRights, migrate, MigrationRefused, pending, readMigrations } from '@chorus/platform/database'
import type { Context } from '../context'
import { CliError, EXIT } from '../exit'

/** chorus migrate: brings the database of DATABASE_OWNER_URL to this build's schema. */
export const register = (program: Command, context: Context): void => {
  context.command(program, {
    name: 'migrate',
    summary: 'bring the database of DATABASE_OWNER_URL to the schema of this build',
    examples: ['DATABASE_URL=… DATABASE_OWNER_URL=… npx chorus migrate --dry-run', 'npx chorus migrate'],
    writes: 'dry-run',
    run: async ({ settings, options, out }) => {
      if (!settings.databaseOwnerUrl) {
        throw new CliError('This is for a database of your own: set DATABASE_OWNER_URL (the role that owns the tables); and DATABASE_URL where one process runs all services (the role that it logs in with). The embedded database is migrated at every start.', EXIT.usage)
      }
      const login = settings.databaseUrl === undefined ? undefined : decodeURIComponent(new URL(settings.databaseUrl).username)
      try {
        const names = options.dryRun ? await outstanding(settings.databaseOwnerUrl) : await migrate(settings.databaseOwnerUrl, login)
        if (!options.dryRun) await installRights(settings.databaseOwnerUrl, login)
        const verb = options.dryRun ? 'would run' : 'ran'
        out.data('migrate/1', { dryRun: options.dryRun === true, migrations: names }, names.length ? names.map((name) => `${verb} ${name}`) : ['nothing to do: the schema is that of this build'])
        out.next(options.dryRun && names.length ? 'npx chorus migrate' : 'npx chorus doctor')
      } catch (error) {
        if (error instanceof MigrationRefused) throw new CliError(error.message, EXIT.conflict)
        throw new CliError(`DATABASE_OWNER_URL: the database cannot be used (${(error as { code?: string }).code ?? 'no answer'}). Check that it runs and that the address is right.`, EXIT.unavailable)
      }
    },
  })
}

const outstanding = async (ownerUrl: string): Promise<string[]> => {
  const sql = postgres(ownerUrl, { max: 1, onnotice: () => undefined, connect_timeout: 10 })
  try {
    const [table] = await sql<{ there: boolean }[]>`select to_regclass('public.chorus_migrations') is not null as there`
    const rows = table?.there ? await sql<{ name: string; hash: string }[]>`select name, hash from public.chorus_migrations` : []
    return pending(await readMigrations(), new Map(rows.map((row) => [row.name, row.hash]))).map(({ name }) => name)
  } finally {
    await sql.end({ timeout: 1 })
  }
}
