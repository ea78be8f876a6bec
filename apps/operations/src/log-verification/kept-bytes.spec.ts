import { MemoryStore, type EventStore, type ReadAllOptions } from '@chorus/event-store'
import type { Sql } from 'postgres'
import { keptBytesOf } from './kept-bytes'

const store = new MemoryStore({ clock: { now: () => '2026-06-01T00:00:00.000Z' } })
const idOf = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`
/** Versions of each record that are there, the first being version 1; and who was asked for. */
let versions: Record<string, number>
let asked: string[]
const database = (async (_text: unknown, ids: string[]) => {
  asked.push(...ids)
  return ids.filter((id) => versions[id]).map((id) => ({ id, first: true, repairs: versions[id]! - 1 }))
}) as unknown as Sql
/** Ordinals that were read. */
let read: number[]
const reading: Pick<EventStore, 'readAll'> = { readAll: async function* (options?: ReadAllOptions) { for await (const event of store.readAll(options)) { read.push(event.ordinal); yield event } } }
const look = (after: number) => keptBytesOf(reading, database)({ after, through: 6 })

let made = 0
const add = async (record: string, type: string, said: string, kept?: boolean): Promise<void> => {
  const id = idOf(++made)
  await store.append({ stream: `quarantine-${record}`, expected: 'any', events: [{ id, type, content: id, body: { id, type, data: { quarantineId: record, record: said, ...kept !== undefined && { kept } } } }] })
}
beforeAll(async () => {
  await add('a', 'RecordQuarantined', 'r0')
  await add('b', 'RecordQuarantined', 'r0')
  await add('a', 'QuarantinedRecordRepaired', 'r1')
  await add('a', 'QuarantinedRecordRepaired', 'r1')
  await add('c', 'RecordQuarantined', 'r0', false)
  await add('a', 'QuarantinedRecordRepaired', 'r2')
})
beforeEach(() => { versions = { a: 3, b: 1 }; asked = []; read = [] })

it('all that is said to be kept is there', async () => {
  expect(await look(0)).toBeUndefined()
  expect(asked).toEqual(['a', 'b'])
})
it.each([
  [{ a: 3 }, 2, 'record b are gone'],
  [{ a: 2, b: 1 }, 6, 'record a, as they were repaired, are gone'],
  [{ a: 1, b: 1 }, 3, 'record a, as they were repaired, are gone'],
  [{ b: 1 }, 1, 'record a are gone'],
])('of %j the first that is not there is named: ordinal %d', async (there, ordinal, text) => {
  versions = there
  expect(await look(0)).toMatchObject({ ordinal, text: expect.stringContaining(text) as string })
})
it('reads on from what was verified, and counts the repairs of a record from its beginning', async () => {
  expect(await look(4)).toBeUndefined()
  expect([asked, read]).toEqual([['a'], [5, 6, 3, 4]])
  versions = { a: 2 }
  expect(await look(4)).toMatchObject({ ordinal: 6 })
})
