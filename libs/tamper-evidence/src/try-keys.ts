import type { SealedSample } from '@chorus/event-store'
import { unseal, type Vault } from '@chorus/privacy'
import type { TryKeys } from './verify-ports'

/** Opens each sample by the key that it names, and looks at nothing that comes out. */
export const tryKeysOf = (vault: Pick<Vault, 'openKeys'>): TryKeys => async (samples) => {
  const keys = await openAll(vault, samples)
  return samples.map(({ keyId, value, place }) => {
    const key = keys.get(keyId)
    if (key === 'erased') return 'erased'
    if (key === undefined || typeof key === 'string') return { text: `its sealing key ${keyId} is not what it was: ${key ?? 'it is missing'}` }
    try {
      unseal(value, key, place)
      return 'open'
    } catch {
      return { text: `the value at ${place.pointer} does not open: its sealing key ${keyId} was swapped for another` }
    }
  })
}

/** All in one go; where one of them is bad, one by one, so that it is known which. */
const openAll = async (vault: Pick<Vault, 'openKeys'>, samples: readonly SealedSample[]): Promise<Map<string, Uint8Array | string>> => {
  const ids = samples.map(({ keyId }) => keyId)
  try { return new Map(await vault.openKeys(ids, true)) } catch (error) {
    if (!isRefusal(error)) throw error
  }
  const found = new Map<string, Uint8Array | string>()
  for (const id of ids) {
    try { for (const [keyId, key] of await vault.openKeys([id], true)) found.set(keyId, key) } catch (error) {
      if (!isRefusal(error)) throw error
      found.set(id, `${error.message}`)
    }
  }
  return found
}
/** The vault says what is wrong with a key; that the database is away is no finding. */
const isRefusal = (error: unknown): error is Error => error instanceof Error && error.name === 'VaultRefused'
