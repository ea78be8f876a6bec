/**
 * What the role of each service may do in PostgreSQL: one declaration for tables, the categories of libs/contracts/src/access.ts
 * for the log's rows. `chorus migrate` brings the database to it; `doctor` says where the database grants more.
 */
import { randomBytes } from 'node:crypto'
import type { Sql } from 'postgres'
import { postgres } from '@chorus/postgres'
import { appendedBy, contextsOf, readBy, SERVICES, type Service } from '@chorus/contracts'
import { MigrationRefused, pending, readMigrations } from './migrate'

/** Roles of a database: one for each service, and one that reads the audit log, which operations may take on. */
export const DATABASE_ROLES = [...SERVICES, 'audit'] as const
export type DatabaseRole = (typeof DATABASE_ROLES)[number]

const APPEND: readonly Service[] = SERVICES.filter((service) => appendedBy(service).length > 0)
/** Seal or open, or key what they record: all but the relay, which passes on what is sealed. */
const WITH_KEYS: readonly Service[] = SERVICES.filter((service) => service !== 'relay')
const WITH_READ_MODELS: readonly Service[] = ['intake', 'deterrence', 'services', 'finance']
/** Who is whose token, and who is one person in several contexts: intake asks, operations has it forgotten. */
const WITH_LINKS: readonly Service[] = ['intake', 'operations']
const CONSUME: readonly Service[] = ['deterrence', 'services', 'finance']

interface Grant { readonly on: string; readonly may: string; readonly to: readonly DatabaseRole[] }
const grant = (on: string, may: string, to: readonly DatabaseRole[]): Grant => ({ on, may, to })

export const GRANTS: readonly Grant[] = [
  grant('SCHEMA public', 'USAGE', DATABASE_ROLES),
  grant('TABLE public.chorus_migrations', 'SELECT', SERVICES),
  grant('TABLE public.chorus_rights', 'SELECT', SERVICES),
  grant('TABLE public.chorus_contexts', 'SELECT', SERVICES),
  grant('SCHEMA log', 'USAGE', SERVICES),
  grant('TABLE log.events', 'SELECT', SERVICES),
  grant('TABLE log.events', 'INSERT', APPEND),
  // Everybody sees where the log ends; who appends moves it, and evaluation promises that nothing comes before a moment.
  grant('TABLE log.head', 'SELECT', SERVICES),
  grant('TABLE log.head', 'UPDATE (ordinal, link, recordedtime)', APPEND),
  grant('TABLE log.head', 'UPDATE (promised)', ['evaluation']),
  grant('SCHEMA vault', 'USAGE', WITH_KEYS),
  ...['folder', 'context_keys', 'data_keys', 'destroyed'].map((table) => grant(`TABLE vault.${table}`, 'SELECT, INSERT', WITH_KEYS)),
  ...['links', 'persons'].map((table) => grant(`TABLE vault.${table}`, 'SELECT, INSERT', WITH_LINKS)),
  grant('TABLE vault.context_keys', 'UPDATE (kek, fingerprint)', WITH_KEYS),
  grant('TABLE vault.data_keys', 'UPDATE (state, kek, wrapped)', WITH_KEYS),
  grant('TABLE vault.links', 'UPDATE (token)', WITH_LINKS),
  // rows of before they were proven are given their proof, once
  grant('TABLE vault.persons', 'UPDATE (place, proof)', WITH_LINKS),
  grant('TABLE vault.destroyed', 'UPDATE (told)', WITH_KEYS),
  grant('FUNCTION vault.ended(text[])', 'EXECUTE', WITH_KEYS),
  grant('SCHEMA intake', 'USAGE', ['intake', 'operations']),
  grant('TABLE intake.quarantined_bytes', 'SELECT, INSERT', ['intake']),
  // verify looks whether what the log says is kept is there
  grant('TABLE intake.quarantined_bytes', 'SELECT (id, version)', ['operations']),
  // The tables of read models belong to the service that made them.
  grant('SCHEMA read', 'USAGE, CREATE', WITH_READ_MODELS),
  grant('SCHEMA read', 'USAGE', ['evaluation', 'operations', 'relay']),
  grant('TABLE read.checkpoints', 'SELECT, INSERT, UPDATE, DELETE', WITH_READ_MODELS),
  grant('SCHEMA bus', 'USAGE', ['relay', 'operations', ...CONSUME]),
  ...['consumers', 'positions', 'parked'].map((table) => grant(`TABLE bus.${table}`, 'SELECT, INSERT, UPDATE, DELETE', CONSUME)),
  grant('TABLE bus.leases', 'SELECT, INSERT, UPDATE, DELETE', ['relay', ...CONSUME]),
  grant('TABLE bus.published', 'SELECT, INSERT, UPDATE', ['relay']),
  grant('TABLE bus.published', 'SELECT', CONSUME),
  ...['bus.consumers', 'bus.positions', 'bus.parked', 'bus.leases', 'read.checkpoints'].map((table) => grant(`TABLE ${table}`, 'SELECT', ['operations'])),
  grant('TABLE bus.parked', 'UPDATE (next_try)', ['operations']),
  grant('TABLE bus.signed_through', 'SELECT, INSERT, UPDATE', ['operations']),
  grant('TABLE bus.leases', 'INSERT, UPDATE, DELETE', ['operations']),
  // A log in KurrentDB: whoever follows it assigns the places of all; what may be read goes by category.
  grant('SCHEMA log_index', 'USAGE', SERVICES),
  grant('TABLE log_index.events', 'SELECT, INSERT', SERVICES),
  grant('TABLE log_index.head', 'SELECT, INSERT, UPDATE', SERVICES),
  grant('SCHEMA audit', 'USAGE', [...WITH_KEYS, 'audit']),
  grant('FUNCTION audit.record(text)', 'EXECUTE', WITH_KEYS),
  grant('TABLE audit.entries', 'SELECT', ['audit']),
  grant('TABLE audit.head', 'SELECT', ['audit']),
]

