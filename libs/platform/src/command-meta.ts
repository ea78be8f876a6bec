/** What a command carries besides its data: who, when, under which id; taken from the request, never from its body. */
import { createParamDecorator, type ExecutionContext } from '@nestjs/common'
import { isRefusal, type Handled, type Refusal } from '@chorus/decider'
import type { Claims, CommandMeta } from '@chorus/contracts'
import { canonicalJson } from '@chorus/event-store'
import type { Clock } from './clock'
import { Problem, problemOfRefusal } from './problem'
import { contextOf, isUuid, newId, type ChorusRequest } from './request-context'

/**
 * @returns the meta of a command that comes in by this request. Command id: the header Idempotency-Key (a UUID), else new:
 * whoever wants to send it again without harm sets the header.
 */
export const metaOf = (request: ChorusRequest, clock: Clock, fingerprint?: (said: string) => string): CommandMeta => {
  const { correlationId, receivedtime, actor, claims } = contextOf(request)
  if (!actor) throw new Error('a command on a public route: it has no actor')
  const key = request.header('idempotency-key')
  if (key !== undefined && !isUuid(key)) throw new Problem('bad-parameter', 'The header Idempotency-Key must be a UUID. Leave it out, or make one per wish and send it again with every retry.', { errors: [{ pointer: '/headers/idempotency-key', rule: 'uuid', detail: 'must be a UUID' }] })
  return { commandId: key?.toLowerCase() ?? newId(clock), correlationId, causationId: null, actor, ...(claims && { claims }), source: { agency: actor.agency, system: 'chorus' }, now: clock.now(), receivedtime, ...(fingerprint && { fingerprint: fingerprint(`${request.method} ${request.path}\n${canonicalJson((request.body ?? {}) as object)}`) }) }
}

/** The meta of this request as a parameter of a handler: `open(@Body() body: OpenCase, @Meta() meta: CommandMeta)`. */
export const Meta = createParamDecorator((_: unknown, execution: ExecutionContext): CommandMeta => {
  const request = execution.switchToHttp().getRequest<ChorusRequest>()
  return metaOf(request, clockOf(request), request.app.get('chorus fingerprint') as ((said: string) => string) | undefined)
})
/** What the asker's token proves beside role and agency, as a parameter of a handler. */
export const Proven = createParamDecorator((_: unknown, execution: ExecutionContext): Claims => contextOf(execution.switchToHttp().getRequest<ChorusRequest>()).claims ?? {})
const clockOf = (request: ChorusRequest): Clock => {
  const clock = request.app.get('chorus clock') as Clock | undefined
  if (!clock) throw new Error('the application has no clock: set it in libs/platform/src/boot.ts')
  return clock
}

/** Reply to a command. `recordedtime` null: there was nothing to record, it was so already. */
export interface Receipt { readonly stream: string; readonly ordinal: number; readonly revision: number; readonly recordedtime: string | null; readonly repeated: boolean }

/** What a command's handler came to, as the reply; a refusal is thrown as its problem. */
export const receiptOf = (outcome: Handled | Refusal): Receipt => {
  if (isRefusal(outcome)) throw problemOfRefusal(outcome)
  const { stream, ordinal, revision, recordedtime, repeated } = outcome
  return { stream, ordinal, revision, recordedtime, repeated }
}
