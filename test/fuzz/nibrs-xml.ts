/**
 * Mutates a NIBRS XML submission and holds what must be true of any file: nothing throws, no byte of a report is lost or kept
 * twice, a report that is untouched in an untouched document is read as before, nothing is accepted that is not whole.
 */
import { parseRecord, type Parsed } from '../../apps/intake/src/feeds/nibrs/parse-record'
import { readCounts, type RawRecord } from '../../apps/intake/src/feeds/nibrs/read-records'
import { ReportCutter } from '../../apps/intake/src/feeds/nibrs/xml/read-reports'
import { NIBRS } from './in-memory'
import { fuzzFeed, MUTATIONS, unreadable, wrongEdits, type FuzzFailure, type Random } from './nibrs'

type Mutation = (text: string, next: Random) => string
/** At one of the places where the pattern stands. */
const somewhere = (pattern: RegExp, change: (found: string, next: Random) => string): Mutation => (text, next) => {
  const places = [...text.matchAll(pattern)]
  const place = places[next(Math.max(1, places.length))]
  return place ? text.slice(0, place.index) + change(place[0], next) + text.slice(place.index + place[0].length) : text
}
const of = <T>(list: readonly T[], next: Random): T => list[next(list.length)]!

export const XML_MUTATIONS: Readonly<Record<string, Mutation>> = {
  dropTag: somewhere(/<[^>]+>/g, () => ''),
  doubleTag: somewhere(/<[^>]+>/g, (tag) => tag + tag),
  doubleElement: somewhere(/<([\w:]+)[^>]*>[^<]*<\/\1>/g, (element) => element + element),
  otherValue: somewhere(/>[^<>\s]+</g, (_, next) => `>${of(['', '0', '999', 'true', 'X', '2026-02-30', '13A', '-1', '1e9', '&#65;', '&lt;', '&nobody;', 'NONE', '000000000000000'], next)}<`),
  otherReference: somewhere(/s:ref="[^"]*"/g, (_, next) => `s:ref="${of(['', 'Nobody', 'Offense1', 'Victim001', 'Subject01'], next)}"`),
  sameId: somewhere(/s:id="[^"]*"/g, (_, next) => `s:id="${of(['', 'Offense1', 'Victim001'], next)}"`),
  otherNamespace: somewhere(/xmlns:\w+="[^"]*"/g, (_, next) => of(['', 'xmlns:nc="urn:x"', 'xmlns:nibrs="http://fbi.gov/cjis/nibrs/4.2"', 'xmlns="http://fbi.gov/cjis/nibrs/2019"'], next)),
  otherPrefix: (text, next) => { const prefix = of(['nibrs', 'nc', 'j', 'cjis', 's'], next); return text.replaceAll(`${prefix}:`, 'z:').replace(`xmlns:${prefix}=`, 'xmlns:z=') },
  comment: somewhere(/>/g, (end, next) => end + of(['<!-- x -->', '<!-- <nibrs:Report> -->', '<?x y?>', '<![CDATA[x]]>', '<![CDATA[ ]]>', '<!--', '-->', ']]>'], next)),
  doctype: somewhere(/<nibrs:Submission/g, (tag, next) => of(['<!DOCTYPE a>', '<!DOCTYPE a [<!ENTITY b "&b;">]>', '<!DOCTYPE a SYSTEM "file:///etc/passwd">', '<!DOCTYPE'], next) + tag),
  declaration: somewhere(/<\?xml[^>]*>/g, (_, next) => of(['', '<?xml version="1.1"?>', '<?xml version="1.0" encoding="UTF-16"?>', '<?xml version="1.0" encoding="us-ascii"?>'], next)),
  doubleReport: somewhere(/ *<nibrs:Report>[^]*?<\/nibrs:Report>\n/g, (report) => report + report),
  longValue: somewhere(/>[^<>\s]+</g, (_, next) => `>${'y'.repeat(1000 * (1 + next(500)))}<`),
  deep: somewhere(/<nc:Incident>/g, (tag, next) => tag.repeat(1 + next(100))),
}
const ALL = { ...MUTATIONS, ...XML_MUTATIONS }
const NAMES = [...Object.keys(MUTATIONS), ...Object.keys(XML_MUTATIONS), ...Object.keys(XML_MUTATIONS)]

const REPORT = /<nibrs:Report>[^]*?<\/nibrs:Report>/g
/** One to three of the file's reports, in a document. */
const excerpt = (text: string, next: Random): string => {
  const reports = text.match(REPORT) ?? []
  const start = next(Math.max(1, reports.length - 2))
  return `${text.slice(0, text.indexOf('<nibrs:Report>'))}${reports.slice(start, start + 1 + next(3)).map((r) => `${r}\n`).join('')}</nibrs:Submission>\n`
}

