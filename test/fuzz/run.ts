/** npm run fuzz -- [--feed NAME] [--seed S] [--runs N] [--file PATH] [--http N]: damaged files of each feed, any number of them. Prints its seed. */
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { benchServer } from '../bench/server'
import { startChorus } from '../support/chorus'
import { FEEDS } from './feeds'
import type { FuzzFailure } from './nibrs'
import { fuzzOverHttp } from './over-http'

const USAGE = `npm run fuzz -- [--feed NAME] [--seed S] [--runs N] [--file PATH]
  --feed NAME   ${Object.keys(FEEDS).join(' or ')} (default: each)
  --seed S      first seed (default: from the process number; it is printed). One mutant: --seed S --runs 1
  --runs N      mutants of each file (default 20000)
  --http N      beside it so many mutants of each file over HTTP, to a Chorus of its own on PostgreSQL (default 0)
  --file PATH   a file to damage, of the feed that --feed names (default: the samples, and the real ones where CHORUS_REAL_DATA or ../shared/data has them)`

const main = async (): Promise<number> => {
  const { values } = parseArgs({ options: { feed: { type: 'string' }, seed: { type: 'string' }, runs: { type: 'string' }, http: { type: 'string' }, file: { type: 'string' }, help: { type: 'boolean' } } })
  if (values.help) { process.stdout.write(`${USAGE}\n`); return 0 }
  const seed = Number(values.seed ?? process.pid * 1000)
  const runs = Number(values.runs ?? 20_000)
  const http = Number(values.http ?? 0)
  const wrongUse = !Number.isInteger(seed) || seed < 0 || !Number.isInteger(runs) || runs < 0 || !Number.isInteger(http) || http < 0 ? '--seed, --runs and --http are whole numbers'
    : values.feed !== undefined && !(values.feed in FEEDS) ? `--feed is ${Object.keys(FEEDS).join(' or ')}`
      : values.file !== undefined && values.feed === undefined ? '--file needs --feed: whose file it is' : undefined
  if (wrongUse) { process.stderr.write(`${wrongUse}\n${USAGE}\n`); return 2 }
  const root = join(__dirname, '../..')
  const data = resolve(root, process.env.CHORUS_REAL_DATA ?? '../shared/data')
  let failed = 0
  const said = (failures: readonly FuzzFailure[]): void => {
    failed += failures.length
    for (const { seed: one, by, wrong } of failures) process.stdout.write(`seed ${one} (${by.join(', ')}): ${wrong.join('; ')}\n`)
  }
  const chorus = http > 0 ? await started() : undefined
  for (const [name, feed] of Object.entries(FEEDS)) {
    if (values.feed !== undefined && values.feed !== name) continue
    const files = values.file ? [resolve(values.file)] : [...feed.samples.map((file) => join(root, file)), ...feed.real.map((file) => join(data, file)).filter((file) => existsSync(file))]
    for (const file of files) {
      // A real file's lines never reach the screen: seed and mutations are enough to make the mutant again.
      const text = readFileSync(file, 'latin1')
      process.stdout.write(`fuzz ${name}: ${file}, seed ${seed}, ${runs} mutants\n`)
      for (let done = 0; done < runs; done += 1000) {
        const failures = await feed.fuzz(text, seed + done, Math.min(1000, runs - done), file)
        said(failures)
        if (failures.length > 0) break
        if (done % 5000 === 0 && done > 0) process.stdout.write(`  ${done} so far\n`)
      }
      if (chorus && feed.sent) {
        process.stdout.write(`fuzz ${name} over HTTP: ${http} mutants\n`)
        said(await fuzzOverHttp(chorus, feed.sent(file), (next) => feed.mutantOf(text, next, file), seed, http))
      }
    }
  }
  await chorus?.close()
  process.stdout.write(failed === 0 ? 'nothing wrong\n' : `${failed} failed; run one of them again with --feed NAME --seed S --runs 1\n`)
  return failed === 0 ? 0 : 1
}
const started = async (): Promise<Awaited<ReturnType<typeof startChorus>>> => {
  const stop = await benchServer()
  const chorus = await startChorus({ env: { CHORUS_LOG_LEVEL: 'error', KAFKA_BROKERS: '' } })
  return { ...chorus, close: async () => { await chorus.close(); await stop() } }
}
void main().then((code) => { process.exitCode = code })
