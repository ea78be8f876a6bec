import type { Command } from 'commander'
import type { Context } from '../context'

interface Declared { readonly source: string; readonly population: string; readonly completeThrough: string; readonly jurisdictions: readonly string[]; readonly declared: string; readonly lastRead: string | null }
interface Options { readonly source: string; readonly population: string; readonly through: string; readonly jurisdiction: readonly string[] }

/** chorus coverage list | declare: what each source covers, and through which day all of it is here. */
export const register = (program: Command, context: Context): void => {
  const group = program.command('coverage').description('what each source covers, and through which day all of it is here')
  context.command<object, []>(group, {
    name: 'list', summary: 'each source and population with its last complete day and its jurisdictions, as last declared', role: 'intakeAnalyst',
    examples: ['npx chorus coverage list', 'npx chorus coverage list --json'],
    run: async ({ client, out, signal }) => {
      const { sources } = await (await client()).get<{ sources: readonly Declared[] }>('/v1/feeds/coverage', { signal })
      out.data('coverage.list/1', { sources }, sources.length === 0 ? ['no source has declared anything: nobody can tell "nothing happened" from "nothing was sent"']
        : sources.map((one) => `${one.source.padEnd(24)} ${one.population.padEnd(16)} complete through ${one.completeThrough}  ${one.jurisdictions.join(', ')}  ${one.lastRead === null ? 'no file of it was ever read: do not rely on it' : `last file read on ${one.lastRead}`}`))
      if (sources.length === 0) out.next('npx chorus coverage declare --help')
    },
  })
  context.command<Options, []>(group, {
    name: 'declare', summary: 'declare through which day a source is complete; the newest declaration holds, an earlier day takes a later one back', role: 'intakeAnalyst', writes: 'dry-run',
    examples: ['npx chorus coverage declare --source nibrs-flat-file --population incidents --through 2026-06-30 --jurisdiction JACKSON --jurisdiction CLAY'],
    with: (command) => command
      .requiredOption('--source <name>', 'the source, as its imports are called: nibrs-flat-file, kcpd-open-data, extract/SYSTEM of a mapping').requiredOption('--population <name>', 'of what it tells, e.g. incidents, arrests, jail-roster')
      .requiredOption('--through <day>', 'last day of which all is here, YYYY-MM-DD: one that was over when the last file of the source was read').requiredOption('--jurisdiction <name>', 'JACKSON, CLAY, PLATTE, CASS, OTHER_COUNTY, FEDERAL, TRIBAL, MILITARY, OTHER_STATE; again for each', (name: string, before: readonly string[] = []) => [...before, name]),
    run: async ({ client, options, out, signal }) => {
      const { source, population, through: completeThrough, jurisdiction: jurisdictions } = options
      const what = `${source}, ${population}: complete through ${completeThrough} in ${jurisdictions.join(', ')}`
      if (options.dryRun) { out.data('coverage.declare/1', { source, population, completeThrough, jurisdictions }, [`dry run, nothing was declared: ${what}`]); return }
      const receipt = await (await client()).post<{ readonly ordinal: number }>('/v1/feeds/coverage', { source, population, completeThrough, jurisdictions }, { signal })
      out.data('coverage.declare/1', receipt, [what])
      out.next('npx chorus coverage list')
    },
  })
}
