/**
 * Streams as earlier builds stored them: test/replay/streams/<category>/<name>.json. They are never edited and never
 * written again; a build that cannot read them cannot read the log that it inherits.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { StoredEvent } from '@chorus/event-store'
import type { SubjectKey, Vault } from '@chorus/privacy'
import { MemoryVault } from '@chorus/privacy'

export const streamsFolder = join(__dirname, 'streams')

export interface KeptStream {
  readonly stream: string
  /** data keys of this stream's sealed values: key id -> 32 bytes, hex. Made for this file, used nowhere else */
  readonly keys: Readonly<Record<string, string>>
  /** `leaf`: SHA-256 of the text when it was written */
  readonly events: readonly (StoredEvent & { readonly leaf: string })[]
}
export interface KeptFile extends KeptStream { readonly category: string; readonly name: string }

export const keptStreams = (): KeptFile[] => readdirSync(streamsFolder).sort().flatMap(category => readdirSync(join(streamsFolder, category)).sort().map(name => ({
  ...JSON.parse(readFileSync(join(streamsFolder, category, name), 'utf8')) as KeptStream, category, name,
})))

/** A vault that holds a kept stream's keys, or, where `erased`, only their tombstones. */
export class KeptVault extends MemoryVault {
  constructor(private readonly kept: Readonly<Record<string, string>>, private readonly gone: boolean) { super() }
  override async openKeys(keyIds: readonly string[]): Promise<ReadonlyMap<string, Uint8Array | 'erased'>> {
    return new Map(keyIds.map(keyId => {
      const key = this.kept[keyId]
      if (!key) throw new Error(`the kept stream lacks key ${keyId}`)
      return [keyId, this.gone ? 'erased' : Buffer.from(key, 'hex')]
    }))
  }
}

/** A vault that shows the keys it gave out, to be kept with a stream. */
export class ShowingVault extends MemoryVault {
  readonly given: Record<string, string> = {}
  override async keysFor(...args: Parameters<Vault['keysFor']>): Promise<ReadonlyMap<string, SubjectKey | 'erased'>> {
    const keys = await super.keysFor(...args)
    for (const key of keys.values()) if (key !== 'erased') this.given[key.keyId] = Buffer.from(key.key).toString('hex')
    return keys
  }
}
