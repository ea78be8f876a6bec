import type { Command } from 'commander'
import type { Context } from '../context'

interface Question { readonly matchId: string; readonly oneRef: string; readonly otherRef: string; readonly confidence: number; readonly evidence: readonly { readonly field: string; readonly agreement: string }[]; readonly askedBecause: readonly string[] }
interface Shown extends Question { readonly sides: readonly { readonly personRef: string; readonly linkedRefs: readonly string[]; readonly told: Readonly<Record<string, string>> }[]; readonly notice: string }
interface Run { readonly runId: string; readonly at: string; readonly scope: string; readonly persons: number; readonly compared: number; readonly policyVersion: string }
const lineOf = ({ runId, at, scope, persons, compared, policyVersion }: Run): string => `${runId}  ${at.slice(0, 16)}Z  ${scope}: ${compared} of ${persons} persons compared with all, by ${policyVersion}`

interface Receipt { readonly ordinal: number; readonly repeated: boolean }

const LINK_BASES = ['REVIEW_OF_RECORDS', 'IDENTITY_DOCUMENT', 'FINGERPRINTS', 'OWN_STATEMENT']
const UNLINK_REASONS = ['DIFFERENT_PEOPLE', 'LINKED_BY_MISTAKE', 'NOT_ENOUGH_EVIDENCE']

/** chorus persons match | list | show | link | separate: which records are one person's. */
export const register = (program: Command, context: Context): void => {
  const group = program.command('persons').description('which records are one person\'s')

  context.command<{ new?: boolean }, []>(group, {
    name: 'match',
    summary: 'look once through all referrals for records that are one person\'s',
    role: 'intakeAnalyst',
    examples: ['npx chorus persons match', 'npx chorus persons match --new', 'npx chorus persons runs'],
    with: (command) => command.option('--new', 'compare those alone of whom a referral has told since the last run, with everybody'),
    run: async ({ client, options, out, signal }) => {
      const receipt = await (await client()).post<Receipt>('/v1/persons/matching-runs', { purpose: 'dataQuality', ...(options.new ? { scope: 'NEW' } : {}) }, { signal })
      out.data('persons.match/1', receipt, [`looked through; the log stands at ordinal ${receipt.ordinal} for it`])
      out.next('npx chorus persons list')
    },
  })

  context.command<Record<string, unknown>, [string?]>(group, {
    name: 'runs [id]',
    summary: 'the matching runs, newest first; or what one of them has found',
    role: 'intakeAnalyst',
    examples: ['npx chorus persons runs', 'npx chorus persons runs 0197f0c2-7c1e-7a43-9d0b-5a2b64d1c001'],
    run: async ({ client, out, signal }, id) => {
      if (id === undefined) {
        const { runs } = await (await client()).get<{ runs: readonly Run[] }>('/v1/persons/matching-runs', { signal })
        out.data('persons.runs/1', { runs }, runs.map(lineOf))
        return
      }
      const run = await (await client()).get<Run & { readonly found: readonly { readonly matchId: string; readonly outcome: string; readonly confidence: number }[] }>(`/v1/persons/matching-runs/${encodeURIComponent(id)}`, { signal })
      out.data('persons.run/1', run, [lineOf(run), ...run.found.map(({ matchId, outcome, confidence }) => `  ${matchId}  ${outcome.padEnd(6)}  ${confidence} %`)])
    },
  })

  context.command<{ limit: string }, []>(group, {
    name: 'list',
    summary: 'questions of the matcher that nobody has answered, surest first',
    role: 'intakeAnalyst',
    examples: ['npx chorus persons list', 'npx chorus persons list --json'],
    with: (command) => command.option('--limit <n>', 'at most so many', '50'),
    run: async ({ client, options, out, signal }) => {
      const list = await (await client()).get<{ total: number; matches: readonly Question[] }>('/v1/persons/matches', { signal, query: { limit: options.limit } })
      out.data('persons.list/1', list, [`${list.total} open`, ...list.matches.map((one) => `  ${one.matchId}  ${one.confidence} %  ${one.askedBecause.join(', ')}`)])
      const [first] = list.matches
      if (first) out.next(`npx chorus persons show ${first.matchId}`)
    },
  })

  context.command<Record<string, unknown>, [string]>(group, {
    name: 'show <id>',
    summary: 'one question: what agrees, and the two side by side as far as your role sees them',
    role: 'intakeAnalyst',
    examples: ['npx chorus persons show 0197f0c2-7c1e-8a43-9d0b-5a2b64d1c001'],
    run: async ({ client, out, signal }, id) => {
      const one = await (await client()).get<Shown>(`/v1/persons/matches/${encodeURIComponent(id)}`, { signal })
      out.data('persons.show/1', one, [
        `${one.confidence} %  asked because: ${one.askedBecause.join(', ')}`, ...one.evidence.map(({ field, agreement }) => `  ${field.padEnd(10)} ${agreement}`),
        ...one.sides.flatMap(({ personRef, told }) => ['', personRef, ...Object.entries(told).map(([name, value]) => `  ${name.padEnd(12)} ${value}`)]), '', one.notice,
      ])
      out.next(`npx chorus persons link ${one.oneRef} ${one.otherRef} --basis REVIEW_OF_RECORDS`)
    },
  })

  context.command<{ basis: string }, [string, string]>(group, {
    name: 'link <keep> <other>',
    summary: 'say that two tokens are one person; it can be taken back',
    role: 'intakeAnalyst',
    examples: ['npx chorus persons link per_… per_… --basis IDENTITY_DOCUMENT'],
    with: (command) => command.option('--basis <code>', `one of ${LINK_BASES.join(', ')}`, 'REVIEW_OF_RECORDS'),
    run: async ({ client, options, out, signal }, keepRef, mergedRef) => {
      const receipt = await (await client()).post<Receipt>('/v1/persons/links', { keepRef, mergedRef, basis: options.basis }, { signal })
      out.data('persons.link/1', receipt, [`linked, at ordinal ${receipt.ordinal}`])
    },
  })

  context.command<{ because: string }, [string, string]>(group, {
    name: 'separate <one> <other>',
    summary: 'say that two tokens are two people: takes their link back, or answers the question with no, for good',
    role: 'intakeAnalyst',
    examples: ['npx chorus persons separate per_… per_… --because DIFFERENT_PEOPLE'],
    with: (command) => command.option('--because <code>', `one of ${UNLINK_REASONS.join(', ')}`, 'DIFFERENT_PEOPLE'),
    run: async ({ client, options, out, signal }, oneRef, otherRef) => {
      const receipt = await (await client()).post<Receipt>('/v1/persons/separations', { oneRef, otherRef, reason: options.because }, { signal })
      out.data('persons.separate/1', receipt, [`told apart, at ordinal ${receipt.ordinal}`])
    },
  })
}
