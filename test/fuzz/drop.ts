/**
 * Puts files under damaged names into a drop folder, and holds what must be true of any name: nothing throws, each file is
 * imported once or lies where it was put, none is lost or written elsewhere, and what stands beside it has its name.
 */
import { createHash } from 'node:crypto'
import { existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DropFolder, type Dropped } from '../../apps/intake/src/drop-folder/take-files'
import { random, type FuzzFailure, type Random } from './nibrs'

const of = <T>(list: readonly T[], next: Random): T => list[next(list.length)]!
const ODD = ['..', '.', ' ', '\t', '\n', '\r', '\x01', '\x1b[2J', '\\', '"', '\'', '$(id)', '`', ';', '|', '&', '*', '?', '%2f', '%00', '\xff', '\xc3\xa9', '\xe2\x80\xae', '\xed\xa0\x80', '-', '--help', '.map.yml', '.part', '~', 'done', 'refused', '.working', 'CON', 'NUL', 'a'.repeat(200), '<', '>', ':', '=', '__proto__', 'constructor']
const FOLDERS = ['', '', 'nibrs', 'kcpd', 'MOZZ99900', 'mozz99900', 'MOZZ9990', ' MOZZ99900', 'other', '\xff\xfe', 'done', 'refused', '-rf', '__proto__']
const NAMES = ['2026-07.txt', '2024.csv', 'arrests.csv', 'arrests.map.yml', 'a', 'file', 'claim.json', 'finished.json', 'report.json', 'copy', 'rows.csv', 'run.report.json']

