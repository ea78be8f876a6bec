/** The rows of an extract, each with its place and its own bytes: CSV with a heading, or JSON. Pure. */
import canonicalize from 'canonicalize'
import { parse } from 'csv-parse/sync'
import type { Mapping } from './mapping'

export interface Row {
  /** from 1, the heading not counted */
  readonly row: number
  /** line in the file where it begins (CSV), else its number */
  readonly line: number
  /** the row by itself, as it can be kept, repaired and read again: for CSV with the heading before it */
  readonly content: string
  readonly values: Readonly<Record<string, string>>
  /** it is no row: why */
  readonly broken?: { readonly cause: string; readonly text: string }
}
/** `refused`: the whole file is none that this mapping can read: what, and what to do. No value of the file. */
export type Rows = { readonly rows: readonly Row[] } | { readonly refused: string }

export const MAX_ROWS = 100_000

export const readRows = (bytes: Uint8Array, mapping: Mapping): Rows => {
  if (bytes.length === 0) return { refused: 'The file is empty: there is nothing to read. Export it again.' }
  if (bytes.includes(0)) return { refused: 'The file is not text (it holds NUL bytes): it may be a spreadsheet, an archive, or UTF-16. Export it as CSV or JSON in UTF-8.' }
  let text: string
  try { text = new TextDecoder(mapping.format.encoding === 'latin1' ? 'latin1' : 'utf-8', { fatal: true }).decode(bytes) } catch { return { refused: 'The file is not UTF-8. Export it as UTF-8, or say encoding: latin1 in the mapping\'s format.' } }
  const read = mapping.format.type === 'csv' ? csvRows(text, mapping) : jsonRows(text, mapping)
  if ('rows' in read && read.rows.length > MAX_ROWS) return { refused: `The file has more than ${MAX_ROWS} rows. Send it in parts.` }
  return read
}

const columnsOf = (mapping: Mapping): string[] => [...new Set(Object.values(mapping.fields).flatMap(({ column }) => column === undefined ? [] : [column]))]

/** Between the cells of a row that is kept: no file with NUL bytes is read. */
const CELL = '\0'
/** A row as the parser says it, in two texts: a file's rows are held as long as it is imported. */
interface Parsed { readonly cells: string; readonly raw: string; readonly lines: number }
const parsed = ({ record, raw, info }: { readonly record: readonly string[]; readonly raw: string; readonly info: { readonly lines: number } }): Parsed => ({ cells: record.join(CELL), raw, lines: info.lines })
interface Heading { readonly names: readonly string[]; kept(content: string): string }
/** What is made of a row's texts is made when it is asked for. */
class CsvRow implements Row {
  constructor(private readonly heading: Heading, readonly row: number, readonly line: number, private readonly own: string, private readonly cells: string, readonly broken?: Row['broken']) {}
  get content(): string { return this.heading.kept(this.own) }
  get values(): Row['values'] {
    if (this.broken) return {}
    const cells = this.cells.split(CELL)
    return Object.fromEntries(this.heading.names.map((name, at) => [name, cells[at]!.trim()]))
  }
}
const csvRows = (text: string, mapping: Mapping): Rows => {
  const rows: Row[] = []
  let found: Parsed[]
  const skipped: { raw: string; lines: number }[] = []
  try {
    found = parse(text, {
      delimiter: mapping.format.delimiter ?? ',', bom: true, relax_column_count: true, skip_empty_lines: true, info: true, raw: true, max_record_size: 1024 * 1024, skip_records_with_error: true,
      on_record: (record) => parsed(record as unknown as Parameters<typeof parsed>[0]) as never,
      on_skip: (error, raw) => { skipped.push({ raw: raw ?? '', lines: (error as { lines?: number } | undefined)?.lines ?? 0 }) },
    }) as unknown as Parsed[]
  } catch { return { refused: 'The file cannot be read as CSV: a quotation mark is opened and not closed, or a row is over 1 MiB. Export it again; a text with commas, quotation marks or line breaks stands in quotation marks.' } }
  const [heading, ...data] = found
  if (!heading) return { refused: 'The file has no heading: there is nothing to read. Export it again with the names of the columns in its first line.' }
  const names = heading.cells.split(CELL).map((name) => name.trim())
  const missing = columnsOf(mapping).filter((column) => !names.includes(column))
  if (missing.length > 0) return { refused: `The heading (first line) of the file has no column ${missing.slice(0, 5).map((name) => `"${name}"`).join(', ')}${missing.length > 5 ? ` and ${missing.length - 5} more` : ''}, which the mapping names. It is another file, its columns were renamed, or its delimiter is not ${JSON.stringify(mapping.format.delimiter ?? ',')}: send the right file, or correct the mapping and raise its version.` }
  const twice = columnsOf(mapping).filter((column) => names.indexOf(column) !== names.lastIndexOf(column))
  if (twice.length > 0) return { refused: `The heading of the file has the column ${twice.map((name) => `"${name}"`).join(', ')} twice: nobody can say which is meant. Export it with each name once.` }
  const head = heading.raw.replace(/[\r\n]+$/, '')
  // csv-parse leaves the second half of a CRLF to what follows.
  const ends = !heading.raw.endsWith('\r') ? '\n' : text[text.indexOf(heading.raw) + heading.raw.length] === '\n' ? '\r\n' : '\r'
  // How the heading ends tells how rows end: where other line breaks stand in one, it must be told so again.
  const kept = (content: string): string => `${head}${ends !== '\n' && /[\r\n]/.test(head + content) ? ends : '\n'}${content}`
  const all = [...data, ...skipped.map(({ raw, lines }) => ({ raw, lines, cells: undefined }))].sort((a, b) => a.lines - b.lines)
  const own: Heading = { names, kept }
  for (const { cells, raw, lines } of all) {
    const content = raw.replace(/^[\r\n]+|[\r\n]+$/g, '')
    const columns = cells?.split(CELL).length
    const broken = columns === undefined ? { cause: 'unreadable-row', text: 'the row cannot be read as CSV: a quotation mark stands where none may. Correct it, or export it again' }
      : columns !== names.length ? { cause: 'wrong-column-count', text: `the row has ${columns} columns, the heading ${names.length}: a delimiter is missing, or stands in a text without quotation marks` } : undefined
    rows.push(new CsvRow(own, rows.length + 1, Math.max(lines - content.split('\n').length + 1, 1), content, cells ?? '', broken))
  }
  return { rows }
}

