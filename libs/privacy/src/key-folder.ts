/**
 * The folder that holds the vault's secrets: 0700, one file of 0600 for each, written so that a power cut leaves the old or
 * the new whole. What is written may be sealed first (FileSeal).
 */
import { createHmac, randomBytes } from 'node:crypto'
import { closeSync, fstatSync, fsyncSync, linkSync, mkdirSync, openSync, readdirSync, readFileSync, chmodSync, renameSync, statSync, unlinkSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { CONTEXTS, type Context } from '@chorus/contracts'
import { KeyTree } from './key-tree'

export type VaultMode = 'demonstration' | 'production'
/** The vault cannot be opened. The message says where, what and what to do; it never holds a key. */
export class VaultRefused extends Error {
  constructor(readonly code: 'keys-missing' | 'keys-swapped' | 'keys-unreadable' | 'keys-exposed' | 'wrong-mode' | 'not-migrated' | 'key-unknown' | 'key-service', message: string) { super(message); this.name = 'VaultRefused' }
}

/** The secret from which ids and fingerprints come: 32 bytes, with an id of its own. */
export interface KeyFile { readonly id: string; readonly mode: VaultMode; readonly key: Buffer }
/** What wraps the data keys of one context. */
export interface ContextFile {
  readonly mode: VaultMode
  /** newest first: it wraps what is new; others only while their keys are being wrapped anew. [] in a file of the first format */
  readonly trees: readonly KeyTree[]
  /** one key for all, as the first format had it; it opens what it wrapped until that is wrapped anew */
  readonly flat?: { readonly id: string; readonly key: Buffer }
}
export interface KeyFolder { readonly identity: KeyFile; readonly contexts: ReadonlyMap<Context, ContextFile> }

/** Seals the text of a file before it is written; the plain one, for keys apart from the database and nothing more, changes nothing. */
export interface FileSeal {
  seal(name: string, text: string): Promise<string>
  open(name: string, text: string): Promise<string>
}
export const UNSEALED: FileSeal = {
  seal: async (_, text) => text,
  open: async (name, text) => {
    if (/^\{"format":1,"sealed":/.test(text)) throw new VaultRefused('key-service', `${name} is sealed by a key service: set CHORUS_KEY_SERVICE to it, and CHORUS_KEY_SERVICE_PIN`)
    return text
  },
}

export const IDENTITY = 'vault-identity.json'
export const contextFile = (context: Context): string => `vault-context-${context}.json`
const NAMES: readonly string[] = [IDENTITY, ...CONTEXTS.map(contextFile)]

/** What ties a secret to the database without telling it. */
export const fingerprintOf = ({ key }: { readonly key: Uint8Array }): string => createHmac('sha256', key).update('chorus|which vault is this').digest('hex').slice(0, 32)

/** Which of the vault's files are there. */
export const filesIn = (folder: string): { readonly present: string[]; readonly missing: string[] } => {
  const present = NAMES.filter(name => { try { return statSync(join(folder, name)).isFile() } catch { return false } })
  return { present, missing: NAMES.filter(name => !present.includes(name)) }
}

export const newTree = (): KeyTree => new KeyTree(`kek_${randomBytes(16).toString('base64url')}`, new Map([['', randomBytes(32)]]))

/** Makes what is missing. Whoever is first wins: a file that another process made meanwhile stays. */
export const createMissing = async (folder: string, mode: VaultMode, seal: FileSeal): Promise<void> => {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  chmodSync(folder, 0o700)
  for (const name of filesIn(folder).missing) {
    const content = name === IDENTITY
      ? JSON.stringify({ format: 1, id: `vault_${randomBytes(16).toString('base64url')}`, mode, key: randomBytes(32).toString('base64url') })
      : textOf({ mode, trees: [newTree()] })
    writeOnce(join(folder, name), `${await seal.seal(name, content)}\n`)
  }
  syncFolder(folder)
}

const writeFresh = (path: string, content: string): string => {
  const fresh = `${path}.${process.pid}.new`
  const file = openSync(fresh, 'w', 0o600)
  try { writeSync(file, content); fsyncSync(file) } finally { closeSync(file) }
  return fresh
}
const writeOnce = (path: string, content: string): void => {
  const fresh = writeFresh(path, content)
  try {
    // A link, not a rename: it never replaces a key that is already there.
    linkSync(fresh, path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally { unlinkSync(fresh) }
}
const syncFolder = (folder: string): void => { const handle = openSync(folder, 'r'); try { fsyncSync(handle) } finally { closeSync(handle) } }

const textOf = ({ mode, trees, flat }: ContextFile): string => JSON.stringify({
  format: 2, mode, trees: trees.map(({ id, nodes }) => ({ id, nodes: Object.fromEntries([...nodes].map(([at, key]) => [at, key.toString('base64url')])) })),
  ...(flat && { flat: { id: flat.id, key: flat.key.toString('base64url') } }),
})

/** Writes a context's file anew, as replaceFile does. */
export const replaceContext = async (folder: string, context: Context, file: ContextFile, seal: FileSeal): Promise<void> =>
  replaceFile(folder, contextFile(context), `${await seal.seal(contextFile(context), textOf(file))}\n`)

/**
 * Puts a file of the folder in the place of the one that is there, and writes over the blocks of that one: whoever finds them
 * later finds nothing. (A disk that writes elsewhere than where it is told keeps them; a key service is for that.)
 */
export const replaceFile = (folder: string, name: string, text: string): void => {
  const path = join(folder, name)
  const fresh = writeFresh(path, text)
  const old = openSync(path, 'r+')
  try {
    renameSync(fresh, path)
    syncFolder(folder)
    writeSync(old, Buffer.alloc(fstatSync(old).size), undefined, undefined, 0)
    fsyncSync(old)
  } finally { closeSync(old) }
}

/** Files that a process left half-written when it died. Only for whoever holds the lock of the folder. */
export const removeLeftovers = (folder: string): void => {
  let names: string[]
  try { names = readdirSync(folder) } catch { return }
  for (const name of names) if (name.endsWith('.new') && NAMES.some(known => name.startsWith(`${known}.`))) unlinkSync(join(folder, name))
}

/** Reads all secrets. Throws VaultRefused for a file that is missing, damaged, open to other users, or of another mode. */
export const readFolder = async (folder: string, mode: VaultMode, seal: FileSeal): Promise<KeyFolder> => {
  const identity = await read(folder, IDENTITY, mode, seal, keyIn)
  const contexts = new Map<Context, ContextFile>()
  for (const context of CONTEXTS) contexts.set(context, await readContext(folder, context, mode, seal))
  return { identity, contexts }
}
export const readContext = (folder: string, context: Context, mode: VaultMode, seal: FileSeal): Promise<ContextFile> => read(folder, contextFile(context), mode, seal, contextIn)

/** How often a file is read again that changed under the reader. */
const READS = 5

const read = async <T extends { readonly mode: VaultMode }>(folder: string, name: string, mode: VaultMode, seal: FileSeal, from: (parsed: Record<string, unknown>) => T | undefined): Promise<T> => {
  const path = join(folder, name)
  for (let left = READS; ; left--) {
    const found = parsedAs(await seal.open(name, textIn(path)), from)
    if (found) {
      if (found.mode !== mode) throw wrongMode(path, mode)
      return found
    }
    // What was just replaced is written over: whoever had opened it before reads the new one.
    if (left === 1) throw new VaultRefused('keys-unreadable', `${path} is damaged: restore it from the backup of the key folder. A new one would open nothing that is sealed`)
  }
}

const textIn = (path: string): string => {
  try {
    if ((statSync(path).mode & 0o077) !== 0) throw new VaultRefused('keys-exposed', `${path} can be read by other users of this machine: run "chmod 600 ${path}", and consider whether somebody has read it`)
    return readFileSync(path, 'utf8').trimEnd()
  } catch (error) {
    if (error instanceof VaultRefused) throw error
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT'
    throw new VaultRefused(missing ? 'keys-missing' : 'keys-unreadable', missing ? `${path} is missing: restore the key folder from its backup` : `${path} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown cause'}): give this user the right to read it`)
  }
}
const parsedAs = <T>(text: string, from: (parsed: Record<string, unknown>) => T | undefined): T | undefined => {
  let parsed: unknown
  try { parsed = JSON.parse(text) } catch { return undefined }
  return typeof parsed === 'object' && parsed !== null ? from(parsed as Record<string, unknown>) : undefined
}
const wrongMode = (path: string, mode: VaultMode): VaultRefused => new VaultRefused('wrong-mode', mode === 'production'
  ? `${path} is a demonstration key: production refuses it. Set CHORUS_DATA to a folder of its own, with a database of its own`
  : `${path} is a production key: start with CHORUS_MODE=production, or set CHORUS_DATA to another folder for the demonstration`)

const isMode = (mode: unknown): mode is VaultMode => mode === 'demonstration' || mode === 'production'
const secretIn = (text: unknown): Buffer | undefined => {
  const secret = typeof text === 'string' ? Buffer.from(text, 'base64url') : undefined
  return secret?.length === 32 ? secret : undefined
}
const keyIn = ({ id, key, mode }: Record<string, unknown>): KeyFile | undefined => {
  const secret = secretIn(key)
  return typeof id === 'string' && isMode(mode) && secret ? { id, mode, key: secret } : undefined
}
const contextIn = (parsed: Record<string, unknown>): ContextFile | undefined => {
  if (parsed.format === 1) { const flat = keyIn(parsed); return flat && { mode: flat.mode, trees: [], flat: { id: flat.id, key: flat.key } } }
  const { mode, trees, flat } = parsed
  if (!isMode(mode) || !Array.isArray(trees) || trees.length === 0) return undefined
  const read: KeyTree[] = []
  for (const { id, nodes } of trees as readonly { readonly id?: unknown; readonly nodes?: unknown }[]) {
    if (typeof id !== 'string' || typeof nodes !== 'object' || nodes === null) return undefined
    const secrets = new Map<string, Buffer>()
    for (const [at, text] of Object.entries(nodes)) { const secret = secretIn(text); if (!secret || !/^[0-3]{0,32}$/.test(at)) return undefined; secrets.set(at, secret) }
    read.push(new KeyTree(id, secrets))
  }
  if (flat === undefined) return { mode, trees: read }
  const { id, key } = flat as { readonly id?: unknown; readonly key?: unknown }
  const secret = secretIn(key)
  return typeof id === 'string' && secret ? { mode, trees: read, flat: { id, key: secret } } : undefined
}
