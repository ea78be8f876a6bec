/** npm run fuzz -- [--seed S] [--runs N] [--file PATH]: damaged NIBRS files, any number of them. Prints its seed. */
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { fuzz } from './nibrs'

const USAGE = `npm run fuzz -- [--seed S] [--runs N] [--file PATH]
  --seed S      first seed (default: from the process number; it is printed). One mutant: --seed S --runs 1
  --runs N      mutants of each file (default 20000)
  --file PATH   a NIBRS file to damage (default: the sample, and the real one where CHORUS_REAL_DATA or ../shared/data has it)`

const main = (): number => {
  const { values } = parseArgs({ options: { seed: { type: 'string' }, runs: { type: 'string' }, file: { type: 'string' }, help: { type: 'boolean' } } })
  if (values.help) { process.stdout.write(`${USAGE}\n`); return 0 }
  const seed = Number(values.seed ?? process.pid * 1000)
  const runs = Number(values.runs ?? 20_000)
  if (!Number.isInteger(seed) || seed < 0 || !Number.isInteger(runs) || runs < 1) { process.stderr.write(`--seed and --runs are whole numbers\n${USAGE}\n`); return 2 }
  const root = join(__dirname, '../..')
  const real = join(resolve(root, process.env.CHORUS_REAL_DATA ?? '../shared/data'), 'nibrs/honolulupdNIBRSReport-2019-05.txt')
  const files = values.file ? [resolve(values.file)] : [join(root, 'samples/nibrs/2026-07.txt'), ...(existsSync(real) ? [real] : [])]
  let failed = 0
  for (const file of files) {
    // A real file's lines never reach the screen: seed and mutations are enough to make the mutant again.
    const text = readFileSync(file, 'latin1')
    process.stdout.write(`fuzz nibrs: ${file}, seed ${seed}, ${runs} mutants\n`)
    for (let done = 0; done < runs; done += 1000) {
      const failures = fuzz(text, seed + done, Math.min(1000, runs - done))
      failed += failures.length
      for (const { seed: one, by, wrong } of failures) process.stdout.write(`seed ${one} (${by.join(', ')}): ${wrong.join('; ')}\n`)
      if (failures.length > 0) break
      if (done % 5000 === 0 && done > 0) process.stdout.write(`  ${done} so far\n`)
    }
  }
  process.stdout.write(failed === 0 ? 'nothing wrong\n' : `${failed} failed; run one of them again with --seed S --runs 1\n`)
  return failed === 0 ? 0 : 1
}
process.exitCode = main()
