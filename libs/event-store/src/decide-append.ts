/**
 * Idempotent append as a decision table, one pure function for every adapter:
 *
 *   ids                               | answer
 *   an id stored with other content   | content-differs
 *   all stored, as this run           | the first answer again (repeated)
 *   all stored, but not as this run   | partly-known
 *   some stored, some new             | partly-known
 *   all new, stream as expected       | write
 *   all new, stream moved             | wrong-revision, with the actual one
 */
import type { AppendResult, ExpectedRevision, Place } from './port'

/** What a store knows of an id. */
export interface KnownEvent extends Place { readonly stream: string; readonly content: string }

export interface AskedAppend {
  readonly stream: string
  readonly expected: ExpectedRevision
  readonly events: readonly { readonly id: string; readonly content: string }[]
}

export type AppendDecision =
  | { readonly write: true; /** revision of the run's first event */ readonly revision: number }
  | { readonly write: false; readonly result: AppendResult }

/** `actual` is the stream's last revision, -1 where there is no stream; `known` answers for the append's ids. */
export function decideAppend(append: AskedAppend, actual: number, known: (id: string) => KnownEvent | undefined): AppendDecision {
  const { stream, expected, events } = append
  const stored: KnownEvent[] = []
  const storedIds: string[] = []
  for (const event of events) {
    const found = known(event.id)
    if (!found) continue
    if (found.content !== event.content) return answer({ ok: false, error: { code: 'content-differs', stream, id: event.id } })
    stored.push(found)
    storedIds.push(event.id)
  }
  if (stored.length > 0) {
    if (stored.length < events.length || !isRun(stored, stream)) return answer({ ok: false, error: { code: 'partly-known', stream, known: storedIds } })
    return answer({ ok: true, repeated: true, first: placeOf(stored[0]!), last: placeOf(stored[stored.length - 1]!) })
  }
  if (!isExpected(expected, actual)) {
    return answer({ ok: false, error: { code: 'wrong-revision', stream, expected, actual: actual < 0 ? 'none' : actual } })
  }
  return { write: true, revision: actual + 1 }
}

const answer = (result: AppendResult): AppendDecision => ({ write: false, result })

const placeOf = ({ ordinal, revision, recordedtime }: Place): Place => ({ ordinal, revision, recordedtime })

/** -1 says the same as 'none': the stream must not exist. */
function isExpected(expected: ExpectedRevision, actual: number): boolean {
  switch (expected) {
    case 'any': return true
    case 'none': return actual < 0
    case 'exists': return actual >= 0
    default: return expected === actual
  }
}

/** One after the other, in this stream, in this order. */
function isRun(stored: readonly KnownEvent[], stream: string): boolean {
  const first = stored[0]!
  return stored.every((event, i) => event.stream === stream && event.revision === first.revision + i)
}
