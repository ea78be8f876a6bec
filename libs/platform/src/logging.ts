/**
 * Structured logs. Allow-lists only: a request is logged as method, route pattern, status, duration, role and correlation
 * id; never its body, query, headers or the raw path; an error without its message unless we wrote the message ourselves.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Params } from 'nestjs-pino'
import type { DestinationStream } from 'pino'
import type { Clock } from './clock'
import type { ChorusRequest } from './request-context'

/** Errors whose messages are our own sentences, written without values. */
const OUR_MESSAGES = new Set(['Problem', 'AppendRefused', 'LogNotThereYet', 'StoreUnavailable', 'KeyServiceAway', 'ContractViolation', 'UnknownEvent', 'CheckpointMoved', 'CheckpointOfAnotherLog', 'SealBroken', 'Retriable', 'Defer', 'Permanent', 'UnreadableMessage', 'PublisherFenced'])

export interface LoggedError { readonly type: string; readonly code?: string; readonly message?: string; readonly constraint?: string; readonly table?: string; readonly at?: readonly string[]; readonly cause?: LoggedError }

/** What of an error may be logged: its name, code and frames. Messages of others can quote what was sent (JSON.parse does). */
export const loggedError = (error: unknown, depth = 0): LoggedError => {
  if (!(error instanceof Error)) return { type: typeof error }
  const text = (key: string): string | undefined => { const value = (error as unknown as Record<string, unknown>)[key]; return typeof value === 'string' && /^[\w.:-]{1,64}$/.test(value) ? value : undefined }
  const type = /^[\w.]{1,64}$/.test(error.name) ? error.name : 'Error'
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line)).slice(0, 12).map((line) => line.trim())
  const own = OUR_MESSAGES.has(error.name) || (error.name === 'TypeError' && text('code') === undefined)
  return {
    type, ...(text('code') ? { code: text('code')! } : {}), ...(own ? { message: error.message } : {}),
    ...(text('constraint_name') ? { constraint: text('constraint_name')! } : {}), ...(text('table_name') ? { table: text('table_name')! } : {}),
    at: frames, ...(error.cause !== undefined && depth < 4 ? { cause: loggedError(error.cause, depth + 1) } : {}),
  }
}

export type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent'

/** Options of nestjs-pino: one JSON line per record on `destination`. */
export const loggerOptions = (level: LogLevel, destination: DestinationStream, clock: Clock): Params => ({
  pinoHttp: [{
    level,
    base: null,
    timestamp: () => `,"time":"${clock.now()}"`,
    // pino takes an error's message as the line's own where none is given: never.
    hooks: {
      logMethod(args, method) {
        const [first, second] = args as unknown[]
        const holder = first instanceof Error ? { err: first } : first
        const bare = typeof holder === 'object' && holder !== null && 'err' in holder && (first instanceof Error || second === undefined)
        return bare ? method.apply(this, [holder, 'error']) : method.apply(this, args)
      },
    },
    formatters: { level: (label: string) => ({ level: label }) },
    genReqId: (request: IncomingMessage) => (request as ChorusRequest).chorus?.correlationId ?? 'none',
    customAttributeKeys: { reqId: 'correlationId', responseTime: 'ms' },
    quietReqLogger: true,
    serializers: {
      req: () => undefined,
      res: () => undefined,
      err: (error: unknown) => loggedError(error instanceof Error ? error : (error as { raw?: unknown })?.raw ?? error),
    },
    wrapSerializers: false,
    autoLogging: { ignore: (request: IncomingMessage) => (request.url ?? '').startsWith('/health/') },
    customProps: (request: IncomingMessage, response: ServerResponse) => {
      const { chorus, route } = request as ChorusRequest & { route?: { path?: string } }
      return response.writableEnded || response.headersSent
        ? { method: request.method, route: route?.path ?? 'none', status: response.statusCode, role: chorus?.actor?.role, agency: chorus?.actor?.agency }
        : {}
    },
    customSuccessMessage: () => 'request',
    customErrorMessage: () => 'request failed',
  }, destination],
})
