import { emptyLogs } from './testing/postgres-logs'
import { eventStoreContract } from './testing/event-store.contract'

const logs = emptyLogs()
afterAll(() => logs.close())

eventStoreContract('postgres', async () => {
  const { store } = await logs.next()
  return { store, dispose: () => store.close() }
})
