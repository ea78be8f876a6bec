/** All commands of `chorus`. A new one: a file in commands/ with register(program, context), and its line here. */
import { Command, CommanderError } from 'commander'
import { chorusVersion } from '@chorus/platform'
import { Context, type World } from './context'
import { EXIT } from './exit'
import * as audit from './commands/audit'
import * as backup from './commands/backup'
import * as completion from './commands/completion'
import * as coverage from './commands/coverage'
import * as csv from './commands/csv'
import * as deadLetters from './commands/dead-letters'
import * as doctor from './commands/doctor'
import * as health from './commands/health'
import * as history from './commands/history'
import * as importFile from './commands/import'
import * as key from './commands/key'
import * as log from './commands/log'
import * as migrate from './commands/migrate'
import * as persons from './commands/persons'
import * as policy from './commands/policy'
import * as publicKey from './commands/public-key'
import * as quarantine from './commands/quarantine'
import * as receipt from './commands/receipt'
import * as replay from './commands/replay'
import * as restore from './commands/restore'
import * as timers from './commands/timers'
import * as token from './commands/token'
import * as verify from './commands/verify'
import * as witness from './commands/witness'

const COMMANDS: readonly { register(program: Command, context: Context): void }[] = [importFile, csv, coverage, quarantine, deadLetters, history, persons, policy, replay, verify, receipt, publicKey, witness, key, log, audit, health, doctor, migrate, backup, restore, timers, token, completion]

/** The program with every command; `context` is told the exit code of the one that runs. */
export const programOf = (context: Context): Command => {
  const { stdout, stderr } = context.world
  const program = new Command('chorus')
    .description('Chorus: coordination of an Intimate Partner Violence Intervention, from the command line')
    .version(chorusVersion(), '--version')
    .showSuggestionAfterError(true)
    .showHelpAfterError('(chorus --help lists the commands; chorus COMMAND --help has examples)')
    .configureOutput({ writeOut: (text) => { stdout.write(text) }, writeErr: (text) => { stderr.write(text) } })
    .addHelpText('after', [
      '', 'Speaks to the running Chorus (CHORUS_URL, CHORUS_URL_<SERVICE>, else the one of the data folder), else starts one for the command (health and doctor only look).',
      'Every command: --json --quiet --no-color --no-input --env --role --agency --purpose; --dry-run where it writes.',
      'Exit codes: 0 done, 1 failure, 2 usage, 3 errors in the data, 4 verification differs, 5 refused, 6 conflict or busy,',
      '7 Chorus or its database does not answer, 130 stopped by Ctrl-C (can be resumed).',
      '', 'Examples:', '  npx chorus import nibrs samples/nibrs/2026-07.txt --dry-run', '  npx chorus replay', '  npx chorus doctor',
    ].join('\n'))
  for (const { register } of COMMANDS) register(program, context)
  // Commands copy the settings of their parent when they are made with .command(); help of a group without a verb is usage.
  for (const command of everyCommand(program)) command.exitOverride()
  return program
}

/** The program and all commands below it. */
export const everyCommand = (command: Command): Command[] => [command, ...command.commands.flatMap(everyCommand)]

/** Runs one command line. @returns the exit code; never throws for what a user can do. */
export const runCommandLine = async (world: World): Promise<number> => {
  const context = new Context(world)
  const program = programOf(context)
  try {
    await program.parseAsync([...world.argv], { from: 'user' })
    return context.exit
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage
    throw error
  }
}
