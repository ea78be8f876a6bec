/** Ids, fingerprints and tokens: HMAC under the vault's own secret, or random. */
import { createHmac } from 'node:crypto'
import type { HmacPurpose } from './port'
import { random } from './random'

/** A secret of its own for each purpose, derived from the vault's one. */
export class KeyedIds {
  private readonly secrets = new Map<HmacPurpose | 'fingerprint', Buffer>()
  constructor(private readonly secret: Uint8Array) {}

  private of(purpose: HmacPurpose | 'fingerprint'): Buffer {
    let own = this.secrets.get(purpose)
    if (!own) this.secrets.set(purpose, own = createHmac('sha256', this.secret).update(`chorus|${purpose}`).digest())
    return own
  }

  hmac(purpose: HmacPurpose | 'fingerprint', parts: readonly string[]): Buffer {
    const hmac = createHmac('sha256', this.of(purpose))
    const length = Buffer.alloc(4)
    for (const part of parts) {
      // The length goes first, so that ('a', 'bc') and ('ab', 'c') differ.
      length.writeUInt32BE(Buffer.byteLength(part))
      hmac.update(length).update(part)
    }
    return hmac.digest()
  }

  /** RFC 9562 version 8 of the HMAC's first 16 bytes. */
  uuid(purpose: HmacPurpose, parts: readonly string[]): string {
    const bytes = this.hmac(purpose, parts).subarray(0, 16)
    bytes[6] = (bytes[6]! & 0x0f) | 0x80
    bytes[8] = (bytes[8]! & 0x3f) | 0x80
    const hex = bytes.toString('hex')
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
  }
}

/** 128 random bits: `per_` and 22 base64url characters. */
export const randomToken = (kind: string): string => `${kind}_${random(16).toString('base64url')}`
