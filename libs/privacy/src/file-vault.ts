/**
 * The vault of a running Chorus: its secrets in files, data keys in PostgreSQL, each wrapped by its context's key.
 * A key is committed before it is handed out, so what is sealed with it can always be opened again.
 */
import { guarded, postgres } from '@chorus/postgres'
import { CONTEXTS, type Context } from '@chorus/contracts'
import { readDestroyed } from './destroyed-list'
import { contextFile, createMissing, filesIn, fingerprintOf, readFolder, removeLeftovers, UNSEALED, VaultRefused, type FileSeal, type KeyFolder, type VaultMode } from './key-folder'
import { CHANNEL, FileKeyLife, FOLDER_LOCK, useNewest } from './key-life'
import { KeyRing } from './key-ring'
import { KeyServiceAway } from './key-service'
import { KeyedIds, randomToken } from './keyed-ids'
import { Links, type Identifier } from './links'
import { Persons } from './persons'
import type { HmacPurpose, KeyLife, SubjectKey, Vault } from './port'
import { random } from './random'

export interface FileVaultOptions {
  /** folder of the secrets, 0700; made at the first start */
  readonly keysFolder: string
  /** application role's database, migrated */
  readonly databaseUrl: string
  readonly mode: VaultMode
  /** keys held in memory (default 20,000); the oldest go first */
  readonly cacheSize?: number
  /** a connection is given up whose server owes an answer for so long, ms (default 15,000: longer than any wait for another process) */
  readonly silenceMs?: number
  /** seals the files of the folder; default: they are plain, and apart from the database */
  readonly seal?: FileSeal
}

interface KeyRow { readonly key_id: string; readonly subject: string; readonly context: Context; readonly state: 'active' | 'destroying' | 'destroyed'; readonly kek: string; readonly wrapped: string | null }

/** A connection is given up whose server owes an answer for so long: an append waits for its keys. Longer than any wait for another process. */
const SILENCE_MS = 15_000
/** A batch of one statement: within PostgreSQL's comfort, and a lock held shortly. */
const BATCH = 2000
/** The folder is read again so long after the key service was away, ms. */
const AGAIN_MS = 5000
/** How often making keys is tried again when their context key was replaced meanwhile. */
const ATTEMPTS = 5

export class FileVault implements Vault {
  private readonly ids: KeyedIds
  private readonly links: Links
  /** who is one person across contexts */
  readonly persons: Persons
  private readonly bySubject = new Map<string, SubjectKey>()
  private readonly byId = new Map<string, Uint8Array>()
  private readonly keks = new Map<Context, string>()
  private seen = 0
  private again: NodeJS.Timeout | undefined
  private closed = false
  readonly life: KeyLife & Pick<FileKeyLife, 'resume'>

  private constructor(private readonly sql: postgres.Sql, folder: KeyFolder, private readonly ring: KeyRing, private readonly keysFolder: string, private readonly cacheSize: number) {
    this.ids = new KeyedIds(folder.identity.key)
    this.persons = new Persons(sql, this.ids)
    this.links = new Links(sql, this.ids, this.persons)
    this.life = new FileKeyLife({ sql, ring, folder: keysFolder, persons: this.persons, forget: () => this.forget() })
  }

  /**
   * Opens the vault; the first start makes the secrets, and only while the vault's tables are empty. Destructions that were cut
   * short are finished, and those that the folder's list knows and the database does not (a restored backup) are done again.
   * Throws VaultRefused: keys missing, swapped, damaged, readable by others, or of another mode; database not migrated.
   */
  static async open({ keysFolder, databaseUrl, mode, cacheSize = 20_000, silenceMs = SILENCE_MS, seal = UNSEALED }: FileVaultOptions): Promise<FileVault> {
    // Every commit here waits for the disk, whatever the database's own setting: a key is durable before its first use.
    const sql = postgres(databaseUrl, { ...guarded(databaseUrl, silenceMs), max: 4, idle_timeout: 60, onnotice: () => undefined, connection: { application_name: 'chorus vault', synchronous_commit: 'on' } })
    try {
      const { folder, ring } = await tie(sql, keysFolder, mode, seal)
      const vault = new FileVault(sql, folder, ring, keysFolder, cacheSize)
      await vault.life.resume()
      await vault.persons.adopt()
      const look = (): void => { vault.lookForDestroyed().catch(() => undefined) } // whoever uses a key looks for himself
      await sql.listen(CHANNEL, look, look)
      return vault
    } catch (error) {
      await sql.end({ timeout: 1 })
      throw error
    }
  }

