/**
 * The vault of a running Chorus: its secrets in files, data keys in PostgreSQL, each wrapped by its context's key.
 * A key is committed before it is handed out, so what is sealed with it can always be opened again.
 */
import { guarded, postgres } from '@chorus/postgres'
import type { Context } from '@chorus/contracts'
import { createMissing, filesIn, fingerprintOf, readFolder, VaultRefused, type KeyFolder, type VaultMode } from './key-folder'
import { KeyedIds, randomToken } from './keyed-ids'
import type { HmacPurpose, SubjectKey, Vault } from './port'
import { random } from './random'
import { decrypt, encrypt } from './seal'

export interface FileVaultOptions {
  /** folder of the secrets, 0700; made at the first start */
  readonly keysFolder: string
  /** application role's database, migrated */
  readonly databaseUrl: string
  readonly mode: VaultMode
  /** keys held in memory (default 20,000); the oldest go first */
  readonly cacheSize?: number
}

interface KeyRow { readonly key_id: string; readonly subject: string; readonly context: Context; readonly state: 'active' | 'destroying' | 'destroyed'; readonly kek: string; readonly wrapped: string | null }

// any number will do, as long as every Chorus process uses the same one
const SETUP_LOCK = 8_260_010
/** A connection is given up whose server owes an answer for so long: an append waits for its keys. Longer than any wait for another process. */
const SILENCE_MS = 15_000
/** A batch of one statement: within PostgreSQL's comfort, and a lock held shortly. */
const BATCH = 2000

export class FileVault implements Vault {
  private readonly ids: KeyedIds
  private readonly bySubject = new Map<string, SubjectKey>()
  private readonly byId = new Map<string, Uint8Array>()

  private constructor(private readonly sql: postgres.Sql, private readonly folder: KeyFolder, private readonly cacheSize: number) { this.ids = new KeyedIds(folder.identity.key) }

  /**
   * Opens the vault; the first start makes the secrets, and only while the vault's tables are empty.
   * Throws VaultRefused: keys missing, swapped, damaged, readable by others, or of another mode; database not migrated.
   */
  static async open({ keysFolder, databaseUrl, mode, cacheSize = 20_000 }: FileVaultOptions): Promise<FileVault> {
    // Every commit here waits for the disk, whatever the database's own setting: a key is durable before its first use.
    const sql = postgres(databaseUrl, { ...guarded(databaseUrl, SILENCE_MS), max: 2, idle_timeout: 60, onnotice: () => undefined, connection: { application_name: 'chorus vault', synchronous_commit: 'on' } })
    try {
      return new FileVault(sql, await tie(sql, keysFolder, mode), cacheSize)
    } catch (error) {
      await sql.end({ timeout: 1 })
      throw error
    }
  }

  hmac(purpose: HmacPurpose, ...parts: readonly string[]): Buffer { return this.ids.hmac(purpose, parts) }
  uuid(purpose: HmacPurpose, ...parts: readonly string[]): string { return this.ids.uuid(purpose, parts) }
  newToken(kind: 'per' | 'pair' | 'inc'): string { return randomToken(kind) }

  async tokenFor(context: Context, system: string, identifier: string): Promise<string> {
    const link = this.ids.hmac('link', [context, system, identifier]).toString('hex')
    const [made] = await this.sql<{ token: string }[]>`
      insert into vault.links (context, link, token) values (${context}, ${link}, ${randomToken('per')}) on conflict do nothing returning token`
    if (made) return made.token
    const [known] = await this.sql<{ token: string }[]>`select token from vault.links where context = ${context} and link = ${link}`
    return known!.token
  }

  async personOf(context: Context, identifiers: readonly { readonly system: string; readonly id: string }[], token?: string): Promise<string | 'disagree'> {
    // One order for all: two who link the same identifiers at once wait for each other and do not deadlock.
    const links = [...new Set(identifiers.map(({ system, id }) => this.ids.hmac('link', [context, system, id]).toString('hex')))].sort()
    return this.sql.begin(async tx => {
      for (const link of links) await tx`select pg_advisory_xact_lock(hashtextextended(${`${context}|${link}`}, 0))`
      const rows = await tx<{ token: string }[]>`select distinct token from vault.links where context = ${context} and link = any(${links})`
      const known = new Set([...(token === undefined ? [] : [token]), ...rows.map(row => row.token)])
      if (known.size > 1) return 'disagree'
      const [person = randomToken('per')] = known
      if (links.length > 0) await tx`insert into vault.links (context, link, token) select ${context}, link, ${person} from unnest(${links}::text[]) as link on conflict do nothing`
      return person
    })
  }

