/** A reading of a person's record is entered in the audit log before it is shown; what cannot be entered is not shown. What was refused because of who asks is entered as well. */
import { Catch, Inject, Injectable, Logger, Optional, type ArgumentsHost, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common'
import { lastValueFrom, of, type Observable } from 'rxjs'
import { PURPOSES, PURPOSES_OF, type Actor, type Purpose } from '@chorus/contracts'
import type { AuditTrail } from './audit-log'
import { UNKNOWN_CALLER } from './refused-attempts'
import { Problem, ProblemFilter, problemOf } from './problem'
import { AUDIT, WALLS } from './providers'
import { contextOf, isUuid, type ChorusRequest } from './request-context'
import { askElsewhere, NOT_HERE, type WallsOf } from './walls'

/**
 * What a reading route shows. Of a person: in which field of the answer, or of each item of its lists, the ids of the
 * records stand. Of none: why not. A route that does not say is refused by test/architecture/reads.spec.ts.
 */
export type Reads = { readonly person: string } | { readonly noPerson: string }

const READS = 'chorus:reads'
export const declareReads = (reads: Reads): MethodDecorator => (_target, _key, descriptor) => { Reflect.defineMetadata(READS, reads, descriptor.value as object) }
export const readsOf = (handler: object): Reads | undefined => Reflect.getMetadata(READS, handler) as Reads | undefined

const PURPOSE_POINTER = '/header/x-purpose'

/** The purpose that a reader gave. @throws Problem bad-parameter where it is missing, or none that the role may read for */
export const purposeOf = (given: string | undefined, { role }: Pick<Actor, 'role'>): Purpose => {
  const may = PURPOSES_OF[role as keyof typeof PURPOSES_OF]
  const purpose = may.find((each) => each === given)
  if (purpose) return purpose
  throw new Problem('bad-parameter', `Say what you read a person's record for: header X-Purpose, one of ${may.join(', ')}. It is kept in the audit log.`, { errors: [{ pointer: PURPOSE_POINTER, rule: 'purpose', detail: `one of ${may.join(', ')}` }] })
}

/** The ids in this field of the answer and of the items of its lists; UUIDs alone. */
export const recordsIn = (answer: unknown, field: string): string[] => {
  const objects = typeof answer === 'object' && answer !== null ? [answer, ...Object.values(answer).filter(Array.isArray).flat() as unknown[]] : []
  const ids = objects.map((each) => (each as Record<string, unknown> | null)?.[field]).filter((id): id is string => typeof id === 'string' && isUuid(id))
  return [...new Set(ids)]
}

@Injectable()
export class ReadAudit implements NestInterceptor {
  private readonly log = new Logger('audit')
  constructor(@Inject(AUDIT) private readonly trail: AuditTrail, @Inject(WALLS) private readonly walls: WallsOf) {}

  async intercept(execution: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const handler = execution.getHandler()
    const reads = readsOf(handler)
    const request = execution.switchToHttp().getRequest<ChorusRequest>()
    const { actor, correlationId } = contextOf(request)
    if (!actor || !reads || !('person' in reads)) throw new Error('the audit stands before a route that declares no reading of a person, or asks nobody who he is')
    const purpose = purposeOf(request.header('x-purpose'), actor)
    // What was asked for stands in the audit log, also where it is answered as if it were not there.
    const given = { ...request.query, ...request.params }
    const asked = askedIn(this.trail, given)
    const record = (found: boolean, records: readonly string[], refused?: string): Promise<void> => this.enter({ actor, purpose, correlationId, found, records, route: routeOf(request), asked, ...(refused && { refused }) })
    const wall = await this.walls(actor.id)
    const walled = wall?.hides(given) ?? false
    const asAsked = wall ? askElsewhere(request, wall) : undefined
    let answer: unknown
    try {
      const whole: unknown = await lastValueFrom(next.handle())
      answer = wall && asAsked ? asAsked(wall.without(whole)) : whole
      if (answer === undefined && whole !== undefined) throw new Problem('not-found', NOT_HERE, {}, { withheld: 'walled' })
    } catch (error) {
      if (error instanceof Problem && error.problem === 'not-found') await record(false, [], walled ? 'walled' : error.aside.withheld)
      throw error
    }
    const records = recordsIn(answer, reads.person)
    await record(records.length > 0, records, walled && records.length === 0 ? 'walled' : undefined)
    return of(answer)
  }

  private async enter(reading: Parameters<AuditTrail['record']>[0]): Promise<void> {
    try {
      await this.trail.record(reading)
    } catch (error) {
      this.log.error({ err: error })
      throw new Problem('audit-unavailable', 'This reading could not be entered in the audit log, so nothing is shown. Ask again in a few seconds.')
    }
  }
}

/** Parameters that are looked at of a request that was refused. */
const LOOKED_AT = 8

/**
 * Of every route that asks who is there: what it refuses because of who asks, or for want of a purpose, is entered in the audit
 * log beside being answered. It is refused whether or not it could be entered, and waits for nothing.
 */
@Catch()
export class RefusalAudit extends ProblemFilter {
  // a process without keys reads no person's record, and has no audit log
  constructor(@Optional() @Inject(AUDIT) private readonly trail?: AuditTrail) { super() }

  override catch(error: unknown, host: ArgumentsHost): void {
    const problem = problemOf(error)
    const request = host.switchToHttp().getRequest<ChorusRequest>()
    const refused = refusedBy(problem) ?? (problem.problem === 'not-found' && contextOf(request).walled ? 'walled' : undefined)
    if (this.trail && refused !== undefined) note(this.trail, request, refused, problem)
    super.catch(error, host)
  }
}

/** A stop or a fact of somebody before whom a wall stands was taken: that he sent it is entered, as of the commands that were not. */
@Injectable()
export class PastWallAudit implements NestInterceptor {
  constructor(@Optional() @Inject(AUDIT) private readonly trail?: AuditTrail) {}
  async intercept(execution: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const receipt: unknown = await lastValueFrom(next.handle())
    const request = execution.switchToHttp().getRequest<ChorusRequest>()
    if (this.trail && contextOf(request).walled) note(this.trail, request, 'walled')
    return of(receipt)
  }
}

const note = (trail: AuditTrail, request: ChorusRequest, refused: string, problem?: Problem): void => {
  const { actor, correlationId, walled } = contextOf(request)
  // names of parameters that nobody has checked are whatever was sent
  const sent = Object.values(request.query).slice(0, LOOKED_AT).map((value, at): [string, unknown] => [`query ${at + 1}`, value])
  trail.refused({
    actor: actor ?? problem?.aside.who ?? UNKNOWN_CALLER, purpose: PURPOSES.find((each) => each === request.header('x-purpose')) ?? null, correlationId,
    route: routeOf(request), asked: askedIn(trail, { ...Object.fromEntries(sent), ...(walled ?? request.params) }), found: false, records: [], refused,
  })
}

/** The code under which it stands in the audit log; undefined for what was not refused because of who asks. */
const refusedBy = ({ problem, more }: Problem): string | undefined => {
  if (problem === 'not-authenticated' || problem === 'not-allowed') return more.refused ?? problem
  return more.errors?.some(({ pointer }) => pointer === PURPOSE_POINTER) ? 'no-purpose' : undefined
}

const routeOf = (request: ChorusRequest): string => `${request.method} ${(request.route as { path: string }).path}`
const askedIn = (trail: AuditTrail, given: Readonly<Record<string, unknown>>): Record<string, string> =>
  Object.fromEntries(Object.entries(given).map(([name, value]) => {
    const text = typeof value === 'string' ? value : JSON.stringify(value)
    return [name, isUuid(text) ? text.toLowerCase() : trail.fingerprint(text)]
  }))
