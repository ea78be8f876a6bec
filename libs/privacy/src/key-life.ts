/**
 * The end of a key, and its context key's replacement. A destruction goes on where it was cut off: first the list of
 * destructions, then PostgreSQL says "destroying" (from then on the key is erased for every reader and writer), then the wrapping
 * key leaves the key folder, then PostgreSQL lets the wrapped key go. What PostgreSQL alone calls destroyed, nobody ordered: it
 * is left for verify to find (decision 0094). Whoever changes the folder holds one lock.
 */
import { onOwnConnection, type postgres } from '@chorus/postgres'
import { CONTEXTS, type Context } from '@chorus/contracts'
import { addDestroyed, readDestroyed, type Destroyed } from './destroyed-list'
import type { KeyRing, WrappedKey } from './key-ring'
import { randomToken } from './keyed-ids'
import type { Persons } from './persons'
import type { KeyLife, KeyStanding, Rotated } from './port'

// any number will do, as long as every Chorus process uses the same one
export const FOLDER_LOCK = 8_260_010
/** Rows wrapped anew in one transaction. */
const BATCH = 1000
export const CHANNEL = 'vault_destroyed'

interface Deps { readonly sql: postgres.Sql; readonly ring: KeyRing; readonly folder: string; readonly persons: Persons; /** what the caches of this process forget */ readonly forget: () => Promise<void> }
interface Row extends Destroyed { readonly state: 'active' | 'destroying' | 'destroyed' }

export class FileKeyLife implements KeyLife {
  constructor(private readonly deps: Deps) {}

  async standingOf(subject: string): Promise<KeyStanding> {
    const subjects = await this.deps.persons.tokensWith(subject)
    await this.catchUp(subjects)
    const keys = await this.deps.sql<KeyStanding['keys'][number][]>`
      select key_id as "keyId", context, subject, state from vault.data_keys where subject = any(${subjects}) order by subject, context`
    return { subjects, keys: [...keys].filter(isKey) }
  }

  async destroy(subjects: readonly string[], command: string, at: string): Promise<Destroyed[]> {
    const pairs = subjects.flatMap(subject => CONTEXTS.map((context): Destroyed => ({ keyId: randomToken('none'), context, subject, order: command, at })))
    return this.locked(async held => {
      const there = new Map((await held<{ keyId: string; context: Context; subject: string }[]>`
        select key_id as "keyId", context, subject from vault.data_keys where subject = any(${subjects as string[]})`).map(row => [pairOf(row), row.keyId]))
      // Where there is no key, a tombstone is listed: it outlives the database as the order does.
      const led = await this.linksOf(held, subjects)
      const wanted = pairs.map(pair => ({ ...pair, keyId: there.get(pairOf(pair)) ?? pair.keyId, ...(led.has(pairOf(pair)) && { links: led.get(pairOf(pair))! }) }))
      const before = await this.markListed(held)
      addDestroyed(this.deps.folder, wanted)
      // What stands in the list is destroyed at the next start, whoever holds it by then: so once more before this gives up.
      await this.mark(held, wanted).catch(() => this.mark(held, wanted))
      await this.finish(held, [], [...subjects, ...before])
      return this.ofSubjects(held, subjects)
    })
  }

  /** Brings database and folder up to everything that either of them knows was destroyed. Before anything is served. */
  async resume(): Promise<void> {
    await this.locked(async held => {
      const listed = readDestroyed(this.deps.folder)
      await this.finish(held, listed, await this.markListed(held, listed))
    })
  }

  /** What is listed and was not marked, since PostgreSQL failed in between, is destroyed before anything is said or ordered about its subjects: a hold comes too late for it. */
  private async catchUp(subjects: readonly string[]): Promise<void> {
    const listed = readDestroyed(this.deps.folder).filter(({ subject }) => subjects.includes(subject))
    if (listed.length === 0) return
    const left = await this.deps.sql`
      select from vault.data_keys k join unnest(${listed.map(one => one.context)}::text[], ${listed.map(one => one.subject)}::text[]) as l(context, subject) using (context, subject) where k.state = 'active' limit 1`
    if (left.length > 0) await this.resume()
  }

