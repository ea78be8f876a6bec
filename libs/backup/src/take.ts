/** Takes a backup while everything runs: one snapshot for all tables, and the keys of that same moment. */
import { createHash, randomUUID } from 'node:crypto'
import { closeSync, createWriteStream, existsSync, fsyncSync, mkdirSync, openSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve, sep } from 'node:path'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { postgres } from '@chorus/postgres'
import { FOLDER_LOCK, joinDestroyed } from '@chorus/privacy'
import { CheckpointFolder } from '@chorus/tamper-evidence'
import type { Sql } from 'postgres'
import { copyCheckpoints, lastCheckpoint } from './checkpoints'
import { BackupRefused, MANIFEST, type Manifest, type Part } from './manifest'
import { fileOfKeys, readKeyFiles, sealKeys, type Sealing } from './sealed-keys'
import { inOrder, tablesOf, type Table } from './tables'

export interface TakeOptions {
  /** of the role that owns the tables */
  readonly ownerUrl: string
  readonly keysFolder: string
  /** the second place, whose checkpoints of this log are copied */
  readonly checkpoints: string
  /** the tables that a Chorus has which ran these migrations: others that the owner has are left out */
  readonly tables: (migrations: Manifest['migrations']) => Promise<ReadonlySet<string>>
  /** folder of this backup: new, or empty */
  readonly to: string
  /** folder of the keys' file, apart from `to`; the file of the same context keys is replaced by the newer one */
  readonly keysTo: string
  readonly sealing: Sealing
  /** RFC 3339, for people */
  readonly takentime: string
  readonly version: string
  readonly onProgress?: (table: string, rows: number) => void
}

const CONNECTION = { max: 1, onnotice: () => undefined, fetch_types: true } as const

/** @throws BackupRefused, saying what is wrong and what to do; what was begun is taken away again */
export const takeBackup = async (options: TakeOptions): Promise<Manifest> => {
  const to = resolve(options.to)
  const keysTo = resolve(options.keysTo)
  if (`${keysTo}${sep}`.startsWith(`${to}${sep}`) || `${to}${sep}`.startsWith(`${keysTo}${sep}`)) throw new BackupRefused(`the keys would lie with the log (${keysTo} and ${to}): whoever has both opens everything, also what is destroyed later. Give --keys-to a folder elsewhere`)
  if (existsSync(to) && readdirSync(to).length > 0) throw new BackupRefused(`${to} is not empty: give each backup a folder of its own`)
  const half = `${to}.part`
  rmSync(half, { recursive: true, force: true })
  mkdirSync(half, { recursive: true, mode: 0o700 })
  const holder = postgres(options.ownerUrl, { ...CONNECTION, connection: { application_name: 'chorus backup' } })
  try {
    const place = new CheckpointFolder({ folder: options.checkpoints })
    const last = await lastCheckpoint(place, (await headOf(holder)).log)
    const { files, snapshot, ...about } = await atOneMoment(holder, options.keysFolder)
    const known = await options.tables(about.migrations)
    const tables = await tablesOf(holder)
    const leftOut = tables.filter(({ plain }) => !known.has(plain)).map(({ plain }) => plain)
    const parts: Part[] = []
    for (const table of inOrder(tables.filter(({ plain }) => known.has(plain)))) {
      const part = await copyOut(options.ownerUrl, snapshot, table, half)
      parts.push(part)
      options.onProgress?.(part.table, part.rows)
    }
    const checkpoints = last && copyCheckpoints(place, last, about.head.ordinal, (file, text) => writeDurably(join(half, file), text))
    const manifest: Manifest = { format: 1, id: randomUUID(), takentime: options.takentime, version: options.version, ...about, parts, leftOut, ...checkpoints && { checkpoints } }
    const { log, head, keys: { generation, fingerprint } } = manifest
    const sealed = await sealKeys(files, { log, ordinal: head.ordinal, generation, fingerprint, takentime: options.takentime }, options.sealing)
    // keys first: a log's backup without them would be worth nothing
    mkdirSync(keysTo, { recursive: true, mode: 0o700 })
    joinDestroyed(keysTo, options.keysFolder)
    writeDurably(join(keysTo, `${fileOfKeys(generation)}.part`), sealed)
    renameSync(join(keysTo, `${fileOfKeys(generation)}.part`), join(keysTo, fileOfKeys(generation)))
    syncFolder(keysTo)
    writeDurably(join(half, MANIFEST), `${JSON.stringify(manifest, undefined, 1)}\n`)
    syncFolder(half)
    if (existsSync(to)) rmSync(to, { recursive: true })
    renameSync(half, to)
    syncFolder(dirname(to))
    return manifest
  } catch (error) {
    rmSync(half, { recursive: true, force: true })
    throw error
  } finally {
    await holder.end({ timeout: 0 })
  }
}

