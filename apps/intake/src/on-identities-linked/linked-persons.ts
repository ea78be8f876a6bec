/** What follows when it is decided who is who, or when a referral comes after that decision. Pure. */
import { tokensOf, type CommandMeta, type PersonLink, type RecordedEvent, type ReferralReceivedV2 } from '@chorus/contracts'
import { derivedId } from '@chorus/decider'
import type { Propose } from '../pch-case/pch-case'
import type { Separate, Two } from '../person-identity/person-identity'

const metaFor = (event: RecordedEvent, name: string, id: string, now: string): CommandMeta => ({
  commandId: derivedId(name, event.id, id), correlationId: event.correlationId, causationId: event.id, now,
  actor: { id: 'chorus:on-identities-linked', role: 'system', agency: 'CITY' }, source: { agency: 'CITY', system: 'chorus' },
})

/** The tokens whose persons a decision concerns. */
export const concerned = ({ type, data }: Pick<RecordedEvent, 'type' | 'data'>): Two | null => {
  const { keepRef, mergedRef, oneRef, otherRef } = data as Record<string, string>
  if (type === 'PersonIdentitiesLinked') return [keepRef!, mergedRef!]
  return type === 'PersonIdentitiesUnlinked' ? [oneRef!, otherRef!] : null
}

/** A referral puts two on opposite sides; a link is looked at against all who stand so, and both against those whom a report has so. */
export const separateOpposites = (event: RecordedEvent, opposed: readonly Two[], now: string): Separate => {
  const { subjectRef, victimRef } = event.data as ReferralReceivedV2
  return { type: 'SeparateOpposites', data: { opposed: event.type === 'ReferralReceived' ? [[subjectRef, victimRef], ...opposed] : opposed }, meta: metaFor(event, 'separate-opposites', event.stream, now) }
}

/** The level of an open case that is proposed and not assigned yet rests on who the person is. */
export const proposeAnew = (event: RecordedEvent, caseId: string, facts: Propose['data']['facts'], now: string): Propose =>
  ({ type: 'ProposeLevel', data: { facts }, meta: metaFor(event, 'propose-anew', caseId, now) })

/** All who are linked with somebody of whom a link or a referral speaks; [] where nobody is. */
export const linkedWith = ({ data }: Pick<RecordedEvent, 'data'>, links: readonly PersonLink[]): string[] => {
  const { keepRef, mergedRef, subjectRef, victimRef } = data as Readonly<Record<string, string | undefined>>
  return [keepRef, mergedRef, subjectRef, victimRef].flatMap((ref) => { const one = ref === undefined ? [] : tokensOf(links, ref); return one.length > 1 ? one : [] })
}
