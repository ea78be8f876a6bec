import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { IsIn, IsInt, IsNotEmpty, Matches, Max, Min, ValidateIf, Validator } from '@chorus/contracts'
import { readPkcs11Uri, type Pkcs11Settings } from '@chorus/privacy'
import { jwksOf } from './jwks'
import { misspelt } from './misspelt'

const MIB = 1024 * 1024
const POSTGRES_URL = /^postgres(ql)?:\/\/[^/\s]+\/[^/\s?]+(\?\S*)?$/
const KURRENTDB_URL = /^(kurrentdb|kurrent|kdb|esdb)(\+discover)?:\/\/[^/?\s]+(\/?(\?\S*)?)$/
const POSTGRES_EXAMPLE = 'postgres://user:password@127.0.0.1:5432/chorus'

/** Everything that the environment decides. Read once at start; handed on as a value. */
export class Settings {
  /** folder of keys, tokens and the embedded database; absolute */
  @IsNotEmpty({ message: 'CHORUS_DATA: is empty; give a folder, or unset it for .chorus' })
  data!: string

  /** address to listen on */
  @Matches(/^[A-Za-z0-9.:-]+$/, { message: 'CHORUS_HOST: is not a host name or address; give for example 127.0.0.1' })
  host!: string

  /** port to listen on; 0 takes any free one */
  @Min(0, { message: 'CHORUS_PORT: is below 0; give a port from 0 (any free one) to 65535' })
  @Max(65535, { message: 'CHORUS_PORT: is above 65535; give a port from 0 (any free one) to 65535' })
  @IsInt({ message: 'CHORUS_PORT: is not a whole number; give a port from 0 (any free one) to 65535' })
  port!: number

  /** production refuses tokens and keys that are marked demonstration */
  @IsIn(['demonstration', 'production'], { message: 'CHORUS_MODE: is neither demonstration nor production; give one of the two' })
  mode!: 'demonstration' | 'production'

  /** path or URL of the JWKS whose keys sign bearer tokens; demonstration needs none, its issuer lies in the data folder */
  @ValidateIf((settings: Settings) => settings.jwks !== undefined || settings.mode === 'production')
  @IsNotEmpty({ message: 'CHORUS_JWKS: is missing; production needs the path or https address of its identity provider\'s keys (JWKS)' })
  jwks?: string

