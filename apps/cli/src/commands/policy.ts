import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { RETIREMENT_REASONS } from '@chorus/contracts'
import type { Client } from '../client'
import type { Context } from '../context'
import { CliError, EXIT } from '../exit'

interface Version { readonly version: string; readonly hash: string; readonly status: string; readonly standing: string; readonly approvals: readonly { readonly role: string; readonly account: string }[]; readonly activeFrom: readonly string[]; readonly retiredBecause?: string }
interface Policy { readonly policyId: string; readonly about: string; readonly approvers: readonly string[]; readonly holds: string | null; readonly versions: readonly Version[] }
interface Shown extends Policy { readonly shown: Version; readonly text: string }
interface Receipt { readonly ordinal: number; readonly repeated: boolean; readonly recordedtime: string | null }
interface Report {
  readonly policyId: string; readonly version: string; readonly hash: string; readonly status: string; readonly against: string; readonly obstacle: string | null; readonly notice: string; readonly leftOut: number
  readonly values: readonly { readonly key: string; readonly before?: string; readonly after?: string }[]
  readonly cases?: { readonly open: number; readonly withoutBasis: number }
  readonly incidents?: { readonly reported: number }
  readonly timers?: { readonly running: number }
  readonly persons?: { readonly compared: number }
  readonly notifications?: { readonly planned: number }
  readonly matchChanges?: readonly { readonly record: string; readonly oneRef: string; readonly otherRef: string; readonly from: string; readonly to: string }[]
  readonly planChanges?: readonly { readonly record: string; readonly caseId: string; readonly level: string; readonly mode: string; readonly differs: readonly { readonly what: string; readonly before: string; readonly after: string }[] }[]
  readonly tookMs?: number
  readonly caseChanges: readonly { readonly record: string; readonly from: string; readonly to: string; readonly assigned: string | null; readonly direction: string; readonly criteria: readonly { readonly level: string; readonly part: string; readonly criterion: string; readonly before?: string; readonly after?: string }[] }[]
  readonly incidentChanges: readonly { readonly record: string; readonly from: string; readonly to: string; readonly predicates: readonly { readonly name: string; readonly before?: string; readonly after?: string }[] }[]
  readonly timerChanges: readonly { readonly stream: string; readonly timer: string; readonly dueAt: string; readonly wouldBeDueAt: string | null }[]
}

const PATH = '/v1/policies'
const FILE = 'apps/intake/policies/kc-ipvi-levels.yaml'
/** Of each list so many are printed; --json has all that the answer has. */
const PRINTED = 40

