/** Twenty seeds of the bus under faults, four at a time on one broker and one PostgreSQL that are killed with the rest. */
import { busUnderFaults, type BusReport } from './bus'
import { CONSUMER_POINTS, RELAY_POINTS, planOf } from './bus-plan'
import { startBusServers, type BusServers } from './bus-servers'

const RUNS = 20
const LANES = 4

describe('the bus under faults', () => {
  let servers: BusServers
  beforeAll(async () => { servers = await startBusServers() }, 120_000)
  afterAll(async () => { await servers?.stop() }, 60_000)

  it('every point at which a process can die comes in these runs', () => {
    const met = Array.from({ length: RUNS }, (_, i) => planOf(i + 1, 1)).flatMap(({ faults }) => faults.flatMap((fault) => ('point' in fault ? [fault.point] : [])))
    expect([...RELAY_POINTS, ...CONSUMER_POINTS].filter((point) => !met.includes(point))).toEqual([])
  })

  it(`${RUNS} runs: every event has its effect once, in order, and nothing waits (again with npm run faults -- --suite bus --seed S)`, async () => {
    const seeds = Array.from({ length: RUNS }, (_, i) => i + 1)
    const reports: BusReport[] = []
    const run = (seed: number): Promise<BusReport> => busUnderFaults({ seed, broker: servers.broker, mayCrashStore: true })
      .catch((error: unknown) => ({ seed, events: 0, befell: '', processes: 0, died: 0, secondsToSettle: 0, faults: [`could not be run: ${String(error)}`] }))
    const lane = async (): Promise<void> => { for (let seed = seeds.shift(); seed !== undefined; seed = seeds.shift()) reports.push(await run(seed)) }
    await Promise.all(Array.from({ length: LANES }, lane))
    expect(reports).toHaveLength(RUNS)
    expect(reports.filter(({ faults }) => faults.length > 0)).toEqual([])
    expect(reports.reduce((sum, { died }) => sum + died, 0)).toBeGreaterThan(RUNS / 2)
  }, 600_000)

  it('finds a message that was lost on the way: its stream waits, and says so', async () => {
    const { faults } = await busUnderFaults({ seed: 4, broker: servers.broker, mayCrashStore: true, patienceMs: 15_000, loses: true })
    expect(faults.join()).toMatch(/hole/)
  }, 120_000)
})