const jsonRows = (text: string, mapping: Mapping): Rows => {
  let value: unknown
  try { value = JSON.parse(text.replace(/^\uFEFF/, '')) } catch { return { refused: 'The file is no JSON. Export it again, or say format: { type: csv } in the mapping.' } }
  const path = mapping.format.rows
  const list = path === undefined ? Array.isArray(value) ? value : [value] : at(value, path)
  if (!Array.isArray(list)) return { refused: `The file has no list at ${path}, where the mapping looks for rows: it is another file, or the mapping's format.rows is wrong.` }
  const columns = columnsOf(mapping)
  if (list.length > 0 && list.every((item) => columns.every((column) => at(item, column) === undefined))) return { refused: 'No row of the file has any of the members that the mapping names: it is another file, or the mapping of another one.' }
  return { rows: list.map((item: unknown, index): Row => {
    const { content, exact } = keptOf(item)
    const place = { row: index + 1, line: index + 1, content }
    if (!exact) return { ...place, values: {}, broken: { cause: 'not-a-number', text: 'a number in the row is larger than any that can be read: correct it' } }
    if (typeof item !== 'object' || item === null || Array.isArray(item)) return { ...place, values: {}, broken: { cause: 'not-an-object', text: 'the row is no object: each row is one, with its members' } }
    const given = columns.map((column) => [column, at(item, column)] as const)
    // by itself it would be taken for a file of another kind
    if (given.every(([, one]) => one === undefined)) return { ...place, values: {}, broken: { cause: 'no-members', text: 'the row has none of the members that the mapping names: correct it, or leave it out' } }
    const strange = given.find(([, one]) => typeof one === 'object' && one !== null && !(Array.isArray(one) && one.every((part) => typeof part === 'string' || typeof part === 'number')))
    if (strange) return { ...place, values: {}, broken: { cause: 'wrong-shape', text: `${strange[0]} is an object: the mapping names a text, a number, true or false, or a list of codes` } }
    return { ...place, values: Object.fromEntries(given.map(([column, one]) => [column, one === undefined || one === null ? '' : Array.isArray(one) ? one.join(LIST) : String(one).trim()])) }
  }) }
}
/** The row by itself, whatever the order of its names. `exact`: false where it holds a number beyond any that can be read, which is then kept as a word. */
const keptOf = (item: unknown): { readonly content: string; readonly exact: boolean } => {
  try { return { content: canonicalize(item) ?? 'null', exact: true } } catch {
    return { content: JSON.stringify(item, (_, value: unknown) => typeof value === 'number' && !Number.isFinite(value) ? String(value) : value), exact: false }
  }
}
/** Between the parts of a JSON list, which need no separator of their own. */
export const LIST = '\u001f'
const at = (value: unknown, path: string): unknown => path.split('.').reduce<unknown>((inner, name) => typeof inner === 'object' && inner !== null && Object.hasOwn(inner, name) ? (inner as Record<string, unknown>)[name] : undefined, value)
/** How the format that rows of a mapping are kept in is read back: JSON rows by themselves are a list of one. */
export const keptFormat = (mapping: Mapping): Mapping => mapping.format.type === 'csv' ? mapping : { ...mapping, format: { type: 'json' } }
