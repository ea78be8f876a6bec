/** What a backup says of itself: written last, so that a folder without it is none. Every part with its SHA-256. */
import { createHash } from 'node:crypto'
import { createReadStream, existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'

/** The backup cannot be taken or restored; the message names the file and what to do, `problems` one line each where there are several. */
export class BackupRefused extends Error {
  constructor(message: string, readonly problems: readonly string[] = []) { super(message); this.name = 'BackupRefused' }
}

export interface FilePart {
  /** in the backup's folder */
  readonly file: string
  readonly bytes: number
  /** hex, of the file */
  readonly sha256: string
}

/** A table: COPY text, gzip. */
export interface Part extends FilePart {
  /** schema.table */
  readonly table: string
  readonly columns: readonly string[]
  readonly rows: number
}

export interface Manifest {
  readonly format: 1
  /** UUID of this backup */
  readonly id: string
  readonly takentime: string
  /** of the Chorus that took it */
  readonly version: string
  readonly log: string
  readonly head: { readonly ordinal: number; readonly link: string; readonly recordedtime: string | null }
  /** the events are in a KurrentDB, and not in this backup: its place of the last one; absent: they are in the parts */
  readonly kurrentdb?: { readonly commit: string; readonly prepare: string }
  /** the schema's version: migrations that had run, in order */
  readonly migrations: readonly { readonly name: string; readonly hash: string }[]
  readonly keys: {
    /** name of the set of context keys that wrap what is in it; the keys' file has it in its name */
    readonly generation: string
    /** ties vault and database */
    readonly fingerprint: string
  }
  readonly parts: readonly Part[]
  /** the owner's own tables, which are not in it: no schema of Chorus makes them; absent in backups of before this was said */
  readonly leftOut?: readonly string[]
  /** the signed checkpoints, until this ordinal, and the public key that they began with; absent: there were none, or it is of before they were taken */
  readonly checkpoints?: { readonly through: number; readonly files: readonly FilePart[] }
}

export const MANIFEST = 'manifest.json'

export const sha256Of = async (file: string): Promise<string> => {
  const hash = createHash('sha256')
  await pipeline(createReadStream(file), hash)
  return hash.digest('hex')
}

/**
 * Reads a backup's manifest and holds every part against it.
 * @throws BackupRefused that names each file that is missing, cut, changed, or of another backup
 */
export const readBackup = async (folder: string): Promise<Manifest> => {
  const path = join(folder, MANIFEST)
  if (!existsSync(path)) throw new BackupRefused(`${path} is missing: this folder holds no backup, or one that was cut short. Take another.`)
  let manifest: Manifest
  try { manifest = JSON.parse(readFileSync(path, 'utf8')) as Manifest } catch { throw new BackupRefused(`${path} is damaged: it is not JSON. Take another copy of the backup.`) }
  if (manifest.format !== 1 || !Array.isArray(manifest.parts)) throw new BackupRefused(`${path} is of format ${String(manifest.format)}; this Chorus reads format 1. Use the Chorus that made it.`)
  const problems: string[] = []
  const parts: readonly FilePart[] = [...manifest.parts, ...manifest.checkpoints?.files ?? []]
  for (const { file, bytes, sha256 } of parts) {
    const at = join(folder, file)
    if (!existsSync(at)) problems.push(`${file} is missing`)
    else if (statSync(at).size !== bytes) problems.push(`${file} has ${statSync(at).size} bytes instead of ${bytes}: it was cut, or is of another backup`)
    else if (await sha256Of(at) !== sha256) problems.push(`${file} is not what the manifest says: it was changed, or is of another backup`)
  }
  const known = new Set([MANIFEST, ...parts.map(({ file }) => file)])
  for (const name of readdirSync(folder)) if (!known.has(name)) problems.push(`${name} does not belong to this backup`)
  if (problems.length > 0) throw new BackupRefused(`${folder} is not a whole backup; nothing was restored. Take another copy of it, or another backup:`, problems)
  return manifest
}
