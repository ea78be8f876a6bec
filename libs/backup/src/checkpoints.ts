/** The signed checkpoints in a backup: without them a log on an empty machine is signed anew from its start. They hold nothing secret, and lie in it as text. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PlaceRefused, type CheckpointFolder, type Noted } from '@chorus/tamper-evidence'
import { BackupRefused, type FilePart, type Manifest } from './manifest'

const PREFIX = 'checkpoints.'

/**
 * The last checkpoint that is there. Asked before the snapshot of the tables: what it covers, of the log, of the audit log
 * and of who is one person, was there when it was signed, so the snapshot has it too.
 */
export const lastCheckpoint = async (place: CheckpointFolder, log: string): Promise<Noted | undefined> => {
  try { return await place.last(log) } catch (error) { throw new BackupRefused(`${place.name}, the signed checkpoints, cannot be read (${codeOf(error)}): run the backup as the user of the process that signs`) }
}

/** @param through where the log of this backup ends: with the events in a KurrentDB, its places may be behind what was signed */
export const copyCheckpoints = (place: CheckpointFolder, last: Noted, through: number, write: (file: string, text: string) => void): Manifest['checkpoints'] => {
  const files: FilePart[] = []
  const copy = (name: string, text: string): void => {
    const file = `${PREFIX}${name}`
    write(file, text)
    files.push({ file, bytes: Buffer.byteLength(text), sha256: createHash('sha256').update(text).digest('hex') })
  }
  let reached: number | undefined
  for (const { name, text, ordinal } of place.copy(last, through)) {
    copy(name, text)
    reached = ordinal
  }
  if (reached === undefined) return undefined
  const key = place.keyFile(last.log)
  if (key) copy(key.name, key.text)
  return { through: reached, files }
}

/** What became of a restored machine's second place: it has the backup's checkpoints, it keeps its own, or the backup has none. */
export type PutBack = 'restored' | 'kept' | 'none'

/**
 * Lays them beside the second place, where that has none of this log. What is there is never written over: it may say more than the backup.
 * @returns what will have become of it, and what makes them count
 */
export const layCheckpoints = (place: CheckpointFolder, from: string, { log, checkpoints }: Manifest): { readonly done: PutBack; readonly count: () => void } => {
  const nothing = (): void => undefined
  try {
    if (place.holds(log)) return { done: 'kept', count: nothing }
    if (!checkpoints) return { done: 'none', count: nothing }
    const count = place.lay(log, checkpoints.files.map(({ file }) => ({ name: file.slice(PREFIX.length), text: () => readFileSync(join(from, file), 'utf8') })))
    return { done: 'restored', count: () => { try { count() } catch (error) { throw said(place, error) } } }
  } catch (error) { throw said(place, error) }
}

const said = (place: CheckpointFolder, error: unknown): BackupRefused => new BackupRefused(error instanceof PlaceRefused ? error.message
  : `${place.name}, where the signed checkpoints belong, cannot be written (${codeOf(error)}): give this user the right to, or name another folder in CHORUS_CHECKPOINTS`)

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? 'unknown cause'
