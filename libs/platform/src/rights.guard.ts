/**
 * The guard of every route: denied unless the handler declares @AllowedTo and the bearer's role and agency fit, or it
 * declares @Public with a reason. Every refusal is logged; no value of the request is.
 */
import { CanActivate, ExecutionContext, Inject, Injectable, Logger } from '@nestjs/common'
import { ROLES, agenciesFor, isAgency, mayCall, publicReasonOf, rightOf, whoMay, type Actor, type Right } from '@chorus/contracts'
import { Problem } from './problem'
import { VERIFIER } from './providers'
import { contextOf, type ChorusRequest } from './request-context'
import type { Bearer, TokenVerifier } from './tokens'

@Injectable()
export class RightsGuard implements CanActivate {
  private readonly log = new Logger('rights')
  constructor(@Inject(VERIFIER) private readonly verifier: Pick<TokenVerifier, 'verify'>) {}

  async canActivate(execution: ExecutionContext): Promise<boolean> {
    const handler = execution.getHandler()
    if (publicReasonOf(handler) !== undefined) return true
    const request = execution.switchToHttp().getRequest<ChorusRequest>()
    const route = `${execution.getClass().name}.${handler.name}`
    const bearer = /^Bearer ([\w-]+\.[\w-]*\.[\w-]*)$/i.exec(request.header('authorization') ?? '')
    let bearerIs: Bearer
    try {
      if (!bearer) throw new Problem('not-authenticated', 'Send a bearer token: Authorization: Bearer TOKEN (demonstration: npx chorus token --role ROLE).')
      bearerIs = await this.verifier.verify(bearer[1]!)
    } catch (error) {
      this.log.warn({ denied: route, why: 'not authenticated' })
      throw error
    }
    const { claims, ...actor } = bearerIs
    // also of whom is refused now: the audit log says who it was
    Object.assign(contextOf(request), { actor, claims })
    checkRight(rightOf(handler), actor, (why) => this.log.warn({ denied: route, why, role: (ROLES as readonly string[]).includes(actor.role) ? actor.role : 'unknown', agency: isAgency(actor.agency) ? actor.agency : 'unknown' }))
    return true
  }
}

/** Throws Problem 'not-allowed' unless the right is declared and the actor's role and agency fit it. */
export const checkRight = (right: Right | undefined, actor: Actor, onDenied: (why: string) => void): void => {
  const deny = (why: string, detail: string): never => { onDenied(why); throw new Problem('not-allowed', detail) }
  if (!right) return deny('nothing declared', 'Nobody was given the right to do this.')
  if (!isAgency(actor.agency) || !(ROLES as readonly string[]).includes(actor.role)) return deny('unknown role or agency', 'Your token names a role or an agency that this Chorus does not know.')
  if (mayCall(right, actor)) return
  const roles = `This is for the role${right.roles.length > 1 ? 's' : ''}`
  const agencies = agenciesFor(right, actor.role) ?? []
  return (right.roles as readonly string[]).includes(actor.role)
    ? deny('wrong agency', `${roles} ${right.agenciesOf ? actor.role : right.roles.join(', ')}, of the agenc${agencies.length > 1 ? 'ies' : 'y'} ${agencies.join(', ')}; you ask for another agency.`)
    : deny('wrong role', `${roles} ${whoMay(right)}.`)
}
