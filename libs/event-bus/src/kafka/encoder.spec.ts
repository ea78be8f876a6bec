import fc from 'fast-check'
import { tameEncoder, tameEncoderOf } from './encoder'
import { OtherKafkajs } from './idle'

interface Header { readonly key: string; readonly value: string | null | Buffer; readonly headers: Record<string, string> }
interface Kafkajs { readonly Encoder: Parameters<typeof tameEncoderOf>[1]; readonly request: (messages: readonly Header[]) => Promise<Buffer> }

/** A copy of kafkajs of its own, and a request of it that produces these messages. */
const kafkajs = (): Kafkajs => {
  let copy: Kafkajs
  jest.isolateModules(() => {
    const Encoder = require('kafkajs/src/protocol/encoder') as Kafkajs['Encoder']
    const produce = require('kafkajs/src/protocol/requests/produce/v7/request') as (asked: object) => { encode(): Promise<{ buffer: Buffer }> }
    const request = async (messages: readonly Header[]): Promise<Buffer> => {
      const dated = messages.map((message, at) => ({ ...message, timestamp: 1_790_000_000_000 + at }))
      const topicData = [{ topic: 'program.cases.v1', partitions: [{ partition: 3, firstSequence: 70_000, messages: dated }] }]
      return (await produce({ acks: -1, timeout: 30_000, transactionalId: 'chorus-relay', producerId: 7, producerEpoch: 2, compression: 0, topicData }).encode()).buffer
    }
    copy = { Encoder, request }
  })
  return copy!
}

describe('the encoder of kafkajs', () => {
  it('tamed writes the same bytes', async () => {
    const [asItIs, tamed] = [kafkajs(), kafkajs()]
    tameEncoderOf('2.2.4', tamed.Encoder)
    const text = fc.oneof(fc.string({ maxLength: 8 }), fc.string({ unit: 'grapheme', maxLength: 80 }), fc.string({ minLength: 2000, maxLength: 5000 }))
    const message = fc.record({ key: text, value: fc.oneof(text, fc.constant(null), text.map((value) => Buffer.from(value))), headers: fc.dictionary(fc.string({ maxLength: 20 }), text, { maxKeys: 30 }) })
    await fc.assert(fc.asyncProperty(fc.array(message, { minLength: 1, maxLength: 12 }), async (messages) => {
      expect((await tamed.request(messages)).equals(await asItIs.request(messages))).toBe(true)
    }), { numRuns: 60, seed: 4 })
  })

  it('tamed writes every length of a number as before', () => {
    const [asItIs, tamed] = [kafkajs().Encoder, kafkajs().Encoder]
    tameEncoderOf('2.2.4', tamed)
    const bytes = (encoder: typeof asItIs, value: number): string => { const { buf, offset } = new encoder().writeUVarInt(value); return buf.toString('hex', 0, offset) }
    for (const value of [0, 1, 127, 128, 16_383, 16_384, 2_097_151, 2_097_152, 268_435_455, 268_435_456, 2_147_483_647, -1, -2_147_483_648, 4_294_967_295]) expect([value, bytes(tamed, value)]).toEqual([value, bytes(asItIs, value)])
  })

  it('takes no buffer of its own for a header', () => {
    const { Encoder } = kafkajs()
    tameEncoderOf('2.2.4', Encoder)
    expect(new Encoder().buf.length).toBe(64)
    expect(new Encoder(4096).buf.length).toBe(8192)
  })

  it('is tamed once, however often it is asked; another version is not touched: that fails, and says where', () => {
    const { Encoder } = kafkajs()
    tameEncoderOf('2.2.4', Encoder)
    const { ensureAvailable } = Encoder.prototype
    tameEncoderOf('2.2.4', Encoder)
    expect(Encoder.prototype.ensureAvailable).toBe(ensureAvailable)
    expect(() => tameEncoderOf('2.3.0', kafkajs().Encoder)).toThrow(OtherKafkajs)
    expect(() => tameEncoderOf('2.3.0', kafkajs().Encoder)).toThrow(/is of version 2.3.0: libs\/event-bus\/src\/kafka\/encoder.ts is written for 2.2.4/)
    tameEncoder()
  })
})
