/**
 * Who asks: a bearer JWT, ES256 and nothing else, checked against a JWKS (file or URL). The demonstration issuer lives in
 * <CHORUS_DATA>/keys/issuer.json; production refuses its tokens, its key, and every key that is marked as demonstration.
 */
import { existsSync } from 'node:fs'
import { calculateJwkThumbprint, createRemoteJWKSet, errors, importJWK, jwtVerify, type JWK, type JWTHeaderParameters, type KeyLike } from 'jose'
import type { Actor, Claims } from '@chorus/contracts'
import type { Clock } from './clock'
import { ALGORITHM, AUDIENCE, demonstrationKey, issuerFile, MARK, type Mode } from './demonstration-issuer'
import { isAddress, keysIn, wrongJwks, type MarkedKey } from './jwks'
import { SetupRefused } from './postgres-binaries'
import { Problem } from './problem'
import { isUuid } from './request-context'

/** Clocks of two machines may differ by so much, in seconds. */
const SKEW = 30

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
    if (jwks && isAddress(jwks)) {
      const wrong = wrongJwks(jwks)
      if (wrong) throw new SetupRefused(wrong)
      this.remote = createRemoteJWKSet(new URL(jwks), { timeoutDuration: 3000, cooldownDuration: 10_000 })
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
      const keys = keysIn(this.options.jwks!)
      if (typeof keys === 'string') throw new SetupRefused(`CHORUS_JWKS: ${keys}`)
      this.files = { keys, readAt: now }
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
