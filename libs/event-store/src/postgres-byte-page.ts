/** A page of the log as PostgreSQL sends it, held against its chain: a value for each column, one event's part after the other. */
import type { LogPage, LogRow } from './port'
import { recordedTimeOf } from './postgres-connection'
import { partOf, saysThat, type Part } from './says-of'

export const NEWLINE = 10

/** Its parts are compared where they lie. */
export class BytePage implements LogPage, LogRow {
  ordinal = 0
  recordedtime = ''
  link = ''
  bytes: Buffer = Buffer.alloc(0)
  readonly length: number
  private i = -1
  private time = NaN
  private readonly ordinals: Float64Array
  private readonly revisions: Float64Array
  private readonly times: Float64Array
  private readonly links: Buffer
  private readonly id: { readonly bytes: Buffer; from: number; to: number }
  private readonly type: Lines
  private readonly stream: Lines
  private readonly content: Lines
  private readonly text: Lines

  constructor([ordinals, revisions, times, links, ids, types, streams, contents, texts]: readonly Buffer[]) {
    this.ordinals = numbersOf(ordinals!)
    this.revisions = numbersOf(revisions!)
    this.times = numbersOf(times!)
    this.length = this.ordinals.length
    this.links = links!
    this.id = { bytes: ids!, from: 0, to: 0 }
    this.type = new Lines(types!)
    this.stream = new Lines(streams!)
    this.content = new Lines(contents!)
    this.text = new Lines(texts!)
  }

  next(): this {
    const i = ++this.i
    const { times, id, text } = this
    if (times[i] !== this.time) { this.time = times[i]!; this.recordedtime = recordedTimeOf(this.time) }
    this.ordinal = this.ordinals[i]!
    this.link = this.links.toString('latin1', 2 + i * 64, 66 + i * 64)
    id.from = i * 36
    id.to = id.from + 36
    this.type.next()
    this.stream.next()
    this.content.next()
    text.next()
    this.bytes = text.bytes.subarray(text.from, text.to)
    return this
  }

  fits(log: string): boolean {
    const { type, stream, content, id } = this
    // of two lines in one value the second would be nobody's
    if (this.i === this.length - 1 && !this.ended()) return false
    return saysThat(this.bytes, { log: logPart(log), type, stream, content, id, revision: this.revisions[this.i]! })
  }

  /** Whether every column ends where its last event's part does. */
  private ended(): boolean {
    const { length, revisions, times, links, id, type, stream, content, text } = this
    return revisions.length === length && times.length === length && links.length === 2 + length * 64 && id.bytes.length === length * 36 && [type, stream, content, text].every((lines) => lines.ended)
  }
}

/** Line after line of a column. */
class Lines implements Part {
  from = 0
  to = -1
  constructor(readonly bytes: Buffer) {}
  next(): void {
    this.from = this.to + 1
    const end = this.bytes.indexOf(NEWLINE, this.from)
    this.to = end < 0 ? this.bytes.length : end
  }
  get ended(): boolean { return this.from <= this.to && this.to === this.bytes.length }
}

let ofLog = { log: '', part: partOf('') }
const logPart = (log: string): Part => (ofLog.log === log ? ofLog : ofLog = { log, part: partOf(log) }).part

/** A bytea of big-endian int8s, as PostgreSQL writes it (\\x and hex). */
export function numbersOf(column: Buffer): Float64Array {
  const bytes = Buffer.from(column.toString('latin1', 2), 'hex')
  const numbers = new Float64Array(bytes.length / 8)
  for (let i = 0; i < numbers.length; i++) numbers[i] = bytes.readInt32BE(i * 8) * 4294967296 + bytes.readUInt32BE(i * 8 + 4)
  return numbers
}
