/** All commands of `chorus`. A new one: a file in commands/ with register(program, context), and its line here. Files are loaded as they are asked for: all of them would take a command longer than its work. */
import { Command, CommanderError } from 'commander'
import { chorusVersion } from '@chorus/platform/process'
import type { Context, World } from './context'
import { EXIT } from './exit'

interface Registers { register(program: Command, context: Context): void }
/** A file of commands. `says`: its lines of the program's own help, so that help, and a command, loads no other file. cli.spec.ts holds them against what the files say. */
interface CommandFile { readonly load: () => Promise<Registers>; readonly says: Readonly<Record<string, string>> }

const COMMANDS: readonly CommandFile[] = [
  { load: () => import('./commands/import'), says: { 'import': 'import an agency\'s file' } },
  { load: () => import('./commands/csv'), says: { 'csv': 'a records system\'s extract, CSV or JSON, by a mapping file' } },
  { load: () => import('./commands/coverage'), says: { 'coverage': 'what each source covers, and through which day all of it is here' } },
  { load: () => import('./commands/quarantine'), says: { 'quarantine': 'records that could not be accepted' } },
  { load: () => import('./commands/dead-letters'), says: { 'dead-letters': 'events that a consumer of the bus could not work' } },
  { load: () => import('./commands/history'), says: { 'history [options] <subject>': 'the history of a case, an incident, an account or an ordinance, as it was and as it was known' } },
  { load: () => import('./commands/persons'), says: { 'persons': 'which records are one person\'s' } },
  { load: () => import('./commands/policy'), says: { 'policy': 'the program\'s policies: which versions hold, and what a file would change' } },
  { load: () => import('./commands/replay'), says: { 'replay [options]': 'fold the whole log: events, streams, rate, digest' } },
  { load: () => import('./commands/verify'), says: { 'verify [options]': 'walk the chains of the log and of the audit log, compare them with what was signed, name the first ordinal that is wrong' } },
  { load: () => import('./commands/receipt'), says: { 'receipt [options] <id>': 'print the proof of one event\'s place in the log', 'verify-receipt [options] <file>': 'check a receipt with the public key alone: no Chorus, no database, no network' } },
  { load: () => import('./commands/public-key'), says: { 'public-key [options]': 'print the public key that signs this log, for whoever is to check it' } },
  { load: () => import('./commands/witness'), says: { 'witness [options]': 'keep the checkpoints of logs that run elsewhere, and refuse to go back' } },
  { load: () => import('./commands/key'), says: { 'key': 'the keys of a person or a record: what there is, legal holds, orders to close or to destroy' } },
  { load: () => import('./commands/log'), says: { 'log': 'the log itself' } },
  { load: () => import('./commands/audit'), says: { 'audit': 'who read which person\'s record, and what for' } },
  { load: () => import('./commands/health'), says: { 'health [options]': 'whether Chorus is ready, check by check' } },
  { load: () => import('./commands/doctor'), says: { 'doctor [options]': 'look at settings, folders, keys, database, clocks and the running server' } },
  { load: () => import('./commands/migrate'), says: { 'migrate [options]': 'bring the database of DATABASE_OWNER_URL to the schema of this build' } },
  { load: () => import('./commands/backup'), says: { 'backup [options]': 'copy the log, the vault and all places of consumers to a folder, and the keys, sealed, to another; while Chorus runs' } },
  { load: () => import('./commands/restore'), says: { 'restore [options]': 'put a backup into an empty data folder or database; with --drill only prove that it can be' } },
  { load: () => import('./commands/timers'), says: { 'timers': 'what is due, and what was missed' } },
  { load: () => import('./commands/token'), says: { 'token [options]': 'print a bearer token for a demonstration role' } },
  { load: () => import('./commands/completion'), says: { 'completion [options] <shell>': 'print completion for bash, zsh, fish' } },
]

/** What a line of help stands for that this command line does not run. */
const standIn = (program: Command, line: string, summary: string): void => {
  const [name = '', ...more] = line.split(' ')
  const command = program.command([name, ...more.filter((word) => word !== '[options]')].join(' ')).description(summary)
  if (more.includes('[options]')) command.option('--json')
}

/** Whether these words may ask for one of its commands; completion is made of all. */
const isAsked = ({ says }: CommandFile, words: readonly string[]): boolean => words.includes('completion') || Object.keys(says).some((line) => words.includes(line.split(' ')[0]!))

/**
 * The program with the commands that the words may ask for, and with what help says of the others.
 * @param words of the command line; absent: all commands
 * @param contextOf made where a command is loaded; it is told the exit code of the one that runs
 */
export const programOf = async ({ stdout, stderr }: Pick<World, 'stdout' | 'stderr'>, contextOf: () => Promise<Context>, words?: readonly string[]): Promise<Command> => {
  const program = new Command('chorus')
    .description('Chorus: coordination of an Intimate Partner Violence Intervention, from the command line')
    .version(chorusVersion(), '--version')
    .showSuggestionAfterError(true)
    .showHelpAfterError('(chorus --help lists the commands; chorus COMMAND --help has examples)')
    .configureOutput({ writeOut: (text) => { stdout.write(text) }, writeErr: (text) => { stderr.write(text) } })
    .addHelpText('after', [
      '', 'Speaks to the running Chorus (CHORUS_URL, CHORUS_URL_<SERVICE>, else the one of the data folder), else starts one for the command (health and doctor only look).',
      'Every command: --json --quiet --no-color --no-input --env --role --agency --purpose; --dry-run where it writes.',
      'Exit codes: 0 done, 1 failure, 2 usage,',
      '3 errors in the data (of a file: nothing of it accepted; single records in quarantine end with 0),',
      '4 verification differs, 5 refused, 6 conflict or busy, 7 Chorus or its database does not answer, 130 stopped by Ctrl-C (can be resumed).',
      '', 'Examples:', '  npx chorus import nibrs samples/nibrs/2026-07.txt --dry-run', '  npx chorus replay', '  npx chorus doctor',
    ].join('\n'))
  for (const file of COMMANDS) {
    if (words === undefined || isAsked(file, words)) (await file.load()).register(program, await contextOf())
    else for (const [line, summary] of Object.entries(file.says)) standIn(program, line, summary)
  }
  // Commands copy the settings of their parent when they are made with .command(); help of a group without a verb is usage.
  for (const command of everyCommand(program)) command.exitOverride()
  return program
}

/** The program and all commands below it. */
export const everyCommand = (command: Command): Command[] => [command, ...command.commands.flatMap(everyCommand)]

/** Runs one command line. @returns the exit code; never throws for what a user can do. */
export const runCommandLine = async (world: World): Promise<number> => {
  let context: Context | undefined
  const program = await programOf(world, async () => context ??= new (await import('./context')).Context(world), world.argv)
  try {
    await program.parseAsync([...world.argv], { from: 'user' })
    return context?.exit ?? EXIT.ok
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage
    throw error
  }
}
