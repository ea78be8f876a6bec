// One real broker as a process of ours: formatted, started, stopped, killed and started again on the same port with the same data.
const { spawn } = require('node:child_process')
const { randomBytes } = require('node:crypto')
const { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, statSync, writeFileSync } = require('node:fs')
const { join } = require('node:path')
const { KafkaRefused, run } = require('./find')
const { freePort, isFree } = require('./free-port')
const { serverProperties } = require('./properties')

const START_MS = 90_000
const STOP_MS = 20_000
const PORT_MS = 30_000
const READY = /Kafka Server started/
const JVM = ['-Xmx512m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn', '-Dorg.slf4j.simpleLogger.log.kafka.server.KafkaRaftServer=info', '-Dorg.slf4j.simpleLogger.showDateTime=true']

/**
 * A watcher beside the broker holds the other end of a pipe from us: should we die in whatever way, it asks the broker to
 * stop, and ends it when it does not. So nothing of ours is ever left running. A line through the pipe says that the broker
 * is gone: the watcher goes too, before its number belongs to somebody else.
 */
const GUARDED = '( (if read -r _ <&3; then exit; fi; kill -TERM $$ 2>/dev/null; i=0; while kill -0 $$ 2>/dev/null && [ $i -lt 20 ]; do sleep 1; i=$((i+1)); done; kill -KILL $$ 2>/dev/null) </dev/null >/dev/null 2>&1 & ); exec "$@" 3<&-'

const readJson = (path) => {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return undefined
  }
}

const writeJson = (path, value) => {
  writeFileSync(`${path}.new`, JSON.stringify(value))
  renameSync(`${path}.new`, path)
}

/** Whether this process is a broker on this folder; elsewhere than Linux its number must do. */
const isBrokerOf = (pid, folder) => {
  try {
    process.kill(pid, 0)
    return !existsSync('/proc/self/cmdline') || readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(folder)
  } catch {
    return false
  }
}

const isTaken = (error) => /already in use/i.test(error.message)
const wait = (ms) => new Promise((resolve) => { setTimeout(resolve, ms) })

/** The broker's own words of this run: what it called an error, else its last lines. */
const complaint = (log, from) => {
  const lines = readFileSync(log).subarray(from).toString('utf8').split('\n').filter((line) => line.trim() !== '' && !/^\s+at /.test(line))
  const grave = lines.filter((line) => /ERROR|FATAL|Exception/.test(line))
  return (grave.length > 0 ? grave : lines).slice(-3).map((line) => `  ${line.slice(0, 300)}`).join('\n') || '  (it said nothing)'
}

/**
 * Formats the folder when it is new, and starts a broker on it. Its data lie in `data`, its words in `kafka.log`.
 * @param {object} options
 * @param {string} options.folder absolute
 * @param {string} options.java
 * @param {string} options.lib folder of the jars
 * @param {string} [options.classes] archive of the broker's classes, read as the JVM wants them (classes.js)
 * @param {string} [options.keepClasses] file in which the broker, once stopped, leaves such an archive
 * @param {number} [options.port] else the one of last time, else any free one
 * @param {Record<string, string | undefined>} options.env
 * @param {AbortSignal} [options.signal] stops the start half-way
 * @param {Record<string, string> | ((ports: { port: number, controllerPort: number }) => Record<string, string>)} [options.settings] lines of server.properties
 * @param {string[]} [options.format] more words for StorageTool, for example --add-scram
 * @throws KafkaRefused
 */
