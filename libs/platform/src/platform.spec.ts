/** The whole platform around one controller and one command, in process, without a database. */
import { Body, Controller, Get, Module, Post } from '@nestjs/common'
import { CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs'
import type { NestExpressApplication } from '@nestjs/platform-express'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import request from 'supertest'
import { refused, type Handled, type Refusal } from '@chorus/decider'
import { AllowedTo, CommandBody, Count, Text, type CommandMeta } from '@chorus/contracts'
import { createApp } from './boot'
import type { Clock } from './clock'
import { Meta, receiptOf, type Receipt } from './command-meta'
import { CommandRoute } from './command-route'
import { WALLS } from './providers'
import { PlatformModule } from './platform.module'
import { Readiness } from './health.controller'
import { issueToken } from './demonstration-issuer'
import { TokenVerifier } from './tokens'

let now = Date.parse('2026-03-02T12:00:00.000Z')
const clock: Clock = { now: () => new Date(now).toISOString() }
const NAME = 'Wilhelmina Quartermain'

@CommandBody({ type: 'GreetSpec', roles: ['detective'], agencies: ['KCPD'], summary: 'Greets somebody' })
class GreetSpec {
  @Text({ doc: 'whom', max: 40, privacy: 'identifying' }) name!: string
  @Count({ doc: 'how often', max: 3 }) times!: number
}
@AllowedTo({ roles: ['detective'] })
class Greet { constructor(readonly data: GreetSpec, readonly meta: CommandMeta) {} }
class Undeclared { constructor(readonly meta: CommandMeta) {} }
@CommandHandler(Greet)
class GreetHandler implements ICommandHandler<Greet> {
  async execute(command: Greet): Promise<Handled | Refusal> {
    if (command.data.times === 0) return refused('nothing_to_greet', 'Greet at least once.', { rules: ['G1'] })
    if (command.data.times === 3) throw new Error(`cannot greet ${command.data.name}`)
    return { stream: 'greeting-1', ordinal: 7, revision: 0, recordedtime: '2026-03-02T12:00:00.000000Z', ids: [], repeated: command.meta.commandId.startsWith('aaaa') }
  }
}
@CommandHandler(Undeclared)
class UndeclaredHandler implements ICommandHandler<Undeclared> { async execute(): Promise<string> { return 'reached' } }

@Controller('v1/greetings')
class GreetingController {
  constructor(private readonly commands: CommandBus) {}
  @Post() @CommandRoute(GreetSpec)
  async greet(@Body() body: GreetSpec, @Meta() meta: CommandMeta): Promise<Receipt> { return receiptOf(await this.commands.execute(new Greet(body, meta))) }
  @Get('undeclared') undeclared(): string { return 'reached' }
  @Post('by-the-back-door') @AllowedTo({ roles: ['detective'] })
  async backDoor(@Meta() meta: CommandMeta): Promise<unknown> { return this.commands.execute(new Undeclared(meta)) }
}

describe('the platform', () => {
  const data = mkdtempSync(join(tmpdir(), 'chorus-platform-'))
  const logTo = new PassThrough()
  const logs: string[] = []
  logTo.on('data', (chunk: Buffer) => logs.push(chunk.toString()))
  const lines = (): Record<string, unknown>[] => logs.join('').split('\n').filter(Boolean).map((line) => JSON.parse(line) as Record<string, unknown>)
  let app: NestExpressApplication
  let detective: string

  beforeAll(async () => {
    const verifier = new TokenVerifier({ mode: 'demonstration', data, clock })
    @Module({ imports: [PlatformModule.forRoot({ settings: { mode: 'demonstration' }, clock, verifier, logTo, logLevel: 'info' })], controllers: [GreetingController], providers: [GreetHandler, UndeclaredHandler, { provide: WALLS, useValue: () => Promise.resolve(null) }] })
    class Root {}
    app = await createApp(Root, { clock, version: '0.0.1' })
    await app.init()
    detective = await issueToken(data, clock, { role: 'detective', agency: 'KCPD' })
  })
  afterAll(async () => { await app.close(); rmSync(data, { recursive: true }) })
  beforeEach(() => { logs.length = 0 })

  const post = (body: unknown, token = detective, path = '') => request(app.getHttpServer()).post(`/v1/greetings${path}`).set('Authorization', `Bearer ${token}`).send(body as object)

  it('answers a command with its receipt, and a repeated key with the first answer', async () => {
    const reply = await post({ name: NAME, times: 1 }).expect(200)
    expect(reply.body).toEqual({ stream: 'greeting-1', ordinal: 7, revision: 0, recordedtime: '2026-03-02T12:00:00.000000Z', repeated: false })
    const again = await post({ name: NAME, times: 1 }).set('Idempotency-Key', 'aaaa5d9e-4a0a-4b8e-8d3c-0a8f5e6d7c8b').expect(200)
    expect(again.body.repeated).toBe(true)
  })

  it('names every wrong field by pointer and rule, refuses unknown fields, and repeats no value', async () => {
    const reply = await post({ name: NAME, times: 9, nickname: NAME }).expect(422).expect('Content-Type', /application\/problem\+json/)
    expect(reply.body).toMatchObject({ type: '/problems/schema-violation', status: 422, retryable: false })
    expect(reply.body.errors).toEqual(expect.arrayContaining([
      { pointer: '/times', rule: 'maximum', detail: 'must be at most 3' },
      expect.objectContaining({ pointer: '/nickname', rule: 'additionalProperties' }),
    ]))
    expect(reply.text).not.toContain(NAME)
  })

  it.each([['{"name": "Wilhelmina Quartermain', 400, 'not-parseable'], ['"Wilhelmina Quartermain"', 400, 'not-parseable'], ['[]', 422, 'schema-violation']])('answers the body %s with %i', async (text, status, type) => {
    const reply = await request(app.getHttpServer()).post('/v1/greetings').set('Authorization', `Bearer ${detective}`).set('Content-Type', 'application/json').send(text).expect(status)
    expect(reply.body.type).toBe(`/problems/${type}`)
    expect(reply.text + logs.join('')).not.toContain('Wilhelmina')
  })

  it('asks for JSON where a command came as something else', async () => {
    const reply = await request(app.getHttpServer()).post('/v1/greetings').set('Authorization', `Bearer ${detective}`).set('Content-Type', 'text/plain').send('hello').expect(415)
    expect(reply.body.type).toBe('/problems/unsupported-media-type')
  })

  it('tells a refusal in its own words, with code and rules', async () => {
    const reply = await post({ name: NAME, times: 0 }).expect(422)
    expect(reply.body).toMatchObject({ type: '/problems/refused-by-rule', detail: 'Greet at least once.', refused: 'nothing_to_greet', rules: ['G1'] })
  })

  it('keeps a fault of its own to itself, and the correlation id leads to it in the log', async () => {
    const id = '0190a1b2-0000-7000-8000-00000000000c'
    const reply = await post({ name: NAME, times: 3 }).set('X-Correlation-Id', id).expect(500)
    expect(reply.body).toMatchObject({ type: '/problems/internal', instance: `urn:uuid:${id}` })
    expect(lines().filter((line) => line.correlationId === id && line.level === 'error' && line.problem === 'internal')).toHaveLength(1)
    expect(reply.text + logs.join('')).not.toContain(NAME)
  })

  it('logs a request as route pattern, status and role, never as path, query or body', async () => {
    await request(app.getHttpServer()).get(`/v1/greetings/undeclared?name=${encodeURIComponent(NAME)}`).set('Authorization', `Bearer ${detective}`).expect(403)
    const line = lines().find((entry) => entry.msg === 'request')
    expect(line).toMatchObject({ method: 'GET', route: '/v1/greetings/undeclared', status: 403, level: 'info' })
    expect(line?.correlationId).toMatch(/^[0-9a-f-]{36}$/)
    expect(logs.join('')).not.toMatch(/Wilhelmina|Bearer/)
  })

  it('denies a route and a command that declare nothing, and logs both', async () => {
    await request(app.getHttpServer()).get('/v1/greetings/undeclared').set('Authorization', `Bearer ${detective}`).expect(403)
    await post({}, detective, '/by-the-back-door').expect(403)
    expect(lines().filter((line) => line.denied).map((line) => line.denied)).toEqual(['GreetingController.undeclared', 'Undeclared'])
  })

  it('refuses an Idempotency-Key and ignores a correlation id that are no UUIDs', async () => {
    const reply = await post({ name: NAME, times: 1 }).set('Idempotency-Key', NAME).set('X-Correlation-Id', NAME).expect(400)
    expect(reply.body.type).toBe('/problems/bad-parameter')
    expect(reply.headers['x-correlation-id']).toMatch(/^[0-9a-f-]{36}$/)
    expect(reply.text + logs.join('')).not.toContain(NAME)
  })

  it('refuses a body over its limit', async () => {
    const reply = await post({ name: 'x'.repeat(1_100_000), times: 1 }).expect(413)
    expect(reply.body.type).toBe('/problems/too-large')
  })

  it('shows the contracts\' own schema in OpenAPI, and a page for every problem type', async () => {
    const { body } = await request(app.getHttpServer()).get('/docs/openapi.json').expect(200)
    const operation = body.paths['/v1/greetings'].post
    expect(operation).toMatchObject({ operationId: 'GreetSpec', summary: 'Greets somebody' })
    expect(operation.requestBody.content['application/json'].schema).toMatchObject({ additionalProperties: false, required: ['name', 'times'], properties: { times: { type: 'integer', maximum: 3 } } })
    await request(app.getHttpServer()).get('/docs').expect(200)
    expect((await request(app.getHttpServer()).get('/problems/schema-violation').expect(200)).text).toContain('What to do')
    await request(app.getHttpServer()).get('/problems/constructor').expect(404)
  })

  it('is live while it answers, and ready only while every check says so', async () => {
    await request(app.getHttpServer()).get('/health/live').expect(200, { status: 'live' })
    await request(app.getHttpServer()).get('/health/ready').expect(200)
    const readiness = app.get(Readiness)
    readiness.add('planted', async () => { throw Object.assign(new Error('secret password in here'), { code: 'ECONNREFUSED' }) })
    const reply = await request(app.getHttpServer()).get('/health/ready').expect(503)
    expect(reply.body).toEqual({ status: 'not-ready', checks: [{ name: 'planted', ok: false, text: 'failed (ECONNREFUSED)' }] })
    readiness.add('planted', async () => ({ ok: true, text: 'fine' }))
    await request(app.getHttpServer()).get('/health/ready').expect(200)
  })

  it('refuses a token once it has expired', async () => {
    const token = await issueToken(data, clock, { role: 'detective', agency: 'KCPD', ttl: 60 })
    await post({ name: NAME, times: 1 }, token).expect(200)
    now += 120_000
    const reply = await post({ name: NAME, times: 1 }, token).expect(401)
    expect(reply.body.detail).toMatch(/expired/)
  })
})
