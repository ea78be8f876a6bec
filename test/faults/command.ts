/** `npm run faults` as specs call it: in a process of its own (jest loads modules its own way, the PostgreSQL driver among them). */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { repositoryRoot } from '@chorus/platform'

const run = promisify(execFile)
/** of what it said at its end */
const LAST_CHARACTERS = 4000

/**
 * The reports of runs that were all ended, those that found faults among them.
 * @param timeout ms
 * @throws Error with its own last words where it ended before it was through
 */
export async function faults<Report>({ suite, runs, seed = 1, words, env = process.env, timeout }: { readonly suite: string; readonly runs: number; readonly seed?: number; readonly words: readonly string[]; readonly env?: NodeJS.ProcessEnv; readonly timeout?: number }): Promise<Report[]> {
  const root = repositoryRoot()
  const all = ['--json', '--suite', suite, '--runs', String(runs), '--seed', String(seed), ...words]
  const { stdout, stderr } = await run(process.execPath, ['-r', join(root, 'test/support/register.js'), join(root, 'test/faults/run.ts'), ...all], { cwd: root, env, maxBuffer: 16 * 1024 * 1024, ...(timeout !== undefined && { timeout }) })
    // some run found faults, or it ended by an error: the number of its reports tells which
    .catch((error: { stdout?: string; stderr?: string }) => ({ stdout: error.stdout ?? '', stderr: error.stderr || String(error) }))
  const reports = stdout.split('\n').filter(Boolean).map((line) => JSON.parse(line) as Report)
  if (reports.length !== runs) throw new Error(`${reports.length} of ${runs} runs came to their end (npm run faults -- ${all.join(' ')}). It said:\n${stderr.slice(-LAST_CHARACTERS)}`)
  return reports
}
