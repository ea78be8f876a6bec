import { Replay, type EventStore, type ReplayResult } from '@chorus/event-store'

export interface ReplayProgress { readonly events: number; readonly of: number }

/** Reads the log from its start through the head at the time of the call and folds it. Memory does not grow with the log. */
export const replayLog = async (store: EventStore, { report, signal }: { readonly report?: (progress: ReplayProgress) => void; readonly signal?: AbortSignal } = {}): Promise<ReplayResult> => {
  const head = await store.head()
  const replay = new Replay(store.log)
  let events = 0
  for await (const event of store.readAll({ through: head.ordinal, ...(signal && { signal }) })) {
    replay.fold(event)
    if (++events % 1000 === 0) report?.({ events, of: head.ordinal })
  }
  return replay.result()
}
