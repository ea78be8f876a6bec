// Finds what a broker of our own needs on this machine: a JVM, Maven (once, for the jars), or a container engine.
const { spawn } = require('node:child_process')
const { join } = require('node:path')

/** No broker can be had; the message says why, and what to do. */
class KafkaRefused extends Error {
  constructor(message) {
    super(message)
    this.name = 'SetupStopped'
  }
}

const OLDEST_JAVA = 17

/**
 * Runs a program to its end.
 * @returns {Promise<{ code: number, output: string } | undefined>} undefined where there is no such program
 */
const run = (command, args, { env = process.env, signal, timeoutMs = 600_000 } = {}) => new Promise((resolve, reject) => {
  if (signal?.aborted) return reject(signal.reason)
  const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] })
  const chunks = []
  const end = () => child.kill('SIGTERM')
  const timer = setTimeout(end, timeoutMs)
  signal?.addEventListener('abort', end)
  const done = () => { clearTimeout(timer); signal?.removeEventListener('abort', end) }
  child.stdout.on('data', (chunk) => chunks.push(chunk))
  child.stderr.on('data', (chunk) => chunks.push(chunk))
  child.on('error', (error) => { done(); if (error.code === 'ENOENT' || error.code === 'EACCES') resolve(undefined); else reject(error) })
  child.on('close', (code) => {
    done()
    if (signal?.aborted) reject(signal.reason)
    else resolve({ code: code ?? 1, output: Buffer.concat(chunks).toString('utf8') })
  })
})

const majorOf = (output) => {
  const match = /version "(?:1\.)?(\d+)/.exec(output)
  return match ? Number(match[1]) : 0
}

/**
 * The JVM of JAVA_HOME, else of the PATH.
 * @returns {Promise<{ path?: string, words?: string, why?: string }>} the program and what it says of itself, or why there is none
 */
const findJava = async (env) => {
  const tried = []
  for (const path of [...(env.JAVA_HOME ? [join(env.JAVA_HOME, 'bin', 'java')] : []), 'java']) {
    const result = await run(path, ['-version'], { env, timeoutMs: 30_000 })
    const major = result?.code === 0 ? majorOf(result.output) : 0
    if (major >= OLDEST_JAVA) return { path, words: result.output }
    if (result) tried.push(`${path} is ${major > 0 ? `Java ${major}, Kafka needs ${OLDEST_JAVA} or newer` : 'no Java that runs'}`)
  }
  return { why: tried.join('; ') || 'there is no Java (JVM)' }
}

const findMaven = async (env) => (await run('mvn', ['--version'], { env, timeoutMs: 60_000 }))?.code === 0

/** docker or podman, whichever answers; undefined where none does. */
const findEngine = async (env) => {
  for (const name of ['docker', 'podman']) {
    if ((await run(name, ['info'], { env, timeoutMs: 20_000 }))?.code === 0) return name
  }
  return undefined
}

const mayInstall = async (env) => env.CHORUS_INSTALL !== '0' && process.getuid?.() === 0 && (await run('apt-get', ['--version'], { env, timeoutMs: 20_000 }))?.code === 0

/** What a person types to get both. */
const howToInstall = 'install a JVM (17 or newer) and Maven, for example "sudo apt-get install maven" on Debian and Ubuntu, "brew install maven" on macOS'

/**
 * Debian's package `maven` brings a JVM and Maven.
 * @throws KafkaRefused with apt-get's own words
 */
const installMaven = async (env, say, signal) => {
  say('Kafka: a JVM or Maven is missing; installing Debian\'s package "maven", which brings both (CHORUS_INSTALL=0 forbids this) …')
  const quiet = { ...env, DEBIAN_FRONTEND: 'noninteractive' }
  const install = () => run('apt-get', ['install', '-y', '-q', '--no-install-recommends', 'maven'], { env: quiet, signal })
  let result = await install()
  if (result.code !== 0) {
    // a fresh container has no lists of packages
    await run('apt-get', ['update', '-q'], { env: quiet, signal })
    result = await install()
  }
  if (result.code !== 0) throw new KafkaRefused(`apt-get install maven failed:\n${result.output.trimEnd().split('\n').slice(-6).map((line) => `  ${line}`).join('\n')}`)
  say('Kafka: the package "maven" is installed')
}

module.exports = { KafkaRefused, findEngine, findJava, findMaven, howToInstall, installMaven, mayInstall, run }
