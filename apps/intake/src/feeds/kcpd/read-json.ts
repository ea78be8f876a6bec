import { createHash } from 'node:crypto'
import { MAX_ROW_BYTES } from '../csv'
import { doubledIn, JsonObject, parseJson, written, type Json } from '../json'
import { cellsOf, columnOf, type Column } from './columns'
import { UnknownLayout, type RawRow, type RowCounts } from './raw-row'

/** The array of objects that the portal's interface answers: names may be left out of an object where they have no value. */
export class JsonRows {
  private depth = 0
  private inText = false
  private escaped = false
  /** of the row that has begun, as long as it may be kept */
  private parts: Buffer[] = []
  private hashed = createHash('sha256')
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
        // No text of JSON goes over the end of a line: its quote was left open, and what follows is read for what it is.
        if (byte === 10) { this.keep(chunk.subarray(from, at)); from = -1; this.inText = this.escaped = false; this.depth = 0; rows.push(this.row()) }
        else if (this.escaped) this.escaped = false
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
    this.hashed.update(part)
    if (this.length <= MAX_ROW_BYTES) this.parts.push(Buffer.from(part))
    else this.parts = []
  }

  private strayRow(): RawRow {
    this.stray = false
    return this.rowOf(() => ({ ok: false, cause: 'not-an-object', text: 'between two rows stands what is no row: a brace of one may be lost. Export the file again, or repair it' }))
  }

  private row(): RawRow {
    return this.rowOf(bytes => { const read = this.read(bytes); this.first = false; return read })
  }

  private rowOf(reading: (bytes: Buffer) => RawRow['read']): RawRow {
    const [bytes, length, sha256] = [Buffer.concat(this.parts), this.length, this.hashed.digest('hex')]
    this.parts = []
    this.hashed = createHash('sha256')
    this.length = 0
    this.counts.lines++
    this.counts.records++
    const read = length > MAX_ROW_BYTES ? { ok: false as const, cause: 'row-too-long', text: 'the row is over 1 MiB: its place and length are kept, not its bytes' } : reading(bytes)
    return { firstLine: this.start.line, lines: 1, offset: this.start.offset, length, ...(length <= MAX_ROW_BYTES && { bytes: Buffer.concat([Buffer.from('['), bytes, Buffer.from(']')]) }), sha256, read }
  }

  private read(bytes: Buffer): RawRow['read'] {
    const object = parseJson(bytes.toString('utf8'))
    if (!(object instanceof JsonObject)) return { ok: false, cause: 'row-cut', text: 'the row is no JSON object: it is cut, or damaged' }
    const names = object.members.map(([name]) => name)
    const columns = names.map(columnOf)
    const unknown = names.filter((_, at) => columns[at] === null)
    if (this.first && (unknown.length > 0 || !columns.includes('report'))) throw new UnknownLayout(unknown, columns.includes('report') ? [] : ['report_no', 'reported_date', 'offense'])
    if (unknown.length > 0) return { ok: false, cause: 'column-unknown', text: 'the row has a name that no other row had and that is not known: make it known, or take it out' }
    if (doubledIn(object) !== undefined) return { ok: false, cause: 'name-twice', text: 'the row has a name twice: nobody can say which is meant. Take one out, or export it again with each name once' }
    return { ok: true, cells: cellsOf(columns as (Column | undefined)[], object.members.map(([, value]) => textOf(value))) }
  }
}
/** White space, commas and the brackets of the list; a mark of UTF-8 at the beginning. */
const isBetween = (byte: number, at: number): boolean => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09 || byte === 0x2c || byte === 0x5b || byte === 0x5d || (at < 3 && byte >= 0xbb)
const textOf = (value: Json): string => typeof value === 'string' ? value : value === null ? '' : written(value, 'as-it-stands')
