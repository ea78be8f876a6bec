import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import type { Readable } from 'node:stream'
import type { Command } from 'commander'
import { resultOf } from '../client'
import type { Context } from '../context'
import { CliError, EXIT } from '../exit'
import type { Output } from '../output'

interface Counts { readonly read: number; readonly accepted: number; readonly duplicate: number; readonly quarantined: number }
interface Report {
  readonly run: string; readonly dryRun: boolean; readonly complete: boolean
  readonly lines: Counts & { readonly blank: number }; readonly records: Counts
  readonly corrections: number; readonly retractions: number; readonly releasedFromQuarantine: number; /** of the duplicates */ readonly erased: number
  readonly edits: { readonly recordsBreakingAny: number; readonly byCode: Readonly<Record<string, number>> }
  readonly quarantine: { readonly byCause: Readonly<Record<string, number>>; readonly first: readonly { readonly id: string; readonly line: number; readonly lines: number; readonly cause: string; readonly text: string }[] }
  readonly earlierRuns: readonly { readonly started: string; readonly complete: boolean }[]
  readonly zones: readonly { readonly zone: string; readonly assumed: boolean }[]
  readonly statistics: {
    readonly incidents: number; readonly offenses: number; readonly victims: number; readonly offenders: number; readonly arrestees: number; readonly groupBArrests: number
    readonly intimatePartner: { readonly victims: number; readonly incidents: number; readonly injury: { readonly physical: number; readonly none: number; readonly blank: number }; readonly incidentsWithArrest: number }
  }
}
interface KcpdReport extends Omit<Report, 'statistics' | 'zones'> {
  readonly statistics: { readonly reports: { readonly begun: number; readonly grown: number }; readonly rows: Readonly<Record<string, number>> & Readonly<Record<'placeStated' | 'placeUnknown' | 'placeOutside' | 'placeUnreadable' | 'placeAbsent' | 'clockSkipped' | 'clockDoubled' | 'clockUnreadable', number>> }
}
interface Progress { readonly lines: number; readonly bytes: number; readonly ofBytes?: number; readonly quarantined: number }
interface Options { readonly zone?: string }

/** chorus import nibrs FILE: sends an agency's file; what it answers balances to the line. */
export const register = (program: Command, context: Context): void => {
  const group = program.command('import').description("import an agency's file")
  context.command<Options, [string]>(group, {
    name: 'nibrs <file>',
    summary: 'import a NIBRS file, FBI fixed width or XML (told by its content); - reads standard input',
    role: 'intakeAnalyst',
    writes: 'dry-run',
    examples: [
      'npx chorus import nibrs samples/nibrs/2026-07.txt --dry-run',
      'npx chorus import nibrs samples/nibrs/2026-07.txt --json',
      'npx chorus import nibrs samples/nibrs/2026-09.xml',
      'npx chorus import nibrs report.txt --zone Pacific/Honolulu',
    ],
    with: (command) => command.option('--zone <zone>', "IANA zone of the file's local times (default: by the state in the ORI)"),
    run: async ({ client, options, out, signal, world }, file) => {
      const { body, length, sha256 } = await opened(file, signal)
      const chorus = await client()
      const begun = world.watch()
      const report = await resultOf<Report, Progress>(chorus.upload('/v1/imports/nibrs', {
        signal, body, contentType: 'application/octet-stream', ...(length !== undefined && { length }),
        query: { dryRun: options.dryRun === true, zone: options.zone, name: file === '-' ? undefined : basename(file) },
        ...(sha256 && { headers: { 'content-digest': `sha-256=:${sha256}:` } }),
      }), ({ lines, bytes, ofBytes, quarantined }) => out.progress(`reading (${lines} lines)`, { done: bytes, total: ofBytes, errors: quarantined, unit: 'bytes' }))
      out.progressDone()
      const seconds = Math.max((world.watch() - begun) / 1000, 0.001)
      out.data('import/1', { ...report, seconds }, linesOf(report, seconds))
      hints(out, report, file)
      if (!report.complete) return EXIT.failure
      return nothingAccepted(report) ? EXIT.dataErrors : EXIT.ok
    },
  })
  context.command<object, [string]>(group, {
    name: 'kcpd <file>',
    summary: 'import open crime data of Kansas City (CSV or JSON of the portal, any year from 2010); - reads standard input',
    role: 'intakeAnalyst',
    writes: 'dry-run',
    examples: ['npx chorus import kcpd KCPD_Crime_Data_2018.csv --dry-run', 'npx chorus import kcpd KCPD_Crime_Data_2018.csv --json'],
    run: async ({ client, options, out, signal, world }, file) => {
      const { body, length, sha256 } = await opened(file, signal)
      const chorus = await client()
      const begun = world.watch()
      const report = await resultOf<KcpdReport, Progress>(chorus.upload('/v1/imports/kcpd', {
        signal, body, contentType: 'application/octet-stream', ...(length !== undefined && { length }),
        query: { dryRun: (options as { dryRun?: boolean }).dryRun === true, name: file === '-' ? undefined : basename(file) },
        ...(sha256 && { headers: { 'content-digest': `sha-256=:${sha256}:` } }),
      }), ({ lines, bytes, ofBytes, quarantined }) => out.progress(`reading (${lines} rows)`, { done: bytes, total: ofBytes, errors: quarantined, unit: 'bytes' }))
      out.progressDone()
      const seconds = Math.max((world.watch() - begun) / 1000, 0.001)
      const { reports, rows } = report.statistics
      out.data('import-kcpd/1', { ...report, seconds }, [
        ...(report.dryRun ? ['dry run: nothing was recorded'] : []),
        ...(report.complete ? [] : ['the file was not read to its end: run the same command again, it goes on where this run stopped']),
        `rows     ${counts(report.records)}`,
        ...erasedOf(report),
        `reports  ${n(reports.begun)} new, ${n(reports.grown)} grown or corrected; ${n(report.corrections)} corrections`,
        `places   ${n(rows.placeStated)} stated, ${n(rows.placeUnknown)} unknown to the source, ${n(rows.placeOutside)} outside, ${n(rows.placeUnreadable)} unreadable, ${n(rows.placeAbsent)} absent`,
        `clocks   ${n(rows.clockSkipped)} in an hour that was skipped, ${n(rows.clockDoubled)} in one that came twice, ${n(rows.clockUnreadable)} unreadable`,
        ...report.quarantine.first.slice(0, 10).map(({ id, text, cause }) => `  ${id}  ${cause}: ${text}`),
        `time     ${seconds.toFixed(1)} s, ${n(Math.round(report.records.read / seconds))} rows/s`,
      ])
      if (report.dryRun) out.next(`npx chorus import kcpd ${file}`)
      else if (report.records.quarantined > 0) out.next('npx chorus quarantine list')
      if (!report.complete) return EXIT.failure
      return nothingAccepted(report) ? EXIT.dataErrors : EXIT.ok
    },
  })
}

