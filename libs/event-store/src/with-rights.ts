/**
 * A store that says by name what its service may not read or append. The database would leave out what may not be read, and who
 * reads on would not know: a read model with a hole in it. So whoever asks for such a category, or for all, is told.
 */
import { categoryOf, type Append, type EventStore, type LogFilter } from './port'

/** What a service may: stream categories, or everything. */
export interface Rights { readonly service: string; readonly reads: readonly string[] | 'everything'; readonly appends: readonly string[] }

export class NotForThisService extends Error {
  readonly code = 'not-for-this-service'
  constructor(message: string) { super(message); this.name = 'NotForThisService' }
}

export const withRights = (store: EventStore, { service, reads, appends }: Rights): EventStore => {
  const refuse = (what: string): never => { throw new NotForThisService(`${service} may not ${what}; what each service may is declared in libs/contracts/src/access.ts`) }
  const mayRead = (categories: readonly string[]): void => {
    const foreign = reads === 'everything' ? undefined : categories.find((category) => !reads.includes(category))
    if (foreign !== undefined) refuse(`read the category ${foreign}`)
  }
  const mayReadAll = (filter: LogFilter | undefined): void => {
    const categories = filter?.categories ?? filter?.streams?.map(categoryOf)
    if (categories) mayRead(categories)
    else if (reads !== 'everything') refuse('read the whole log: name categories or streams')
  }
  const mayAppend = ({ stream }: Append): void => { if (!appends.includes(categoryOf(stream))) refuse(`append to the category ${categoryOf(stream)}`) }
  return {
    log: store.log,
    append: async (append) => { mayAppend(append); return store.append(append) },
    appendEach: async (all) => { all.forEach(mayAppend); return store.appendEach(all) },
    readStream: (stream, options) => { mayRead([categoryOf(stream)]); return store.readStream(stream, options) },
    readAll: (options) => { mayReadAll(options?.filter); return store.readAll(options) },
    ...store.readPages && { readPages: (options) => { mayReadAll(undefined); return store.readPages!(options) } },
    head: () => store.head(),
    // What stands where the service may not read is none of its records'.
    standing: async (ids) => new Map([...await store.standing(ids)].filter(([, stream]) => reads === 'everything' || reads.includes(categoryOf(stream)))),
    // found by halving the whole log
    ordinalAsOf: async (recordedtime) => { mayReadAll(undefined); return store.ordinalAsOf(recordedtime) },
    subscribe: (options) => { mayReadAll(options.filter); return store.subscribe(options) },
    close: () => store.close(),
    // what an adapter says of itself beyond the port
    ...'health' in store && typeof store.health === 'function' ? { health: store.health.bind(store) as unknown } : {},
  }
}
