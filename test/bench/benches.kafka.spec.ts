/** The benches of the bus at their smallest: they run, and every row says what it measured. What they measure is no test's business. */
import { consume } from './consume'
import { endToEnd } from './end-to-end'
import { relay } from './relay'
import type { Bench, BenchOptions } from './run'

const smallest = (bench: Bench, options: Partial<BenchOptions>) => bench.run({ quick: true, seed: 1, lingerMs: 0, progress: () => undefined, ...options })
const positive = expect.any(Number) as number

it('relay, consume and end-to-end', async () => {
  const [relayed, consumed, led] = await Promise.all([smallest(relay, { events: 200 }), smallest(consume, { events: 200 }), smallest(endToEnd, { events: 2, forms: ['embedded'] })])
  expect(relayed.rows.map(({ sender }) => sender)).toEqual(['kafkajs alone', 'kafkajs alone', 'relay'])
  expect(consumed.rows.map(({ bus, reaction }) => [bus, reaction])).toEqual([['log', 'nothing'], ['log', 'appends'], ['kafka', 'nothing'], ['kafka', 'appends']])
  for (const row of [...relayed.rows, ...consumed.rows]) expect(row).toMatchObject({ events: 200, perSecond: positive, peakRssMb: positive })
  expect(led.rows.map(({ from }) => from).slice(-2)).toEqual(['LevelAssigned → NotificationPlanned', 'NotificationDelivered → ServiceOffered'])
  expect(led.rows).toHaveLength(5)
  for (const row of led.rows) expect(row).toMatchObject({ form: 'embedded', samples: 2, p50ms: positive, p99ms: positive })
  for (const row of [...relayed.rows, ...consumed.rows, ...led.rows]) for (const value of Object.values(row)) expect(value).not.toBeNaN()
}, 180_000)