  async keysFor(context: Context, subjects: readonly string[]): Promise<ReadonlyMap<string, SubjectKey | 'erased'>> {
    const found = new Map<string, SubjectKey | 'erased'>()
    const missing: string[] = []
    for (const subject of new Set(subjects)) {
      const cached = this.bySubject.get(`${context}|${subject}`)
      if (cached) found.set(subject, cached)
      else missing.push(subject)
    }
    for (let from = 0; from < missing.length; from += BATCH) await this.makeOrFind(context, missing.slice(from, from + BATCH), found)
    return found
  }

  async openKeys(keyIds: readonly string[]): Promise<ReadonlyMap<string, Uint8Array | 'erased'>> {
    const found = new Map<string, Uint8Array | 'erased'>()
    const missing: string[] = []
    for (const keyId of new Set(keyIds)) {
      const cached = this.byId.get(keyId)
      if (cached) found.set(keyId, cached)
      else missing.push(keyId)
    }
    for (let from = 0; from < missing.length; from += BATCH) {
      const part = missing.slice(from, from + BATCH)
      const rows = await this.sql<KeyRow[]>`select key_id, context, subject, state, kek, wrapped from vault.data_keys where key_id = any(${part})`
      for (const row of rows) { const key = this.unwrap(row); found.set(row.key_id, key === 'erased' ? key : key.key) }
      const unknown = part.find(keyId => !found.has(keyId))
      if (unknown) throw new VaultRefused('key-unknown', `the vault does not hold key ${unknown}: this log and this vault do not belong together, or the vault's backup is older than the log. Restore a vault no older than the log`)
    }
    return found
  }

  async close(): Promise<void> {
    this.bySubject.clear()
    this.byId.clear()
    await this.sql.end({ timeout: 5 })
  }

  /** One statement makes what is missing and finds the rest; a second one is needed only where another process was faster. */
  private async makeOrFind(context: Context, subjects: readonly string[], found: Map<string, SubjectKey | 'erased'>): Promise<void> {
    const kek = this.folder.contexts.get(context)!
    const fresh = new Map(subjects.map(subject => {
      const key: SubjectKey = { keyId: randomToken('dek'), key: random(32) }
      return [subject, { key, wrapped: wrap(key, context, subject, kek.key) }]
    }))
    const rows = await this.sql<KeyRow[]>`
      with wanted as (select * from unnest(${subjects as string[]}::text[], ${[...fresh.values()].map(({ key }) => key.keyId)}::text[], ${[...fresh.values()].map(({ wrapped }) => wrapped)}::text[]) as w(subject, key_id, wrapped)),
      known as (select k.* from vault.data_keys k join wanted using (subject) where k.context = ${context}),
      made as (
        insert into vault.data_keys (key_id, context, subject, kek, wrapped)
        select w.key_id, ${context}, w.subject, ${kek.id}, w.wrapped from wanted w where not exists (select from known where known.subject = w.subject)
        order by w.subject -- the same order in every process: two that want the same subjects wait for each other, and never both ways
        on conflict do nothing returning *)
      select key_id, context, subject, state, kek, wrapped from known union all select key_id, context, subject, state, kek, null from made`
    const raced = new Set(subjects)
    for (const row of rows) {
      raced.delete(row.subject)
      const made = fresh.get(row.subject)!.key
      found.set(row.subject, made.keyId === row.key_id ? this.remember(row, made) : this.unwrap(row))
    }
    if (raced.size === 0) return
    for (const row of await this.sql<KeyRow[]>`select key_id, context, subject, state, kek, wrapped from vault.data_keys where context = ${context} and subject = any(${[...raced]})`) found.set(row.subject, this.unwrap(row))
  }

