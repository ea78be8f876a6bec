/** Something happened around a person who has been told: the policy is applied anew, and may propose a higher level. A person decides. Pure. */
import type { CommandMeta, RecordedEvent } from '@chorus/contracts'
import { derivedId } from '@chorus/decider'
import { isQualifying } from '../circumstance/qualifying'
import type { Propose, ProposeFacts } from '../pch-case/pch-case'

/** The case that an event concerns; null: it counts against nobody. */
export const caseTouched = (event: Pick<RecordedEvent, 'type' | 'data'>): string | null => isQualifying(event) ? (event.data as { caseId: string }).caseId : null

export const proposeAfterNotice = (event: Pick<RecordedEvent, 'id' | 'correlationId'>, caseId: string, facts: ProposeFacts, now: string): Propose => {
  const meta: CommandMeta = {
    commandId: derivedId('propose-after-notice', event.id, caseId), correlationId: event.correlationId, causationId: event.id, now,
    actor: { id: 'chorus:on-incident-linked', role: 'system', agency: 'CITY' }, source: { agency: 'CITY', system: 'chorus' },
  }
  return { type: 'ProposeLevel', data: { facts }, meta }
}
