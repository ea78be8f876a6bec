/** The key that signs checkpoints: one file of 0600 beside the vault's, made at the first start, whole or not at all. */
import { createPrivateKey, generateKeyPairSync, randomBytes, type KeyObject } from 'node:crypto'
import { chmodSync, closeSync, fsyncSync, linkSync, mkdirSync, openSync, readFileSync, statSync, unlinkSync, writeSync } from 'node:fs'
import { join } from 'node:path'

export const SIGNING_KEY = 'log-signing.json'
type Mode = 'demonstration' | 'production'

/** The message says where, what and what to do; it never holds a key. */
export class SigningKeyRefused extends Error { constructor(message: string) { super(message); this.name = 'SigningKeyRefused' } }

/** @param folder of the keys, absolute. @throws SigningKeyRefused: damaged, readable by others, of another mode */
export const signingKey = (folder: string, mode: Mode): KeyObject => {
  const path = join(folder, SIGNING_KEY)
  let text: string
  try { text = readFileSync(path, 'utf8') } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw new SigningKeyRefused(`${path} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown cause'}): give this user the right to read it`)
    make(folder, path, mode)
    text = readFileSync(path, 'utf8')
  }
  if ((statSync(path).mode & 0o077) !== 0) throw new SigningKeyRefused(`${path} can be read by other users of this machine: run "chmod 600 ${path}", and consider whether somebody has read it; who has it can sign in this log's name`)
  let kept: { readonly mode?: unknown; readonly key?: unknown }
  let key: KeyObject
  try {
    kept = JSON.parse(text) as typeof kept
    key = createPrivateKey({ key: Buffer.from(String(kept.key), 'base64url'), format: 'der', type: 'pkcs8' })
  } catch { throw new SigningKeyRefused(`${path} is damaged: restore it from the backup of the key folder (docs/runbooks/tampering.md)`) }
  if (kept.mode !== mode) throw new SigningKeyRefused(`${path} is a ${String(kept.mode)} key: set CHORUS_MODE or CHORUS_DATA to what belongs together`)
  return key
}

const make = (folder: string, path: string, mode: Mode): void => {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  chmodSync(folder, 0o700)
  const { privateKey } = generateKeyPairSync('ed25519')
  const draft = `${path}.${randomBytes(6).toString('hex')}.new`
  const file = openSync(draft, 'wx', 0o600)
  try { writeSync(file, `${JSON.stringify({ format: 1, mode, key: privateKey.export({ type: 'pkcs8', format: 'der' }).toString('base64url') })}\n`); fsyncSync(file) } finally { closeSync(file) }
  // a link never replaces: of two processes that start at once one key wins for both
  try { linkSync(draft, path) } catch (error) { if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error } finally { unlinkSync(draft) }
  const handle = openSync(folder, 'r')
  try { fsyncSync(handle) } finally { closeSync(handle) }
}
