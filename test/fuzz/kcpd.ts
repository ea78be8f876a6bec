/**
 * Mutates a file of open crime data and holds what must be true of any file: nothing throws but the refusal of a whole file,
 * no byte of a row is lost or kept twice, an untouched row is read as before, what is accepted is whole and fits its event,
 * and each row becomes exactly one thing.
 */
import { eventRegistry, problemsOf, type OpenDataRow } from '@chorus/contracts'
import { join, MOST_ROWS, reportDraft } from '../../apps/intake/src/feeds/kcpd/report'
import { UnknownLayout, type RawRow, type RowCounts } from '../../apps/intake/src/feeds/kcpd/raw-row'
import { readRows } from '../../apps/intake/src/feeds/kcpd/read-rows'
import { readRow } from '../../apps/intake/src/feeds/kcpd/row'
import { KCPD } from './in-memory'
import { excerptOf, fuzzFeed, MUTATIONS, type FuzzFailure, type Random } from './nibrs'

type Mutation = (text: string, next: Random) => string
const of = <T>(list: readonly T[], next: Random): T => list[next(list.length)]!
/** One cell of one line, as if there were no quotes: what that breaks is a mutation too. */
const cell = (change: (value: string, next: Random) => string): Mutation => (text, next) => {
  const lines = text.split('\n')
  const at = next(lines.length)
  const cells = (lines[at] ?? '').split(',')
  const which = next(cells.length)
  cells[which] = change(cells[which] ?? '', next)
  lines[at] = cells.join(',')
  return lines.join('\n')
}
const VALUES = ['', '"', '""', ' ', '0', '-1', '99', '999', 'TRUE', 'Y', 'N', '02/30/2018', '13/01/2018', '2018-03-11T02:30:00.000', '25:61', '2:30', '24:00', 'KC24999001', '1800000', '99999999999999999999', 'POINT (0 0)', 'POINT (-94.58 39.10)', '(99999, 99999)', '<18', '18-24', '65+', 'VIC SUS ARR CHA', 'é', '\xff', '1e5', '=1+1', 'x'.repeat(300)]
export const CSV_MUTATIONS: Readonly<Record<string, Mutation>> = {
  otherCell: cell((_, next) => of(VALUES, next)),
  quoteCell: cell((value) => `"${value}"`),
  openQuote: cell((value) => `"${value}`),
  // One that is left open, and one of a later row in the same column that closes it.
  twoQuotes: (text, next) => {
    const lines = text.split('\n')
    const at = next(lines.length)
    const line = lines[at]!
    const column = next(line.split(',').length)
    const changed = (change: (value: string) => string): string => line.split(',').map((value, of) => of === column ? change(value) : value).join(',')
    lines.splice(at, 1, changed((value) => `"${value}`), ...lines.slice(at, at + next(5)), changed((value) => `${value}"`))
    return lines.join('\n')
  },
  breakInCell: cell((value, next) => `"${value}${of(['\n', '\r\n', ',', '""'], next)}"`),
  dropCell: (text, next) => { const lines = text.split('\n'); const at = next(lines.length); const cells = (lines[at] ?? '').split(','); cells.splice(next(cells.length), 1); lines[at] = cells.join(','); return lines.join('\n') },
  otherHeader: (text, next) => { const [head = '', ...rest] = text.split('\n'); const names = head.split(','); names[next(names.length)] = of(['', 'Report_No', 'Offense', 'Shoe_Size', ':@computed_region_ab', 'Latitude', 'Involvement'], next); return [names.join(','), ...rest].join('\n') },
  noHeader: (text) => text.slice(text.indexOf('\n') + 1),
  semicolons: (text) => text.replaceAll(',', ';'),
}
const ALL = { ...MUTATIONS, ...CSV_MUTATIONS }
const NAMES = [...Object.keys(MUTATIONS), ...Object.keys(CSV_MUTATIONS), ...Object.keys(CSV_MUTATIONS)]

export const LINE = /\r\n|\n|\r/
const NO_COUNTS = (): RowCounts => ({ lines: 0, blank: 0, bytes: 0, records: 0 })
const readAll = async (text: string, next: Random): Promise<{ readonly rows: readonly RawRow[]; readonly counts: RowCounts } | 'refused'> => {
  const bytes = Buffer.from(text, 'latin1')
  const counts = NO_COUNTS()
  async function* chunks(): AsyncGenerator<Uint8Array> { for (let at = 0; at < bytes.length;) { const size = 1 + next(next(3) === 0 ? 300 : 1 << 16); yield bytes.subarray(at, at + size); at += size } }
  const rows: RawRow[] = []
  try { for await (const row of readRows(chunks(), counts)) rows.push(row); return { rows, counts } } catch (error) { if (error instanceof UnknownLayout) return error.text === '' ? Promise.reject(new Error('a refusal without a word')) : 'refused'; throw error }
}

/** How an untouched row is read, by heading and bytes: the same row stands in hundreds of excerpts. */
const readOnce = new Map<string, string>()
const asRead = (heading: string, raw: RawRow): [string, string] => {
  const bytes = Buffer.from(raw.bytes ?? []).toString('latin1')
  const place = `${heading}\0${bytes}`
  const known = readOnce.get(place) ?? JSON.stringify(raw.read.ok ? readRow(raw.read.cells) : raw.read)
  readOnce.set(place, known)
  return [bytes, known]
}

