import { postgres } from '@chorus/postgres'
import { allCommands, schemaOf } from '@chorus/contracts'
import { startChorus, type TestChorus } from '../support/chorus'

describe('a Chorus that is started, asked, and stopped', () => {
  let chorus: TestChorus
  beforeAll(async () => { chorus = await startChorus() })
  afterAll(async () => { await chorus.close() })

  it('is live and ready, and says which checks it made', async () => {
    await chorus.agent.get('/health/live').expect(200, { status: 'live' })
    const { status, body } = await chorus.ready()
    expect(status).toBe(200)
    expect(body.status).toBe('ready')
    expect((body.checks as { name: string }[]).map(({ name }) => name)).toEqual(expect.arrayContaining(['database', 'log']))
  })

  it('tells the bearer of a token who he is', async () => {
    const { body } = await chorus.agent.get('/v1/me').set('Authorization', await chorus.bearer('prosecutor')).expect(200)
    expect(body).toEqual({ id: 'demo-prosecutor', role: 'prosecutor', agency: 'JCPO', environment: 'demonstration' })
  })

  it('sends the security headers and the correlation id with every answer', async () => {
    const { headers } = await chorus.agent.get('/health/live').set('X-Correlation-Id', '0190a1b2-0000-7000-8000-00000000000c')
    expect(headers).toMatchObject({ 'x-correlation-id': '0190a1b2-0000-7000-8000-00000000000c', 'x-content-type-options': 'nosniff' })
    expect(headers['x-powered-by']).toBeUndefined()
  })

  it('describes every command at /docs once, with the closed schema of its contract and who may send it', async () => {
    const { body } = await chorus.agent.get('/docs/openapi.json').expect(200)
    const operations = Object.values(body.paths as Record<string, Record<string, { operationId: string; summary?: string; description?: string; requestBody?: { content: Record<string, { schema: { additionalProperties?: boolean; required?: string[] } }> } }>>).flatMap((path) => Object.values(path))
    for (const { type, cls, roles, summary } of allCommands()) {
      const found = operations.filter(({ operationId }) => operationId === type)
      expect([type, found.length]).toEqual([type, 1])
      expect(found[0]).toMatchObject({ summary, description: expect.stringContaining(roles[0]!) as string })
      const { additionalProperties, required } = found[0]!.requestBody!.content['application/json']!.schema
      expect({ additionalProperties, required }).toEqual({ additionalProperties: false, required: schemaOf(cls).required })
    }
    expect(allCommands().length).toBeGreaterThan(5)
  })

  it('describes what every operation of every service answers, and each refusal as problem+json', async () => {
    const { body } = await chorus.agent.get('/docs/openapi.json').expect(200)
    type Content = Readonly<Record<string, { readonly schema?: object }>>
    const operations = Object.entries(body.paths as Record<string, Record<string, { responses: Record<string, { content?: Content }> }>>).flatMap(([path, of]) => Object.entries(of).map(([method, { responses }]) => ({ name: `${method.toUpperCase()} ${path}`, responses })))
    expect(operations.length).toBeGreaterThan(120)
    const says = (content: Content | undefined, of: readonly string[]): boolean => content !== undefined && Object.entries(content).every(([type, { schema }]) => of.includes(type) && schema !== undefined && Object.keys(schema).length > 0)
    expect(operations.filter(({ responses }) => !says(responses[200]?.content, ['application/json', 'application/x-ndjson'])).map(({ name }) => name)).toEqual([])
    // health that is not well answers as it does when it is
    const refused = operations.filter(({ name }) => !name.includes(' /health/')).flatMap(({ name, responses }) => Object.entries(responses).flatMap(([status, { content }]) => (status === '200' || says(content, ['application/problem+json']) ? [] : [`${name} ${status}`])))
    expect(refused).toEqual([])
    expect(operations.filter(({ name, responses }) => !name.includes(' /health/') && !['400', '401', '403'].every((status) => status in responses)).map(({ name }) => name)).toEqual([])
  })

  it('describes the upload of a file as it answers, its problems too', async () => {
    const { body } = await chorus.agent.get('/docs/openapi.json').expect(200)
    const upload = (body.paths as Record<string, { post: { responses: object; security: object[] } }>)['/v1/imports/nibrs']!.post
    expect(Object.keys(upload.responses)).toEqual(['200', '400', '401', '403', '409', '413', '415', '422', '503'])
    expect(upload.security).toHaveLength(1)
  })

  it('is not ready while its database refuses it, and ready again by itself', async () => {
    const owner = postgres(chorus.ownerUrl, { max: 1, onnotice: () => undefined })
    const name = new URL(chorus.ownerUrl).pathname.slice(1)
    try {
      await owner.unsafe(`alter database "${name}" with connection limit 0`)
      const admin = postgres(process.env.CHORUS_TEST_POSTGRES ?? '', { max: 1, onnotice: () => undefined })
      try { await admin`select pg_terminate_backend(pid) from pg_stat_activity where datname = ${name} and usename = ${new URL(chorus.appUrl).username}` } finally { await admin.end() }
      const { body } = await chorus.agent.get('/health/ready').expect(503)
      expect(body.checks).toEqual(expect.arrayContaining([expect.objectContaining({ name: 'database', ok: false })]))
      expect(JSON.stringify(body)).not.toContain(new URL(chorus.appUrl).password)
      await chorus.agent.get('/health/live').expect(200)
    } finally {
      await owner.unsafe(`alter database "${name}" with connection limit -1`)
      await owner.end()
    }
    expect((await chorus.ready()).status).toBe(200)
  })

  it('starts again on the same log after it was stopped', async () => {
    const head = async (): Promise<{ log: string }> => (await chorus.agent.get('/v1/log/head').set('Authorization', await chorus.bearer('operator')).expect(200)).body as { log: string }
    const before = await head()
    chorus = await chorus.again()
    expect((await head()).log).toBe(before.log)
  })
})
