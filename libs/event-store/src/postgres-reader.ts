/**
 * Reading the log out of PostgreSQL in pages. Ordinals are gapless and in commit order, so a page is a plain range and
 * the next ones are asked for while this one is worked on. A page comes as one row of aggregated values: that is several
 * times faster to receive than a row for each event, and each event's strings are cut out of the bytes on their own.
 */
import type { Sql } from 'postgres'
import type { LogFilter, LogPage, ReadAllOptions, ReadStreamOptions, StoredEvent } from './port'
import { BytePage, NEWLINE, numbersOf } from './postgres-byte-page'
import { lines, recordedTimeOf } from './postgres-connection'

/** Events in a page; with large events it shrinks towards PAGE_BYTES. */
const PAGE = 512
/**
 * Read without a filter, so many at a time, in rows of GROUP: each question has a price for the server, and so has each value
 * of some hundred kB that it puts together (memory it takes anew each time). Half of what a million events cost it is neither.
 */
const PAGE_IN_BYTES = 2048
/** The same where events are made of it: small ones may be followed by the largest, and what was asked for ahead comes as it was asked for. */
const PAGE_OF_ALL = 1024
const GROUP = 64
const PAGE_BYTES = 2 * 1024 * 1024
/** Ordinals that a read by type looks through at a time, when hardly any match. */
const MAX_WINDOW = 65_536
/** Pages asked for at once: one is worked on while the server makes the next ones. */
const AHEAD = 3

/** A page as it came. Its events are made one by one, in order, when they are asked for: those of a whole page would all outlive the collector's first look. */
interface Page { readonly ordinals: Float64Array; readonly revisions: Float64Array; readonly bytes: number; next(): StoredEvent }

/**
 * All events of a page as one row: a value for each column, one event's part after the other. Numbers and times come as
 * their eight bytes, ids and links in fixed lengths, the rest in lines (neither names nor canonical JSON hold a line
 * break): the server formats next to nothing.
 */
const pageOf = (rows: string, order = 'ordinal', more: readonly string[] = []): string => `
  SELECT ${[
    `int8send(ordinal), ''`, `int8send(revision), ''`, `timestamptz_send(recordedtime), ''`, `link, ''`,
    `id::text, ''`, `type, E'\\n'`, `stream, E'\\n'`, ...more, `text, E'\\n'`,
  ].map((column) => `string_agg(${column} ORDER BY ${order})`).join(', ')}
  FROM (${rows}) AS e`

const NONE = new Float64Array()
const EMPTY: Page = { ordinals: NONE, revisions: NONE, bytes: 0, next: () => { throw new Error('an empty page has no event') } }

async function fetchPage(sql: Sql, query: string, parameters: readonly (string | number)[]): Promise<Page> {
  const columns = await fetchColumns(sql, query, parameters)
  return columns ? asPage(columns) : EMPTY
}
/** undefined where there is nothing */
async function fetchColumns(sql: Sql, query: string, parameters: readonly (string | number)[]): Promise<Buffer[] | undefined> {
  return (await fetchRows(sql, query, parameters))[0]
}
/** The rows that hold any event. */
async function fetchRows(sql: Sql, query: string, parameters: readonly (string | number)[]): Promise<Buffer[][]> {
  return (await sql.unsafe(query, [...parameters], { prepare: true }).raw() as unknown as Buffer[][]).filter((row) => row.at(-1))
}