/** chorus policy list | show | check | draft | approve | activate | retire: the program's policies, and what a file would change. */
export const register = (program: Command, context: Context): void => {
  const group = program.command('policy').description('the program\'s policies: which versions hold, and what a file would change')

  context.command<{ asOf?: string }, []>(group, {
    name: 'list', summary: 'every policy: the version that holds, and where the others stand', examples: ['npx chorus policy list', 'npx chorus policy list --as-of 2026-07-02T20:10:00Z --json'],
    with: (command) => command.option('--as-of <instant>', 'as it was on record by then, and held then'),
    run: async ({ client, options, out, signal }) => {
      const list = await (await client()).get<{ policies: readonly Policy[] }>(PATH, { signal, query: { asOf: options.asOf } })
      out.data('policy.list/1', list, list.policies.flatMap((policy) => [`${policy.policyId}  ${policy.holds ?? 'none holds'}  ${policy.about}`, ...policy.versions.map((version) => `  ${lineOf(version)}`)]))
      const [first] = list.policies
      if (first) out.next(`npx chorus policy show ${first.policyId}`)
    },
  })

  context.command<{ asOf?: string }, [string]>(group, {
    name: 'show <id>', summary: 'one policy and its text; ID or ID@VERSION', examples: ['npx chorus policy show kc-ipvi-levels', 'npx chorus policy show kc-ipvi-levels@1.1.0'],
    with: (command) => command.option('--as-of <instant>', 'as it was on record by then, and held then'),
    run: async ({ client, options, out, signal }, id) => {
      const shown = await show(await client(), id, options.asOf, signal)
      out.data('policy.show/1', shown, [`${shown.policyId}  ${lineOf(shown.shown)}`, `approved by ${shown.approvers.join(' and ')}`, `sha256 ${shown.shown.hash}`, '', ...shown.text.trimEnd().split('\n')])
    },
  })

  context.command<Record<string, unknown>, [string]>(group, {
    name: 'check <file>', summary: 'what a file would change on today\'s log, case by case; changes nothing', role: 'prosecutor', examples: [`npx chorus policy check ${FILE}`, `npx chorus policy check ${FILE} --json`],
    run: async ({ client, out, signal }, file) => {
      const report = await check(await client(), await textOf(file), signal)
      out.data('policy.check/1', report, linesOf(report))
      out.next(report.obstacle === null ? `npx chorus policy activate ${file}` : 'npx chorus policy list')
    },
  })

  for (const { verb, path, summary, done } of [
    { verb: 'draft', path: 'drafts', summary: 'put a file forward as a version; it does not hold yet', done: 'is put forward' },
    { verb: 'approve', path: 'approvals', summary: 'approve the bytes of a file that was put forward, under your own account', done: 'is approved by you' },
  ]) {
    context.command<Record<string, unknown>, [string]>(group, {
      name: `${verb} <file>`, summary, role: 'prosecutor', writes: 'dry-run', examples: [`npx chorus policy ${verb} ${FILE}`, ...(verb === 'approve' ? [`npx chorus policy approve ${FILE} --role healthProgram`] : [])],
      run: async ({ client, options, out, signal }, file) => {
        const text = await textOf(file)
        if (options.dryRun) { out.data(`policy.${verb}/1`, { wouldSend: hashOf(text) }, [`nothing was sent: ${file}, sha256 ${hashOf(text)}`]); return }
        const receipt = await (await client()).post<Receipt>(`${PATH}/${path}`, { text }, { signal })
        out.data(`policy.${verb}/1`, { ...receipt, hash: hashOf(text) }, [`${file} ${done}, at ordinal ${receipt.ordinal} (sha256 ${hashOf(text)})`])
        out.next(verb === 'draft' ? `npx chorus policy check ${file}` : 'npx chorus policy list')
      },
    })
  }

  context.command<{ from?: string }, [string]>(group, {
    name: 'activate <file>', summary: 'a version holds from now on, or from a day to come', role: 'prosecutor', writes: 'dry-run', examples: [`npx chorus policy activate ${FILE} --dry-run`, `npx chorus policy activate ${FILE} --from 2027-01-01`],
    with: (command) => command.option('--from <day>', 'the day with whose beginning in Kansas City it holds'),
    run: async ({ client, options, out, signal }, file) => {
      const text = await textOf(file)
      if (options.dryRun) {
        const report = await check(await client(), text, signal, options.from)
        out.data('policy.check/1', report, linesOf(report, options.from))
        return report.obstacle === null ? EXIT.ok : EXIT.refused
      }
      const receipt = await (await client()).post<Receipt & { readonly takenOverBy?: readonly { readonly version: string; readonly from: string }[] }>(`${PATH}/activations`, { text, ...(options.from === undefined ? {} : { activeFrom: options.from }) }, { signal })
      out.data('policy.activate/1', { ...receipt, hash: hashOf(text) }, [receipt.recordedtime === null ? 'it is so already: nothing was recorded' : `${file} holds ${options.from === undefined ? 'from now on' : `from ${options.from}`}, at ordinal ${receipt.ordinal} (sha256 ${hashOf(text)})`, ...(receipt.takenOverBy ?? []).map(({ version, from }) => `version ${version} was activated for ${from} and takes over then: retire it where that is not meant`)])
      out.next('npx chorus policy list')
    },
  })

  context.command<{ because: string }, [string]>(group, {
    name: 'retire <id>', summary: 'a version, ID@VERSION, is not to be used any more; not the one that holds', role: 'prosecutor', writes: 'dry-run', examples: ['npx chorus policy retire kc-ipvi-levels@1.1.0 --because REPLACED'],
    with: (command) => command.option('--because <code>', `one of ${RETIREMENT_REASONS.join(', ')}`, 'REPLACED'),
    run: async ({ client, options, out, signal }, id) => {
      const [policyId, version] = id.split('@')
      if (!policyId || !version) throw new CliError('Name the policy and its version: kc-ipvi-levels@1.1.0. The list says which there are: npx chorus policy list', EXIT.usage)
      const chorus = await client()
      if (options.dryRun) { const { shown } = await show(chorus, id, undefined, signal); out.data('policy.retire/1', { wouldRetire: shown }, [`nothing was sent: ${policyId} ${lineOf(shown)}`]); return shown.standing === 'HOLDS' ? EXIT.conflict : EXIT.ok }
      const receipt = await chorus.post<Receipt>(`${PATH}/retirements`, { policyId, version, reasonCode: options.because }, { signal })
      out.data('policy.retire/1', receipt, [`${id} is retired, at ordinal ${receipt.ordinal}`])
      out.next('npx chorus policy list')
    },
  })
}

