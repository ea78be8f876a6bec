/** The context keys in memory, as the key folder holds them: they wrap and unwrap data keys, and lose single ones for good. */
import type { Context } from '@chorus/contracts'
import { newTree, readContext, replaceContext, VaultRefused, type ContextFile, type FileSeal, type KeyFolder, type VaultMode } from './key-folder'
import type { SubjectKey } from './port'
import { decrypt, encrypt } from './seal'

/** A data key as PostgreSQL holds it. */
export interface WrappedKey { readonly key_id: string; readonly context: Context; readonly subject: string; readonly kek: string; readonly wrapped: string }

export class KeyRing {
  private readonly contexts: Map<Context, ContextFile>
  constructor(private readonly folder: string, private readonly mode: VaultMode, private readonly seal: FileSeal, { contexts }: KeyFolder) { this.contexts = new Map(contexts) }

  /** Id of the newest context key; undefined while the folder has the first format's alone. Which one wraps what is new, PostgreSQL says. */
  newest(context: Context): string | undefined { return this.of(context).trees[0]?.id }
  /** Ids of the others, whose keys are to be wrapped anew. */
  older(context: Context): string[] { const { trees, flat } = this.of(context); return [...trees.slice(1).map(({ id }) => id), ...(flat ? [flat.id] : [])] }
  /** One key of the first format wraps some: it cannot lose a single one. */
  hasFlat(context: Context): boolean { return this.of(context).flat !== undefined }
  has(context: Context, kek: string): boolean { return this.newest(context) === kek || this.older(context).includes(kek) }

  /** Wraps a key under this context key. */
  wrap(kek: string, { keyId, key }: SubjectKey, context: Context, subject: string): string {
    const wrapping = this.wrapping({ key_id: keyId, context, kek })
    if (!wrapping || wrapping === 'erased') throw new Error(`context key ${kek} does not wrap ${keyId}: it is not in the key folder, or the key was destroyed`)
    const { nonce, cipher } = encrypt(key, wrapping, wrapAad(keyId, context, subject))
    return Buffer.concat([nonce, cipher]).toString('base64url')
  }

  /** Opens a wrapped key; 'erased' where its wrapping key was destroyed. Throws VaultRefused. */
  async unwrap(row: WrappedKey): Promise<Buffer | 'erased'> {
    let wrapping = this.wrapping(row)
    if (wrapping === undefined) {
      // Wrapped anew by another process since this one read the folder.
      await this.reload(row.context)
      wrapping = this.wrapping(row)
    }
    if (wrapping === undefined) throw new VaultRefused('keys-swapped', `key ${row.key_id} is wrapped by context key ${row.kek}, which is not in the key folder: restore the key folder that belongs to this database`)
    if (wrapping === 'erased') return 'erased'
    const bytes = Buffer.from(row.wrapped, 'base64url')
    try { return decrypt(bytes.subarray(0, 12), bytes.subarray(12), wrapping, wrapAad(row.key_id, row.context, row.subject)) } catch {
      throw new VaultRefused('keys-unreadable', `key ${row.key_id} does not unwrap: its row in vault.data_keys was altered. Restore the vault from its backup`)
    }
  }

  private wrapping({ kek, key_id, context }: Pick<WrappedKey, 'kek' | 'key_id' | 'context'>): Buffer | 'erased' | undefined {
    const { trees, flat } = this.of(context)
    if (flat?.id === kek) return flat.key
    const tree = trees.find(({ id }) => id === kek)
    return tree && (tree.keyFor(key_id) ?? 'erased')
  }

  /** As the folder says now. */
  async reload(context: Context): Promise<void> { this.contexts.set(context, await readContext(this.folder, context, this.mode, this.seal)) }

  /**
   * Takes the wrapping keys of these data keys away, in the folder and here; nothing is written where they are gone already.
   * Whoever calls these three holds the folder's lock.
   */
  async destroy(context: Context, keyIds: readonly string[]): Promise<void> {
    await this.change(context, file => {
      const trees = file.trees.map(tree => tree.without(keyIds))
      return trees.every((tree, at) => tree === file.trees[at]) ? file : { ...file, trees }
    })
  }
  /** Adds a context key; the others still open what they wrapped. */
  async renew(context: Context): Promise<void> { await this.change(context, file => ({ ...file, trees: [newTree(), ...file.trees] })) }
  /** Drops all but the newest context key: what is still wrapped by another is lost. */
  async dropOlder(context: Context): Promise<void> { await this.change(context, ({ mode, trees: [current, ...older], flat }) => older.length === 0 && !flat ? undefined : { mode, trees: [current!] }) }

  private async change(context: Context, to: (file: ContextFile) => ContextFile | undefined): Promise<void> {
    await this.reload(context)
    const before = this.of(context)
    const after = to(before)
    if (!after || after === before) return
    await replaceContext(this.folder, context, after, this.seal)
    this.contexts.set(context, after)
  }

  private of(context: Context): ContextFile { return this.contexts.get(context)! }
}

const wrapAad = (keyId: string, context: string, subject: string): Buffer => Buffer.from(`wrap|${keyId}|${context}|${subject}`)
