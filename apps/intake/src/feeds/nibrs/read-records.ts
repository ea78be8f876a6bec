/**
 * Cuts a NIBRS flat file into records without understanding them: consecutive segments of one ORI, number and action.
 * Memory stays flat whatever the file is: at most one record of 1 MiB and one chunk are held.
 *
 * Three rules keep a damaged file from becoming half an incident silently:
 * - A line whose ORI and number cannot be read joins the record before it, which is thereby unreadable: it may have been
 *   its victim or its arrest. However long the line is.
 * - Segments of one incident that lie apart in the file are not put together (that would need the whole file in memory).
 *   The part with the administrative segment stands alone and is refused if a mandatory level is missing; every later part
 *   has no administrative segment and is refused with all its lines, naming ORI and number as the place to look.
 * - An administrative segment always starts a record, so the same incident twice is two records, never a blend.
 */
import { createHash, hash } from 'node:crypto'
import { isAction, isLevel } from './layout'
import type { XmlRefusal } from './xml/node'

/** A record is kept whole up to here; a longer one has offset, length and hash only. */
export const MAX_RECORD_BYTES = 1024 * 1024

export interface RawLine {
  /** from 1; blank lines are counted here, as editors do */
  readonly line: number
  /** one character per byte (latin1), without the line end */
  readonly text: string
}

export interface RawRecord {
  readonly firstLine: number
  /** non-blank lines of the record */
  readonly lines: number
  /** where the record stands in the file: from its first byte to the last byte of its last line, line end left out */
  readonly offset: number
  readonly length: number
  /** the lines; [] where the record is over 1 MiB */
  readonly content: readonly RawLine[]
  /** the non-blank lines, each ended by one LF; absent where the record is over 1 MiB */
  readonly bytes?: Uint8Array
  /** SHA-256 hex of those bytes, of an XML report of its segments; a line over 1 MiB stands in it as its own SHA-256, a record over 1 MiB is hashed as it runs */
  readonly sha256: string
  /** what the file as a whole is, where it is no flat file */
  readonly file?: FileKind
  /** xml: a report of an XML submission; its lines are those of the file, its segments what the flat file would have for it */
  readonly format?: 'xml'
  /** why a report of an XML submission cannot be read as segments */
  readonly refused?: XmlRefusal
}

export type FileKind = 'utf-16' | 'zip' | 'gzip' | 'pdf' | 'xml' | 'json'

/** Filled while the file is read. */
export interface ReadCounts { lines: number; blank: number; bytes: number; records: number }
export const readCounts = (): ReadCounts => ({ lines: 0, blank: 0, bytes: 0, records: 0 })

export interface ReadOptions { readonly counts?: ReadCounts }

/**
 * Yields every non-blank line of the file in exactly one record, in the file's order. Never throws on content; what the
 * source throws passes through. LF, CRLF and CR end a line; a UTF-8 byte order mark is skipped.
 */
export async function* readRecords(source: AsyncIterable<Uint8Array>, options: ReadOptions = {}): AsyncGenerator<RawRecord, void, undefined> {
  const cutter = new RecordCutter(options.counts ?? readCounts())
  for await (const chunk of source) yield* cutter.push(chunk)
  yield* cutter.end()
}

interface Line { readonly line: number; readonly offset: number; readonly length: number; /** null: over 1 MiB */ readonly text: string | null; readonly head: string; readonly sha256?: string }

/** What can be told of a line without understanding it. */
interface Mark { readonly level: string; readonly action: string; /** ORI and number; '' where they cannot be read */ readonly key: string; /** the readable beginning of a key that was cut */ readonly part: string }

const LF = 10
const CR = 13

/** The synchronous core of readRecords: chunks in, finished records out. */
export class RecordCutter {
  private ready: RawRecord[] = []
  private open: OpenRecord | null = null
  private kept: Buffer[] = []
  private keptBytes = 0
  private lineBytes = 0
  private longHash: ReturnType<typeof createHash> | null = null
  private longBlank = true
  private lineStart = 0
  private position = 0
  private lineNumber = 0
  private afterCr = false
  private start: Buffer | null = Buffer.alloc(0)
  private file: FileKind | undefined

  constructor(private readonly counts: ReadCounts) {}

