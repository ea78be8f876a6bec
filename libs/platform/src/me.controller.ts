/** Who the bearer of a token is to this Chorus: the first thing to ask when something is denied. */
import { Controller, Get, Inject, Req } from '@nestjs/common'
import { ROLES, type Actor, type Claims } from '@chorus/contracts'
import { QueryRoute } from './command-route'
import { SETTINGS } from './providers'
import { contextOf, type ChorusRequest } from './request-context'
import type { Mode } from './demonstration-issuer'

@Controller('v1/me')
export class MeController {
  constructor(@Inject(SETTINGS) private readonly settings: { readonly mode: Mode }) {}

  @Get()
  @QueryRoute({ summary: 'Who I am to this Chorus', reads: { noPerson: 'who asks, to himself' }, roles: ROLES })
  me(@Req() request: ChorusRequest): Actor & Claims & { readonly environment: Mode } {
    const { actor, claims } = contextOf(request)
    if (!actor) throw new Error('/v1/me on a public route')
    return { ...actor, ...claims, environment: this.settings.mode }
  }
}
