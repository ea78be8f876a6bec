/**
 * A watched folder: what is put there is imported as by a command, and then lies in done/ or refused/ with a report beside it.
 * A file is taken once it has been quiet from one look to the next; what is imported is a copy that nobody else writes.
 * Each step can be cut short at any point: a file that was taken is finished by the next look.
 */
import { createHash } from 'node:crypto'
import type { BigIntStats } from 'node:fs'
import { chmod, lstat, mkdir, open, readdir, readFile, rename, rmdir, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { newId } from '@chorus/platform'
import { HEAD_BYTES, recognise, type DroppedAs } from './drop-folder'
import { FiledFiles } from './filed'
import { claimOf, finishedOf, type Claim, type Finished } from './noted'
import { AS_IT_IS, codeOf, FolderUnusable, ifThere, isStill, json, reading, safe, stampOf, writeWhole, writing, writtenOf } from './on-disk'

/** A copy that is to be imported; nobody else writes it. */
export interface Dropped {
  readonly path: string
  readonly bytes: number
  readonly sha256: string
  readonly as: DroppedAs
  /** the feed folder; '' is the drop folder itself */
  readonly folder: string
  /** as it was put there */
  readonly name: string
  /** it was written on since it was first read: the instant at which it was taken, and the SHA-256 of all that was read of it since, this copy's too */
  readonly again?: { readonly taken: string; readonly read: readonly string[] }
  /** what became of each row is written here, as CSV */
  readonly rows: string
}
/** `again`: nothing can be said of the file now, it is tried again; `failed`: a fault of ours, tried again a few times. */
export type Imported =
  | { readonly outcome: 'done' | 'refused'; readonly report: object }
  | { readonly outcome: 'again' | 'failed'; readonly text: string }
export interface DropOptions {
  /** absolute */
  readonly folder: string
  /** largest file, in bytes */
  readonly maxBytes: number
  readonly clock: { now(): string }
  /** whether this process is still the only one that works in the folder */
  readonly owns: () => Promise<boolean>
  readonly importFile: (file: Dropped) => Promise<Imported>
}

/** Given up after so many tries that broke off; a try that found no database is none. */
const TRIES = 5
const WORKING = '.working'
const FILED = '.filed'
const OWN = new Set(['done', 'refused', WORKING, FILED])
const MAX_MAPPING = 64 * 1024
/** Names under which senders write what is not whole yet. */
const UNFINISHED = /^[.~]|\.(?:part|partial|tmp|temp|filepart|crdownload)$|~$/i
const MAPPING = /\.map\.ya?ml$/i
/** What Chorus writes beside a file that it took. */
const OURS = /^(?:copy(?:-[0-9a-f-]+)?|rows(?:-[0-9a-f-]+)?\.csv|(?:claim|report|finished)\.json(?:\.new)?)$/

interface Found { readonly folder: string; readonly name: Buffer; readonly stat: BigIntStats; readonly quiet: boolean }
export class DropFolder {
  /** what each file was like at the look before */
  private seen = new Map<string, string>()
  /** why the last file could not be finished; undefined: it was */
  waiting: string | undefined
  private readonly filed: FiledFiles
  constructor(private readonly options: DropOptions) { this.filed = new FiledFiles(this.path(WORKING), this.path(FILED), options) }

  /**
   * Takes every quiet file, the oldest first, and finishes each before the next.
   * @throws FolderUnusable where the folder cannot be read or written
   */
  async look(signal?: AbortSignal): Promise<void> {
    await this.prepare()
    this.waiting = await this.goesOn(signal) ? await this.filed.takeBack() : undefined
    for (const id of (await reading(() => readdir(this.path(WORKING)))).sort()) if (await this.goesOn(signal)) await this.finish(id)
    const found = await this.found()
    for (const one of found) if (one.quiet && !MAPPING.test(one.name.toString('latin1')) && await this.goesOn(signal)) {
      const id = await this.claim(one, found)
      if (id !== undefined) await this.finish(id)
    }
  }

  private async goesOn(signal: AbortSignal | undefined): Promise<boolean> { return !signal?.aborted && this.options.owns() }

  private path(...parts: readonly string[]): string { return join(this.options.folder, ...parts) }

  /** The folder is there and is ours to work in; done and refused are folders, and lead nowhere else. */
  private async prepare(): Promise<void> {
    await reading(() => readdir(this.options.folder))
    for (const name of OWN) await this.own(name)
    for (const name of [WORKING, FILED]) await this.alone(name)
  }

  /** What lies there is believed: nobody else may put anything there, or read there what another agency sent. */
  private async alone(name: string): Promise<void> {
    const path = this.path(name)
    const open = async (): Promise<boolean> => { const { uid, mode } = await lstat(path); return uid !== process.geteuid!() || (mode & 0o77) !== 0 }
    if (!await reading(open)) return
    await chmod(path, 0o700).catch(() => undefined)
    if (await reading(open)) throw new FolderUnusable(`${name} in the drop folder belongs to another user, or others may read or write in it: it must be the own of the user that runs Chorus, with the mode 0700 (on a network share, mount it so)`)
  }

  private async own(name: string): Promise<void> {
    const path = this.path(name)
    await writing(() => mkdir(path, { mode: 0o750 }).catch((error: unknown) => { if (codeOf(error) !== 'EEXIST') throw error }))
    if (!(await reading(() => lstat(path))).isDirectory()) throw new FolderUnusable(`${name} in the drop folder is no folder: take it away`)
  }

  /** What lies in the folder and its feed folders; a look remembers it for the next. */
  private async found(): Promise<Found[]> {
    const now = new Map<string, string>()
    const found: Found[] = []
    const look = async (folder: string): Promise<void> => {
      for (const name of await reading(() => readdir(this.path(folder), { encoding: 'buffer' }))) {
        const text = name.toString('latin1')
        if (UNFINISHED.test(text) || (folder === '' && OWN.has(text))) continue
        const stat = await lstat(this.at(folder, name), { bigint: true }).catch(() => undefined)
        if (!stat) continue
        if (stat.isDirectory()) {
          if (folder !== '') continue
          // What it means to be this folder's is told by its name.
          if (!Buffer.from(name.toString('utf8')).equals(name)) this.waiting = 'a feed folder has a name that is no UTF-8: its files are left where they are. Rename the folder'
          else await look(name.toString('utf8')).catch((error: unknown) => { if (error instanceof FolderUnusable) this.waiting = error.message; else throw error })
          continue
        }
        const key = `${folder}/${text}`
        now.set(key, stampOf(stat))
        found.push({ folder, name, stat, quiet: this.seen.get(key) === stampOf(stat) })
      }
    }
    await look('')
    this.seen = now
    return found.sort((a, b) => a.stat.mtimeNs < b.stat.mtimeNs ? -1 : a.stat.mtimeNs > b.stat.mtimeNs ? 1 : Buffer.compare(a.name, b.name))
  }

  private at(folder: string, name: Buffer): Buffer { return Buffer.concat([Buffer.from(`${this.path(folder)}/`), name]) }

  /** Takes a file: from here on another of the same name may come. @returns undefined where it waits for its mapping, is written or gone, or cannot be moved */
  private async claim({ folder, name, stat }: Found, found: readonly Found[]): Promise<string | undefined> {
    const mapping = await this.mappingOf(folder, name, found)
    if (mapping === 'not-yet') return undefined
    // The files before it took their time: whoever began to write it meanwhile finds it where it was.
    if (!await isStill(this.at(folder, name), stat)) return undefined
    const id = newId(this.options.clock)
    const claim: Claim = { folder, name: name.toString('base64'), at: this.options.clock.now(), tries: 0, stamp: stampOf(stat), ...mapping }
    await writing(() => mkdir(this.path(WORKING, id), { mode: 0o700 }))
    await this.save(id, claim)
    try {
      await rename(this.at(folder, name), this.path(WORKING, id, 'file'))
      return id
    } catch (error) {
      await this.remove(id)
      // The folders of the other agencies are not stopped by it.
      if (codeOf(error) === 'EXDEV') this.waiting = 'a file cannot be moved out of a feed folder that is a mount of its own (EXDEV): mount the drop folder as a whole, so that its feed folders and .working lie on one file system'
      else if (codeOf(error) !== 'ENOENT') this.waiting = `a file cannot be moved out of the drop folder (${codeOf(error)}): the user that runs Chorus needs the right to write in it and in its feed folders`
      return undefined
    }
  }

  /** The mapping of this file's own name, else the only one of its feed folder; it is read when the file is taken. */
  private async mappingOf(folder: string, name: Buffer, found: readonly Found[]): Promise<Pick<Claim, 'mapping' | 'tooManyMappings'> | 'not-yet'> {
    const all = found.filter((one) => one.folder === folder && MAPPING.test(one.name.toString('latin1')))
    const stem = name.toString('latin1').replace(/\.[^.]*$/, '')
    const own = all.find((one) => one.name.toString('latin1').replace(MAPPING, '') === stem) ?? (folder !== '' && all.length === 1 ? all[0] : undefined)
    if (!own) return folder !== '' && all.length > 1 ? { tooManyMappings: true } : {}
    if (!own.quiet) return 'not-yet'
    // What is no small text of its own is no mapping, and says so when it is read as one.
    if (own.stat.size > MAX_MAPPING) return { mapping: '' }
    const mapping = await readFile(this.at(folder, own.name), { encoding: 'utf8', flag: AS_IT_IS }).catch(() => '')
    return await isStill(this.at(folder, own.name), own.stat) ? { mapping } : 'not-yet'
  }

  private async save(id: string, claim: Claim): Promise<void> { await writing(() => writeWhole(this.path(WORKING, id, 'claim.json'), JSON.stringify(claim))) }

  /** Imports what was taken, and files it away; what cannot be finished now stays for the next look. */
  private async finish(id: string): Promise<void> {
    const of = (name: string): string => this.path(WORKING, id, name)
    const finished = finishedOf(await reading(() => json(of('finished.json'))))
    if (finished) { await this.fileAway(id, finished); return }
    const stat = await reading(() => ifThere(of('file')))
    // Cut short before the file was taken: it lies where it was put.
    if (!stat) { await this.remove(id); return }
    const claim = claimOf(await reading(() => json(of('claim.json'))))
    if (!claim) { await this.conclude(id, Buffer.from('file'), { at: this.options.clock.now() }, 'refused', { refused: 'What Chorus noted when it took this file is gone or cannot be read: nobody can tell whose it is. Put it into its feed folder again.' }); return }
    // Somebody still writes it, or nobody knows: it is read once it is quiet.
    if (claim.stamp !== stampOf(stat)) { await this.save(id, { ...claim, stamp: stampOf(stat) }); return }
    const name = Buffer.from(claim.name, 'base64')
    const refuse = (why: string): Promise<void> => this.conclude(id, name, claim, 'refused', { refused: why }, stat)
    if (stat.isSymbolicLink()) { await refuse('This is a link, and links are not followed. Put the file itself into the folder.'); return }
    if (!stat.isFile()) { await refuse('This is no file that can be read (a pipe, a socket or a device). Put a file into the folder.'); return }
    if (stat.size > BigInt(this.options.maxBytes)) { await refuse(`The file is over the limit of ${this.options.maxBytes} bytes (CHORUS_MAX_UPLOAD). Send it in parts: whole records each, in their order.`); return }
    if (claim.tries >= TRIES) { await refuse(`The import of this file broke off ${TRIES} times; what was recorded of it before stays recorded. The log of intake says why. Put the file here again once that is mended: nothing is recorded twice.`); return }
    await this.save(id, { ...claim, tries: claim.tries + 1 })
    // A try that lost the lock unseen may still read its own.
    const attempt = newId(this.options.clock)
    const [copy, rows] = [of(`copy-${attempt}`), of(`rows-${attempt}.csv`)]
    try { await this.attempt(id, { claim, stat, copy, rows }) } finally { for (const path of [copy, rows]) await unlink(path).catch(() => undefined) }
  }

  private async attempt(id: string, { claim, stat, copy: to, rows }: { readonly claim: Claim; readonly stat: BigIntStats; readonly copy: string; readonly rows: string }): Promise<void> {
    const file = this.path(WORKING, id, 'file')
    const name = Buffer.from(claim.name, 'base64')
    const refuse = (why: string): Promise<void> => this.conclude(id, name, claim, 'refused', { refused: why }, stat)
    const copy = await this.copy(file, to)
    if (copy === 'unreadable') { await refuse('The file may not be read by the user that runs Chorus. Give it the right to read it, and put it into the folder again.'); return }
    if (copy === 'changed' || !await isStill(file, stat)) { await this.save(id, claim); return }
    const as = await recognise({ folder: claim.folder, ...(claim.mapping !== undefined && { mapping: claim.mapping }), ...(claim.tooManyMappings && { tooManyMappings: true }) }, copy.head)
    if ('refused' in as) { await refuse(as.refused); return }
    const read = [...(claim.read ?? []).filter((one) => one !== copy.sha256), copy.sha256]
    await this.save(id, { ...claim, tries: claim.tries + 1, read })
    const imported = await this.options.importFile({ path: to, bytes: copy.bytes, sha256: copy.sha256, as, folder: claim.folder, name: name.toString('utf8'), rows, ...((claim.again || read.length > 1) && { again: { taken: claim.at, read } }) })
    if ('text' in imported) {
      if (imported.outcome === 'again') await this.save(id, { ...claim, read })
      this.waiting = imported.text
      return
    }
    // Whoever works here now finishes it.
    if (!await this.options.owns()) return
    // Somebody wrote on while it was imported: it is read again, whole, once it is quiet.
    if (!await isStill(file, stat)) { await this.save(id, { ...claim, read }); return }
    if (await reading(() => ifThere(rows))) await writing(() => rename(rows, this.path(WORKING, id, 'rows.csv')))
    await this.conclude(id, name, claim, imported.outcome, imported.report, stat, copy.sha256)
  }

  /** Copies what was taken, as it is now. `changed`: somebody wrote on meanwhile. */
  private async copy(from: string, to: string): Promise<{ readonly bytes: number; readonly sha256: string; readonly head: Buffer } | 'unreadable' | 'changed'> {
    let source
    try { source = await open(from, AS_IT_IS) } catch (error) {
      if (['EACCES', 'EPERM'].includes(codeOf(error))) return 'unreadable'
      throw new FolderUnusable(`a file of the drop folder cannot be opened (${codeOf(error)}): look at its disk`)
    }
    try {
      const before = await source.stat({ bigint: true })
      const target = await open(to, 'w', 0o600)
      const hash = createHash('sha256')
      let bytes = 0
      let head: Buffer = Buffer.alloc(0)
      try {
        // Not beyond what it was: a file that grows without end ends here.
        for await (const chunk of source.createReadStream({ autoClose: false, start: 0, highWaterMark: 1024 * 1024 }) as AsyncIterable<Buffer>) {
          if (head.length < HEAD_BYTES) head = Buffer.concat([head, chunk.subarray(0, HEAD_BYTES - head.length)])
          hash.update(chunk)
          bytes += chunk.length
          if (bytes > Number(before.size)) break
          await writing(() => target.writeFile(chunk))
        }
      } finally { await target.close() }
      const after = await source.stat({ bigint: true })
      if (BigInt(bytes) !== before.size || stampOf(before) !== stampOf(after)) return 'changed'
      return { bytes, sha256: hash.digest('hex'), head }
    } finally { await source.close().catch(() => undefined) }
  }

  /** `read`: what the file was like that this was made of; whoever writes on has written another. `sha256`: of its bytes, where they were imported. */
  private async conclude(id: string, name: Buffer, claim: Pick<Claim, 'at' | 'again'>, to: 'done' | 'refused', report: object, read?: BigIntStats, sha256?: string): Promise<void> {
    const finished: Finished = { to, ...(read?.isFile() && { written: writtenOf(read) }), ...(sha256 !== undefined && { sha256 }), base: `${safe(Buffer.from(`${new Date(claim.at).toISOString().replaceAll(/[-:]|\.\d+/g, '')}-${id.slice(-8)}`))}-${safe(name)}` }
    await writing(() => writeWhole(this.path(WORKING, id, 'report.json'), `${JSON.stringify({ outcome: to, taken: claim.at, finished: this.options.clock.now(), ...(claim.again && { again: 'The file was written on after it had been filed away: it was read again, whole.' }), ...report }, null, 2)}\n`))
    await writing(() => writeWhole(this.path(WORKING, id, 'finished.json'), JSON.stringify(finished)))
    await this.fileAway(id, finished)
  }

  private async fileAway(id: string, finished: Finished): Promise<void> {
    const { to, base } = finished
    // It was there when the look began, which may be an hour ago.
    await this.own(to)
    await this.filed.note(id, finished, claimOf(await reading(() => json(this.path(WORKING, id, 'claim.json')))))
    for (const [name, as] of [['report.json', `${base}.report.json`], ['rows.csv', `${base}.rows.csv`], ['file', base]] as const) {
      const from = this.path(WORKING, id, name)
      if (await reading(() => ifThere(from))) await writing(() => rename(from, this.path(to, as)))
    }
    await this.remove(id)
  }

  /** Takes away what Chorus wrote beside a file that lies elsewhere: never the file, and nothing that Chorus did not write. */
  private async remove(id: string): Promise<void> {
    const working = this.path(WORKING, id)
    try {
      const names = await readdir(working)
      if (names.every((name) => OURS.test(name))) {
        for (const name of names) await unlink(join(working, name))
        await rmdir(working)
        return
      }
    } catch (error) { if (codeOf(error) === 'ENOENT') return }
    this.waiting = 'in .working of the drop folder lies what Chorus did not put there, or may not take away: look at it and take it away'
  }
}
