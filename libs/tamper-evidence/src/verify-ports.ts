/** What a verification asks of others. */
import type { EventStore, Range, SealedSample, Walked } from '@chorus/event-store'
import type { PersonsChain } from '@chorus/privacy'
import type { AuditChain } from './audit-chain'
import type { CheckpointFolder } from './checkpoint-folder'
import type { SecondPlace } from './second-place'
import type { NoteSigner, NoteVerifier } from './signed-note'

/** Walks ranges, in this thread or in others. */
export type Walk = (range: Range, onWalked: (events: number) => void) => Promise<Walked>
/** Tries a key: 'open', 'erased', or why what it sealed does not open. */
export type TryKeys = (samples: readonly SealedSample[]) => Promise<readonly ('open' | 'erased' | { readonly text: string })[]>

/** Looks whether what the events of a range say is kept beside the log is there: the first of which it is not, or why it could not look. */
export type TryKept = (range: { readonly after: number; readonly through: number; readonly signal?: AbortSignal }) => Promise<{ readonly ordinal: number; readonly text: string } | { readonly notLooked: string } | undefined>

export interface VerifyLogOptions {
  readonly store: Pick<EventStore, 'log' | 'head' | 'readAll'>
  readonly folder: CheckpointFolder
  readonly witness?: SecondPlace
  /** the key that must have signed; what verifies is remembered under `signer`, where that is the same key */
  readonly verifier: NoteVerifier
  readonly signer: NoteSigner
  readonly walk: Walk
  /** ranges walked side by side; default 1 */
  readonly lanes?: number
  readonly tryKeys?: TryKeys
  readonly tryKept?: TryKept
  readonly audit?: AuditChain
  readonly persons?: PersonsChain
  /** how far was signed for all that is known beside the second place; it is asked first */
  readonly signedThrough?: () => Promise<number>
  /** everything, also what was verified before */
  readonly full?: boolean
  readonly clock: { now(): string }
  readonly signal?: AbortSignal
  readonly onProgress?: (checked: number, of: number) => void
}
