import { readFileSync } from 'node:fs'
import { postgres } from '@chorus/postgres'
import { freshDatabase, type FreshDatabase } from '../../../test/support/database'
import { guardsBroken, guardsFile, guardsOf } from './schema-guards'

describe('what refuses changes in the database', () => {
  let database: FreshDatabase
  let owner: postgres.Sql
  let app: postgres.Sql
  beforeAll(async () => {
    database = await freshDatabase()
    owner = postgres(database.ownerUrl, { max: 1, onnotice: () => undefined })
    app = postgres(database.appUrl, { max: 1, onnotice: () => undefined })
  })
  afterAll(async () => { await Promise.all([owner.end(), app.end()]); await database.drop() })

  it('is what infra/postgres/guards.json says: run "npm run guards" and commit it', async () => {
    expect(JSON.parse(readFileSync(guardsFile(), 'utf8'))).toEqual(await guardsOf(owner))
  })

  it('is as the migrations made it, as a plain role sees it too', async () => {
    expect(await guardsBroken(owner)).toEqual([])
    expect(await guardsBroken(app)).toEqual([])
  })

  it('whatever search path the role has, or stands before public', async () => {
    const role = new URL(database.appUrl).username
    for (const path of ['pg_catalog', 'before, public']) {
      await owner.unsafe(`create schema before; create table before.chorus_rights (role text, category text, appends boolean)`).simple()
      const admin = postgres(process.env.CHORUS_TEST_POSTGRES!, { max: 1, onnotice: () => undefined })
      const its = new URL(database.appUrl).pathname.slice(1)
      try {
        await admin.unsafe(`alter role "${role}" in database "${its}" set search_path = ${path}`)
        const sql = postgres(database.appUrl, { max: 1, onnotice: () => undefined })
        expect([await guardsBroken(sql), await sql`show search_path`]).toEqual([[], [{ search_path: path }]])
        await sql.end()
        if (path === 'pg_catalog') continue
        // under the path of who looks it is written as ours is
        await owner.unsafe('grant usage on schema before to public; grant select on before.chorus_rights to public; alter policy read_by_consumers on bus.published using (exists (select from before.chorus_rights r where r.role = current_user))').simple()
        const again = postgres(database.appUrl, { max: 1, onnotice: () => undefined })
        expect(await guardsBroken(again)).toEqual(['the policy bus.published.read_by_consumers is not the one of the migrations'])
        await again.end()
        await owner.unsafe('alter policy read_by_consumers on bus.published using (exists (select from public.chorus_rights r where r.role = current_user))')
      } finally {
        await admin.unsafe(`alter role "${role}" in database "${its}" reset search_path`)
        await admin.end()
        await owner.unsafe('drop schema before cascade')
      }
    }
  })

  it.each([
    ['switches a trigger off', 'alter table log.events disable trigger events_are_kept', 'alter table log.events enable always trigger events_are_kept', 'the trigger log.events.events_are_kept is off'],
    ['has it sleep where a replica writes', 'alter table audit.entries enable trigger entries_are_kept', 'alter table audit.entries enable always trigger entries_are_kept', 'the trigger audit.entries.entries_are_kept is off'],
    ['lets new entries of the audit log vanish by a trigger', 'create function public.nothing() returns trigger language plpgsql as $$ begin return null; end $$; create trigger nothing before insert on audit.entries for each row execute function public.nothing()', 'drop trigger nothing on audit.entries; drop function public.nothing()', 'the trigger audit.entries.nothing is none of ours'],
    ['or by a rule', 'create rule nothing as on insert to audit.entries do instead nothing', 'drop rule nothing on audit.entries', 'the rule audit.entries.nothing is none of ours'],
    ['opens the log to everybody', 'create policy wide on log.events using (true)', 'drop policy wide on log.events', 'the policy log.events.wide is none of ours'],
    ['has a trigger fire at another moment, under its own name', 'drop trigger events_are_kept on log.events; create trigger events_are_kept before truncate on log.events for each statement execute function log.refuse_change(); alter table log.events enable always trigger events_are_kept', 'drop trigger events_are_kept on log.events; create trigger events_are_kept before update or delete or truncate on log.events for each statement execute function log.refuse_change(); alter table log.events enable always trigger events_are_kept', 'the trigger log.events.events_are_kept is not the one of the migrations'],
    ['has a policy let everything through, under its own name', 'alter policy reads on log.events using (true)', `alter policy reads on log.events using (
      EXISTS (SELECT FROM public.chorus_rights r WHERE r.role = current_user AND r.category = '*')
      OR category = ANY (ARRAY(SELECT r.category FROM public.chorus_rights r WHERE r.role = current_user)))`, 'the policy log.events.reads is not the one of the migrations'],
    ['takes row security away', 'alter table vault.data_keys disable row level security', 'alter table vault.data_keys enable row level security', 'row security of vault.data_keys is off'],
    ['lets one revision of a stream stand twice', 'alter table log.events drop constraint events_stream_revision_key', 'alter table log.events add constraint events_stream_revision_key unique (stream, revision)', 'the constraint log.events.events_stream_revision_key is gone'],
    ['lets a negative revision stand', 'alter table log.events drop constraint events_revision_check', 'alter table log.events add constraint events_revision_check check (revision >= 0)', 'the constraint log.events.events_revision_check is gone'],
    ['widens what a check lets through', 'alter table log.events drop constraint events_link_check; alter table log.events add constraint events_link_check check (octet_length(link) > 0)', 'alter table log.events drop constraint events_link_check; alter table log.events add constraint events_link_check check (octet_length(link) = 32)', 'the constraint log.events.events_link_check is not the one of the migrations'],
    ['lets an event be without text', 'alter table log.events alter column text drop not null', 'alter table log.events alter column text set not null', 'the column log.events.text is not the one of the migrations'],
    ['has new keys be destroyed from the start', `alter table vault.data_keys alter column state set default 'destroyed'`, `alter table vault.data_keys alter column state set default 'active'`, 'the column vault.data_keys.state is not the one of the migrations'],
    ['adds a column to the log', 'alter table log.events add column aside text', 'alter table log.events drop column aside', 'the column log.events.aside is none of ours'],
    ['has a crash empty a table', 'alter table vault.links set unlogged', 'alter table vault.links set logged', 'the table vault.links is not the one of the migrations'],
    ['shows the rows of another table among the events', 'create table public.more (like log.events including all); alter table public.more inherit log.events', 'drop table public.more', 'the table log.events is not the one of the migrations'],
    ['has a function run by its caller\'s search path', 'alter function vault.ended(text[]) reset search_path', 'alter function vault.ended(text[]) set search_path = pg_catalog', 'the function vault.ended(text[]) is not the one of the migrations'],
    ['or has the audit log written by another function', 'create or replace function audit.record(entry text) returns bigint language sql as $$ select 1::bigint $$', '', 'the function audit.record(text) is not the one of the migrations'],
  ])('and the owner %s: doctor names it', async (_what, change, back, said) => {
    await owner.unsafe(change).simple()
    expect(await guardsBroken(app)).toEqual([said])
    if (back !== '') await owner.unsafe(back).simple()
  })

  // who may see an event goes by its category, which PostgreSQL computes: as long as it says how, no row says another
  it.each([
    ['has the category of an event computed in another way', `alter table log.events alter column category set expression as ('incident')`, `alter table log.events alter column category set expression as (split_part(stream, '-', 1))`, 17],
    ['or writes it by hand', 'alter table log.events alter column category drop expression', '', 15],
  ])('the owner %s: doctor names it', async (_what, change, back, since) => {
    const [{ version } = { version: 0 }] = await owner<{ version: number }[]>`select current_setting('server_version_num')::int / 10000 as version`
    if (version < since) return
    await owner.unsafe(change).simple()
    expect(await guardsBroken(app)).toContain('the column log.events.category is not the one of the migrations')
    if (back === '') return
    await owner.unsafe(back).simple()
    expect(await guardsBroken(app)).not.toContain('the column log.events.category is not the one of the migrations')
  })
})
