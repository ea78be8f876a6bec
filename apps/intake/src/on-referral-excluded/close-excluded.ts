/** A referral was excluded on which a case is open, or a case was opened on one that was excluded at that moment: the case is closed. Pure. */
import type { CaseOpenedV1, CommandMeta, RecordedEvent, ReferralExcludedV1 } from '@chorus/contracts'
import { derivedId } from '@chorus/decider'
import type { Close } from '../pch-case/pch-case'

/** The referral that an event speaks of. */
export const referralOf = ({ data }: Pick<RecordedEvent, 'data'>): string => (data as Pick<CaseOpenedV1 | ReferralExcludedV1, 'referralId'>).referralId

export const closeExcluded = (event: Pick<RecordedEvent, 'id' | 'correlationId'>, caseId: string, facts: Close['data']['facts'], now: string): Close => {
  const meta: CommandMeta = {
    commandId: derivedId('close-excluded', event.id, caseId), correlationId: event.correlationId, causationId: event.id, now,
    actor: { id: 'chorus:on-referral-excluded', role: 'system', agency: 'CITY' }, source: { agency: 'CITY', system: 'chorus' },
  }
  return { type: 'CloseCase', data: { code: 'EXCLUDED_LATER', facts }, meta }
}
