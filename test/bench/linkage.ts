/** npm run bench -- linkage: how long the matcher takes for new persons among known ones, in memory beside comparing every pair, and the whole way over a running Chorus. */
import { compare } from '../../apps/intake/src/person-match/compare'
import { shippedIdentityPolicy } from '../../apps/intake/src/policy/policy-in-force'
import { matchPersons } from '../../apps/intake/src/person-match/person-match'
import { judgedBy } from '../support/linkage-data'
import { madeUpPersons } from '../support/made-up-persons'
import { linkageOnRecord } from './linkage-on-record'
import type { Bench } from './run'
import { peakRssMb, rounded, type Row } from './table'

/** Every new one against so many known ones, without blocking: the baseline. */
const SAMPLE = 20_000

export const linkage: Bench = {
  summary: 'new persons matched against known ones, beside comparing every pair, and a whole run over HTTP',
  async run({ quick, seed, progress, known: onRecord }) {
    const rows: Row[] = []
    const { policy } = shippedIdentityPolicy()
    for (const [known, incoming] of quick ? [[5000, 500]] as const : [[10_000, 1000], [100_000, 1000]] as const) {
      progress(`${known.toLocaleString('en-US')} known, ${incoming.toLocaleString('en-US')} new`)
      const set = madeUpPersons(seed, known, incoming)
      const [old, fresh] = [set.persons.slice(0, -incoming), set.persons.slice(-incoming)]
      const started = performance.now()
      const result = matchPersons(old, fresh, policy)
      const seconds = (performance.now() - started) / 1000
      const judged = judgedBy(set, result.matches)
      const sample = old.slice(0, SAMPLE)
      const few = fresh.slice(0, Math.min(50, incoming))
      const before = performance.now()
      for (const one of few) for (const other of sample) compare(one, other)
      const each = (performance.now() - before) / (few.length * sample.length)
      rows.push({
        measured: 'in memory', known: old.length, new: fresh.length, seconds: rounded(seconds), 'compared pairs': result.compared, 'all pairs': result.allPairs, 'all pairs, est. s': rounded(each * result.allPairs / 1000, 1),
        pairs: judged.pairs, linked: judged.linked, 'false links': judged.falseLinks, asked: judged.asked, 'asked in vain': judged.askedInVain, 'recall link': rounded(judged.recallLink, 3), 'recall link or ask': rounded(judged.recallLinkOrAsk, 3), 'keys passed over': result.keysPassedOver, 'peak MiB': peakRssMb(),
      })
    }
    const [known, incoming] = quick ? [1000, 200] : [10_000, 1000]
    rows.push(...await linkageOnRecord(seed, onRecord ?? known, incoming, progress))
    return { rows, notes: [
      'in memory: from persons to bands, candidates, learning, judging. on record: the whole run from request to answer, over HTTP, in the embedded form on PostgreSQL: reading, opening what is sealed, matching, recording.',
      'Runs on record follow each other: the new ones, nothing new, then (to 20,000) everybody, twice. peak MiB: of the process that did the work. longest pause: in which it answered nobody. CPU s: of the process, without PostgreSQL. referral: one afterwards, the middle of five.',
      `all pairs, est.: comparing alone, every new one with every known one, from ${(50 * SAMPLE).toLocaleString('en-US')} comparisons or fewer. People and errors are made up from --seed (test/support/made-up-persons.ts).`,
      'pairs: true ones of all records, among them those of two known records, which a run for new ones does not look at.',
    ] }
  },
}
