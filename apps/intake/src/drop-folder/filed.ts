/**
 * What was filed away is looked at for a day: a sender that stalled, and kept the file open, writes on in done/ or refused/.
 * Such a file is taken back and read again, whole.
 */
import { mkdir, readdir, rename, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { filedOf, type Claim, type Finished } from './noted'
import { codeOf, FolderUnusable, ifThere, isStill, json, reading, sha256Of, writeWhole, writing, writtenOf } from './on-disk'

const LOOKED_AT_MS = 24 * 60 * 60 * 1000

export class FiledFiles {
  /** @param notes own folder of Chorus, as .working: what lies there is believed */
  constructor(private readonly working: string, private readonly notes: string, private readonly options: { readonly clock: { now(): string }; readonly inHand?: Set<string> }) {}

  /** Before the file is moved: a file that was written on since it was read is found, whenever that was. */
  async note(id: string, finished: Finished, claim: Claim | undefined): Promise<void> {
    if (claim && finished.written !== undefined) await writing(() => writeWhole(this.noteOf(id), JSON.stringify({ finished, claim, at: this.options.clock.now() })))
  }

  /** It can be cut short anywhere: the note goes last. @returns why a file cannot be followed, which stops no other */
  async takeBack(): Promise<string | undefined> {
    let waiting: string | undefined
    for (const name of await reading(() => readdir(this.notes))) {
      const id = /^([0-9a-f-]{36})\.json$/.exec(name)?.[1]
      // The other lane is about to file it away, or reads it.
      if (id === undefined || this.options.inHand?.has(id)) continue
      this.options.inHand?.add(id)
      try {
        if (await this.isThrough(id)) await unlink(this.noteOf(id)).catch(() => undefined)
      } catch (error) {
        if (!(error instanceof FolderUnusable)) throw error
        waiting = `a file that was filed away cannot be looked at or taken back, the others are. See ${id}.json in .filed, which names it: where a folder stands in the place of this note, of the file's report or of its rows, take away that folder. Otherwise: ${error.message}`
      } finally { this.options.inHand?.delete(id) }
    }
    return waiting
  }

  private noteOf(id: string): string { return join(this.notes, `${id}.json`) }

  /** @returns whether the file need not be looked at any more: it was taken back, somebody took it away, or its day is over */
  private async isThrough(id: string): Promise<boolean> {
    const filed = filedOf(await reading(() => json(this.noteOf(id))))
    if (!filed) return true
    const { finished, claim, at } = filed
    const { to, base, written, sha256 } = finished
    const path = join(dirname(this.working), to, base)
    const stat = await reading(() => ifThere(path))
    // Not filed yet, where that was cut short.
    if (!stat) return await reading(() => ifThere(join(this.working, id))) === undefined
    if (!stat.isFile()) return true
    const isOver = Date.parse(this.options.clock.now()) - Date.parse(at) > LOOKED_AT_MS
    if (writtenOf(stat) === written) return isOver
    // A new time alone is no new file; its bytes are held against those that were imported, and its day goes on.
    if (sha256 !== undefined && written!.startsWith(`${stat.size} `) && await sha256Of(path) === sha256 && await isStill(path, stat)) {
      if (!isOver) await writing(() => writeWhole(this.noteOf(id), JSON.stringify({ finished: { ...finished, written: writtenOf(stat) }, claim, at })))
      return isOver
    }
    await writing(async () => {
      await mkdir(join(this.working, id), { mode: 0o700 }).catch((error: unknown) => { if (codeOf(error) !== 'EEXIST') throw error })
      // Without what it was like: it is read once it was quiet from one look to the next.
      const { stamp: _stamp, since: _since, ...kept } = claim
      await writeWhole(join(this.working, id, 'claim.json'), JSON.stringify({ ...kept, tries: 0, again: true }))
      // They tell of a part of it; those of the whole come in their place.
      for (const beside of ['report.json', 'rows.csv']) await unlink(`${path}.${beside}`).catch((error: unknown) => { if (codeOf(error) !== 'ENOENT') throw error })
      await rename(path, join(this.working, id, 'file'))
    })
    return true
  }
}
