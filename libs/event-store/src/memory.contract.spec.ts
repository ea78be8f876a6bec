import { MemoryStore } from './memory'
import { all, event } from './testing/builders'
import { eventStoreContract } from './testing/event-store.contract'

eventStoreContract('memory', async () => {
  const store = new MemoryStore()
  return { store, dispose: () => store.close() }
})

it('a clock that goes back does not take recorded times back: memory', async () => {
  const times = ['2026-07-02T20:10:00Z', '2026-07-02T19:00:00Z', '2026-07-02T20:11:00Z']
  const store = new MemoryStore({ clock: { now: () => times.shift() ?? '2026-07-02T20:12:00Z' } })
  for (const id of ['e1', 'e2', 'e3']) await store.append({ stream: 'a-1', expected: 'any', events: [event(id)] })
  const recorded = (await all(store.readAll())).map(({ recordedtime }) => recordedtime)
  expect(recorded).toEqual([...recorded].sort())
  expect(recorded[1]).toBe(recorded[0])
  await store.close()
})
