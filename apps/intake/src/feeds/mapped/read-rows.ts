/** The rows of an extract, each with its place and its own bytes: CSV with a heading, or JSON. Pure. */
import { csvRowsOf, MAX_ROW_BYTES } from '../csv'
import { doubledIn, JsonNumber, JsonObject, memberOf, parseJson, written, type Json } from '../json'
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

export const readRows = async (bytes: Uint8Array, mapping: Mapping): Promise<Rows> => {
  if (bytes.length === 0) return { refused: 'The file is empty: there is nothing to read. Export it again.' }
  if (bytes.includes(0)) return { refused: 'The file is not text (it holds NUL bytes): it may be a spreadsheet, an archive, or UTF-16. Export it as CSV or JSON in UTF-8.' }
  let text: string
  try { text = new TextDecoder(mapping.format.encoding === 'latin1' ? 'latin1' : 'utf-8', { fatal: true }).decode(bytes) } catch { return { refused: 'The file is not UTF-8. Export it as UTF-8, or say encoding: latin1 in the mapping\'s format.' } }
  return mapping.format.type === 'csv' ? csvRows(text, mapping) : jsonRows(text, mapping)
}
const TOO_MANY = { refused: `The file has more than ${MAX_ROWS} rows. Send it in parts.` }

const columnsOf = ({ fields, snapshot }: Mapping): string[] => [...new Set([...Object.values(fields), snapshot?.asOf].flatMap((of) => of?.column === undefined ? [] : [of.column]))]

/** Between the cells of a row that is kept: no file with NUL bytes is read. */
const CELL = '\0'
interface Heading { readonly names: readonly string[]; readonly text: string }
/** A file's rows are held as long as it is imported: what is made of a row's text is made when it is asked for. */
class CsvRow implements Row {
  private readonly cells: string
  constructor(private readonly heading: Heading, readonly row: number, readonly line: number, private readonly bytes: Buffer, values: readonly string[], readonly broken?: Row['broken']) { this.cells = values.join(CELL) }
  get content(): string { return `${this.heading.text}\n${this.bytes.toString()}` }
  get values(): Row['values'] {
    if (this.broken) return {}
    const cells = this.cells.split(CELL)
    return Object.fromEntries(this.heading.names.map((name, at) => [name, cells[at]!.trim()]))
  }
}
const csvRows = async (text: string, mapping: Mapping): Promise<Rows> => {
  const delimiter = mapping.format.delimiter ?? ','
  const [heading, ...data] = await csvRowsOf(Buffer.from(text), delimiter, MAX_ROWS + 2) // the heading, and one too many
  if (!heading) return { refused: 'The file has no heading: there is nothing to read. Export it again with the names of the columns in its first line.' }
  if (!heading.values) return { refused: 'The heading (first line) of the file cannot be read as CSV: a quotation mark is opened and not closed. Export it again; a text with commas, quotation marks or line breaks stands in quotation marks.' }
  const names = heading.values.map((name) => name.trim())
  const missing = columnsOf(mapping).filter((column) => !names.includes(column))
  if (missing.length > 0) return { refused: `The heading (first line) of the file has no column ${missing.slice(0, 5).map((name) => `"${name}"`).join(', ')}${missing.length > 5 ? ` and ${missing.length - 5} more` : ''}, which the mapping names. It is another file, its columns were renamed, or its delimiter is not ${JSON.stringify(delimiter)}: send the right file, or correct the mapping and raise its version.` }
  const twice = columnsOf(mapping).filter((column) => names.indexOf(column) !== names.lastIndexOf(column))
  if (twice.length > 0) return { refused: `The heading of the file has the column ${twice.map((name) => `"${name}"`).join(', ')} twice: nobody can say which is meant. Export it with each name once.` }
  if (data.length > MAX_ROWS) return TOO_MANY
  const head: Heading = { names, text: heading.bytes.toString() }
  return { rows: data.map(({ values, bytes, line }, at): Row => {
    const broken = bytes.length > MAX_ROW_BYTES ? { cause: 'row-too-long', text: 'the row is over 1 MiB: its place and length are kept, not its bytes' }
      : !values ? { cause: 'unreadable-row', text: 'the line cannot be read as CSV: a quotation mark in it is opened and not closed, or stands where none may, or a line within its quotation marks looks like a row. Correct it (in a text, put a blank behind each comma), or export it again' }
      : values.length !== names.length ? { cause: 'wrong-column-count', text: `the row has ${values.length} columns, the heading ${names.length}: a delimiter is missing, or stands in a text without quotation marks` } : undefined
    return new CsvRow(head, at + 1, line, bytes, values ?? [], broken)
  }) }
}