const show = (client: Client, id: string, asOf: string | undefined, signal: AbortSignal): Promise<Shown> => {
  const [policyId, version] = id.split('@')
  return client.get<Shown>(`${PATH}/${encodeURIComponent(policyId!)}`, { signal, query: { version, asOf } })
}
const check = (client: Client, text: string, signal: AbortSignal, activeFrom?: string): Promise<Report> => client.post<Report>(`${PATH}/checks`, { text, ...(activeFrom === undefined ? {} : { activeFrom }) }, { signal })
const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex')
/** Bytes that are not UTF-8 would not be the bytes that are recorded. */
const textOf = async (file: string): Promise<string> => {
  let bytes: Buffer
  try { bytes = await readFile(file) } catch (error) { throw new CliError(`${file} is not there, or may not be read (${(error as NodeJS.ErrnoException).code ?? 'error'}). Give the path of a policy file.`, EXIT.usage) }
  try { return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) } catch { throw new CliError(`${file} is not text in UTF-8. Save it as UTF-8.`, EXIT.dataErrors) }
}

const lineOf = ({ version, status, standing, approvals, activeFrom, retiredBecause }: Version): string =>
  `${version.padEnd(9)} ${standing.padEnd(10)} says ${status}${activeFrom.length > 0 ? `, from ${activeFrom.at(-1)!.slice(0, 16)}Z` : ''}${approvals.length > 0 ? `, approved by ${approvals.map(({ role, account }) => `${account} (${role})`).join(', ')}` : ''}${retiredBecause ? `, ${retiredBecause}` : ''}`

const changed = (before: string | undefined, after: string | undefined): string => `${before ?? 'not there'} → ${after ?? 'not there'}`
const upTo = <Row>(rows: readonly Row[], lines: (row: Row) => readonly string[]): string[] => [...rows.slice(0, PRINTED).flatMap(lines), ...(rows.length > PRINTED ? [`  … and ${rows.length - PRINTED} more: --json`] : [])]
const linesOf = (report: Report, from?: string): string[] => {
  const { cases, incidents, timers, persons, notifications, matchChanges = [], planChanges = [], tookMs } = report
  const going = (direction: string): number => report.caseChanges.filter((one) => one.direction === direction).length
  return [
    `${report.policyId}@${report.version} (${report.status}) against ${report.against}: nothing was recorded`,
    report.obstacle === null ? `it could be activated ${from === undefined ? 'now' : `from ${from}`}` : `it could not be activated ${from === undefined ? 'now' : `from ${from}`}: ${report.obstacle}`,
    `${report.values.length === 0 ? 'no value differs' : `${report.values.length} values differ`}`, ...upTo(report.values, ({ key, before, after }) => [`  ${key}: ${changed(before, after)}`]),
    ...(cases ? [`cases      ${cases.open} open, ${report.caseChanges.length} would be proposed otherwise: ${going('higher')} higher, ${going('lower')} lower, ${going('toReview')} to be reviewed over other years${cases.withoutBasis > 0 ? `; ${cases.withoutBasis} have no basis any more` : ''}`] : []),
    ...upTo(report.caseChanges, ({ record, from, to, assigned, criteria }) => [`  ${record}  ${from} → ${to}${assigned ? `  (assigned ${assigned})` : ''}`, ...criteria.map((one) => `      ${one.level} ${one.part} ${one.criterion}: ${changed(one.before, one.after)}`)]),
    ...(incidents ? [`incidents  ${incidents.reported} reported, ${report.incidentChanges.length} would be screened otherwise`] : []),
    ...upTo(report.incidentChanges, ({ record, from, to, predicates }) => [`  ${record}  ${from} → ${to}  ${predicates.map(({ name, before, after }) => `${name}: ${changed(before, after)}`).join('; ')}`]),
    ...(timers ? [`timers     ${timers.running} run, ${report.timerChanges.length} would have another due date`] : []),
    ...upTo(report.timerChanges, ({ stream, timer, dueAt, wouldBeDueAt }) => [`  ${timer}  ${stream}  ${dueAt} → ${wouldBeDueAt ?? 'none'}`]),
    ...(persons ? [`persons    ${persons.compared} compared, ${matchChanges.length} pairs would be judged otherwise`] : []),
    ...upTo(matchChanges, ({ record, oneRef, otherRef, from: was, to }) => [`  ${record}  ${oneRef} and ${otherRef}: ${was} → ${to}`]),
    ...(notifications ? [`plans      ${notifications.planned} stand, ${planChanges.length} would be made otherwise`] : []),
    ...upTo(planChanges, ({ record, caseId, level, mode, differs }) => [`  ${record}  case ${caseId}, ${level} ${mode}: ${differs.map(({ what, before, after }) => `${what} ${changed(before, after)}`).join('; ')}`]),
    ...(tookMs === undefined ? [] : [`looked at in ${tookMs} ms`]),
    ...(report.leftOut > 0 ? [`${report.leftOut} further changes are not listed`] : []), report.notice,
  ]
}
