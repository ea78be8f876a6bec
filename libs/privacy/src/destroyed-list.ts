/**
 * The list of destructions, beside the keys: one line for each key that was destroyed. It is the order that outlives a
 * database: a backup restored from before a destruction is brought up to this list before anything is served. Lists are
 * joined, never replaced: what any of them says was destroyed stays destroyed.
 */
import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { CONTEXTS, type Context } from '@chorus/contracts'
import { VaultRefused } from './key-folder'

export const DESTROYED_LIST = 'vault-destroyed.jsonl'

export interface Destroyed {
  readonly keyId: string
  readonly context: Context
  /** a person's token, or the stream of a record */
  readonly subject: string
  /** the command that had it destroyed */
  readonly order: string
  /** RFC 3339 instant */
  readonly at: string
  /** keyed fingerprints of the numbers that led to the subject in this context: where a backup does not know them yet, they lead to nobody new. Absent in lists of earlier builds */
  readonly links?: readonly string[]
}

/** What the folder's list says; [] where there is none. A last line that was cut off is left out: it was never acknowledged. */
export const readDestroyed = (folder: string): Destroyed[] => {
  let text: string
  try { text = readFileSync(join(folder, DESTROYED_LIST), 'utf8') } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw new VaultRefused('keys-unreadable', `${join(folder, DESTROYED_LIST)} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown cause'}): give this user the right to read it`)
  }
  return text.slice(0, text.lastIndexOf('\n') + 1).split('\n').flatMap((line, at) => line === '' ? [] : [destroyedIn(line, `${join(folder, DESTROYED_LIST)}, line ${at + 1}`)])
}

/** Adds what is not in the list yet; durable when it returns. */
export const addDestroyed = (folder: string, destroyed: readonly Destroyed[]): void => {
  const known = new Set(readDestroyed(folder).map(({ keyId }) => keyId))
  const fresh = destroyed.filter(({ keyId }) => !known.has(keyId))
  if (fresh.length === 0) return
  const file = openSync(join(folder, DESTROYED_LIST), 'a+', 0o600)
  try {
    // A line that was cut off ends here.
    writeSync(file, `${endsWithLine(folder) ? '' : '\n'}${fresh.map(one => JSON.stringify(one)).join('\n')}\n`)
    fsyncSync(file)
  } finally { closeSync(file) }
  const handle = openSync(folder, 'r')
  try { fsyncSync(handle) } finally { closeSync(handle) }
}

/** Takes over what another list knows beside this one: for a restore, and for whoever keeps a copy elsewhere. */
export const joinDestroyed = (folder: string, other: string): void => addDestroyed(folder, readDestroyed(other))

const endsWithLine = (folder: string): boolean => { const text = readFileSync(join(folder, DESTROYED_LIST), 'utf8'); return text === '' || text.endsWith('\n') }

const destroyedIn = (line: string, where: string): Destroyed => {
  let parsed: Partial<Destroyed> = {}
  try { parsed = JSON.parse(line) as Partial<Destroyed> } catch { /* a line that was cut off in the middle of the list: see below */ }
  const { keyId, context, subject, order, at, links } = parsed
  if (typeof keyId !== 'string' || typeof subject !== 'string' || typeof order !== 'string' || typeof at !== 'string' || !(CONTEXTS as readonly unknown[]).includes(context) || !(links === undefined || (Array.isArray(links) && links.every((link) => typeof link === 'string')))) throw new VaultRefused('keys-unreadable', `${where}, is damaged: restore the list of destructions from its newest copy. Without it a destruction could be undone`)
  return { keyId, context: context!, subject, order, at, ...(links && { links }) }
}
