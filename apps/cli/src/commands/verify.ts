import type { Command } from 'commander'
import type { LogReport } from '@chorus/tamper-evidence'
import type { Context } from '../context'
import { resultOf } from '../client'
import { CliError, EXIT } from '../exit'
import { readPublicKey } from '../public-key'

/** chorus verify: walks the chain of the log and holds it against what was signed. */
export const register = (program: Command, context: Context): void => {
  context.command<{ readonly incremental?: boolean; readonly key?: string }>(program, {
    name: 'verify',
    summary: 'walk the chains of the log and of the audit log, compare them with what was signed, name the first ordinal that is wrong',
    examples: ['npx chorus verify', 'npx chorus verify --incremental --json', 'npx chorus verify --key log.pub'],
    with: (command) => command
      .option('--incremental', 'only what was recorded since the log was last found right; what was changed before that is not seen')
      .option('--key <key>', 'the public key that must have signed: a file, or the key itself'),
    run: async ({ client, options, out, signal }) => {
      const key = options.key === undefined ? undefined : readPublicKey(options.key).text
      const query = { full: options.incremental !== true, key }
      const report = await resultOf<LogReport, { events: number; of: number }>((await client()).lines('/v1/log/verification', { signal, query }), ({ events, of }) => out.progress('verifying', { done: events, total: of, unit: 'events' }))
      out.progressDone()
      out.data('verify/2', report, linesOf(report))
      if (!report.ok) return EXIT.mismatch
      // not 4, which calls people out: nothing is wrong in what was seen; not 0 either, since a script would take all of it for right
      if (report.notLooked !== undefined) throw new CliError('Nothing wrong was found, but not everything was looked at: see NOT LOOKED AT. Put that right, then verify again.', EXIT.failure)
      return EXIT.ok
    },
  })
}

const linesOf = (report: LogReport): string[] => {
  const before = report.before ? [`ordinals 1 to ${report.before.ordinal} were verified at ${report.before.signedtime} and not read again: without --incremental all are`] : []
  if (!report.ok) {
    const { in: where, ordinal, upTo, fault, text, right, stillRight } = report
    const one = where === undefined ? 'ordinal' : 'entry'
    return [
      `${where ?? 'log'}${where === undefined ? ` ${report.log}` : ''}: WRONG at ${one} ${ordinal}${upTo === undefined ? '' : ` (or one of those through ${upTo})`}: ${fault}`,
      text,
      right ? `right through ${one} ${right.ordinal}: as signed at ${right.signedtime}` : 'no checkpoint before it vouches for anything',
      stillRight ? `it was still right at ${stillRight.signedtime}, when ${one} ${stillRight.ordinal} was signed: changed since` : 'no checkpoint covers it: when it was changed is not known',
      ...before,
      'what to do: docs/runbooks/tampering.md',
    ]
  }
  const { checked, through, link, signed, checkpoints, keys, audit, persons, unsigned, publicKey, notLooked } = report
  return [
    `log ${report.log}: ${checked} events verified, through ordinal ${through}`, `link ${link}`,
    signed ? `signed through ordinal ${signed.ordinal} at ${signed.signedtime}; ${checkpoints} checkpoints agree${through > signed.ordinal ? `; a cut of the last ${through - signed.ordinal} would not show yet` : ''}` : 'nothing is signed yet',
    ...keys ? [`${keys.open} sealing keys open what they sealed first${keys.erased > 0 ? `, ${keys.erased} were destroyed` : ''}`] : [],
    ...audit ? [`audit log ${audit.log}: ${audit.checked} entries verified, through ${audit.through}; ${audit.signed === null ? 'none is signed yet' : `signed through ${audit.signed}`}`] : [],
    ...persons ? ['who is one person: as it was noted'] : [],
    // absent from a service of the version before
    ...(unsigned ?? []).map(({ ordinal, from, through: last, to }) => `nothing was signed from ${from}, when ordinal ${ordinal} was recorded, ${to === null ? 'until now' : `to ${to}`} (through ordinal ${last}): nobody signed then, or checkpoints of that time were taken away; see docs/runbooks/tampering.md`),
    ...notLooked === undefined ? [] : [`NOT LOOKED AT: ${notLooked}`],
    `signed by ${publicKey}`, ...before,
  ]
}
