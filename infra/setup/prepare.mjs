// From a bare checkout to something that runs: the right node, the packages of the lock file, the build. No dependencies:
// this runs before `npm ci`. What is already done is seen in milliseconds and not done again.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join, relative } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { root, runStep, seconds, SetupStopped } from './steps.mjs'

const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'))
const LOCK = join(root, '.cache', 'setup.lock')
const BUILT = join(root, 'dist', '.built-from')

export const checkNode = (version = process.versions.node, wanted = readJson(join(root, 'package.json')).engines.node) => {
  const [major, minor] = version.split('.').map(Number)
  const [, oldMajor, oldMinor] = /(\d+)\.(\d+)/.exec(wanted).map(Number)
  if (major < oldMajor || (major === oldMajor && minor < oldMinor)) {
    throw new SetupStopped(`Chorus needs node ${wanted}, this is node ${version}. Install a newer one (nodejs.org, or your version manager) and run the same command again.`)
  }
}

/**
 * Packages of the lock file that are not installed in that version: by npm's own list, which it writes when it has
 * finished, and by what lies there, since folders may be gone though the list says all is well.
 */
export const missingPackages = (folder = root) => {
  const wanted = readJson(join(folder, 'package-lock.json')).packages
  let have
  try {
    have = readJson(join(folder, 'node_modules', '.package-lock.json')).packages
  } catch {
    return ['all of them']
  }
  return Object.entries(wanted)
    .filter(([path, entry]) => path !== '' && !(entry.optional && have[path] === undefined)
      && (have[path]?.version !== entry.version || !existsSync(join(folder, path, 'package.json'))))
    .map(([path]) => path.replace(/^.*node_modules\//, ''))
}

/** npm's settings leak from an outer npm into an inner one: what changes what is installed is left out, the way to the registry stays. */
export const npmEnvironment = (env) => Object.fromEntries(Object.entries(env).filter(([name]) => {
  const lower = name.toLowerCase()
  return lower !== 'node_env' && !/^npm_config_(omit|include|production|only|also|dev|optional|dry_run|package_lock|package_lock_only|global|location|prefix|workspace|workspaces|include_workspace_root|save|save_.*|json|silent|loglevel|install_strategy|legacy_peer_deps|engine_strict)$/.test(lower)
}))

const sourceFiles = (folder) => readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
  const path = join(folder, entry.name)
  if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : sourceFiles(path)
  return /\.(ts|json)$/.test(entry.name) && !/\.spec\.ts$/.test(entry.name) ? [path] : []
})

/** SHA-256 of everything that the build reads. */
export const sourcesHash = () => {
  const hash = createHash('sha256')
  const files = ['apps', 'libs'].flatMap((name) => sourceFiles(join(root, name))).sort()
  for (const file of [...files, ...['package-lock.json', 'tsconfig.json', 'tsconfig.build.json', 'nest-cli.json'].map((name) => join(root, name))]) {
    hash.update(`${relative(root, file)}\0`).update(readFileSync(file)).update('\0')
  }
  return hash.digest('hex')
}

const isBuilt = (hash) => existsSync(BUILT) && readFileSync(BUILT, 'utf8') === hash

const holderOf = (file) => {
  try {
    const pid = Number(readFileSync(file, 'utf8'))
    process.kill(pid, 0)
    // after a power cut another program may have the id
    const command = existsSync('/proc') ? readFileSync(`/proc/${pid}/cmdline`, 'utf8') : 'chorus'
    return /chorus|infra\/setup/.test(command) ? pid : undefined
  } catch (error) {
    return error.code === 'EPERM' ? Number(readFileSync(file, 'utf8')) : undefined
  }
}

/** One set-up at a time in one checkout: a second waits. */
const alone = async (say, signal, work) => {
  mkdirSync(dirname(LOCK), { recursive: true })
  for (let told = false; ; told = true) {
    try {
      writeFileSync(LOCK, String(process.pid), { flag: 'wx' })
      break
    } catch (error) {
      if (error.code !== 'EEXIST') throw error
    }
    const pid = holderOf(LOCK)
    if (pid === undefined) {
      rmSync(LOCK, { force: true })
      continue
    }
    if (!told) say(`another set-up (process ${pid}) is at work in this checkout; waiting for it`)
    signal?.throwIfAborted()
    await new Promise((resolve) => { setTimeout(resolve, 200) })
  }
  const release = () => rmSync(LOCK, { force: true })
  process.on('exit', release)
  try {
    return await work()
  } finally {
    process.removeListener('exit', release)
    release()
  }
}

