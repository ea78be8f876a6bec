import { readFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { RESOLUTION_REASONS } from '@chorus/contracts'
import type { Client } from '../client'
import type { Context } from '../context'
import { CliError, EXIT } from '../exit'

interface Row { readonly id: string; readonly status: string; readonly cause: string; readonly feed: string; readonly file?: string; readonly fileName?: string; readonly runId?: string; readonly firstLine?: number; readonly lines?: number; readonly bytes: number; readonly repairs: number; readonly quarantined: string; readonly waitsFor?: string }
interface Detail extends Row { readonly text: string; readonly content?: string; readonly encoding?: string; readonly original?: { readonly content: string; readonly encoding: string } }
interface List { readonly total: number; readonly byCause: Readonly<Record<string, number>>; readonly records: readonly Row[] }
type Retried = { readonly settled: true; readonly outcome: string; readonly stream: string; readonly ordinal: number } | { readonly settled: false; readonly cause: string; readonly text: string }

/** chorus quarantine list | show | repair | retry | resolve: what could not be accepted, and how it is mended. */
export const register = (program: Command, context: Context): void => {
  const group = program.command('quarantine').description('records that could not be accepted')

  context.command<{ status: string; cause?: string; limit: string }, []>(group, {
    name: 'list',
    summary: 'what lies in quarantine, newest first',
    role: 'intakeAnalyst',
    examples: ['npx chorus quarantine list', 'npx chorus quarantine list --cause record-not-known --json'],
    with: (command) => command.option('--status <status>', 'open, released, resolved or all', 'open').option('--cause <cause>', 'only this cause').option('--limit <n>', 'at most so many', '100'),
    run: async ({ client, options, out, signal }) => {
      const list = await (await client()).get<List>('/v1/quarantine', { signal, query: { status: options.status, cause: options.cause, limit: options.limit } })
      out.data('quarantine.list/1', list, [
        `${list.total} ${options.status === 'all' ? 'in all' : options.status}${list.total ? `: ${Object.entries(list.byCause).map(([cause, count]) => `${cause} (${count})`).join(', ')}` : ''}`,
        ...list.records.map((row) => `  ${row.id}  ${row.status.padEnd(8)}  ${row.quarantined.slice(0, 16)}Z  line ${String(row.firstLine ?? '-').padStart(6)}${placeOf(row)}  ${row.cause}${row.repairs ? `  repaired ${row.repairs} times` : ''}`),
      ])
      const [first] = list.records
      if (first) out.next(`npx chorus quarantine show ${first.id}`)
    },
  })

  context.command<{ content?: boolean; original?: boolean }, [string]>(group, {
    name: 'show <id>',
    summary: 'one quarantined record: what is wrong, what to do, and its bytes',
    role: 'intakeAnalyst',
    examples: ['npx chorus quarantine show 0197f0c2-7c1e-8a43-9d0b-5a2b64d1c001', 'npx chorus quarantine show ID --content > record.txt'],
    with: (command) => command.option('--content', 'the record alone, as it came or was last repaired: a file to repair').option('--original', 'the record alone, as it came'),
    run: async ({ client, options, out, signal }, id) => {
      const detail = await (await client()).get<Detail>(`/v1/quarantine/${encodeURIComponent(id)}`, { signal })
      const original = detail.original ?? (detail.content === undefined ? undefined : { content: detail.content })
      const alone = options.original ? original?.content : options.content ? detail.content : undefined
      if ((options.original || options.content) && alone === undefined) throw new CliError(`Its bytes are not there: ${detail.text}.`, EXIT.dataErrors)
      out.data('quarantine.show/1', detail, alone !== undefined ? [alone.replace(/\n$/, '')] : [
        `${detail.status}  ${detail.cause}  ${detail.feed}, line ${detail.firstLine ?? '-'}${placeOf(detail)}, ${detail.lines ?? 0} lines, ${detail.bytes} bytes, quarantined ${detail.quarantined}`,
        detail.text, ...(detail.waitsFor ? [`waits for ${detail.waitsFor}`] : []), ...(detail.content === undefined ? [] : ['', detail.content.replace(/\n$/, '')]),
        ...(detail.original ? ['', `as it came, before ${detail.repairs === 1 ? 'it was repaired' : `${detail.repairs} repairs`}:`, '', detail.original.content.replace(/\n$/, '')] : []),
      ])
      // what waits for another is whole itself
      if (detail.status === 'open') out.next(detail.cause === 'said-before' ? `npx chorus quarantine retry ${id} --holds-again --reason "…"` : detail.waitsFor ? `import the file that holds ${detail.waitsFor}` : `npx chorus quarantine repair ${id} --file REPAIRED.txt --reason "…"`)
    },
  })

  context.command<{ file?: string }, [string]>(group, {
    name: 'repair <id>',
    summary: 'replace its bytes by repaired ones and try it again; the original stays',
    role: 'intakeAnalyst',
    writes: 'operator',
    examples: ['npx chorus quarantine show ID --content > record.txt', 'npx chorus quarantine repair ID --file record.txt --reason "segment length restored by the records unit"'],
    with: (command) => command.option('--file <path>', 'the whole record as it should have come (required)'),
    run: async ({ client, options, out, signal }, id) => {
      if (!options.file) throw new CliError('Name the repaired record: --file PATH.', EXIT.usage)
      const content = await readFile(options.file, 'utf8').catch(() => { throw new CliError(`${options.file} cannot be read.`, EXIT.usage) })
      if (options.dryRun) { out.data('quarantine.repair/1', { id, dryRun: true, bytes: Buffer.byteLength(content) }, [`would repair ${id} with ${Buffer.byteLength(content)} bytes`]); return }
      return settled(out, 'repair', id, await post(await client(), `/v1/quarantine/${encodeURIComponent(id)}/repair`, { content, reason: options.reason }, signal))
    },
  })

  context.command<{ holdsAgain?: boolean }, [string]>(group, {
    name: 'retry <id>',
    summary: 'try it again as it is',
    role: 'intakeAnalyst',
    writes: 'operator',
    examples: ['npx chorus quarantine retry ID --reason "the reader knows this version now"', 'npx chorus quarantine retry ID --holds-again --reason "the records unit confirms it"'],
    with: (command) => command.option('--holds-again', 'what it says was corrected since, and is true again (cause said-before)'),
    run: async ({ client, options, out, signal }, id) => {
      if (options.dryRun) { out.data('quarantine.retry/1', { id, dryRun: true }, [`would try ${id} again`]); return }
      return settled(out, 'retry', id, await post(await client(), `/v1/quarantine/${encodeURIComponent(id)}/retry`, { reason: options.reason, ...(options.holdsAgain && { holdsAgain: true }) }, signal))
    },
  })

  context.command<{ code?: string }, [string]>(group, {
    name: 'resolve <id>',
    summary: 'settle it without recording it; it is kept, with the reason',
    role: 'intakeAnalyst',
    writes: 'operator',
    examples: ['npx chorus quarantine resolve ID --code NOT_OURS --reason "another agency\'s file"'],
    with: (command) => command.option('--code <code>', `one of ${RESOLUTION_REASONS.join(', ')} (required)`),
    run: async ({ client, options, out, signal }, id) => {
      if (!(RESOLUTION_REASONS as readonly string[]).includes(options.code ?? '')) throw new CliError(`--code: ${options.code === undefined ? 'is missing; give one' : 'is none'} of ${RESOLUTION_REASONS.join(', ')}.`, EXIT.usage)
      if (options.dryRun) { out.data('quarantine.resolve/1', { id, dryRun: true }, [`would resolve ${id} as ${options.code!}`]); return }
      const receipt = await (await client()).post<{ ordinal: number; repeated: boolean }>(`/v1/quarantine/${encodeURIComponent(id)}/resolve`, { reasonCode: options.code, reason: options.reason }, { signal })
      out.data('quarantine.resolve/1', { id, ...receipt }, [`resolved, at ordinal ${receipt.ordinal}`])
    },
  })
}

/** Of which file, as far as it may be told, and of which run. */
const placeOf = ({ file, fileName, runId }: Row): string => `${fileName ? ` of ${fileName}` : file ? ` of file ${file.slice(0, 12)}` : ''}${runId ? ` (run ${runId})` : ''}`
const post = (client: Client, path: string, body: object, signal: AbortSignal): Promise<Retried> => client.post<Retried>(path, body, { signal })
const settled = (out: { data(schema: string, object: object, lines: readonly string[]): void }, what: string, id: string, retried: Retried): number => {
  out.data(`quarantine.${what}/1`, { id, ...retried }, [retried.settled ? `${retried.outcome}: ${retried.stream}, ordinal ${retried.ordinal}` : `still in quarantine (${retried.cause}): ${retried.text}`])
  return retried.settled ? EXIT.ok : EXIT.dataErrors
}