/** All tables that migrations make, schema.table: a test holds this against them. */
const TABLES: ReadonlySet<string> = new Set(GRANTS.filter(({ on }) => on.startsWith('TABLE ')).map(({ on }) => on.slice('TABLE '.length)))

/**
 * The tables that a Chorus may have which ran these migrations.
 * @throws MigrationRefused where this build lacks one of them: it does not know what that made
 */
export const tablesOfChorus = async (applied: readonly { readonly name: string; readonly hash: string }[]): Promise<ReadonlySet<string>> => {
  pending(await readMigrations(), new Map(applied.map(({ name, hash }) => [name, hash])))
  return TABLES
}

/** The role of a service in a database: two databases of one server have roles of their own. */
export const roleOf = (database: string, role: DatabaseRole): string => `${database}_${role}`
const databaseOf = (url: string): string => decodeURIComponent(new URL(url).pathname.slice(1))

/** The address with which a connection works as this role from its first statement on. Whoever logs in must be the role, or a member of it. */
export const asRole = (url: string, role: DatabaseRole): string => {
  const to = new URL(url)
  to.searchParams.set('role', roleOf(databaseOf(url), role))
  return to.toString()
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`
const literal = (text: string): string => `'${text.replaceAll('\'', '\'\'')}'`

/** The rows of public.chorus_rights, [role, category, appends]. */
export const rowsOf = (database: string): [role: string, category: string, appends: boolean][] => SERVICES.flatMap((service) => {
  const reads = readBy(service)
  const appends = appendedBy(service)
  return [...reads === 'everything' ? ['*', ...appends] : reads].map((category): [string, string, boolean] => [roleOf(database, service), category, appends.includes(category)])
})

/** The rows of public.chorus_contexts, [role, context]. */
export const contextRowsOf = (database: string): [role: string, context: string][] => WITH_KEYS.flatMap((service) => {
  const contexts = contextsOf(service)
  return (contexts === 'everything' ? ['*'] : contexts).map((context): [string, string] => [roleOf(database, service), context])
})