/** What is wrong with how a mutant was read; [] where nothing is. Throws what the reader throws. */
export const judge = async (original: string, mutant: string, next: Random): Promise<string[]> => {
  const wrong: string[] = []
  const after = await readAll(mutant, next)
  if (after === 'refused') return []
  const { rows, counts } = after
  if (counts.records !== rows.length || counts.lines !== rows.length) wrong.push(`${rows.length} rows, counted ${counts.records}`)
  let end = 0
  let first = true
  const isJson = /^(?:\xef\xbb\xbf)?[\0-\x20]*\[/.test(mutant)
  for (const raw of rows) {
    if (raw.offset < end) wrong.push(`offset ${raw.offset}: bytes that the row before it has`)
    // Between two rows of CSV lie ends of lines and blank lines, between two of JSON punctuation; before the first its heading.
    const gap = mutant.slice(end, raw.offset)
    if (!first && !/^(?:[\s,\0]|""|"\s*")*$/.test(gap) && !(isJson && /^[\s,[\]]*$/.test(gap))) wrong.push(`offset ${raw.offset}: bytes before it that no row has`)
    first = false
    end = raw.offset + raw.length
    if (!isJson && raw.bytes && !Buffer.from(raw.bytes).toString('latin1').endsWith(mutant.slice(raw.offset, end))) wrong.push(`offset ${raw.offset}: the kept bytes are not those of the file`)
  }
  if (isJson && !/^[\s,[\]]*$/.test(mutant.slice(end))) wrong.push('bytes at the end that no row has')
  const known = await readAll(original, next)
  const before = known === 'refused' ? new Map<string, string>() : new Map(known.rows.map((raw) => asRead(original.slice(0, original.indexOf('\n')), raw)))
  const whole = new Set(known === 'refused' || isJson ? [] : known.rows.filter((raw) => raw.read.ok).map((raw) => original.slice(raw.offset, raw.offset + raw.length)))
  const reports = new Map<string, { row: OpenDataRow; when: { time: string; timeText: string } }[]>()
  for (const raw of rows) {
    const read = raw.read.ok ? readRow(raw.read.cells) : raw.read
    const same = before.get(Buffer.from(raw.bytes ?? []).toString('latin1'))
    if (same !== undefined && same !== JSON.stringify(read)) wrong.push(`line ${raw.firstLine}: an untouched row is read otherwise`)
    if (!read.ok) { if (read.text === '' || read.cause === '') wrong.push(`line ${raw.firstLine}: a refusal that does not say why`); continue }
    const own = mutant.slice(raw.offset, raw.offset + raw.length)
    if (own.split(LINE).slice(1, -1).some((line) => whole.has(line))) wrong.push(`line ${raw.firstLine}: accepted with another row in it`)
    if (/\0/.test(own)) wrong.push(`line ${raw.firstLine}: accepted with a byte that is no character`)
    if (!/\d{4}/.test(read.report) || !own.toUpperCase().replaceAll(/["\s]/g, '').includes(read.report.replace(/^0/, ''))) wrong.push(`line ${raw.firstLine}: accepted with a report number that does not stand in it`)
    if (!/^\d{4}-\d{2}-\d{2}/.test(read.when.time)) wrong.push(`line ${raw.firstLine}: accepted without a day`)
    const row: OpenDataRow = { row: raw.sha256, file: '0'.repeat(64), line: raw.firstLine, ...read.row }
    reports.set(read.report, [...reports.get(read.report) ?? [], { row, when: read.when }])
  }
  for (const [report, coming] of reports) {
    const { rows: joined, became } = join([], new Set(), coming.map(({ row }) => row))
    if (became.length !== coming.length) wrong.push('a row became nothing, or two things')
    if (joined.length !== became.filter((one) => one === 'added').length || joined.length > MOST_ROWS) wrong.push('rows of a report that are not those that were added')
    const draft = reportDraft(joined, { streamId: '00000000-0000-8000-8000-000000000000', report, version: 1, message: '0'.repeat(64), file: '0'.repeat(64), line: 1, whens: coming.map(({ when }) => when) })
    for (const { field, text } of problemsOf(eventRegistry.latest(draft.type).cls, draft.data).slice(0, 1)) wrong.push(`accepted, and does not fit its event: ${field} ${text}`)
  }
  return wrong
}

export const mutantOf = (text: string, next: Random): { readonly original: string; readonly mutant: string; readonly by: readonly string[] } => {
  const original = text.startsWith('[') ? text : text.slice(0, text.indexOf('\n') + 1) + excerptOf(text, next, 30)
  const by = Array.from({ length: 1 + next(4) }, () => of(NAMES, next))
  return { original, by, mutant: by.reduce((changed, name) => (changed === '' ? changed : ALL[name]!(changed, next)), original) }
}
/** One mutant of each seed from `seed` on; stops at the first failures (10). */
export const fuzzKcpd = (text: string, seed: number, runs: number): Promise<FuzzFailure[]> => fuzzFeed(seed, runs, (next) => mutantOf(text, next), judge, KCPD)
