/**
 * A watched folder: what is put there is imported as by a command, and then lies in done/ or refused/ with a report beside it.
 * A file is taken once it has been quiet from one look to the next, a full roster once it rested; what is imported is a copy
 * that nobody else writes.
 * Each step can be cut short at any point: a file that was taken is finished by the next look.
 */
import type { BigIntStats } from 'node:fs'
import { chmod, lstat, mkdir, readdir, readlink, rename, rmdir, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { newId } from '@chorus/platform'
import { isFullRoster, isOfHours } from '../mapped-import/mapping-file'
import { HEAD_BYTES, recognise, type DroppedAs } from './drop-folder'
import { FiledFiles } from './filed'
import { FoundFiles, isGiven, type FoundFile } from './found'
import { claimOf, finishedOf, readingOf, type Claim, type Finished } from './noted'
import { codeOf, copyOf, FolderUnusable, ifThere, isStill, json, reading, safe, stampOf, writeWhole, writing, writtenOf } from './on-disk'

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
  /** Two take files at the same time, by the same database: those of which clocks of hours hang, and the rest. Absent: one takes all. */
  readonly lane?: 'hours' | 'rest'
  /** what either has in hand; one set for both */
  readonly inHand?: Set<string>
  /** ms between two looks */
  readonly interval: number
  /** ms for which a full roster must have been as it is, unless its sender says that it is whole */
  readonly rosterQuiet: number
  readonly clock: { now(): string }
  /** whether this process is still the only one that works in the folder */
  readonly owns: () => Promise<boolean>
  readonly importFile: (file: Dropped) => Promise<Imported>
}

/** Given up after so many tries that broke off; a try that found no database is none. */
const TRIES = 5
const WORKING = '.working'
const FILED = '.filed'
const OWN = ['done', 'refused', WORKING, FILED]
/** What Chorus writes beside a file that it took. */
const OURS = /^(?:copy(?:-[0-9a-f-]+)?|rows(?:-[0-9a-f-]+)?\.csv|ok|file\.new|(?:claim|report|finished)\.json(?:\.new)?)$/

const keyOf = ({ folder, name }: FoundFile): string => `${folder}/${name.toString('latin1')}`
/** A roster that rests so many times as long as it should is told. */
const MOST_RESTS = 5

export class DropFolder {
  private troubles = new Set<string>()
  /** full rosters that lie and rest, and since when */
  private readonly lain = new Map<string, string>()
  /** what could not be looked at, taken or finished at the last look, and what to do; undefined: all was. No name of a file. */
  get waiting(): string | undefined {
    const [all, told] = [[...this.troubles], [...this.troubles].slice(0, 5)]
    return all.length === 0 ? undefined : `${told.join('; ')}${all.length > told.length ? `; and ${all.length - told.length} more` : ''}`
  }
  private readonly inHand: Set<string>
  private readonly filed: FiledFiles
  private readonly files: FoundFiles
  constructor(private readonly options: DropOptions) {
    this.inHand = options.inHand ?? new Set()
    this.filed = new FiledFiles(this.path(WORKING), this.path(FILED), options)
    this.files = new FoundFiles(options.folder, OWN, options.clock)
  }

  /**
   * Takes every quiet file of its lane, the oldest first, those with a mapping before the others, and finishes each before the next.
   * @returns whether it ended early, behind a file that took long, to look what came meanwhile
   * @throws FolderUnusable where the folder cannot be read or written
   */
  async look(signal?: AbortSignal): Promise<boolean> {
    await this.prepare()
    this.troubles = new Set()
    // Of what both lanes see the quick one tells.
    const isFirst = this.options.lane !== 'rest'
    const behind = isFirst && await this.goesOn(signal) ? await this.filed.takeBack() : undefined
    if (behind !== undefined) this.troubles.add(behind)
    for (const id of (await reading(() => readdir(this.path(WORKING)))).sort()) if (await this.goesOn(signal)) await this.alone(id, async () => { if (await this.isOurs(id)) await this.finish(id) })
    const began = this.options.clock.now()
    const found = await this.files.look()
    if (isFirst) for (const trouble of found.troubles) this.troubles.add(trouble)
    const resting = new Set<string>()
    const lying = new Set(found.files.map(keyOf))
    for (const key of this.lain.keys()) if (!lying.has(key)) this.lain.delete(key)
    let worked = false
    const mapped = new Set(found.files.filter((one) => this.files.isMapped(one, found)))
    for (const one of [...mapped, ...found.files.filter((one) => !mapped.has(one))]) if (one.quiet || isGiven(one)) {
      if (worked && Date.parse(this.options.clock.now()) - Date.parse(began) >= this.options.interval) return true
      const mapping = await this.files.mappingOf(one, found)
      if (mapping === 'not-yet' || !this.isOfLane(mapping.mapping) || !await this.goesOn(signal)) continue
      if (isFullRoster(mapping.mapping) && (resting.has(one.folder) || !(isGiven(one) || this.rested(one.since)))) {
        // A newer one that went before it would be followed by the older: of these each says who is in custody now.
        resting.add(one.folder)
        this.tellIfLong(one, began)
        continue
      }
      const id = newId(this.options.clock)
      // one of the same name that comes next has waited for nothing yet
      this.lain.delete(keyOf(one))
      await this.alone(id, async () => { if (await this.claim(id, one, mapping)) await this.finish(id) })
      worked = true
    }
    return false
  }

