/**
 * Sealing one value: AES-256-GCM, bound to its place.
 * WHEN CHANGING: every sealed value ever stored is opened with this additional data. It never changes.
 */
import { createCipheriv, createDecipheriv } from 'node:crypto'
import type { Erased, Sealed } from '@chorus/contracts'
import type { SubjectKey } from './port'
import { random } from './random'

/** Where a sealed value stands: a value moved to another event, field or key does not open. */
export interface SealPlace {
  readonly eventId: string
  /** stored type and version */
  readonly type: string
  readonly schemaVersion: number
  /** JSON pointer in the stored event, e.g. /data/victims/0/name */
  readonly pointer: string
}

const NONCE = 12
const TAG = 16
const aad = (place: SealPlace, keyId: string): Buffer => Buffer.from(`${place.eventId}|${place.type}|${place.schemaVersion}|${place.pointer}|${keyId}`)

export const ERASED: Erased = { $erased: true }
export const isSealed = (value: unknown): value is Sealed => typeof value === 'object' && value !== null && '$sealed' in value
export const isErased = (value: unknown): value is Erased => typeof value === 'object' && value !== null && '$erased' in value

/** The stored value did not open: it was altered, moved, or sealed under another key. Nothing of it is named. */
export class SealBroken extends Error {
  constructor(readonly place: SealPlace) {
    super(`the sealed value at ${place.pointer} of event ${place.eventId} (${place.type}) does not open: it was altered or moved, or its key is not the one it names. Run "chorus verify"`)
    this.name = 'SealBroken'
  }
}

/** Encrypts raw bytes: nonce and ciphertext with tag. For values kept beside the log, such as a quarantined record's bytes. */
export const encrypt = (plain: Uint8Array, key: Uint8Array, additional: Uint8Array): { readonly nonce: Buffer; readonly cipher: Buffer } => {
  const nonce = random(NONCE)
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG })
  cipher.setAAD(additional)
  return { nonce, cipher: Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]) }
}
/** Opens what encrypt made. Throws where key, additional data or bytes are not the same. */
export const decrypt = (nonce: Uint8Array, sealed: Uint8Array, key: Uint8Array, additional: Uint8Array): Buffer => {
  if (nonce.length !== NONCE || sealed.length < TAG) throw new Error('not a sealed value')
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG })
  decipher.setAAD(additional)
  decipher.setAuthTag(sealed.subarray(sealed.length - TAG))
  return Buffer.concat([decipher.update(sealed.subarray(0, sealed.length - TAG)), decipher.final()])
}

/** Seals a JSON value for its place. */
export const seal = (value: unknown, { keyId, key }: SubjectKey, place: SealPlace): Sealed => {
  const { nonce, cipher } = encrypt(Buffer.from(JSON.stringify(value)), key, aad(place, keyId))
  return { $sealed: { k: keyId, n: nonce.toString('base64url'), c: cipher.toString('base64url') } }
}
/** Opens a sealed value at its place. Throws SealBroken. */
export const unseal = ({ $sealed: { k, n, c } }: Sealed, key: Uint8Array, place: SealPlace): unknown => {
  try {
    return JSON.parse(decrypt(Buffer.from(n, 'base64url'), Buffer.from(c, 'base64url'), key, aad(place, k)).toString('utf8'))
  } catch { throw new SealBroken(place) }
}
