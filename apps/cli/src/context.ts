/**
 * What every command of `chorus` is given, and how one is declared. See commands/log.ts for the simplest, commands/import.ts for one
 * that streams a file up while its progress comes back.
 */
import { readFileSync } from 'node:fs'
import { Command, InvalidArgumentError, Option } from 'commander'
import { AGENCIES, PURPOSES, PURPOSES_OF, ROLES, isAgency, type Purpose, type Role } from '@chorus/contracts'
import { repositoryRoot, type Clock } from '@chorus/platform/process'
import { issueToken, readSettings, SettingsRefused, withSecretFiles, type Settings } from '@chorus/platform/settings'
import { Client } from './client'
import { connect, type Connection } from './connection'
import { CliError, EXIT } from './exit'
import { Output, type Stopwatch, type Terminal } from './output'

/** Where a command gets everything from; tests give their own. */
export interface World extends Terminal {
  readonly clock: Clock
  readonly watch: Stopwatch
  /** aborted by Ctrl-C */
  readonly signal: AbortSignal
  /** words of the command line, for the resume hint */
  readonly argv: readonly string[]
}

/** Options that every command has. */
export interface CommonOptions { readonly json?: boolean; readonly quiet?: boolean; readonly color?: boolean; readonly input?: boolean; readonly env: 'demonstration' | 'production'; readonly role?: Role; readonly agency?: string; readonly purpose?: Purpose; readonly dryRun?: boolean; readonly reason?: string }

/** One run of one command. */
export interface Run<Options = Record<string, unknown>> {
  readonly options: CommonOptions & Options
  readonly out: Output
  readonly signal: AbortSignal
  readonly world: World
  readonly settings: Settings
  /** folder of the checkout */
  readonly root: string
  /** The client; the first call connects, or starts a Chorus for the time of the command. */
  client(): Promise<Client>
  /** A bearer token: from the file CHORUS_TOKEN_FILE names, else (demonstration) from the data folder's own issuer. */
  token(): Promise<string>
}

export interface CommandDeclaration<Options, Args extends readonly unknown[]> {
  /** name and arguments, as commander writes them: `show <id>` */
  readonly name: string
  readonly summary: string
  /** whole command lines; shown by --help */
  readonly examples: readonly string[]
  /** role of the demonstration token unless --role says another */
  readonly role?: Role
  /** 'dry-run': it writes, and has --dry-run. 'operator': that, and --reason is required */
  readonly writes?: 'dry-run' | 'operator'
  /** further options and arguments */
  readonly with?: (command: Command) => unknown
  /** The work. Data to out.data, everything else to out.say; throw CliError to fail. A number returned is the exit code. */
  readonly run: (run: Run<Options>, ...args: Args) => Promise<number | void>
}

/** Agency of a demonstration token, by role. */
export const AGENCY_OF: Readonly<Record<Role, string>> = {
  intakeAnalyst: 'KCPD', detective: 'KCPD', agencyFeed: 'KCPD', prosecutor: 'JCPO', panelMember: 'JCPO', systemAdvocate: 'JCPO',
  healthProgram: 'HEALTH', pchProvider: 'HEALTH', finance: 'FINANCE', evaluator: 'EVALUATOR', operator: 'CITY', privacyOfficer: 'CITY',
}

const agency = (text: string): string => { if (!isAgency(text)) throw new InvalidArgumentError(`Give ${AGENCIES.join(', ')}, or an ORI (nine characters).`); return text }

export class Context {
  /** the exit code of the command that ran */
  exit = 0
  constructor(readonly world: World) {}

  /** Adds a command with the options and the help that all have. */
  command<Options = Record<string, unknown>, Args extends readonly unknown[] = readonly string[]>(parent: Command, declared: CommandDeclaration<Options, Args>): Command {
    const command = parent.command(declared.name).description(declared.summary)
    declared.with?.(command)
    if (declared.writes) command.option('--dry-run', 'say what would be done, do nothing')
    if (declared.writes === 'operator') command.option('--reason <text>', 'why; kept in the record (required)')
    const own = new Set(command.options.map((option) => option.long))
    const common: readonly Option[] = [
      new Option('--json', 'one JSON object, or one per line'), new Option('--quiet', 'data and errors only'), new Option('--no-color', 'no colour'), new Option('--no-input', 'never ask'),
      new Option('--env <environment>', 'which environment is meant').choices(['demonstration', 'production']).default('demonstration'),
      new Option('--role <role>', 'whom the demonstration token speaks for').choices([...ROLES]),
      new Option('--agency <agency>', 'and for which agency').argParser(agency),
      new Option('--purpose <code>', 'what a person\'s record is read for; kept in the audit log').choices([...PURPOSES]),
    ]
    for (const option of common) if (!own.has(option.long)) command.addOption(option)
    return command
      .addHelpText('after', `\nExamples:\n${declared.examples.map((line) => `  ${line}`).join('\n')}`)
      .action(async (...given: unknown[]) => { given.pop(); const options = given.pop() as CommonOptions & Options; await this.perform(declared, options, given as unknown as Args) })
  }

