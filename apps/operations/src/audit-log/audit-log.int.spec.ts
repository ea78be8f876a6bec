/** Every reading of a person's record, and every search, is in the audit log before it is shown; the log is only ever added to. */
import { Controller, Get, Module, Param, Query } from '@nestjs/common'
import { ApiQuery } from '@nestjs/swagger'
import { postgres } from '@chorus/postgres'
import type { Sql } from 'postgres'
import supertest from 'supertest'
import { ROLES, type Role } from '@chorus/contracts'
import { AUDIT, issueToken, Problem, QueryRoute, systemClock, verifyAudit, type AuditEntry, type AuditTrail } from '@chorus/platform'
import { startService, type ServiceUnderTest } from '../../../../test/support/service'
import { OperationsModule } from '../operations.module'

const [ONE, OTHER] = ['0190a1b2-0000-7000-8000-00000000000a', '0190a1b2-0000-7000-8000-00000000000b']
const NAME = 'Fictional Person Epsilon'

@Controller('v1/planted')
class PlantedController {
  shown = 0
  @Get()
  @QueryRoute({ summary: 'A list of two', reads: { person: 'plantedId' }, roles: ROLES })
  @ApiQuery({ name: 'of', required: false })
  list(@Query('of') of?: string): object {
    this.shown += 1
    return { rows: of === NAME ? [] : [{ plantedId: ONE, name: NAME }, { plantedId: OTHER, name: NAME }] }
  }
  @Get('closed/:id')
  @QueryRoute({ summary: 'A closed one', reads: { person: 'plantedId' }, roles: ROLES })
  closed(@Param('id') id: string): object { throw new Problem('not-found', `There is none of this number${id ? '' : ' at all'}.`, {}, { withheld: 'closed' }) }
  @Get('mine/:id')
  @QueryRoute({ summary: 'One for detectives', reads: { person: 'plantedId' }, roles: ['detective'] })
  @ApiQuery({ name: 'of', required: false })
  mine(@Param('id') id: string): object { return { plantedId: id, name: NAME } }
  @Get(':id')
  @QueryRoute({ summary: 'One', reads: { person: 'plantedId' }, roles: ROLES })
  one(@Param('id') id: string): object {
    if (id === ONE) return { plantedId: ONE, name: NAME }
    throw new Problem('not-found', 'There is none of this number.')
  }
}
@Module({ controllers: [PlantedController] })
class Planted {}

