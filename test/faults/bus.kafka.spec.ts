/** Twenty seeds of the bus under faults, four at a time on one broker and one PostgreSQL that die with the rest. */
import { busUnderFaults, type BusReport } from './bus'
import { CONSUMER_POINTS, RELAY_POINTS } from './bus-plan'
import { faults } from './command'

const RUNS = 20
/** they take some two minutes; a busy machine is no fault */
const LONGEST_MS = 900_000

describe('the bus under faults', () => {
  it(`${RUNS} runs: every event has its effect once, in order, and nothing waits (one again: npm run faults -- --suite bus --seed S)`, async () => {
    const reports = await faults<BusReport>({ suite: 'bus', runs: RUNS, words: ['--lanes', '4'], timeout: LONGEST_MS })
    expect(reports.map(({ seed }) => seed).sort((a, b) => a - b)).toEqual(Array.from({ length: RUNS }, (_, i) => i + 1))
    expect(reports.filter((report) => report.faults.length > 0)).toEqual([])
    // and the faults came: processes died at every point at which they can
    expect([...RELAY_POINTS, ...CONSUMER_POINTS].filter((point) => !reports.some(({ died }) => died.includes(point)))).toEqual([])
  }, LONGEST_MS + 10_000)

  it('finds messages that were lost on the way: their streams wait, and say so', async () => {
    // the servers of all these specs, which nobody may kill
    const untouched = { brokers: process.env.KAFKA_BROKERS!, start: () => Promise.resolve(), kill: () => Promise.resolve(), stop: () => Promise.resolve() }
    const report = await busUnderFaults({ seed: 4, broker: untouched, mayCrashStore: false, loses: true })
    expect(report.faults.join()).toMatch(/waits: hole/)
  }, 180_000)
})
