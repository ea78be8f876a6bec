/** The sealed bytes of quarantined records, in PostgreSQL beside the log; their keys lie in the vault. */
import type { Sql } from 'postgres'
import { decrypt, encrypt, type Vault } from '@chorus/privacy'

export interface KeptBytes { readonly id: string; /** 1: as it came; one more with every repair */ readonly version: number; readonly bytes: Uint8Array; readonly waitsFor?: string }

export class QuarantinedBytes {
  constructor(private readonly sql: Sql, private readonly vault: Vault) {}

  /** Durable when it returns. A version that is kept already stays as it is. */
  async put(items: readonly KeptBytes[]): Promise<void> {
    if (items.length === 0) return
    const keys = await this.vault.keysFor('intake', items.map(({ id }) => subjectOf(id)))
    const rows = items.map(({ id, version, bytes, waitsFor }) => {
      const key = keys.get(subjectOf(id))
      if (!key || key === 'erased') throw new Error('the key of a quarantined record was destroyed: it cannot be kept again')
      const { nonce, cipher } = encrypt(bytes, key.key, placeOf(id, version, key.keyId))
      return { id, version, record_stream: waitsFor ?? null, key_id: key.keyId, nonce, sealed: cipher }
    })
    await this.sql`insert into intake.quarantined_bytes ${this.sql(rows)} on conflict (id, version) do nothing`
  }

  /** The bytes of this version, or the newest; undefined where none are kept, 'erased' where their key was destroyed. */
  async get(id: string, version?: number): Promise<{ readonly version: number; readonly bytes: Buffer } | 'erased' | undefined> {
    const [row] = await this.sql<{ version: number; key_id: string; nonce: Buffer; sealed: Buffer }[]>`
      select version, key_id, nonce, sealed from intake.quarantined_bytes
      where id = ${id} and ${version === undefined ? this.sql`true` : this.sql`version = ${version}`} order by version desc limit 1`
    if (!row) return undefined
    const key = (await this.vault.openKeys([row.key_id])).get(row.key_id)
    if (!key || key === 'erased') return 'erased'
    return { version: row.version, bytes: decrypt(row.nonce, row.sealed, key, placeOf(id, row.version, row.key_id)) }
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
