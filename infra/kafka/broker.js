// A Kafka for tests, benches and `npm run start:distributed`: the one of KAFKA_BROKERS; else one of our own on a JVM; else a container.
// Plain JavaScript without packages, so that set-up (.mjs), jest's global set-up and specs all use the same.
const { KafkaRefused, findEngine, findJava, findMaven, howToInstall, installMaven, mayInstall } = require('./find')
const { keptClasses } = require('./classes')
const { fetchJars, haveJars, jarsFolder } = require('./jars')
const { startContainerBroker } = require('./container-broker')
const { startJvmBroker } = require('./jvm-broker')

const quiet = () => undefined

/**
 * What a broker of our own runs on: a JVM and the jars, fetched and installed where they are missing; else a container engine.
 * @returns {Promise<{ java: string, lib: string, classes?: string } | { engine: string }>}
 * @throws KafkaRefused with everything that was tried and what to do
 */
const prepareBroker = async ({ env = process.env, say = quiet, signal } = {}) => {
  const problems = []
  let { path: java, words, why } = await findJava(env)
  const lacksMaven = async () => !haveJars(env) && !(await findMaven(env))
  if (!java || await lacksMaven()) {
    if (await mayInstall(env)) {
      try {
        await installMaven(env, say, signal)
        ;({ path: java, words, why } = await findJava(env))
      } catch (error) {
        if (!(error instanceof KafkaRefused)) throw error
        problems.push(error.message)
      }
    } else if (env.CHORUS_INSTALL === '0') {
      problems.push('CHORUS_INSTALL=0 forbids to install what is missing')
    }
  }
  if (!java) problems.push(why)
  else if (await lacksMaven()) problems.push(`Maven is missing, and the broker's jars are not in ${jarsFolder(env)}`)
  else {
    try {
      const lib = await fetchJars(env, say, signal)
      return { java, lib, classes: await keptClasses({ java, words, lib, env, say, signal }) }
    } catch (error) {
      if (!(error instanceof KafkaRefused)) throw error
      problems.push(error.message)
    }
  }
  const engine = await findEngine(env)
  if (engine) {
    say(`Kafka: ${problems.join('; ')}; taking ${engine} instead`)
    return { engine }
  }
  problems.push('neither docker nor podman answers')
  throw new KafkaRefused(`No Kafka broker can be had here:\n${problems.map((line) => `  - ${line}`).join('\n')}\nWhat to do: ${howToInstall}; or start docker or podman; or name a broker with KAFKA_BROKERS=host:port.`)
}

/**
 * A broker of our own, whatever KAFKA_BROKERS says: what is to be killed must be ours.
 * @param {object} options
 * @param {string} options.folder absolute; its data are kept there from one start to the next (not in a container)
 */
const startOwnBroker = async ({ folder, port, env = process.env, say = quiet, signal, settings, format }) => {
  const means = await prepareBroker({ env, say, signal })
  if ('engine' in means && (format || typeof settings === 'function')) throw new KafkaRefused('A broker with users or listeners of its own needs a JVM here: a container does not get them. ' + `What to do: ${howToInstall}.`)
  const from = performance.now()
  const broker = 'engine' in means
    ? await startContainerBroker({ engine: means.engine, port, env, say, signal, settings })
    : await startJvmBroker({ ...means, folder, port, env, signal, settings, format })
  say(`Kafka: ${broker.way} on ${broker.brokers}, up in ${((performance.now() - from) / 1000).toFixed(1)} s; its log: ${broker.log}`)
  return broker
}

/**
 * The broker of KAFKA_BROKERS, else one of our own.
 * @returns {Promise<{ way: string, brokers: string, own: boolean, stop(): Promise<void> }>}
 */
const useBroker = async (options) => {
  const { env = process.env, say = quiet } = options
  const brokers = env.KAFKA_BROKERS?.trim()
  if (!brokers) {
    const broker = await startOwnBroker(options)
    return Object.assign(broker, { own: true })
  }
  say(`Kafka: the broker of KAFKA_BROKERS (${brokers})`)
  return { way: 'the broker of KAFKA_BROKERS', brokers, own: false, stop: async () => undefined }
}

module.exports = { KafkaRefused, prepareBroker, startOwnBroker, useBroker }