const startJvmBroker = async ({ folder, java, lib, classes, keepClasses, port, env, signal, settings = {}, format = [] }) => {
  const data = join(folder, 'data')
  const log = join(folder, 'kafka.log')
  const properties = join(folder, 'server.properties')
  const known = join(folder, 'kafka.json')
  const jvm = [...JVM, ...(classes ? [`-XX:SharedArchiveFile=${classes}`] : []), '-cp', join(lib, '*')]
  mkdirSync(folder, { recursive: true })
  const last = readJson(known)
  if (last?.pid && isBrokerOf(last.pid, folder)) throw new KafkaRefused(`A broker is running on ${folder} already (process ${last.pid}). Stop it, or choose another folder with CHORUS_DATA.`)
  let ports
  let child
  let ended = Promise.resolve()

  const format_ = async () => {
    if (existsSync(join(data, 'meta.properties'))) return
    // an id that begins with a dash would be taken for an option
    const id = `c${randomBytes(16).toString('base64url').slice(1)}`
    const result = await run(java, [...jvm, 'kafka.tools.StorageTool', 'format', '-t', id, '-c', properties, ...format], { env, signal })
    if (result?.code !== 0) throw new KafkaRefused(`The broker's folder ${data} cannot be formatted:\n${(result?.output ?? '').trim().split('\n').slice(-4).map((line) => `  ${line}`).join('\n')}`)
  }

  const launch = async () => {
    const file = openSync(log, 'a')
    const from = statSync(log).size
    // the folder as a property: so that its process can be told from others
    child = spawn('sh', ['-c', GUARDED, 'sh', java, ...(keepClasses ? [`-XX:ArchiveClassesAtExit=${keepClasses}`] : []), `-Dchorus.kafka=${folder}`, ...jvm, 'kafka.Kafka', properties], { cwd: folder, env, detached: true, stdio: ['ignore', file, file, 'pipe'] })
    closeSync(file)
    const own = child
    own.stdio[3].on('error', () => undefined)
    let gone
    ended = new Promise((resolve) => {
      own.once('exit', (code, name) => { gone = name ?? code; own.stdio[3].end('\n'); resolve() })
      own.once('error', (error) => { gone = error.message; resolve() })
    })
    // neither the process nor its pipe keeps ours alive: when we end, it ends
    own.unref()
    own.stdio[3].unref()
    const until = performance.now() + START_MS
    while (!READY.test(readFileSync(log).subarray(from).toString('utf8'))) {
      if (signal?.aborted) {
        await stop()
        throw signal.reason
      }
      if (gone !== undefined) throw new KafkaRefused(`The broker ended while it started (${gone}); its log is ${log}:\n${complaint(log, from)}`)
      if (performance.now() > until) {
        await kill()
        throw new KafkaRefused(`The broker was not up after ${START_MS / 1000} s; its log is ${log}:\n${complaint(log, from)}`)
      }
      await Promise.race([wait(50), ended])
    }
    writeJson(known, { ...ports, pid: own.pid })
  }

  const send = (name) => {
    try {
      if (child && child.exitCode === null && child.signalCode === null) process.kill(child.pid, name)
    } catch {
      // it is gone
    }
  }
  const kill = async () => {
    child.ref()
    send('SIGKILL')
    await ended
  }
  /** @returns how it went: its exit code, or the signal that ended it; SIGKILL where it had to be killed after STOP_MS */
  const stop = async () => {
    child.ref()
    send('SIGCONT')
    send('SIGTERM')
    const timer = setTimeout(() => send('SIGKILL'), keepClasses ? START_MS : STOP_MS)
    await ended
    clearTimeout(timer)
    return child.signalCode ?? child.exitCode
  }

  /** A port taken between our look and the broker's is a matter of trying again. */
  const begin = async () => {
    for (let attempt = 1; ; attempt += 1) {
      const wanted = port ?? last?.port
      const usual = wanted !== undefined && attempt === 1 && (port !== undefined || await isFree(wanted)) ? wanted : await freePort()
      ports = { port: usual, controllerPort: attempt === 1 && last?.controllerPort && await isFree(last.controllerPort) ? last.controllerPort : await freePort() }
      const extra = typeof settings === 'function' ? settings(ports) : settings
      writeFileSync(properties, serverProperties({ ...ports, data, settings: extra }))
      await format_()
      try {
        return await launch()
      } catch (error) {
        if (attempt === 3 || port !== undefined || !isTaken(error)) throw error
      }
    }
  }
  /** Whoever has our port may be a passing connection of somebody else's: it is asked for again for PORT_MS. */
  const startAgain = async () => {
    const until = performance.now() + PORT_MS
    for (;;) {
      try {
        return await launch()
      } catch (error) {
        if (!isTaken(error) || performance.now() > until) throw error
        await wait(500)
      }
    }
  }
  await begin()
  return {
    way: 'a broker of its own (JVM)',
    brokers: `127.0.0.1:${ports.port}`,
    port: ports.port,
    log,
    get pid() { return child.pid },
    get ended() { return ended },
    /** again, with the same data on the same port */
    start: startAgain,
    stop,
    kill,
    pause: () => send('SIGSTOP'),
    resume: () => send('SIGCONT'),
  }
}

module.exports = { startJvmBroker }
