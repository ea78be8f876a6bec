/**
 * Cuts a file of open crime data into rows: CSV by csv-parse, or the portal's JSON array. Memory stays flat: at most one row
 * of 1 MiB and one chunk are held. A quote that is never closed, or a line without end, spoils its own line alone: reading
 * goes on with the next.
 */
import { hash, createHash } from 'node:crypto'
import { parse, type Parser } from 'csv-parse'
import { AT_ONCE, breaksIn, CSV, isSeveral, lineEnd, MAX_ROW_BYTES, readLine, turn } from '../csv'
import { cellsOf, layoutOf, type Column } from './columns'
import { UnknownLayout, type RawRow, type RowCounts } from './raw-row'
import { JsonRows } from './read-json'

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
  if (begun[0]! >= 0xfe || begun[1] === 0) throw new UnknownLayout([], ['report_no', 'reported_date', 'offense', 'involvement'], [], 'The file is UTF-16: export it as UTF-8.')
  const first = begun.find((byte, at) => !(byte <= 0x20 || (at < 3 && byte >= 0xbb)))
  return first === 0x5b ? new JsonRows(counts) : first !== undefined || enough ? new CsvRows(counts) : undefined
}

/** Also where it stands in a column that nobody reads: the row was damaged. */
const NOT_UTF8 = { ok: false, cause: 'not-utf-8', text: 'the row holds bytes that are no UTF-8: export the file as UTF-8, or repair the row' } as const
interface Cut { readonly values: readonly string[]; readonly end: number }

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
  /** of the first row that says anything */
  private width: number | undefined
  private parser = this.fresh()
  /** how often a parser was begun anew */
  private begun = 0
  /** the line at the beginning of `rest` cannot be read, and its end has not come */
  private failed = false
  /** a line that is over 1 MiB, while its end has not come */
  private long: { readonly hash: ReturnType<typeof createHash>; readonly offset: number; length: number } | undefined
  constructor(private readonly counts: RowCounts) {}

  private fresh(): Parser {
    const parser: Parser = parse({ ...CSV, bom: this.began === 0, on_record: (values: string[], { bytes }: { bytes: number }) => { this.add({ values, end: this.began + bytes }); return null } })
    parser.on('error', () => undefined) // told to whoever wrote
    parser.resume()
    return parser
  }

  /** Throws where the row is several, so that nothing is parsed behind it: its first line is skipped, and all that follows read anew. */
  private add(row: Cut): void {
    const from = this.cut.at(-1)?.end ?? this.offset
    const bytes = this.rest.subarray(from - this.offset, row.end - this.offset)
    if (isSeveral(row.values, bytes.subarray(0, bytes.length - endLength(bytes)), this.width ?? row.values.length)) throw LEFT_OPEN
    if (!isBlank(row.values)) this.width ??= row.values.length
    this.cut.push(row)
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
    this.failed ||= await this.written(chunk)
    for (;;) {
      rows.push(...this.take())
      if (!this.failed || !this.hasLine()) return rows
      rows.push(...this.skipLine())
      if (this.long) return rows
      this.failed = await this.again()
    }
  }

  async end(): Promise<RawRow[]> {
    if (this.long) return [this.tooLong()]
    const rows: RawRow[] = []
    for (let failed = this.failed || await this.ended(); ; failed = await this.again() || await this.ended()) {
      rows.push(...this.take())
      if (!failed) return rows
      rows.push(...this.skipLine(true))
    }
  }

  /** @returns whether a row in it cannot be read, or was left open */
  private written(bytes: Buffer): Promise<boolean> {
    return new Promise(resolve => { this.parser.write(bytes, error => { resolve(Boolean(error)) }) })
  }

  private ended(): Promise<boolean> {
    const { parser } = this
    return new Promise(resolve => { parser.once('error', () => { resolve(true) }); parser.end(() => { resolve(false) }) })
  }

  /** The first line of what is left is here to its end, or longer than any row may be. */
  private hasLine(): boolean {
    const at = lineEnd(this.rest, 0)
    return at < 0 ? this.rest.length > MAX_ROW_BYTES : at < this.rest.length || this.rest.at(-1) === 10
  }

  /** Reads what is left anew, after a line that could not be read. A chunk may hold thousands of them: now and then others have their turn. */
  private async again(): Promise<boolean> {
    if (++this.begun % AT_ONCE === 0) await turn()
    this.began = this.offset
    this.parser = this.fresh()
    return this.written(this.rest)
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
    if (isBlank(values)) { this.counts.blank++; return undefined }
    const bytes = whole.subarray(0, whole.length - endLength(whole))
    if (!this.header) {
      const layout = layoutOf(values)
      if (!layout.known) throw new UnknownLayout(layout.unknown, layout.missing, layout.twice, otherwiseParted(bytes))
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
    // Inches, for example: a quote in the middle of a cell is told from one that was left open by the line itself.
    const values = readLine(whole, { relax_quotes: true })
    const row = (values && this.rowOf(values, whole, this.offset)) ?? this.row({ ok: false, cause: 'quote-not-closed', text: 'a quote in this line is not closed, its row has no end, or a line within its quotes looks like a row: double the quote, or take it out; in a text, put a blank behind each comma' }, whole.subarray(0, whole.length - endLength(whole)), this.offset)
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
    this.failed = false
    this.parser = this.fresh()
    return row
  }
}

/** The heading is one that is known, but for what stands between its columns. */
const otherwiseParted = (heading: Buffer): string | undefined => {
  const [, name] = [[';', 'semicolons'], ['\t', 'tabs']].find(([delimiter]) => layoutOf(readLine(heading, { delimiter: delimiter! }) ?? []).known) ?? []
  return name && `The columns of the file are parted by ${name}, where the city's are parted by commas: export it as CSV with commas.`
}

const LEFT_OPEN = new Error('a quote was left open')
const isBlank = (values: readonly string[]): boolean => values.length === 1 && values[0]!.trim() === ''
const endLength = (bytes: Buffer): number => (bytes.at(-1) === 10 ? (bytes.at(-2) === 13 ? 2 : 1) : bytes.at(-1) === 13 ? 1 : 0)
