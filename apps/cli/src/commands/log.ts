import type { Command } from 'commander'
import { copyLog, CopyRefused, isKurrentUrl, openToCopy, planCopy, targetOfCopy } from '@chorus/event-store'
import type { Context } from '../context'
import { CliError, EXIT } from '../exit'

interface Head { readonly log: string; readonly ordinal: number; readonly link: string; readonly recordedtime: string | null }

/** chorus log head: where the log stands. */
export const register = (program: Command, context: Context): void => {
  const log = program.command('log').description('the log itself')
  context.command(log, {
    name: 'head',
    summary: 'id, last ordinal, link and recorded time of the log',
    examples: ['npx chorus log head', 'npx chorus log head --json'],
    role: 'operator',
    run: async ({ client, out, signal }) => {
      const head = await (await client()).get<Head>('/v1/log/head', { signal })
      out.data('log-head/1', head, [`log ${head.log}`, `${head.ordinal} events, the last recorded ${head.recordedtime ?? '(none yet)'}`, `link ${head.link}`])
      out.next('npx chorus verify')
    },
  })
  context.command<{ from: string; to: string }>(log, {
    name: 'copy',
    summary: 'lead the log into another store, places kept; broken off, the same command goes on',
    examples: ['npx chorus log copy --from postgres://… --to kurrentdb://… --dry-run', 'DATABASE_URL=… npx chorus log copy --from kurrentdb://… --to postgres://…'],
    writes: 'dry-run',
    with: (command) => command.requiredOption('--from <url>', 'postgres:// or kurrentdb:// (its places are in DATABASE_URL)').requiredOption('--to <url>', 'an empty store, or one that the same copy was begun in; postgres:// as the owner of its tables'),
    run: async ({ options: { from, to, dryRun }, settings, out, signal }) => {
      for (const url of [from, to]) if (!isKurrentUrl(url) && !/^postgres(ql)?:\/\//.test(url)) throw new CliError('--from and --to are addresses of stores: postgres://… or kurrentdb://…', EXIT.usage)
      if (placeOf(from) === placeOf(to)) throw new CliError('--from and --to are the same store: a log is led into another.', EXIT.usage)
      if (isKurrentUrl(from) && settings.databaseUrl === undefined) throw new CliError('--from kurrentdb://: the places of its events are in PostgreSQL; name it in DATABASE_URL.', EXIT.usage)
      const source = await openToCopy(from, settings.databaseUrl)
      const target = targetOfCopy(to)
      try {
        if (dryRun) {
          const plan = await planCopy(source, target)
          out.data('log-copy-plan/1', { log: source.log, ...plan }, [`log ${source.log}: ${plan.of} events; ${target.where} has ${plan.there} of them, ${plan.of - plan.there} would be copied`])
          return EXIT.ok
        }
        const done = await copyLog(source, target, { signal, onProgress: (what, ordinal, of) => out.progress(what, { done: ordinal, total: of, unit: 'events' }) })
        out.progressDone()
        const { digests: { source: wanted, target: found }, through, fault } = done
        const equal = fault === undefined
        out.data('log-copy/1', { log: source.log, ...done, equal }, [
          `${done.copied} events copied; ${target.where} has log ${source.log} through ${through}`,
          `digest of the source  ${wanted}`, `digest of the copy    ${found ?? '(it cannot be read to its end)'}`,
          equal ? 'equal' : `NOT EQUAL: ${fault}`,
        ])
        if (!equal) throw new CliError('The copy is not what its source is, so it is not finished and no Chorus opens it. Copy into an empty store.', EXIT.mismatch)
        if (done.source > through) out.warn(`Meanwhile ${done.source - through} more events were recorded in the source: stop its services and copy again before you start on the copy.`)
        out.next('npx chorus verify')
        return EXIT.ok
      } catch (error) {
        if (error instanceof CopyRefused) throw new CliError(error.message, EXIT.conflict)
        // 42P01: no table of a log is there yet
        if ((error as { code?: string }).code === '42P01') throw new CliError('The database of --to is empty: make its tables first, DATABASE_OWNER_URL=… npx chorus migrate, and copy again.', EXIT.conflict)
        throw error
      } finally {
        await source.close()
        await target.close()
      }
    },
  })
}

/** Where a store is, without user and settings. */
const placeOf = (url: string): string => { const { protocol, host, pathname } = new URL(url); return `${protocol}//${host}${pathname}` }