function asPage([ordinalBytes, revisionBytes, timeBytes, linkBytes, ids, types, streams, texts]: readonly Buffer[]): Page {
  const ordinals = numbersOf(ordinalBytes!)
  const revisions = numbersOf(revisionBytes!)
  const times = numbersOf(timeBytes!)
  const nextType = partsOf(types!, 'latin1')
  const nextStream = partsOf(streams!, 'latin1')
  const nextText = partsOf(texts!, 'utf8')
  let time = NaN
  let recordedtime = ''
  let i = -1
  return {
    ordinals, revisions, bytes: texts!.length,
    next: () => {
      i += 1
      // a batch shares one recorded time
      if (times[i] !== time) { time = times[i]!; recordedtime = recordedTimeOf(time) }
      return {
        ordinal: ordinals[i]!, recordedtime, stream: nextStream(), revision: revisions[i]!, id: ids!.toString('latin1', i * 36, i * 36 + 36), type: nextType(), text: nextText(),
        link: linkBytes!.toString('latin1', 2 + i * 64, 66 + i * 64),
      }
    },
  }
}

/** As readRange without a filter, in bytes. */
export async function* readBytes(sql: Sql, after: number, through: number, signal: AbortSignal | undefined): AsyncIterable<LogPage> {
  for await (const rows of rowsOfAll(sql, ALL_BYTES, Math.max(0, after), through, PAGE_IN_BYTES)) {
    signal?.throwIfAborted()
    for (const row of rows) yield new BytePage(row)
  }
}

/** A range by a query that answers it in rows of GROUP, each behind the ordinal after which it begins. */
function rowsOfAll(sql: Sql, query: string, after: number, through: number, most: number): AsyncIterable<Buffer[][]> {
  // the server need not sort what it hands over in order anyway
  const fetch = async (from: number, to: number): Promise<Buffer[][]> =>
    (await fetchRows(sql, query, [from, to])).sort(([a], [b]) => Number(a) - Number(b)).map(([, ...columns]) => columns)
  // an ordinal is eight bytes in hex, behind the two of \\x
  const measure = (rows: Buffer[][]): Measure => rows.reduce(({ events, bytes }, row) => ({ events: events + (row[0]!.length - 2) / 16, bytes: bytes + row.at(-1)!.length }), { events: 0, bytes: 0 })
  return inTurn(after, through, fetch, measure, most)
}

/** Line after line, each a string of its own: what is kept of one event does not keep the page. */
function partsOf(column: Buffer, encoding: 'latin1' | 'utf8'): () => string {
  let at = 0
  return () => {
    let end = column.indexOf(NEWLINE, at)
    if (end < 0) end = column.length
    const part = column.toString(encoding, at, end)
    at = end + 1
    return part
  }
}

/** The events after `after` through `through` that pass the filter, in log order. */
export function readRange(sql: Sql, after: number, through: number, options: Pick<ReadAllOptions, 'filter' | 'signal'>): AsyncIterable<StoredEvent> {
  const { filter, signal } = options
  return eventsOf(pages(sql, Math.max(0, after), through, filter, signal), signal)
}

function pages(sql: Sql, after: number, through: number, filter: LogFilter | undefined, signal: AbortSignal | undefined): AsyncIterable<Page> {
  if (filter?.streams) return pagesOfStreams(sql, after, through, filter, signal)
  if (filter?.categories) return pagesOfCategories(sql, after, through, filter)
  if (filter?.types) return pagesOfTypes(sql, after, through, filter.types)
  return pagesOfAll(sql, after, through)
}

/** @param columns of log.events, as they go into a page */
const inGroups = (columns: string, more?: readonly string[]): string => `
  SELECT g.after, p.* FROM generate_series($1::bigint, $2::bigint - 1, ${GROUP}) AS g(after) CROSS JOIN LATERAL (${pageOf(`
    SELECT ${columns} FROM log.events WHERE ordinal > g.after AND ordinal <= least(g.after + ${GROUP}, $2::bigint)`, 'ordinal', more)}
  ) AS p`
const ALL = inGroups('*')
// what is null would be passed over, and its part could stand in another row's
const ALL_BYTES = inGroups(`ordinal, revision, recordedtime, link, id, ${['type', 'stream', 'content', 'text'].map((name) => `coalesce(${name}, '') AS ${name}`).join(', ')}`, [`content, E'\\n'`])

