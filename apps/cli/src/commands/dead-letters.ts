import type { Command } from 'commander'
import { DEAD_LETTER_KINDS, DEAD_LETTER_REASONS } from '@chorus/contracts'
import type { Client } from '../client'
import type { Context } from '../context'
import { CliError, EXIT } from '../exit'
import type { Output } from '../output'

interface Reference { readonly id: string; readonly status: 'open' | 'resolved' | 'worked'; readonly consumer: string; readonly topic: string; readonly stream: string; readonly revision: number; readonly eventId?: string; readonly type?: string; readonly kind: string; readonly cause: string }
interface Letter extends Reference { readonly detail?: string; readonly since?: string; readonly attempts?: number; readonly nextTry?: string | null; readonly waiting?: number; readonly reasonCode?: string; readonly resolved?: string; readonly by?: string }
interface Group { readonly consumer: string; readonly cause: string; readonly kind: string; readonly status: string; readonly count: number; readonly oldest: string }
interface List { readonly total: number; readonly groups: readonly Group[]; readonly letters: readonly Letter[] }
interface Detail extends Letter { readonly text: string; readonly ordinal?: number; readonly recordedtime?: string; readonly history: readonly { readonly what: string; readonly at: string; readonly by: string; readonly role: string; readonly agency: string; readonly reasonCode?: string; readonly reason?: string }[] }
interface Receipt { readonly ordinal: number; readonly repeated: boolean }
interface Several { readonly done: number; readonly letters: readonly { readonly id: string; readonly ordinal: number }[]; readonly overtaken: readonly { readonly id: string; readonly text: string }[] }
interface Which { readonly cause?: string; readonly consumer?: string; readonly expect?: string }

const PATH = '/v1/dead-letters'
const minute = (time: string): string => `${time.slice(0, 16)}Z`