  push(chunk: Uint8Array): RawRecord[] {
    let bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
    if (this.start !== null) {
      // The first bytes tell a byte order mark and the kinds of file that are no flat file at all.
      bytes = Buffer.concat([this.start, bytes])
      if (bytes.length < 8) { this.start = bytes; return [] }
      this.start = null
      bytes = this.begin(bytes)
    }
    this.scan(bytes)
    return this.take()
  }

  end(): RawRecord[] {
    if (this.start !== null) { const bytes = this.start; this.start = null; this.scan(this.begin(bytes)) }
    if (this.lineBytes > 0) this.endLine()
    this.close()
    return this.take()
  }

  private begin(bytes: Buffer): Buffer {
    this.file = kindOf(bytes)
    const mark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0
    this.position = this.lineStart = mark
    this.counts.bytes += mark
    return bytes.subarray(mark)
  }

  private take(): RawRecord[] {
    const records = this.ready
    this.ready = []
    this.counts.records += records.length
    return records
  }

  private scan(bytes: Buffer): void {
    this.counts.bytes += bytes.length
    let from = 0
    if (this.afterCr && bytes.length > 0) {
      this.afterCr = false
      if (bytes[0] === LF) { from = 1; this.position++; this.lineStart = this.position }
    }
    let cr = bytes.indexOf(CR, from)
    let lf = bytes.indexOf(LF, from)
    while (cr >= 0 || lf >= 0) {
      const end = cr < 0 ? lf : lf < 0 ? cr : Math.min(cr, lf)
      this.keep(bytes.subarray(from, end))
      this.endLine()
      let next = end + 1
      if (bytes[end] === CR) {
        if (next < bytes.length) { if (bytes[next] === LF) next++ } else this.afterCr = true
      }
      this.position += next - end
      this.lineStart = this.position
      from = next
      if (cr >= 0 && cr < from) cr = bytes.indexOf(CR, from)
      if (lf >= 0 && lf < from) lf = bytes.indexOf(LF, from)
    }
    this.keep(bytes.subarray(from))
  }

  /** Takes part of a line. Beyond 1 MiB only its hash goes on. */
  private keep(part: Buffer): void {
    if (part.length === 0) return
    this.position += part.length
    this.lineBytes += part.length
    if (this.longBlank && !isBlank(part)) this.longBlank = false
    if (this.longHash) { this.longHash.update(part); return }
    if (this.keptBytes + part.length <= MAX_RECORD_BYTES) {
      // A copy: the source may reuse its chunk, and a small part must not keep a large chunk alive.
      this.kept.push(Buffer.from(part))
      this.keptBytes += part.length
      return
    }
    this.longHash = createHash('sha256')
    for (const before of this.kept) this.longHash.update(before)
    this.longHash.update(part)
    this.kept = [Buffer.concat([...this.kept, part.subarray(0, 64)]).subarray(0, 64)]
  }

  private endLine(): void {
    this.lineNumber++
    if (this.longBlank) this.counts.blank++
    else {
      this.counts.lines++
      const bytes = this.kept.length === 1 ? this.kept[0]! : Buffer.concat(this.kept)
      const text = bytes.toString('latin1')
      this.addLine({
        line: this.lineNumber, offset: this.lineStart, length: this.lineBytes, head: text.slice(0, 64),
        ...(this.longHash ? { text: null, sha256: this.longHash.digest('hex') } : { text }),
      })
    }
    this.kept = []
    this.keptBytes = this.lineBytes = 0
    this.longHash = null
    this.longBlank = true
  }

  private addLine(line: Line): void {
    const mark = markOf(line.head)
    if (this.open !== null && this.open.takes(mark, line)) { this.open.add(line); return }
    this.close()
    this.open = new OpenRecord(mark, line, this.file)
  }

  private close(): void {
    if (this.open) this.ready.push(this.open.finish())
    this.open = null
  }
}

class OpenRecord {
  private content: RawLine[] = []
  private bytes = 0
  private lines = 0
  private running: ReturnType<typeof createHash> | null = null
  private end = 0

  constructor(private readonly mark: Mark, private readonly first: Line, private readonly file: FileKind | undefined) { this.add(first) }

