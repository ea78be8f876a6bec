import { readFileSync } from 'node:fs'
import { SettingsRefused } from './settings'

/** Settings that carry a password; each may come from a file: NAME_FILE holds its path. */
const SECRETS = ['CHORUS_LOG_URL', 'CHORUS_KEY_SERVICE_PIN', 'DATABASE_URL', 'DATABASE_OWNER_URL', 'KAFKA_SASL_PASSWORD'] as const
type Environment = Readonly<Record<string, string | undefined>>

/**
 * The environment with the secrets that its files hold filled in: a password in a file is not seen in a list of processes.
 * @throws SettingsRefused with a line for each file that cannot be read or is empty, and each secret that is given twice
 */
export const withSecretFiles = (env: Environment): Record<string, string | undefined> => {
  const filled: Record<string, string | undefined> = { ...env }
  const problems: string[] = []
  for (const name of SECRETS) {
    const path = env[`${name}_FILE`]?.trim()
    if (!path) continue
    if (env[name]) problems.push(`${name}: is given twice, itself and as ${name}_FILE; keep one`)
    try {
      filled[name] = readFileSync(path, 'utf8').trim()
      if (filled[name] === '') problems.push(`${name}_FILE: the file is empty; give the path of a file that holds the secret`)
    } catch (error) {
      problems.push(`${name}_FILE: the file cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown cause'}); give the path of a file that this user may read`)
    }
  }
  if (problems.length > 0) throw new SettingsRefused(problems)
  return filled
}
