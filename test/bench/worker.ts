/** Runs one job in a process of its own, so that its memory is its own, and hands the result back. */
import { fork } from 'node:child_process'
import { join } from 'node:path'

const REGISTER = join(__dirname, '../support/register.js')

export interface Worker<Result> { readonly ready: Promise<void>; readonly result: Promise<Result>; go(): void }

/** Starts `file` with a job; it reports ready, waits for go, and answers once. A worker that dies rejects. */
export function startWorker<Job extends object, Result>(file: string, job: Job): Worker<Result> {
  const child = fork(file, [], { execArgv: ['--expose-gc', '-r', REGISTER], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  let isReady: () => void
  const ready = new Promise<void>((resolve) => { isReady = resolve })
  const result = new Promise<Result>((resolve, reject) => {
    child.on('message', (message: { ready?: true; result?: Result; error?: string }) => {
      if (message.ready) isReady()
      else if (message.error !== undefined) reject(new Error(message.error))
      else resolve(message.result!)
    })
    child.on('error', reject)
    child.on('exit', (code) => { isReady(); reject(new Error(`worker ended with code ${code} and no result`)) })
  })
  result.catch(() => undefined)
  child.send({ ...job })
  return { ready, result, go: () => { child.send({ go: true }) } }
}

/** The worker's side: prepares with the job, reports, waits for go, runs, answers, ends. */
export function serve<Job extends object, Result>(prepare: (job: Job) => Promise<() => Promise<Result>>): void {
  let run: Promise<() => Promise<Result>> | undefined
  const send = (message: object, then?: () => void): void => { process.send!(message, undefined, undefined, then) }
  const failed = (error: unknown): void => send({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }, () => process.exit(1))
  process.on('message', (message: Job & { go?: true }) => {
    if (!message.go) {
      run = prepare(message)
      run.then(() => send({ ready: true }), failed)
    } else {
      run!.then((start) => start()).then((result) => send({ result }, () => process.exit(0)), failed)
    }
  })
}
