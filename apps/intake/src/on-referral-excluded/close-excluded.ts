/** A referral was excluded or put off on which a case is open, or a case was opened, or opened again, on one that was excluded or put off at that moment: the case is closed, or put off with it. Pure. */
import type { CaseOpenedV1, CommandMeta, RecordedEvent, ReferralExcludedV1 } from '@chorus/contracts'
import { derivedId } from '@chorus/decider'
import type { Close, Defer } from '../pch-case/pch-case'

/** The referral that an event speaks of. */
export const referralOf = ({ data }: Pick<RecordedEvent, 'data'>): string => (data as Pick<CaseOpenedV1 | ReferralExcludedV1, 'referralId'>).referralId

type Cause = Pick<RecordedEvent, 'id' | 'correlationId'>
const metaFor = (wish: string, { id, correlationId }: Cause, caseId: string, now: string): CommandMeta => ({
  commandId: derivedId(wish, id, caseId), correlationId, causationId: id, now,
  actor: { id: 'chorus:on-referral-excluded', role: 'system', agency: 'CITY' }, source: { agency: 'CITY', system: 'chorus' },
})

export const closeExcluded = (event: Cause, caseId: string, facts: Close['data']['facts'], now: string): Close =>
  ({ type: 'CloseCase', data: { code: 'EXCLUDED_LATER', facts }, meta: metaFor('close-excluded', event, caseId, now) })

/** Why was said with the referral. */
export const deferToo = (event: Cause, caseId: string, until: string, now: string): Defer => ({ type: 'DeferCase', data: { until }, meta: metaFor('defer-too', event, caseId, now) })
