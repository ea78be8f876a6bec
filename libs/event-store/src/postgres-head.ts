/** Where a log stands, and where it stood at a moment: the same over the log in PostgreSQL and over the places of one in KurrentDB. */
import type { Sql } from 'postgres'
import { LogNotThereYet, type Head } from './port'
import { timeText } from './postgres-connection'
import { laterOf, notThereYet, toMicroseconds } from './recorded-time'

export type LogSchema = 'log' | 'log_index'

const headOf = (schema: LogSchema): string => `SELECT log::text AS log, ordinal, encode(link, 'hex') AS link, ${timeText('recordedtime')} AS recordedtime FROM ${schema}.head`

/** The ordinals' recorded times never decrease: halve the range until one ordinal is left. */
const lastAt = (schema: LogSchema): string => `
  WITH RECURSIVE search(low, high) AS (
    SELECT 0::bigint, $1::bigint
    UNION ALL
    SELECT CASE WHEN e.recordedtime <= $2::text::timestamptz THEN s.middle ELSE s.low END, CASE WHEN e.recordedtime <= $2::text::timestamptz THEN s.high ELSE s.middle - 1 END
    FROM (SELECT low, high, (low + high + 1) / 2 AS middle FROM search WHERE low < high) AS s JOIN ${schema}.events e ON e.ordinal = s.middle
  )
  SELECT low AS ordinal FROM search WHERE low = high`

/** Under the lock no event gets its place: what is promised here binds all that come. */
const promiseIn = (schema: LogSchema): string => `UPDATE ${schema}.head SET promised = greatest(promised, clock_timestamp()) WHERE clock_timestamp() > $1::text::timestamptz OR promised > $1::text::timestamptz RETURNING ordinal`

/** Undefined where a log never began in this schema. */
export async function readHead(sql: Sql, schema: LogSchema): Promise<Head | undefined> {
  // without parameters the driver would send it to be parsed and planned each time
  const [head] = await sql.unsafe<Head[]>(headOf(schema), [], { prepare: true, simple: false } as object)
  return head && { ...head }
}

/** The last ordinal recorded at or before an RFC 3339 instant. Throws LogNotThereYet. */
export async function ordinalAsOf(sql: Sql, schema: LogSchema, recordedtime: string): Promise<number> {
  const asked = toMicroseconds(recordedtime)
  const head = await readHead(sql, schema)
  if (!head || head.recordedtime === null || head.recordedtime <= asked) return promise(sql, schema, recordedtime, asked)
  const [found] = await sql.unsafe<{ ordinal: number }[]>(lastAt(schema), [head.ordinal, asked], { prepare: true })
  return found!.ordinal
}

/** Nothing newer than T is stored: answer the head, and see to it that nothing will be stamped at or before T. */
async function promise(pool: Sql, schema: LogSchema, recordedtime: string, asked: string): Promise<number> {
  return pool.begin(async (sql) => {
    await sql.unsafe(`SELECT ordinal FROM ${schema}.head FOR UPDATE`)
    const [promised] = await sql.unsafe<{ ordinal: number }[]>(promiseIn(schema), [asked])
    if (promised) {
      const [{ recordedtime: last } = { recordedtime: null }] = await sql.unsafe<Head[]>(headOf(schema))
      if (last === null || last <= asked) return promised.ordinal
      const [found] = await sql.unsafe<{ ordinal: number }[]>(lastAt(schema), [promised.ordinal, asked])
      return found!.ordinal
    }
    const [clock] = await sql.unsafe<{ now: string; promised: string | null }[]>(`SELECT ${timeText('clock_timestamp()')} AS now, ${timeText('promised')} AS promised FROM ${schema}.head`)
    throw new LogNotThereYet(notThereYet(recordedtime, laterOf(clock!.promised, clock!.now)))
  }) as Promise<number>
}
