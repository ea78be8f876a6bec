/** The folder that holds the vault's secrets: 0700, one file of 0600 for each, written so that a power cut leaves all of it or nothing. */
import { createHmac, randomBytes } from 'node:crypto'
import { closeSync, fsyncSync, linkSync, mkdirSync, openSync, readFileSync, chmodSync, statSync, unlinkSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { CONTEXTS, type Context } from '@chorus/contracts'

export type VaultMode = 'demonstration' | 'production'
/** The vault cannot be opened. The message says where, what and what to do; it never holds a key. */
export class VaultRefused extends Error {
  constructor(readonly code: 'keys-missing' | 'keys-swapped' | 'keys-unreadable' | 'keys-exposed' | 'wrong-mode' | 'not-migrated' | 'key-unknown', message: string) { super(message); this.name = 'VaultRefused' }
}

/** One secret of 32 bytes, with an id of its own. */
export interface KeyFile { readonly id: string; readonly mode: VaultMode; readonly key: Buffer }
export interface KeyFolder { readonly identity: KeyFile; readonly contexts: ReadonlyMap<Context, KeyFile> }

export const IDENTITY = 'vault-identity.json'
export const contextFile = (context: Context): string => `vault-context-${context}.json`
const NAMES: readonly string[] = [IDENTITY, ...CONTEXTS.map(contextFile)]

/** What ties a secret to the database without telling it. */
export const fingerprintOf = ({ key }: KeyFile): string => createHmac('sha256', key).update('chorus|which vault is this').digest('hex').slice(0, 32)

/** Which of the vault's files are there. */
export const filesIn = (folder: string): { readonly present: string[]; readonly missing: string[] } => {
  const present = NAMES.filter(name => { try { return statSync(join(folder, name)).isFile() } catch { return false } })
  return { present, missing: NAMES.filter(name => !present.includes(name)) }
}

/** Makes what is missing. Whoever is first wins: a file that another process made meanwhile stays. */
export const createMissing = (folder: string, mode: VaultMode): void => {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  chmodSync(folder, 0o700)
  for (const name of filesIn(folder).missing) {
    const content = JSON.stringify({ format: 1, id: `${name === IDENTITY ? 'vault' : 'kek'}_${randomBytes(16).toString('base64url')}`, mode, key: randomBytes(32).toString('base64url') })
    writeOnce(join(folder, name), `${content}\n`)
  }
  syncFolder(folder)
}

const writeOnce = (path: string, content: string): void => {
  const fresh = `${path}.${process.pid}.new`
  const file = openSync(fresh, 'w', 0o600)
  try { writeSync(file, content); fsyncSync(file) } finally { closeSync(file) }
  try {
    // A link, not a rename: it never replaces a key that is already there.
    linkSync(fresh, path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally { unlinkSync(fresh) }
}
const syncFolder = (folder: string): void => { const handle = openSync(folder, 'r'); try { fsyncSync(handle) } finally { closeSync(handle) } }

/** Reads all secrets. Throws VaultRefused for a file that is missing, damaged, open to other users, or of another mode. */
export const readFolder = (folder: string, mode: VaultMode): KeyFolder => {
  const read = (name: string): KeyFile => readKey(join(folder, name), mode)
  return { identity: read(IDENTITY), contexts: new Map(CONTEXTS.map(context => [context, read(contextFile(context))])) }
}

const readKey = (path: string, mode: VaultMode): KeyFile => {
  let text: string
  try {
    if ((statSync(path).mode & 0o077) !== 0) throw new VaultRefused('keys-exposed', `${path} can be read by other users of this machine: run "chmod 600 ${path}", and consider whether somebody has read it`)
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof VaultRefused) throw error
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT'
    throw new VaultRefused(missing ? 'keys-missing' : 'keys-unreadable', missing ? `${path} is missing: restore the key folder from its backup` : `${path} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown cause'}): give this user the right to read it`)
  }
  const damaged = (): never => { throw new VaultRefused('keys-unreadable', `${path} is damaged: restore it from the backup of the key folder. A new one would open nothing that is sealed`) }
  let parsed: { id?: unknown; mode?: unknown; key?: unknown }
  try { parsed = JSON.parse(text) as typeof parsed } catch { return damaged() }
  const { id, key, mode: marked } = parsed
  if (typeof id !== 'string' || typeof key !== 'string' || (marked !== 'demonstration' && marked !== 'production')) return damaged()
  const secret = Buffer.from(key, 'base64url')
  if (secret.length !== 32) return damaged()
  if (marked !== mode) {
    throw new VaultRefused('wrong-mode', mode === 'production'
      ? `${path} is a demonstration key: production refuses it. Set CHORUS_DATA to a folder of its own, with a database of its own`
      : `${path} is a production key: start with CHORUS_MODE=production, or set CHORUS_DATA to another folder for the demonstration`)
  }
  return { id, mode: marked, key: secret }
}
