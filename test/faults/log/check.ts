/** What must be true of the log after every fault, against what the surviving process was told. */
import { join } from 'node:path'
import { PostgresStore, verifyChain, type StoredEvent } from '@chorus/event-store'
import type { Sealed } from '@chorus/contracts'
import { FileVault, unseal } from '@chorus/privacy'
import { holds, type Load } from './load'
import type { Service } from './service'

/** Everything that is wrong, in words; [] when all is well. No append may be on its way any more. */
export async function whatIsWrong({ load, services, url, folder }: { readonly load: Load; readonly services: readonly Service[]; readonly url: string; readonly folder: string }): Promise<string[]> {
  const store = await PostgresStore.open({ url, max: 1 })
  try {
    const faults = [...load.faults]
    const stored = new Map<string, StoredEvent>()
    for await (const event of store.readAll()) {
      if (stored.has(event.id)) faults.push(`${event.id} is there twice: at ${stored.get(event.id)!.ordinal} and at ${event.ordinal}`)
      stored.set(event.id, event)
    }
    for (const [id, told] of load.acknowledged) {
      const event = stored.get(id)
      if (!event) faults.push(`${id} was acknowledged at ${told.ordinal} and is not there`)
      else if (event.ordinal !== told.ordinal || event.stream !== told.stream || event.revision !== told.revision) faults.push(`${id} was acknowledged at ${told.ordinal}, revision ${told.revision}, and stands at ${event.ordinal}, revision ${event.revision}`)
    }
    for (const id of load.refused) if (stored.has(id)) faults.push(`${id} was refused and is there`)
    const nobodys = [...stored.keys()].filter((id) => !load.acknowledged.has(id))
    if (nobodys.length > 0) faults.push(`${nobodys.length} events are there that nobody was told of, the first ${nobodys[0]}`)
    const chain = await verifyChain(store)
    if (!chain.ok) faults.push(chain.text)
    faults.push(...await keysLost(url, folder, [...stored.values()], load.erased))
    for (const service of services) faults.push(...await readerBehind(service, stored.size))
    return faults.length > 8 ? [...faults.slice(0, 8), `and ${faults.length - 8} more`] : faults
  } finally {
    await store.close()
  }
}

async function keysLost(url: string, folder: string, events: readonly StoredEvent[], erased: ReadonlySet<string>): Promise<string[]> {
  const vault = await FileVault.open({ keysFolder: join(folder, 'keys'), databaseUrl: url, mode: 'demonstration' })
  try {
    const sealed = events.map((event) => ({ event, note: (JSON.parse(event.text) as { note: Sealed }).note }))
    const keys = await vault.openKeys([...new Set(sealed.map(({ note }) => note.$sealed.k))])
    const opens = ({ event, note }: (typeof sealed)[number]): boolean => {
      const key = keys.get(note.$sealed.k)
      return key !== undefined && key !== 'erased' && unseal(note, key, { eventId: event.id, type: event.type, schemaVersion: 1, pointer: '/note' }) === event.id
    }
    return sealed.filter((one) => opens(one) === erased.has(one.event.stream)).map(({ event }) => `ordinal ${event.ordinal}: what was sealed in it ${erased.has(event.stream) ? 'opens, and its key was destroyed' : 'does not open'}`)
  } catch (error) {
    return [`the vault: ${error instanceof Error ? error.message : String(error)}`]
  } finally {
    await vault.close()
  }
}

/** The service's own reader comes to the end, each event once and in order. */
async function readerBehind(service: Service, events: number): Promise<string[]> {
  let seen = await service.seen()
  for (let waited = 0; seen.seen < events && waited < 10_000; waited += 20) {
    await holds(() => false, 20)
    seen = await service.seen()
  }
  return seen.seen < events ? [`the service's reader has come to ${seen.seen} of ${events}`, ...seen.disorder] : [...seen.disorder]
}
