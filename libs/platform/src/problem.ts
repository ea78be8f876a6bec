/** Errors to HTTP: RFC 9457 problem+json, from the closed list of problem types. Values that were sent are never echoed. */
import { ArgumentsHost, Catch, ExceptionFilter, HttpException, Logger } from '@nestjs/common'
import type { Response } from 'express'
import { AppendRefused, LogNotThereYet, StoreUnavailable } from '@chorus/event-store'
import { UnknownEvent, type Actor } from '@chorus/contracts'
import { isRefusal, type Refusal } from '@chorus/decider'
import { contextOf, type ChorusRequest } from './request-context'
import { PROBLEM_TYPES, type ProblemName } from './problem-types'

/** One wrong field: where it is, which rule it breaks, what to do. Never its value. */
export interface FieldProblem { readonly pointer: string; readonly rule: string; readonly detail: string }

export interface ProblemBody {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail: string
  /** urn:uuid of the request's correlation id */
  readonly instance: string
  readonly retryable: boolean
  readonly errors?: readonly FieldProblem[]
  /** name of the refusal, where a rule said no */
  readonly refused?: string
  readonly rules?: readonly string[]
}

/** For the audit log alone, never answered: what looks to the asker as if it were not there, and whom a token names that is no longer good. */
export interface Aside { readonly withheld?: 'closed' | 'not-for-role' | 'walled'; readonly who?: Actor }

/** Thrown by edges for everything a client can be told. `detail` is read by people: what is wrong and what to do. */
export class Problem extends Error {
  constructor(readonly problem: ProblemName, detail: string, readonly more: { readonly errors?: readonly FieldProblem[]; readonly refused?: string; readonly rules?: readonly string[] } = {}, readonly aside: Aside = {}) {
    super(detail)
    this.name = 'Problem'
  }
}

const KINDS: Record<Refusal['kind'], ProblemName> = {
  rule: 'refused-by-rule', 'not-found': 'not-found', conflict: 'conflict', 'retry-later': 'retry-later', forbidden: 'not-allowed',
}

/** A decider's refusal as a problem: rule 422, not-found 404, conflict 409, retry-later 503, forbidden 403. */
export const problemOfRefusal = (refusal: Refusal): Problem =>
  new Problem(KINDS[refusal.kind], refusal.text, { refused: refusal.refused, ...(refusal.rules ? { rules: refusal.rules } : {}) })

/** What a command or a look-up answered; a refusal is thrown as its problem. */
export const outOf = <T extends object>(answer: T | Refusal): T => { if (isRefusal(answer)) throw problemOfRefusal(answer); return answer }


const UNREACHABLE = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EPIPE', 'CONNECTION_CLOSED', 'CONNECTION_ENDED', 'CONNECTION_DESTROYED', 'CONNECT_TIMEOUT', 'ETIMEDOUT', '25P03', '55P03', '57P01', '57P02', '57P03', '08006', '08001', '08003'])
/** PostgreSQL is there and cannot take more: its disk, its memory, its connections; or its disk fails. */
const EXHAUSTED = new Set(['53000', '53100', '53200', '53300', '53400', '58030'])
const codeOf = (error: unknown): string | undefined => typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string' ? error.code : undefined

/** Leads any thrown thing to one of the list. What is not known is 'internal', and says nothing of itself. */
export const problemOf = (error: unknown): Problem => {
  if (error instanceof Problem) return error
  if (error instanceof LogNotThereYet) return new Problem('retry-later', error.message)
  if (error instanceof UnknownEvent) return new Problem('retry-later', 'The log holds an event that is newer than this server. Send the same request again once the server was updated.')
  if (error instanceof AppendRefused) return error.code === 'event-too-large' || error.code === 'append-too-large'
    ? new Problem('too-large', error.message)
    : new Problem('internal', 'The events could not be appended. Nothing was recorded.')
  if (error instanceof Error && error.name === 'KeyServiceAway') return new Problem('retry-later', 'The key service does not answer, and this needs a key that is not in memory. Nothing was recorded. Send the same request with the same Idempotency-Key again in a few seconds.')
  if (error instanceof Error && error.name === 'PersonsContradicted') return new Problem('conflict', error.message)
  const code = codeOf(error)
  if (error instanceof StoreUnavailable || (code && UNREACHABLE.has(code))) return new Problem('database-unreachable', 'The database does not answer. Send the same request with the same Idempotency-Key again in a few seconds.')
  if (code && EXHAUSTED.has(code)) return new Problem('database-unreachable', 'The database cannot take more now: its disk, memory or connections are used up. Send the same request with the same Idempotency-Key again once its operator has made room.')
  // A compressed body that does not unpack: zlib's own error comes without a status.
  if (code?.startsWith('Z_')) return new Problem('not-parseable', 'The body could not be unpacked: it is damaged, or not what its Content-Encoding header says. Nothing was recorded.')
  const status = error instanceof HttpException ? error.getStatus() : httpStatusOf(error)
  switch (status) {
    case 400: return new Problem('not-parseable', 'The body could not be read: it is cut short, or not what its Content-Type header says. Nothing was recorded.')
    case 401: return new Problem('not-authenticated', 'Send a bearer token: Authorization: Bearer TOKEN.')
    case 403: return new Problem('not-allowed', 'Your role or agency may not do this.')
    case 404: return new Problem('not-found', 'There is no such route. The routes are listed at /docs.')
    case 413: return new Problem('too-large', 'The body is over the limit of this route. Send less at once.')
    case 415: return new Problem('unsupported-media-type', 'Send JSON with Content-Type: application/json, in UTF-8.')
    case 503: return new Problem('retry-later', 'Chorus cannot answer now. Send the same request again in a few seconds.')
    default: return new Problem('internal', 'A fault of ours, not of your request. It is in the server\'s log under the id in "instance".')
  }
}
/** body-parser's errors carry a status and a type, and are no HttpException. */
const httpStatusOf = (error: unknown): number | undefined =>
  typeof error === 'object' && error !== null && 'status' in error && 'type' in error && typeof error.status === 'number' ? error.status : undefined

/** The body that goes out. */
export const problemBody = (problem: Problem, correlationId: string): ProblemBody => {
  const { title, status, retryable } = PROBLEM_TYPES[problem.problem]
  return { type: `/problems/${problem.problem}`, title, status, detail: problem.message, instance: `urn:uuid:${correlationId}`, retryable, ...problem.more }
}

/** The one filter: every error of every route leaves through here. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly log = new Logger('problem')

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp()
    const response = http.getResponse<Response>()
    const request = http.getRequest<ChorusRequest>()
    const problem = problemOf(error)
    const body = problemBody(problem, contextOf(request).correlationId)
    // The error itself goes to the log, whose serializer lets through only what cannot carry a value of a person.
    if (body.status >= 500) this.log.error({ problem: problem.problem, err: error })
    else this.log.log({ problem: problem.problem, refused: body.refused, pointers: body.errors?.map((e) => `${e.pointer} ${e.rule}`) })
    if (response.headersSent) { response.end(); return }
    if (body.status === 401) response.setHeader('WWW-Authenticate', 'Bearer realm="chorus"')
    if (body.status === 503) response.setHeader('Retry-After', '2')
    response.status(body.status).type('application/problem+json').send(JSON.stringify(body))
  }
}
