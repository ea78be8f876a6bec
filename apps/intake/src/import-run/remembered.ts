/**
 * What a dry run keeps in mind of the records that it would have accepted, so that a later record of the same file meets
 * them: ninety bytes of each event, where the run itself needs none because the log remembers. What a report or an arrest
 * says is needed only where the file amends it or adds to it, which mostly comes soon: of that the newest are kept.
 */
import { createHash } from 'node:crypto'
import type { DraftEvent, RecordedEvent } from '@chorus/contracts'

/** Characters of reports and arrests that are kept: some ten thousands of them. As text: packing each costs a fifth of the whole dry run, and zlib's answer holds on to 16 KiB, however short it is. */
const MOST_TEXT = 64 * 1024 * 1024
/** What an amendment keeps of the report before it. */
type Said = Pick<DraftEvent, 'data' | 'time' | 'timePrecision' | 'timeText'>
const SAYING: readonly string[] = ['IncidentReported', 'ArrestRecorded']
const NO_PARTS = { victims: [], offenders: [], arrestees: [], pairs: [], offenses: [], property: [], edits: [], armed: [] }

export class Remembered {
  private readonly events = new PackedEvents()
  /** by stream and place: what the newest events say, as JSON; the oldest first */
  private readonly said = new Map<string, string>()
  private kept = 0

  /** `most`: characters of reports and arrests */
  constructor(private readonly most = MOST_TEXT) {}

  /** The stream's history with what this run would have added. */
  after(stream: string, history: readonly RecordedEvent[]): readonly RecordedEvent[] {
    const events = this.events.of(stream)
    return events.length === 0 ? history : [...history, ...events.map((one, at) => asRecorded(stream, history.length + at, one, this.said.get(placeOf(stream, at))))]
  }

  /** @param contentOf an event's fingerprint in hex, as its message's and its file's are: of 32 bytes */
  add(stream: string, drafts: readonly DraftEvent[], contentOf: (draft: DraftEvent) => string): void {
    let at = this.events.of(stream).length
    for (const { type, sourceRecord, ...draft } of drafts) {
      const { version, message, file, row } = sourceRecord!
      this.events.add(stream, { type, content: contentOf({ type, sourceRecord, ...draft } as DraftEvent), version, message: message!, file: file!, row: row! })
      if (SAYING.includes(type)) this.keep(placeOf(stream, at), { data: draft.data, time: draft.time, timePrecision: draft.timePrecision, timeText: draft.timeText })
      at++
    }
  }

  private keep(place: string, said: Said): void {
    const text = JSON.stringify(said)
    this.kept += text.length
    this.said.set(place, text)
    for (const [oldest, { length }] of this.said) {
      if (this.kept <= this.most) break
      this.said.delete(oldest)
      this.kept -= length
    }
  }
}

const placeOf = (stream: string, at: number): string => `${stream} ${at}`

/** Enough of an event for receive(): its place in the record's versions and its fingerprints; and what it says, while that is kept. What other events say is not kept, their data have no parts. */
const asRecorded = (stream: string, revision: number, { type, content, version, message, file, row }: Packed, said?: string): RecordedEvent =>
  ({ id: `dry-${revision}`, type, content, stream, revision, ordinal: 0, data: NO_PARTS, ...(said && JSON.parse(said) as Said), sourceRecord: { system: '', id: '', version, mapping: '', message, file, row } }) as unknown as RecordedEvent

interface Packed { readonly type: string; readonly content: string; readonly version: number; readonly message: string; readonly file: string; readonly row: number }
const KEY = 16
const FINGERPRINT = 32
/** Where the parts of an event lie: the key of its stream, two fingerprints, four numbers; behind them the places of two names. */
const [CONTENT, MESSAGE, VERSION, ROW, BEFORE, NAMES] = [KEY, KEY + FINGERPRINT, KEY + 2 * FINGERPRINT, KEY + 2 * FINGERPRINT + 4, KEY + 2 * FINGERPRINT + 8, KEY + 2 * FINGERPRINT + 12]
const WIDTH = NAMES + 2
/** Events that lie in one piece of memory. */
const PIECE = 8192

/**
 * Events by stream, outside of the collector's heap and WIDTH bytes each; the newest of a stream is found by the stream's
 * key, the others from there. A map from stream to events takes five times as much, most of it for names and for what holds
 * them together.
 */
class PackedEvents {
  private readonly pieces: Buffer[] = []
  private events = 0
  private streams = 0
  /** numbers from 1 of the newest events, each at the slot that its stream's key points to, or at the next free one; 0: free. At most half full. */
  private newest = new Uint32Array(1 << 12)
  /** types and files: few */
  private readonly names: string[] = []

  of(stream: string): Packed[] {
    const found: Packed[] = []
    for (let number = this.newest[this.slotOf(keyOf(stream))]!; number !== 0; number = this.at(number).readUInt32LE(BEFORE)) found.push(this.unpack(this.at(number)))
    return found.reverse()
  }

  add(stream: string, { type, content, version, message, file, row }: Packed): void {
    const key = keyOf(stream)
    const slot = this.slotOf(key)
    const before = this.newest[slot]!
    if (this.events === this.pieces.length * PIECE) this.pieces.push(Buffer.alloc(PIECE * WIDTH))
    const packed = this.at(this.events + 1)
    key.copy(packed)
    for (const [fingerprint, at] of [[content, CONTENT], [message, MESSAGE]] as const) {
      if (packed.write(fingerprint, at, FINGERPRINT, 'hex') !== FINGERPRINT) throw new Error(`a fingerprint of ${FINGERPRINT} bytes is expected`)
    }
    packed.writeUInt32LE(version, VERSION)
    packed.writeUInt32LE(row, ROW)
    packed.writeUInt32LE(before, BEFORE)
    packed.writeUInt8(this.placeOf(type), NAMES)
    packed.writeUInt8(this.placeOf(file), NAMES + 1)
    this.newest[slot] = ++this.events
    if (before === 0 && ++this.streams * 2 > this.newest.length) this.grow()
  }

  private unpack(packed: Buffer): Packed {
    return {
      content: packed.toString('hex', CONTENT, MESSAGE), message: packed.toString('hex', MESSAGE, VERSION), version: packed.readUInt32LE(VERSION), row: packed.readUInt32LE(ROW),
      type: this.names[packed[NAMES]!]!, file: this.names[packed[NAMES + 1]!]!,
    }
  }

  /** @param number from 1 */
  private at(number: number): Buffer {
    const from = (number - 1) % PIECE * WIDTH
    return this.pieces[Math.floor((number - 1) / PIECE)]!.subarray(from, from + WIDTH)
  }

  private slotOf(key: Buffer): number {
    const { newest } = this
    let slot = key.readUInt32LE(0) % newest.length
    while (newest[slot] !== 0 && key.compare(this.at(newest[slot]!), 0, KEY) !== 0) slot = (slot + 1) % newest.length
    return slot
  }

  private grow(): void {
    const before = this.newest
    this.newest = new Uint32Array(before.length * 2)
    for (const number of before) if (number !== 0) this.newest[this.slotOf(this.at(number).subarray(0, KEY))] = number
  }

  private placeOf(name: string): number { const at = this.names.indexOf(name); return at >= 0 ? at : this.names.push(name) - 1 }
}

const keyOf = (stream: string): Buffer => createHash('sha256').update(stream).digest().subarray(0, KEY)
