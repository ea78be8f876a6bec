/** The role of each service is tried on each stream category, and on what belongs to the others: it can do what is declared, and nothing else. */
import { postgres } from '@chorus/postgres'
import type { Sql } from 'postgres'
import { ACCESS, appendedBy, CATEGORIES, CONTEXTS, contextsOf, readBy, SERVICES, type Service } from '@chorus/contracts'
import { PostgresStore } from '@chorus/event-store'
import { freshDatabase, type FreshDatabase } from '../../../test/support/database'
import { checkRole, databaseLacks, openDatabase } from './database'
import { GRANTS, asRole, DATABASE_ROLES, installRights, rightsBeyond, rightsMissing, roleOf } from './role-rights'
import type { Settings } from './settings'

const categories = CATEGORIES.map(({ name }) => name)
let serial = 0
const eventFor = (stream: string) => ({ stream, expected: 'none' as const, events: [{ id: `0190a1b2-0000-7000-8000-${String(++serial).padStart(12, '0')}`, type: 'Tried', content: String(serial), body: { serial } }] })

describe('the roles of the services', () => {
  let database: FreshDatabase
  let name: string
  let owner: Sql
  const clients = new Map<string, Sql>()
  const as = (role: (typeof DATABASE_ROLES)[number]): Sql => {
    const client = clients.get(role) ?? postgres(asRole(database.appUrl, role), { max: 1, onnotice: () => undefined })
    clients.set(role, client)
    return client
  }
  /** What the database lets this service read and append, tried on each category. */
  const tried = async (service: Service): Promise<{ reads: string[]; appends: string[] }> => {
    const rows = await as(service)<{ category: string }[]>`select distinct category from log.events`
    const reads = rows.map(({ category }) => category)
    const appends: string[] = []
    const store = await PostgresStore.open({ url: asRole(database.appUrl, service), max: 1 })
    try {
      for (const category of categories) {
        const done = await store.append(eventFor(`${category}-${service}${serial}`)).then(({ ok }) => ok, (error: { code?: string }) => { if (error.code !== '42501') throw error; return false })
        if (done) appends.push(category)
      }
    } finally { await store.close() }
    return { reads: reads.sort(), appends: appends.sort() }
  }
  const declared = (service: Service) => {
    const reads = readBy(service)
    return { reads: [...reads === 'everything' ? categories : reads].sort(), appends: appendedBy(service).sort() }
  }

  beforeAll(async () => {
    database = await freshDatabase()
    name = new URL(database.appUrl).pathname.slice(1)
    owner = postgres(database.ownerUrl, { max: 1, onnotice: () => undefined })
    const store = await PostgresStore.open({ url: database.appUrl })
    await store.appendEach(categories.map((category) => eventFor(`${category}-seed`)))
    await store.close()
    for (const [at, category] of categories.entries()) await owner`insert into log_index.events (ordinal, commit_position, prepare_position, stream, revision, id, type, content, recordedtime, link) values (${at + 1}, ${at}, ${at}, ${`${category}-seed`}, 0, gen_random_uuid(), 'Tried', 'c', now(), sha256('x'))`
    for (const context of CONTEXTS) await owner`insert into vault.data_keys (key_id, context, subject, kek, wrapped) values (${`dek_${context}`}, ${context}, 'per_seed', 'kek', 'wrapped')`
  })
  afterAll(async () => {
    await Promise.all([...clients.values()].map((client) => client.end()))
    await owner.end()
    await database.drop()
  })

  it('are declared for every category', () => {
    expect(Object.keys(ACCESS).sort()).toEqual([...categories].sort())
  })

  it.each(SERVICES)('%s reads and appends the categories that are declared for it, and no other', async (service) => {
    expect(await tried(service)).toEqual(declared(service))
  })

  it.each(SERVICES)('%s sees places in the log of the categories that it may read, and no other; it may place all', async (service) => {
    const seen = await as(service)<{ category: string }[]>`select distinct category from log_index.events`
    expect(seen.map(({ category }) => category).sort()).toEqual(declared(service).reads)
    for (const category of categories) await as(service)`insert into log_index.events (ordinal, commit_position, prepare_position, stream, revision, id, type, content, recordedtime, link) values (${++serial + 1000}, 0, 0, ${`${category}-${service}`}, 0, gen_random_uuid(), 'Tried', 'c', now(), sha256('x'))`
  })

  it.each(SERVICES.filter((service) => service !== 'relay'))('%s sees, makes and ends keys of the contexts that it needs, and no other', async (service) => {
    const needs = contextsOf(service)
    const own: readonly string[] = needs === 'everything' ? CONTEXTS : needs
    const seen = await as(service)<{ context: string }[]>`select context from vault.data_keys where subject = 'per_seed'`
    expect(seen.map(({ context }) => context).sort()).toEqual([...own].sort())
    const made: string[] = []
    for (const context of CONTEXTS) {
      const ended = await as(service)`update vault.data_keys set kek = 'kek' where key_id = ${`dek_${context}`}`
      const done = await as(service)`insert into vault.data_keys (key_id, context, subject, kek, wrapped) values (${`dek_${context}_${service}`}, ${context}, ${`per_${service}`}, 'kek', 'wrapped')`.then(() => true, (error: { code?: string }) => { if (error.code !== '42501') throw error; return false })
      if (done) made.push(context)
      expect(ended.count).toBe(done ? 1 : 0)
    }
    expect(made.sort()).toEqual([...own].sort())
    const linked = as(service)`select * from vault.links`.then(() => true, () => false)
    expect(await linked).toBe(service === 'intake' || service === 'operations')
  })

  it('no service that works a case for the panel has keys of the safety context, and money has none at all', () => {
    expect([contextsOf('services'), contextsOf('finance')].flat().filter((context) => context === 'safety')).toEqual([])
  })

  it('would be seen here where a grant is wider', async () => {
    const role = roleOf(name, 'finance')
    await owner`insert into public.chorus_rights (role, category, appends) values (${role}, 'pchCase', true)`
    expect(await tried('finance')).not.toEqual(declared('finance'))
    expect(await rightsBeyond(owner)).toContain(`${role} may read and append pchCase`)
    await owner`insert into public.chorus_contexts (role, context) values (${role}, 'safety')`
    expect(await rightsBeyond(owner)).toContain(`${role} may use the keys of safety`)
    await owner.unsafe(`grant delete on bus.consumers to "${roleOf(name, 'relay')}"; grant "${role}" to "${roleOf(name, 'services')}"; alter table bus.parked disable row level security`).simple()
    expect((await rightsBeyond(owner)).sort()).toEqual(expect.arrayContaining([`${roleOf(name, 'relay')} may DELETE bus.consumers`, `${roleOf(name, 'services')} may act as ${role}`, 'bus.parked has no row security']))
    await owner.unsafe(`alter table bus.parked enable row level security; revoke "${role}" from "${roleOf(name, 'services')}"`).simple()
    // migrating again takes away what was granted beyond; the tests' own role stays as it was
    await installRights(database.ownerUrl)
    expect((await rightsBeyond(owner)).filter((text) => !text.startsWith(`${name}_app`))).toEqual([])
    expect(await tried('finance')).toEqual(declared('finance'))
  })

  it('would be seen here where a right was taken away; migrating gives it back', async () => {
    expect(await rightsMissing(owner)).toEqual([])
    const [services, relay] = [roleOf(name, 'services'), roleOf(name, 'relay')]
    await owner.unsafe(`revoke insert on log.events from "${services}"; revoke update (ordinal) on log.head from "${services}"; revoke select on bus.published from "${relay}"; delete from public.chorus_rights where role = '${services}' and category = 'pchService'`).simple()
    expect(await rightsMissing(as('operations'))).toEqual([`${relay} may not SELECT bus.published`, `${services} may not INSERT log.events`, `${services} may not UPDATE log.head`, `${services} may not append pchService`])
    await installRights(database.ownerUrl)
    expect(await rightsMissing(owner)).toEqual([])
  })

  it.each<[string, (role: (of: (typeof DATABASE_ROLES)[number]) => string) => [change: string, said: string]]>([
    ['the keys of a context', (role) => [`delete from public.chorus_contexts where role = '${role('deterrence')}' and context = 'safety'`, `${role('deterrence')} may not use the keys of safety`]],
    ['a schema', (role) => [`revoke usage on schema vault from "${role('finance')}"`, `${role('finance')} may not USAGE in schema vault`]],
    ['a function', (role) => [`revoke execute on function audit.record(text) from "${role('services')}"`, `${role('services')} may not EXECUTE audit.record(text)`]],
    ['what the audit log is read by', (role) => [`revoke "${role('audit')}" from "${role('operations')}"`, `${role('operations')} may not act as ${role('audit')}`]],
  ])('would be seen here where %s was taken away; migrating gives it back', async (_what, of) => {
    const [change, said] = of((role) => roleOf(name, role))
    await owner.unsafe(change).simple()
    expect(await rightsMissing(as('operations'))).toEqual([said])
    await installRights(database.ownerUrl)
    expect(await rightsMissing(owner)).toEqual([])
  })

  it.each<[string, (role: (of: (typeof DATABASE_ROLES)[number]) => string) => [change: string, said: string, back?: string]]>([
    ['one more column', (role) => [`grant update (log) on log.head to "${role('intake')}"`, `${role('intake')} may UPDATE log.head (log)`]],
    ['all columns instead of some', (role) => [`grant update on vault.links to "${role('intake')}"`, `${role('intake')} may UPDATE vault.links`]],
    ['a schema', (role) => [`grant usage on schema audit to "${role('relay')}"`, `${role('relay')} may USAGE in schema audit`]],
    ['the right to make tables', (role) => [`grant create on schema log to "${role('intake')}"`, `${role('intake')} may CREATE in schema log`]],
    ['a function', (role) => [`grant execute on function audit.record(text) to "${role('relay')}"`, `${role('relay')} may EXECUTE audit.record(text)`]],
    ['a function that does what its caller may not', (role) => [`create function log.anything() returns void language sql security definer as ''; revoke all on function log.anything() from public; grant execute on function log.anything() to "${role('relay')}"`, `${role('relay')} may EXECUTE log.anything()`, 'drop function log.anything()']],
  ])('would be seen here where a role was given %s', async (_what, of) => {
    const [change, said, back] = of((role) => roleOf(name, role))
    await owner.unsafe(change).simple()
    expect((await rightsBeyond(as('operations'))).filter((text) => !text.startsWith(`${name}_app`))).toEqual([said])
    if (back !== undefined) await owner.unsafe(back).simple()
    await installRights(database.ownerUrl)
    expect((await rightsBeyond(owner)).filter((text) => !text.startsWith(`${name}_app`))).toEqual([])
  })

  it('what an extension grants to everybody is the extension\'s, and production starts; the same by hand, or in a schema of ours, is named', async () => {
    const said = async (): Promise<string[]> => (await rightsBeyond(owner)).filter((text) => !text.startsWith(`${name}_app`) && text.startsWith(`${roleOf(name, 'relay')} `)).map((text) => text.slice(name.length + 7))
    const url = new URL(process.env.CHORUS_TEST_POSTGRES!)
    url.pathname = `/${name}`
    const admin = postgres(url.toString(), { max: 1, onnotice: () => undefined })
    try {
      await admin.unsafe(`create extension pg_stat_statements; create view public.by_hand as select 1 as one; create table log.by_hand (one int, two int); grant select on public.by_hand, log.by_hand to public; grant update (two) on log.by_hand to public;
        create function public.by_hand() returns void language sql security definer as ''`).simple()
      const ours = ['may SELECT log.by_hand', 'may UPDATE log.by_hand (two)']
      const ownHand = ['may EXECUTE public.by_hand()', 'may SELECT public.by_hand']
      expect((await said()).sort()).toEqual([...ours, ...ownHand].sort())
      await admin.unsafe('alter extension pg_stat_statements add view public.by_hand; alter extension pg_stat_statements add function public.by_hand(); alter extension pg_stat_statements add table log.by_hand').simple()
      expect((await said()).sort()).toEqual(ours)
    } finally {
      await admin.unsafe('drop extension pg_stat_statements cascade').simple()
      await admin.end()
    }
    expect(await said()).toEqual([])
  })

  it('a service waits where its own rights are those of an earlier build, and one process for all where anybody\'s are', async () => {
    const [finance, intake] = [roleOf(name, 'finance'), roleOf(name, 'intake')]
    const [{ category } = { category: '' }] = await owner<{ category: string }[]>`select category from public.chorus_rights where role = ${finance} order by 1 limit 1`
    await owner`delete from public.chorus_rights where role = ${finance} and category = ${category}`
    await owner.unsafe(`revoke usage on schema intake from "${intake}"`)
    expect(await databaseLacks(database.appUrl, 'finance')).toMatch(new RegExp(`^The database of DATABASE_URL does not have the rights of this build \\(${finance} may not (read|append) ${category}\\)\\. Give them with its owner's address in DATABASE_OWNER_URL: npx chorus migrate$`))
    expect(await databaseLacks(database.appUrl, 'intake')).toMatch(`${intake} may not USAGE in schema intake`)
    expect(await databaseLacks(database.appUrl, 'services')).toBeUndefined()
    const settings = { databaseUrl: database.appUrl, mode: 'demonstration' } as Settings
    await expect(openDatabase(settings)).rejects.toThrow(/does not have the rights of this build .*Run npx chorus migrate/)
    await installRights(database.ownerUrl)
    for (const service of SERVICES) expect(await databaseLacks(database.appUrl, service)).toBeUndefined()
    await expect(openDatabase(settings)).resolves.toMatchObject({ appUrl: database.appUrl })
  })

  it('would be seen here where a table or a role is gone', async () => {
    const bare = await freshDatabase()
    const its = new URL(bare.appUrl).pathname.slice(1)
    const sql = postgres(bare.ownerUrl, { max: 1, onnotice: () => undefined })
    try {
      await sql.unsafe(`drop table bus.parked; drop table public.chorus_contexts cascade; alter role "${roleOf(its, 'relay')}" rename to "${roleOf(its, 'relay')}_gone"`).simple()
      const said = await rightsMissing(sql)
      expect(said.slice(0, 3)).toEqual([`the role ${roleOf(its, 'relay')} is missing`, 'the table bus.parked is missing', 'the table public.chorus_contexts is missing'])
    } finally {
      await sql.unsafe(`alter role "${roleOf(its, 'relay')}_gone" rename to "${roleOf(its, 'relay')}"`)
      await sql.end()
      await bare.drop()
    }
  })

  it('nobody changes or removes an event, or reaches what belongs to another', async () => {
    for (const service of SERVICES) for (const change of ['update log.events set type = type', 'delete from log.events', 'truncate log.events', `update log.head set log = gen_random_uuid()`, 'alter table log.events disable row level security', 'select * from audit.entries', `insert into public.chorus_rights values ('x', '*', true)`]) {
      await expect(as(service).unsafe(change)).rejects.toMatchObject({ code: '42501' })
    }
    await as('finance').unsafe('create table read.made_by_finance (one int)')
    await as('intake').unsafe(`insert into read.checkpoints (name, log, ordinal, version) values ('intake.mine', gen_random_uuid(), 0, 1)`)
    await as('deterrence').unsafe(`insert into bus.consumers (name, log) values ('deterrence.mine', gen_random_uuid())`)
    for (const service of SERVICES.filter((each) => each !== 'finance')) await expect(as(service).unsafe('select * from read.made_by_finance')).rejects.toMatchObject({ code: '42501' })
    for (const service of ['deterrence', 'finance'] as const) expect(await as(service)`select * from read.checkpoints where name = 'intake.mine'`).toHaveLength(0)
    await expect(as('finance').unsafe(`insert into read.checkpoints (name, log, ordinal, version) values ('intake.other', gen_random_uuid(), 0, 1)`)).rejects.toMatchObject({ code: '42501' })
    expect(await as('services')`select * from bus.consumers`).toHaveLength(0)
    expect(await as('operations')`select * from bus.consumers`).toHaveLength(1)
    await expect(as('operations').unsafe('delete from bus.consumers')).rejects.toMatchObject({ code: '42501' })
    for (const service of SERVICES.filter((each) => each !== 'intake')) await expect(as(service).unsafe('select * from intake.quarantined_bytes')).rejects.toMatchObject({ code: '42501' })
    await expect(as('relay').unsafe('select * from vault.data_keys')).rejects.toMatchObject({ code: '42501' })
  })

  it('each table and function of ours is declared, so that a new one is not forgotten', async () => {
    const found = await owner<{ on: string }[]>`
      select 'TABLE ' || n.nspname || '.' || c.relname as on from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relkind = 'r' and n.nspname in ('log', 'vault', 'intake', 'bus', 'audit', 'public') or c.oid = 'read.checkpoints'::regclass`
    const declaredTables = new Set(GRANTS.map(({ on }) => on))
    expect(found.map(({ on }) => on).filter((on) => !declaredTables.has(on))).toEqual([])
  })

  it('a login that may act as others is named where each service logs in by itself; where the roles are missing, a service waits', async () => {
    await expect(checkRole(database.appUrl, 'production', () => undefined, 'finance')).rejects.toThrow(`may act as ${roleOf(name, 'deterrence')}`)
    const bare = await freshDatabase({ migrated: false })
    try {
      expect(await databaseLacks(bare.appUrl, 'finance')).toMatch(/lacks the role of this service: run npx chorus migrate/)
    } finally { await bare.drop() }
  })
})
