/** The sealed bytes of quarantined records, in PostgreSQL beside the log; their keys lie in the vault. */
import type { Sql } from 'postgres'
import { decrypt, encrypt, type Vault } from '@chorus/privacy'

export interface KeptBytes { readonly id: string; /** 1: as it came; one more with every repair */ readonly version: number; readonly bytes: Uint8Array; readonly waitsFor?: string }

export class QuarantinedBytes {
  constructor(private readonly sql: Sql, private readonly vault: Vault) {}

  /** Of these, the records whose bytes were erased by order, here or before a backup was restored: they are not kept again. */
  async erased(ids: readonly string[]): Promise<ReadonlySet<string>> {
    const gone = await this.vault.erased('intake', ids.map(subjectOf))
    return new Set(ids.filter((id) => gone.has(subjectOf(id))))
  }

  /** Durable when it returns; answers how many were new. A version that is kept already stays as it is. */
  async put(items: readonly KeptBytes[]): Promise<number> {
    if (items.length === 0) return 0
    const keys = await this.vault.keysFor('intake', items.map(({ id }) => subjectOf(id)))
    const rows = items.map(({ id, version, bytes, waitsFor }) => {
      const key = keys.get(subjectOf(id))
      if (!key || key === 'erased') throw new Error('the key of a quarantined record was destroyed: it cannot be kept again')
      const { nonce, cipher } = encrypt(bytes, key.key, placeOf(id, version, key.keyId))
      return { id, version, record_stream: waitsFor ?? null, key_id: key.keyId, nonce, sealed: cipher }
    })
    return (await this.sql`insert into intake.quarantined_bytes ${this.sql(rows)} on conflict (id, version) do nothing`).count
  }

  /**
   * Keeps the bytes of a repair as a version of their own, before the event that names them by their fingerprint. The number
   * of repairs does not say which version: two may come at once, and a crash may have left bytes that no event names.
   */
  async putRepair(id: string, bytes: Uint8Array, waitsFor?: string): Promise<void> {
    if (await this.get(id, this.fingerprint(bytes)) !== undefined) return
    for (;;) {
      const [row] = await this.sql<{ newest: number }[]>`select coalesce(max(version), 1)::int as newest from intake.quarantined_bytes where id = ${id}`
      if (await this.put([{ id, version: row!.newest + 1, bytes, ...(waitsFor && { waitsFor }) }]) > 0) return
    }
  }

  /** Keyed fingerprint by which a repair's event names its bytes. */
  fingerprint(bytes: Uint8Array): string { return this.vault.hmac('message', Buffer.from(bytes).toString('latin1')).toString('hex') }

  /** The bytes as they came, or those of the repair with this fingerprint; undefined where none are kept, 'erased' where their key was destroyed. */
  async get(id: string, repair?: string): Promise<{ readonly version: number; readonly bytes: Buffer } | 'erased' | undefined> {
    const rows = await this.sql<{ version: number; key_id: string; nonce: Buffer; sealed: Buffer }[]>`
      select version, key_id, nonce, sealed from intake.quarantined_bytes
      where id = ${id} and ${repair === undefined ? this.sql`version = 1` : this.sql`version > 1`} order by version desc`
    const keys = await this.vault.openKeys(rows.map(row => row.key_id))
    for (const row of rows) {
      const key = keys.get(row.key_id)
      if (!key || key === 'erased') return 'erased'
      const bytes = decrypt(row.nonce, row.sealed, key, placeOf(id, row.version, row.key_id))
      if (repair === undefined || this.fingerprint(bytes) === repair) return { version: row.version, bytes }
    }
    return undefined
  }

  /** Those of the ids under which bytes are kept. */
  async among(ids: readonly string[]): Promise<string[]> {
    const rows = await this.sql<{ id: string }[]>`select distinct id from intake.quarantined_bytes where id = any(${ids as string[]})`
    return rows.map(({ id }) => id)
  }

  /** Ids whose record speaks of one of these streams, in order of arrival; whether they still wait, their streams say. */
  async waitingFor(streams: readonly string[]): Promise<string[]> {
    if (streams.length === 0) return []
    const rows = await this.sql<{ id: string }[]>`select id from intake.quarantined_bytes where record_stream = any(${streams as string[]}) group by id order by min(arrival)`
    return rows.map(({ id }) => id)
  }
}

const subjectOf = (id: string): string => `quarantine-${id}`
/** Bytes moved to another record, version or key do not open. */
const placeOf = (id: string, version: number, keyId: string): Buffer => Buffer.from(`quarantine|${id}|${version}|${keyId}`)
