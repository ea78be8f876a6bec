/**
 * Answers of long work: NDJSON lines `{"progress": …}` while it goes on, then one `{"result": …}` or `{"problem": …}`.
 * The status is sent with the first line; what is wrong before the work starts should be thrown before.
 */
import { Logger } from '@nestjs/common'
import type { Response } from 'express'
import { problemBody, problemOf, type ProblemBody } from './problem'
import { contextOf, type ChorusRequest } from './request-context'

const log = new Logger('long work')
/** What a handler that answers in lines returns: for whoever describes it (infra/answers.ts). It is no value. */
export interface Streamed<Progress, Result> { readonly line?: { readonly progress: Progress } | { readonly result: Result } | { readonly problem: ProblemBody } }

/** At most one progress line in this many ms: the reader is a person or a log. */
const EVERY_MS = 200

/** `work` is given a function that reports progress, and a signal that is aborted when the client goes away. */
export const progressStream = async <Progress extends object, Result extends object>(
  request: ChorusRequest, response: Response, clock: { now(): string }, work: (report: (progress: Progress) => void, signal: AbortSignal) => Promise<Result>,
): Promise<Streamed<Progress, Result>> => {
  const gone = new AbortController()
  // 'close' comes after a complete answer too: then nobody listens any more.
  response.once('close', () => gone.abort())
  let last = 0
  const report = (progress: Progress) => {
    const now = Date.parse(clock.now())
    if (now - last < EVERY_MS || response.destroyed) return
    last = now
    begin(response)
    response.write(`${JSON.stringify({ progress })}\n`)
  }
  try {
    const result = await work(report, gone.signal)
    begin(response)
    if (!response.destroyed) response.end(`${JSON.stringify({ result })}\n`)
  } catch (error) {
    if (!response.headersSent) throw error
    const problem = problemBody(problemOf(error), contextOf(request).correlationId)
    if (problem.status >= 500) log.error({ problem: problem.type, err: error })
    if (!response.destroyed) response.end(`${JSON.stringify({ problem })}\n`)
  }
  return {}
}

const begin = (response: Response) => {
  if (response.headersSent || response.destroyed) return
  response.status(200).type('application/x-ndjson')
  response.flushHeaders()
}
