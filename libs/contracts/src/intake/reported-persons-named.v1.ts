import type { Sealable } from '../envelope'
import { Event } from '../event'
import { Code, List, Text, Token, Uuid } from '../fields'
import { ADDRESS_KINDS, type AddressKind } from './referral-received.v2'

/** Who a victim is, as the report says. */
export class NamedVictim {
  @Token({ kind: 'per', about: 'victim', doc: 'the victim, in this incident' }) token!: string
  @Text({ max: 200, privacy: 'identifying', about: 'victim', sealedFor: 'token', optional: true, doc: 'name' }) name?: Sealable
  @Text({ max: 200, privacy: 'matchable', about: 'victim', sealedFor: 'token', optional: true, doc: 'number of the person at the source' }) personId?: Sealable
  @Text({ max: 10, privacy: 'identifying', about: 'victim', sealedFor: 'token', optional: true, doc: 'birth date, YYYY-MM-DD' }) birthDate?: Sealable
  @Text({ max: 400, privacy: 'identifying', about: 'victim', sealedFor: 'token', optional: true, doc: 'address, as the report says it: never located' }) address?: Sealable
  @Code(ADDRESS_KINDS, { about: 'victim', shown: 'withNames', optional: true, doc: 'what that address is; absent: its source does not say' }) addressKind?: AddressKind
}
/** Who an offender is, as the report says. */
export class NamedOffender {
  @Token({ kind: 'per', about: 'pch', doc: 'the offender, in this incident' }) token!: string
  @Text({ max: 200, privacy: 'identifying', about: 'pch', sealedFor: 'token', optional: true, doc: 'name' }) name?: Sealable
  @Text({ max: 200, privacy: 'matchable', about: 'pch', sealedFor: 'token', optional: true, doc: 'number of the person at the source' }) personId?: Sealable
  @Text({ max: 10, privacy: 'identifying', about: 'pch', sealedFor: 'token', optional: true, doc: 'birth date, YYYY-MM-DD' }) birthDate?: Sealable
  @Text({ max: 400, privacy: 'identifying', about: 'pch', sealedFor: 'token', optional: true, doc: 'address, as the report says it' }) address?: Sealable
  @Code(ADDRESS_KINDS, { about: 'pch', shown: 'withNames', optional: true, doc: 'what that address is; absent: its source does not say' }) addressKind?: AddressKind
}

@Event({
  type: 'ReportedPersonsNamed', version: 1, categories: ['incident'], classification: 'CJI', context: 'incident', producer: 'intake', consumers: ['intake', 'evaluation'],
  time: 'as of the report beside it',
  summary: 'Who the persons of a report are, where its source says it: names, birth dates and addresses, each sealed for its person. Recorded with the report, in its version.',
})
export class ReportedPersonsNamedV1 {
  @Uuid({ of: 'incident', doc: 'the incident' }) incidentId!: string
  @List(() => NamedVictim, { max: 9, doc: 'victims of whom it says anything' }) victims!: NamedVictim[]
  @List(() => NamedOffender, { max: 9, doc: 'offenders of whom it says anything' }) offenders!: NamedOffender[]
}
