// The broker's jars: fetched once by Maven into a cache outside the checkout, so that a second run, a fresh clone's too, fetches nothing.
const { accessSync, constants, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } = require('node:fs')
const { createHash } = require('node:crypto')
const { homedir } = require('node:os')
const { join } = require('node:path')
const { KafkaRefused, run } = require('./find')

const KAFKA_VERSION = '4.1.1'
const POM = join(__dirname, 'pom.xml')

const writable = (folder) => {
  try {
    mkdirSync(folder, { recursive: true })
    accessSync(folder, constants.W_OK)
    return true
  } catch {
    return false
  }
}

/** CHORUS_CACHE, else the user's cache folder, else (no home that can be written) the checkout's own. */
const cacheFolder = (env) => {
  const wanted = env.CHORUS_CACHE || join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'chorus')
  if (writable(wanted)) return wanted
  if (env.CHORUS_CACHE) throw new KafkaRefused(`CHORUS_CACHE names ${wanted}, which cannot be written. Give another folder, or unset it.`)
  return join(__dirname, '..', '..', '.cache', 'downloads')
}

const pomHash = () => createHash('sha256').update(readFileSync(POM)).digest('hex')

const sizes = (folder) => Object.fromEntries(readdirSync(folder).filter((name) => name.endsWith('.jar')).sort().map((name) => [name, statSync(join(folder, name)).size]))

/** A folder counts as whole when its list, written last, names this pom and every jar with its size. */
const isWhole = (folder) => {
  try {
    const list = JSON.parse(readFileSync(join(folder, 'complete.json'), 'utf8'))
    return list.pom === pomHash() && JSON.stringify(list.jars) === JSON.stringify(sizes(folder))
  } catch {
    return false
  }
}

const jarsFolder = (env) => join(cacheFolder(env), `kafka-${KAFKA_VERSION}`)

const haveJars = (env) => isWhole(jarsFolder(env))

/**
 * Fetches the jars into the cache; two at a time do not disturb one another.
 * @returns {Promise<string>} the folder that holds them
 */
const fetchJars = async (env, say, signal) => {
  const folder = jarsFolder(env)
  if (isWhole(folder)) return folder
  const from = performance.now()
  say(`Kafka: fetching the broker (Kafka ${KAFKA_VERSION}, 43 MB) with Maven into ${folder}, once …`)
  const fresh = mkdtempSync(`${folder}-`)
  try {
    // strict checksums: a jar that came damaged is not used
    const result = await run('mvn', ['-q', '-B', '-C', '-f', POM, 'dependency:copy-dependencies', `-DoutputDirectory=${fresh}`], { env, signal })
    if (!result || result.code !== 0) {
      const words = (result?.output ?? '').split('\n').filter((line) => /ERROR/.test(line)).slice(0, 4).map((line) => `  ${line.slice(0, 300)}`).join('\n')
      throw new KafkaRefused(`Maven could not fetch the broker:\n${words}\nMostly this is the way to Maven's repository (network, proxy, ~/.m2/settings.xml). Mend it and run the same command again.`)
    }
    writeFileSync(join(fresh, 'complete.json'), JSON.stringify({ pom: pomHash(), jars: sizes(fresh) }))
    if (existsSync(folder) && !isWhole(folder)) rmSync(folder, { recursive: true, force: true })
    try {
      renameSync(fresh, folder)
    } catch (error) {
      // another set-up was first
      if (!isWhole(folder)) throw error
    }
  } finally {
    rmSync(fresh, { recursive: true, force: true })
  }
  say(`Kafka: fetched in ${((performance.now() - from) / 1000).toFixed(1)} s`)
  return folder
}

module.exports = { KAFKA_VERSION, cacheFolder, fetchJars, haveJars, jarsFolder }