  hmac(purpose: HmacPurpose, ...parts: readonly string[]): Buffer { return this.ids.hmac(purpose, parts) }
  uuid(purpose: HmacPurpose, ...parts: readonly string[]): string { return this.ids.uuid(purpose, parts) }
  newToken(kind: 'per' | 'pair' | 'inc'): string { return randomToken(kind) }

  async tokenFor(context: Context, system: string, identifier: string): Promise<string | 'erased'> {
    const token = await this.links.personOf(context, [{ system, id: identifier }])
    if (token === 'disagree') throw new Error('one identifier led to two people')
    return token
  }
  personOf(context: Context, identifiers: readonly Identifier[], token?: string): Promise<string | 'disagree' | 'erased'> { return this.links.personOf(context, identifiers, token) }

  tokensFor(context: Context, system: string, identifiers: readonly string[]): Promise<ReadonlyMap<string, string | 'erased'>> { return this.links.tokensFor(context, system, identifiers) }
  knownTokens(context: Context, system: string, identifiers: readonly string[]): Promise<ReadonlyMap<string, string | 'erased'>> { return this.links.knownTokens(context, system, identifiers) }

  knownPerson(context: Context, identifiers: readonly Identifier[]): Promise<string | 'disagree' | 'erased' | undefined> { return this.links.knownPerson(context, identifiers) }

  tokensWith(token: string): Promise<readonly string[]> { return this.persons.tokensWith(token) }
  knownElsewhere(tokens: readonly string[]): Promise<ReadonlySet<string>> { return this.persons.having(tokens) }

  async erased(context: Context, subjects: readonly string[]): Promise<ReadonlySet<string>> {
    if (subjects.length === 0) return new Set()
    const rows = await this.sql<{ subject: string }[]>`select subject from vault.data_keys where context = ${context} and subject = any(${subjects as string[]}) and state <> 'active'`
    return new Set(rows.map(row => row.subject))
  }

  async keysFor(context: Context, subjects: readonly string[]): Promise<ReadonlyMap<string, SubjectKey | 'erased'>> {
    const found = new Map<string, SubjectKey | 'erased'>()
    const missing: string[] = []
    const seen = await this.lookForDestroyed()
    for (const subject of new Set(subjects)) {
      const cached = this.bySubject.get(`${context}|${subject}`)
      if (cached) found.set(subject, cached)
      else missing.push(subject)
    }
    for (let from = 0; from < missing.length; from += BATCH) await this.makeOrFind(context, missing.slice(from, from + BATCH), found, seen)
    return found
  }

  async openKeys(keyIds: readonly string[], fresh = false): Promise<ReadonlyMap<string, Uint8Array | 'erased'>> {
    const found = new Map<string, Uint8Array | 'erased'>()
    const missing: string[] = []
    const seen = await this.lookForDestroyed()
    for (const keyId of new Set(keyIds)) {
      const cached = fresh ? undefined : this.byId.get(keyId)
      if (cached) found.set(keyId, cached)
      else missing.push(keyId)
    }
    for (let from = 0; from < missing.length; from += BATCH) {
      const part = missing.slice(from, from + BATCH)
      const rows = await this.sql<KeyRow[]>`select key_id, context, subject, state, kek, wrapped from vault.data_keys where key_id = any(${part})`
      for (const row of rows) { const key = await this.unwrap(row, fresh ? undefined : seen); found.set(row.key_id, key === 'erased' ? key : key.key) }
      if (fresh) await this.checkListed(rows)
      const unknown = part.find(keyId => !found.has(keyId))
      if (unknown) throw new VaultRefused('key-unknown', `the vault does not hold key ${unknown}: this log and this vault do not belong together, or the vault's backup is older than the log. Restore a vault no older than the log`)
    }
    return found
  }

  /** What PostgreSQL says was destroyed stands in the folder's list since before it said so: the database's owner cannot say it alone. */
  private async checkListed(rows: readonly KeyRow[]): Promise<void> {
    const ended = rows.filter(({ state }) => state !== 'active')
    const unlisted = (): KeyRow | undefined => { const listed = new Set(readDestroyed(this.keysFolder).map(({ keyId }) => keyId)); return ended.find(row => !listed.has(row.key_id)) }
    if (ended.length === 0 || !unlisted()) return
    // What is being destroyed at this moment stands in the list before whoever does it lets go of the folder.
    await this.sql.begin(tx => tx`select pg_advisory_xact_lock(${FOLDER_LOCK})`)
    const forged = unlisted()
    if (forged) throw new VaultRefused('key-unknown', `key ${forged.key_id} is said to be ${forged.state === 'destroyed' ? 'destroyed' : 'in destruction'}, and the list of destructions in the key folder does not know it: its row in vault.data_keys was altered. Restore the vault from its backup`)
  }

