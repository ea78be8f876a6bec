/** npm run faults -- --suite NAME --runs N --seed S: the long fault suites. Every run prints its seed; run it again with that seed. */
import { parseArgs } from 'node:util'
import { benchServer } from '../bench/server'
import { busWithItsOwn, stopServers } from './bus-servers'
import { KINDS, logUnderFaults, stopLogFaults } from './log/log'
import { tailWhileWriting } from './readers'

interface Report { readonly seed: number; readonly faults: readonly string[] }

/** A new suite is one more line here. */
const SUITES: Readonly<Record<string, (options: { seed: number; events?: number; only?: readonly string[]; strikes?: number }) => Promise<Report>>> = {
  readers: ({ seed, events = 100_000 }) => tailWhileWriting({ seed, events }),
  log: ({ seed, only, strikes }) => logUnderFaults({ seed, ...(only && { only }), ...(strikes !== undefined && { strikes }) }),
  bus: ({ seed, events }) => busWithItsOwn({ seed, ...(events !== undefined && { events }) }),
}

const USAGE = `npm run faults -- [--suite ${Object.keys(SUITES).join('|')}] [--runs N] [--seed S] [--events N] [--lanes N] [--strikes N] [--json]
  --only: of the suite log, kinds with commas between: ${Object.keys(KINDS).join(', ')}
  --strikes: of the suite log, faults in one life, of the kinds that strike one several times`

function tell(name: string, report: Report, json: boolean): void {
  if (json) { console.log(JSON.stringify({ suite: name, ...report })); return }
  const { faults, ...figures } = report
  const told = (value: unknown): string => typeof value === 'object' ? JSON.stringify(value) : String(value)
  console.log(`${name}: ${faults.length === 0 ? 'ok' : 'FAULTS'} ${Object.entries(figures).map(([key, value]) => `${key}=${told(value)}`).join(' ')}`)
  for (const fault of faults) console.log(`  ${fault}`)
}

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { suite: { type: 'string' }, runs: { type: 'string' }, seed: { type: 'string' }, events: { type: 'string' }, lanes: { type: 'string' }, strikes: { type: 'string' }, only: { type: 'string' }, json: { type: 'boolean' } } })
  const names = values.suite ? [values.suite] : Object.keys(SUITES)
  const unknown = names.find((name) => !SUITES[name])
  const only = values.only?.split(',')
  const unknownKind = only?.find((name) => !KINDS[name])
  if (unknownKind !== undefined) { console.error(`faults: the suite log has no kind "${unknownKind}"\n${USAGE}`); return 2 }
  const [runs, seed, events, lanes, strikes] = [Number(values.runs ?? 1), Number(values.seed ?? 1), Number(values.events ?? NaN), Number(values.lanes ?? 1), Number(values.strikes ?? 5)]
  if (unknown !== undefined || ![runs, seed, lanes, strikes].every(Number.isInteger) || (values.events !== undefined && !Number.isInteger(events))) {
    console.error(unknown === undefined ? `faults: --runs, --seed, --events, --lanes and --strikes are whole numbers\n${USAGE}` : `faults: there is no suite "${unknown}"\n${USAGE}`)
    return 2
  }
  const stop = await benchServer()
  const endAll = async (): Promise<void> => {
    stopLogFaults()
    await stopServers()
    await stop()
  }
  // the processes that are killed by chance end with this one: their channel closes
  for (const [name, number] of [['SIGINT', 2], ['SIGTERM', 15], ['SIGHUP', 1]] as const) process.once(name, () => { void endAll().finally(() => process.exit(128 + number)) })
  let failed = 0
  try {
    for (const name of names) {
      const waiting = Array.from({ length: runs }, (_, run) => seed + run)
      const lane = async (): Promise<void> => {
        for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
          console.error(`${name}: ${runs - waiting.length} of ${runs} runs begun, seed ${next}`)
          const report = await SUITES[name]!({ seed: next, ...(values.events !== undefined && { events }), ...(only && { only }), ...(values.strikes !== undefined && { strikes }) })
            // the others go on: what went wrong is the report of this one
            .catch((error: unknown): Report => ({ seed: next!, faults: [`could not be run to its end: ${error instanceof Error ? error.stack ?? error.message : String(error)}`] }))
          tell(name, report, values.json === true)
          if (report.faults.length > 0) failed += 1
        }
      }
      await Promise.all(Array.from({ length: Math.max(1, lanes) }, lane))
    }
  } finally {
    await endAll()
  }
  return failed > 0 ? 1 : 0
}

// at once: left to end by itself, Node 20 may wait for ever, and busily, for the close of a socket that was reset (test/support/tcp-proxy.ts)
main().then((code) => process.exit(code), (error: unknown) => { console.error(error); process.exit(1) })
