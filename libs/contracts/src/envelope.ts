/** The envelope of every event (CloudEvents 1.0 names where they exist). Ordinal, recorded time and link stand beside the stored text, not in it. */
import type { Classification } from './privacy'

export type TimePrecision = 'instant' | 'minute' | 'hour' | 'day' | 'month'

/** A value that is sealed in the log: AES-256-GCM under the key `k` (the key's id), nonce `n`, ciphertext with tag `c`, both base64url. */
export interface Sealed { readonly $sealed: { readonly k: string; readonly n: string; readonly c: string; /** only in memory, on an event led to a newer version: where it stands in the stored one */ readonly at?: { readonly pointer: string; readonly version: number } } }
/** What a reader sees in place of a value whose key was destroyed. */
export interface Erased { readonly $erased: true }
/** A field that is sealed in the log, plain at the two edges, and may be erased. */
export type Sealable<T = string> = T | Sealed | Erased

export interface Source { /** agency code, e.g. KCPD */ readonly agency: string; /** the agency's system, e.g. nibrs-flat-file */ readonly system: string }
export interface Actor { readonly id: string; readonly role: string; readonly agency: string }
/** What the token proves of its bearer beside role and agency; never part of an event. */
export interface Claims { /** the provider's organization: its id in the HSDS directory */ readonly organization?: string; /** the office held, one of CERTIFIER_TITLES */ readonly office?: string }
export interface Basis { readonly stream: string; readonly revision: number }
export interface SourceRecord {
  readonly system: string
  /** the record's id at its source: matchable from outside, hence sealed */
  readonly id: Sealable
  readonly version: number
  /** name and version of the mapping that read it, e.g. nibrs-flat@1 */
  readonly mapping: string
  /** keyed fingerprint of the inbound message (not of its meaning): tells a resent message from a change back */
  readonly message?: string
  /** keyed fingerprint of the file that it came in, and the record's first line there (of JSON, whose rows have no lines: the how-manieth row): what comes later in the same file is later */
  readonly file?: string
  readonly row?: number
}

/** What the aggregate, or an edge, says of an event: everything but what the recorder and the store add. */
export interface DraftEvent<D extends object = object> {
  readonly type: string
  readonly schemaVersion: number
  readonly data: D
  /** When it happened, cut to its precision: 2026-07 · 2026-07-02 · 2026-07-02T15 · 2026-07-02T15:10 (local, in timeZone) · 2026-07-02T20:10:00.000Z (instant). */
  readonly time: string
  readonly timePrecision: TimePrecision
  /** IANA name; UTC for instants */
  readonly timeZone: string
  /** the source's own text of the time, where there is one; sealed */
  readonly timeText?: Sealable
  readonly partitionkey?: string
  readonly policyVersion?: string
  readonly legalBasis?: string
  readonly basis?: readonly Basis[]
  /** id of the event that this one corrects */
  readonly corrects?: string
  /** rules that the recorded fact broke */
  readonly breaches?: readonly string[]
  readonly subjects?: readonly string[]
  readonly sourceRecord?: SourceRecord
  /** only for agency records: index of this event within its record version (default: its place in the append) */
  readonly index?: number
}

/** Who does it, when, and why: travels with every command and becomes part of the envelope. */
export interface CommandMeta {
  readonly commandId: string
  readonly correlationId: string
  readonly causationId: string | null
  readonly actor: Actor
  /** of the actor's token; absent for what Chorus commands itself */
  readonly claims?: Claims
  readonly source: Source
  /** RFC 3339 instant: the clock's reading; pure code gets time from here alone */
  readonly now: string
  /** when it reached us; default now */
  readonly receivedtime?: string
  /** keyed fingerprint of what the command says (target and body): tells a command that is sent again from another under the same id */
  readonly fingerprint?: string
}

/** The stored body (before the store adds log, stream and revision). */
export interface Envelope<D extends object = object> extends Omit<DraftEvent<D>, 'index' | 'subjects' | 'partitionkey'> {
  readonly id: string
  readonly source: Source
  readonly receivedtime: string
  readonly partitionkey: string
  readonly commandId: string
  /** keyed fingerprint of the command, where it came from outside */
  readonly command?: string
  readonly correlationId: string
  readonly causationId: string | null
  readonly actor: Actor
  readonly subjects: readonly string[]
  readonly classification: Classification
  /** HMAC under the vault's key of the canonical plaintext of data (tokens left out), time and source record */
  readonly content: string
}

/** An event as it is read: the envelope in its place. Sealed fields are still sealed. */
export interface RecordedEvent<D extends object = object> extends Envelope<D> {
  readonly log: string
  readonly stream: string
  readonly revision: number
  readonly ordinal: number
  readonly recordedtime: string
}

/**
 * An event as it comes over the bus: what the topics let through of it. Who acted is told by role and agency alone; where
 * the record came from, and every fingerprint, stay in the log. A RecordedEvent is one too. Sealed fields are still sealed.
 */
export interface BusEvent<D extends object = object> extends Omit<RecordedEvent<D>, 'actor' | 'content' | 'command' | 'sourceRecord' | 'timeText'> {
  readonly actor: Pick<Actor, 'role' | 'agency'>
}
