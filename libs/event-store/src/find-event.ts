import type { EventStore, StoredEvent } from './port'

/** The event with this id, by the store's index of ids, or by reading the log from its start. */
export const findEvent = async (store: Pick<EventStore, 'find' | 'readAll'>, id: string): Promise<StoredEvent | undefined> => {
  if (store.find) return store.find(id)
  for await (const event of store.readAll()) if (event.id === id) return event
  return undefined
}
