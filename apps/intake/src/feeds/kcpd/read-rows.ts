/**
 * Cuts a file of open crime data into rows: CSV by csv-parse, or the portal's JSON array. Memory stays flat: at most one row
 * of 1 MiB and one chunk are held. A quote that is never closed, or a line without end, spoils its own line alone: reading
 * goes on with the next.
 */
import { hash, createHash } from 'node:crypto'
import { parse, type Parser } from 'csv-parse'
import { cellsOf, columnOf, KNOWN_COLUMNS, layoutOf, type Cells, type Column } from './columns'

export const MAX_ROW_BYTES = 1024 * 1024
export interface RowCounts { lines: number; blank: number; bytes: number; records: number }

export interface RawRow {
  /** line of the file in which it begins, from 1 */
  readonly firstLine: number
  /** one: a row is what is counted, whatever line breaks stand in it */
  readonly lines: 1
  readonly offset: number
  readonly length: number
  /** what is needed to read it again: the header, and the row; absent where it is over 1 MiB */
  readonly bytes?: Uint8Array
  /** SHA-256 hex of the row */
  readonly sha256: string
  readonly read: { readonly ok: true; readonly cells: Cells } | { readonly ok: false; readonly cause: string; readonly text: string }
}

/** The file as a whole is none of the layouts that are known. */
export class UnknownLayout extends Error {
  constructor(readonly unknown: readonly string[], readonly missing: readonly string[]) { super('unknown layout') }
  /** Names columns alone; where the first line is no header it may be a row, and is not repeated. */
  get text(): string {
    const names = this.unknown.filter(name => /^[:@A-Za-z][\w .:@#/-]{0,39}$/.test(name.trim())).slice(0, 20)
    const header = this.missing.length < 3
    return [
      header ? 'The columns of this file are not those of the open crime data of any year that is known (2010 to 2024).' : 'The first line is no header of the open crime data of any year that is known (2010 to 2024).',
      ...(header && names.length > 0 ? [`Unknown: ${names.join(', ')}.`] : []), ...(this.missing.length > 0 ? [`Missing: ${this.missing.join(', ')}.`] : []),
      `Known: ${KNOWN_COLUMNS.join(', ')}. Nothing was recorded. Send the file as the city's portal gives it, as UTF-8; a new column must first be made known.`,
    ].join(' ')
  }
}

export async function* readRows(source: AsyncIterable<Uint8Array>, counts: RowCounts): AsyncGenerator<RawRow, void, undefined> {
  let reader: CsvRows | JsonRows | undefined
  let begun: Buffer = Buffer.alloc(0)
  for await (const chunk of source) {
    counts.bytes += chunk.length
    let bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length)
    if (!reader) {
      bytes = begun = Buffer.concat([begun, bytes])
      reader = readerOf(begun, counts, begun.length >= MOST_BLANK)
      if (!reader) continue
    }
    yield* reader instanceof CsvRows ? await reader.push(bytes) : reader.push(bytes)
  }
  if (!reader && begun.length > 0) { reader = readerOf(begun, counts, true)!; yield* await reader.push(begun) }
  if (reader) yield* await reader.end()
}

/** Blank characters before the first other one; a file with more of them is read as CSV. */
const MOST_BLANK = 4096
/** @returns undefined as long as nothing but blanks has come, and more may */
const readerOf = (begun: Buffer, counts: RowCounts, enough: boolean): CsvRows | JsonRows | undefined => {
  // No UTF-8 begins so; UTF-16 does, and what is kept of its rows could not be read again.
  if (begun[0]! >= 0xfe) throw new UnknownLayout([], ['report_no', 'reported_date', 'offense', 'involvement'])
  const first = begun.find((byte, at) => !(byte <= 0x20 || (at < 3 && byte >= 0xbb)))
  return first === 0x5b ? new JsonRows(counts) : first !== undefined || enough ? new CsvRows(counts) : undefined
}

/** Also where it stands in a column that nobody reads: the row was damaged. */
const NOT_UTF8 = { ok: false, cause: 'not-utf-8', text: 'the row holds bytes that are no UTF-8: export the file as UTF-8, or repair the row' } as const
interface Cut { readonly values: readonly string[]; readonly end: number }
const OPTIONS = { bom: true, relax_quotes: true, relax_column_count: true, record_delimiter: ['\r\n', '\n', '\r'], max_record_size: MAX_ROW_BYTES }

class CsvRows {
  private header: { readonly bytes: Buffer; readonly columns: readonly (Column | undefined)[] } | undefined
  /** bytes from the end of the last row that was cut */
  private rest: Buffer = Buffer.alloc(0)
  /** where `rest` begins in the file, and its line */
  private offset = 0
  private line = 1
  /** where the parser began in the file */
  private began = 0
  private cut: Cut[] = []
  private parser = this.fresh()
  /** a line that is over 1 MiB, while its end has not come */
  private long: { readonly hash: ReturnType<typeof createHash>; readonly offset: number; length: number } | undefined
  constructor(private readonly counts: RowCounts) {}