/** One byte a character, as Linux has names; no slash, no NUL, at most 255 bytes. */
const nameOf = (next: Random): string => {
  let name = of(NAMES, next)
  for (let changes = next(4); changes > 0; changes--) {
    const at = next(name.length + 1)
    name = of([() => name.slice(0, at) + of(ODD, next) + name.slice(at), () => name.slice(0, at) + String.fromCharCode(next(256)) + name.slice(at + 1), () => name.slice(at), () => name.toUpperCase(), () => name + of(ODD, next), () => of(ODD, next) + name], next)()
  }
  name = name.replaceAll(/[^\x01-\xff]|\//g, '_').slice(0, 255)
  return name === '' || name === '.' || name === '..' ? 'x' : name
}
const path = (...parts: readonly string[]): Buffer => Buffer.from(parts.filter((part) => part !== '').join('/'), 'latin1')

/** Every file below a folder with its content, in no order; of names each byte is a character. */
const filesIn = (folder: string): { readonly at: string; readonly content: string }[] => readdirSync(path(folder), { encoding: 'buffer' }).flatMap((name) => {
  const at = `${folder}/${name.toString('latin1')}`
  const stat = lstatSync(path(at))
  return stat.isDirectory() ? filesIn(at) : [{ at, content: readFileSync(path(at), 'latin1') }]
})

/** Files of one look together: a folder of its own for each would be slow. */
const TOGETHER = 25
/** One name of each seed from `seed` on; stops at the first failures (10). */
export const fuzzDrop = async (text: string, seed: number, runs: number): Promise<FuzzFailure[]> => {
  const failures: FuzzFailure[] = []
  for (let from = seed; from < seed + runs && failures.length < 10; from += TOGETHER) failures.push(...await oneFolder(text, from, Math.min(TOGETHER, seed + runs - from)))
  return failures
}

const oneFolder = async (text: string, seed: number, files: number): Promise<FuzzFailure[]> => {
  const outside = mkdtempSync(join(tmpdir(), 'chorus-fuzz-drop-'))
  const root = join(outside, 'drop')
  mkdirSync(root)
  const failures: FuzzFailure[] = []
  const fail = (one: number, by: readonly string[], wrong: string): void => { failures.push({ seed: one, by, wrong: [wrong], mutant: '' }) }
  try {
    const put = new Map<string, { readonly seed: number; readonly at: string; readonly folder: string; readonly name: string }>()
    for (let one = seed; one < seed + files; one++) {
      const next = random(one)
      const [folder, name] = [of(FOLDERS, next), nameOf(next)]
      if (folder === '' && FOLDERS.includes(name)) continue
      const at = `${root}/${folder === '' ? '' : `${folder}/`}${name}`
      if (existsSync(path(at)) || (folder === '' && ['done', 'refused', '.working'].includes(name))) continue
      mkdirSync(path(root, folder), { recursive: true })
      // Each has a content of its own, which tells it wherever it lies.
      const content = name.endsWith('.map.yml') ? `mapping: ${one}\n` : next(2) === 0 ? `${text}${' '.repeat(one % 7)}\n${one}\n` : `strange ${one}\n`
      writeFileSync(path(at), content, 'latin1')
      put.set(content, { seed: one, at, folder, name })
    }
    const imported = new Map<string, number>()
    const importFile = (file: Dropped): Promise<{ outcome: 'done'; report: object }> => {
      const content = readFileSync(file.path, 'latin1')
      imported.set(content, (imported.get(content) ?? 0) + 1)
      const known = put.get(content)
      if (!known) fail(seed, [], 'a file was imported that nobody put there')
      else if (Buffer.from(file.folder, 'utf8').toString('latin1') !== known.folder) fail(known.seed, [known.at], 'imported as of another feed folder')
      if (createHash('sha256').update(content, 'latin1').digest('hex') !== file.sha256) fail(known?.seed ?? seed, [], 'imported under another digest')
      writeFileSync(file.rows, 'line,lines,outcome,cause,quarantine,text\n')
      return Promise.resolve({ outcome: 'done', report: {} })
    }
    const drop = new DropFolder({ folder: root, maxBytes: 1 << 20, interval: 10_000, rosterQuiet: 60_000, clock: { now: () => '2026-08-31T12:00:00.000Z' }, owns: () => Promise.resolve(true), importFile })
    for (let looks = 0; looks < 4; looks++) await drop.look()
    const now = filesIn(root)
    if (readdirSync(outside).length !== 1) fail(seed, [], 'something was written outside of the drop folder')
    for (const [content, { seed: one, at, folder, name }] of put) {
      const places = now.filter((file) => file.content === content)
      if (places.length !== 1) { fail(one, [at], `${places.length} times in the folder after it was taken`); continue }
      const lies = places[0]!.at.slice(root.length + 1)
      const taken = imported.get(content) ?? 0
      if (taken > 1) fail(one, [at], `imported ${taken} times`)
      if (/^(?:done|refused)\//.test(lies) && !['done', 'refused'].includes(folder)) {
        const base = lies.slice(lies.indexOf('/') + 1)
        if (!/^[A-Za-z0-9_-][A-Za-z0-9._-]*$/.test(base)) fail(one, [at], 'filed away under a name that is none of ours')
        if (!now.some((file) => file.at === `${root}/${lies}.report.json`)) fail(one, [at], 'filed away without a report')
      } else if (taken > 0) fail(one, [at], 'imported, and not filed away')
      else if (places[0]!.at !== at) fail(one, [at], `moved to ${lies.split('/')[0]}, and neither imported nor refused`)
      else if (!/^[.~]|\.(?:part|partial|tmp|temp|filepart|crdownload)$|~$|\.map\.ya?ml$/i.test(name) && !['done', 'refused', '.working'].includes(folder) && !(folder === '\xff\xfe' && drop.waiting?.includes('UTF-8'))) fail(one, [at], 'left where it was put, and nobody says why')
    }
    if (filesIn(join(root, '.working')).length > 0) fail(seed, [], 'something is left in .working')
  } catch (error) {
    fail(seed, [], `threw ${error instanceof Error ? error.stack ?? error.message : String(error)}`)
  } finally { rmSync(outside, { recursive: true, force: true }) }
  return failures
}
