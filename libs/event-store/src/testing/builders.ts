/** Plainly fictional events for tests of the log. */
import { createHash } from 'node:crypto'
import type { AppendResult, NewEvent, StoredEvent } from '../port'

/** A UUID that is always the same for the same name. */
export const idOf = (name: string): string => {
  const hex = createHash('sha256').update(name).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

/** An event named `name`: the same name gives the same id. */
export const event = (name: string, more: Partial<Pick<NewEvent, 'type' | 'content'>> & { data?: unknown } = {}): NewEvent => {
  const { type = 'BellRung', content = `content-of-${name}`, data = { name } } = more
  const id = idOf(name)
  return { id, type, content, body: { id, type, content, data } }
}

export const all = async (events: AsyncIterable<StoredEvent>): Promise<StoredEvent[]> => {
  const out: StoredEvent[] = []
  for await (const each of events) out.push(each)
  return out
}

export const ordinals = (events: readonly StoredEvent[]): number[] => events.map(({ ordinal }) => ordinal)
export const revisions = (events: readonly StoredEvent[]): number[] => events.map(({ revision }) => revision)

/** What a result says, without times: 'ok 1-3', 'again 1-3', or the conflict's code. */
export const told = (result: AppendResult): string =>
  result.ok ? `${result.repeated ? 'again' : 'ok'} ${result.first.revision}-${result.last.revision} at ${result.first.ordinal}` : result.error.code

/** Waits until the condition holds; the test's own time-out ends a wait in vain. */
export const until = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await new Promise((resolve) => { setTimeout(resolve, 5) })
}
