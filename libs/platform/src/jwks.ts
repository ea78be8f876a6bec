/** Where the keys of an identity provider come from: CHORUS_JWKS, an https address or a file. */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { JWK } from 'jose'

/** `chorus-env` is our own mark on a key that only demonstrations may use. */
export type MarkedKey = JWK & { readonly 'chorus-env'?: string }

export const isAddress = (jwks: string): boolean => /^https?:/i.test(jwks)

/** CHORUS_JWKS as it is meant: a path is relative to `folder`; nothing stays nothing. */
export const jwksOf = (jwks: string, folder: string): string => jwks.trim() === '' || isAddress(jwks.trim()) ? jwks.trim() : resolve(folder, jwks.trim())

/** @returns what is wrong with the address, and what to do; undefined where nothing is */
const wrongAddress = (jwks: string): string | undefined => {
  if (!URL.canParse(jwks)) return 'is not an address; give an https address or the path of a file'
  const { protocol, hostname } = new URL(jwks)
  // beside us nobody listens on the way
  const here = ['localhost', '127.0.0.1', '[::1]'].includes(hostname)
  return protocol === 'https:' || here ? undefined : 'keys are fetched over https only; give an https address, or the path of a file'
}

/** @returns the keys of a file, or in words why there are none */
export const keysIn = (file: string): readonly MarkedKey[] | string => {
  let text: string
  try { text = readFileSync(file, 'utf8') } catch (error) {
    return `the file cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown cause'}); give the path of a JWKS file that this process may read, or an https address`
  }
  let keys: unknown
  try { keys = (JSON.parse(text) as { keys?: unknown } | null)?.keys } catch { return 'the file is not JSON; give one that holds {"keys":[…]}' }
  return Array.isArray(keys) ? keys as MarkedKey[] : 'the file is not a JWKS; give one that holds {"keys":[…]}'
}

const usable = (key: Partial<MarkedKey> | null): boolean => key?.kty === 'EC' && key.crv === 'P-256' && typeof key.x === 'string' && typeof key.y === 'string'

/** What is wrong with CHORUS_JWKS as far as it can be seen before anybody asks, as one line of the list of wrong settings; undefined where nothing is. An address is not asked: its provider may be away at a start. */
export const wrongJwks = (jwks: string): string | undefined => {
  const found = isAddress(jwks) ? wrongAddress(jwks) ?? [] : keysIn(jwks)
  if (typeof found === 'string') return `CHORUS_JWKS: ${found}`
  return isAddress(jwks) || found.some(usable) ? undefined : 'CHORUS_JWKS: the file holds no key that tokens could be checked with; give one that has an EC key on the curve P-256 (ES256)'
}