  async close(): Promise<void> {
    this.closed = true
    clearTimeout(this.again)
    this.bySubject.clear()
    this.byId.clear()
    await this.sql.end({ timeout: 5 })
  }

  /** One statement makes what is missing and finds the rest; a second one is needed only where another process was faster. */
  private async makeOrFind(context: Context, subjects: readonly string[], found: Map<string, SubjectKey | 'erased'>, seen: number): Promise<void> {
    for (let attempt = 0; ; attempt++) {
      const kek = await this.kekOf(context)
      const fresh = new Map(subjects.map(subject => {
        const key: SubjectKey = { keyId: randomToken('dek'), key: random(32) }
        return [subject, { key, wrapped: this.ring.wrap(kek, key, context, subject) }]
      }))
      const rows = await this.sql<KeyRow[]>`
        with wanted as (select * from unnest(${subjects as string[]}::text[], ${[...fresh.values()].map(({ key }) => key.keyId)}::text[], ${[...fresh.values()].map(({ wrapped }) => wrapped)}::text[]) as w(subject, key_id, wrapped)),
        known as (select k.* from vault.data_keys k join wanted using (subject) where k.context = ${context}),
        -- held until the keys are there: a context key is not replaced while something is wrapped by it
        wrapping as (select kek from vault.context_keys where context = ${context} and kek = ${kek} for share),
        made as (
          insert into vault.data_keys (key_id, context, subject, kek, wrapped) select w.key_id, ${context}, w.subject, wrapping.kek, w.wrapped
          from wanted w cross join wrapping where not exists (select from known where known.subject = w.subject)
          order by w.subject -- the same order in every process: two that want the same subjects wait for each other, and never both ways
          on conflict do nothing returning *)
        select key_id, context, subject, state, kek, wrapped from known union all select key_id, context, subject, state, kek, null from made`
      const raced = new Set(subjects)
      for (const row of rows) {
        raced.delete(row.subject)
        const made = fresh.get(row.subject)!.key
        found.set(row.subject, made.keyId === row.key_id ? this.remember(row, made, seen) : await this.unwrap(row, seen))
      }
      if (raced.size > 0) {
        for (const row of await this.sql<KeyRow[]>`select key_id, context, subject, state, kek, wrapped from vault.data_keys where context = ${context} and subject = any(${[...raced]})`) { raced.delete(row.subject); found.set(row.subject, await this.unwrap(row, seen)) }
      }
      if (raced.size === 0) return
      // The context key was replaced meanwhile.
      if (attempt === ATTEMPTS) throw new Error(`the context key of ${context} changes faster than a key can be made`)
      subjects = [...raced]
      this.keks.delete(context)
    }
  }

  /** The context key under which PostgreSQL takes new keys. */
  private async kekOf(context: Context): Promise<string> {
    const known = this.keks.get(context)
    // It may have been replaced, and be gone from a folder that was read since.
    if (known !== undefined && this.ring.has(context, known)) return known
    const [row] = await this.sql<{ kek: string }[]>`select kek from vault.context_keys where context = ${context}`
    if (!this.ring.has(context, row!.kek)) await this.ring.reload(context)
    this.keks.set(context, row!.kek)
    return row!.kek
  }

  private async unwrap(row: KeyRow, seen: number | undefined): Promise<SubjectKey | 'erased'> {
    if (row.state !== 'active' || row.wrapped === null) return 'erased'
    const key = await this.ring.unwrap({ ...row, wrapped: row.wrapped })
    if (key === 'erased') return key
    return seen === undefined ? { keyId: row.key_id, key } : this.remember(row, { keyId: row.key_id, key }, seen)
  }

  /**
   * Before a key is used that is held in memory: has any been destroyed since this process last looked? What another process
   * destroyed is thus unknown to nobody who asks later. The message that comes with a destruction serves the idle alone.
   */
  private async lookForDestroyed(): Promise<number> {
    const [row] = await this.sql<{ seq: number }[]>`select coalesce(max(seq), 0)::int as seq from vault.destroyed`
    if (row!.seq !== this.seen) {
      this.seen = row!.seq
      await this.forget()
    }
    return row!.seq
  }

