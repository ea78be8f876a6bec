/**
 * Makes the encoder of kafkajs 2.2.4 cheaper; the bytes are the same. It takes a zeroed buffer of 512 bytes for each header
 * of each message, an array for each number, and doubles what is too small: for a message with the attributes of an event
 * a fifth to a third of what sending costs this process (decision 0030). Only for the version whose source was read (see idle.ts).
 */
import { OtherKafkajs, READ_VERSION } from './idle'

const TAMED = Symbol.for('chorus.kafka.encoder')
/** Up to here a buffer lies in the heap of V8 itself and costs next to nothing: most headers fit. */
const ON_HEAP = 64
/** what a buffer that is too small becomes at least: most messages fit */
const ROOM = 2048
/** bytes of the longest varint of 32 bits */
const LONGEST_VARINT = 5

interface Encoder { buf: Buffer; offset: number; ensureAvailable(length: number): void; writeUVarInt(value: number): Encoder; writeEncoderArray(items: readonly Encoder[]): Encoder }
interface EncoderClass { new (initialSize?: number): Encoder; readonly prototype: Encoder; nextPowerOfTwo(size: number): number; [TAMED]?: true }

/**
 * @param version the installed version
 * @param encoder its class Encoder, changed here; a second call changes nothing
 * @throws OtherKafkajs
 */
export function tameEncoderOf(version: string, encoder: EncoderClass): void {
  const other = (what: string): OtherKafkajs => new OtherKafkajs(what, 'encoder.ts', 'src/protocol/encoder')
  if (version !== READ_VERSION) throw other(`is of version ${version}`)
  if (encoder[TAMED]) return
  const { prototype, nextPowerOfTwo } = encoder
  for (const name of ['ensureAvailable', 'writeUVarInt', 'writeEncoderArray'] as const) if (typeof prototype[name] !== 'function') throw other(`has no Encoder.${name}`)
  if (new encoder().buf.length !== nextPowerOfTwo(511)) throw other('begins an Encoder with another size')

  // asked by the constructor alone from now on, which begins with 511 where nobody says how much is to come
  encoder.nextPowerOfTwo = (size) => (size === 511 ? ON_HEAP : nextPowerOfTwo(size))
  prototype.ensureAvailable = function (length) {
    const needed = this.offset + length
    if (needed <= this.buf.length) return
    // not zeroed: what is handed on ends at the offset, and everything before it was written
    const larger = Buffer.allocUnsafe(Math.max(ROOM, nextPowerOfTwo(needed)))
    this.buf.copy(larger, 0, 0, this.offset)
    this.buf = larger
  }
  prototype.writeUVarInt = function (value) {
    this.ensureAvailable(LONGEST_VARINT)
    let rest = value
    for (; (rest & ~0x7f) !== 0; rest >>>= 7) this.buf[this.offset++] = (rest & 0x7f) | 0x80
    this.buf[this.offset++] = rest & 0x7f
    return this
  }
  prototype.writeEncoderArray = function (items) {
    let size = 0
    for (const item of items) size += item.offset
    this.ensureAvailable(size)
    for (const item of items) {
      item.buf.copy(this.buf, this.offset, 0, item.offset)
      this.offset += item.offset
    }
    return this
  }
  encoder[TAMED] = true
}

/** For the kafkajs that this process has loaded. @throws OtherKafkajs */
export const tameEncoder = (): void => tameEncoderOf((require('kafkajs/package.json') as { version: string }).version, require('kafkajs/src/protocol/encoder') as EncoderClass)
