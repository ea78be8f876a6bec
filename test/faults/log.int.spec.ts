/** The log under faults, a few seeds: the same command as by hand, in a process of its own. What runs where: docs/decisions/0057. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { repositoryRoot } from '@chorus/platform'
import { KINDS, type LogReport } from './log/log'

const run = promisify(execFile)
const faults = async (...words: readonly string[]): Promise<LogReport[]> => {
  const root = repositoryRoot()
  const { CHORUS_TEST_POSTGRES: _, ...env } = process.env
  const { stdout } = await run(process.execPath, ['-r', join(root, 'test/support/register.js'), join(root, 'test/faults/run.ts'), '--json', '--suite', 'log', ...words], { cwd: root, env, maxBuffer: 16 * 1024 * 1024 })
    // some run found faults: they are in what it printed
    .catch((error: { code?: unknown; stdout?: string; stderr?: string }) => { if (error.code === 1 && error.stdout) return { stdout: error.stdout }; throw new Error(error.stderr ?? String(error)) })
  return stdout.split('\n').filter(Boolean).map((line) => JSON.parse(line) as LogReport)
}
const [RUNS, STRIKES] = [3, 9]
/** Each so many times in one life; of the others a run has a number of its own. */
const OFTEN = ['service', 'postgres', 'both', 'connections', 'frozen', 'clock', 'keys', 'deadlock']
/** Runs that come to twenty-five and some to spare: what was through before it was struck does not count. */
const OTHERS: Readonly<Record<string, readonly string[]>> = {
  setup: ['--runs', '15'], migration: ['--runs', '11'], disk: ['--runs', '25'],
  copy: ['--runs', '4', '--strikes', '9'], import: ['--runs', '3', '--strikes', '10'],
}
const IN_VAIN = /came through|were done$|it was through$|^while it was recorded in/

const struck = (reports: readonly LogReport[], kind: string): string[] => reports.flatMap(({ kinds }) => kinds[kind]!.befell)

describe('the log under faults', () => {
  it(`${RUNS * STRIKES} of each of ${OFTEN.join(', ')}: what was acknowledged is there, once, and it goes on by itself`, async () => {
    const reports = await faults('--runs', String(RUNS), '--strikes', String(STRIKES), '--lanes', '3', '--only', OFTEN.join(','))
    expect(reports.map(({ seed }) => seed).sort((a, b) => a - b)).toEqual(Array.from({ length: RUNS }, (_, i) => i + 1))
    expect(reports.flatMap((report) => report.faults)).toEqual([])
    // and they came, each while appends were on their way
    for (const kind of OFTEN) {
      expect([kind, struck(reports, kind).length]).toEqual([kind, RUNS * STRIKES])
      expect(Math.min(...reports.map(({ kinds }) => kinds[kind]!.inFlight!))).toBeGreaterThanOrEqual(10)
    }
  }, 600_000)

  it.each(Object.entries(OTHERS))('twenty-five of %s', async (kind, words) => {
    const reports = await faults(...words, '--lanes', '3', '--only', kind)
    expect(reports.flatMap((report) => report.faults)).toEqual([])
    expect(struck(reports, kind).filter((what) => !IN_VAIN.test(what)).length).toBeGreaterThanOrEqual(25)
  }, 600_000)

  it('and there is no other kind', () => { expect(Object.keys(KINDS).sort()).toEqual([...OFTEN, ...Object.keys(OTHERS)].sort()) })
})
