import { kurrentLogs } from './testing/kurrentdb-logs'
import { eventStoreContract } from './testing/event-store.contract'

const logs = kurrentLogs()
afterAll(() => logs.close())

eventStoreContract('kurrentdb', async () => {
  const { store } = await logs.next()
  return { store, dispose: () => store.close() }
})