  private async perform<Options, Args extends readonly unknown[]>(declared: CommandDeclaration<Options, Args>, options: CommonOptions & Options, args: Args): Promise<void> {
    const { world } = this
    const out = new Output(world, options, world.watch)
    if (options.env === 'production') out.production()
    const root = repositoryRoot()
    let connection: Promise<Connection> | undefined
    try {
      const settings = settingsOf(world.env, root)
      if (declared.writes === 'operator' && !options.dryRun && (options.reason ?? '').trim() === '') throw new CliError('Say why: --reason "…". It is kept in the record.', EXIT.usage)
      const token = (): Promise<string> => tokenFor(world, settings, options, declared.role)
      this.exit = await declared.run({
        options, out, signal: world.signal, world, settings, root, token,
        client: async () => {
          const { addresses } = await (connection ??= connect(settings, world.env, (line) => out.say(line), world.signal))
          return new Client(addresses, token, options.purpose ?? everydayPurpose(options, declared.role))
        },
      }, ...args) ?? EXIT.ok
    } catch (error) {
      this.exit = world.signal.aborted ? EXIT.interrupted : report(out, error)
    } finally {
      out.progressDone()
      if (world.signal.aborted) { this.exit = EXIT.interrupted; out.warn('Stopped. Nothing that was recorded is lost or doubled; to go on:'); out.warn(`  npx chorus ${world.argv.map(quoted).join(' ')}`) }
      await connection?.then((it) => it.close(), () => undefined)
    }
  }
}

/** Prints an error for people (with --json also as an object on stderr) and gives its exit code. */
export const report = (out: Output, error: unknown): number => {
  const known = error instanceof CliError ? error : error instanceof SettingsRefused ? new CliError(error.message, EXIT.usage) : undefined
  if (!known) { out.error(`chorus failed: ${error instanceof Error ? error.message : 'unknown error'}`); return EXIT.failure }
  if (out.json) out.error(JSON.stringify({ schema: 'chorus.error/1', message: known.message, exit: known.exit, ...(known.more.length > 0 ? { more: known.more.map((line) => line.trim()) } : {}), ...(known.problem ? { problem: known.problem } : {}) }))
  else { out.error(known.message); for (const line of known.more) out.error(line) }
  return known.exit
}

/** A demonstration reads for its role's everyday purpose; in production whoever reads says it. */
const everydayPurpose = (options: CommonOptions, role: Role = 'operator'): Purpose | undefined => options.env === 'production' ? undefined : PURPOSES_OF[options.role ?? role][0]
const settingsOf = (env: NodeJS.ProcessEnv, root: string): Settings => readSettings(withSecretFiles(env), root)
const quoted = (word: string): string => /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll('\'', '\'\\\'\'')}'`

const tokenFor = async (world: World, settings: Settings, options: CommonOptions, role: Role = 'operator'): Promise<string> => {
  const file = world.env.CHORUS_TOKEN_FILE
  if (file) {
    let token: string
    try { token = readFileSync(file, 'utf8').trim() } catch { throw new CliError(`CHORUS_TOKEN_FILE: ${file} cannot be read. Give the path of a file that holds one bearer token.`, EXIT.usage) }
    if (envOf(token) === 'production' && options.env !== 'production') throw new CliError('The token is for production. Say so: --env production.', EXIT.usage)
    return token
  }
  if (options.env === 'production') throw new CliError('Production needs a token of its own: put it in a file and name the file in CHORUS_TOKEN_FILE.', EXIT.usage)
  const speaker = options.role ?? role
  return issueToken(settings.data, world.clock, { role: speaker, agency: options.agency ?? AGENCY_OF[speaker], ttl: 3600 })
}
/** The environment that a token says it is for; who verifies it is the server. */
const envOf = (token: string): unknown => { try { return (JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { env?: unknown }).env } catch { return undefined } }