  private fresh(): Parser {
    const parser: Parser = parse({ ...OPTIONS, bom: this.began === 0, on_record: (values: string[], { bytes }: { bytes: number }) => { this.cut.push({ values, end: this.began + bytes }); return null } })
    parser.on('error', () => undefined) // told to whoever wrote
    parser.resume()
    return parser
  }

  async push(chunk: Buffer): Promise<RawRow[]> {
    const rows: RawRow[] = []
    if (this.long) {
      const at = lineEnd(chunk, 0)
      const part = at < 0 ? chunk : chunk.subarray(0, at)
      this.long.hash.update(part)
      this.long.length += part.length
      if (at < 0) return rows
      rows.push(this.tooLong())
      chunk = chunk.subarray(at)
    }
    this.rest = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk])
    let failed = await new Promise<boolean>(resolve => { this.parser.write(chunk, error => { resolve(Boolean(error)) }) })
    rows.push(...this.take())
    while (failed) { rows.push(...this.skipLine()); if (this.long) break; failed = await this.again(); rows.push(...this.take()) }
    return rows
  }

  async end(): Promise<RawRow[]> {
    const rows: RawRow[] = []
    if (this.long) return [this.tooLong()]
    for (;;) {
      const parser = this.parser
      const failed = await new Promise<boolean>(resolve => { parser.once('error', () => { resolve(true) }); parser.end(() => { resolve(false) }) })
      rows.push(...this.take())
      if (!failed) return rows
      rows.push(...this.skipLine(true))
      while (await this.again()) { rows.push(...this.take(), ...this.skipLine(true)) }
      rows.push(...this.take())
    }
  }

  /** Reads what is left anew, after a line that could not be read. */
  private again(): Promise<boolean> {
    this.began = this.offset
    this.parser = this.fresh()
    return new Promise(resolve => { this.parser.write(this.rest, error => { resolve(Boolean(error)) }) })
  }

  private take(): RawRow[] {
    const rows: RawRow[] = []
    let from = 0
    const start = this.offset
    for (const { values, end } of this.cut) {
      const bytes = this.rest.subarray(from, end - start)
      const row = this.rowOf(values, bytes, start + from)
      if (row) rows.push(row)
      this.line += breaksIn(bytes)
      from = end - start
    }
    this.cut = []
    this.rest = this.rest.subarray(from)
    this.offset = start + from
    return rows
  }

  private rowOf(values: readonly string[], whole: Buffer, offset: number): RawRow | undefined {
    if (values.length === 1 && values[0]!.trim() === '') { this.counts.blank++; return undefined }
    const bytes = whole.subarray(0, whole.length - endLength(whole))
    if (!this.header) {
      const layout = layoutOf(values)
      if (!layout.known) throw new UnknownLayout(layout.unknown, layout.missing)
      this.header = { bytes: Buffer.from(bytes), columns: layout.columns }
      return undefined
    }
    const { columns } = this.header
    const read: RawRow['read'] = values.some(value => value.includes('\uFFFD') || value.includes('\0')) ? NOT_UTF8
      : values.length === columns.length ? { ok: true, cells: cellsOf(columns, values) }
      : { ok: false, cause: 'row-cut', text: `the row has ${values.length} columns where the header has ${columns.length}: it is cut, or a quote in it is not closed` }
    return this.row(read, bytes, offset)
  }

  private row(read: RawRow['read'], bytes: Buffer, offset: number): RawRow {
    this.counts.lines++
    this.counts.records++
    return { firstLine: this.line, lines: 1, offset, length: bytes.length, bytes: Buffer.concat([this.header!.bytes, Buffer.from('\n'), bytes]), sha256: hash('sha256', bytes), read }
  }

  private skipLine(last = false): RawRow[] {
    if (!this.header) throw new UnknownLayout([], ['report_no', 'reported_date', 'offense', 'involvement'])
    const at = lineEnd(this.rest, 0)
    if (at < 0 && !last) {
      const hashed = createHash('sha256').update(this.rest)
      this.long = { hash: hashed, offset: this.offset, length: this.rest.length }
      this.rest = Buffer.alloc(0)
      return []
    }
    const whole = at < 0 ? this.rest : this.rest.subarray(0, at)
    const row = this.row({ ok: false, cause: 'quote-not-closed', text: 'a quote in this line is not closed, or its row has no end: double the quote, or take it out' }, whole.subarray(0, whole.length - endLength(whole)), this.offset)
    this.line += breaksIn(whole)
    this.rest = this.rest.subarray(whole.length)
    this.offset += whole.length
    return [row]
  }

  private tooLong(): RawRow {
    const { hash: hashed, offset, length } = this.long!
    this.long = undefined
    this.counts.lines++
    this.counts.records++
    const row: RawRow = { firstLine: this.line, lines: 1, offset, length, sha256: hashed.digest('hex'), read: { ok: false, cause: 'row-too-long', text: 'the row is over 1 MiB: its place and length are kept, not its bytes' } }
    this.line++
    this.offset = offset + length
    this.began = this.offset
    this.parser = this.fresh()
    return row
  }
}