/** chorus dead-letters list | show | retry | resolve: events that a consumer of the bus could not work, and how they are brought back or settled. */
export const register = (program: Command, context: Context): void => {
  const group = program.command('dead-letters').description('events that a consumer of the bus could not work')
  const which = (command: Command): Command => command.option('--cause <cause>', 'all of this cause, instead of one').option('--consumer <name>', 'with --cause: of this consumer alone').option('--expect <n>', 'with --cause: refuse where it is another number by now')

  context.command<{ status: string; consumer?: string; cause?: string; kind?: string; limit: string }, []>(group, {
    name: 'list',
    summary: 'what waits, counted by consumer and cause, the oldest first',
    examples: ['npx chorus dead-letters list', 'npx chorus dead-letters list --kind permanent --json', 'npx chorus dead-letters list --status resolved'],
    with: (command) => command.option('--status <status>', 'open, resolved or all', 'open').option('--consumer <name>', 'only of this consumer').option('--cause <cause>', 'only of this cause').option('--kind <kind>', `only ${DEAD_LETTER_KINDS.join(', ')}`).option('--limit <n>', 'at most so many', '100'),
    run: async ({ client, options, out, signal }) => {
      const { status, consumer, cause, kind, limit } = options
      const list = await (await client()).get<List>(PATH, { signal, query: { status, consumer, cause, kind, limit } })
      out.data('dead-letters.list/1', list, [
        list.total === 0 ? status === 'open' ? 'nothing is parked' : 'none' : `${list.total} ${status === 'all' ? 'in all' : status}`,
        ...list.groups.map((each) => `  ${String(each.count).padStart(5)}  ${each.kind.padEnd(9)}  ${each.consumer}  ${each.cause}  since ${minute(each.oldest)}${status === 'all' ? `  ${each.status}` : ''}`),
        ...(list.letters.length > 0 ? [''] : []), ...list.letters.map(lineOf),
        ...(list.letters.length < list.total ? [`  … and ${list.total - list.letters.length} more: --limit`] : []),
      ])
      const first = list.letters.find((letter) => letter.status === 'open')
      if (first) out.next(`npx chorus dead-letters show ${first.id}`)
    },
  })

  context.command<Record<string, unknown>, [string]>(group, {
    name: 'show <id>',
    summary: 'one dead letter: which event, why it waits, what to do, and what was done',
    examples: ['npx chorus dead-letters show 018f2a60-0000-8000-8000-000000000031'],
    run: async ({ client, out, signal }, id) => {
      const detail = await (await client()).get<Detail>(pathOf(id), { signal })
      out.data('dead-letters.show/1', detail, [
        `${detail.status}  ${detail.kind}  ${detail.cause}`,
        `consumer  ${detail.consumer}, by ${detail.topic}`,
        `event     ${detail.type ?? (detail.eventId ? 'an event' : 'no event came')}, revision ${detail.revision} of ${detail.stream}${detail.ordinal === undefined ? '' : `, ordinal ${detail.ordinal}, recorded ${detail.recordedtime}`}`,
        ...(detail.eventId ? [`event id  ${detail.eventId}`] : []),
        ...(detail.since ? [`parked    ${detail.since}, tried ${times(detail.attempts ?? 0)}, ${detail.nextTry ? `again by itself at ${detail.nextTry}` : 'not again by itself'}; ${behind(detail.waiting, ' of its stream')}` ] : []),
        ...(detail.detail ? [detail.detail] : []), detail.text,
        ...detail.history.map((step) => `  ${step.at}  ${step.what}${step.reasonCode ? ` ${step.reasonCode}` : ''}  ${step.by} (${step.role}, ${step.agency})${step.reason === undefined ? '' : `: ${step.reason}`}`),
      ])
      if (detail.status === 'open') out.next(`npx chorus dead-letters retry ${id} --reason "…"`)
    },
  })

  context.command<Which, [string | undefined]>(group, {
    name: 'retry [id]',
    summary: 'ask its consumer to try it again: one, or all of a cause',
    writes: 'operator',
    examples: ['npx chorus dead-letters retry ID --reason "the policy is installed"', 'npx chorus dead-letters retry --cause policy-missing --expect 12 --reason "the policy is installed"', 'npx chorus dead-letters retry --cause policy-missing --dry-run'],
    with: which,
    run: async ({ client, options, out, signal }, id) => {
      const chosen = chosenBy(id, options)
      const chorus = await client()
      if (options.dryRun) return would(chorus, out, 'retry', chosen, signal)
      const body = { reason: options.reason }
      if ('cause' in chosen) return told(out, 'retry', 'asked', await chorus.post<Several>(`${PATH}/retry`, { ...chosen, ...body }, { signal }), `npx chorus dead-letters list --cause ${chosen.cause}`)
      const receipt = await chorus.post<Receipt>(`${pathOf(chosen.id)}/retry`, body, { signal })
      out.data('dead-letters.retry/1', { id: chosen.id, ...receipt }, [`asked, at ordinal ${receipt.ordinal}: its consumer tries it as soon as it runs`])
      out.next(`npx chorus dead-letters show ${chosen.id}`)
    },
  })

  context.command<Which & { code?: string }, [string | undefined]>(group, {
    name: 'resolve [id]',
    summary: 'settle it without its being worked: one, or all of a cause; nothing is deleted',
    writes: 'operator',
    examples: ['npx chorus dead-letters resolve ID --code DONE_BY_HAND --reason "planned by hand on the same day"', 'npx chorus dead-letters resolve --cause policy-missing --consumer deterrence.on-level-assigned --expect 3 --code NO_LONGER_NEEDED --reason "these cases were closed"'],
    with: (command) => which(command).option('--code <code>', `one of ${DEAD_LETTER_REASONS.join(', ')} (required)`),
    run: async ({ client, options, out, signal }, id) => {
      const chosen = chosenBy(id, options)
      // a code that nobody chose would count as one that somebody did
      if (!(DEAD_LETTER_REASONS as readonly string[]).includes(options.code ?? '')) throw new CliError(`--code: ${options.code === undefined ? 'is missing; give one' : 'is none'} of ${DEAD_LETTER_REASONS.join(', ')}. What each means: docs/runbooks/dead-letters.md.`, EXIT.usage)
      const chorus = await client()
      if (options.dryRun) return would(chorus, out, 'resolve', chosen, signal, ` --code ${options.code}`)
      const body = { reasonCode: options.code, reason: options.reason }
      if ('cause' in chosen) return told(out, 'resolve', 'resolved', await chorus.post<Several>(`${PATH}/resolve`, { ...chosen, ...body }, { signal }), 'npx chorus dead-letters list')
      const receipt = await chorus.post<Receipt>(`${pathOf(chosen.id)}/resolve`, body, { signal })
      out.data('dead-letters.resolve/1', { id: chosen.id, ...receipt }, [`resolved, at ordinal ${receipt.ordinal}: its consumer passes the event over, what waited behind it follows`])
    },
  })
}

