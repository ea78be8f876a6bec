/**
 * Who asks: a bearer JWT, ES256 and nothing else, checked against a JWKS (file or URL). The demonstration issuer lives in
 * <CHORUS_DATA>/keys/issuer.json; production refuses its tokens, its key, and every key that is marked as demonstration.
 */
import { chmodSync, existsSync, linkSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs'
import { randomBytes } from 'node:crypto'
import { dirname, join } from 'node:path'
import { calculateJwkThumbprint, createRemoteJWKSet, errors, exportJWK, generateKeyPair, importJWK, jwtVerify, SignJWT, type JWK, type JWTHeaderParameters, type KeyLike } from 'jose'
import type { Actor, Claims } from '@chorus/contracts'
import type { Clock } from './clock'
import { SetupRefused } from './postgres-binaries'
import { Problem } from './problem'
import { isUuid } from './request-context'

export type Mode = 'demonstration' | 'production'
export const AUDIENCE = 'chorus'
const ALGORITHM = 'ES256'
/** Clocks of two machines may differ by so much, in seconds. */
const SKEW = 30
/** A demonstration token holds for a working day unless told otherwise, in seconds. */
const DEFAULT_TTL = 8 * 3600
const MARK = 'chorus-demonstration'

/** Our own mark on a key that only demonstrations may use. */
type MarkedKey = JWK & { readonly 'chorus-env'?: string }
type IssuerKey = MarkedKey & { readonly kid: string }
const issuerFile = (data: string): string => join(data, 'keys', 'issuer.json')

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

/** Who bears a token. */
export type Bearer = Actor & { readonly claims?: Claims }

export interface VerifierOptions { readonly mode: Mode; readonly data: string; /** path or URL of a JWKS */ readonly jwks?: string | undefined; readonly clock: Clock }

/** Checks bearer tokens. Every refusal is the same problem, 401; the reason stands in `detail` in general words only. */
export class TokenVerifier {
  private files: { readonly keys: readonly MarkedKey[]; readonly readAt: number } | undefined
  private readonly remote: ReturnType<typeof createRemoteJWKSet> | undefined
  private demonstrationThumbprint: string | undefined

  constructor(private readonly options: VerifierOptions) {
    const { jwks } = options
    if (jwks && /^https?:/.test(jwks)) {
      const url = new URL(jwks)
      const here = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname)
      if (url.protocol !== 'https:' && !here) throw new SetupRefused('CHORUS_JWKS: keys are fetched over https only. Use an https address, or the path of a file.')
      this.remote = createRemoteJWKSet(url, { timeoutDuration: 3000, cooldownDuration: 10_000 })
    }
  }

  /** Reads the keys once, so that a wrong CHORUS_JWKS file or an unreadable issuer key shows at start. */
  async ready(): Promise<void> {
    if (this.options.jwks && !this.remote) this.fileKeys(0)
    if (this.options.mode === 'demonstration') await demonstrationKey(this.options.data)
  }

  /** @returns the actor whom the token names, and what else it proves of him or her. Throws Problem 'not-authenticated'. */
  async verify(token: string): Promise<Bearer> {
    const { mode, clock } = this.options
    let claims: Record<string, unknown>
    try {
      const { payload } = await jwtVerify(token, (header) => this.keyFor(header), {
        algorithms: [ALGORITHM], audience: AUDIENCE, clockTolerance: SKEW, currentDate: new Date(clock.now()), requiredClaims: ['sub', 'exp', 'role', 'agency', 'env'],
      })
      claims = payload
    } catch (error) {
      if (error instanceof Problem) throw error
      const code = (error as { code?: string }).code ?? ''
      // The identity provider is away: not the bearer's fault, and the next try may find it.
      if (this.remote && (code === 'ERR_JWKS_TIMEOUT' || code === 'ERR_JOSE_GENERIC' || !code.startsWith('ERR_J'))) throw new Problem('retry-later', 'The keys that tokens are checked with cannot be fetched now (CHORUS_JWKS). Send the same request again in a few seconds.')
      throw refuse(REASONS[code] ?? 'The token cannot be verified.', namedBy(error))
    }
    const { sub, role, agency, env, organization, office } = claims
    if (!isName(sub) || !isName(role) || !isName(agency)) throw refuse('The claims sub, role and agency must be names of 1 to 64 letters, digits and . _ : @ -.')
    if (env !== mode) throw refuse(mode === 'production' ? 'This is production: demonstration tokens are refused.' : 'The token\'s claim env is not "demonstration", as this Chorus is.')
    if (organization !== undefined && !(typeof organization === 'string' && isUuid(organization))) throw refuse('The claim organization must be a UUID: the organization\'s id in the provider directory.')
    if (office !== undefined && !isName(office)) throw refuse('The claim office must be a name of 1 to 64 letters, digits and . _ : @ -.')
    const proven: Claims = { ...(organization === undefined ? {} : { organization: organization.toLowerCase() }), ...(office === undefined ? {} : { office }) }
    return { id: sub, role, agency, ...(Object.keys(proven).length > 0 ? { claims: proven } : {}) }
  }

  private async keyFor(header: JWTHeaderParameters): Promise<KeyLike | Uint8Array> {
    const { mode, data } = this.options
    if (mode === 'demonstration') {
      const own = await demonstrationKey(data)
      if (header.kid === own.kid) return importJWK(publicPart(own), ALGORITHM)
    }
    if (header.kid?.startsWith(MARK)) throw refuse(mode === 'production' ? 'This is production: demonstration keys are refused.' : 'The token was issued for another Chorus. Get a new one.')
    if (this.remote) return this.remote({ ...header, alg: ALGORITHM })
    const candidates = (keys: readonly MarkedKey[]): MarkedKey[] => keys.filter((key) => header.kid === undefined ? keys.length === 1 : key.kid === header.kid)
    const now = Date.parse(this.options.clock.now())
    let found = this.options.jwks ? candidates(this.fileKeys(now)) : []
    // An unknown key id may be a new key: the file is read again, at most every ten seconds.
    if (found.length === 0 && this.options.jwks && now - this.files!.readAt > 10_000) { this.files = undefined; found = candidates(this.fileKeys(now)) }
    const key = found[0]
    if (!key) throw refuse('The token is signed by a key that this Chorus does not know.')
    if (key.kty !== 'EC' || key.crv !== 'P-256') throw refuse('The key of the token is not a P-256 key.')
    if (mode === 'production' && (key['chorus-env'] === 'demonstration' || await this.isDemonstrationKey(key))) throw refuse('This is production: demonstration keys are refused.')
    return importJWK(publicPart(key), ALGORITHM)
  }

  private fileKeys(now: number): readonly MarkedKey[] {
    if (!this.files) {
      const file = this.options.jwks!
      let keys: unknown
      try { keys = (JSON.parse(readFileSync(file, 'utf8')) as { keys?: unknown }).keys } catch { keys = undefined }
      if (!Array.isArray(keys)) throw new SetupRefused(`CHORUS_JWKS: ${file} is not a readable JWKS file ({"keys":[...]}). Give the path or URL of one.`)
      this.files = { keys: keys as MarkedKey[], readAt: now }
    }
    return this.files.keys
  }

  /** The issuer's key stays a demonstration key under whatever name somebody puts it into a JWKS. */
  private async isDemonstrationKey(key: JWK): Promise<boolean> {
    if (!existsSync(issuerFile(this.options.data))) return false
    this.demonstrationThumbprint ??= await calculateJwkThumbprint(publicPart(await demonstrationKey(this.options.data)))
    return this.demonstrationThumbprint === await calculateJwkThumbprint(publicPart(key))
  }
}

