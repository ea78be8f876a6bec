/** The service of a run as the outside sees it: started, asked, killed. */
import { fork, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import type { Append, AppendResult } from '@chorus/event-store'
import type { FromService, ServiceJob, ToService } from './service-process'

export const PROCESS = join(__dirname, 'service-process.ts')
export const REGISTER = join(__dirname, '../../support/register.js')

export type Answer = { readonly result: AppendResult } | { readonly refused: { readonly name: string; readonly message: string; readonly code?: string } } | 'lost'

/** A process that is loaded and waits for its job: loading takes longer than most faults. */
const spares: ChildProcess[] = []
const load = (): ChildProcess => fork(PROCESS, [], { execArgv: ['-r', REGISTER], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
const loaded = (): ChildProcess => { const child = spares.shift() ?? load(); spares.push(load()); return child }
export const endSpares = (): void => { for (const child of spares.splice(0)) child.kill('SIGKILL') }

export class Service {
  readonly ready: Promise<string>
  readonly ended: Promise<number | null>
  /** what it said in words */
  readonly said: string[] = []
  private readonly waiting = new Map<number, (answer: Answer) => void>()
  private readonly asked: ((message: { readonly seen: number; readonly disorder: readonly string[] }) => void)[] = []
  private destroying: ((done: boolean) => void) | undefined
  private n = 0
  /** a sentence, once what it stands on is gone for good */
  died: string | undefined

  constructor(job: ServiceJob, readonly child: ChildProcess = loaded()) {
    this.ended = new Promise((resolve) => { child.once('exit', (code) => { this.lose(); resolve(code) }) })
    this.ready = new Promise((resolve, reject) => {
      child.on('message', (message: FromService) => {
        if ('ready' in message) resolve(message.ready.url)
        else if ('n' in message) this.answered(message.n, message)
        else if ('seen' in message) this.asked.shift()?.(message)
        else if ('destroyed' in message) this.destroying?.(message.failed === undefined)
        else if ('died' in message) this.died = message.died
        else this.said.push(message.said)
      })
      void this.ended.then((code) => reject(new Error(`the service ended with code ${String(code)} before it was ready: ${this.said.join(' / ')}`)))
    })
    this.ready.catch(() => undefined)
    this.send({ job })
  }

  /** appends that were sent and have no answer */
  get inFlight(): number { return this.waiting.size }

  /** Sends an append, once the service takes any; 'lost' when the process ended without an answer. */
  async append(append: Append): Promise<Answer> {
    if (await this.ready.then(() => false, () => true)) return 'lost'
    const n = this.n++
    return new Promise((resolve) => {
      if (!this.child.connected) { resolve('lost'); return }
      this.waiting.set(n, resolve)
      this.send({ n, append })
    })
  }

  seen(): Promise<{ readonly seen: number; readonly disorder: readonly string[] }> {
    return new Promise((resolve) => { this.asked.push(resolve); this.send({ ask: 'seen' }) })
  }

  /** Destroys the keys of a stream; one at a time. False where that failed, or the process ended. */
  destroy(stream: string): Promise<boolean> {
    return new Promise((resolve) => { this.destroying = resolve; this.send({ destroy: stream }) })
  }

  truncate(file: string, bytes: number): void { this.send({ truncate: { file, bytes } }) }

  /** SIGKILL: a power cut for this process alone */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL')
    await this.ended
  }

  async stop(): Promise<void> {
    this.child.kill('SIGTERM')
    await this.ended
  }

  private send(message: ToService): void { this.child.send(message, () => undefined) }
  private answered(n: number, message: Exclude<Answer, 'lost'>): void { this.waiting.get(n)?.(message); this.waiting.delete(n) }
  private lose(): void {
    for (const resolve of this.waiting.values()) resolve('lost')
    this.waiting.clear()
    this.destroying?.(false)
  }
}