  /** A roster that is never left alone is never taken, and says nothing by itself. */
  private tellIfLong(one: FoundFile, now: string): void {
    const key = keyOf(one)
    const since = this.lain.get(key) ?? now
    this.lain.set(key, since)
    if (Date.parse(now) - Date.parse(since) > MOST_RESTS * this.options.rosterQuiet) this.troubles.add(`a full roster in ${this.files.whose(one.folder)} has waited since ${since}, since somebody writes it, or one before it, again and again: its sender leaves it alone, or puts a file of its name with .ok beside it once it is whole`)
  }
  private isOfLane(mapping: string | undefined): boolean { return this.options.lane === undefined || (this.options.lane === 'hours') === isOfHours(mapping) }
  private async isOurs(id: string): Promise<boolean> { return this.options.lane === undefined || this.isOfLane(claimOf(await reading(() => json(this.path(WORKING, id, 'claim.json'))))?.mapping) }
  /** Nothing, where the other lane has it in hand. */
  private async alone(id: string, work: () => Promise<void>): Promise<void> {
    if (this.inHand.has(id)) return
    this.inHand.add(id)
    try { await work() } finally { this.inHand.delete(id) }
  }

  private async goesOn(signal: AbortSignal | undefined): Promise<boolean> { return !signal?.aborted && this.options.owns() }

  private rested(since: string): boolean { return Date.parse(this.options.clock.now()) - Date.parse(since) >= this.options.rosterQuiet }

  private path(...parts: readonly string[]): string { return join(this.options.folder, ...parts) }

  /** The folder is there and is ours to work in; done and refused are folders, and lead nowhere else. */
  private async prepare(): Promise<void> {
    await reading(() => readdir(this.options.folder))
    for (const name of OWN) await this.own(name)
    for (const name of [WORKING, FILED]) await this.closed(name)
  }

