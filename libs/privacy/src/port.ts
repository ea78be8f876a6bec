/** The vault: tokens, keyed ids, and data keys. Keyed secrets and context keys live in files apart from PostgreSQL; data keys lie in it only wrapped. */
import type { Context } from '@chorus/contracts'
import type { Destroyed } from './destroyed-list'
import type { PersonsChain } from './persons'

export type HmacPurpose = 'event-id' | 'stream-id' | 'content' | 'message' | 'link' | 'file' | 'command' | 'search' | 'person'

export interface SubjectKey { readonly keyId: string; readonly key: Uint8Array }

export interface Vault {
  /** HMAC-SHA-256 under the vault's own key for the purpose; parts are length-prefixed, so that ('a','bc') and ('ab','c') differ */
  hmac(purpose: HmacPurpose, ...parts: readonly string[]): Buffer
  /** a UUID (version 8) of that HMAC: the same parts give the same id wherever this vault's key is */
  uuid(purpose: HmacPurpose, ...parts: readonly string[]): string
  /** a new random token, e.g. per_3q2… (22 base64url characters): nobody can compute it from a person */
  newToken(kind: 'per' | 'pair' | 'inc'): string
  /** The token of whoever has this identifier at this source in this context; made at the first call, kept in the vault as (HMAC -> token). 'erased': see personOf. */
  tokenFor(context: Context, system: string, identifier: string): Promise<string | 'erased'>
  /**
   * `tokenFor` of many identifiers of one source, some hundred with each round trip: by identifier, and with the same answers as one
   * after the other. Another caller who makes the same at the same moment waits, and gets the same.
   */
  tokensFor(context: Context, system: string, identifiers: readonly string[]): Promise<ReadonlyMap<string, string | 'erased'>>
  /** As tokensFor, but looks only: whom nobody knows is not in the answer. */
  knownTokens(context: Context, system: string, identifiers: readonly string[]): Promise<ReadonlyMap<string, string | 'erased'>>
  /**
   * The token of the one person who has all these identifiers: found by any of them, made where none is known; the others
   * lead to it from then on. `token`: the person is known already by it. Where identifiers lead to different people nothing
   * is linked and the answer is 'disagree': who is who is for a person to say. 'erased': whoever has one of them was erased
   * by order, in whatever context; nobody new is made of it.
   */
  personOf(context: Context, identifiers: readonly { readonly system: string; readonly id: string }[], token?: string): Promise<string | 'disagree' | 'erased'>
  /** As personOf, but looks only: undefined where nobody is known by any of them. Nothing is made, nothing is linked. */
  knownPerson(context: Context, identifiers: readonly { readonly system: string; readonly id: string }[]): Promise<string | 'disagree' | 'erased' | undefined>
  /** The token itself and those that the same person has in other contexts, as far as identifiers lead to both. Looks only. Throws PersonsContradicted where one of them is not as it was noted. */
  tokensWith(token: string): Promise<readonly string[]>
  /** Those of the tokens to which others may belong in other contexts: whom tokensWith is worth asking about. Looks only. */
  knownElsewhere(tokens: readonly string[]): Promise<ReadonlySet<string>>
  /** The data keys of these subjects, made where missing. Durable before it returns. A subject whose keys were destroyed gives 'erased'. */
  keysFor(context: Context, subjects: readonly string[]): Promise<ReadonlyMap<string, SubjectKey | 'erased'>>
  /**
   * The keys behind these key ids; 'erased' where destroyed. Throws where a key is neither there nor destroyed.
   * `fresh`: as they are kept now, whatever this process remembers, and without remembering them; throws where a key is said to be
   * destroyed that no order destroyed: for verification.
   */
  openKeys(keyIds: readonly string[], fresh?: boolean): Promise<ReadonlyMap<string, Uint8Array | 'erased'>>
  /** Those of the subjects whose keys were destroyed, or are being destroyed. */
  erased(context: Context, subjects: readonly string[]): Promise<ReadonlySet<string>>
  /** Who is one person across contexts, as it is kept beside the log; absent where nobody else reaches it. */
  readonly persons?: PersonsChain
  close(): Promise<void>
}

/** What the vault holds of a subject. */
export interface KeyStanding {
  /** the subject itself, and the tokens of the same person in other contexts */
  readonly subjects: readonly string[]
  readonly keys: readonly { readonly keyId: string; readonly context: Context; readonly subject: string; readonly state: 'active' | 'destroying' | 'destroyed' }[]
}
export interface Rotated { readonly context: Context; /** ids of the context keys that were dropped; still there where it is not complete */ readonly from: readonly string[]; readonly to: string; /** data keys that were wrapped anew */ readonly keys: number; /** false: it was stopped, and the same call goes on */ readonly complete: boolean }

/** The end of keys, and the replacement of what wraps them. A subject is a person's token or the stream of a record. */
export interface KeyLife {
  standingOf(subject: string): Promise<KeyStanding>
  /**
   * Destroys the keys of these subjects in every context, and leaves a tombstone where there is none: none is made later.
   * Afterwards nothing opens what they sealed. `command` and `at` (RFC 3339 instant) are kept with it; those that an earlier
   * command destroyed keep theirs. Answers all keys of the subjects that are destroyed. Cut short, it goes on at the next opening.
   */
  destroy(subjects: readonly string[], command: string, at: string): Promise<readonly Destroyed[]>
  /** Destroyed keys whose event is not recorded yet, in order. */
  untold(): Promise<readonly Destroyed[]>
  told(keyIds: readonly string[]): Promise<void>
  /** Replaces the context key while everybody goes on: every data key of the context is wrapped anew. `report` is told how many of how many. */
  rotate(context: Context, report: (done: number, total: number) => void, signal?: AbortSignal): Promise<Rotated>
}