/** The statements that bring tables, functions, schemas and rows to what is declared, in one transaction. @param login the role of DATABASE_URL, whose own rights end */
export const rightsSql = (database: string, login?: string): string => {
  const all = DATABASE_ROLES.map((role) => quoted(roleOf(database, role)))
  const from = [...all, 'PUBLIC', ...login === undefined ? [] : [quoted(login)]].join(', ')
  return [
    ...[...new Set(GRANTS.map(({ on }) => on))].filter((on) => on !== 'SCHEMA public').map((on) => `REVOKE ALL ON ${on} FROM ${from};`),
    ...GRANTS.map(({ on, may, to }) => `GRANT ${may} ON ${on} TO ${to.map((role) => quoted(roleOf(database, role))).join(', ')};`),
    ...login === undefined ? [] : [`GRANT USAGE ON SCHEMA public TO ${quoted(login)}; GRANT SELECT ON public.chorus_migrations, public.chorus_rights, public.chorus_contexts TO ${quoted(login)};`],
    'DELETE FROM public.chorus_rights; DELETE FROM public.chorus_contexts;',
    `INSERT INTO public.chorus_contexts (role, context) VALUES ${contextRowsOf(database).map(([role, context]) => `(${literal(role)}, ${literal(context)})`).join(', ')};`,
    `INSERT INTO public.chorus_rights (role, category, appends) VALUES ${rowsOf(database).map(([role, category, appends]) => `(${literal(role)}, ${literal(category)}, ${appends})`).join(', ')};`,
  ].join('\n')
}

/**
 * Makes the roles that are missing, without a password, and brings what they may do to the declaration. Safe to repeat, and to
 * run beside services of this build. Those of an earlier build are stopped first where a right is withdrawn or a category is
 * named anew: row security answers them with fewer rows, not with a refusal.
 * @param ownerUrl of the owner; needs CREATEROLE only where roles or memberships are missing
 * @param login the role of DATABASE_URL: becomes able to take on every service's role (one process for all); absent where each service logs in as its own
 * @throws MigrationRefused with the statements for an administrator, where the owner may not make roles
 */
export const installRights = async (ownerUrl: string, login?: string): Promise<void> => {
  const database = databaseOf(ownerUrl)
  const sql = postgres(ownerUrl, { max: 1, onnotice: () => undefined, connection: { application_name: 'chorus migrate' } })
  try {
    await sql.begin(async (tx) => {
      await tx`select pg_advisory_xact_lock(8260002)`
      const [{ version } = { version: 0 }] = await tx<{ version: number }[]>`select current_setting('server_version_num')::int as version`
      const known = new Set((await tx<{ rolname: string }[]>`select rolname from pg_roles`).map(({ rolname }) => rolname))
      const members = new Set((await tx<{ pair: string }[]>`select pg_get_userbyid(roleid) || ' ' || pg_get_userbyid(member) as pair from pg_auth_members`).map(({ pair }) => pair))
      const own = DATABASE_ROLES.map((role) => roleOf(database, role))
      const alone = login === undefined || own.includes(login) ? [] : own.map((role): [string, string] => [role, login])
      const wanted: [string, string][] = [[roleOf(database, 'audit'), roleOf(database, 'operations')], ...alone]
      const missing = [
        ...own.filter((role) => !known.has(role)).map((role) => `CREATE ROLE ${quoted(role)} NOLOGIN`),
        ...wanted.filter(([role, member]) => !members.has(`${role} ${member}`)).map(([role, member]) => `GRANT ${quoted(role)} TO ${quoted(member)}${version >= 160_000 ? ' WITH INHERIT FALSE, SET TRUE' : ''}`),
      ]
      if (missing.length > 0) {
        await tx.savepoint((point) => point.unsafe(missing.join(';\n')).simple()).catch((error: unknown) => {
          if ((error as { code?: string }).code !== '42501') throw error
          throw new MigrationRefused(`The role of DATABASE_OWNER_URL may not make the roles of the services. Give it CREATEROLE, or have an administrator run, then migrate again:\n${missing.join(';\n')};`)
        })
      }
      await tx.unsafe(rightsSql(database, login !== undefined && own.includes(login) ? undefined : login)).simple()
    })
  } finally {
    await sql.end({ timeout: 5 })
  }
}

/** Gives each service's role a new password, and the address to log in with. @param ownerUrl of the role that made them */
export const serviceLogins = async (ownerUrl: string): Promise<Readonly<Record<Service, string>>> => {
  const sql = postgres(ownerUrl, { max: 1, onnotice: () => undefined })
  try {
    const logins = SERVICES.map((service) => ({ service, role: roleOf(databaseOf(ownerUrl), service), password: randomBytes(24).toString('base64url') }))
    for (const { role, password } of logins) await sql.unsafe(`ALTER ROLE ${quoted(role)} LOGIN PASSWORD ${literal(password)}`)
    return Object.fromEntries(logins.map(({ service, role, password }) => {
      const url = new URL(ownerUrl)
      url.username = role
      url.password = password
      return [service, url.toString()]
    })) as Record<Service, string>
  } finally {
    await sql.end({ timeout: 5 })
  }
}