  /** Drops what is in memory and reads the folder again. Keys in use are not written over: whoever holds one would seal with zeros. */
  private async forget(): Promise<void> {
    this.bySubject.clear()
    this.byId.clear()
    for (const context of CONTEXTS) {
      // What was destroyed is erased by PostgreSQL's word already: a key service that is away keeps nobody from going on.
      try { await this.ring.reload(context) } catch (error) { if (error instanceof KeyServiceAway) this.later(); else throw error }
    }
  }
  private later(): void {
    clearTimeout(this.again)
    if (!this.closed) this.again = setTimeout(() => { this.forget().catch(() => this.later()) }, AGAIN_MS).unref()
  }

  private remember({ context, subject }: { readonly context: string; readonly subject: string }, key: SubjectKey, seen: number): SubjectKey {
    // Read before a destruction that is known by now: it is good for who asked, and not kept.
    if (seen !== this.seen) return key
    if (this.bySubject.size >= this.cacheSize) dropOldest(this.bySubject)
    if (this.byId.size >= this.cacheSize) dropOldest(this.byId)
    // In bytes of its own: as it came it may be a slice of a larger piece, all of which would be held for it.
    const own = { keyId: key.keyId, key: Uint8Array.from(key.key) }
    this.bySubject.set(`${context}|${subject}`, own)
    this.byId.set(own.keyId, own.key)
    return own
  }
}

/** A tenth at once: a map walks over all that was dropped before to find its oldest, so that one by one is slower the more are opened. */
const dropOldest = (cache: Map<string, unknown>): void => {
  let left = Math.max(1, Math.floor(cache.size / 10))
  for (const oldest of cache.keys()) {
    cache.delete(oldest)
    if (--left === 0) return
  }
}

/** Makes the secrets at the very first start, else reads them, and holds folder and database together. */
const tie = async (sql: postgres.Sql, keysFolder: string, mode: VaultMode, seal: FileSeal): Promise<{ readonly folder: KeyFolder; readonly ring: KeyRing }> => {
  try {
    return await sql.begin(async tx => {
      // Two processes may start at once: the second waits and finds what the first made.
      await tx`select pg_advisory_xact_lock(${FOLDER_LOCK})`
      const [tied] = await tx<{ fingerprint: string; mode: VaultMode }[]>`select fingerprint, mode from vault.folder`
      const [filled] = await tx`select 1 from vault.data_keys limit 1`
      removeLeftovers(keysFolder)
      const { missing } = filesIn(keysFolder)
      if (missing.length > 0 && (tied || filled)) {
        throw new VaultRefused('keys-missing', `${keysFolder} lacks ${missing.join(', ')}, but the database holds keys that only they open. Restore the key folder from its backup, or set CHORUS_DATA to the folder that belongs to this database. For a new start, use an empty database`)
      }
      if (missing.length > 0) await createMissing(keysFolder, mode, seal)
      const folder = await readFolder(keysFolder, mode, seal)
      if (!tied) await tx`insert into vault.folder (fingerprint, mode) values (${fingerprintOf(folder.identity)}, ${mode})`
      else if (tied.fingerprint !== fingerprintOf(folder.identity)) throw swapped(keysFolder, 'vault-identity.json')
      const ring = new KeyRing(keysFolder, mode, seal, folder)
      const known = new Map((await tx<{ context: string; kek: string }[]>`select context, kek from vault.context_keys`).map(row => [row.context, row.kek]))
      for (const context of CONTEXTS) {
        const kek = known.get(context)
        if (kek !== undefined && !ring.has(context, kek)) throw swapped(keysFolder, contextFile(context))
        // A folder of the first format is given a context key that can lose single keys; its old one opens what it wrapped.
        if (ring.newest(context) === undefined) await ring.renew(context)
        if (kek === undefined || kek !== ring.newest(context)) await useNewest(tx, ring, context)
      }
      return { folder, ring }
    }) as { readonly folder: KeyFolder; readonly ring: KeyRing }
  } catch (error) {
    if (['42P01', '3F000', '42703'].includes((error as { code?: string }).code ?? '')) throw new VaultRefused('not-migrated', 'the database has no vault yet: run "chorus migrate", then start again')
    throw error
  }
}
const swapped = (folder: string, file: string): VaultRefused =>
  new VaultRefused('keys-swapped', `${folder}/${file} belongs to another database: set CHORUS_DATA to the folder that belongs to this one, or DATABASE_URL to the database that belongs to these keys`)
