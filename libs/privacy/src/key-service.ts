/**
 * A key service in front of the key folder: its wrapping key never leaves it. Each file is sealed with a data key of its
 * own, which lies beside it wrapped. A file says itself by what it is sealed, so that both kinds are read side by side.
 */
import { randomBytes } from 'node:crypto'
import { VaultRefused, type FileSeal } from './key-folder'
import { decrypt, encrypt } from './seal'

/** Holds wrapping keys of one name; their ids are hexadecimal, and the highest is the newest. Refuses as VaultRefused what waiting does not mend. */
export interface KeyService {
  /** for people: kind, token and name of the key; no credential */
  readonly name: string
  /** ids of the wrapping keys, the newest last. `patience`: ms for one try, instead of several tries. Throws KeyServiceAway. */
  keys(patience?: number): Promise<readonly string[]>
  /** base64url. Throws KeyServiceAway. */
  wrap(id: string, dataKey: Uint8Array): Promise<string>
  /** undefined where it does not open. Throws KeyServiceAway. */
  unwrap(id: string, wrapped: string): Promise<Buffer | undefined>
  /** Makes one more wrapping key, newer than all; answers its id. Throws KeyServiceAway. */
  make(): Promise<string>
  /** Takes one away for good: what is still wrapped by it is lost. Throws KeyServiceAway. */
  drop(id: string): Promise<void>
}

/** The key service does not answer, or cannot now. It passes by itself. */
export class KeyServiceAway extends Error {
  constructor(service: string, why: string) { super(`${service} does not answer (${why}). What has its keys in memory goes on; the rest is tried again`); this.name = 'KeyServiceAway' }
}

interface SealedFile { readonly format: 1; readonly sealed: 'pkcs11'; readonly wrappingKey: string; readonly dataKey: string; readonly nonce: string; readonly cipher: string }

const parsed = (text: string): Partial<SealedFile> | undefined => {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && 'sealed' in value ? value as Partial<SealedFile> : undefined
  } catch { return undefined }
}
/** Id of the wrapping key under which the text of a file is sealed; undefined where it is plain. */
export const wrappingKeyOf = (text: string): string | undefined => { const file = parsed(text); return file && String(file.wrappingKey) }

const aad = (name: string, wrappingKey: string): Buffer => Buffer.from(`key file|${name}|${wrappingKey}`)

export class ServiceSeal implements FileSeal {
  /** the data key of each file as it was last read or written: one that did not change is read again without the service */
  private readonly known = new Map<string, { readonly dataKey: string; readonly key: Buffer }>()
  constructor(readonly service: KeyService) {}

  /** Id of the wrapping key that seals what is written now. Throws VaultRefused where there is none. */
  async newest(): Promise<string> {
    const id = (await this.service.keys()).at(-1)
    if (id === undefined) throw new VaultRefused('key-service', `${this.service.name}: there is no such key. Make it: npx chorus key store new-key`)
    return id
  }

  async seal(name: string, text: string): Promise<string> {
    const wrappingKey = await this.newest()
    const key = randomBytes(32)
    const dataKey = await this.service.wrap(wrappingKey, key)
    const { nonce, cipher } = encrypt(Buffer.from(text), key, aad(name, wrappingKey))
    this.known.set(name, { dataKey, key })
    return JSON.stringify({ format: 1, sealed: 'pkcs11', wrappingKey, dataKey, nonce: nonce.toString('base64url'), cipher: cipher.toString('base64url') } satisfies SealedFile)
  }

  /** A text that is not sealed, or was cut off, comes back as it is: whoever reads it sees what it is. */
  async open(name: string, text: string): Promise<string> {
    const { wrappingKey, dataKey, nonce, cipher } = parsed(text) ?? {}
    if (wrappingKey === undefined || dataKey === undefined || nonce === undefined || cipher === undefined) return text
    const known = this.known.get(name)
    const key = known?.dataKey === dataKey ? known.key : await this.service.unwrap(wrappingKey, dataKey)
    if (key?.length !== 32) return ''
    try {
      const opened = decrypt(Buffer.from(nonce, 'base64url'), Buffer.from(cipher, 'base64url'), key, aad(name, wrappingKey)).toString()
      this.known.set(name, { dataKey, key })
      return opened
    } catch { return '' }
  }

  /** For readiness: does it answer, with these credentials, and has it the key? One try. */
  async look(patience: number): Promise<{ readonly ok: boolean; readonly text: string }> {
    try {
      const newest = (await this.service.keys(patience)).at(-1)
      return newest === undefined ? { ok: false, text: `${this.service.name}: there is no such key` } : { ok: true, text: `${this.service.name} answers; wrapping key ${newest}` }
    } catch (error) {
      if (error instanceof KeyServiceAway || error instanceof VaultRefused) return { ok: false, text: error.message }
      throw error
    }
  }
}
