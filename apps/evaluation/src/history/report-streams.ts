/** The streams that a report or an arrest may have which its agency knows as ORI/number: one for each system that sends it. Pure. */
import { parse } from 'yaml'
import type { MappingAppliedV1, RecordedEvent } from '@chorus/contracts'

/** A system of an agency, and what its extracts become. */
export interface Feed { readonly agency: string; readonly system: string; readonly target: string }
const CATEGORY: Readonly<Record<string, string>> = { 'incident-report': 'incident', arrest: 'arrest' }

/** The feeds of reports and arrests whose extracts were read, each once, as their mappings name them. */
export const feedsIn = (applied: Iterable<Pick<RecordedEvent, 'data'>>): Feed[] => {
  const texts = new Map([...applied].map(({ data }) => { const { hash, text } = data as MappingAppliedV1; return [hash, text] as const }))
  const feeds = [...texts.values()].flatMap((text): Feed[] => {
    const { target, source } = parse(text) as { readonly target: string; readonly source: { readonly agency: string; readonly system: string } }
    return CATEGORY[target] ? [{ agency: source.agency, system: source.system, target }] : []
  })
  return [...new Map(feeds.map((feed) => [JSON.stringify(feed), feed])).values()]
}

/** By file of the standard first, then by each extract. `idOf`: the keyed id of a stream. */
export const streamsOfReport = (agency: string, number: string, feeds: readonly Feed[], idOf: (...parts: string[]) => string): string[] => [
  ...Object.values(CATEGORY).map((category) => `${category}-${idOf(agency, 'nibrs-flat-file', `${agency}|${number}`)}`),
  // As the extracts' own keys: without what surrounds it, in capitals.
  ...feeds.filter((feed) => feed.agency === agency).map(({ system, target }) => `${CATEGORY[target]}-${idOf(agency, system, target, number.trim().toUpperCase())}`),
]
