// An archive of the broker's classes as the JVM wants them (AppCDS), beside the jars: a start costs half the work. The suites start
// some twenty brokers. The JVM itself looks whether the archive belongs to it and to the jars, and does without where it does not.
const { createHash } = require('node:crypto')
const { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } = require('node:fs')
const { tmpdir } = require('node:os')
const { join } = require('node:path')
const { startJvmBroker } = require('./jvm-broker')

/**
 * The archive for this JVM and these jars; where there is none yet a broker is started and stopped once to make it.
 * @param {object} options
 * @param {string} options.words what the JVM says of its version: another one needs another archive
 * @returns {Promise<string | undefined>} its file; undefined where it cannot be made, which stops nobody
 */
const keptClasses = async ({ java, words, lib, env, say, signal }) => {
  const jars = join(lib, 'complete.json')
  const name = createHash('sha256').update(words).update(readFileSync(jars)).digest('hex').slice(0, 16)
  const file = join(lib, `classes-${name}.jsa`)
  const failed = join(lib, `classes-${name}.failed`)
  if (existsSync(file)) return file
  if (existsSync(failed)) return undefined
  const from = performance.now()
  const folder = mkdtempSync(join(tmpdir(), 'chorus-classes-'))
  // in the folder of the jars, so that it is there whole or not at all
  const fresh = `${file}.${process.pid}`
  try {
    const broker = await startJvmBroker({ folder, java, lib, env, signal, keepClasses: fresh })
    const how = await broker.stop()
    const log = readFileSync(broker.log, 'utf8')
    // a crash or a full disk while it was written: what lies there, if anything, may be half of it
    if (![143, 'SIGTERM'].includes(how)) throw new Error(`The broker ended with ${how} instead of stopping.`)
    if (/no space left/i.test(log)) throw new Error('There is no space left for it.')
    if (!existsSync(fresh)) {
      // once is enough: a JVM that cannot do it will not tomorrow
      const words = log.split('\n').filter((line) => /archive|cds|jsa/i.test(line)).slice(0, 2).join(' ').slice(0, 300)
      writeFileSync(failed, words)
      say(`Kafka: this JVM leaves no archive of the broker's classes (${words || 'it does not say why'}); the broker starts without one, here for good (${failed})`)
      return undefined
    }
    renameSync(fresh, file)
    say(`Kafka: made an archive of the broker's classes in ${((performance.now() - from) / 1000).toFixed(1)} s; it starts faster from now on`)
    return file
  } catch (error) {
    signal?.throwIfAborted()
    // a broker that did not come up, a full disk: the next set-up tries again
    say(`Kafka: no archive of the broker's classes this time; the broker starts without one. ${error.message}`)
    return undefined
  } finally {
    rmSync(fresh, { force: true })
    rmSync(folder, { recursive: true, force: true })
  }
}

module.exports = { keptClasses }