/** Each privilege of a grant by itself; `column`: where it is of some columns alone. */
const privilegesOf = (may: string): { privilege: string; column: string | null }[] => [...may.matchAll(/(\w+)(?: \(([^)]*)\))?(?:, |$)/g)]
  .flatMap(([, privilege = '', columns]) => (columns?.split(', ') ?? [null]).map((column) => ({ privilege, column })))

/** Each declared privilege by itself. */
interface Wanted { readonly role: string; readonly kind: string; readonly name: string; readonly privilege: string; readonly column: string | null }
const wantedOf = (database: string): Wanted[] => GRANTS.flatMap(({ on, may, to }) => {
  const [kind = '', name = ''] = on.split(' ')
  return to.flatMap((role) => privilegesOf(may).map((each) => ({ role: roleOf(database, role), kind, name, ...each })))
})

const OUR_SCHEMAS = [...new Set(GRANTS.map(({ on }) => on.split(' ')[1]!.split('.')[0]!))]

/** What can be granted, under the names of the declaration. Looked up in the catalogue: asked by name, a role that may not enter a schema is refused. */
const OBJECTS = `
  select 'TABLE' as kind, n.nspname || '.' || c.relname as name, c.oid from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind in ('r', 'p')
  union all select 'SCHEMA', nspname, oid from pg_namespace
  union all select 'FUNCTION', n.nspname || '.' || p.proname || '(' || oidvectortypes(p.proargtypes) || ')', p.oid from pg_proc p join pg_namespace n on n.oid = p.pronamespace`

/**
 * What the roles of this database lack of the declaration, one sentence each; [] where it is as declared. Any role may ask that may read chorus_rights.
 * @param of this role alone; left out: all
 */
export const rightsMissing = async (sql: Sql, of?: DatabaseRole): Promise<string[]> => {
  const [{ database } = { database: '' }] = await sql<{ database: string }[]>`select current_database() as database`
  const roles = (of === undefined ? DATABASE_ROLES : [of]).map((role) => roleOf(database, role))
  const wanted = wantedOf(database).filter(({ role }) => roles.includes(role))
  const known = new Set((await sql<{ role: string }[]>`select rolname as role from pg_roles where rolname = any (${roles})`).map(({ role }) => role))
  const gone = await sql<{ kind: string; name: string }[]>`
    select distinct w.kind, w.name from jsonb_to_recordset(${sql.json(wanted as never)}::jsonb) as w(kind text, name text) where not exists (select from (${sql.unsafe(OBJECTS)}) as o where o.kind = w.kind and o.name = w.name) order by 1, 2`
  const lacking = await sql<{ role: string; kind: string; name: string; privilege: string }[]>`
    select distinct w.role, w.kind, w.name, w.privilege from jsonb_to_recordset(${sql.json(wanted as never)}::jsonb) as w(role text, kind text, name text, privilege text, "column" text)
      join pg_roles r on r.rolname = w.role join (${sql.unsafe(OBJECTS)}) as o on o.kind = w.kind and o.name = w.name
    where not case w.kind when 'SCHEMA' then has_schema_privilege(r.oid, o.oid, w.privilege) when 'FUNCTION' then has_function_privilege(r.oid, o.oid, w.privilege)
      else case when w.column is null then has_table_privilege(r.oid, o.oid, w.privilege) else has_column_privilege(r.oid, o.oid, w.column, w.privilege) end end order by 1, 3, 4`
  const [acting] = await sql<{ audit: boolean }[]>`
    select exists (select from pg_auth_members where pg_get_userbyid(roleid) = ${roleOf(database, 'audit')} and pg_get_userbyid(member) = ${roleOf(database, 'operations')}) as audit`
  // a table that is gone is named as such; whoever asks what stands in it is refused
  const has = gone.some(({ name }) => name === 'public.chorus_rights') ? undefined : new Map((await sql<{ role: string; category: string; appends: boolean }[]>`select role, category, appends from public.chorus_rights`).map(({ role, category, appends }) => [`${role} ${category}`, appends]))
  const short = has ? rowsOf(database).filter(([role, category, appends]) => { if (!roles.includes(role)) return false; const as = has.get(`${role} ${category}`); return as === undefined || (appends && !as) }) : []
  const keys = gone.some(({ name }) => name === 'public.chorus_contexts') ? undefined : new Set((await sql<{ role: string; context: string }[]>`select role, context from public.chorus_contexts`).map(({ role, context }) => `${role} ${context}`))
  return [
    ...roles.filter((role) => !known.has(role)).map((role) => `the role ${role} is missing`),
    ...gone.map(({ kind, name }) => `the ${kind.toLowerCase()} ${name} is missing`),
    ...lacking.map(({ role, kind, name, privilege }) => `${role} may not ${privilege} ${kind === 'SCHEMA' ? `in schema ${name}` : name}`),
    ...known.has(roleOf(database, 'audit')) && known.has(roleOf(database, 'operations')) && !acting!.audit ? [`${roleOf(database, 'operations')} may not act as ${roleOf(database, 'audit')}`] : [],
    ...short.map(([role, category, appends]) => `${role} may not ${appends ? 'append' : 'read'} ${category === '*' ? 'everything' : category}`),
    ...keys ? contextRowsOf(database).filter(([role, context]) => roles.includes(role) && !keys.has(`${role} ${context}`)).map(([role, context]) => `${role} may not use the keys of ${context === '*' ? 'any context' : context}`) : [],
  ]
}

