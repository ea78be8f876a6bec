/** What lies in the drop folder and its feed folders, held against the look before. No file is opened but a mapping. */
import type { BigIntStats } from 'node:fs'
import { lstat, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isOri } from '@chorus/contracts'
import type { Claim } from './noted'
import { AS_IT_IS, codeOf, isStill, reading, stampOf } from './on-disk'

export interface FoundFile { readonly folder: string; readonly name: Buffer; readonly stat: BigIntStats; /** it is what it was at the look before */ readonly quiet: boolean; /** instant at which it was first seen as it is */ readonly since: string; /** the mark beside it by which its sender says that it is whole */ readonly mark?: FoundFile }
export interface Found {
  /** the oldest first */
  readonly files: readonly FoundFile[]
  readonly mappings: readonly FoundFile[]
  /** what cannot be looked at, and what to do; no name of a file */
  readonly troubles: readonly string[]
}

const MAX_MAPPING = 64 * 1024
/** Names under which senders write what is not whole yet. */
const UNFINISHED = /^[.~]|\.(?:part|partial|tmp|temp|filepart|crdownload)$|~$/i
const MAPPING = /\.map\.ya?ml$/i
const MARK = '.ok'

export class FoundFiles {
  /** what each file was like at the look before */
  private seen = new Map<string, { readonly stamp: string; readonly since: string }>()
  /** numbers of the feed folders on their disk */
  private readonly numbers = new Map<string, bigint>()
  /** @param own names of the drop folder that are Chorus's */
  constructor(private readonly root: string, private readonly own: readonly string[], private readonly clock: { now(): string }) {}

  /** A look remembers what it saw for the next. */
  async look(): Promise<Found> {
    const [now, instant] = [new Map<string, { readonly stamp: string; readonly since: string }>(), this.clock.now()]
    const found: FoundFile[] = []
    const troubles: string[] = []
    const look = async (folder: string, names: readonly Buffer[]): Promise<void> => {
      let closed: string | undefined
      for (const name of names) {
        const text = name.toString('latin1')
        if (UNFINISHED.test(text) || (folder === '' && this.own.includes(text))) continue
        const stat = await lstat(this.at(folder, name), { bigint: true }).catch((error: unknown) => { if (codeOf(error) !== 'ENOENT') closed = codeOf(error); return undefined })
        if (!stat) continue
        if (stat.isDirectory()) {
          if (folder !== '') continue
          // What it means to be this folder's is told by its name.
          const inside = name.toString('utf8')
          if (!Buffer.from(inside).equals(name)) { troubles.push(`${byNumber(stat.ino)} has a name that is no UTF-8: its files are left where they are. Rename the folder`); continue }
          this.numbers.set(inside, stat.ino)
          const lying = await readdir(this.at('', name), { encoding: 'buffer' }).catch((error: unknown) => { if (codeOf(error) !== 'ENOENT') troubles.push(this.closed(inside, codeOf(error))); return [] })
          await look(inside, lying)
          continue
        }
        const [key, stamp] = [`${folder}/${text}`, stampOf(stat)]
        const before = this.seen.get(key)
        const quiet = before?.stamp === stamp
        const since = quiet ? before.since : instant
        now.set(key, { stamp, since })
        found.push({ folder, name, stat, quiet, since })
      }
      if (closed !== undefined) troubles.push(this.closed(folder, closed))
    }
    await look('', await reading(() => readdir(this.root, { encoding: 'buffer' })))
    this.seen = now
    found.sort((a, b) => a.stat.mtimeNs < b.stat.mtimeNs ? -1 : a.stat.mtimeNs > b.stat.mtimeNs ? 1 : Buffer.compare(a.name, b.name))
    const isMapping = ({ name }: FoundFile): boolean => MAPPING.test(name.toString('latin1'))
    const files = withMarks(found.filter((one) => !isMapping(one)))
    return { files, mappings: found.filter(isMapping), troubles }
  }

  /** Who it is, for health, which anybody may read: an agency or a feed by its name, another by its number, since a name may be a person's. */
  whose(folder: string): string {
    if (folder === '') return 'the drop folder itself'
    return isOri(folder) || folder === 'nibrs' || folder === 'kcpd' ? `the feed folder ${folder}` : byNumber(this.numbers.get(folder))
  }
  private closed(folder: string, code: string): string { return `${this.whose(folder)}, or a file in it, cannot be read (${code}): give the user that runs Chorus the right to read it` }

  at(folder: string, name: Buffer): Buffer { return Buffer.concat([Buffer.from(`${join(this.root, folder)}/`), name]) }

  /** Whether a mapping leads it. */
  isMapped({ folder, name }: FoundFile, { mappings }: Found): boolean { return this.mappingFor(folder, name, mappings.filter((one) => one.folder === folder)) !== undefined }
  private mappingFor(folder: string, name: Buffer, all: readonly FoundFile[]): FoundFile | undefined {
    const stem = name.toString('latin1').replace(/\.[^.]*$/, '')
    return all.find((one) => one.name.toString('latin1').replace(MAPPING, '') === stem) ?? (folder !== '' && all.length === 1 ? all[0] : undefined)
  }

  /** The mapping of this file's own name, else the only one of its feed folder; it is read when the file is taken. */
  async mappingOf({ folder, name }: FoundFile, { mappings }: Found): Promise<Pick<Claim, 'mapping' | 'tooManyMappings'> | 'not-yet'> {
    const all = mappings.filter((one) => one.folder === folder)
    const own = this.mappingFor(folder, name, all)
    if (!own) return folder !== '' && all.length > 1 ? { tooManyMappings: true } : {}
    if (!own.quiet) return 'not-yet'
    // What is no small text of its own is no mapping, and says so when it is read as one.
    if (own.stat.size > MAX_MAPPING) return { mapping: '' }
    const mapping = await readFile(this.at(folder, own.name), { encoding: 'utf8', flag: AS_IT_IS }).catch(() => '')
    return await isStill(this.at(folder, own.name), own.stat) ? { mapping } : 'not-yet'
  }
}

const byNumber = (number: bigint | undefined): string => `the feed folder of number ${number ?? 'unknown'} (ls -i)`

/** Files with their marks. A mark is a small word beside its file; one without it says nothing, and waits for it. */
const withMarks = (found: readonly FoundFile[]): FoundFile[] => {
  const keyOf = ({ folder, name }: FoundFile, end = ''): string => `${folder}/${name.toString('latin1')}${end}`
  const marks = new Map(found.filter(({ name, stat }) => name.toString('latin1').endsWith(MARK) && stat.isFile()).map((one) => [keyOf(one), one]))
  const ofSome = new Set(found.map((one) => keyOf(one, MARK)))
  const isMark = (one: FoundFile): boolean => marks.has(keyOf(one)) && (one.stat.size === 0n || ofSome.has(keyOf(one)))
  return found.filter((one) => !isMark(one)).map((one) => { const mark = marks.get(keyOf(one, MARK)); return mark ? { ...one, mark } : one })
}
/** Its sender says that it is whole: a mark that is older than the file was given for another. */
export const isGiven = ({ mark, stat }: FoundFile): boolean => mark !== undefined && mark.stat.mtimeNs >= stat.mtimeNs
