import { MemoryStore } from './memory'
import { eventStoreContract } from './testing/event-store.contract'

eventStoreContract('memory', async () => {
  const store = new MemoryStore()
  return { store, dispose: () => store.close() }
})