/** Under the lock of whoever changes the key folder: no destruction and no rotation is half in the snapshot and half in the keys. */
const atOneMoment = async (sql: Sql, keysFolder: string) => {
  await sql`select pg_advisory_lock(${FOLDER_LOCK})`
  await sql.unsafe('begin isolation level repeatable read read only')
  // a table that row security would cut is an error, not a short backup
  await sql.unsafe('set local row_security = off')
  const [exported] = await sql<{ snapshot: string }[]>`select pg_export_snapshot() as snapshot`
  const head = await headOf(sql)
  const migrations = await sql<{ name: string; hash: string }[]>`select name, hash from public.chorus_migrations order by name`
  const [folder] = await sql<{ fingerprint: string }[]>`select fingerprint from vault.folder`
  if (!folder) throw new BackupRefused('this log has no keys yet: start Chorus once, then take the backup')
  const wrapping = await sql<{ kek: string }[]>`select kek from vault.context_keys union select kek from vault.data_keys where state = 'active' order by 1`
  let keys: Record<string, string>
  try { keys = readKeyFiles(keysFolder) } catch (error) { throw new BackupRefused(`${keysFolder}, the keys of this log, cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown cause'}): run the backup where they are, as their user`) }
  if (Object.keys(keys).length === 0) throw new BackupRefused(`${keysFolder} is empty: run the backup where the keys of this log are`)
  await sql`select pg_advisory_unlock(${FOLDER_LOCK})`
  return {
    snapshot: exported!.snapshot, files: keys,
    ...head,
    migrations: migrations.map(({ name, hash }) => ({ name, hash })),
    keys: { generation: createHash('sha256').update([folder.fingerprint, ...wrapping.map(({ kek }) => kek)].join('|')).digest('hex').slice(0, 16), fingerprint: folder.fingerprint },
  }
}

/** Which log this is, and where it ends. */
const headOf = async (sql: Sql): Promise<Pick<Manifest, 'log' | 'head' | 'kurrentdb'>> => {
  const [head] = await sql<{ log: string; ordinal: string; link: string; recordedtime: string | null }[]>`
    select log::text as log, ordinal::text as ordinal, encode(link, 'hex') as link, to_char(recordedtime at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as recordedtime from log.head`
  // where the log is in KurrentDB, its places are here, and the head of the other is of no use
  const [placed] = await sql<{ log: string; ordinal: string; link: string; recordedtime: string | null; commit: string | null; prepare: string | null }[]>`
    select log::text as log, ordinal::text as ordinal, encode(link, 'hex') as link, to_char(recordedtime at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as recordedtime, commit_position::text as commit, prepare_position::text as prepare from log_index.head`
  const at = placed?.commit != null && placed.prepare !== null ? placed : undefined
  const { log, ordinal, link, recordedtime } = at ?? head!
  return { log, head: { ordinal: Number(ordinal), link, recordedtime }, ...at && { kurrentdb: { commit: at.commit!, prepare: at.prepare! } } }
}

/** A connection for each table: after COPY TO STDOUT the driver's may hang. */
const copyOut = async (ownerUrl: string, snapshot: string, table: Table, folder: string): Promise<Part> => {
  const sql = postgres(ownerUrl, CONNECTION)
  const file = `${table.plain}.copy.gz`
  const hash = createHash('sha256')
  let rows = 0
  let bytes = 0
  try {
    await sql.unsafe('begin isolation level repeatable read read only')
    await sql.unsafe(`set transaction snapshot '${snapshot}'`)
    await sql.unsafe('set local row_security = off')
    const from = await sql.unsafe(`copy (select ${table.columns.join(', ')} from ${table.name}) to stdout`).readable()
    const counted = new Transform({ transform: (chunk: Buffer, _, done) => { for (const byte of chunk) if (byte === 10) rows += 1; done(null, chunk) } })
    const hashed = new Transform({ transform: (chunk: Buffer, _, done) => { bytes += chunk.length; hash.update(chunk); done(null, chunk) } })
    await pipeline(from, counted, createGzip({ level: 1 }), hashed, createWriteStream(join(folder, file), { mode: 0o600, flush: true }))
    return { table: table.plain, columns: table.columns, rows, file, bytes, sha256: hash.digest('hex') }
  } finally {
    await sql.end({ timeout: 0 })
  }
}

const writeDurably = (path: string, text: string): void => {
  const file = openSync(path, 'w', 0o600)
  try { writeFileSync(file, text); fsyncSync(file) } finally { closeSync(file) }
}
const syncFolder = (folder: string): void => { const handle = openSync(folder, 'r'); try { fsyncSync(handle) } finally { closeSync(handle) } }
