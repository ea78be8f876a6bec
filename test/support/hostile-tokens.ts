/** Bearer tokens that must open nothing: each wrong in one way. */
import { createPublicKey, randomBytes } from 'node:crypto'
import { generateKeyPair, importJWK, SignJWT, UnsecuredJWT, type JWTPayload, type KeyLike } from 'jose'
import { demonstrationKey, issueToken, type Clock } from '@chorus/platform'

// Slow to make, and the same for all.
let rsaKey: ReturnType<typeof generateKeyPair> | undefined
const encoded = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url')

/** @returns name of what is wrong -> token, for a bearer who would be allowed if it were right */
export const hostileTokens = async (data: string, clock: Clock, role: string, agency: string): Promise<Map<string, string>> => {
  const now = Math.floor(Date.parse(clock.now()) / 1000)
  const own = await demonstrationKey(data)
  const claims: JWTPayload = { role, agency, env: 'demonstration', sub: 'somebody', aud: 'chorus', iat: now, nbf: now, exp: now + 600 }
  const signed = (payload: JWTPayload, key: KeyLike | Uint8Array, header: { alg: string; kid?: string }): Promise<string> => new SignJWT(payload).setProtectedHeader(header).sign(key)
  const ownKey = await importJWK(own, 'ES256')
  const foreign = await generateKeyPair('ES256')
  const rsa = await (rsaKey ??= generateKeyPair('RS256'))
  const publicPem = createPublicKey({ key: { kty: 'EC', crv: 'P-256', x: own.x!, y: own.y! }, format: 'jwk' }).export({ type: 'spki', format: 'pem' })
  const good = await issueToken(data, clock, { role, agency })
  const [header, body, signature] = good.split('.') as [string, string, string]
  const without = (name: string): JWTPayload => Object.fromEntries(Object.entries(claims).filter(([key]) => key !== name))
  const es256 = { alg: 'ES256', kid: own.kid }
  return new Map([
    ['no token at all', ''],
    ['not a token', 'open-sesame'],
    ['expired', await issueToken(data, clock, { role, agency, ttl: -120 })],
    ['without an end', await signed(without('exp'), ownKey, es256)],
    ['not valid yet', await signed({ ...claims, nbf: now + 600 }, ownKey, es256)],
    ['for another audience', await issueToken(data, clock, { role, agency, audience: 'elsewhere' })],
    ['without an audience', await signed(without('aud'), ownKey, es256)],
    ['for another environment', await issueToken(data, clock, { role, agency, env: 'production' })],
    ['without a role', await signed(without('role'), ownKey, es256)],
    ['without an agency', await signed(without('agency'), ownKey, es256)],
    ['signed by another key under our key\'s name', await signed(claims, foreign.privateKey, es256)],
    ['signed by a key that nobody knows', await signed(claims, foreign.privateKey, { alg: 'ES256', kid: 'mine' })],
    ['signed by an unnamed key', await signed(claims, foreign.privateKey, { alg: 'ES256' })],
    ['alg none', new UnsecuredJWT(claims).encode()],
    ['alg none with our signature', `${encoded({ alg: 'none', kid: own.kid })}.${body}.${signature}`],
    ['HS256 with the public key as its secret', await signed(claims, Buffer.from(publicPem), { alg: 'HS256', kid: own.kid })],
    ['RS256', await signed(claims, rsa.privateKey, { alg: 'RS256', kid: own.kid })],
    ['its claims exchanged', `${header}.${encoded({ ...claims, role: 'privacyOfficer' })}.${signature}`],
    ['its signature exchanged', `${header}.${body}.${randomBytes(64).toString('base64url')}`],
    ['its own key in the header', await new SignJWT(claims).setProtectedHeader({ alg: 'ES256', jwk: { kty: 'EC', crv: 'P-256', x: own.x!, y: own.x! } }).sign(foreign.privateKey)],
  ])
}