/** Just behind the end of the line, or -1. */
const lineEnd = (bytes: Buffer, from: number): number => { const at = bytes.indexOf(10, from); return at < 0 ? -1 : at + 1 }
const endLength = (bytes: Buffer): number => (bytes.at(-1) === 10 ? (bytes.at(-2) === 13 ? 2 : 1) : bytes.at(-1) === 13 ? 1 : 0)
const breaksIn = (bytes: Buffer): number => { let count = 0; for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) count++; return count }

/** The array of objects that the portal's interface answers: names may be left out of an object where they have no value. */
class JsonRows {
  private depth = 0
  private inText = false
  private escaped = false
  private parts: Buffer[] = []
  private length = 0
  private offset = 0
  private start = { offset: 0, line: 1 }
  private line = 1
  private first = true
  /** something other than an object has begun where one belongs */
  private stray = false
  constructor(private readonly counts: RowCounts) {}

  push(chunk: Buffer): RawRow[] {
    const rows: RawRow[] = []
    let from = this.depth > 0 || this.stray ? 0 : -1
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at]!
      if (byte === 10) this.line++
      if (this.inText) {
        if (this.escaped) this.escaped = false
        else if (byte === 0x5c) this.escaped = true
        else if (byte === 0x22) this.inText = false
      } else if (byte === 0x22 && this.depth > 0) this.inText = true
      else if (byte === 0x7b && this.depth++ === 0) {
        if (this.stray) { this.keep(chunk.subarray(from, at)); rows.push(this.strayRow()) }
        from = at
        this.start = { offset: this.offset + at, line: this.line }
      }
      else if (byte === 0x7d && this.depth > 0 && --this.depth === 0) { this.keep(chunk.subarray(from, at + 1)); from = -1; rows.push(this.row()) }
      // Half of an object that lost its brace, for example: it is no row, and not nothing.
      else if (this.depth === 0 && !this.stray && !isBetween(byte, this.offset + at)) { this.stray = true; from = at; this.start = { offset: this.offset + at, line: this.line } }
    }
    if (this.depth > 0 || this.stray) this.keep(chunk.subarray(from))
    this.offset += chunk.length
    return rows
  }

  end(): RawRow[] {
    if (this.depth > 0) return [this.row()]
    if (this.stray && !this.first) return [this.strayRow()]
    if (this.first) throw new UnknownLayout([], ['report_no', 'reported_date', 'offense', 'involvement'])
    return []
  }

  private keep(part: Buffer): void {
    this.length += part.length
    if (this.length <= MAX_ROW_BYTES) this.parts.push(Buffer.from(part))
    else this.parts = [Buffer.from(hash('sha256', Buffer.concat([...this.parts, part])))]
  }

  private strayRow(): RawRow {
    this.stray = false
    return this.rowOf(() => ({ ok: false, cause: 'not-an-object', text: 'between two rows stands what is no row: a brace of one may be lost. Export the file again, or repair it' }))
  }

  private row(): RawRow {
    return this.rowOf(bytes => { const read = this.read(bytes); this.first = false; return read })
  }

  private rowOf(reading: (bytes: Buffer) => RawRow['read']): RawRow {
    const [bytes, length] = [Buffer.concat(this.parts), this.length]
    this.parts = []
    this.length = 0
    this.counts.lines++
    this.counts.records++
    const read = length > MAX_ROW_BYTES ? { ok: false as const, cause: 'row-too-long', text: 'the row is over 1 MiB: its place and length are kept, not its bytes' } : reading(bytes)
    return { firstLine: this.start.line, lines: 1, offset: this.start.offset, length, ...(length <= MAX_ROW_BYTES && { bytes: Buffer.concat([Buffer.from('['), bytes, Buffer.from(']')]) }), sha256: hash('sha256', bytes), read }
  }

  private read(bytes: Buffer): RawRow['read'] {
    let object: Record<string, unknown>
    try { object = JSON.parse(bytes.toString('utf8')) as Record<string, unknown> } catch { return { ok: false, cause: 'row-cut', text: 'the row is no JSON object: it is cut, or damaged' } }
    const names = Object.keys(object)
    const columns = names.map(columnOf)
    const unknown = names.filter((_, at) => columns[at] === null)
    if (this.first && (unknown.length > 0 || !columns.includes('report'))) throw new UnknownLayout(unknown, columns.includes('report') ? [] : ['report_no', 'reported_date', 'offense'])
    if (unknown.length > 0) return { ok: false, cause: 'column-unknown', text: 'the row has a name that no other row had and that is not known: make it known, or take it out' }
    return { ok: true, cells: cellsOf(columns as (Column | undefined)[], Object.values(object).map(textOf)) }
  }
}
/** White space, commas and the brackets of the list; a mark of UTF-8 at the beginning. */
const isBetween = (byte: number, at: number): boolean => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09 || byte === 0x2c || byte === 0x5b || byte === 0x5d || (at < 3 && byte >= 0xbb)
const textOf = (value: unknown): string => typeof value === 'string' ? value : value === null || value === undefined ? '' : JSON.stringify(value)