describe('the audit log', () => {
  let operations: ServiceUnderTest
  let admin: Sql
  beforeAll(async () => {
    operations = await startService('operations', [OperationsModule, Planted])
    const url = new URL(process.env.CHORUS_TEST_POSTGRES!)
    url.pathname = new URL(operations.appUrl).pathname
    admin = postgres(url.toString(), { max: 1, onnotice: () => undefined })
  })
  afterAll(async () => { await admin.end(); await operations.close() })

  const get = async (path: string, role: Role, purpose?: string) => {
    const asked = supertest(operations.address).get(`/v1/${path}`).set('Authorization', `Bearer ${await issueToken(operations.data, systemClock, { role, agency: 'CITY' })}`)
    return purpose === undefined ? asked : asked.set('X-Purpose', purpose)
  }
  const entries = async (query = ''): Promise<AuditEntry[]> => ((await get(`audit${query}`, 'privacyOfficer', 'privacyReview')).body as { entries: AuditEntry[] }).entries
  const newest = async (): Promise<AuditEntry> => (await entries('?limit=1'))[0]!

  it('keeps who read what, what for, and what was shown; and its own readers', async () => {
    const { status, headers } = await get(`planted/${ONE}`, 'detective', 'caseWork')
    expect(status).toBe(200)
    expect(await newest()).toMatchObject({ actor: { role: 'detective', agency: 'CITY' }, purpose: 'caseWork', route: 'GET /v1/planted/:id', asked: { id: ONE }, found: true, records: [ONE], correlationId: headers['x-correlation-id'] })
    await get('planted', 'evaluator', 'evaluation')
    expect(await newest()).toMatchObject({ route: 'GET /v1/planted', asked: {}, records: [ONE, OTHER] })
    expect(await newest()).toMatchObject({ actor: { role: 'privacyOfficer' }, route: 'GET /v1/audit', purpose: 'privacyReview' })
  })

  it('keeps what was searched for and not found, and no word of it', async () => {
    expect((await get(`planted/${OTHER}`, 'prosecutor', 'legalRequest')).status).toBe(404)
    expect(await newest()).toMatchObject({ found: false, records: [], asked: { id: OTHER } })
    await get(`planted?of=${encodeURIComponent(NAME)}`, 'intakeAnalyst', 'caseWork')
    expect(await newest()).toMatchObject({ found: false, asked: { of: expect.stringMatching(/^hmac:/) as unknown } })
    const [said] = await admin<{ text: string }[]>`select string_agg(text, '') as text from audit.entries`
    expect(said!.text).not.toContain('Epsilon')
    // found again by whoever knows the words, in whatever capitals
    expect(await entries(`?about=${encodeURIComponent(NAME.toLowerCase())}`)).toEqual([expect.objectContaining({ route: 'GET /v1/planted' })])
    expect((await entries(`?about=${ONE}&actor=nobody`))).toEqual([])
  })

  const refused = async (): Promise<AuditEntry[]> => {
    await operations.app.get<AuditTrail>(AUDIT, { strict: false }).close()
    return (await entries('?limit=1000')).filter((entry) => entry.refused !== undefined)
  }

  it('keeps what was refused: who asked, as far as a token says it that holds; what for, and by which code', async () => {
    const { headers } = await get(`planted/mine/${OTHER}?of=${encodeURIComponent(NAME)}&${encodeURIComponent(NAME)}=1`, 'finance', 'accounting')
    await supertest(operations.address).get(`/v1/planted/mine/${ONE}`).set('X-Purpose', NAME)
    const expired = await issueToken(operations.data, systemClock, { role: 'detective', agency: 'KCPD', ttl: -3600 })
    await supertest(operations.address).get(`/v1/planted/mine/${ONE}`).set('Authorization', `Bearer ${expired}`)
    const forged = `${expired.split('.').slice(0, 2).join('.')}.${Buffer.alloc(64, 7).toString('base64url')}`
    await supertest(operations.address).get(`/v1/planted/mine/${ONE}`).set('Authorization', `Bearer ${forged}`)
    await get(`planted/mine/${ONE}`, 'detective', 'curiosity')
    const said = await refused()
    expect(said.reverse()).toEqual([
      expect.objectContaining({ actor: { id: 'demo-finance', role: 'finance', agency: 'CITY' }, purpose: 'accounting', route: 'GET /v1/planted/mine/:id', asked: { id: OTHER, 'query 1': expect.stringMatching(/^hmac:/) as unknown, 'query 2': expect.stringMatching(/^hmac:/) as unknown }, found: false, records: [], refused: 'not-allowed', correlationId: headers['x-correlation-id'] }),
      expect.objectContaining({ actor: { id: 'unknown', role: 'unknown', agency: 'unknown' }, purpose: null, asked: { id: ONE }, refused: 'not-authenticated' }),
      expect.objectContaining({ actor: { id: 'demo-detective', role: 'detective', agency: 'KCPD' }, refused: 'not-authenticated' }),
      expect.objectContaining({ actor: { id: 'unknown', role: 'unknown', agency: 'unknown' }, refused: 'not-authenticated' }),
      expect.objectContaining({ actor: { id: 'demo-detective', role: 'detective', agency: 'CITY' }, purpose: null, refused: 'no-purpose' }),
    ])
    const [text] = await admin<{ text: string }[]>`select string_agg(text, '') as text from audit.entries`
    for (const secret of ['Epsilon', 'curiosity', ...expired.split('.'), forged.split('.')[2]!]) expect(text!.text).not.toContain(secret)
    // found by whoever it was that somebody was refused to search for
    expect(await entries(`?about=${encodeURIComponent(NAME)}`)).toContainEqual(expect.objectContaining({ refused: 'not-allowed' }))
  })

  it('keeps that a record was closed to who asked, which the answer does not tell', async () => {
    const answer = await get(`planted/closed/${ONE}`, 'finance', 'accounting')
    expect(await newest()).toMatchObject({ found: false, asked: { id: ONE }, refused: 'closed' })
    const { instance: _, ...closed } = answer.body as Record<string, unknown>
    const { instance: __, ...absent } = (await get(`planted/${OTHER}`, 'finance', 'accounting')).body as Record<string, unknown>
    expect([answer.status, closed]).toEqual([404, absent])
    expect(await newest()).not.toHaveProperty('refused')
  })

  it('begins with the changes of the schema that were made since it is there', async () => {
    const first = (await entries('?limit=1000')).reverse()
    expect(first[0]).toMatchObject({ actor: { role: 'owner' }, route: 'chorus migrate', asked: { migration: expect.stringMatching(/^006\d-/) as unknown } })
  })

  it('asks for a purpose that the role may read for', async () => {
    for (const purpose of [undefined, 'curiosity', 'evaluation']) {
      const { status, body } = await get(`planted/${ONE}`, 'detective', purpose)
      expect(status).toBe(400)
      expect(body).toMatchObject({ type: '/problems/bad-parameter', errors: [{ pointer: '/header/x-purpose' }] })
    }
  })

  it('is read by the privacy officer alone', async () => {
    for (const role of ROLES.filter((each) => each !== 'privacyOfficer')) expect((await get('audit', role, 'caseWork')).status).toBe(403)
  })

  it('is only ever added to: the services\' role can do nothing else, its owner neither', async () => {
    for (const change of ['update audit.entries set text = text', 'delete from audit.entries', 'truncate audit.entries', 'insert into audit.entries select 999, now(), text, link from audit.entries limit 1', 'update audit.head set ordinal = ordinal + 1']) {
      await expect(operations.database.unsafe(change)).rejects.toMatchObject({ code: '42501' })
    }
    for (const change of ['update audit.entries set text = text', 'delete from audit.entries', 'truncate audit.entries', 'update audit.head set ordinal = 0']) {
      await expect(admin.unsafe(change)).rejects.toMatchObject({ code: '23001' })
    }
  })

  it('links each entry to all before, also those of readers at the same moment; the first that was changed is named', async () => {
    await Promise.all(Array.from({ length: 12 }, () => get(`planted/${ONE}`, 'detective', 'caseWork')))
    const { text } = await get('audit/verification', 'privacyOfficer')
    const { result } = JSON.parse(text.trim().split('\n').at(-1)!) as { result: { ok: boolean; checked: number } }
    expect(result.ok).toBe(true)
    expect(result.checked).toBeGreaterThan(15)
    await admin.unsafe('alter table audit.entries disable trigger entries_are_kept')
    const changed = async (change: string, back: string): Promise<unknown> => {
      await admin.unsafe(change)
      const report = await verifyAudit(admin)
      await admin.unsafe(back)
      return report
    }
    const [{ first }] = await admin<[{ first: number }]>`select min(ordinal)::int as first from audit.entries where text like '%"detective"%'`
    expect(await changed(`update audit.entries set text = replace(text, 'detective', 'evaluator') where ordinal = ${first}`, `update audit.entries set text = replace(text, 'evaluator', 'detective') where ordinal = ${first}`)).toMatchObject({ ok: false, ordinal: first })
    expect(await changed(`update audit.entries set time = time + interval '1 microsecond' where ordinal = 3`, `update audit.entries set time = time - interval '1 microsecond' where ordinal = 3`)).toMatchObject({ ok: false, ordinal: 3 })
    await admin.unsafe('create temp table gone as select * from audit.entries where ordinal = 5')
    expect(await changed('delete from audit.entries where ordinal = 5', 'insert into audit.entries select * from gone')).toMatchObject({ ok: false, ordinal: 5 })
    expect(await verifyAudit(admin)).toMatchObject({ ok: true })
    await admin.unsafe('alter table audit.entries enable always trigger entries_are_kept')
  })

  it('refuses what it cannot enter: nothing is shown', async () => {
    await admin.unsafe('alter function audit.record(text) rename to elsewhere')
    try {
      for (const path of [`planted/${ONE}`, `planted/${OTHER}`, 'planted']) {
        const { status, body, text } = await get(path, 'detective', 'caseWork')
        expect([status, body.type, body.retryable]).toEqual([503, '/problems/audit-unavailable', true])
        expect(text).not.toContain(NAME)
      }
      expect((await get(`planted/mine/${ONE}`, 'finance', 'accounting')).status).toBe(403)
    } finally { await admin.unsafe('alter function audit.elsewhere(text) rename to record') }
    expect((await get(`planted/${ONE}`, 'detective', 'caseWork')).status).toBe(200)
    const said = await refused()
    expect(said[0]).toMatchObject({ actor: { role: 'finance' }, route: 'GET /v1/planted/mine/:id', refused: 'not-allowed' })
  })
})
