/** Every door is tried by everybody who must not come in. What declares nothing is denied to all. */
import { Controller, Get } from '@nestjs/common'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { exportJWK, generateKeyPair, importJWK, SignJWT } from 'jose'
import { agenciesFor, allCommands, ROLES, type Role } from '@chorus/contracts'
import { demonstrationKey, issueToken, systemClock } from '@chorus/platform'
import { startChorus, type TestChorus } from '../support/chorus'
import { messagesIn, routesIn, routesOf, servedPaths, type Route } from '../support/doors'
import { hostileTokens } from '../support/hostile-tokens'

const ID = '0190a1b2-0000-7000-8000-00000000000d'
/** Documentation, served beside the controllers: the interface, nothing of any case. */
const DOCUMENTATION = /^\/docs(\/|$)/
/** Log lines and the JSON parser: every path passes through, none ends there. */
const MIDDLEWARE = '/{*path}'

@Controller('v1/planted')
class Planted { @Get('door') door(): string { return 'open' } }

const ask = (chorus: TestChorus, { method, path }: Route, token?: string): ReturnType<TestChorus['agent']['get']> => {
  const asked = chorus.agent[method](path.replace(/[:*{][\w{}]+/g, ID))
  return token === undefined || token === '' ? asked : asked.set('Authorization', `Bearer ${token}`)
}

describe('rights', () => {
  let chorus: TestChorus
  let routes: readonly Route[]
  beforeAll(async () => {
    chorus = await startChorus()
    routes = routesIn(chorus.app)
  })
  afterAll(async () => { await chorus.close() })
  const guarded = (): readonly Route[] => routes.filter(({ publicReason }) => publicReason === undefined)

  it('are declared by every route and every command and query', () => {
    expect(routes.length).toBeGreaterThan(5)
    expect(guarded().filter(({ right }) => right === undefined).map(({ name }) => name)).toEqual([])
    expect(messagesIn(chorus.app).filter(({ right }) => right === undefined).map(({ name }) => name)).toEqual([])
    expect(allCommands().filter(({ roles }) => roles.length === 0).map(({ type }) => type)).toEqual([])
  })

  it('would be missed here where a door declares none', () => {
    expect(routesOf(Planted)).toEqual([{ name: 'Planted.door', method: 'get', path: '/v1/planted/door', right: undefined, publicReason: undefined }])
  })

  it('are waived only where nothing of any case is told', () => {
    expect(routes.filter(({ publicReason }) => publicReason !== undefined).map(({ path }) => path).sort()).toEqual(['/', '/health/live', '/health/ready', '/problems', '/problems/:name'])
  })

  it('let everybody find the interface', async () => {
    const { status, headers } = await chorus.agent.get('/')
    expect([status, headers.location]).toEqual([302, '/docs'])
  })

  it('stand before everything that the server answers', () => {
    const known = new Set(routes.map(({ path }) => path))
    expect(servedPaths(chorus.app).filter((path) => !known.has(path) && path !== MIDDLEWARE && !DOCUMENTATION.test(path))).toEqual([])
  })

  it('let nobody in with a token that is wrong in any way', async () => {
    const came: string[] = []
    for (const route of guarded()) {
      const { roles } = route.right!
      const agencies = agenciesFor(route.right!, roles[0]!)
      for (const [wrong, token] of await hostileTokens(chorus.data, systemClock, roles[0]!, agencies?.[0] ?? 'KCPD')) {
        const { status, body } = await ask(chorus, route, token)
        if (status !== 401 || (body as { type?: string }).type !== '/problems/not-authenticated') came.push(`${route.name} with a token ${wrong}: ${status}`)
      }
    }
    expect(came).toEqual([])
  })

  it('let nobody in who has another role, another agency, or one that is not known', async () => {
    const came: string[] = []
    const attempt = async (route: Route, role: string, agency: string): Promise<void> => {
      const { status } = await ask(chorus, route, await issueToken(chorus.data, systemClock, { role, agency }))
      if (status !== 403) came.push(`${route.name} as ${role} of ${agency}: ${status}`)
    }
    for (const route of guarded()) {
      const { roles, agencies } = route.right!
      for (const role of ROLES.filter((it) => !roles.includes(it))) await attempt(route, role, agencies?.[0] ?? 'KCPD')
      await attempt(route, 'mayor', agencies?.[0] ?? 'KCPD')
      await attempt(route, roles[0]!, 'NOWHERE')
      for (const role of roles) for (const agency of ['EVALUATOR', 'MUNI_COURT', 'FINANCE', 'MOZZ99900'].filter((it) => agenciesFor(route.right!, role)?.includes(it) === false)) await attempt(route, role, agency)
    }
    expect(came).toEqual([])
  })

  it('bind to their agencies those who are shown names: what lies in quarantine, or in a history, is what the incidents are', async () => {
    const came: string[] = []
    for (const [method, path] of [['get', '/v1/quarantine'], ['get', '/v1/quarantine/:id'], ['post', '/v1/quarantine/:id/repair'], ['post', '/v1/quarantine/:id/retry'], ['post', '/v1/quarantine/:id/resolve'], ['get', '/v1/incidents'], ['get', '/v1/history?of=x'], ['post', '/v1/imports/nibrs'], ['post', '/v1/imports/extract/plan'], ['post', '/v1/imports/extract/commit']] as const) {
      const { status } = await ask(chorus, { method, path } as Route, await chorus.tokenFor('intakeAnalyst', 'HEALTH'))
      if (status !== 403) came.push(`${method} ${path}: ${status}`)
    }
    expect(came).toEqual([])
    // A refusal is entered beside its answer, behind those before it: it need not stand there yet.
    const entered = async (): Promise<{ route: string; refused?: string }[]> => ((await chorus.agent.get('/v1/audit?limit=20').set('Authorization', await chorus.bearer('privacyOfficer')).set('X-Purpose', 'oversight')).body as { entries: { route: string; refused?: string }[] }).entries
    let entries = await entered()
    for (let tries = 0; tries < 100 && !entries.some(({ route }) => route === 'GET /v1/quarantine/:id'); tries++) { await new Promise((resolve) => { setTimeout(resolve, 100) }); entries = await entered() }
    expect(entries).toEqual(expect.arrayContaining([expect.objectContaining({ route: 'GET /v1/quarantine/:id', refused: 'not-allowed' })]))
  })

  it('are answered alike for every wrong token, and each refusal is in the log without the token', async () => {
    const route = guarded()[0]!
    chorus.logs.clear()
    const tokens = [...(await hostileTokens(chorus.data, systemClock, 'operator', 'CITY')).values()].filter(Boolean)
    for (const token of tokens) await ask(chorus, route, token)
    expect(chorus.logs.lines().filter(({ denied }) => denied === route.name)).toHaveLength(tokens.length)
    for (const token of tokens) expect(chorus.logs.text()).not.toContain(token)
  })
})

describe('rights in production', () => {
  let chorus: TestChorus
  let token: (claims?: object, kid?: string) => Promise<string>
  beforeAll(async () => {
    chorus = await startChorus({
      production: async (data) => {
        const { publicKey, privateKey } = await generateKeyPair('ES256')
        const marked = await generateKeyPair('ES256')
        const demonstration = await demonstrationKey(data)
        const jwks = join(data, 'jwks.json')
        const { kty, crv, x, y } = demonstration
        writeFileSync(jwks, JSON.stringify({ keys: [
          { ...await exportJWK(publicKey), kid: 'real' },
          { ...await exportJWK(marked.publicKey), kid: 'marked', 'chorus-env': 'demonstration' },
          { kty, crv, x, y, kid: 'smuggled' },
        ] }))
        token = async (claims = {}, kid = 'real') => {
          const key = kid === 'real' ? privateKey : kid === 'marked' ? marked.privateKey : importJWK(demonstration, 'ES256')
          const now = Math.floor(Date.parse(systemClock.now()) / 1000)
          return new SignJWT({ role: 'operator', agency: 'CITY', env: 'production', ...claims }).setProtectedHeader({ alg: 'ES256', kid }).setSubject('somebody').setAudience('chorus').setIssuedAt(now).setExpirationTime(now + 600).sign(await key)
        }
        return jwks
      },
    })
  })
  afterAll(async () => { await chorus.close() })
  const me = async (bearer: string): Promise<number> => (await chorus.agent.get('/v1/me').set('Authorization', `Bearer ${bearer}`)).status

  it('come from the keys of the identity provider', async () => {
    expect(await me(await token())).toBe(200)
  })

  it.each([
    ['a demonstration token of the data folder\'s own issuer', () => chorus.tokenFor('operator')],
    ['a token of that issuer that says production', () => issueToken(chorus.data, systemClock, { role: 'operator', agency: 'CITY', env: 'production' })],
    ['a token that says demonstration, by a real key', () => token({ env: 'demonstration' })],
    ['a token by a key that is marked as demonstration', () => token({}, 'marked')],
    ['a token by the demonstration key under another name', () => token({}, 'smuggled')],
  ])('are not given by %s', async (_, make) => {
    expect(await me(await make())).toBe(401)
  })

  it('are given to no route by a demonstration token', async () => {
    const came: string[] = []
    for (const route of routesIn(chorus.app).filter(({ publicReason }) => publicReason === undefined)) {
      const { status } = await ask(chorus, route, await chorus.tokenFor(route.right!.roles[0] as Role, agenciesFor(route.right!, route.right!.roles[0]!)?.[0]))
      if (status !== 401) came.push(`${route.name}: ${status}`)
    }
    expect(came).toEqual([])
  })
})
