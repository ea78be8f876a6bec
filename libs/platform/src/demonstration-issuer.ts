/** The demonstration's own identity provider: its key lies in <CHORUS_DATA>/keys/issuer.json, and production refuses it. */
import { chmodSync, existsSync, linkSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs'
import { randomBytes } from 'node:crypto'
import { dirname, join } from 'node:path'
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, SignJWT } from 'jose'
import type { Claims } from '@chorus/contracts'
import type { Clock } from './clock'
import type { MarkedKey } from './jwks'
import { SetupRefused } from './postgres-binaries'

export type Mode = 'demonstration' | 'production'
export const AUDIENCE = 'chorus'
export const ALGORITHM = 'ES256'
/** A demonstration token holds for a working day unless told otherwise, in seconds. */
const DEFAULT_TTL = 8 * 3600
export const MARK = 'chorus-demonstration'

type IssuerKey = MarkedKey & { readonly kid: string }
export const issuerFile = (data: string): string => join(data, 'keys', 'issuer.json')

/** Reads the demonstration issuer's private key, making it at the first call. The file is readable by its owner alone. */
export const demonstrationKey = async (data: string): Promise<IssuerKey> => {
  const file = issuerFile(data)
  if (!existsSync(file)) {
    const { privateKey } = await generateKeyPair(ALGORITHM, { extractable: true })
    const jwk = await exportJWK(privateKey)
    const kid = `${MARK}-${(await calculateJwkThumbprint(jwk)).slice(0, 16)}`
    const key = { ...jwk, kid, alg: ALGORITHM, use: 'sig', 'chorus-env': 'demonstration' }
    // The data folder stays passable: PostgreSQL may run as another user below it. The keys are its owner's alone.
    if (!existsSync(data)) { mkdirSync(data, { recursive: true }); chmodSync(data, 0o711) }
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    // Written whole under another name, then linked: of two processes that start at once, one key wins for both.
    const draft = `${file}.${randomBytes(6).toString('hex')}`
    writeFileSync(draft, JSON.stringify(key), { mode: 0o600, flag: 'wx' })
    try { linkSync(draft, file) } catch (error) { if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error } finally { unlinkSync(draft) }
    chmodSync(file, 0o600)
  }
  try {
    const key = JSON.parse(readFileSync(file, 'utf8')) as IssuerKey
    if (key.kty !== 'EC' || key.crv !== 'P-256' || !key.d || !key.kid) throw new Error('not a P-256 private key')
    return key
  } catch {
    throw new SetupRefused(`${file}: the demonstration issuer's key cannot be read. Move the file away; the next start makes a new one (tokens issued before are then refused).`)
  }
}

export interface IssueToken { readonly role: string; readonly agency: string; readonly sub?: string; /** seconds */ readonly ttl?: number; readonly env?: Mode; readonly audience?: string; readonly claims?: Claims }

/** Issues a demonstration token (a JWT) for this data folder's Chorus. */
export const issueToken = async (data: string, clock: Clock, wish: IssueToken): Promise<string> => {
  const key = await demonstrationKey(data)
  const now = Math.floor(Date.parse(clock.now()) / 1000)
  return new SignJWT({ role: wish.role, agency: wish.agency, env: wish.env ?? 'demonstration', ...wish.claims })
    .setProtectedHeader({ alg: ALGORITHM, kid: key.kid, typ: 'JWT' })
    .setIssuer(MARK).setAudience(wish.audience ?? AUDIENCE).setSubject(wish.sub ?? `demo-${wish.role}`)
    .setIssuedAt(now).setNotBefore(now).setExpirationTime(now + (wish.ttl ?? DEFAULT_TTL))
    .sign(await importJWK(key, ALGORITHM))
}
