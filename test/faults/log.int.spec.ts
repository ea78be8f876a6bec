/** The log under faults, a few seeds: the same command as by hand, in a process of its own. What runs where: docs/decisions/0057. */
import { faults } from './command'
import { KINDS, type LogReport } from './log/log'

const ofLog = (runs: number, words: readonly string[], seed = 1): Promise<LogReport[]> => {
  const { CHORUS_TEST_POSTGRES: _, ...env } = process.env
  return faults<LogReport>({ suite: 'log', runs, seed, words: ['--lanes', '3', ...words], env })
}
const [RUNS, STRIKES] = [3, 9]
/** Each so many times in one life; of the others a run has a number of its own. */
const OFTEN = ['service', 'postgres', 'both', 'connections', 'frozen', 'clock', 'keys', 'deadlock']
/** Runs that come to twenty-five and some to spare: what was through before it was struck does not count. */
const OTHERS: Readonly<Record<string, { runs: number; strikes?: number }>> = {
  setup: { runs: 15 }, migration: { runs: 11 }, disk: { runs: 25 }, copy: { runs: 4, strikes: 9 }, import: { runs: 3, strikes: 10 },
}
const WANTED = 25
const IN_VAIN = /came through|were done$|it was through$|^while it was recorded in/

const struck = (reports: readonly LogReport[], kind: string): string[] => reports.flatMap(({ kinds }) => kinds[kind]!.befell)

describe('the log under faults', () => {
  it(`${RUNS * STRIKES} of each of ${OFTEN.join(', ')}: what was acknowledged is there, once, and it goes on by itself`, async () => {
    const reports = await ofLog(RUNS, ['--strikes', String(STRIKES), '--only', OFTEN.join(',')])
    expect(reports.map(({ seed }) => seed).sort((a, b) => a - b)).toEqual(Array.from({ length: RUNS }, (_, i) => i + 1))
    expect(reports.flatMap((report) => report.faults)).toEqual([])
    // and they came, each while appends were on their way
    for (const kind of OFTEN) {
      expect([kind, struck(reports, kind).length]).toEqual([kind, RUNS * STRIKES])
      expect(Math.min(...reports.map(({ kinds }) => kinds[kind]!.inFlight!))).toBeGreaterThanOrEqual(10)
    }
  }, 600_000)

  it.each(Object.entries(OTHERS))('twenty-five of %s', async (kind, { runs, strikes }) => {
    let came = 0
    // where a machine is so fast that more than the spare ones came too late, as many again
    for (let round = 0; came < WANTED; round++) {
      const reports = await ofLog(runs, [...strikes ? ['--strikes', String(strikes)] : [], '--only', kind], 1 + round * runs)
      expect(reports.flatMap((report) => report.faults)).toEqual([])
      const real = struck(reports, kind).filter((what) => !IN_VAIN.test(what)).length
      // most of them came in time, or they prove nothing
      expect(real).toBeGreaterThan(WANTED / 2)
      came += real
    }
  }, 600_000)

  it('and there is no other kind', () => { expect(Object.keys(KINDS).sort()).toEqual([...OFTEN, ...Object.keys(OTHERS)].sort()) })
})