  /** Whether the next line of the file is part of this record. */
  takes(next: Mark, line: Line): boolean {
    const fits = this.running === null && line.text !== null && this.bytes + line.text.length < MAX_RECORD_BYTES
    if (this.file !== undefined) return fits
    if (next.key === '') {
      // A zero report is one line, and a cut line that begins another ORI or number is not this record's.
      if (this.mark.level === '0' || next.part !== '' && this.mark.key !== '' && !this.mark.key.startsWith(next.part)) return false
      // Noise is kept beside a line that cannot be kept with it; an incident is not taken for whole beside one: it may be its victim.
      return this.mark.key === '' ? fits : this.running === null
    }
    if (next.key !== this.mark.key || next.level === '0' || next.level === '1') return false
    // Level or action of one line are damaged, its identity is not: it belongs here, and the record cannot be read.
    if (!isLevel(next.level) || !isAction(next.action) || !isLevel(this.mark.level) || !isAction(this.mark.action)) return true
    if ((next.level === '7') !== (this.mark.level === '7') || this.mark.level === '0') return false
    // A replacement may come as R throughout, or as an R administrative segment followed by I.
    return next.action === this.mark.action || this.mark.action === 'R' && next.action === 'I'
  }

  add(line: Line): void {
    this.lines++
    this.end = line.offset + line.length
    const kept = line.text ?? line.sha256 ?? ''
    if (this.running === null && (line.text === null || this.bytes + kept.length + 1 > MAX_RECORD_BYTES)) {
      this.running = createHash('sha256')
      for (const before of this.content) this.running.update(before.text + '\n', 'latin1')
      this.content = []
    }
    if (this.running) { this.running.update(kept + '\n', 'latin1'); return }
    this.content.push({ line: line.line, text: kept })
    this.bytes += kept.length + 1
  }

  finish(): RawRecord {
    const place = { firstLine: this.first.line, lines: this.lines, offset: this.first.offset, length: this.end - this.first.offset, ...(this.file ? { file: this.file } : {}) }
    if (this.running) return { ...place, content: [], sha256: this.running.digest('hex') }
    let text = ''
    for (const line of this.content) text += line.text + '\n'
    const bytes = Buffer.from(text, 'latin1')
    return { ...place, content: this.content, bytes, sha256: hash('sha256', bytes, 'hex') }
  }
}

const KEY = /^[A-Z][A-Z0-9]{8}[ -~]{12}$/
const markOf = (head: string): Mark => {
  const level = head.charAt(4)
  const action = head.charAt(5)
  const key = head.slice(16, 37)
  if (KEY.test(key) && key.slice(9).trim() !== '') return { level, action, key, part: '' }
  // A line that was cut within its key still says which record it does not belong to.
  const cut = head.length < 37 && key.length >= 4 && /^[A-Z][A-Z0-9]*[ -~]*$/.test(key) && isLevel(level)
  return { level, action, key: '', part: cut ? key : '' }
}

/** Of segments: whether every report that `now` names is one that `before` names, too, as far as each says; bytes that name none name no other. */
export const namesSameReport = (before: Uint8Array, now: Uint8Array): boolean => {
  const [known, said] = [before, now].map(bytes => Buffer.from(bytes).toString('latin1').split('\n').map(markOf))
  const names = known!.flatMap(({ key, part }) => [key, part].filter(Boolean))
  return names.length === 0 || said!.every(({ key }) => key === '' || names.some(name => key.startsWith(name)))
}

const isBlank = (bytes: Buffer): boolean => {
  for (const byte of bytes) if (byte !== 32 && byte !== 9 && byte !== 11 && byte !== 12) return false
  return true
}

const kindOf = (bytes: Buffer): FileKind | undefined => {
  const starts = (...first: number[]) => first.every((byte, i) => bytes[i] === byte)
  if (starts(0xff, 0xfe) || starts(0xfe, 0xff)) return 'utf-16'
  if (starts(0x50, 0x4b, 3, 4)) return 'zip'
  if (starts(0x1f, 0x8b)) return 'gzip'
  const text = bytes.subarray(0, 8).toString('latin1').replace(/^\xef\xbb\xbf/, '').trimStart()
  if (text.startsWith('%PDF')) return 'pdf'
  if (text.startsWith('<')) return 'xml'
  if (text.startsWith('{') || text.startsWith('[')) return 'json'
  // Digits with a zero byte beside each: UTF-16 without a mark.
  if (bytes.length >= 4 && (bytes[1] === 0 && bytes[3] === 0 && bytes[0] !== 0 || bytes[0] === 0 && bytes[2] === 0 && bytes[1] !== 0)) return 'utf-16'
  return undefined
}