  /** least level of log lines */
  @IsIn(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], { message: 'CHORUS_LOG_LEVEL: is none of fatal, error, warn, info, debug, trace, silent; give one of them' })
  logLevel!: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent'

  /** largest upload, in bytes */
  @Min(1, { message: 'CHORUS_MAX_UPLOAD: is below 1 byte; give bytes or a number with KiB, MiB or GiB, for example 1GiB' })
  @Max(64 * 1024 * MIB, { message: 'CHORUS_MAX_UPLOAD: is above 64 GiB; give less, or send the file in parts' })
  @IsInt({ message: 'CHORUS_MAX_UPLOAD: is not a size; give bytes or a number with KiB, MiB or GiB, for example 1GiB' })
  maxUpload!: number

  /** folder that is watched for agencies' files; absolute; absent = none is */
  @ValidateIf((settings: Settings) => settings.drop !== undefined)
  @IsNotEmpty({ message: 'CHORUS_DROP: is empty; give the folder that agencies put their files into, or unset it to watch none' })
  drop?: string

  /** seconds between two looks at it: a file that is quiet so long is taken */
  @Min(1, { message: 'CHORUS_DROP_INTERVAL: is below 1 second; give seconds from 1 to 3600, for example 10' })
  @Max(3600, { message: 'CHORUS_DROP_INTERVAL: is above 3600 seconds; give seconds from 1 to 3600, for example 10' })
  @IsInt({ message: 'CHORUS_DROP_INTERVAL: is not a whole number of seconds; give seconds from 1 to 3600, for example 10' })
  dropInterval!: number

  /** seconds for which a full roster must have been as it is before it is taken, unless its sender says that it is whole */
  @Min(60, { message: 'CHORUS_DROP_ROSTER_QUIET: is below 60 seconds; give seconds from 60 to 86400: half of a roster says of the others that they have left' })
  @Max(86_400, { message: 'CHORUS_DROP_ROSTER_QUIET: is above 86400 seconds; give seconds from 60 to 86400, for example 120' })
  @IsInt({ message: 'CHORUS_DROP_ROSTER_QUIET: is not a whole number of seconds; give seconds from 60 to 86400, for example 120' })
  dropRosterQuiet!: number

  /** 1: the first start of a demonstration loads the sample files; 0: it does not */
  @IsIn(['0', '1'], { message: 'CHORUS_SAMPLES: is neither 0 nor 1; give 0 to start without the sample files, or unset it' })
  samples!: '0' | '1'

  /** folder of signed checkpoints; absolute, and not within the database's */
  @IsNotEmpty({ message: 'CHORUS_CHECKPOINTS: is empty; give a folder outside the database\'s, best on another disk, or unset it for checkpoints/ in the data folder' })
  checkpoints!: string

  /** address of a witness on another host that is sent every checkpoint */
  @ValidateIf((settings: Settings) => settings.witness !== undefined)
  @Matches(/^https?:\/\/[^/\s?#@]+$/, { message: 'CHORUS_WITNESS: is not an http or https address without a path; give for example https://witness.example.org:8290' })
  witness?: string

  /** a key service that seals the key folder; absent = its files are plain, and apart from the database */
  keyService?: Pkcs11Settings

  /** a KurrentDB that holds the log; absent = the log is in the database of databaseUrl */
  @ValidateIf((settings: Settings) => settings.logUrl !== undefined)
  @Matches(KURRENTDB_URL, { message: 'CHORUS_LOG_URL: is not a KurrentDB address; give for example kurrentdb://user:password@127.0.0.1:2113?tls=true, or unset it to keep the log in PostgreSQL' })
  logUrl?: string

  /** application role; absent = the embedded PostgreSQL */
  @ValidateIf((settings: Settings) => settings.databaseUrl !== undefined)
  @Matches(POSTGRES_URL, { message: `DATABASE_URL: is not a PostgreSQL address; give for example ${POSTGRES_EXAMPLE}` })
  databaseUrl?: string

  /** owner of the tables, for migrations alone */
  @ValidateIf((settings: Settings) => settings.databaseOwnerUrl !== undefined)
  @Matches(POSTGRES_URL, { message: `DATABASE_OWNER_URL: is not a PostgreSQL address; give for example ${POSTGRES_EXAMPLE}` })
  databaseOwnerUrl?: string
}

/** The environment is wrong; `problems` holds one line for each setting, and never a value (an address carries a password). */
export class SettingsRefused extends Error {
  constructor(readonly problems: readonly string[]) {
    super(`${problems.length === 1 ? 'One setting is' : `${problems.length} settings are`} wrong:\n${problems.map((line) => `  ${line}`).join('\n')}`)
    this.name = 'SettingsRefused'
  }
}

const UNITS: Readonly<Record<string, number>> = { '': 1, KIB: 1024, MIB, GIB: 1024 * MIB }

const wholeNumber = (text: string): number => (/^-?\d+$/.test(text) ? Number(text) : Number.NaN)

const size = (text: string): number => {
  const match = /^(\d+)\s*(|KiB|MiB|GiB)$/i.exec(text)
  return match ? Number(match[1]) * (UNITS[(match[2] ?? '').toUpperCase()] ?? Number.NaN) : Number.NaN
}

const isWithin = (path: string, folder: string): boolean => path === folder || path.startsWith(`${folder}/`)

/** Whether an address can be taken apart: a port that there is, and a user and a password whose %-signs mean something. */
const isWhole = (address: string): boolean => {
  if (!URL.canParse(address)) return false
  const { username, password, pathname } = new URL(address)
  try { return [username, password, pathname].map(decodeURIComponent).length === 3 } catch { return false }
}

/** What is no folder will not become one; a folder that is not there or not readable may come (a share that is not mounted yet): health says so meanwhile. */
const wrongFolder = (name: string, path: string): string[] => {
  try { return statSync(path).isDirectory() ? [] : [`${name}: is a file; give a folder`] } catch { return [] }
}

/**
 * The settings that an environment means, defaults filled in.
 * @param env the environment's variables
 * @param folder what a relative CHORUS_DATA is relative to, absolute
 * @throws SettingsRefused with every wrong setting at once
 */
export const readSettings = (env: Readonly<Record<string, string | undefined>>, folder: string): Settings => {
  const settings = new Settings()
  const data = (env.CHORUS_DATA ?? '.chorus').trim()
  settings.data = data === '' ? '' : resolve(folder, data)
  settings.host = (env.CHORUS_HOST ?? '127.0.0.1').trim()
  settings.port = wholeNumber((env.CHORUS_PORT ?? '8260').trim())
  settings.mode = (env.CHORUS_MODE ?? 'demonstration').trim() as Settings['mode']
  settings.maxUpload = size((env.CHORUS_MAX_UPLOAD ?? '1GiB').trim())
  const drop = env.CHORUS_DROP?.trim()
  if (drop !== undefined) settings.drop = drop === '' ? '' : resolve(folder, drop)
  settings.dropInterval = wholeNumber((env.CHORUS_DROP_INTERVAL ?? '10').trim())
  settings.dropRosterQuiet = wholeNumber((env.CHORUS_DROP_ROSTER_QUIET ?? '120').trim())
  const jwks = env.CHORUS_JWKS?.trim()
  if (jwks !== undefined) settings.jwks = jwksOf(jwks, folder)
  settings.logLevel = (env.CHORUS_LOG_LEVEL ?? 'info').trim() as Settings['logLevel']
  settings.samples = (env.CHORUS_SAMPLES ?? '1').trim() as Settings['samples']
  const checkpoints = (env.CHORUS_CHECKPOINTS ?? resolve(settings.data, 'checkpoints')).trim()
  settings.checkpoints = checkpoints === '' ? '' : resolve(folder, checkpoints)
  settings.witness = env.CHORUS_WITNESS?.trim().replace(/\/+$/, '')
  const [service, pin] = [env.CHORUS_KEY_SERVICE?.trim() || undefined, env.CHORUS_KEY_SERVICE_PIN?.trim() || undefined]
  const address = service === undefined ? undefined : readPkcs11Uri(service)
  if (typeof address === 'object' && pin !== undefined) settings.keyService = { ...address, pin }
  settings.logUrl = env.CHORUS_LOG_URL?.trim() || undefined
  settings.databaseUrl = env.DATABASE_URL?.trim()
  settings.databaseOwnerUrl = env.DATABASE_OWNER_URL?.trim()
  // one line for each setting: NaN breaks every rule of a number, and the one nearest to the field is asked first
  const problems = new Validator().validateSync(settings, { stopAtFirstError: true }).flatMap((error) => Object.values(error.constraints ?? {}).slice(0, 1))
  for (const [name, value] of [['DATABASE_URL', settings.databaseUrl], ['DATABASE_OWNER_URL', settings.databaseOwnerUrl], ['CHORUS_WITNESS', settings.witness]] as const) {
    if (value !== undefined && !problems.some((line) => line.startsWith(`${name}:`)) && !isWhole(value)) problems.push(`${name}: cannot be taken apart; give a port from 1 to 65535, and write %, /, @ and : in a name or password as %25, %2F, %40 and %3A`)
  }
  if ([...(settings.logUrl ?? '').matchAll(/:(\d+)(?=[,/?]|$)/g)].some(([, port]) => Number(port) === 0 || Number(port) > 65_535)) problems.push('CHORUS_LOG_URL: names a port that there is not; give one from 1 to 65535')
  if (typeof address === 'string') problems.push(`CHORUS_KEY_SERVICE: ${address}`)
  if (service !== undefined && pin === undefined) problems.push('CHORUS_KEY_SERVICE_PIN: is missing; give the PIN of the token, or the path of its file in CHORUS_KEY_SERVICE_PIN_FILE')
  if (service === undefined && pin !== undefined) problems.push('CHORUS_KEY_SERVICE: is missing, but there is a PIN for it; give the PKCS#11 URI of the wrapping key, or unset CHORUS_KEY_SERVICE_PIN')
  if (settings.drop && (isWithin(settings.drop, settings.data) || isWithin(settings.data, settings.drop))) problems.push('CHORUS_DROP: lies within the data folder, or around it; whoever puts files there must not reach keys and database; give another folder')
  for (const name of ['CHORUS_DROP_INTERVAL', 'CHORUS_DROP_ROSTER_QUIET']) if (settings.drop === undefined && env[name] !== undefined) problems.push(`CHORUS_DROP: is missing, but there is a time for it; give the folder, or unset ${name}`)
  if (settings.drop) problems.push(...wrongFolder('CHORUS_DROP', settings.drop))
  problems.push(...wrongFolder('CHORUS_CHECKPOINTS', settings.checkpoints))
  if (isWithin(settings.checkpoints, resolve(settings.data, 'postgres'))) problems.push('CHORUS_CHECKPOINTS: lies within the database\'s own folder; whoever changes the log there changes them too. Give another')
  problems.push(...misspelt(env))
  if (problems.length > 0) throw new SettingsRefused(problems)
  return settings
}
