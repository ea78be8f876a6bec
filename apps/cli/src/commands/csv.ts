import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { Readable } from 'node:stream'
import type { Command } from 'commander'
import { resultOf, type Client } from '../client'
import type { Context } from '../context'
import { CliError, EXIT } from '../exit'

interface Row { readonly row: number; readonly line: number; readonly outcome: string; readonly cause?: string; readonly field?: string; readonly text?: string; readonly quarantine?: string }
interface Report {
  readonly mapping: string; readonly committed: boolean; readonly complete: boolean; readonly plan: string
  readonly records: { readonly read: number; readonly accepted: number; readonly duplicate: number; readonly quarantined: number }
  readonly corrections: number; readonly erased: number; readonly releasedFromQuarantine: number; readonly withoutCase: number; readonly departures: number
  readonly rows: readonly Row[]; readonly rowsLeftOut: number
}
interface Options { readonly map: string; readonly plan?: string }

/** Rows that one screen shows; --json has a thousand, the quarantine all that it keeps. */
const SHOWN = 40
const EXAMPLE = 'samples/extracts/kcpd-reports.csv --map samples/extracts/kcpd-reports.map.yml'

/** chorus csv plan | commit: a records system's extract (CSV or JSON) by a mapping file. */
export const register = (program: Command, context: Context): void => {
  const group = program.command('csv').description("a records system's extract, CSV or JSON, by a mapping file")
  const map = (command: Command): Command => command.requiredOption('--map <file>', 'the mapping (YAML): which column gives which field')
  context.command<Options, [string]>(group, {
    name: 'plan <file>', summary: 'say row by row what would happen; records nothing', role: 'intakeAnalyst',
    examples: [`npx chorus csv plan ${EXAMPLE}`, `npx chorus csv plan ${EXAMPLE} --json`], with: map,
    run: async ({ client, options, out, signal }, file) => {
      const report = await send(await client(), 'plan', file, options, signal)
      out.data('csv.plan/1', report, linesOf(report))
      out.next(`npx chorus csv commit ${file} --map ${options.map} --plan ${report.plan}`)
      return exitOf(report)
    },
  })
  context.command<Options & { readonly dryRun?: boolean }, [string]>(group, {
    name: 'commit <file>', summary: 'record what the plan says, and nothing else', role: 'intakeAnalyst', writes: 'dry-run',
    examples: [`npx chorus csv commit ${EXAMPLE}`],
    with: (command) => map(command).option('--plan <digest>', 'the plan that you looked at: where it is another by now, nothing is recorded'),
    run: async ({ client, options, out, signal }, file) => {
      const report = await send(await client(), options.dryRun ? 'plan' : 'commit', file, options, signal)
      out.data('csv.commit/1', report, linesOf(report))
      if (report.committed && report.records.quarantined > 0) out.next('npx chorus quarantine list')
      return exitOf(report)
    },
  })
}

const exitOf = ({ records, complete }: Report): number => !complete ? EXIT.failure : records.read === 0 || records.read === records.quarantined ? EXIT.dataErrors : EXIT.ok

const readWhole = async (path: string, what: string): Promise<Buffer> => {
  try { return await readFile(path) } catch (error) { throw new CliError(`${path} is not there, or may not be read (${(error as NodeJS.ErrnoException).code ?? 'error'}). Give the path of ${what}.`, EXIT.usage) }
}

const send = async (client: Client, verb: 'plan' | 'commit', file: string, { map, plan }: Options, signal: AbortSignal): Promise<Report> => {
  const [extract, mapping] = [await readWhole(file, 'an extract'), await readWhole(map, 'a mapping')]
  // Bytes of a file may hold any text: a boundary that neither holds.
  let boundary = 'chorus'
  while (extract.includes(boundary) || mapping.includes(boundary)) boundary += '-'.concat(String(boundary.length))
  const part = (name: string, path: string, bytes: Buffer): Buffer[] => [Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="${name}"; filename="${basename(path).replace(/["\r\n\\]/g, '_')}"\r\nContent-Type: application/octet-stream\r\n\r\n`), bytes, Buffer.from('\r\n')]
  const body = Buffer.concat([...part('mapping', map, mapping), ...part('file', file, extract), Buffer.from(`--${boundary}--\r\n`)])
  return resultOf<Report>(client.upload(`/v1/imports/extract/${verb}`, { signal, body: Readable.from([body]), length: body.length, contentType: `multipart/form-data; boundary=${boundary}`, query: { plan: verb === 'commit' ? plan : undefined } }))
}

/** Rows of CSV stand behind a heading. Where row and line are one number it is JSON, whose rows have no line. */
const placeOf = ({ row, line }: Pick<Row, 'row' | 'line'>): string => line === row ? `row ${row}` : `row ${row} (line ${line})`
const n = (value: number): string => value.toLocaleString('en-US')
const linesOf = (report: Report): string[] => {
  const { records, rows } = report
  const shown = rows.filter(({ outcome, cause }) => cause === 'erased' || (outcome !== 'duplicate' && outcome !== 'no-case'))
  return [
    report.committed ? `recorded by ${report.mapping}` : `plan by ${report.mapping}: nothing was recorded`,
    ...(report.complete ? [] : ['not all rows were settled: run the same command again, it goes on where this run stopped']),
    `rows     ${n(records.read)} read = ${n(records.accepted)} accepted + ${n(records.duplicate)} duplicate + ${n(records.quarantined)} quarantined`,
    `         ${n(report.corrections)} corrections, ${n(report.releasedFromQuarantine)} released from quarantine${report.withoutCase ? `; of the duplicates ${n(report.withoutCase)} of nobody with a case here` : ''}${report.erased ? `; ${n(report.erased)} erased by order` : ''}`,
    ...(report.departures ? [`roster   ${n(report.departures)} no longer on it: recorded as out of custody`] : []),
    ...shown.slice(0, SHOWN).map(({ outcome, cause, text, quarantine, ...place }) => `  ${placeOf(place)}  ${outcome}${cause ? `  ${cause}: ${text}` : ''}${quarantine ? `  ${quarantine}` : ''}`),
    ...(shown.length > SHOWN || report.rowsLeftOut ? [`  and ${n(Math.max(shown.length - SHOWN, 0) + report.rowsLeftOut)} more rows (--json)`] : []),
    `plan     ${report.plan}`,
  ]
}