  /** Marks what the list names and the database does not. Answers its subjects: a key that one of them was given anew since then is theirs. */
  private async markListed(held: postgres.Sql, listed = readDestroyed(this.deps.folder)): Promise<string[]> {
    const known = new Set((await held<{ context: string; subject: string }[]>`select k.context, k.subject from vault.destroyed d join vault.data_keys k using (key_id) where k.state = 'destroyed'`).map(pairOf))
    const { mine, links } = await this.bounds(held)
    // A service that sees no links may have marked its keys before: whoever does see them goes through all that are left.
    const linked = links ? new Set((await held<{ token: string }[]>`select token from vault.links where token = any(${listed.map(({ subject }) => subject)})`).map(({ token }) => token)) : new Set<string>()
    const all = links ? listed.flatMap(({ context, links: own = [] }) => own.map((link) => ({ context, link }))) : []
    const there = new Set(all.length === 0 ? [] : (await held<{ context: string; link: string }[]>`select context, link from vault.links join unnest(${all.map(({ context }) => context)}::text[], ${all.map(({ link }) => link)}::text[]) as l(context, link) using (context, link) where token is null`).map(({ context, link }) => `${context}|${link}`))
    const unknown = ({ context, links: own = [] }: Destroyed): boolean => links && own.some((link) => !there.has(`${context}|${link}`))
    const missing = listed.filter(one => mine(one.context) && (!known.has(pairOf(one)) || linked.has(one.subject) || unknown(one)))
    if (missing.length > 0) await this.mark(held, missing)
    return [...new Set(missing.map(({ subject }) => subject))]
  }

  async untold(): Promise<Destroyed[]> {
    const rows = await this.deps.sql<Row[]>`${this.selected()} where not d.told and k.state = 'destroyed' order by d.seq`
    const ordered = this.ordered()
    return rows.filter(({ keyId }) => ordered.has(keyId)).map(plain)
  }
  async told(keyIds: readonly string[]): Promise<void> {
    await this.deps.sql`update vault.destroyed set told = true where key_id = any(${keyIds as string[]})`
  }

  async rotate(context: Context, report: (done: number, total: number) => void, signal?: AbortSignal): Promise<Rotated> {
    const { ring } = this.deps
    const from = await this.locked(async held => {
      await ring.reload(context)
      // One that was cut short is finished first: each of its steps is there or it is not.
      if (ring.older(context).length === 0) await ring.renew(context)
      await useNewest(held, ring, context)
      return ring.older(context)
    })
    const to = ring.newest(context)!
    const keys = await this.wrapAnew(this.deps.sql, context, report, signal)
    if (signal?.aborted) return { context, from, to, keys, complete: false }
    await this.locked(async held => {
      // Since PostgreSQL names the new one, none is made with an older one any more: what is left now is all there ever is.
      await this.wrapAnew(held, context, () => undefined)
      await ring.dropOlder(context)
    })
    return { context, from, to, keys, complete: true }
  }

  /** Every key of the context that an older context key wraps is wrapped by the current one; those being destroyed are left to be lost. */
  private async wrapAnew(sql: postgres.Sql, context: Context, report: (done: number, total: number) => void, signal?: AbortSignal): Promise<number> {
    const { ring } = this.deps
    const older = ring.older(context)
    const kek = ring.newest(context)!
    if (older.length === 0) return 0
    const [count] = await sql<{ total: number }[]>`select count(*)::int as total from vault.data_keys where context = ${context} and kek = any(${older}) and state = 'active'`
    for (let done = 0, after = ''; ; ) {
      report(done, Math.max(done, count!.total))
      if (signal?.aborted) return done
      const rows = await sql<WrappedKey[]>`select key_id, context, subject, kek, wrapped from vault.data_keys where context = ${context} and kek = any(${older}) and state = 'active' and key_id > ${after} order by key_id limit ${BATCH}`
      if (rows.length === 0) return done
      const anew: { key_id: string; wrapped: string }[] = []
      for (const row of rows) {
        const key = await ring.unwrap(row)
        if (key === 'erased') continue
        anew.push({ key_id: row.key_id, wrapped: ring.wrap(kek, { keyId: row.key_id, key }, context, row.subject) })
      }
      await sql`update vault.data_keys k set kek = ${kek}, wrapped = a.wrapped
        from unnest(${anew.map(a => a.key_id)}::text[], ${anew.map(a => a.wrapped)}::text[]) as a(key_id, wrapped)
        where k.key_id = a.key_id and k.state = 'active'`
      done += rows.length
      after = rows.at(-1)!.key_id
    }
  }

