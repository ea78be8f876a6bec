/**
 * The process under test: what records in every service (vault, store, a reader that follows), without HTTP. It takes
 * appends over its channel and answers each; whoever sends them is another process, and outlives this one.
 */
import { truncateSync } from 'node:fs'
import { join } from 'node:path'
import { PostgresStore, type Append, type AppendResult, type Subscription } from '@chorus/event-store'
import { FileVault, seal } from '@chorus/privacy'
import { APP_ROLE } from '../../../libs/platform/src/embedded-postgres'
import { keepPostgresUp, type KeptUp } from '../../../libs/platform/src/kept-up'
import { migrate } from '../../../libs/platform/src/migrate'
import { installRights } from '../../../libs/platform/src/role-rights'

export interface Limits { readonly idleInTransactionMs: number; readonly lockMs: number; readonly silenceMs: number }
export interface ServiceJob {
  /** the vault's keys lie in it; the database too, unless `data` or `url` say another place */
  readonly folder: string
  readonly data?: string
  /** of a PostgreSQL that is somebody else's */
  readonly url?: string
  /** settings of the embedded one */
  readonly settings?: Readonly<Record<string, string>>
  readonly limits?: Limits
  readonly retryMs?: number
  /** only migrate the database of this owner, then end */
  readonly migrate?: { readonly ownerUrl: string; readonly appRole: string }
}
export type ToService =
  | { readonly job: ServiceJob }
  | { readonly n: number; readonly append: Append }
  | { readonly ask: 'seen' }
  | { readonly truncate: { readonly file: string; readonly bytes: number } }
  | { readonly destroy: string }
export type FromService =
  | { readonly ready: { readonly url: string } }
  | { readonly n: number; readonly result: AppendResult }
  | { readonly n: number; readonly refused: { readonly name: string; readonly message: string; readonly code?: string } }
  | { readonly seen: number; readonly disorder: readonly string[] }
  | { readonly destroyed: string; readonly failed?: string }
  | { readonly died: string }
  | { readonly said: string }

const tell = (message: FromService): void => { if (process.connected) process.send!(message) }
const say = (said: string): void => tell({ said })

let kept: KeptUp | undefined
let store: PostgresStore
let vault: FileVault
let following: Subscription
let seen = 0
const disorder: string[] = []

const open = async ({ folder, data = folder, url, settings, limits, retryMs }: ServiceJob): Promise<string> => {
  if (url === undefined) {
    kept = await keepPostgresUp({ folder: data, say, ...(settings && { settings }) })
    void kept.died.then((died) => tell({ died }))
    await migrate(kept.server.ownerUrl, APP_ROLE)
  }
  const appUrl = url ?? kept!.server.appUrl
  vault = await FileVault.open({ keysFolder: join(folder, 'keys'), databaseUrl: appUrl, mode: 'demonstration', ...(limits && { silenceMs: limits.silenceMs }) })
  store = await PostgresStore.open({ url: appUrl, ...(limits && { limits }), ...(retryMs !== undefined && { retryMs }) })
  following = store.subscribe({ after: 0, pollMs: 200, onBatch: async (events) => {
    for (const { ordinal } of events) {
      if (ordinal !== seen + 1) disorder.push(`after ordinal ${seen} its reader was given ${ordinal}`)
      seen = ordinal
    }
  } })
  return appUrl
}

/** As whoever keeps a service would: on a busy machine the short limits of a run may give a connection up before anything was struck. */
const opened = async (job: ServiceJob, tries = 3): Promise<string> => {
  try {
    return await open(job)
  } catch (error) {
    if (tries === 1 || !/^CONNECTION_|^ETIMEDOUT$/.test((error as { code?: string }).code ?? '')) throw error
    await vault?.close().catch(() => undefined)
    return opened(job, tries - 1)
  }
}

/** Each event carries one sealed value: its key is durable before the append that uses it. */
const sealed = async (append: Append): Promise<Append> => {
  const keys = await vault.keysFor('incident', [append.stream])
  const key = keys.get(append.stream)!
  if (key === 'erased') throw new Error('nobody erased this key')
  return { ...append, events: append.events.map((event) => ({ ...event, body: { ...event.body, content: event.content, note: seal(event.id, key, { eventId: event.id, type: event.type, schemaVersion: 1, pointer: '/note' }) } })) }
}

const record = async (n: number, append: Append): Promise<void> => {
  try {
    tell({ n, result: await store.append(await sealed(append)) })
  } catch (error) {
    const { name, message, code } = error as { name: string; message: string; code?: string }
    tell({ n, refused: { name, message, ...(code !== undefined && { code }) } })
  }
}

/** The keys of one stream, as the command of the privacy officer does it. */
const destroy = async (stream: string): Promise<void> => {
  try {
    await vault.life.destroy([stream], `destroy-${stream}`, new Date().toISOString())
    tell({ destroyed: stream })
  } catch (error) {
    tell({ destroyed: stream, failed: (error as Error).message })
  }
}

const begin = async (job: ServiceJob): Promise<void> => {
  if (job.migrate) {
    await migrate(job.migrate.ownerUrl, job.migrate.appRole)
    await installRights(job.migrate.ownerUrl, job.migrate.appRole)
    process.exit(0)
  }
  tell({ ready: { url: await opened(job) } })
}

const end = async (code: number): Promise<never> => {
  await following?.stop().catch(() => undefined)
  await store?.close().catch(() => undefined)
  await vault?.close().catch(() => undefined)
  await kept?.stop()
  process.exit(code)
}

process.on('message', (message: ToService) => {
  if ('job' in message) begin(message.job).catch((error: unknown) => { say(String(error)); void end(1) })
  else if ('append' in message) void record(message.n, message.append)
  else if ('destroy' in message) void destroy(message.destroy)
  else if ('truncate' in message) truncateSync(message.truncate.file, message.truncate.bytes)
  else tell({ seen, disorder })
})
process.on('SIGTERM', () => { void end(0) })
process.on('disconnect', () => { void end(0) })
