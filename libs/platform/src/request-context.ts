/** What a request carries from door to door: its correlation id, when it reached us, and (after the guard) who asks. */
import { randomBytes } from 'node:crypto'
import type { NextFunction, Request, Response } from 'express'
import type { Actor, Claims } from '@chorus/contracts'
import type { Clock } from './clock'

export interface RequestContext {
  readonly correlationId: string
  /** RFC 3339 instant: when the request reached us */
  readonly receivedtime: string
  /** set by the rights guard, before it looks at the right; absent on public routes */
  actor?: Actor
  /** set with it: what else the token proves */
  claims?: Claims
  /** a command that names somebody behind a wall of the actor's: it is answered as if there were nothing (a stop or a fact is taken), and entered in the audit log. What its path asked for, before that was taken for what is not there, and whom its body names */
  walled?: Readonly<Record<string, unknown>>
}
export type ChorusRequest = Request & { chorus?: RequestContext }

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i
export const isUuid = (text: string): boolean => UUID.test(text)

/** A new UUID version 7: sortable by the clock's time, random for the rest. */
export const newId = (clock: Clock): string => {
  const bytes = randomBytes(16)
  bytes.writeUIntBE(Date.parse(clock.now()), 0, 6)
  bytes[6] = (bytes[6]! & 0x0f) | 0x70
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  const hex = bytes.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

/**
 * The first middleware: takes the client's X-Correlation-Id where it is a UUID, else makes one, and answers with it.
 * Anything else in that header is not taken over: it would reach the log.
 */
export const requestContext = (clock: Clock) => (request: Request, response: Response, next: NextFunction): void => {
  const given = request.header('x-correlation-id')
  const context: RequestContext = { correlationId: given && isUuid(given) ? given.toLowerCase() : newId(clock), receivedtime: clock.now() }
  ;(request as ChorusRequest).chorus = context
  response.setHeader('X-Correlation-Id', context.correlationId)
  next()
}

/** The context of a request; every request has one, since the middleware is the first of all. */
export const contextOf = (request: ChorusRequest): RequestContext => {
  if (!request.chorus) throw new Error('no request context: requestContext() must be the first middleware (libs/platform/src/boot.ts)')
  return request.chorus
}
