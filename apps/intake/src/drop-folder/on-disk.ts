/** Files of the drop folder as they lie on its disk: whether they are there, are still what they were, and what it means where that cannot be told. */
import { createHash } from 'node:crypto'
import { constants, type BigIntStats } from 'node:fs'
import { lstat, open, readFile, rename, writeFile } from 'node:fs/promises'

/** The folder cannot be worked in: what, and what to do. No name of a file. */
export class FolderUnusable extends Error {}

export const reading = async <T>(work: () => Promise<T>): Promise<T> => {
  try { return await work() } catch (error) { throw new FolderUnusable(`the drop folder, or a feed folder in it, cannot be read (${codeOf(error)}): is it there, and may the user that runs Chorus read it?`) }
}
export const writing = async <T>(work: () => Promise<T>): Promise<T> => {
  try { return await work() } catch (error) { throw new FolderUnusable(`the drop folder cannot be written (${codeOf(error)}): the user that runs Chorus needs the right to write in it, and room on its disk`) }
}

/** No link is followed, and no pipe waited for, also where one took the file's place a moment ago. */
export const AS_IT_IS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK

/** Equal as long as nobody wrote the file, replaced it, or set its time. */
export const stampOf = ({ dev, ino, size, mtimeNs }: BigIntStats): string => [dev, ino, size, mtimeNs].join(' ')
/** Equal as long as nobody wrote it, wherever it was moved to. */
export const writtenOf = ({ size, mtimeNs }: BigIntStats): string => `${size} ${mtimeNs}`
/** @returns undefined where it is not there; what cannot be told is no answer. */
export const ifThere = async (path: string | Buffer): Promise<BigIntStats | undefined> => lstat(path, { bigint: true }).catch((error: unknown) => { if (['ENOENT', 'ENOTDIR'].includes(codeOf(error))) return undefined; throw error })
export const isStill = async (path: string | Buffer, stat: BigIntStats): Promise<boolean> => { const now = await lstat(path, { bigint: true }).catch(() => undefined); return now !== undefined && stampOf(now) === stampOf(stat) }
export const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? 'error'
/** What of a name may stand in a file name anywhere; the rest is one underscore. */
export const safe = (name: Buffer): string => name.toString('utf8').replaceAll(/[^A-Za-z0-9._-]+/g, '_').replace(/^\.+/, '').slice(-120) || 'file'
export const json = async (path: string): Promise<unknown> => { try { return JSON.parse(await readFile(path, 'utf8')) as unknown } catch (error) { if (error instanceof SyntaxError || codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined; throw error } }
/** There whole, or not at all. */
export const writeWhole = async (path: string, text: string): Promise<void> => { await writeFile(`${path}.new`, text, { mode: 0o640 }); await rename(`${path}.new`, path) }
/** @returns undefined where it cannot be read */
export const sha256Of = async (path: string): Promise<string | undefined> => {
  const file = await open(path, AS_IT_IS).catch(() => undefined)
  if (!file) return undefined
  try {
    const hash = createHash('sha256')
    for await (const chunk of file.createReadStream({ autoClose: false, start: 0 }) as AsyncIterable<Buffer>) hash.update(chunk)
    return hash.digest('hex')
  } catch { return undefined } finally { await file.close().catch(() => undefined) }
}

/** Copies what was taken, as it is now; `head`: its first bytes. `changed`: somebody wrote on meanwhile. */
export const copyOf = async (from: string, to: string, headBytes: number): Promise<{ readonly bytes: number; readonly sha256: string; readonly head: Buffer } | 'unreadable' | 'changed'> => {
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
        if (head.length < headBytes) head = Buffer.concat([head, chunk.subarray(0, headBytes - head.length)])
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
