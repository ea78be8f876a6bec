// `npm test`: from a bare checkout through every suite, two at a time, with a time budget each; ends with one line of counts.
import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { prepare } from './prepare.mjs'
import { countsIn, jestWords } from './jest-counts.mjs'
import { ownTemp } from './own-temp.mjs'
import { cpuOfEnded, root, runStep, seconds, stopSignal } from './steps.mjs'

const jest = (projects, alone, more = {}) => ({ name: projects.join(' and '), jest: projects, alone: alone.map((name) => `npm run test:${name}`).join(', '), ...more })
/**
 * Seconds on two cores, beside another suite. A suite over its budget is named; one over three times its budget fails.
 * The Kafka suites take half of all the time and come first. The others in this order: what says soonest that something is
 * wrong, what takes long, what is short, so that both lanes end together. Levels that stand on the same run together: each run of
 * jest reads and translates everything anew, and starts a PostgreSQL.
 */
const KAFKA = jest(['kafka'], ['kafka'], { budget: 600 })
const JOURNEYS = jest(['journeys', 'real'], ['journeys', 'real'], { budget: 300 })
/** where the real files are not */
const ALONE = jest(['journeys'], ['journeys'], { budget: 250 })
const REAL = jest(['real'], ['real'])
const SUITES = [
  { name: 'types and lint', budget: 150, alone: 'npm run typecheck, npm run lint', command: ['infra/setup/types-and-lint.mjs'] },
  { name: 'imports', budget: 40, alone: 'npm run imports', command: ['--import', './infra/setup/quick-transpile.mjs', 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs', '--config', '.dependency-cruiser.cjs', 'apps', 'libs', 'test', 'infra'] },
  jest(['integration', 'contract'], ['int', 'contract'], { budget: 600 }),
  JOURNEYS,
  jest(['unit', 'architecture'], ['unit', 'arch'], { budget: 150 }),
]
const OVER = 3
const RESULTS = join(root, '.cache', 'test')

const from = performance.now()
const signal = stopSignal()
const temp = ownTemp()
const say = (line) => process.stdout.write(`[${((performance.now() - from) / 1000).toFixed(1).padStart(5)} s] ${line}\n`)
const totals = { passed: 0, failed: 0 }

/** Folder of the real agency files: where CHORUS_REAL_DATA says, else beside the checkout; undefined where there is none. */
const realData = () => {
  const named = process.env.CHORUS_REAL_DATA
  const folder = resolve(root, named || '../shared/data')
  if (existsSync(folder)) return { folder }
  return named ? { missing: `CHORUS_REAL_DATA names ${folder}, which is not there` } : undefined
}

const fail = (suite, why, output = '') => {
  totals.failed += 1
  process.stdout.write(output.trimEnd() === '' ? '' : `${output.trimEnd()}\n`)
  say(`FAILED ${suite.name}: ${why}. Alone: ${suite.alone}`)
}

const runSuite = async (suite, env) => {
  const began = performance.now()
  say(`${suite.name} …`)
  const file = join(RESULTS, `${suite.name}.json`)
  const args = suite.command ?? ['node_modules/jest/bin/jest.js', '--selectProjects', ...suite.jest, ...jestWords(file), '--silent=false']
  const { code, output, timedOut, cpu } = await runStep(process.execPath, args, { signal, env, timeoutMs: suite.budget * OVER * 1000 })
  const took = `${seconds(began)} of ${suite.budget} s${cpu ? ` (CPU ${cpu.toFixed(0)} s)` : ''}`
  if (timedOut) return fail(suite, `stopped after ${suite.budget * OVER} s, ${OVER} times its budget`, output)
  // jest's --json also prints the whole result on one line, which nobody reads
  const words = output.split('\n').filter((line) => !line.startsWith('{"numFailedTestSuites"')).join('\n')
  const result = suite.jest ? countsIn(file, suite.jest) : undefined
  if (!result) return code === 0 && !suite.jest ? say(`${suite.name}: passed in ${took}`) : fail(suite, `exit code ${code}`, words)
  totals.passed += result.passed
  if (result.failed > 0) {
    totals.failed += result.failed - 1
    return fail(suite, `${result.failed} of ${result.passed + result.failed} failed in ${took}`, words)
  }
  if (result.silent.length > 0) return fail(suite, `no test of ${result.silent.join(' and ')} ran`, words)
  if (result.skipped > 0) return fail(suite, `${result.skipped} tests did not run`, words)
  if (code !== 0) return fail(suite, `every test passed, but the run ended with exit code ${code}`, words)
  const slow = performance.now() - began > suite.budget * 1000 ? ' OVER ITS BUDGET' : ''
  return say(`${suite.name}: ${result.passed} passed in ${took}${slow}${suite.jest.includes('real') ? `, real files of ${env.CHORUS_REAL_DATA}` : ''}`)
}

/** Fetched while npm installs, where the cache has it not yet; why it cannot be had the Kafka suites say. */
const fetchBroker = async () => {
  if (process.env.KAFKA_BROKERS?.trim()) return
  const { prepareBroker } = createRequire(import.meta.url)('../kafka/broker.js')
  await prepareBroker({ say, signal }).catch(() => undefined)
}

/** The build is what the journeys start; types are a suite of its own. Where it fails the other suites still have something to say. */
const runBuild = async () => {
  try {
    await prepare({ say, signal, checked: false })
  } catch (error) {
    if (signal.aborted || error.name !== 'SetupStopped') throw error
    fail({ name: 'build', alone: 'npm run build' }, 'it does not build', error.message)
  }
}

try {
  rmSync(RESULTS, { recursive: true, force: true })
  mkdirSync(RESULTS, { recursive: true })
  const fetched = fetchBroker()
  await prepare({ say, signal, built: false })
  const real = realData()
  // a suite decides by itself where it listens and keeps its data
  const { CHORUS_DATA, CHORUS_PORT, CHORUS_HOST, CHORUS_MODE, CHORUS_URL, CHORUS_TOKEN_FILE, DATABASE_URL, DATABASE_OWNER_URL, ...env } = process.env
  if (real?.folder) env.CHORUS_REAL_DATA = real.folder
  // a broker of the caller's is for the Kafka suites alone: the others run as on a machine without one
  const withoutKafka = Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('KAFKA_')))
  const built = runBuild()
  // whoever awaits it hears of it; until then nobody does, and node would end without counts
  built.catch(() => undefined)
  const run = async (suite) => {
    if (suite.jest) await built
    if (suite !== JOURNEYS || real?.folder) return runSuite(suite, suite === KAFKA ? env : withoutKafka)
    if (real) fail(REAL, real.missing)
    else say('real: not run, because the agency files are not here (CHORUS_REAL_DATA names their folder)')
    return runSuite(ALONE, withoutKafka)
  }
  // no suite keeps two cores busy by itself, since its tests also wait: two suites at a time do
  const rest = [...SUITES]
  const lane = async () => { for (let suite = rest.shift(); suite; suite = rest.shift()) await run(suite) }
  await Promise.all([fetched.then(() => run(KAFKA)).then(lane), lane()])
  const cpu = cpuOfEnded()
  say(`${SUITES.length + 1} suites in ${seconds(from)}${cpu === undefined ? '' : `; CPU ${cpu.toFixed(0)} s in all, set-up included`}`)
} catch (error) {
  totals.failed += 1
  process.stderr.write(`${['SetupStopped'].includes(error?.name) ? error.message : error?.stack ?? error}\n`)
}
await temp.end().catch((error) => say(`the temporary folder ${temp.folder} is left behind: ${error.message}`))
process.stdout.write(`${totals.passed} passed, ${totals.failed} failed\n`)
process.exit(totals.failed === 0 ? 0 : 1)
