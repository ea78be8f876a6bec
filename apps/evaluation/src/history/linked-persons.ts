/**
 * The history of a case is its person's: where other tokens are linked to the person's, their cases and referrals belong to it.
 * Links count where they held at the moment that is looked at, and hold now: what was taken back is not undone by a view of before.
 */
import { linksAfter, tokensOf, type CaseOpenedV1, type PersonLink, type RecordedEvent, type ReferralReceivedV2 } from '@chorus/contracts'
import type { EventStore } from '@chorus/event-store'

type Event = Pick<RecordedEvent, 'type' | 'data' | 'ordinal'>

/** The tokens of the person of the case, that of the case first; [] where the case is none. `own`: its events, `register`: all about identities. */
export const linkedRefs = (own: readonly Pick<RecordedEvent, 'type' | 'data'>[], register: readonly Event[], through: number): readonly string[] => {
  const opened = own.find(({ type }) => type === 'CaseOpened')
  if (!opened) return []
  const { subjectRef } = opened.data as CaseOpenedV1
  const now = register.reduce<readonly PersonLink[]>(linksAfter, [])
  const then = register.filter(({ ordinal }) => ordinal <= through).reduce<readonly PersonLink[]>(linksAfter, [])
  const still = tokensOf(now, subjectRef)
  return [subjectRef, ...tokensOf(then, subjectRef).filter(ref => ref !== subjectRef && still.includes(ref))]
}

/** Whether a decision about identities names one of them. Questions of the matcher are not the history's. */
export const namesAny = ({ type, data }: Pick<RecordedEvent, 'type' | 'data'>, refs: readonly string[]): boolean => {
  const { keepRef, mergedRef, oneRef, otherRef } = data as Record<string, string | undefined>
  return type !== 'PersonMatchProposed' && [keepRef, mergedRef, oneRef, otherRef].some(ref => ref !== undefined && refs.includes(ref))
}

/** Cases and referrals of the tokens beside the first: one pass over what opens them. */
export const otherStreamsOf = async (store: Pick<EventStore, 'readAll'>, [, ...others]: readonly string[], through: number): Promise<string[]> => {
  const found: string[] = []
  for await (const { stream, text } of store.readAll({ through, filter: { categories: ['pchCase', 'referral'], types: ['CaseOpened', 'ReferralReceived'] } })) {
    if (others.some(ref => text.includes(ref)) && others.includes((JSON.parse(text) as { data: CaseOpenedV1 | ReferralReceivedV2 }).data.subjectRef)) found.push(stream)
  }
  return found
}
