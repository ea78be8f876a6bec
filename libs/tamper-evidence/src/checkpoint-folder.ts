/**
 * Checkpoints in a folder: <folder>/<log>/<first ordinal>.notes, each file up to 10,000 notes one after the other, only
 * ever added to; beside them key.pub, the public key that signed the first, and verified.note.
 */
import { closeSync, existsSync, fdatasyncSync, fsyncSync, ftruncateSync, linkSync, mkdirSync, openSync, readdirSync, readFileSync, readSync, renameSync, fstatSync, rmSync, unlinkSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { readCheckpoint, type Noted } from './checkpoint'
import { PlaceRefused, type SecondPlace } from './second-place'

export interface CheckpointFolderOptions { readonly folder: string; /** notes in one file; default 10,000 */ readonly notesPerFile?: number }

/** A note is a few hundred bytes: the last whole one lies in here. */
const TAIL = 8192
const LONGEST = 1024
const KEY = 'key.pub'
const CHANGED = 'the list of the copy was changed. Take another copy of it'
const NOTES = /^(\d{16})\.notes$/
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

export class CheckpointFolder implements SecondPlace {
  readonly name: string
  private readonly notesPerFile: number
  /** notes in the newest file, where it is known */
  private count: { readonly file: string; notes: number } | undefined

  constructor(private readonly options: CheckpointFolderOptions) {
    this.name = `folder ${options.folder}`
    this.notesPerFile = options.notesPerFile ?? 10_000
  }

  async last(log: string): Promise<Noted | undefined> {
    // a file whose only note was torn by a power cut holds none
    for (const file of this.files(log).reverse()) {
      const found = lastOf(this.path(log, file))
      if (found) return found
    }
    return undefined
  }

  async keep(checkpoint: Noted): Promise<void> {
    const { log, ordinal, note } = checkpoint
    const last = await this.last(log)
    if (last && (last.ordinal > ordinal || (last.ordinal === ordinal && last.link !== checkpoint.link))) {
      throw new PlaceRefused(`${this.name} already holds a checkpoint at ordinal ${last.ordinal}${last.ordinal === ordinal ? ' with another link' : ''}: it does not go back to ${ordinal}`)
    }
    if (last?.audit && (checkpoint.audit?.ordinal ?? 0) < last.audit.ordinal) throw new PlaceRefused(`${this.name} already holds a checkpoint with ${last.audit.ordinal} entries of the audit log: it does not go back to ${checkpoint.audit?.ordinal ?? 0}`)
    this.makeFolder(log)
    const newest = this.files(log).at(-1)
    const file = newest && this.notesIn(log, newest) < this.notesPerFile ? newest : `${String(ordinal).padStart(16, '0')}.notes`
    append(this.path(log, file), `${note}\n`)
    this.count = { file, notes: (this.count?.file === file ? this.count.notes : 0) + 1 }
    if (file !== newest) { this.count = { file, notes: 1 }; syncFolder(join(this.options.folder, log)) }
  }

  /** All checkpoints from the first one at or after `from`, in the order in which they were kept; one file in memory at a time. */
  *read(log: string, from = 0): Generator<Noted> {
    const files = this.files(log)
    for (const [at, file] of files.entries()) {
      const next = files[at + 1]
      if (next && Number(NOTES.exec(next)![1]) < from) continue
      for (const noted of notesOf(readFileSync(this.path(log, file), 'utf8'))) if (noted.ordinal >= from) yield noted
    }
  }

  /** Those at or before an ordinal, the last that was kept first. */
  *readBack(log: string, through: number): Generator<Noted> {
    for (const file of this.files(log).reverse()) {
      if (Number(NOTES.exec(file)![1]) > through) continue
      for (const noted of [...notesOf(readFileSync(this.path(log, file), 'utf8'))].reverse()) if (noted.ordinal <= through) yield noted
    }
  }

  /** The public key that this log's checkpoints began with; kept at the first call. */
  pin(log: string, publicKey: string): string {
    const pinned = this.pinned(log)
    if (pinned !== undefined) return pinned
    this.makeFolder(log)
    const path = this.path(log, KEY)
    replaceOrKeep(path, `${publicKey}\n`, 'keep')
    return this.pinned(log)!
  }
  pinned(log: string): string | undefined { return textOf(this.path(log, KEY))?.trim() }

  /** The note that says through where the log was walked and found right; its signature is the reader's to check. */
  verified(log: string): string | undefined { return textOf(this.path(log, 'verified.note')) }
  keepVerified(log: string, note: string): void {
    this.makeFolder(log)
    replaceOrKeep(this.path(log, 'verified.note'), note, 'replace')
  }

  /** For a backup: each file's checkpoints until the one given, and no further than an ordinal, with the ordinal of the file's last. What a power cut tore off is left out. */
  *copy({ log, note: last }: Noted, through: number): Generator<{ readonly name: string; readonly text: string; readonly ordinal: number }> {
    for (const name of this.files(log)) {
      const notes: Noted[] = []
      let ended = false
      for (const noted of notesOf(readFileSync(this.path(log, name), 'utf8'))) {
        ended = noted.ordinal > through
        if (!ended) notes.push(noted)
        ended ||= noted.note === last
        if (ended) break
      }
      if (notes.length > 0) yield { name, text: notes.map(({ note }) => `${note}\n`).join(''), ordinal: notes.at(-1)!.ordinal }
      if (ended) return
    }
  }
  keyFile(log: string): { readonly name: string; readonly text: string } | undefined {
    const text = textOf(this.path(log, KEY))
    return text === undefined ? undefined : { name: KEY, text }
  }

  /** Whether anything that speaks of this log is here; a public key alone was kept before anything was signed with it. */
  holds(log: string): boolean {
    const folder = join(this.options.folder, log)
    return existsSync(folder) && readdirSync(folder).some((name) => name !== KEY)
  }

  /**
   * Writes a copy's files beside where they belong.
   * @returns puts them there, all at once; throws PlaceRefused where something came to be there meanwhile
   * @throws PlaceRefused where one has no name of ours: a list that somebody changed could lead out of the folder; where another key is pinned here
   */
  lay(log: string, files: readonly { readonly name: string; readonly text: () => string }[]): () => void {
    if (!UUID.test(log)) throw new PlaceRefused(`"${log}" is no id of a log: ${CHANGED}`)
    const odd = files.find(({ name }) => name !== KEY && !NOTES.test(name))
    if (odd) throw new PlaceRefused(`${odd.name} is no file of checkpoints: ${CHANGED}`)
    const [pinned, key] = [this.pinned(log), files.find(({ name }) => name === KEY)?.text().trim()]
    if (pinned !== undefined && key !== undefined && key !== pinned) throw new PlaceRefused(`${this.path(log, KEY)} is another public key than this copy's checkpoints began with: ask whose it is, and move it away or name another folder (CHORUS_CHECKPOINTS)`)
    const half = this.laid(log)
    rmSync(half, { recursive: true, force: true })
    makePath(half)
    for (const { name, text } of files) replaceOrKeep(join(half, name), text(), 'replace')
    if (pinned !== undefined) replaceOrKeep(join(half, KEY), `${pinned}\n`, 'keep')
    return () => {
      if (this.holds(log)) throw new PlaceRefused(`${join(this.options.folder, log)} came to hold checkpoints meanwhile: they are kept as they are, and those of the copy lie in ${half}`)
      rmSync(join(this.options.folder, log), { recursive: true, force: true })
      renameSync(half, join(this.options.folder, log))
      syncFolder(this.options.folder)
    }
  }
  /** Where a copy lies until it counts; there afterwards: whoever laid it did not come to its end. */
  laid(log: string): string { return join(this.options.folder, `${log}.restoring`) }

  private path(log: string, file: string): string { return join(this.options.folder, log, file) }
  private files(log: string): string[] {
    try { return readdirSync(join(this.options.folder, log)).filter((name) => NOTES.test(name)).sort() } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
      throw error
    }
  }
  private makeFolder(log: string): void {
    const folder = join(this.options.folder, log)
    if (existsSync(folder)) return
    makePath(folder)
    syncFolder(this.options.folder)
  }
  private notesIn(log: string, file: string): number {
    if (this.count?.file !== file) this.count = { file, notes: [...notesOf(readFileSync(this.path(log, file), 'utf8'))].length }
    return this.count.notes
  }
}

