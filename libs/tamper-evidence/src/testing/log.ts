/** A small log in memory, a key, a folder of checkpoints: what the specs of this library stand on. */
import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MemoryStore } from '@chorus/event-store'
import { CheckpointFolder } from '../checkpoint-folder'
import { keyName } from '../checkpoint'
import { signerOf, type NoteSigner } from '../signed-note'
import { Signer, type SignerOptions } from '../signer'

export interface TestLog { readonly store: MemoryStore; readonly signer: NoteSigner; readonly folder: string; readonly place: CheckpointFolder; add(count: number): Promise<void>; /** time goes by */ wait(seconds: number): void; signerWith(more?: Partial<SignerOptions>): Signer; clear(): void }

export const newSigner = (log: string): NoteSigner => signerOf(keyName(log), generateKeyPairSync('ed25519').privateKey)

/** One process alone: it always has the lease, and remembers as the database would. */
export const alone = (log: string): Pick<SignerOptions, 'lease' | 'remembered'> & { state: { log: string; ordinal: number; publicKey: string } | undefined } => {
  const memory = { state: undefined as { log: string; ordinal: number; publicKey: string } | undefined }
  return Object.assign(memory, {
    lease: { acquire: async () => 1, renew: async () => undefined, check: () => undefined, release: async () => undefined },
    remembered: { look: async () => memory.state, move: async (_epoch: number, to: { ordinal: number; publicKey: string }) => { memory.state = { log, ...to } } },
  })
}

export const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined }

/** id of the n-th event */
export const idOf = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`

export const testLog = (): TestLog => {
  let tick = 0
  const clock = { now: () => new Date(Date.UTC(2026, 5, 1) + 1000 * tick++).toISOString() }
  const store = new MemoryStore({ clock })
  const signer = newSigner(store.log)
  const folder = mkdtempSync(join(tmpdir(), 'chorus-checkpoints-'))
  const place = new CheckpointFolder({ folder, notesPerFile: 4 })
  const memory = alone(store.log)
  let made = 0
  return {
    store, signer, folder, place,
    add: async (count) => {
      for (let i = 0; i < count; i++) {
        const id = idOf(++made)
        await store.append({ stream: `lamp-${made % 3}`, expected: 'any', events: [{ id, type: 'LampLit', content: id, body: { id, type: 'LampLit', data: { watts: made } } }] })
      }
    },
    wait: (seconds) => { tick += seconds },
    signerWith: (more = {}) => new Signer({ store, signer, place, ...memory, clock, elapsed: () => 0, logger: quiet, ...more }),
    clear: () => rmSync(folder, { recursive: true, force: true }),
  }
}