/** The file as a stream; its length and digest are known before the first byte is sent, so that a run that is cut short can be recognised. */
const opened = async (file: string, signal: AbortSignal): Promise<{ body: Readable; length?: number; sha256?: string }> => {
  if (file === '-') return { body: process.stdin }
  const found = await stat(file).catch(() => undefined)
  if (!found) throw new CliError(`${file} is not there, or may not be read. Give the path of the file.`, EXIT.usage)
  if (!found.isFile()) throw new CliError(`${file} is no file. Give the path of the file.`, EXIT.usage)
  const hash = createHash('sha256')
  try {
    for await (const chunk of createReadStream(file, { signal })) hash.update(chunk as Buffer)
  } catch (error) {
    if (signal.aborted) throw error
    throw new CliError(`${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'error'}).`, EXIT.usage)
  }
  return { body: createReadStream(file), length: found.size, sha256: hash.digest('base64') }
}

const n = (value: number): string => value.toLocaleString('en-US')
const counts = (of: Counts): string => `${n(of.read)} read = ${n(of.accepted)} accepted + ${n(of.duplicate)} duplicate + ${n(of.quarantined)} quarantined`
const erasedOf = ({ erased }: Pick<Report, 'erased'>): string[] => erased > 0 ? [`erased   ${n(erased)} of the duplicates ${erased === 1 ? 'was' : 'were'} erased by order: known, and not recorded again`] : []
const linesOf = (report: Report, seconds: number): string[] => {
  const { statistics: s } = report
  const ipv = s.intimatePartner
  const edits = Object.entries(report.edits.byCode)
  return [
    ...(report.dryRun ? ['dry run: nothing was recorded'] : []),
    ...(report.complete ? [] : ['the file was not read to its end: run the same command again, it goes on where this run stopped']),
    `lines    ${counts(report.lines)}${report.lines.blank ? ` (${n(report.lines.blank)} blank ones left out)` : ''}`,
    `records  ${counts(report.records)}`,
    `         ${n(report.corrections)} corrections, ${n(report.retractions)} retractions, ${n(report.releasedFromQuarantine)} released from quarantine`,
    ...erasedOf(report),
    `holds    ${n(s.incidents)} incidents, ${n(s.offenses)} offences, ${n(s.victims)} victims, ${n(s.offenders)} offenders, ${n(s.arrestees)} arrestees, ${n(s.groupBArrests)} group B arrests`,
    `         intimate partners: ${n(ipv.victims)} victims in ${n(ipv.incidents)} incidents; injury ${n(ipv.injury.physical)} physical, ${n(ipv.injury.none)} none, ${n(ipv.injury.blank)} blank; ${n(ipv.incidentsWithArrest)} incidents with an arrest`,
    `edits    ${n(report.edits.recordsBreakingAny)} records break an edit of the standard${edits.length ? `: ${edits.sort((a, b) => b[1] - a[1]).slice(0, 8).map(([code, count]) => `${code} (${n(count)})`).join(', ')}` : ''}`,
    ...report.zones.filter(({ assumed }) => assumed).map(({ zone }) => `zone     ${zone} is assumed from the state in the ORI, which has more than one: say --zone if it is another`),
    ...report.quarantine.first.slice(0, 10).map(({ id, text, cause }) => `  ${id}  ${cause}: ${text}`),
    `time     ${seconds.toFixed(1)} s, ${n(Math.round(report.lines.read / seconds))} lines/s`,
  ]
}
/** Nothing of the file was accepted, now or before: it is empty, or another file than was meant. A script must see it. */
const nothingAccepted = ({ records }: Pick<Report, 'records'>): boolean => records.accepted + records.duplicate === 0 && records.read === records.quarantined
const hints = (out: Output, report: Report, file: string): void => {
  if (report.earlierRuns.some(({ complete }) => !complete)) out.say('An earlier run of this file was cut short; together they are complete now. Its records stand here as duplicates.')
  if (report.complete && nothingAccepted(report)) {
    out.say(report.lines.read === 0
      ? 'The file holds no record: there is nothing to import. Export it again. A month without incidents is a file too: the zero report (samples/nibrs/2026-06-zero.txt).'
      : 'No record of this file could be accepted. If it is not a NIBRS file, import the right one, and settle what lies in quarantine: npx chorus quarantine resolve --help')
  }
  if (report.dryRun) out.next(`npx chorus import nibrs ${file}`)
  else if (report.records.quarantined > 0) out.next('npx chorus quarantine list')
  else if (report.lines.read > 0) out.next('npx chorus replay')
}