/** As mkdir -p, but it ends: node's own goes round for ever where a folder is there and none can be made in it (/proc). */
const makePath = (folder: string): void => {
  if (existsSync(folder)) return
  makePath(dirname(folder))
  try { mkdirSync(folder, { mode: 0o700 }) } catch (error) {
    // another process was as quick
    if (!existsSync(folder)) throw error
  }
}

/** A whole note with the empty line that we put behind it. */
const NOTE = /chorus\/[^\n]+\n(?:[^\n]+\n)+\n\u2014 \S+ \S+\n(?=\n)/g
function* notesOf(text: string): Generator<Noted> {
  for (const [note] of text.matchAll(NOTE)) { const noted = readCheckpoint(note); if (noted) yield noted }
}

const lastOf = (path: string): Noted | undefined => {
  const file = openSync(path, 'r')
  try {
    const { size } = fstatSync(file)
    const tail = Buffer.alloc(Math.min(TAIL, size))
    readSync(file, tail, 0, tail.length, size - tail.length)
    let last: Noted | undefined
    for (const noted of notesOf(tail.toString('utf8'))) last = noted
    return last
  } finally { closeSync(file) }
}

/** Adds to the file, on the disk before it returns; what a power cut tore off is taken away first. */
const append = (path: string, text: string): void => {
  const file = openSync(path, 'a+', 0o600)
  try {
    const { size } = fstatSync(file)
    const tail = Buffer.alloc(Math.min(TAIL, size))
    readSync(file, tail, 0, tail.length, size - tail.length)
    const torn = tail.length - endOfWhole(tail)
    // longer than a note: nothing of ours, and not ours to take away
    if (torn > 0 && torn < LONGEST) ftruncateSync(file, size - torn)
    writeSync(file, torn < LONGEST ? text : `\n\n${text}`)
    fdatasyncSync(file)
  } finally { closeSync(file) }
}
/** The dash byte by byte: places are counted in bytes, and a torn note may end within it. */
const END = /\n\n\u00e2\u0080\u0094 [^\s]+ [^\s]+\n\n/g
const endOfWhole = (tail: Buffer): number => {
  let end = 0
  for (const found of tail.toString('latin1').matchAll(END)) end = found.index + found[0].length
  return end
}

const replaceOrKeep = (path: string, text: string, how: 'replace' | 'keep'): void => {
  const fresh = `${path}.${process.pid}.new`
  const file = openSync(fresh, 'w', 0o600)
  try { writeSync(file, text); fsyncSync(file) } finally { closeSync(file) }
  if (how === 'replace') renameSync(fresh, path)
  else {
    try { linkSync(fresh, path) } catch (error) { if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error } finally { unlinkSync(fresh) }
  }
  syncFolder(dirname(path))
}
const textOf = (path: string): string | undefined => { try { return readFileSync(path, 'utf8') } catch (error) { if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined; throw error } }
const syncFolder = (folder: string): void => { const handle = openSync(folder, 'r'); try { fsyncSync(handle) } finally { closeSync(handle) } }
