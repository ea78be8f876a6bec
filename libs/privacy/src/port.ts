/** The vault: tokens, keyed ids, and data keys. Keyed secrets and context keys live in files apart from PostgreSQL; data keys lie in it only wrapped. */
import type { Context } from '@chorus/contracts'

export type HmacPurpose = 'event-id' | 'stream-id' | 'content' | 'message' | 'link' | 'file' | 'command'

export interface SubjectKey { readonly keyId: string; readonly key: Uint8Array }

export interface Vault {
  /** HMAC-SHA-256 under the vault's own key for the purpose; parts are length-prefixed, so that ('a','bc') and ('ab','c') differ */
  hmac(purpose: HmacPurpose, ...parts: readonly string[]): Buffer
  /** a UUID (version 8) of that HMAC: the same parts give the same id wherever this vault's key is */
  uuid(purpose: HmacPurpose, ...parts: readonly string[]): string
  /** a new random token, e.g. per_3q2… (22 base64url characters): nobody can compute it from a person */
  newToken(kind: 'per' | 'pair' | 'inc'): string
  /** The token of whoever has this identifier at this source in this context; made at the first call, kept in the vault as (HMAC -> token). */
  tokenFor(context: Context, system: string, identifier: string): Promise<string>
  /**
   * The token of the one person who has all these identifiers: found by any of them, made where none is known; the others
   * lead to it from then on. `token`: the person is known already by it. Where identifiers lead to different people nothing
   * is linked and the answer is 'disagree': who is who is for a person to say.
   */
  personOf(context: Context, identifiers: readonly { readonly system: string; readonly id: string }[], token?: string): Promise<string | 'disagree'>
  /** The data keys of these subjects, made where missing. Durable before it returns. A subject whose keys were destroyed gives 'erased'. */
  keysFor(context: Context, subjects: readonly string[]): Promise<ReadonlyMap<string, SubjectKey | 'erased'>>
  /** The keys behind these key ids; 'erased' where destroyed. Throws where a key is neither there nor destroyed. */
  openKeys(keyIds: readonly string[]): Promise<ReadonlyMap<string, Uint8Array | 'erased'>>
  close(): Promise<void>
}