/** Says at the beginning, every ten seconds, and at the end how long it took. */
const timed = async (say, doing, done, work) => {
  const from = performance.now()
  say(`${doing} …`)
  const ticker = setInterval(() => say(`still ${doing} (${seconds(from)})`), 10_000)
  try {
    const result = await work()
    say(`${done} in ${seconds(from)}`)
    return result
  } finally {
    clearInterval(ticker)
  }
}

const lastLines = (text, count) => stripVTControlCharacters(text).trimEnd().split('\n').slice(-count).map((line) => `  ${line}`).join('\n')

/** npm's own reasons, without its stack traces. */
const npmReasons = (text) => {
  const reasons = text.split('\n').filter((line) => /^npm error \S/.test(line) && !/^npm error (at |A complete log|[}\]])/.test(line))
  return reasons.length > 0 ? lastLines(reasons.slice(0, 8).join('\n'), 8) : lastLines(text, 8)
}

/** What to say of an npm ci that failed. An install script's missing program is code 127, too, and npm's own words name it. */
export const whyNpmFailed = ({ code, output }, path) => code === 127 && !path.split(delimiter).some((folder) => existsSync(join(folder, 'npm')))
  ? 'npm is not on the PATH. Install it (it comes with node) and run the same command again.'
  : `npm ci failed:\n${npmReasons(output)}\nMostly this is the way to the registry (network, proxy, npm's settings) or a full disk. Mend it and run the same command again.`

const install = (say, signal) => {
  const count = Object.keys(readJson(join(root, 'package-lock.json')).packages).length - 1
  return timed(say, `installing up to ${count} packages (npm ci)`, 'installed', async () => {
    const env = npmEnvironment(process.env)
    env.PATH = `${dirname(process.execPath)}${delimiter}${env.PATH ?? ''}`
    const result = await runStep('npm', ['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund'], { signal, env })
    if (result.code !== 0) throw new SetupStopped(whyNpmFailed(result, env.PATH))
    const missing = missingPackages()
    if (missing.length > 0) throw new SetupStopped(`npm ci said it succeeded, but did not install ${missing.slice(0, 5).join(', ')}${missing.length > 5 ? ` and ${missing.length - 5} more` : ''}. Look at npm's settings ("npm config ls"), for example "omit", and run the same command again.`)
  })
}

const build = (say, signal, hash, checked = true) => timed(say, 'building', 'built', async () => {
  rmSync(BUILT, { force: true })
  const how = checked ? [] : ['--path', join('infra', 'setup', 'tsconfig.unchecked.json')]
  const { code, output } = await runStep(process.execPath, [join(root, 'node_modules', '@nestjs', 'cli', 'bin', 'nest.js'), 'build', ...how], { signal })
  if (code !== 0) throw new SetupStopped(`the build failed:\n${lastLines(output, 30)}`)
  writeFileSync(BUILT, hash)
})

/** Builds, also what is built already. */
export const rebuild = ({ say, signal }) => alone(say, signal, () => build(say, signal, sourcesHash()))

/**
 * Installs and builds what is missing.
 * @param {{ say: (line: string) => void, signal?: AbortSignal, built?: boolean, checked?: boolean }} options `built: false` only
 *   installs; `checked: false` builds the same without looking at types, where somebody else does
 */
export const prepare = async ({ say, signal, built = true, checked = true }) => {
  checkNode()
  const ready = () => missingPackages().length === 0 && (!built || isBuilt(sourcesHash()))
  if (ready()) return
  await alone(say, signal, async () => {
    if (missingPackages().length > 0) await install(say, signal)
    if (!built) return
    const hash = sourcesHash()
    if (!isBuilt(hash)) await build(say, signal, hash, checked)
  })
}