async function* pagesOfAll(sql: Sql, after: number, through: number): AsyncIterable<Page> {
  for await (const rows of rowsOfAll(sql, ALL, after, through, PAGE_OF_ALL)) for (const row of rows) yield asPage(row)
}

/** The pages of a range in order, the next ones asked for while one is worked on. */
async function* inTurn<P>(after: number, through: number, fetch: (after: number, through: number) => Promise<P>, measure: (page: P) => Measure, most: number): AsyncIterable<P> {
  const asked: Promise<P>[] = []
  let size = PAGE
  let next = after
  try {
    while (next < through || asked.length > 0) {
      while (next < through && asked.length < AHEAD) {
        const to = Math.min(next + size, through)
        const page = fetch(next, to)
        page.catch(() => undefined)
        asked.push(page)
        next = to
      }
      const page = await asked.shift()!
      size = sizeAfter(measure(page), size, most)
      yield page
    }
  } finally {
    await Promise.allSettled(asked)
  }
}

interface Measure { readonly events: number; readonly bytes: number }
/** As many events as will likely make PAGE_BYTES, at most `most`. */
const sizeAfter = ({ events, bytes }: Measure, size: number, most = PAGE): number =>
  events === 0 ? size : Math.max(1, Math.min(most, size * 2, Math.floor(PAGE_BYTES / (bytes / events))))
const measured = ({ ordinals, bytes }: Page): Measure => ({ events: ordinals.length, bytes })

const BY_TYPE = pageOf(`SELECT * FROM log.events WHERE ordinal > $1 AND ordinal <= $2 AND type = ANY (string_to_array($3, E'\\n')) ORDER BY ordinal LIMIT $4::int`)

async function* pagesOfTypes(sql: Sql, after: number, through: number, types: readonly string[]): AsyncIterable<Page> {
  let size = PAGE
  let window = PAGE
  while (types.length > 0 && after < through) {
    const to = Math.min(after + window, through)
    const page = await fetchPage(sql, BY_TYPE, [after, to, lines(types), size])
    after = page.ordinals.length === size ? page.ordinals[size - 1]! : to
    window = Math.min(MAX_WINDOW, page.ordinals.length < size / 4 ? window * 2 : window)
    size = sizeAfter(measured(page), size)
    yield page
  }
}

/**
 * Each category is read from its own index in order; the merge takes the first of all. Compared and ordered by both columns:
 * told that the category is one value, the planner may walk all ordinals instead, to the end of the log for a category that is rare.
 */
export const BY_CATEGORY = pageOf(`
  SELECT e.* FROM unnest(string_to_array($3, E'\\n')) AS c(category) CROSS JOIN LATERAL (
    SELECT * FROM log.events WHERE (category, ordinal) > (c.category, $1::bigint) AND (category, ordinal) <= (c.category, $2::bigint) AND ($4 = '' OR type = ANY (string_to_array($4, E'\\n')))
    ORDER BY category, ordinal LIMIT $5::int
  ) AS e ORDER BY e.ordinal LIMIT $5::int`)

async function* pagesOfCategories(sql: Sql, after: number, through: number, filter: LogFilter): AsyncIterable<Page> {
  const categories = [...new Set(filter.categories)]
  if (categories.length === 0 || filter.types?.length === 0) return
  let size = PAGE
  while (after < through) {
    const page = await fetchPage(sql, BY_CATEGORY, [after, through, lines(categories), lines(filter.types ?? []), size])
    const full = page.ordinals.length === size
    after = full ? page.ordinals[size - 1]! : through
    size = sizeAfter(measured(page), size)
    yield page
  }
}

const PLACES_OF_STREAMS = `
  SELECT ordinal, octet_length(text) AS bytes FROM log.events
  WHERE stream = ANY (string_to_array($1, E'\\n')) AND ordinal > $2 AND ordinal <= $3
    AND ($4 = '' OR type = ANY (string_to_array($4, E'\\n'))) AND ($5 = '' OR category = ANY (string_to_array($5, E'\\n')))`
