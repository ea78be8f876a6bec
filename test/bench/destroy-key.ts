/** npm run bench -- destroy-key: how long the end of one person's key takes among how many, beside wrapping all keys of the context anew. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { statSync } from 'node:fs'
import { FileVault } from '@chorus/privacy'
import { freshDatabase } from '../support/database'
import type { Bench } from './run'
import { percentile, rounded, type Row } from './table'

const ORDER = '018f0000-0000-7000-8000-00000000000a'
const AT = '2026-07-02T20:10:00.000Z'
const MAKE = 2000

export const destroyKey: Bench = {
  summary: 'the end of one key among many, beside wrapping all the others anew',
  async run({ quick, progress }) {
    const rows: Row[] = []
    for (const subjects of quick ? [1000, 10_000] : [1000, 10_000, 100_000]) {
      progress(`${subjects.toLocaleString('en-US')} subjects`)
      rows.push(await measure(subjects, quick ? 20 : 50))
    }
    return { rows, notes: [
      'destroy: one subject, from the call until nothing opens it: rows in all contexts, list, key folder, rows again; p50 and p95 of as many as "destroyed", one after the other.',
      'next use: another process that held the key is asked for it directly afterwards. rotate: every key of the context wrapped anew, as a destruction would need with one key for all. file: the context\'s key file after them.',
    ] }
  },
}

const measure = async (subjects: number, destroyed: number): Promise<Row> => {
  const database = await freshDatabase()
  const folder = await mkdtemp(join(tmpdir(), 'chorus-bench-keys-'))
  const open = (): Promise<FileVault> => FileVault.open({ keysFolder: join(folder, 'keys'), databaseUrl: database.appUrl, mode: 'demonstration' })
  const [one, other] = [await open(), await open()]
  try {
    const started = performance.now()
    for (let from = 0; from < subjects; from += MAKE) await one.keysFor('case', Array.from({ length: Math.min(MAKE, subjects - from) }, (_, n) => `per_${from + n}`))
    const made = performance.now() - started
    const [times, uses] = [[] as number[], [] as number[]]
    for (let n = 0; n < destroyed; n++) {
      const subject = `per_${n * Math.floor(subjects / destroyed)}`
      await other.keysFor('case', [subject])
      const before = performance.now()
      await one.life.destroy([subject], ORDER, AT)
      times.push(performance.now() - before)
      const asked = performance.now()
      if ((await other.keysFor('case', [subject])).get(subject) !== 'erased') throw new Error('a destroyed key was given')
      uses.push(performance.now() - asked)
    }
    const bytes = statSync(join(folder, 'keys', 'vault-context-case.json')).size
    const turned = performance.now()
    await one.life.rotate('case', () => undefined)
    const rotated = performance.now() - turned
    times.sort((a, b) => a - b)
    uses.sort((a, b) => a - b)
    return {
      subjects, destroyed, 'destroy p50 ms': rounded(percentile(times, 0.5), 1), 'destroy p95 ms': rounded(percentile(times, 0.95), 1), 'next use p50 ms': rounded(percentile(uses, 0.5), 1),
      'rotate ms': Math.round(rotated), 'make keys/s': Math.round(subjects / (made / 1000)), 'file kB': Math.round(bytes / 1000),
    }
  } finally {
    await Promise.all([one.close(), other.close()])
    await database.drop()
    await rm(folder, { recursive: true, force: true })
  }
}