/**
 * Tables, views and functions that an extension brought, `pg_class 1234`: what it grants to everybody (statistics of statements,
 * say) is the extension's. Not in the schemas of ours, and nothing that is declared: that its owner could hide there.
 */
const broughtByExtensions = async (sql: Sql): Promise<ReadonlySet<string>> => {
  const rows = await sql<{ id: string }[]>`
    select d.classid::regclass::text || ' ' || d.objid as id from pg_depend d
      left join pg_class c on d.classid = 'pg_class'::regclass and c.oid = d.objid left join pg_proc p on d.classid = 'pg_proc'::regclass and p.oid = d.objid
      join pg_namespace n on n.oid = coalesce(c.relnamespace, p.pronamespace)
    where d.deptype = 'e' and n.nspname <> all (${OUR_SCHEMAS.filter((schema) => schema !== 'public')}) and n.nspname || '.' || coalesce(c.relname, '') <> all (${GRANTS.map(({ on }) => on.split(' ')[1]!)})`
  return new Set(rows.map(({ id }) => id))
}

/** What the roles of this database may do beyond the declaration, one sentence each; [] where it is as declared. Any role may ask that may read chorus_rights. */
export const rightsBeyond = async (sql: Sql): Promise<string[]> => {
  const [{ database } = { database: '' }] = await sql<{ database: string }[]>`select current_database() as database`
  const allowed = new Set(wantedOf(database).map(({ role, kind, name, privilege, column }) => `${role} ${kind} ${name} ${privilege} ${column ?? '*'}`))
  const may = (role: string, kind: string, name: string, privilege: string, column = '*'): boolean => allowed.has(`${role} ${kind} ${name} ${privilege} ${column}`)
  const roles = DATABASE_ROLES.map((role) => roleOf(database, role))
  const brought = await broughtByExtensions(sql)
  const found = await sql<{ id: string; role: string; name: string; privilege: string }[]>`
    select 'pg_class ' || c.oid as id, r.rolname as role, n.nspname || '.' || c.relname as name, p.privilege
    from pg_roles r, pg_class c join pg_namespace n on n.oid = c.relnamespace, unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) as p(privilege)
    where r.rolname = any (${roles}) and c.relkind in ('r', 'p', 'v', 'm', 'f') and n.nspname not in ('pg_catalog', 'information_schema') and c.relowner <> r.oid and has_table_privilege(r.oid, c.oid, p.privilege)`
  // of some columns alone
  const columns = await sql<{ id: string; role: string; name: string; privilege: string; column: string }[]>`
    select 'pg_class ' || c.oid as id, r.rolname as role, n.nspname || '.' || c.relname as name, p.privilege, a.attname as column
    from pg_roles r, pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace, unnest(array['SELECT', 'INSERT', 'UPDATE', 'REFERENCES']) as p(privilege)
    where r.rolname = any (${roles}) and a.attacl is not null and a.attnum > 0 and not a.attisdropped and n.nspname not in ('pg_catalog', 'information_schema') and c.relowner <> r.oid
      and not has_table_privilege(r.oid, c.oid, p.privilege) and has_column_privilege(r.oid, c.oid, a.attnum, p.privilege) order by 1, 2, 3, 4`
  // schemas of ours, and functions that do what whoever calls them may not
  const wide = await sql<{ id: string; role: string; kind: string; name: string; privilege: string }[]>`
    select 'pg_proc ' || o.oid as id, r.rolname as role, o.kind, o.name, p.privilege from pg_roles r, (${sql.unsafe(OBJECTS)}) as o, unnest(array['USAGE', 'CREATE', 'EXECUTE']) as p(privilege)
    where r.rolname = any (${roles}) and case
      when o.kind = 'SCHEMA' then p.privilege <> 'EXECUTE' and o.name = any (${OUR_SCHEMAS}) and has_schema_privilege(r.oid, o.oid, case p.privilege when 'EXECUTE' then 'USAGE' else p.privilege end)
      when o.kind = 'FUNCTION' then p.privilege = 'EXECUTE' and (select prosecdef from pg_proc where oid = o.oid) and o.name not like 'pg\\_%' and o.name not like 'information_schema.%' and has_function_privilege(r.oid, o.oid, 'EXECUTE')
      else false end order by 1, 3, 4`
  const declared = new Map(rowsOf(database).map(([role, category, appends]) => [`${role} ${category}`, appends]))
  const rows = await sql<{ role: string; category: string; appends: boolean }[]>`select role, category, appends from public.chorus_rights order by 1, 2`
  const contexts = new Set(contextRowsOf(database).map(([role, context]) => `${role} ${context}`))
  const keys = await sql<{ role: string; context: string }[]>`select role, context from public.chorus_contexts order by 1, 2`
  const owned = await sql<{ role: string; name: string }[]>`
    select r.rolname as role, n.nspname || '.' || c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_roles r on r.oid = c.relowner
    where r.rolname = any (${roles}) and c.relkind in ('r', 'p') and n.nspname <> 'read'`
  const bare = await sql<{ name: string }[]>`
    select n.nspname || '.' || c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where not c.relrowsecurity and n.nspname || '.' || c.relname = any (${['log.events', 'log_index.events', 'vault.data_keys', 'read.checkpoints', 'bus.consumers', 'bus.positions', 'bus.parked', 'bus.leases', 'bus.published']})`
  const powers = await sql<{ role: string }[]>`select rolname as role from pg_roles where rolname = any (${roles}) and (rolsuper or rolcreaterole or rolcreatedb or rolbypassrls or rolreplication)`
  const acting = await sql<{ role: string; member: string }[]>`
    select pg_get_userbyid(roleid) as role, pg_get_userbyid(member) as member from pg_auth_members where pg_get_userbyid(member) = any (${roles})`
  return [
    ...found.filter(({ id, role, name, privilege }) => !brought.has(id) && !may(role, 'TABLE', name, privilege)).map(({ role, name, privilege }) => `${role} may ${privilege} ${name}`),
    ...columns.filter(({ id, role, name, privilege, column }) => !brought.has(id) && !may(role, 'TABLE', name, privilege, column) && !may(role, 'TABLE', name, privilege)).map(({ role, name, privilege, column }) => `${role} may ${privilege} ${name} (${column})`),
    ...wide.filter(({ id, role, kind, name, privilege }) => !(kind === 'FUNCTION' && brought.has(id)) && !may(role, kind, name, privilege)).map(({ role, kind, name, privilege }) => `${role} may ${privilege} ${kind === 'SCHEMA' ? `in schema ${name}` : name}`),
    ...rows.filter(({ role, category, appends }) => { const as = declared.get(`${role} ${category}`); return as === undefined || (appends && !as) }).map(({ role, category, appends }) => `${role} may ${appends ? 'read and append' : 'read'} ${category === '*' ? 'everything' : category}`),
    ...keys.filter(({ role, context }) => !contexts.has(`${role} ${context}`)).map(({ role, context }) => `${role} may use the keys of ${context === '*' ? 'every context' : context}`),
    ...owned.map(({ role, name }) => `${role} owns ${name}`), ...bare.map(({ name }) => `${name} has no row security`), ...powers.map(({ role }) => `${role} has powers over the whole server`),
    ...acting.filter(({ role, member }) => !(role === roleOf(database, 'audit') && member === roleOf(database, 'operations'))).map(({ role, member }) => `${member} may act as ${role}`),
  ]
}
