/**
 * Whether a PostgreSQL server owes an answer, read off the messages that pass (protocol 3: a type byte, a length, the
 * rest). Pure: it is shown the bytes in both directions, and holds none of them.
 */

const [QUERY, SYNC, READY] = [0x51, 0x53, 0x5a]
/** After one of these the server may rest although it was not asked for a ReadyForQuery: Z s C T n A N S. */
const RESTS_AFTER = new Set([READY, 0x73, 0x43, 0x54, 0x6e, 0x41, 0x4e, 0x53])
const HEADER = 5

/** Cuts a stream of bytes into messages, wherever the chunks end. */
class Messages {
  private readonly header = Buffer.alloc(HEADER)
  private have = 0
  private left = 0
  /** type of the last message that began */
  type = 0

  /** @param untyped the first message has no type byte, as the client's very first has none */
  constructor(private untyped: boolean) { if (untyped) this.have = 1 }

  /** Whether the last chunk ended where a message ends. */
  get whole(): boolean { return this.left === 0 && this.have === (this.untyped ? 1 : 0) }

  /** Calls `seen` with the type of each message that begins in the chunk (0 for the untyped one). */
  take(chunk: Uint8Array, seen: (type: number) => void): void {
    for (let at = 0; at < chunk.length;) {
      if (this.left > 0) {
        const step = Math.min(this.left, chunk.length - at)
        this.left -= step
        at += step
        continue
      }
      this.header[this.have++] = chunk[at++]!
      if (this.have < HEADER) continue
      this.type = this.untyped ? 0 : this.header[0]!
      this.left = Math.max(0, this.header.readUInt32BE(1) - 4)
      this.have = 0
      this.untyped = false
      seen(this.type)
    }
  }
}

export class MessageWatch {
  private readonly out = new Messages(true)
  private readonly in = new Messages(false)
  /** ReadyForQuery that are still to come; the start of a session ends with one too */
  private outstanding = 1

  sent(chunk: Uint8Array): void { this.out.take(chunk, (type) => { if (type === QUERY || type === SYNC) this.outstanding += 1 }) }

  /** @returns whether more is owed after this */
  received(chunk: Uint8Array): boolean {
    this.in.take(chunk, (type) => { if (type === READY) this.outstanding -= 1 })
    return this.outstanding > 0 || !this.in.whole || !RESTS_AFTER.has(this.in.type)
  }
}