const BY_ORDINALS = pageOf(`SELECT * FROM log.events WHERE ordinal = ANY (string_to_array($1, E'\\n')::bigint[])`)

async function* pagesOfStreams(sql: Sql, after: number, through: number, filter: LogFilter, signal: AbortSignal | undefined): AsyncIterable<Page> {
  const { streams = [], types, categories } = filter
  if (streams.length === 0 || types?.length === 0 || categories?.length === 0) return
  const found = await sql.unsafe<{ ordinal: number; bytes: number }[]>(PLACES_OF_STREAMS, [lines(streams), after, through, lines(types ?? []), lines(categories ?? [])], { prepare: true })
  const places = [...found].sort((a, b) => a.ordinal - b.ordinal)
  for (let from = 0, to = 0; from < places.length; from = to) {
    signal?.throwIfAborted()
    for (let bytes = 0; to < places.length && to - from < PAGE && (to === from || bytes + places[to]!.bytes <= PAGE_BYTES); to++) bytes += places[to]!.bytes
    yield await fetchPage(sql, BY_ORDINALS, [lines(places.slice(from, to).map(({ ordinal }) => ordinal))])
  }
}

const FORWARDS = pageOf('SELECT * FROM log.events WHERE stream = $1 AND revision >= $2::bigint ORDER BY revision LIMIT $3::int', 'revision')
const BACKWARDS = pageOf('SELECT * FROM log.events WHERE stream = $1 AND revision <= $2::bigint ORDER BY revision DESC LIMIT $3::int', 'revision DESC')

/** One stream's events by revision. */
export function readStreamPages(sql: Sql, stream: string, options: ReadStreamOptions): AsyncIterable<StoredEvent> {
  return eventsOf(pagesOfStream(sql, stream, options), options.signal)
}

async function* pagesOfStream(sql: Sql, stream: string, options: ReadStreamOptions): AsyncIterable<Page> {
  const forwards = options.direction !== 'backwards'
  let from = options.from ?? (forwards ? 0 : Number.MAX_SAFE_INTEGER)
  let left = options.limit ?? Infinity
  let size = PAGE
  while (left > 0 && from >= 0) {
    const limit = Math.min(size, left)
    const page = await fetchPage(sql, forwards ? FORWARDS : BACKWARDS, [stream, from, limit])
    yield page
    if (page.ordinals.length < limit) return
    left -= limit
    from = page.revisions[limit - 1]! + (forwards ? 1 : -1)
    size = sizeAfter(measured(page), size)
  }
}

/**
 * The events of the pages one by one. Written by hand: an async generator would cost more for each event than its
 * decoding. A read that is cancelled rejects with the signal's reason.
 */
function eventsOf(source: AsyncIterable<Page>, signal: AbortSignal | undefined): AsyncIterable<StoredEvent> {
  return {
    [Symbol.asyncIterator]() {
      const pageIterator = source[Symbol.asyncIterator]()
      let current = EMPTY
      let left = 0
      let done = false
      const taken = (): IteratorResult<StoredEvent> => { left -= 1; return { done: false, value: current.next() } }
      const finish = async (): Promise<IteratorResult<StoredEvent>> => {
        done = true
        left = 0
        current = EMPTY
        await pageIterator.return?.()
        return { done: true, value: undefined }
      }
      const nextPage = async (): Promise<IteratorResult<StoredEvent>> => {
        for (;;) {
          if (signal?.aborted) { await finish(); throw signal.reason }
          if (done) return { done: true, value: undefined }
          const page = await pageIterator.next()
          if (page.done) return finish()
          if (page.value.ordinals.length === 0) continue
          current = page.value
          left = current.ordinals.length
          return taken()
        }
      }
      return {
        next: () => (left > 0 && !signal?.aborted ? Promise.resolve(taken()) : nextPage()),
        return: finish,
      }
    },
  }
}
