import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { postgres } from '@chorus/postgres'
import { freshDatabase, type FreshDatabase } from '../../../test/support/database'
import { migrate } from './migrate'

describe('migrate', () => {
  let database: FreshDatabase
  let folder: string
  let app: string

  beforeEach(async () => {
    database = await freshDatabase({ migrated: false })
    app = new URL(database.appUrl).username
    folder = await mkdtemp(join(tmpdir(), 'chorus-migrations-'))
    await writeFile(join(folder, '0001-thing.sql'), 'create table public.thing (id int); grant select on public.thing to {{app}};')
  })
  afterEach(async () => {
    await rm(folder, { recursive: true, force: true })
    await database.drop()
  })

  it('runs each file once, whoever else migrates at the same moment', async () => {
    const runs = await Promise.all([1, 2, 3, 4].map(() => migrate(database.ownerUrl, app, folder)))
    expect(runs.flat()).toEqual(['0001-thing.sql'])
  })

  it('leaves nothing of a file that fails, and names it', async () => {
    await writeFile(join(folder, '0002-broken.sql'), 'create table public.half (id int); select * from nowhere;')
    await expect(migrate(database.ownerUrl, app, folder)).rejects.toThrow(/^0002-broken\.sql: .*nowhere/)
    const sql = postgres(database.ownerUrl, { max: 1 })
    const tables = await sql`select tablename from pg_tables where schemaname = 'public' order by 1`
    await sql.end()
    expect(tables.map((row) => row.tablename as string)).toEqual(['chorus_migrations', 'thing'])
  })

  it('gives the application role what the file grants and nothing else', async () => {
    await migrate(database.ownerUrl, app, folder)
    const sql = postgres(database.appUrl, { max: 1 })
    await expect(sql`select * from public.thing`).resolves.toHaveLength(0)
    await expect(sql`insert into public.thing values (1)`).rejects.toThrow(/permission denied/)
    await expect(sql`delete from public.chorus_migrations`).rejects.toThrow(/permission denied/)
    await sql.end()
  })
})