const readAll = (text: string, next: Random): RawRecord[] => {
  const cutter = new ReportCutter(readCounts())
  const bytes = Buffer.from(text, 'latin1')
  const records: RawRecord[] = []
  for (let i = 0; i < bytes.length;) {
    const size = 1 + next(bytes.length < 20_000 && next(3) === 0 ? 50 : 1 << 16)
    records.push(...cutter.push(bytes.subarray(i, i + size)))
    i += size
  }
  return [...records, ...cutter.end()]
}
const shape = (parsed: Parsed): string => JSON.stringify(parsed, (key, value: unknown) => (key === 'line' || key === 'firstLine' ? undefined : value))

/** How a report is read where nothing is damaged, by what stands before all reports and its own text: the same one stands in hundreds of excerpts. */
const readOnce = new Map<string, string>()
/** Untouched reports whose edits and events came out once: they come of what was read, and of nothing else. */
const cameOut = new Set<string>()
const asRead = (original: string, root: string, next: Random): ReadonlyMap<string, string> => new Map((original.match(REPORT) ?? []).map((report) => {
  const key = root + report
  const read = readOnce.get(key) ?? readAll(`${key}\n</nibrs:Submission>\n`, next).map((raw) => shape(parseRecord(raw))).join()
  readOnce.set(key, read)
  return [report, read]
}))

/** What is wrong with how a mutant was read; [] where nothing is. Throws what the reader throws. */
export const judge = (original: string, mutant: string, next: Random): string[] => {
  const wrong: string[] = []
  const after = readAll(mutant, next)
  const mark = mutant.startsWith('\xef\xbb\xbf') ? 3 : 0
  let end = mark
  const gaps: string[] = []
  // In a document that is whole, a report that is untouched is read as it was.
  const root = original.slice(0, original.indexOf('<nibrs:Report>'))
  const known = mutant.startsWith(root) && !after.some((raw) => raw.refused && !raw.length) ? asRead(original, root, next) : undefined
  for (const raw of after) {
    if (raw.offset < end) wrong.push(`offset ${raw.offset}: bytes that the record before it has`)
    gaps.push(mutant.slice(end, raw.offset))
    end = raw.offset + raw.length
    if (raw.bytes && !Buffer.from(raw.bytes).toString('latin1').includes(mutant.slice(raw.offset, end))) wrong.push(`offset ${raw.offset}: the kept bytes are not those of the file`)
    const parsed = parseRecord(raw)
    const own = mutant.slice(raw.offset, end)
    const same = known?.get(own)
    if (same !== undefined && shape(parsed) !== same && raw.refused?.cause !== 'xml-not-well-formed') wrong.push(`line ${raw.firstLine}: an untouched report is read otherwise`)
    if (!parsed.ok) {
      if (parsed.text === '' || parsed.line < 1 || parsed.column !== undefined) wrong.push(`line ${raw.firstLine}: a refusal that does not say where`)
      continue
    }
    if (!/^<[\w.]+:?Report[\s>]/.test(own) || !/<\/[\w.]+:?Report\s*>$/.test(own) || (own.match(/<!DOCTYPE/g) ?? []).length > 0) wrong.push(`line ${raw.firstLine}: accepted, and no whole report`)
    const why = unreadable(raw.content.map((l) => l.text))
    if (why) wrong.push(`line ${raw.firstLine}: accepted, and unreadable: ${why}`)
    if (same !== undefined && cameOut.has(same)) continue
    const edits = wrongEdits(raw, parsed.record)
    for (const one of edits) wrong.push(`line ${raw.firstLine}: ${one}`)
    if (same !== undefined && edits.length === 0) cameOut.add(same)
  }
  gaps.push(mutant.slice(end))
  for (const gap of gaps) {
    const bare = gap.replace(/<!--[^]*?-->|<\?[^]*?\?>/g, '')
    if (/<(\w+:)?(Report|Incident|Arrest)[\s>]/.test(bare)) wrong.push('a report that no record has')
  }
  return wrong
}

export const mutantOf = (text: string, next: Random): { readonly original: string; readonly mutant: string; readonly by: readonly string[] } => {
  const original = excerpt(text, next)
  const by = Array.from({ length: 1 + next(4) }, () => of(NAMES, next))
  return { original, by, mutant: by.reduce((t, name) => (t === '' ? t : ALL[name]!(t, next)), original) }
}
/** One mutant of each seed from `seed` on; stops at the first failures (10). */
export const fuzzXml = (text: string, seed: number, runs: number): Promise<FuzzFailure[]> => fuzzFeed(seed, runs, (next) => mutantOf(text, next), judge, NIBRS)