const publicPart = ({ kty, crv, x, y }: JWK): JWK => ({ kty: kty!, crv: crv!, x: x!, y: y! })
const isName = (value: unknown): value is string => typeof value === 'string' && /^[\w.:@-]{1,64}$/.test(value)
const refuse = (why: string, who?: Actor): Problem => new Problem('not-authenticated', `${why} Get a new token and send it as: Authorization: Bearer TOKEN.`, {}, who && { who })
/** Whom a token names whose signature holds and whose claims do not, an expired one above all: jose checks them in this order. */
const namedBy = (error: unknown): Actor | undefined => {
  if (!(error instanceof errors.JWTExpired || error instanceof errors.JWTClaimValidationFailed)) return undefined
  const { sub, role, agency } = error.payload
  return isName(sub) && isName(role) && isName(agency) ? { id: sub, role, agency } : undefined
}
const REASONS: Record<string, string> = {
  ERR_JWT_EXPIRED: 'The token has expired.',
  ERR_JWT_CLAIM_VALIDATION_FAILED: 'A claim of the token is missing or wrong: aud must be "chorus"; sub, role, agency, env and exp must be there; it must be valid already.',
  ERR_JOSE_ALG_NOT_ALLOWED: 'The token is not signed with ES256.',
  ERR_JWS_SIGNATURE_VERIFICATION_FAILED: 'The token\'s signature is not by the key it names.',
  ERR_JWKS_NO_MATCHING_KEY: 'The token is signed by a key that this Chorus does not know.',
  ERR_JWS_INVALID: 'This is not a signed token.',
  ERR_JWT_INVALID: 'This is not a token.',
}