const jsonRows = (text: string, mapping: Mapping): Rows => {
  const value = parseJson(text.replace(/^\uFEFF/, ''))
  if (value === undefined) return { refused: 'The file is no JSON. Export it again, or say format: { type: csv } in the mapping.' }
  const path = mapping.format.rows?.split('.') ?? []
  // Each of two lists may be the one that is meant, and to take either would lose the rows of the other.
  const twice = path.find((name, depth) => { const inside = at(value, path.slice(0, depth)); return inside instanceof JsonObject && inside.members.filter(([one]) => one === name).length > 1 })
  if (twice !== undefined) return { refused: `The file has the name "${twice}" twice, on the way to the rows (${path.join('.')}): nobody can say which is meant. Export it with each name once.` }
  const found = at(value, path)
  const list = path.length > 0 || Array.isArray(found) ? found : [found!]
  if (!Array.isArray(list)) return { refused: `The file has no list at ${path.join('.')}, where the mapping looks for rows: it is another file, or the mapping's format.rows is wrong.` }
  const columns = columnsOf(mapping).map((column) => [column, column.split('.')] as const)
  const items = list as readonly Json[]
  if (items.length > 0 && items.every((item) => columns.every(([, names]) => at(item, names) === undefined))) return { refused: 'No row of the file has any of the members that the mapping names: it is another file, or the mapping of another one.' }
  if (items.length > MAX_ROWS) return TOO_MANY
  return { rows: items.map((item, index): Row => {
    const place = { row: index + 1, line: index + 1, content: written(item) }
    if (!(item instanceof JsonObject)) return { ...place, values: {}, broken: { cause: 'not-an-object', text: 'the row is no object: each row is one, with its members' } }
    const doubled = doubledIn(item)
    if (doubled !== undefined) return { ...place, content: item.text, values: {}, broken: { cause: 'name-twice', text: `the row has ${columns.some(([, names]) => names.includes(doubled)) ? `the name "${doubled}"` : 'a name'} twice: nobody can say which is meant. Take one out, or export it again with each name once` } }
    const given = columns.map(([column, names]) => [column, at(item, names)] as const)
    // by itself it would be taken for a file of another kind
    if (given.every(([, one]) => one === undefined)) return { ...place, values: {}, broken: { cause: 'no-members', text: 'the row has none of the members that the mapping names: correct it, or leave it out' } }
    const strange = given.find(([, one]) => one instanceof JsonObject || (Array.isArray(one) && !one.every((part) => typeof part === 'string' || part instanceof JsonNumber)))
    if (strange) return { ...place, values: {}, broken: { cause: 'wrong-shape', text: `${strange[0]} is an object: the mapping names a text, a number, true or false, or a list of codes` } }
    return { ...place, values: Object.fromEntries(given.map(([column, one]) => [column, one === undefined || one === null ? '' : Array.isArray(one) ? one.map(plainOf).join(LIST) : plainOf(one as Json).trim()])) }
  }) }
}
const plainOf = (value: Json): string => typeof value === 'string' ? value : written(value)
/** Between the parts of a JSON list, which need no separator of their own. */
export const LIST = '\u001f'
const at = (value: Json, path: readonly string[]): Json | undefined => path.reduce<Json | undefined>(memberOf, value)
/** How the format that rows of a mapping are kept in is read back: JSON rows by themselves are a list of one. */
export const keptFormat = (mapping: Mapping): Mapping => mapping.format.type === 'csv' ? mapping : { ...mapping, format: { type: 'json' } }
