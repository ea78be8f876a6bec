import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { LETTERS, withTopics } from './testing/on-the-broker'

/** CPU microseconds that a process needed for `ms` in which its producer and consumer had nothing to do. */
const idleCpu = (env: Record<string, string>): Promise<number> => new Promise((resolve, reject) => {
  const root = join(__dirname, '../../../..')
  const child = spawn(process.execPath, ['-r', join(root, 'test/support/register.js'), join(__dirname, 'testing/idle-process.ts')], { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  let out = ''
  let err = ''
  child.stdout.on('data', (chunk: Buffer) => { out += chunk.toString() })
  child.stderr.on('data', (chunk: Buffer) => { err += chunk.toString() })
  child.once('error', reject)
  // Node 20 now and then aborts while it is torn down, where V8 still compiles beside it: what was measured is told by then
  child.once('close', (code, signal) => { if (/^\d+\n$/.test(out) && (code === 0 || signal === 'SIGABRT')) resolve(Number(out)); else reject(new Error(`the idle process ended with ${code ?? signal}: ${err}`)) })
})

it('an idle process with a producer and a consumer works less than an untamed one beside it', async () => {
  const settings = await withTopics()
  const env = (tamed: string) => ({ IDLE_TAMED: tamed, IDLE_TOPIC: settings.prefix + LETTERS.name, KAFKA_PREFIX: settings.prefix, IDLE_GROUP: `idle-${tamed}` })
  const [tamed, untamed] = await Promise.all([idleCpu(env('yes')), idleCpu(env('no'))])
  process.stdout.write(`idle for 4 s: ${tamed} µs of CPU tamed, ${untamed} µs untamed\n`)
  expect(tamed).toBeGreaterThan(0)
  // both ran at the same time on the same machine: the order holds however slow it is
  expect(tamed).toBeLessThan(untamed)
})
