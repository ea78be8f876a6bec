/** Whatever is appended, PostgreSQL answers and stores what memory does. */
import fc from 'fast-check'
import { MemoryStore } from './memory'
import { all, event } from './testing/builders'
import { emptyLogs } from './testing/postgres-logs'
import type { Append, AppendResult } from './port'

const seed = Number(process.env.FC_SEED ?? 20260723)
const logs = emptyLogs()
afterAll(() => logs.close())

const expected = fc.oneof(fc.constantFrom('any' as const, 'none' as const, 'exists' as const), fc.integer({ min: -1, max: 6 }))
const append: fc.Arbitrary<Append> = fc.record({
  stream: fc.constantFrom('a-1', 'a-2', 'b-1'),
  expected,
  // few names, so that many ids are known, partly known or in another stream
  events: fc.uniqueArray(fc.integer({ min: 0, max: 25 }), { minLength: 1, maxLength: 4 }).chain((names) => fc.tuple(...names.map((name) =>
    fc.integer({ min: 0, max: 9 }).map((odd) => event(`e${name}`, odd === 0 ? { content: 'changed' } : {}))))),
})
const timeless = (result: AppendResult): unknown => (result.ok ? { ...result, first: { ...result.first, recordedtime: '' }, last: { ...result.last, recordedtime: '' } } : result)

it(`random appends, one by one and many at once (seed ${seed})`, async () => {
  await fc.assert(fc.asyncProperty(fc.array(fc.array(append, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 8 }), async (rounds) => {
    const { store } = await logs.next()
    const memory = new MemoryStore({ log: store.log })
    try {
      for (const round of rounds) {
        const [here, there] = round.length === 1 ? [[await memory.append(round[0]!)], [await store.append(round[0]!)]] : await Promise.all([memory.appendEach(round), store.appendEach(round)])
        expect(there.map(timeless)).toEqual(here.map(timeless))
      }
      const bare = ({ ordinal, stream, revision, id, type, text }: Awaited<ReturnType<typeof all>>[number]) => ({ ordinal, stream, revision, id, type, text })
      expect((await all(store.readAll())).map(bare)).toEqual((await all(memory.readAll())).map(bare))
      const copy = await MemoryStore.copyOf(store)
      expect(await copy.head()).toEqual(await store.head())
      expect(await all(copy.readAll())).toEqual(await all(store.readAll()))
    } finally {
      await store.close()
    }
  }), { seed, numRuns: 40 })
}, 60_000)
