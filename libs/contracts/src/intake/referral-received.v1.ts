import type { Sealable } from '../envelope'
import { Event } from '../event'
import { Code, Text, Token, Uuid, Uuids } from '../fields'

export const REFERRAL_SOURCES = ['KCPD', 'JCPO', 'MUNI_COURT', 'PROBATION', 'HEALTH', 'SELF'] as const
export type ReferralSource = (typeof REFERRAL_SOURCES)[number]

@Event({
  type: 'ReferralReceived', version: 1, categories: ['referral'], classification: 'CJI', context: 'case', producer: 'intake', consumers: ['intake', 'evaluation'],
  time: 'when the referral was received',
  summary: 'An agency, or the person himself or herself, refers somebody to the program: who he or she is, who the partner is, and which incidents are meant.',
})
export class ReferralReceivedV1 {
  @Uuid({ of: 'referral', doc: 'the referral' }) referralId!: string
  @Code(REFERRAL_SOURCES, { doc: 'who refers' }) source!: ReferralSource
  @Uuids({ of: 'incident', doc: 'the incidents that the referral speaks of; the first is the index incident', max: 20 }) incidentIds!: string[]
  @Token({ kind: 'per', about: 'pch', doc: 'the person who is referred, in the case context' }) subjectRef!: string
  @Token({ kind: 'per', about: 'victim', doc: 'the partner, victim of record in these incidents, in the case context' }) victimRef!: string
  @Text({ max: 200, privacy: 'identifying', about: 'pch', sealedFor: 'subjectRef', doc: 'name of the person who is referred' }) subjectName!: Sealable
  @Text({ max: 10, privacy: 'identifying', about: 'pch', sealedFor: 'subjectRef', optional: true, doc: 'birth date of the person who is referred, YYYY-MM-DD' }) subjectBirthDate?: Sealable
  @Text({ max: 400, privacy: 'identifying', about: 'pch', sealedFor: 'subjectRef', optional: true, doc: 'address of the person who is referred' }) subjectAddress?: Sealable
  @Text({ max: 200, privacy: 'identifying', about: 'victim', sealedFor: 'victimRef', doc: 'name of the partner' }) victimName!: Sealable
  @Text({ max: 10, privacy: 'identifying', about: 'victim', sealedFor: 'victimRef', optional: true, doc: 'birth date of the partner, YYYY-MM-DD' }) victimBirthDate?: Sealable
  @Text({ max: 400, privacy: 'identifying', about: 'victim', sealedFor: 'victimRef', optional: true, doc: 'address of the partner; never shown to anybody who speaks for the person who is referred' }) victimAddress?: Sealable
}
