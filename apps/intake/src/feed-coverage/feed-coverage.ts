/**
 * What a source covers, and through which day: the newest declaration holds, also where it takes an earlier one back. Protects:
 * a gap is never read as "nothing happened" because of a name that sends nothing, or of days of which nothing has come yet.
 */
import type { DeclareFeedCoverage, FeedCoverageDeclaredV1 } from '@chorus/contracts'
import { atNow, refused, type Command, type Decider, type Decision } from '@chorus/decider'
import { jaroWinkler } from '../person-match/strings'

// Stored names. Changing one needs a new version and an upcaster.
export const FEED_COVERAGE_EVENTS = ['FeedCoverageDeclared'] as const

/** Of the edge: `today`, and by source the day on which its last file was read to its end; days of America/Chicago. */
export interface CoverageFacts { readonly today: string; readonly lastRead: Readonly<Record<string, string>> }
export type Declare = Command<'DeclareFeedCoverage', DeclareFeedCoverage & { readonly coverageId: string; readonly facts: CoverageFacts }>
export interface FeedCoverage { readonly latest: FeedCoverageDeclaredV1 | null }
export const initial: FeedCoverage = { latest: null }

export const evolve = (state: FeedCoverage, event: { readonly type: string; readonly data: object }): FeedCoverage =>
  event.type === 'FeedCoverageDeclared' ? { latest: event.data as FeedCoverageDeclaredV1 } : state

export const declare = ({ data: { facts: { today, lastRead }, ...said }, meta }: Declare, { latest }: FeedCoverage): Decision => {
  if (said.completeThrough >= today) return refused('complete_in_future', 'A source cannot be complete through a day that is not over. Name the last day of which all is here.')
  if (said.jurisdictions.length === 0) return refused('jurisdictions_missing', 'Name the jurisdictions that the source covers.')
  const read = Object.hasOwn(lastRead, said.source) ? lastRead[said.source]! : undefined
  // What was declared under a wrong name, or for too long, can be taken back.
  if (!latest || said.completeThrough >= latest.completeThrough) {
    if (read === undefined) return refused('source_unknown', `No file of a source of this name was ever read to its end: nobody could tell what it covers. ${known(said.source, Object.keys(lastRead))}`)
    if (said.completeThrough >= read) return refused('nothing_read_since', `The last file of this source was read to its end on ${read}: of that day and of later ones not all can be here. Name an earlier day, or import what has come since.`)
  }
  const data: FeedCoverageDeclaredV1 = { ...said, jurisdictions: [...new Set(said.jurisdictions)].sort() }
  if (latest && latest.completeThrough === data.completeThrough && latest.jurisdictions.join() === data.jurisdictions.join()) return []
  return [{ type: 'FeedCoverageDeclared', schemaVersion: 1, data, ...atNow(meta) }]
}

/** The name that is meant, most likely: of each source the whole name counts, and each part of it. */
const known = (name: string, sources: readonly string[]): string => {
  if (sources.length === 0) return 'Import its first file, then declare.'
  const nearness = (source: string): number => Math.max(...[source, ...source.split(/[^A-Za-z0-9]+/)].map((part) => jaroWinkler(name.toLowerCase(), part.toLowerCase())))
  const [nearest, ...others] = sources.map((source) => ({ source, near: nearness(source) })).sort((a, b) => b.near - a.near || (a.source < b.source ? -1 : 1)).map(({ source }) => source)
  return `Is ${nearest} meant?${others.length === 0 ? '' : ` Files were read of ${others.join(', ')} as well.`} Of a new source import the first file before.`
}

export const feedCoverage: Decider<FeedCoverage, Declare> = { category: 'feedCoverage', initial, knows: FEED_COVERAGE_EVENTS, evolve, decide: declare }
