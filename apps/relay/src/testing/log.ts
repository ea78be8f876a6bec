/** A log to publish, and a publisher that remembers: for tests. All of it is fiction. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PublisherFenced, type BusMessage, type BusPublisher } from '@chorus/event-bus'
import type { EventStore, NewEvent } from '@chorus/event-store'

const EXAMPLES = join(__dirname, '../../../../libs/contracts/examples')
const dataOf = (type: string): object => (JSON.parse(readFileSync(join(EXAMPLES, `${type}.v1.json`), 'utf8')) as { data: object }).data
const idOf = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`

/** An event as the recorder would hand it to the store; `n` makes its id. */
export const draft = (n: number, stream: string, type = 'CaseClosed', over: Readonly<Record<string, unknown>> = {}): NewEvent => ({
  id: idOf(n), type, content: String(n).padStart(64, '0'),
  body: {
    id: idOf(n), type, schemaVersion: 1, data: dataOf(type), time: '2026-07-02', timePrecision: 'day', timeZone: 'America/Chicago', source: { agency: 'JCPO', system: 'chorus' },
    receivedtime: '2026-07-02T15:00:00.000Z', partitionkey: stream, commandId: idOf(n), correlationId: idOf(n), causationId: null, actor: { id: 'somebody', role: 'prosecutor', agency: 'JCPO' },
    subjects: [], classification: 'CJI', content: String(n).padStart(64, '0'), ...over,
  },
})

/** Appends one event; answers its ordinal. */
export const append = async (store: EventStore, stream: string, ...event: NewEvent[]): Promise<number> => {
  const result = await store.append({ stream, expected: 'any', events: event })
  if (!result.ok) throw new Error(`${stream}: ${result.error.code}`)
  return result.last.ordinal
}

/** What a broker with one transactional id would have: opening fences whoever had it, a transaction is there whole or not at all. */
export class RecordingBus {
  readonly transactions: { readonly by: number; readonly messages: readonly BusMessage[] }[] = []
  opened = 0
  /** called in the middle of each transaction: throw to fail it before it is there */
  before: (by: number) => Promise<void> = async () => undefined
  /** called when it is there and the answer is on its way */
  after: (by: number) => Promise<void> = async () => undefined

  readonly open = async (): Promise<BusPublisher> => {
    const by = ++this.opened
    const fence = (): void => { if (by !== this.opened) throw new PublisherFenced('another publisher has taken over') }
    return {
      publish: async (messages) => {
        fence()
        await this.before(by)
        fence()
        this.transactions.push({ by, messages })
        await this.after(by)
      },
      close: async () => undefined,
    }
  }

  /** ordinals of all messages, in the order in which they were published */
  ordinals(): number[] { return this.transactions.flatMap(({ messages }) => messages.map(({ headers }) => Number(headers.ce_ordinal))) }
}
