/** kill -9 before there is a log: in the middle of the first start, and in the middle of the migrations. */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { postgres } from '@chorus/postgres'
import { migrate, readMigrations } from '../../../libs/platform/src/migrate'
import { installRights } from '../../../libs/platform/src/role-rights'
import { processesIn } from '../../../libs/platform/src/processes'
import { tcpProxy } from '../../support/tcp-proxy'
import { killAll, newFolder, postgresOf, removeFolder, sharedDatabase } from './ground'
import { chanceOf, live, PATIENCE_MS, type Kind, type Outcome } from './kinds'
import { holds } from './load'
import { Service } from './service'

/** How far the first start has come, by what stands in the data folder. */
const POINTS: Readonly<Record<string, (folder: string) => boolean>> = {
  'at its beginning': () => true,
  'while the cluster is made': (folder) => readdirSync(folder).some((name) => name.startsWith('postgres.new-') && !name.endsWith('.secret')),
  'with the passwords written': (folder) => existsSync(join(folder, 'postgres.json')),
  'while the server starts': (folder) => existsSync(join(folder, 'postgres', 'postmaster.pid')),
  'while it migrates': (folder) => postgresOf(folder).length > 7,
}

/** The first start of all, killed twice on its way; the third comes through, and the log is as good as any. */
export const setup: Kind = async (seed) => {
  const chance = chanceOf(seed, 'setup')
  const folder = newFolder()
  const befell: string[] = []
  try {
    for (let round = 0; round < 2; round++) {
      const service = new Service({ folder })
      const point = chance.pick(Object.keys(POINTS))
      let up = false
      void service.ready.then(() => { up = true }, () => undefined)
      // what the start before had done already does not come again
      await holds(() => up || POINTS[point]!(folder), PATIENCE_MS)
      await holds(() => false, chance.below(150))
      const alone = chance.below(2) === 0
      const through = up
      killAll([service.child.pid!, ...alone ? [] : [...processesIn(folder), ...postgresOf(folder)]])
      await service.ended
      befell.push(`${point}${alone ? '' : ', with all it had started'}${through ? ': came through' : ''}`)
    }
    const outcome = await live({ job: { folder }, seed, chance })
    return { ...outcome, befell }
  } finally {
    removeFolder(folder)
  }
}

/** Tables, columns, constraints, triggers and rights: what migrations make. */
const shapeOf = async (ownerUrl: string, app: string): Promise<string> => {
  const sql = postgres(ownerUrl, { max: 1, onnotice: () => undefined })
  try {
    const rows = await sql<{ line: string }[]>`
      select table_schema || '.' || table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable as line from information_schema.columns where table_schema in ('log', 'vault', 'intake', 'read', 'bus', 'public')
      union all select conrelid::regclass::text || ' ' || pg_get_constraintdef(oid) from pg_constraint where connamespace::regnamespace::text in ('log', 'vault', 'intake', 'read', 'bus')
      union all select tgrelid::regclass::text || ' ' || tgname || ' ' || tgenabled::text from pg_trigger where not tgisinternal
      union all select table_schema || '.' || table_name || ' ' || privilege_type from information_schema.role_table_grants where grantee = ${app}
      union all select name || ' ' || count(*) from public.chorus_migrations group by name
      order by 1`
    return rows.map(({ line }) => line).join('\n')
  } finally {
    await sql.end()
  }
}

/** Whoever migrates is killed three times on the way; what then migrates makes what an undisturbed one makes. */
export const migration: Kind = async (seed): Promise<Outcome> => {
  const chance = chanceOf(seed, 'migration')
  const [struck, clean] = [await sharedDatabase({ migrated: false }), await sharedDatabase()]
  const proxy = await tcpProxy(struck.ownerUrl)
  const appRole = new URL(struck.appUrl).username
  const befell: string[] = []
  try {
    for (let round = 0; round < 3; round++) {
      // the driver's first look at the types is 8 kB of answers; the migrations themselves are short ones
      const broken = proxy.swallowAfter(1 + (chance.below(5) === 0 ? chance.below(8000) : 8000 + chance.below(1700)))
      const service = new Service({ folder: struck.folder, migrate: { ownerUrl: proxy.url, appRole } })
      befell.push(await Promise.race([broken.then(() => 'killed on its way'), service.ended.then(() => 'came through')]))
      await service.kill()
      proxy.cut()
    }
    const sql = postgres(struck.ownerUrl, { max: 1, onnotice: () => undefined })
    const [half] = await sql<{ there: boolean }[]>`select to_regclass('public.chorus_migrations') is not null as there`
    const done = half!.there ? (await sql`select 1 from public.chorus_migrations`).length : 0
    await sql.end()
    befell.push(`${done} of ${(await readMigrations()).length} were done`)
    await migrate(struck.ownerUrl, appRole)
    const again = await migrate(struck.ownerUrl, appRole)
    await installRights(struck.ownerUrl, appRole)
    const shapes = [await shapeOf(struck.ownerUrl, appRole), await shapeOf(clean.ownerUrl, new URL(clean.appUrl).username)]
    return { befell, faults: [
      ...again.length > 0 ? [`${again.join(', ')} ran again`] : [],
      ...shapes[0] === shapes[1] ? [] : ['the schema is not what an undisturbed migration makes'],
    ] }
  } finally {
    await proxy.close()
    for (const { drop, folder } of [struck, clean]) { await drop(); removeFolder(folder) }
  }
}