const pathOf = (id: string): string => `${PATH}/${encodeURIComponent(id)}`
const times = (n: number): string => n === 1 ? 'once' : `${n} times`
const behind = (n = 0, of = ''): string => n === 1 ? `1 later event${of} waits` : n === 0 ? `no later event${of} waits` : `${n} later events${of} wait`
const lineOf = (letter: Letter): string => letter.status === 'resolved'
  ? `  ${letter.id}  resolved  ${minute(letter.resolved ?? '')}  ${letter.reasonCode}  ${letter.consumer}  ${letter.cause}  ${letter.stream}@${letter.revision}  by ${letter.by}`
  : `  ${letter.id}  ${letter.kind.padEnd(9)}  ${minute(letter.since ?? '')}  ${letter.consumer}  ${letter.cause}  ${letter.type ?? 'nothing came'} ${letter.stream}@${letter.revision}${letter.waiting ? `, ${letter.waiting} ${letter.waiting === 1 ? 'waits' : 'wait'} behind` : ''}`

type Chosen = { readonly id: string } | { readonly cause: string; readonly consumer?: string; readonly expected?: number }
const chosenBy = (id: string | undefined, { cause, consumer, expect }: Which): Chosen => {
  if ((id === undefined) === (cause === undefined)) throw new CliError('Name one dead letter by its id, or all of a cause with --cause. Both are in: npx chorus dead-letters list.', EXIT.usage)
  if (id !== undefined) {
    if (consumer !== undefined || expect !== undefined) throw new CliError('--consumer and --expect go with --cause.', EXIT.usage)
    return { id }
  }
  const expected = expect === undefined ? undefined : Number(expect)
  if (expected !== undefined && !(Number.isInteger(expected) && expected > 0)) throw new CliError('--expect: is not a whole number from 1.', EXIT.usage)
  return { cause: cause!, ...(consumer !== undefined && { consumer }), ...(expected !== undefined && { expected }) }
}

/** What the command would do, as it stands now; refused as the command itself would be. */
const would = async (client: Client, out: Output, verb: 'retry' | 'resolve', chosen: Chosen, signal: AbortSignal, code = ''): Promise<number> => {
  if ('cause' in chosen) {
    const { cause, consumer, expected } = chosen
    const list = await client.get<List>(PATH, { signal, query: { cause, consumer } })
    if (list.total === 0) throw new CliError('Nothing is parked by this cause. The causes: npx chorus dead-letters list.')
    if (expected !== undefined && expected !== list.total) throw new CliError(`${list.total} are parked by this cause now, not ${expected}.`, EXIT.conflict)
    out.data(`dead-letters.${verb}/1`, { dryRun: true, count: list.total, groups: list.groups }, [`would ${verb} ${list.total}:`, ...list.groups.map((each) => `  ${String(each.count).padStart(5)}  ${each.kind.padEnd(9)}  ${each.consumer}`)])
    out.next(`npx chorus dead-letters ${verb} --cause ${cause}${consumer === undefined ? '' : ` --consumer ${consumer}`} --expect ${list.total}${code} --reason "…"`)
    return EXIT.ok
  }
  const detail = await client.get<Detail>(pathOf(chosen.id), { signal })
  if (detail.status !== 'open') throw new CliError(`It is ${detail.status} already: nothing is left to do.`, EXIT.conflict)
  out.data(`dead-letters.${verb}/1`, { dryRun: true, id: chosen.id, consumer: detail.consumer, stream: detail.stream, revision: detail.revision, waiting: detail.waiting }, [`would ${verb} ${detail.type ?? 'what never came'} at revision ${detail.revision} of ${detail.stream} for ${detail.consumer}; ${behind(detail.waiting)} behind it`])
  return EXIT.ok
}

const told = (out: Output, verb: string, done: string, several: Several, next: string): number => {
  out.data(`dead-letters.${verb}/1`, several, [`${done}: ${several.done}`, ...several.overtaken.map(({ id, text }) => `  not ${id}: ${text}`)])
  out.next(next)
  return several.overtaken.length > 0 ? EXIT.conflict : EXIT.ok
}
