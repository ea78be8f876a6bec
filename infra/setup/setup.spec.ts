import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Runs lines of a module that has everything of `name` as m; what it prints. */
const words = (name: string, lines: string): string[] => ['--input-type=module', '-e', `import * as m from ${JSON.stringify(join(__dirname, name))}; ${lines}`]
const said = (name: string, lines: string): string => spawnSync(process.execPath, words(name, lines), { encoding: 'utf8' }).stdout.trim()

let folder: string
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'chorus-setup-')) })
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('a step of set-up', () => {
  it('has ended when what it started has: nobody is cut off because the program itself is done', () => {
    expect(said('steps.mjs', "const { output } = await m.runStep('sh', ['-c', '(sleep 0.3; echo finished) & echo begun']); console.log(output)")).toBe('begun\nfinished')
  })

  it('that is stopped lets what it started end in its own way', () => {
    const child = 'trap "sleep 0.3; echo finished; exit" TERM; echo ready; while :; do sleep 0.02; done'
    expect(said('steps.mjs', `
      const stop = new AbortController()
      const to = { write: (chunk) => { process.stdout.write(chunk); if (String(chunk).includes('ready')) stop.abort(new Error('stopped')) } }
      await m.runStep('sh', ['-c', 'sh -c "$0" 2>/dev/null & wait', ${JSON.stringify(child)}], { signal: stop.signal, to }).catch((error) => console.log(error.message))`)).toBe('ready\nfinished\nstopped')
  })

  it.each([['its program', 'echo $$; sleep 600 & wait'], ['what its program left behind', 'echo $$; sleep 600 &']])('goes with us when we are killed: %s', async (_, script) => {
    const killed = spawn(process.execPath, words('steps.mjs', `await m.runStep('sh', ['-c', '${script}'], { to: process.stdout })`), { stdio: ['ignore', 'pipe', 'inherit'] })
    const group = await new Promise<number>((resolve) => { killed.stdout.once('data', (chunk: Buffer) => resolve(Number(chunk.toString()))) })
    const runs = (): boolean => { try { return process.kill(-group, 0) } catch { return false } }
    expect(runs()).toBe(true)
    killed.kill('SIGKILL')
    for (let tries = 0; tries < 500 && runs(); tries++) await new Promise((resolve) => setTimeout(resolve, 20))
    expect(runs()).toBe(false)
  })
})

describe('the temporary folder of a run', () => {
  it('goes at its end, and with it who was left behind in it and does not stop when told to', () => {
    const [own, left, there] = said('own-temp.mjs', `
      import { spawn } from 'node:child_process'
      import { existsSync } from 'node:fs'
      import { tmpdir } from 'node:os'
      process.env.TMPDIR = ${JSON.stringify(folder)}
      const temp = m.ownTemp()
      const child = spawn('sh', ['-c', 'trap "" TERM INT; echo ready; while :; do sleep 0.05; done'], { detached: true, cwd: temp.folder, env: { PATH: process.env.PATH }, stdio: ['ignore', 'pipe', 'ignore'] })
      await new Promise((resolve) => child.stdout.once('data', resolve))
      const ended = new Promise((resolve) => child.once('exit', (code, signal) => resolve(signal)))
      console.log(tmpdir() === temp.folder)
      await temp.end(200)
      console.log(await Promise.race([ended, new Promise((resolve) => setTimeout(() => resolve('still there'), 2000))]))
      console.log(existsSync(temp.folder))
      process.exit()`).split('\n')
    expect([own, left, there]).toEqual(['true', 'SIGKILL', 'false'])
  })
})

describe('where it lies', () => {
  const place = (options: object): string => said('own-temp.mjs', `console.log(m.placeOf({ env: {}, memory: ${JSON.stringify(folder)}, mounts: ${JSON.stringify(join(folder, 'mounts'))}, ...${JSON.stringify(options)} }))`)
  const mounted = (words: string): void => writeFileSync(join(folder, 'mounts'), `proc /proc proc rw 0 0\n${words.replace('HERE', folder)}\n`)

  it('is memory where there is plenty of it that programs may run from, and the usual folder everywhere else', () => {
    const room = { available: 1e12 }
    const elsewhere = said('own-temp.mjs', "import { tmpdir } from 'node:os'; console.log(tmpdir())")
    expect(place(room)).toBe(elsewhere)
    mounted('tmpfs HERE tmpfs rw,nosuid 0 0')
    expect(place({ available: 1e9 })).toBe(elsewhere)
    expect(place({ ...room, env: { TMPDIR: '/chosen' } })).toBe(elsewhere)
    expect(place({ ...room, memory: join(folder, 'none') })).toBe(elsewhere)
    expect(place(room)).toBe(folder)
    mounted('tmpfs HERE tmpfs rw,noexec 0 0')
    expect(place(room)).toBe(elsewhere)
    mounted('/dev/sda HERE ext4 rw 0 0')
    expect(place(room)).toBe(elsewhere)
  })
})

describe('an npm ci that failed', () => {
  const why = (code: number, output: string, path: string): string => said('prepare.mjs', `console.log(m.whyNpmFailed(${JSON.stringify({ code, output })}, ${JSON.stringify(path)}))`)

  it('is a missing npm only where no npm is on the PATH', () => {
    writeFileSync(join(folder, 'npm'), '')
    expect(why(127, 'sh: 1: exec: npm: not found', '/nowhere')).toMatch(/^npm is not on the PATH/)
    const script = why(127, 'npm error code 127\nnpm error command sh -c node-gyp rebuild\nnpm error sh: 1: node-gyp: not found', `/nowhere:${folder}`)
    expect(script).toMatch(/^npm ci failed:\n.*node-gyp: not found/s)
    expect(script).not.toContain('PATH')
  })
})

describe('what a run of jest came to', () => {
  it('names the projects of which nothing ran, renamed or without a spec file: jest itself fails only where that is all of them', () => {
    const project = (displayName: string): object => ({ displayName, rootDir: folder, testMatch: [`<rootDir>/${displayName}/*.js`] })
    writeFileSync(join(folder, 'jest.config.json'), JSON.stringify({ projects: [project('here'), project('empty'), project('other')] }))
    mkdirSync(join(folder, 'here'))
    writeFileSync(join(folder, 'here', 'a.js'), "it('holds', () => undefined)")
    const file = join(folder, 'result.json')
    const jest = JSON.stringify(join(__dirname, '../../node_modules/jest/bin/jest.js'))
    const counts = said('jest-counts.mjs', `
      import { spawnSync } from 'node:child_process'
      const { status } = spawnSync(process.execPath, [${jest}, '--config', 'jest.config.json', '--selectProjects', 'here', 'empty', 'renamed', ...m.jestWords(${JSON.stringify(file)})], { cwd: ${JSON.stringify(folder)} })
      console.log(JSON.stringify({ status, ...m.countsIn(${JSON.stringify(file)}, ['here', 'empty', 'renamed']) }))`)
    expect(JSON.parse(counts)).toEqual({ status: 0, passed: 1, failed: 0, skipped: 0, silent: ['empty', 'renamed'] })
  })
})