  private unwrap(row: KeyRow): SubjectKey | 'erased' {
    if (row.state !== 'active' || row.wrapped === null) return 'erased'
    const kek = this.folder.contexts.get(row.context)
    if (!kek || kek.id !== row.kek) throw new VaultRefused('keys-swapped', `key ${row.key_id} is wrapped by context key ${row.kek}, which is not in the key folder: restore the key folder that belongs to this database`)
    const bytes = Buffer.from(row.wrapped, 'base64url')
    let key: Buffer
    try { key = decrypt(bytes.subarray(0, 12), bytes.subarray(12), kek.key, wrapAad(row.key_id, row.context, row.subject)) } catch {
      throw new VaultRefused('keys-unreadable', `key ${row.key_id} does not unwrap: its row in vault.data_keys was altered. Restore the vault from its backup`)
    }
    return this.remember(row, { keyId: row.key_id, key })
  }

  private remember({ context, subject }: { readonly context: string; readonly subject: string }, key: SubjectKey): SubjectKey {
    if (this.bySubject.size >= this.cacheSize) dropOldest(this.bySubject)
    if (this.byId.size >= this.cacheSize) dropOldest(this.byId)
    this.bySubject.set(`${context}|${subject}`, key)
    this.byId.set(key.keyId, key.key)
    return key
  }
}

const dropOldest = (cache: Map<string, unknown>): void => { for (const oldest of cache.keys()) { cache.delete(oldest); return } }
const wrapAad = (keyId: string, context: string, subject: string): Buffer => Buffer.from(`wrap|${keyId}|${context}|${subject}`)
const wrap = ({ keyId, key }: SubjectKey, context: string, subject: string, kek: Uint8Array): string => {
  const { nonce, cipher } = encrypt(key, kek, wrapAad(keyId, context, subject))
  return Buffer.concat([nonce, cipher]).toString('base64url')
}

/** Makes the secrets at the very first start, else reads them, and holds folder and database together. */
const tie = async (sql: postgres.Sql, keysFolder: string, mode: VaultMode): Promise<KeyFolder> => {
  try {
    return await sql.begin(async tx => {
      // Two processes may start at once: the second waits and finds what the first made.
      await tx`select pg_advisory_xact_lock(${SETUP_LOCK})`
      const [tied] = await tx<{ fingerprint: string; mode: VaultMode }[]>`select fingerprint, mode from vault.folder`
      const [filled] = await tx`select 1 from vault.data_keys union all select 1 from vault.links limit 1`
      const { missing } = filesIn(keysFolder)
      if (missing.length > 0 && (tied || filled)) {
        throw new VaultRefused('keys-missing', `${keysFolder} lacks ${missing.join(', ')}, but the database holds keys that only they open. Restore the key folder from its backup, or set CHORUS_DATA to the folder that belongs to this database. For a new start, use an empty database`)
      }
      if (missing.length > 0) createMissing(keysFolder, mode)
      const folder = readFolder(keysFolder, mode)
      if (!tied) await tx`insert into vault.folder (fingerprint, mode) values (${fingerprintOf(folder.identity)}, ${mode})`
      else if (tied.fingerprint !== fingerprintOf(folder.identity)) throw swapped(keysFolder, 'vault-identity.json')
      const known = new Map((await tx<{ context: string; kek: string; fingerprint: string }[]>`select context, kek, fingerprint from vault.context_keys`).map(row => [row.context, row]))
      for (const [context, key] of folder.contexts) {
        const row = known.get(context)
        if (!row) await tx`insert into vault.context_keys (context, kek, fingerprint) values (${context}, ${key.id}, ${fingerprintOf(key)})`
        else if (row.kek !== key.id || row.fingerprint !== fingerprintOf(key)) throw swapped(keysFolder, `vault-context-${context}.json`)
      }
      return folder
    }) as KeyFolder
  } catch (error) {
    if ((error as { code?: string }).code === '42P01' || (error as { code?: string }).code === '3F000') throw new VaultRefused('not-migrated', 'the database has no vault yet: run "chorus migrate", then start again')
    throw error
  }
}
const swapped = (folder: string, file: string): VaultRefused =>
  new VaultRefused('keys-swapped', `${folder}/${file} belongs to another database: set CHORUS_DATA to the folder that belongs to this one, or DATABASE_URL to the database that belongs to these keys`)
