// Services as processes of their own, watched by one: their words with their names before them, their end said plainly,
// stopped in order. Nothing is started again by itself.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

/** A stop takes at most so long before it is forced: requests in hand have 10 s, consumers finish the event in hand. */
const STOP_MS = 25_000

/** "exit code 1" or "killed by SIGKILL (exit code 137)". */
const endOf = (code, signal, numbers) => signal ? `killed by ${signal} (exit code ${128 + (numbers[signal] ?? 0)})` : `exit code ${code}`

export class Services {
  #children = new Map()
  #stopping = false

  /**
   * @param {object} options
   * @param {readonly { name: string, main: string, env: NodeJS.ProcessEnv }[]} options.services in the order in which they stop
   * @param {(line: string) => void} options.print a whole line
   * @param {(name: string, address: string) => void} options.onAddress
   * @param {(name: string, how: string) => void} options.onDeath it ended though nobody asked it to
   * @param {Record<string, number>} options.numbers of signals
   */
  constructor(options) {
    this.options = options
    this.width = Math.max(...options.services.map(({ name }) => name.length))
  }

  /** Names of those that do not run. */
  get dead() { return this.options.services.map(({ name }) => name).filter((name) => !this.#children.has(name)) }

  /** Starts those that do not run. Resolves once each has said where it listens, or is gone. @returns {Promise<string[]>} their names */
  async startDead() {
    const wanted = this.options.services.filter(({ name }) => !this.#children.has(name))
    await Promise.all(wanted.map((service) => this.#start(service)))
    return wanted.map(({ name }) => name)
  }

  #start({ name, main, env }) {
    const { print, onAddress, onDeath, numbers } = this.options
    // a group of its own: Ctrl-C reaches us, and we stop them in order; the channel ends with us, in whatever way, and they with it
    const child = fork(main, [], { env, detached: true, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] })
    this.#children.set(name, child)
    for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', (line) => print(`${name.padEnd(this.width)} | ${line}`))
    return new Promise((resolve) => {
      child.on('message', ({ address }) => { onAddress(name, address); resolve() })
      child.on('error', (error) => print(`${name.padEnd(this.width)} | ${error.message}`))
      child.on('exit', (code, signal) => {
        this.#children.delete(name)
        if (!this.#stopping) onDeath(name, endOf(code, signal, numbers))
        resolve()
      })
    })
  }

  /** One after the other, so that what one still records is seen by the next. */
  async stop() {
    this.#stopping = true
    for (const { name } of this.options.services) {
      const child = this.#children.get(name)
      if (!child) continue
      const gone = once(child, 'exit')
      child.kill('SIGTERM')
      const force = setTimeout(() => { this.options.print(`${name} did not stop within ${STOP_MS / 1000} s: killed`); child.kill('SIGKILL') }, STOP_MS)
      await gone
      clearTimeout(force)
    }
  }
}
