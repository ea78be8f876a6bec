/**
 * The bytes of quarantined records lie beside the log, and the log says which there must be: one version as it came, and one for
 * each repair that says something new. Seen by id and version alone. That they are the bytes that came, shows when they are opened.
 */
import type { EventStore } from '@chorus/event-store'
import type { TryKept } from '@chorus/tamper-evidence'
import type { Sql } from 'postgres'

interface Said { readonly ordinal: number; readonly id: string; /** undefined: the record as it came; else the fingerprint of a repair */ readonly repair?: string }
const IDS = 1000
const REPAIRED = 'QuarantinedRecordRepaired'
const dataOf = (text: string) => (JSON.parse(text) as { data: { quarantineId: string; kept?: boolean; record: string } }).data

/** @param database of a role that may see ids and versions of quarantined bytes */
export const keptBytesOf = (store: Pick<EventStore, 'readAll'>, database: Sql): TryKept => async (range) => {
  try { return await look(store, database, range) } catch (error) {
    // the database has the rights of an earlier build
    if ((error as { code?: string }).code !== '42501') throw error
    return { notLooked: 'the bytes of quarantined records: operations may not look; run npx chorus migrate' }
  }
}

const look = async (store: Pick<EventStore, 'readAll'>, database: Sql, { after, through, signal }: Parameters<TryKept>[0]): Promise<{ readonly ordinal: number; readonly text: string } | undefined> => {
  let waiting: Said[] = []
  const repairs = new Map<string, Set<string>>()
  /** The repairs of a record that was quarantined before `after` are counted from its beginning on. */
  const repairsOf = async (id: string, stream: string): Promise<Set<string>> => {
    const known = repairs.get(id) ?? new Set<string>()
    if (after > 0 && !repairs.has(id)) for await (const { text } of store.readAll({ through: after, filter: { streams: [stream], types: [REPAIRED] }, ...(signal && { signal }) })) known.add(dataOf(text).record)
    repairs.set(id, known)
    return known
  }
  const seen = async (): Promise<{ readonly ordinal: number; readonly text: string } | undefined> => {
    const rows = await database<{ id: string; first: boolean; repairs: number }[]>`
      select id, bool_or(version = 1) as first, (count(*) filter (where version > 1))::int as repairs from intake.quarantined_bytes where id = any (${[...new Set(waiting.map(({ id }) => id))]}) group by id`
    const there = new Map(rows.map((row) => [row.id, row]))
    for (const { ordinal, id, repair } of waiting) {
      if (repair === undefined ? there.get(id)?.first : (there.get(id)?.repairs ?? 0) >= placeIn(repairs.get(id)!, repair)) continue
      return { ordinal, text: `the bytes of quarantined record ${id}${repair === undefined ? '' : ', as they were repaired,'} are gone: the log says that they are kept` }
    }
    waiting = []
    return undefined
  }
  for await (const { ordinal, text, type, stream } of store.readAll({ after, through, filter: { categories: ['quarantine'], types: ['RecordQuarantined', REPAIRED] }, ...(signal && { signal }) })) {
    const { quarantineId: id, kept, record } = dataOf(text)
    if (type === REPAIRED) (await repairsOf(id, stream)).add(record)
    if (kept === false) continue
    waiting.push({ ordinal, id, ...type === REPAIRED && { repair: record } })
    const found = waiting.length === IDS ? await seen() : undefined
    if (found) return found
  }
  return seen()
}

/** The how-manieth of the repairs it is, from 1: the same bytes again are no further version. */
const placeIn = (repairs: ReadonlySet<string>, repair: string): number => [...repairs].indexOf(repair) + 1