  /** What leads to these subjects, by context and subject; nothing where this role does not see it. */
  private async linksOf(held: postgres.Sql, subjects: readonly string[]): Promise<Map<string, string[]>> {
    const found = new Map<string, string[]>()
    if (!(await this.bounds(held)).links) return found
    for (const { context, subject, link } of await held<{ context: string; subject: string; link: string }[]>`select context, token as subject, link from vault.links where token = any(${subjects as string[]}) order by link`) {
      const pair = pairOf({ context, subject })
      found.set(pair, [...found.get(pair) ?? [], link])
    }
    return found
  }

  /** What this process's role may touch: keys by context, and whether it sees who is whose token. Whoever sees less does its part; the others do theirs at their start. */
  private async bounds(held: postgres.Sql): Promise<{ readonly mine: (context: Context) => boolean; readonly links: boolean }> {
    // a backup that was restored may have the schema of its time
    const [schema] = await held<{ bounded: boolean }[]>`select to_regclass('public.chorus_contexts') is not null as bounded`
    if (!schema!.bounded) return { mine: () => true, links: true }
    const rows = await held<{ context: string }[]>`select context from public.chorus_contexts where role = current_user`
    const [may] = await held<{ links: boolean }[]>`select has_column_privilege('vault.links', 'token', 'UPDATE') as links`
    const contexts = new Set(rows.map(({ context }) => context))
    return { mine: (context) => contexts.has('*') || contexts.has(context), links: may!.links }
  }

  /** From here on no reader opens them, no append sealed with them is accepted, no identifier leads to them. One transaction. */
  private async mark(held: postgres.Sql, destroyed: readonly Destroyed[]): Promise<void> {
    const column = (of: (one: Destroyed) => string): string[] => destroyed.map(of)
    const subjects = [...new Set(column(one => one.subject))]
    const { links } = await this.bounds(held)
    await held.unsafe('begin')
    try {
      const wanted = held`unnest(${column(one => one.keyId)}::text[], ${column(one => one.context)}::text[], ${column(one => one.subject)}::text[], ${column(one => one.order)}::text[], ${column(one => one.at)}::text[]) as w(key_id, context, subject, command, at)`
      // Where there was no key, a tombstone stands for it: none is made later.
      await held`insert into vault.data_keys (key_id, context, subject, state, kek, wrapped) select w.key_id, w.context, w.subject, 'destroyed', 'none', null from ${wanted} order by w.subject on conflict do nothing`
      await held`update vault.data_keys k set state = 'destroying' from ${wanted} where k.context = w.context and k.subject = w.subject and k.state = 'active'`
      await held`insert into vault.destroyed (key_id, command, at, told)
        select k.key_id, w.command, w.at::timestamptz, k.key_id like 'none\\_%' from ${wanted} join vault.data_keys k on k.context = w.context and k.subject = w.subject order by k.key_id on conflict do nothing`
      if (links) {
        await held`update vault.links set token = null where token = any(${subjects})`
        // A backup from before the person was known has none of them, or one that was started too soon has led them to somebody new: they lead to nobody.
        const own = destroyed.flatMap(({ context, links: each = [] }) => each.map((link) => ({ context, link })))
        const led = held`unnest(${own.map(({ context }) => context)}::text[], ${own.map(({ link }) => link)}::text[]) as l(context, link)`
        if (own.length > 0) await held`update vault.links k set token = null from ${led} where k.context = l.context and k.link = l.link and k.token is not null`
        if (own.length > 0) await held`insert into vault.links (context, link, token) select context, link, null from ${led} on conflict do nothing`
      }
      await held.unsafe(`select pg_notify('${CHANNEL}', '')`)
      await held.unsafe('commit')
    } catch (error) {
      await held.unsafe('rollback').catch(() => undefined)
      throw error
    }
  }

