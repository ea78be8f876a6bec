/** Keys by file and by address, keys that change, and a key file that is wrong. The refusals of single tokens: rights.journey.spec.ts */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { exportJWK, generateKeyPair, SignJWT, type JWK, type KeyLike } from 'jose'
import { demonstrationKey, issueToken } from './demonstration-issuer'
import { TokenVerifier } from './tokens'

const START = Date.parse('2026-03-02T12:00:00.000Z')
let now = START
const clock = { now: () => new Date(now).toISOString() }
const data = mkdtempSync(join(tmpdir(), 'chorus-tokens-'))
const file = join(data, 'jwks.json')
beforeEach(() => { now = START })
afterAll(() => rmSync(data, { recursive: true, force: true }))

const makeKey = async (kid: string): Promise<{ key: KeyLike; jwk: JWK }> => { const { privateKey, publicKey } = await generateKeyPair('ES256'); return { key: privateKey, jwk: { ...await exportJWK(publicKey), kid } } }
const tokenBy = (key: KeyLike, kid: string, nbf = 0): Promise<string> => new SignJWT({ role: 'finance', agency: 'FINANCE', env: 'production' })
  .setProtectedHeader({ alg: 'ES256', kid }).setSubject('somebody').setAudience('chorus').setNotBefore(START / 1000 + nbf).setExpirationTime(START / 1000 + 3600).sign(key)

describe('keys of an identity provider', () => {
  it('are read from a file, and again when an unknown key id comes, at most every ten seconds', async () => {
    const [old, fresh] = [await makeKey('old'), await makeKey('fresh')]
    writeFileSync(file, JSON.stringify({ keys: [old.jwk] }))
    const verifier = new TokenVerifier({ mode: 'production', data, jwks: file, clock })
    await verifier.ready()
    now = START + 1000
    expect(await verifier.verify(await tokenBy(old.key, 'old'))).toEqual({ id: 'somebody', role: 'finance', agency: 'FINANCE' })
    writeFileSync(file, JSON.stringify({ keys: [old.jwk, fresh.jwk] }))
    now = START + 15_000
    expect(await verifier.verify(await tokenBy(fresh.key, 'fresh'))).toMatchObject({ role: 'finance' })
  })

  it('are fetched from an address on this machine; over plain http from nowhere else', async () => {
    const one = await makeKey('one')
    const server: Server = createServer((_, response) => { response.setHeader('content-type', 'application/json'); response.end(JSON.stringify({ keys: [one.jwk] })) })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    try {
      const verifier = new TokenVerifier({ mode: 'production', data, jwks: `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`, clock })
      expect(await verifier.verify(await tokenBy(one.key, 'one'))).toMatchObject({ agency: 'FINANCE' })
      await expect(verifier.verify(await tokenBy((await makeKey('one')).key, 'one'))).rejects.toMatchObject({ problem: 'not-authenticated' })
    } finally { server.closeAllConnections(); await new Promise((resolve) => server.close(resolve)) }
    const away = new TokenVerifier({ mode: 'production', data, jwks: 'http://127.0.0.1:9/jwks', clock })
    await expect(away.verify(await tokenBy(one.key, 'one'))).rejects.toMatchObject({ problem: 'retry-later' })
    expect(() => new TokenVerifier({ mode: 'production', data, jwks: 'http://keys.example.org/jwks', clock })).toThrow(/https only/)
  })

  it('whose curve is another are refused, and a file that is none is named at start', async () => {
    const { publicKey, privateKey } = await generateKeyPair('ES384')
    writeFileSync(file, JSON.stringify({ keys: [{ ...await exportJWK(publicKey), kid: 'p384' }] }))
    const token = await new SignJWT({ role: 'finance', agency: 'FINANCE', env: 'production' }).setProtectedHeader({ alg: 'ES384', kid: 'p384' }).setSubject('s').setAudience('chorus').setExpirationTime(START / 1000 + 60).sign(privateKey)
    await expect(new TokenVerifier({ mode: 'production', data, jwks: file, clock }).verify(token)).rejects.toMatchObject({ problem: 'not-authenticated' })
    writeFileSync(file, 'not JSON')
    await expect(new TokenVerifier({ mode: 'production', data, jwks: file, clock }).ready()).rejects.toMatchObject({ name: 'SetupRefused', message: expect.stringMatching(/^CHORUS_JWKS/) as string })
  })

  it('clocks may differ by half a minute, no more', async () => {
    const one = await makeKey('one')
    writeFileSync(file, JSON.stringify({ keys: [one.jwk] }))
    const verifier = new TokenVerifier({ mode: 'production', data, jwks: file, clock })
    expect(await verifier.verify(await tokenBy(one.key, 'one', 29))).toMatchObject({ id: 'somebody' })
    await expect(verifier.verify(await tokenBy(one.key, 'one', 31))).rejects.toMatchObject({ problem: 'not-authenticated' })
    now = START + 3_629_000
    expect(await verifier.verify(await tokenBy(one.key, 'one'))).toMatchObject({ id: 'somebody' })
    now = START + 3_631_000
    await expect(verifier.verify(await tokenBy(one.key, 'one'))).rejects.toMatchObject({ message: expect.stringContaining('expired') as string })
  })
})

describe('what a token proves beside role and agency', () => {
  const verified = async (claims: object) => new TokenVerifier({ mode: 'demonstration', data, clock }).verify(await issueToken(data, clock, { role: 'pchProvider', agency: 'HEALTH', claims }))
  it('an organization and an office are told where they stand, and nothing where they do not', async () => {
    expect((await verified({ organization: '018F2A60-0000-7000-8000-0000000000A1', office: 'CITY_TREASURER' })).claims).toEqual({ organization: '018f2a60-0000-7000-8000-0000000000a1', office: 'CITY_TREASURER' })
    expect(await verified({})).not.toHaveProperty('claims')
  })
  it.each([{ organization: 'anybody' }, { organization: ['018f2a60-0000-7000-8000-0000000000a1'] }, { office: '' }, { office: { of: 'finance' } }])('%j is refused', async (claims) => {
    await expect(verified(claims)).rejects.toMatchObject({ problem: 'not-authenticated' })
  })
})

describe('the demonstration issuer', () => {
  it('makes one key, its owner\'s alone, also when two start at once', async () => {
    const folder = join(data, 'new', 'folder')
    const keys = await Promise.all([1, 2, 3].map(() => demonstrationKey(folder)))
    expect(new Set(keys.map(({ kid }) => kid)).size).toBe(1)
    expect(statSync(join(folder, 'keys', 'issuer.json')).mode & 0o777).toBe(0o600)
    expect(statSync(folder).mode & 0o777).toBe(0o711)
  })

  it('says which file is damaged, and what to do', async () => {
    const folder = join(data, 'damaged')
    const { kid } = await demonstrationKey(folder)
    const path = join(folder, 'keys', 'issuer.json')
    expect(readFileSync(path, 'utf8')).toContain(kid)
    writeFileSync(path, '{')
    await expect(demonstrationKey(folder)).rejects.toMatchObject({ name: 'SetupRefused', message: expect.stringMatching(/issuer\.json.*Move the file away/) as string })
  })
})
