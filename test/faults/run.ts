/** npm run faults -- --suite NAME --runs N --seed S: the long fault suites. Every run prints its seed; run it again with that seed. */
import { parseArgs } from 'node:util'
import { benchServer } from '../bench/server'
import { busWithItsOwn, stopServers } from './bus-servers'
import { tailWhileWriting } from './readers'

interface Report { readonly seed: number; readonly faults: readonly string[] }

/** A new suite is one more line here. */
const SUITES: Readonly<Record<string, (options: { seed: number; events?: number }) => Promise<Report>>> = {
  readers: ({ seed, events = 100_000 }) => tailWhileWriting({ seed, events }),
  bus: ({ seed, events }) => busWithItsOwn({ seed, ...(events !== undefined && { events }) }),
}

const USAGE = `npm run faults -- [--suite ${Object.keys(SUITES).join('|')}] [--runs N] [--seed S] [--events N] [--json]`

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { suite: { type: 'string' }, runs: { type: 'string' }, seed: { type: 'string' }, events: { type: 'string' }, json: { type: 'boolean' } } })
  const names = values.suite ? [values.suite] : Object.keys(SUITES)
  const unknown = names.find((name) => !SUITES[name])
  const [runs, seed, events] = [Number(values.runs ?? 1), Number(values.seed ?? 1), Number(values.events ?? NaN)]
  if (unknown !== undefined || !Number.isInteger(runs) || !Number.isInteger(seed) || (values.events !== undefined && !Number.isInteger(events))) {
    console.error(unknown === undefined ? `faults: --runs, --seed and --events are whole numbers\n${USAGE}` : `faults: there is no suite "${unknown}"\n${USAGE}`)
    return 2
  }
  const stop = await benchServer()
  let failed = 0
  try {
    for (const name of names) {
      for (let run = 0; run < runs; run++) {
        console.error(`${name}: run ${run + 1} of ${runs}, seed ${seed + run}`)
        const report = await SUITES[name]!({ seed: seed + run, ...(values.events !== undefined && { events }) })
        if (values.json) console.log(JSON.stringify({ suite: name, ...report }))
        else {
          const { faults, ...figures } = report
          console.log(`${name}: ${faults.length === 0 ? 'ok' : 'FAULTS'} ${Object.entries(figures).map(([key, value]) => `${key}=${String(value)}`).join(' ')}`)
          for (const fault of faults) console.log(`  ${fault}`)
        }
        if (report.faults.length > 0) failed += 1
      }
    }
  } finally {
    await stopServers()
    await stop()
  }
  return failed > 0 ? 1 : 0
}

main().then((code) => { process.exitCode = code }, (error: unknown) => { console.error(error); process.exitCode = 1 })
