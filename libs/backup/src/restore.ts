/** Puts a backup back: keys first, then every table in one transaction, then the proof. Onto nothing: what is there is never written over. */
import { createReadStream, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { KurrentStore, lookAtKurrent, PostgresStore, verifyChain } from '@chorus/event-store'
import { postgres } from '@chorus/postgres'
import { DESTROYED_LIST, FileVault, joinDestroyed, type FileSeal, type VaultMode } from '@chorus/privacy'
import { CheckpointFolder } from '@chorus/tamper-evidence'
import type { TransactionSql } from 'postgres'
import { layCheckpoints, type PutBack } from './checkpoints'
import { BackupRefused, readBackup, type Manifest } from './manifest'
import { fileOfKeys, headerOf, openKeys, type Sealing } from './sealed-keys'
import { inOrder, moveSequences, tablesOf, withoutTriggers } from './tables'

export interface Set { readonly manifest: Manifest; /** of the key folder, base64 by name */ readonly keys: Readonly<Record<string, string>> }

/**
 * Reads log and keys of a backup, and holds them against each other: nothing is written.
 * @param keysFrom folder of the keys' file
 * @throws BackupRefused naming the file and what is wrong with it
 */
export const readSet = async (from: string, keysFrom: string, sealing: Sealing): Promise<Set> => {
  const manifest = await readBackup(from)
  const path = join(keysFrom, fileOfKeys(manifest.keys.generation))
  if (!existsSync(path)) {
    const others = existsSync(keysFrom) ? readdirSync(keysFrom).filter((name) => /^keys-.*\.jwe$/.test(name)) : []
    throw new BackupRefused(`${path} is missing: the keys that open this backup.${others.length > 0 ? ` There are ${others.join(', ')}, of other context keys.` : ''} Give their folder with --keys-from`)
  }
  const text = readFileSync(path, 'utf8').trim()
  const header = headerOf(text, path)
  const { log, head, keys: { generation, fingerprint } } = manifest
  if (header.log !== log) throw new BackupRefused(`${path} holds the keys of log ${header.log}, ${from} is log ${log}: they do not belong together`)
  if (header.generation !== generation || header.fingerprint !== fingerprint) throw new BackupRefused(`${path} holds other keys than its name says: it was renamed, or is of another backup`)
  if (header.ordinal < head.ordinal) throw new BackupRefused(`${path} is older than the log: its keys are of ordinal ${header.ordinal} (${header.takentime}), the log of ${head.ordinal} (${manifest.takentime}). Give the keys' file of this backup, or a newer one`)
  return { manifest, keys: await openKeys(text, path, sealing) }
}

export interface RestoreOptions {
  readonly from: string
  readonly set: Set
  /** of the role that will own the tables; the database must be empty */
  readonly ownerUrl: string
  readonly appUrl: string
  /** will hold the keys; must not be there, or hold a list of destructions and nothing else */
  readonly keysFolder: string
  /** the second place: the backup's checkpoints come here where it has none of this log */
  readonly checkpoints: string
  /** folders with lists of destructions that may know more than the backup */
  readonly destroyedFrom: readonly string[]
  /** makes the schema that the manifest names, in the transaction given */
  readonly schema: (tx: TransactionSql, migrations: Manifest['migrations']) => Promise<void>
  readonly mode: VaultMode
  /** what the keys' files were sealed by when the backup was taken: the same key service */
  readonly seal: FileSeal
  /** the KurrentDB that holds the log, put back before by its own means */
  readonly logUrl?: string | undefined
  /** what was recorded in that KurrentDB since does not matter: the place is taken away again */
  readonly trial?: boolean
  readonly onProgress?: (table: string, rows: number) => void
}

export interface Restored { readonly log: string; readonly ordinal: number; readonly rows: number; /** keys that are destroyed now */ readonly destroyed: number; /** of them those that the backup still had */ readonly again: number; /** persons and records that were destroyed and that this backup has no key of */ readonly unknown: number; readonly checkpoints: PutBack }

/** @throws BackupRefused where the target is not empty, or what was restored is not what was backed up */
export const restoreBackup = async (options: RestoreOptions): Promise<Restored> => {
  const { set: { manifest, keys }, keysFolder, appUrl } = options
  const present = existsSync(keysFolder) ? readdirSync(keysFolder).filter((name) => name !== DESTROYED_LIST) : []
  if (present.length > 0) throw new BackupRefused(`${keysFolder} holds keys already (${present.slice(0, 3).join(', ')}): a restore needs an empty place. Choose another CHORUS_DATA, or move them away`)
  await holdAgainstKurrent(options)
  const place = new CheckpointFolder({ folder: options.checkpoints })
  const half = `${keysFolder}.restoring`
  const cutShort = existsSync(half) || existsSync(place.laid(manifest.log))
  await tryKeys(keys, options.seal)
  const checkpoints = layCheckpoints(place, options.from, manifest)
  rmSync(half, { recursive: true, force: true })
  mkdirSync(half, { recursive: true, mode: 0o700 })
  for (const [name, content] of Object.entries(keys)) writeFileSync(join(half, name), Buffer.from(content, 'base64'), { mode: 0o600, flush: true })
  // lists are joined: what any of them says was destroyed stays destroyed
  for (const folder of [keysFolder, ...options.destroyedFrom]) joinDestroyed(half, folder)

  const rows = await fill(options, cutShort).catch((error: unknown) => {
    // what is left lying there says that a restore got further than this
    if (!cutShort) for (const left of [half, place.laid(manifest.log)]) rmSync(left, { recursive: true, force: true })
    throw error
  })
  // the database is whole: only now do the keys stand where a service looks for them
  rmSync(keysFolder, { recursive: true, force: true })
  renameSync(half, keysFolder)

  // opening the vault applies the destructions, before anything is served
  const { keys: before } = await destroyedIn(appUrl)
  const vault = await FileVault.open({ keysFolder, databaseUrl: appUrl, mode: options.mode, seal: options.seal })
  await vault.close()
  const { keys: destroyed, unknown } = await destroyedIn(appUrl)
  const store = options.logUrl === undefined ? await PostgresStore.open({ url: appUrl, max: 1 }) : await KurrentStore.open({ url: options.logUrl, databaseUrl: appUrl })
  try {
    const head = options.trial && options.logUrl !== undefined ? await headAt(store, manifest) : await store.head()
    if (head.log !== manifest.log || head.ordinal !== manifest.head.ordinal || head.link !== manifest.head.link) throw new BackupRefused(`the restored log ends at ordinal ${head.ordinal}, link ${head.link}; the backup's manifest says ${manifest.head.ordinal}, ${manifest.head.link}. Do not start on it`)
    const chain = await verifyChain(store, { through: manifest.head.ordinal })
    if (!chain.ok) throw new BackupRefused(`the restored log does not verify: ${chain.text}. The log was wrong when the backup was taken; do not start on it`)
  } finally {
    await store.close()
  }
  // they speak of this log: only now is it known to be whole
  checkpoints.count()
  return { log: manifest.log, ordinal: manifest.head.ordinal, rows, destroyed, again: destroyed - before, unknown, checkpoints: checkpoints.done }
}

/** Before anything is written: is the KurrentDB the one that this backup has the places of, of the same moment? */
const holdAgainstKurrent = async ({ set: { manifest: { log, kurrentdb, head } }, logUrl, trial }: RestoreOptions): Promise<void> => {
  if (kurrentdb === undefined && logUrl === undefined) return
  if (kurrentdb === undefined) throw new BackupRefused('this backup holds the events themselves, and CHORUS_LOG_URL names a KurrentDB: unset it, restore, and lead the log there by "chorus log copy"')
  if (logUrl === undefined) throw new BackupRefused('the events of this backup are in a KurrentDB: put that back first, from its own backup of the same moment, and set CHORUS_LOG_URL to it')
  const there = await lookAtKurrent(logUrl, kurrentdb)
  if (there.log === undefined) throw new BackupRefused('the KurrentDB of CHORUS_LOG_URL holds no log: put it back first, from its own backup of the same moment')
  if (there.log !== log) throw new BackupRefused(`the KurrentDB of CHORUS_LOG_URL holds log ${there.log}, this backup is of log ${log}: they do not belong together`)
  if (!there.reaches) throw new BackupRefused(`the KurrentDB of CHORUS_LOG_URL is older than this backup: it ends before ordinal ${head.ordinal}. Put its backup of the same moment back, or take an older backup of Chorus`)
  if (there.more > 0 && !trial) throw new BackupRefused(`the KurrentDB of CHORUS_LOG_URL is newer than this backup: ${there.more > 1000 ? 'more than 1000' : there.more} events stand behind ordinal ${head.ordinal}, sealed with keys that this backup may not hold. Take the backup of Chorus that was made with it`)
}

const headAt = async (store: Pick<KurrentStore, 'log' | 'readAll'>, { head: { ordinal } }: Manifest) => {
  let link = ''
  for await (const event of store.readAll({ after: ordinal - 1, through: ordinal })) link = event.link
  return { log: store.log, ordinal, link }
}

/** Before anything is written: do the keys' files open, where a key service sealed them? */
const tryKeys = async (keys: Set['keys'], seal: FileSeal): Promise<void> => {
  for (const [name, content] of Object.entries(keys)) {
    if (!/^vault-.*\.json$/.test(name)) continue
    const opened = await seal.open(name, Buffer.from(content, 'base64').toString().trimEnd()).catch((error: unknown) => { throw new BackupRefused(error instanceof Error ? error.message : 'the key service does not open the keys') })
    if (opened === '') throw new BackupRefused(`${name} of the keys' file does not open: it was sealed under a wrapping key of another key service. Set CHORUS_KEY_SERVICE to the one that was in use when the backup was taken`)
  }
}

/** What the database says is destroyed: keys, and subjects that never had one here, of which tombstones stand alone. */
const destroyedIn = async (url: string): Promise<{ keys: number; unknown: number }> => {
  const sql = postgres(url, { max: 1, onnotice: () => undefined })
  try {
    const [count] = await sql<{ keys: number; unknown: number }[]>`
      select coalesce(sum(keys), 0)::int as keys, (count(*) filter (where keys = 0))::int as unknown
      from (select count(*) filter (where kek <> 'none') as keys from vault.data_keys where state = 'destroyed' group by subject) as subjects`
    return count!
  } finally {
    await sql.end({ timeout: 1 })
  }
}

/** Schema and rows in one transaction: a restore that is cut short leaves an empty database. */
const fill = async ({ from, set: { manifest }, ownerUrl, schema, onProgress }: RestoreOptions, cutShort: boolean): Promise<number> => {
  const sql = postgres(ownerUrl, { max: 1, onnotice: () => undefined, connection: { application_name: 'chorus restore' } })
  try {
    return await sql.begin(async (tx) => {
      const [there] = await tx<{ filled: boolean }[]>`select to_regclass('public.chorus_migrations') is not null or to_regnamespace('log') is not null as filled`
      if (there!.filled) throw new BackupRefused(`the database is not empty: a restore needs one that no Chorus has used${cutShort ? '. A restore into it was cut short before its end: do not start on it; restore into another database, or an empty CHORUS_DATA' : ''}`)
      await schema(tx, manifest.migrations)
      let total = 0
      const parts = new Map(manifest.parts.map((part) => [part.table, part]))
      for (const table of inOrder(await tablesOf(tx))) {
        const part = parts.get(table.plain)
        if (!part) throw new BackupRefused(`the backup has no part for ${table.plain}, which its schema has: it was not taken whole`)
        parts.delete(table.plain)
        await withoutTriggers(tx, table, async () => {
          // what a migration put there
          await tx.unsafe(`delete from ${table.name}`)
          await pipeline(createReadStream(join(from, part.file)), createGunzip(), await tx.unsafe(`copy ${table.name} (${part.columns.join(', ')}) from stdin`).writable())
        })
        const [count] = await tx.unsafe<{ n: string }[]>(`select count(*)::text as n from ${table.name}`)
        if (Number(count!.n) !== part.rows) throw new BackupRefused(`${part.file} gave ${count!.n} rows instead of ${part.rows}: take another copy of the backup`)
        await moveSequences(tx, table)
        total += part.rows
        onProgress?.(part.table, part.rows)
      }
      if (parts.size > 0) throw new BackupRefused(`${[...parts.keys()].join(', ')}: the schema of the backup has no such table`)
      return total
    }) as number
  } finally {
    await sql.end({ timeout: 1 })
  }
}
