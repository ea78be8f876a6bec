/** What every adapter checks of an append before it looks at its log; the refusals no caller can mean. Pure. */
import { NotCanonical, unplacedText, type UnplacedText } from './chain'
import { AppendRefused, MAX_APPEND_BYTES, MAX_EVENT_BYTES, type Append, type ExpectedRevision, type NewEvent } from './port'

export interface PreparedEvent extends UnplacedText { readonly id: string; readonly type: string; readonly content: string }
export interface PreparedAppend {
  readonly stream: string
  readonly expected: ExpectedRevision
  readonly events: readonly PreparedEvent[]
  readonly keys: readonly string[]
  /** UTF-8 bytes of the stored texts */
  readonly bytes: number
}

const STREAM = /^[A-Za-z][A-Za-z0-9]*(?:-[A-Za-z0-9._:-]+)?$/
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const TYPE = /^[A-Za-z][A-Za-z0-9.]{0,199}$/
const CONTENT = /^[\x21-\x7e]{1,200}$/

/** Checks and canonicalises an append for this log. Throws AppendRefused. */
export function prepareAppend(log: string, append: Append): PreparedAppend {
  const { stream, expected, events } = append
  if (typeof stream !== 'string' || stream.length > 200 || !STREAM.test(stream)) {
    throw new AppendRefused('bad-stream-name', 'a stream name is a category of letters and digits, a dash and an id of letters, digits and . _ : - (200 characters at most), e.g. case-0190b3f2; this one is not')
  }
  if (typeof expected === 'number' ? !Number.isInteger(expected) || expected < -1 : !['any', 'none', 'exists'].includes(expected)) {
    throw new AppendRefused('bad-event', `append to ${stream}: the expected revision must be a whole number from 0 (-1: no stream), or any, none, exists`)
  }
  if (events.length === 0) throw new AppendRefused('empty-append', `append to ${stream}: there is no event in it; append at least one`)
  const ids = new Set<string>()
  let bytes = 0
  const prepared = events.map((event, index) => {
    const where = `append to ${stream}, event ${index}`
    if (ids.has(event.id)) throw new AppendRefused('bad-event', `${where}: its id stands twice in this append; every event needs its own`)
    ids.add(event.id)
    const text = prepareEvent(log, stream, event, where)
    const size = Buffer.byteLength(text.before) + Buffer.byteLength(text.after) + 1
    if (size > MAX_EVENT_BYTES) throw new AppendRefused('event-too-large', `${where} (${event.type}) has ${size} bytes; at most ${MAX_EVENT_BYTES} are accepted. Keep large content elsewhere and its hash here`)
    bytes += size
    return text
  })
  if (bytes > MAX_APPEND_BYTES) throw new AppendRefused('append-too-large', `append to ${stream}: ${events.length} events of together ${bytes} bytes; at most ${MAX_APPEND_BYTES} are accepted in one append. Append them in several`)
  return { stream, expected, events: prepared, keys: append.keys ?? [], bytes }
}

function prepareEvent(log: string, stream: string, event: NewEvent, where: string): PreparedEvent {
  const { id, type, content, body } = event
  if (typeof id !== 'string' || !UUID.test(id)) throw new AppendRefused('bad-event', `${where}: the id must be a UUID in lower case`)
  if (typeof type !== 'string' || !TYPE.test(type)) throw new AppendRefused('bad-event', `${where}: the type must be a name of letters and digits`)
  if (typeof content !== 'string' || !CONTENT.test(content)) throw new AppendRefused('bad-event', `${where} (${type}): the content fingerprint must be 1 to 200 printable characters`)
  for (const [key, value] of [['id', id], ['type', type], ['content', content]] as const) {
    if (body[key] !== undefined && body[key] !== value) throw new AppendRefused('bad-event', `${where} (${type}): its body has another ${key} than the event`)
  }
  try {
    return { id, type, content, ...unplacedText(body, log, stream) }
  } catch (error) {
    const why = error instanceof NotCanonical ? `${error.pointer} is ${error.what}` : error instanceof RangeError ? 'its body is nested too deeply' : undefined
    if (why === undefined) throw error
    throw new AppendRefused('bad-event', `${where} (${type}): ${why}`)
  }
}
