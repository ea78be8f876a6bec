/**
 * The key folder in one file, encrypted for whoever restores (JWE, RFC 7516): kept apart from the log's backup, since both
 * together open everything. Its header says in the clear which log it belongs to.
 */
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { CompactEncrypt, compactDecrypt, decodeProtectedHeader } from 'jose'
import { BackupRefused } from './manifest'

/** With what the keys' file is sealed, or opened: a passphrase, or a PEM key (X25519, P-256 to P-521, RSA). */
export type Sealing = { readonly passphrase: string } | { readonly pem: string }

export interface KeysHeader {
  readonly log: string
  /** of the log when the keys were copied: a log that reaches further may need keys that are not here */
  readonly ordinal: number
  readonly generation: string
  readonly fingerprint: string
  readonly takentime: string
}

/** PBKDF2 rounds for a passphrase */
const ROUNDS = 600_000
const LEAST = 12
export const fileOfKeys = (generation: string): string => `keys-${generation}.jwe`

/** The files of the key folder, by name. Nobody may change it meanwhile. */
export const readKeyFiles = (folder: string): Record<string, string> => {
  const names = readdirSync(folder).filter((name) => !name.endsWith('.new') && statSync(join(folder, name)).isFile())
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, name), 'base64')]))
}

const algorithmFor = (key: KeyObject): string => {
  if (key.asymmetricKeyType === 'x25519' || key.asymmetricKeyType === 'ec') return 'ECDH-ES+A256KW'
  if (key.asymmetricKeyType === 'rsa') return 'RSA-OAEP-256'
  throw new BackupRefused(`a key of type ${key.asymmetricKeyType ?? 'unknown'} cannot seal: give an X25519, P-256 or RSA key in PEM`)
}

export const sealKeys = async (files: Readonly<Record<string, string>>, header: KeysHeader, sealing: Sealing): Promise<string> => {
  const jwe = new CompactEncrypt(Buffer.from(JSON.stringify({ files })))
  if ('passphrase' in sealing) {
    if (sealing.passphrase.length < LEAST) throw new BackupRefused(`the passphrase has fewer than ${LEAST} characters: whoever has the file may try as often as they like. Take a longer one`)
    return jwe.setProtectedHeader({ alg: 'PBES2-HS512+A256KW', enc: 'A256GCM', chorus: header }).setKeyManagementParameters({ p2c: ROUNDS }).encrypt(Buffer.from(sealing.passphrase))
  }
  const key = asKey(sealing.pem, createPublicKey)
  return jwe.setProtectedHeader({ alg: algorithmFor(key), enc: 'A256GCM', chorus: header }).encrypt(key)
}

const asKey = (pem: string, make: (pem: string) => KeyObject): KeyObject => {
  try { return make(pem) } catch { throw new BackupRefused('the key that was given is no PEM key that can be read') }
}

/** What the file says of itself, which opening it proves. @throws BackupRefused where it is none */
export const headerOf = (text: string, path: string): KeysHeader => {
  try {
    const { chorus } = decodeProtectedHeader(text) as { chorus?: KeysHeader }
    if (chorus?.log && chorus.generation && Number.isInteger(chorus.ordinal)) return chorus
  } catch { /* said below */ }
  throw new BackupRefused(`${path} is damaged, or no file of keys: take another copy of it`)
}

export const openKeys = async (text: string, path: string, sealing: Sealing): Promise<Record<string, string>> => {
  try {
    const { plaintext } = 'passphrase' in sealing
      ? await compactDecrypt(text, Buffer.from(sealing.passphrase), { keyManagementAlgorithms: ['PBES2-HS512+A256KW'], maxPBES2Count: ROUNDS })
      : await compactDecrypt(text, asKey(sealing.pem, createPrivateKey))
    return (JSON.parse(Buffer.from(plaintext).toString('utf8')) as { files: Record<string, string> }).files
  } catch (error) {
    if (error instanceof BackupRefused) throw error
    throw new BackupRefused(`${path} does not open: the ${'passphrase' in sealing ? 'passphrase' : 'key'} is another than it was sealed for, or the file was changed`)
  }
}
