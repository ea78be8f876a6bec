/** Authority was allotted to an account: the account takes it in. Pure. */
import type { AuthorityAllottedV1, CommandMeta, RecordedEvent } from '@chorus/contracts'
import { derivedId } from '@chorus/decider'
import type { Receive } from '../account/account'

export function receiveAuthority(event: RecordedEvent, now: string): { readonly id: string; readonly command: Receive } {
  const data = event.data as AuthorityAllottedV1
  const meta: CommandMeta = {
    commandId: derivedId('receive-authority', event.id), correlationId: event.correlationId, causationId: event.id, now,
    actor: { id: 'chorus:on-authority-allotted', role: 'system', agency: 'CITY' }, source: { agency: 'CITY', system: 'chorus' },
  }
  return { id: data.account, command: { type: 'ReceiveAuthority', data, meta } }
}
