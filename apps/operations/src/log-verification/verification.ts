/** Verifies this process's log with everything that it was given: second places, signing key, vault. One at a time. */
import { walkRange, type EventStore } from '@chorus/event-store'
import type { PersonsChain } from '@chorus/privacy'
import { readVerifier, verifyLog, type AuditChain, type CheckpointFolder, type LogReport, type NoteSigner, type NoteVerifier, type SecondPlace, type TryKept, type TryKeys } from '@chorus/tamper-evidence'

export interface LogVerificationOptions {
  readonly store: EventStore
  readonly folder: CheckpointFolder
  readonly witness: SecondPlace | null
  readonly signer: NoteSigner
  readonly tryKeys: TryKeys
  readonly tryKept: TryKept
  readonly audit: AuditChain
  readonly persons?: PersonsChain
  readonly clock: { now(): string }
  /** how far was signed, as others than the second place know it */
  readonly signedThrough: () => Promise<number>
}
export interface VerificationWish { readonly full: boolean; /** default: the key that the second place began with */ readonly verifier?: NoteVerifier; readonly signal: AbortSignal; readonly onProgress: (checked: number, of: number) => void }

export class LogVerification {
  constructor(private readonly options: LogVerificationOptions) {}

  run({ full, verifier, signal, onProgress }: VerificationWish): Promise<LogReport> {
    const { store, folder, witness, signer, tryKeys, tryKept, audit, persons, clock, signedThrough } = this.options
    return verifyLog({
      store, folder, ...(witness && { witness }), signer, tryKeys, tryKept, audit, ...(persons && { persons }), full, clock, signal, onProgress, signedThrough, verifier: verifier ?? this.pinned(),
      walk: (range, onWalked) => walkRange(store, range, { signal, onWalked }),
    })
  }

  private pinned(): NoteVerifier {
    const { folder, store, signer } = this.options
    const text = folder.pinned(store.log)
    return text === undefined ? signer.verifier : readVerifier(text)
  }
}
