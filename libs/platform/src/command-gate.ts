/**
 * Rights on every command and query, however it came in (HTTP, file, message): it stands inside the buses themselves, as
 * their publisher, which runs before the handler. So no caller of CommandBus.execute or QueryBus.execute passes it by.
 */
import { Logger } from '@nestjs/common'
import type { CqrsModuleOptions } from '@nestjs/cqrs'
import { rightOf, type Actor } from '@chorus/contracts'
import { checkRight } from './rights.guard'

/** What a command or query must carry to be let through: who asks. */
export interface WithActor { readonly meta: { readonly actor: Actor } }

const log = new Logger('rights')

/** Throws Problem 'not-allowed' unless the class declares @AllowedTo and the actor in its meta may. */
export const checkMessage = (message: object): void => {
  const name = message.constructor.name
  const actor = (message as Partial<WithActor>).meta?.actor
  if (!actor) throw new Error(`${name} carries no meta.actor: commands and queries say who asks`)
  checkRight(rightOf(message.constructor), actor, (why) => log.warn({ denied: name, why }))
}

/** Options for CqrsModule.forRoot: every command and query passes the check first. */
export const gatedBuses: CqrsModuleOptions = {
  commandPublisher: { publish: checkMessage },
  queryPublisher: { publish: checkMessage },
}