  /** Keys that are destroyed by an order: the database's owner does not write this list. */
  private ordered(): ReadonlySet<string> { return new Set(readDestroyed(this.deps.folder).map(({ keyId }) => keyId)) }

  /** What is marked by an order is brought to its end, in an order in which each step can be done again. @param now subjects whose order is carried out at this moment: a key that one of them was given since they were listed is theirs */
  private async finish(held: postgres.Sql, listed: readonly Destroyed[] = [], now: readonly string[] = []): Promise<void> {
    const { ring, folder } = this.deps
    const ordered = this.ordered()
    const marked = await held<Row[]>`${this.selected()} where ${listed.length === 0 ? held`k.state = 'destroying' or not d.told` : held`true`} order by d.seq`
    const rows = marked.filter(({ keyId, subject }) => ordered.has(keyId) || now.includes(subject))
    addDestroyed(folder, rows.map(plain))
    // a tombstone never had a leaf in the tree
    const all = [...listed, ...rows].filter(isKey)
    for (const context of new Set(all.map(one => one.context))) {
      const keyIds = all.flatMap(one => one.context === context ? [one.keyId] : [])
      await ring.destroy(context, keyIds)
      // A key of the first format wraps all of its context: the others are wrapped anew, and it is dropped.
      if (rows.some(one => one.context === context && one.state === 'destroying') && ring.hasFlat(context)) {
        await this.wrapAnew(held, context, () => undefined)
        await ring.dropOlder(context)
      }
    }
    await held`update vault.data_keys set state = 'destroyed', wrapped = null where state = 'destroying' and key_id = any(${rows.map(({ keyId }) => keyId)})`
    await held.unsafe(`select pg_notify('${CHANNEL}', '')`)
    await this.deps.forget()
  }

  private async ofSubjects(held: postgres.Sql, subjects: readonly string[]): Promise<Destroyed[]> {
    const rows = await held<Row[]>`${this.selected()} where k.subject = any(${subjects as string[]}) and k.key_id not like 'none\\_%' order by d.seq`
    return rows.map(plain)
  }

  private selected() {
    return this.deps.sql`select d.key_id as "keyId", k.context, k.subject, d.command as "order", to_char(d.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at, k.state from vault.destroyed d join vault.data_keys k using (key_id)`
  }

  /** One at a time in all processes; a process that dies lets go. */
  private locked<T>(work: (held: postgres.Sql) => Promise<T>): Promise<T> {
    return onOwnConnection(this.deps.sql, async (held) => {
      await held`select pg_advisory_lock(${FOLDER_LOCK})`
      try { return await work(held) } finally { await held`select pg_advisory_unlock(${FOLDER_LOCK})`.catch(() => undefined) }
    })
  }
}

/** From here on PostgreSQL takes new keys of this context under its newest context key alone; who is making one at this moment is waited for. */
export const useNewest = async (sql: postgres.Sql | postgres.TransactionSql, ring: KeyRing, context: Context): Promise<void> => {
  const kek = ring.newest(context)!
  await sql`insert into vault.context_keys (context, kek, fingerprint) values (${context}, ${kek}, ${kek}) on conflict (context) do update set kek = excluded.kek, fingerprint = excluded.fingerprint`
}

const pairOf = ({ context, subject }: { readonly context: string; readonly subject: string }): string => `${context}|${subject}`
/** Not a tombstone. */
const isKey = ({ keyId }: { readonly keyId: string }): boolean => !keyId.startsWith('none_')

const plain = ({ keyId, context, subject, order, at }: Row): Destroyed => ({ keyId, context, subject, order, at })
