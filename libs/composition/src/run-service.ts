/** The process of one service: settings from the environment, waits for what it stands on, serves, stops in order. */
import type { DynamicModule, Type } from '@nestjs/common'
import { setTimeout as delay } from 'node:timers/promises'
import type { Service } from '@chorus/contracts'
import { checkPort, checkRole, databaseLacks, repositoryRoot } from '@chorus/platform'
import { compose, type Composed } from './compose'
import type { ReadySettings } from './ports.module'
import { endWith } from './refusals'
import { readServiceSettings } from './service-settings'
import { openWaitingRoom, type WaitingRoom } from './waiting-room'

export interface ServiceOptions {
  readonly service: Service
  readonly modules: readonly (Type | DynamicModule)[]
  /** false: it seals and opens nothing, and is given no keys */
  readonly keys?: boolean
}

/** What may pass by itself: the database, the key service or the broker went away between the look and the start. */
const PASSING = /^(ECONN|EHOST|ENET|ETIMEDOUT|EPIPE|ENOTFOUND|EAI_AGAIN|CONNECT_|CONNECTION_|57P0|53\d{3}|08)/
const AGAIN_MS = 1000

const passes = (error: unknown): boolean => {
  for (let each: unknown = error; each instanceof Error; each = each.cause) {
    if (each.name === 'StoreUnavailable' || each.name === 'KeyServiceAway' || PASSING.test((each as { code?: string }).code ?? '')) return true
  }
  return false
}

/**
 * Starts as soon as what it stands on is there, however long that takes; while it waits, its health says for what.
 * @param start composes and listens
 * @param say told each new reason once
 * @param service whose role it works as in the database
 * @throws what waiting does not mend: a database of another build, keys that are missing, checkpoints of another log
 */
export const startWhenPossible = async (settings: ReadySettings, start: () => Promise<Composed>, say: (line: string) => void, signal: AbortSignal, service?: Service): Promise<Composed> => {
  await checkPort(settings.host, settings.port)
  let room: WaitingRoom | undefined
  try {
    for (let told: string | undefined; ;) {
      let reason = await databaseLacks(settings.databaseUrl, service)
      signal.throwIfAborted()
      if (reason === undefined) {
        await room?.close()
        room = undefined
        try {
          await checkRole(settings.databaseUrl, settings.mode, say, service)
          return await start()
        } catch (error) {
          if (!passes(error)) throw error
          reason = (error as Error).message
        }
      }
      if (reason !== told) say(`waiting: ${reason}`)
      told = reason
      room ??= await openWaitingRoom(settings.host, settings.port)
      room.say(reason)
      await delay(AGAIN_MS, undefined, { signal })
    }
  } finally {
    await room?.close()
  }
}

const main = async ({ service, modules, keys }: ServiceOptions): Promise<void> => {
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort())
  // Started by another program that is gone, in whatever way.
  if (process.send) process.on('disconnect', () => stop.abort())
  const say = (line: string): void => { process.stdout.write(`${line}\n`) }
  const settings = readServiceSettings(service, process.env, repositoryRoot())
  const composed = await startWhenPossible(settings, () => compose({ settings, modules, client: `chorus-${service}`, ...(keys === undefined ? {} : { keys }) }), say, stop.signal, service)
  try {
    say(`${service} at ${composed.address}   (interface: ${composed.address}/docs)`)
    process.send?.({ address: composed.address })
    if (!stop.signal.aborted) await new Promise((resolve) => { stop.signal.addEventListener('abort', resolve) })
  } finally {
    await composed.close()
  }
  say(`${service} stopped`)
}

/** Runs a service to the end of its process: exit code 0 stopped as asked, else as `exitCodeOf` says. */
export const runService = (options: ServiceOptions): void => { main(options).then(() => process.exit(0), endWith) }
