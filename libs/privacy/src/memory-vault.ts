/** A vault in memory, for tests and dry runs: nothing outlives the process. */
import { randomBytes } from 'node:crypto'
import type { Context } from '@chorus/contracts'
import { KeyedIds, randomToken } from './keyed-ids'
import type { HmacPurpose, SubjectKey, Vault } from './port'

export class MemoryVault implements Vault {
  private readonly ids: KeyedIds
  private readonly keys = new Map<string, SubjectKey | 'erased'>()
  private readonly byId = new Map<string, Uint8Array | 'erased'>()
  private readonly links = new Map<string, string>()
  /** by identifier, whatever the context: the tokens to which it leads */
  private readonly led = new Map<string, Set<string>>()

  /** `secret`: 32 bytes for ids that are the same in every run of a test; random by default. */
  constructor(secret: Uint8Array = randomBytes(32)) { this.ids = new KeyedIds(secret) }

  hmac(purpose: HmacPurpose, ...parts: readonly string[]): Buffer { return this.ids.hmac(purpose, parts) }
  uuid(purpose: HmacPurpose, ...parts: readonly string[]): string { return this.ids.uuid(purpose, parts) }
  newToken(kind: 'per' | 'pair' | 'inc'): string { return randomToken(kind) }

  async tokenFor(context: Context, system: string, identifier: string): Promise<string | 'erased'> {
    return this.personOf(context, [{ system, id: identifier }])
  }

  async personOf(context: Context, identifiers: readonly { readonly system: string; readonly id: string }[], token?: string): Promise<string | 'disagree' | 'erased'> {
    const links = identifiers.map(({ system, id }) => this.ids.hmac('link', [context, system, id]).toString('hex'))
    if (links.some(link => this.keys.get(`${context}|${this.links.get(link)}`) === 'erased')) return 'erased'
    const known = new Set([...(token === undefined ? [] : [token]), ...links.flatMap(link => this.links.get(link) ?? [])])
    if (known.size > 1) return 'disagree'
    const [person = randomToken('per')] = known
    for (const link of links) this.links.set(link, person)
    for (const { system, id } of identifiers) { const key = JSON.stringify([system, id]); this.led.set(key, (this.led.get(key) ?? new Set()).add(person)) }
    return person
  }

  async tokensFor(context: Context, system: string, identifiers: readonly string[]): Promise<ReadonlyMap<string, string | 'erased'>> {
    const found = new Map<string, string | 'erased'>()
    for (const id of new Set(identifiers)) found.set(id, await this.tokenFor(context, system, id))
    return found
  }
  async knownTokens(context: Context, system: string, identifiers: readonly string[]): Promise<ReadonlyMap<string, string | 'erased'>> {
    const found = new Map<string, string | 'erased'>()
    for (const id of new Set(identifiers)) { const token = await this.knownPerson(context, [{ system, id }]); if (token !== undefined) found.set(id, token) }
    return found
  }

  async knownPerson(context: Context, identifiers: readonly { readonly system: string; readonly id: string }[]): Promise<string | 'disagree' | 'erased' | undefined> {
    const links = identifiers.map(({ system, id }) => this.ids.hmac('link', [context, system, id]).toString('hex'))
    if (links.some(link => this.keys.get(`${context}|${this.links.get(link)}`) === 'erased')) return 'erased'
    const known = [...new Set(links.flatMap(link => this.links.get(link) ?? []))]
    return known.length > 1 ? 'disagree' : known[0]
  }

  async knownElsewhere(tokens: readonly string[]): Promise<ReadonlySet<string>> { return new Set(tokens.filter((token) => [...this.led.values()].some((group) => group.has(token)))) }

  async tokensWith(token: string): Promise<readonly string[]> {
    const all = new Set([token])
    for (const one of all) for (const group of this.led.values()) if (group.has(one)) for (const other of group) all.add(other)
    return [...all]
  }

  async erased(context: Context, subjects: readonly string[]): Promise<ReadonlySet<string>> {
    return new Set(subjects.filter(subject => this.keys.get(`${context}|${subject}`) === 'erased'))
  }

  async keysFor(context: Context, subjects: readonly string[]): Promise<ReadonlyMap<string, SubjectKey | 'erased'>> {
    const found = new Map<string, SubjectKey | 'erased'>()
    for (const subject of subjects) {
      const at = `${context}|${subject}`
      let key = this.keys.get(at)
      if (!key) {
        key = { keyId: randomToken('dek'), key: randomBytes(32) }
        this.keys.set(at, key)
        this.byId.set(key.keyId, key.key)
      }
      found.set(subject, key)
    }
    return found
  }

  async openKeys(keyIds: readonly string[]): Promise<ReadonlyMap<string, Uint8Array | 'erased'>> {
    const found = new Map<string, Uint8Array | 'erased'>()
    for (const keyId of keyIds) {
      const key = this.byId.get(keyId)
      if (!key) throw new Error(`key ${keyId} is not in this vault`)
      found.set(keyId, key)
    }
    return found
  }

  /** Destroys a subject's key: what it sealed reads as erased, and nothing can be sealed for the subject again. */
  destroy(context: Context, subject: string): void {
    const key = this.keys.get(`${context}|${subject}`)
    if (key && key !== 'erased') this.byId.set(key.keyId, 'erased')
    this.keys.set(`${context}|${subject}`, 'erased')
  }

  async close(): Promise<void> { /* nothing is held */ }
}
