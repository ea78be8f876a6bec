import type { Command } from 'commander'
import { resultOf } from '../client'
import type { Context } from '../context'
import { EXIT } from '../exit'

interface Entry {
  readonly ordinal: number; readonly time: string; readonly actor: { readonly id: string; readonly role: string; readonly agency: string }; readonly purpose: string | null
  readonly route: string; readonly asked: Readonly<Record<string, string>>; readonly found: boolean; readonly records: readonly string[]
  readonly refused?: string; readonly times?: number; readonly counted?: Readonly<Record<string, number>>
}
type Report = { readonly ok: true; readonly log: string; readonly checked: number; readonly link: string } | { readonly ok: false; readonly log: string; readonly checked: number; readonly ordinal: number; readonly text: string }

/** So many ids of one entry are shown on its line; all of them stand in --json. */
const SHOWN = 3

/** chorus audit list | verify: who read which person's record, or was refused, and the chain over it. */
export const register = (program: Command, context: Context): void => {
  const group = program.command('audit').description('who read which person\'s record, and what for')

  context.command<{ about?: string; actor?: string; before?: string; limit: string }, []>(group, {
    name: 'list',
    summary: 'readings, searches and refused attempts, the newest first',
    role: 'privacyOfficer',
    examples: ['npx chorus audit list', 'npx chorus audit list --about MOKPD9999/260700013', 'npx chorus audit list --actor demo-detective --json'],
    with: (command) => command.option('--about <record>', 'that showed this record (its id), or searched for this text').option('--actor <user>', 'of this user').option('--before <ordinal>', 'before this entry').option('--limit <n>', 'at most so many', '100'),
    run: async ({ client, options: { about, actor, before, limit }, out, signal }) => {
      const { entries } = await (await client()).get<{ entries: readonly Entry[] }>('/v1/audit', { signal, query: { about, actor, before, limit } })
      out.data('audit.list/1', { entries }, entries.length === 0 ? ['none'] : entries.map(lineOf))
    },
  })

  context.command<Record<string, unknown>, []>(group, {
    name: 'verify',
    summary: 'walk the chain of the audit log and name the first entry that is wrong',
    role: 'privacyOfficer',
    examples: ['npx chorus audit verify', 'npx chorus audit verify --json'],
    run: async ({ client, out, signal }) => {
      const report = await resultOf<Report, { entries: number; of: number }>((await client()).lines('/v1/audit/verification', { signal }), ({ entries, of }) => out.progress('verifying', { done: entries, total: of, unit: 'entries' }))
      out.progressDone()
      out.data('audit.verify/1', report, report.ok
        ? [`audit log ${report.log}: ${report.checked} entries verified`, `link ${report.link}`]
        : [`audit log ${report.log}: WRONG after ${report.checked} entries that are right`, report.text])
      return report.ok ? EXIT.ok : EXIT.mismatch
    },
  })
}

const lineOf = ({ ordinal, time, actor, purpose, route, asked, found, records, refused, times, counted }: Entry): string => {
  const shown = records.slice(0, SHOWN).join(' ') + (records.length > SHOWN ? ` and ${records.length - SHOWN} more` : '')
  const words = Object.entries(asked).map(([name, value]) => `${name}=${value}`).join(' ')
  const came = refused === undefined ? found ? `showed ${shown}` : 'found nothing' : `REFUSED ${refused}`
  const many = counted ? `  ${times} more within a minute: ${Object.entries(counted).map(([what, each]) => `${each} ${what}`).join(', ')}` : ''
  return `${String(ordinal).padStart(6)}  ${time.slice(0, 19)}Z  ${actor.id} (${actor.role}, ${actor.agency})  ${purpose ?? 'no purpose given'}  ${route}${words === '' ? '' : `  ${words}`}  ${came}${many}`
}