  /** What lies there is believed: nobody else may put anything there, or read there what another agency sent. */
  private async closed(name: string): Promise<void> {
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

  /** Takes a file: from here on another of the same name may come. @returns false where it is written or gone, or cannot be moved */
  private async claim(id: string, { folder, name, stat, mark }: FoundFile, mapping: Pick<Claim, 'mapping' | 'tooManyMappings'>): Promise<boolean> {
    // The files before it took their time: whoever began to write it meanwhile finds it where it was.
    if (!await isStill(this.files.at(folder, name), stat)) return false
    const claim: Claim = { folder, name: name.toString('base64'), at: this.options.clock.now(), tries: 0, stamp: stampOf(stat), ...mapping }
    await writing(() => mkdir(this.path(WORKING, id), { mode: 0o700 }))
    await this.save(id, claim)
    try {
      // The mark first: one that stayed behind would be taken for tomorrow's of the same name.
      if (mark) await rename(this.files.at(folder, mark.name), this.path(WORKING, id, 'ok')).catch((error: unknown) => { if (codeOf(error) !== 'ENOENT') throw error })
      await rename(this.files.at(folder, name), this.path(WORKING, id, 'file'))
      return true
    } catch (error) {
      await this.remove(id)
      // The folders of the other agencies are not stopped by it.
      if (codeOf(error) === 'EXDEV') this.troubles.add(`a file cannot be moved out of ${this.files.whose(folder)}, which is a mount of its own (EXDEV): mount the drop folder as a whole, so that its feed folders and .working lie on one file system`)
      else if (codeOf(error) !== 'ENOENT') this.troubles.add(`a file cannot be moved out of ${this.files.whose(folder)} (${codeOf(error)}): the user that runs Chorus needs the right to write in it`)
      return false
    }
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
    if (claim.stamp !== stampOf(stat)) { await this.save(id, { ...claim, stamp: stampOf(stat), since: this.options.clock.now() }); return }
    if (claim.since !== undefined && isFullRoster(claim.mapping) && !this.rested(claim.since)) return
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
    const copy = await copyOf(file, to, HEAD_BYTES)
    if (copy === 'unreadable') { await refuse('The file may not be read by the user that runs Chorus. Give it the right to read it, and put it into the folder again.'); return }
    if (copy === 'changed' || !await isStill(file, stat)) { await this.save(id, claim); return }
    const as = await recognise({ folder: claim.folder, ...(claim.mapping !== undefined && { mapping: claim.mapping }), ...(claim.tooManyMappings && { tooManyMappings: true }) }, copy.head)
    if ('refused' in as) { await refuse(as.refused); return }
    const read = [...(claim.read ?? []).filter((one) => one !== copy.sha256), copy.sha256]
    await this.save(id, { ...claim, tries: claim.tries + 1, read })
    const imported = await this.options.importFile({ path: to, bytes: copy.bytes, sha256: copy.sha256, as, folder: claim.folder, name: name.toString('utf8'), rows, ...((claim.again || read.length > 1) && { again: { taken: claim.at, read } }) })
    if ('text' in imported) {
      if (imported.outcome === 'again') await this.save(id, { ...claim, read })
      this.troubles.add(imported.text)
      return
    }
    // Whoever works here now finishes it.
    if (!await this.options.owns()) return
    // What this reading recorded stays recorded, whatever the next one finds.
    await this.save(id, { ...claim, read, earlier: [...claim.earlier ?? [], readingOf(imported, this.options.clock.now())] })
    // Somebody wrote on while it was imported: it is read again, whole, once it is quiet.
    if (!await isStill(file, stat)) return
    if (await reading(() => ifThere(rows))) await writing(() => rename(rows, this.path(WORKING, id, 'rows.csv')))
    await this.conclude(id, name, claim, imported.outcome, imported.report, stat, copy.sha256)
  }

  /** `read`: what the file was like that this was made of; whoever writes on has written another. `sha256`: of its bytes, where they were imported. */
  private async conclude(id: string, name: Buffer, claim: Pick<Claim, 'at' | 'again' | 'earlier'>, to: 'done' | 'refused', report: object, read?: BigIntStats, sha256?: string): Promise<void> {
    const finished: Finished = { to, ...(read?.isFile() && { written: writtenOf(read) }), ...(sha256 !== undefined && { sha256 }), base: `${safe(Buffer.from(`${new Date(claim.at).toISOString().replaceAll(/[-:]|\.\d+/g, '')}-${id.slice(-8)}`))}-${safe(name)}` }
    await writing(() => writeWhole(this.path(WORKING, id, 'report.json'), `${JSON.stringify({ outcome: to, taken: claim.at, finished: this.options.clock.now(), ...againOf(claim, to), ...report }, null, 2)}\n`))
    await writing(() => writeWhole(this.path(WORKING, id, 'finished.json'), JSON.stringify(finished)))
    await this.fileAway(id, finished)
  }

  private async fileAway(id: string, finished: Finished): Promise<void> {
    const { to, base } = finished
    // It was there when the look began, which may be an hour ago.
    await this.own(to)
    await this.filed.note(id, finished, claimOf(await reading(() => json(this.path(WORKING, id, 'claim.json')))))
    for (const [name, as] of [['report.json', `${base}.report.json`], ['rows.csv', `${base}.rows.csv`], ['ok', `${base}.ok`], ['file', base]] as const) {
      const from = this.path(WORKING, id, name)
      const stat = await reading(() => ifThere(from))
      // Whoever opens what was refused is not to be led elsewhere.
      if (stat?.isSymbolicLink()) await writing(async () => { await writeWhole(from, `A link was put here. It led to: ${await readlink(from)}\n`) })
      if (stat) await writing(() => rename(from, this.path(to, as)))
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
    this.troubles.add('in .working of the drop folder lies what Chorus did not put there, or may not take away: look at it and take it away')
  }
}

/** The report of the whole takes the place of those before it: what these recorded must not go with them. */
const againOf = ({ again, earlier = [] }: Pick<Claim, 'again' | 'earlier'>, to: 'done' | 'refused'): object => {
  if (!again && earlier.length === 0) return {}
  const departures = earlier.reduce((sum, one) => sum + (one.departures ?? 0), 0)
  return {
    again: `The file was written on after it had been ${again ? 'filed away' : 'read'}: it was read again, whole.${departures > 0 ? ` An earlier reading, which may have been of a part of it, recorded ${departures} departure${departures > 1 ? 's' : ''}. These stay recorded${to === 'done' ? '; whoever stands on the whole roster was taken in again as of then' : ', and the whole roster was refused: nobody was taken in again. Look who is in custody, and send a roster of the jail as it is now'}.` : ''}`,
    ...(earlier.length > 0 && { earlier }),
  }
}
