// The same broker in a container, where docker or podman answers and there is no JVM.
const { KafkaRefused, run } = require('./find')
const { freePort } = require('./free-port')
const { KAFKA_VERSION } = require('./jars')
const { serverProperties } = require('./properties')

const IMAGE = `apache/kafka:${KAFKA_VERSION}`
const START_MS = 90_000
const DATA = '/tmp/kraft-combined-logs'

/** `offsets.topic.num.partitions` is KAFKA_OFFSETS_TOPIC_NUM_PARTITIONS to the image. */
const asEnvironment = (properties) => properties.trim().split('\n').flatMap((line) => {
  const at = line.indexOf('=')
  return ['-e', `KAFKA_${line.slice(0, at).toUpperCase().replaceAll('.', '_')}=${line.slice(at + 1)}`]
})

/**
 * The words after `docker`: the host sees the broker on 127.0.0.1, at the port that it also advertises.
 * @returns {string[]}
 */
const runArguments = ({ port, controllerPort, settings }) => {
  const inside = {
    listeners: `PLAINTEXT://0.0.0.0:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    ...settings,
  }
  return ['run', '-d', '-p', `127.0.0.1:${port}:${port}`, ...asEnvironment(serverProperties({ port, controllerPort, data: DATA, settings: inside })), IMAGE]
}

/**
 * @param {{ engine: string, port?: number, say: (line: string) => void, signal?: AbortSignal, env?: NodeJS.ProcessEnv, settings?: Record<string, string> }} options
 * @throws KafkaRefused with the engine's own words
 */
const startContainerBroker = async ({ engine, port: wanted, say, signal, env = process.env, settings = {} }) => {
  const call = async (...args) => {
    const result = await run(engine, args, { env, signal })
    if (result?.code !== 0) throw new KafkaRefused(`${engine} ${args[0]} failed:\n${(result?.output ?? '').trim().split('\n').slice(-4).map((line) => `  ${line}`).join('\n')}`)
    return result.output.trim()
  }
  const port = wanted ?? await freePort()
  say(`Kafka: starting ${IMAGE} with ${engine} (the first time it fetches the image) …`)
  const id = (await call(...runArguments({ port, controllerPort: port === 9093 ? 9094 : 9093, settings }))).split('\n').at(-1)
  const remove = () => run(engine, ['rm', '-f', '-v', id], { env })
  const ready = async (starts) => {
    const until = performance.now() + START_MS
    while (((await run(engine, ['logs', id], { env }))?.output.match(/Kafka Server started/g) ?? []).length < starts) {
      const running = (await run(engine, ['inspect', '-f', '{{.State.Running}}', id], { env }))?.output.trim()
      if (running !== 'true' || signal?.aborted || performance.now() > until) {
        const words = (await run(engine, ['logs', '--tail', '5', id], { env }))?.output.trim()
        await remove()
        signal?.throwIfAborted()
        throw new KafkaRefused(`The broker in ${engine} did not come up:\n${words}`)
      }
      await new Promise((resolve) => { setTimeout(resolve, 200) })
    }
  }
  let starts = 1
  await ready(starts)
  return {
    way: `a container (${engine}, ${IMAGE})`,
    brokers: `127.0.0.1:${port}`,
    port,
    log: `${engine} logs ${id}`,
    pid: undefined,
    start: async () => { await call('start', id); await ready(starts += 1) },
    stop: async () => { await remove() },
    kill: async () => { await call('kill', id) },
    pause: () => call('pause', id),
    resume: () => call('unpause', id),
  }
}

module.exports = { IMAGE, runArguments, startContainerBroker }
