import type { Command } from 'commander'
import type { Context } from '../context'

interface Entry {
  readonly id: string; readonly what: string; readonly happened: { readonly time: string; readonly precision: string; readonly zone: string }
  readonly recorded: string; readonly agency: string; readonly state: string; readonly corrects?: string; readonly correctedBy?: string; readonly breaches?: readonly string[]
  readonly policyVersion?: string; readonly ledBy?: { readonly stream: string; readonly what: string }; readonly data: Readonly<Record<string, unknown>>
}
interface Answer { readonly of: string; readonly kind: string; readonly asOf: { readonly recorded: string; readonly occurred: string | null }; readonly notice: string; readonly entries: readonly Entry[] }
interface Options { readonly asOfRecorded?: string; readonly asOfOccurred?: string; readonly newestFirst?: boolean }

/** chorus history: the entries of a case, an incident, an account or an ordinance, as it was and as it was known. */
export const register = (program: Command, context: Context): void => {
  context.command<Options, [string]>(program, {
    name: 'history <subject>',
    summary: 'the history of a case, an incident, an account or an ordinance, as it was and as it was known',
    role: 'intakeAnalyst',
    examples: [
      'npx chorus history 0197f0c2-7c1e-8a43-9d0b-5a2b64d1c001',
      'npx chorus history MOKPD9999/260700013 --role prosecutor',
      'npx chorus history MOKPD9999/260700013 --as-of-recorded 2026-08-01 --json',
      'npx chorus history 27-2000-501905-B',
    ],
    with: (command) => command
      .option('--as-of-recorded <moment>', 'as it was known at this moment (a date, a local time, or an instant)')
      .option('--as-of-occurred <moment>', 'only what had happened by this moment')
      .option('--newest-first', 'the newest entry first'),
    run: async ({ client, options, out, signal }, of) => {
      const answer = await (await client()).get<Answer>('/v1/history', { signal, query: { of, asOfRecorded: options.asOfRecorded, asOfOccurred: options.asOfOccurred, newestFirst: options.newestFirst } })
      const place = new Map(answer.entries.map((entry, at) => [entry.id, at + 1]))
      out.data('history/1', answer, [
        `${answer.kind} ${answer.of}, as known ${answer.asOf.recorded}${answer.asOf.occurred ? `, of what had happened by ${answer.asOf.occurred}` : ''}`,
        ...answer.entries.flatMap((entry, at) => [
          `${String(at + 1).padStart(3)}  ${entry.what}${entry.state === 'current' ? '' : `  [${entry.state}${at_(place, entry.correctedBy, ' by ')}]`}${at_(place, entry.corrects, '  replaces ')}${entry.breaches ? `  breaks ${entry.breaches.join(', ')}` : ''}`,
          `     happened ${entry.happened.time} (${entry.happened.precision}, ${entry.happened.zone})  recorded ${entry.recorded}  ${entry.agency}`,
          ...saidBy(entry),
        ]),
        // money leads to nobody (decision 0016), so it is found by its own name
        ...(answer.kind === 'case' ? ['Money stands on no case: npx chorus history ORDINANCE, or ACCOUNT.'] : []),
        answer.notice,
      ])
    },
  })
}

const at_ = (place: ReadonlyMap<string, number>, id: string | undefined, words: string): string => id === undefined ? '' : `${words}${place.has(id) ? `entry ${place.get(id)}` : 'another entry'}`

/** What a reader asks an entry first; all of it stands in --json. */
const SAID = ['source', 'amountCents', 'ordinanceNo', 'docNo', 'reference', 'certifierTitle', 'reading', 'mode', 'channel', 'response', 'domain', 'answer', 'level', 'from', 'to', 'proposedLevel', 'matchedCriteria', 'evidenceRefs', 'overrideReason', 'outcome', 'basis', 'method', 'code', 'reasonCode'] as const
const saidBy = ({ data, policyVersion, ledBy }: Entry): string[] => {
  const said = SAID.flatMap((name) => {
    const value = data[name]
    const text = Array.isArray(value) ? value.filter((one) => typeof one === 'string').join(', ') : typeof value === 'string' ? value : ''
    if (name === 'amountCents' && typeof value === 'number') return [`amount $${(value / 100).toLocaleString('en-US', { minimumFractionDigits: 2 })}`]
    return text === '' ? [] : [`${name} ${text}`]
  })
  if (ledBy !== undefined) said.push(`led by ${ledBy.what} (${ledBy.stream})`)
  if (policyVersion !== undefined) said.push(`policy ${policyVersion}`)
  return said.length === 0 ? [] : [`     ${said.join('  ')}`]
}
