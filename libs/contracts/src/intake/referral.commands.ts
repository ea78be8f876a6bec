import { CommandBody } from '../commands'
import { Code, List, LocalDate, Name, Nested, Text, Token, Uuids } from '../fields'
import { DEFERRAL_CODES, REFERRAL_REOPEN_REASONS, ROUTES, type DeferralCode, type ReferralReopenReason, type Route } from './exclusions'
import { EXCLUSION_CODES, type ExclusionCode } from './referral-excluded.v1'
import { ADDRESS_KINDS, type AddressKind } from './referral-received.v2'
import { REFERRAL_SOURCES, type ReferralSource } from './referral-received.v1'

export class PersonIdentifier {
  @Name({ doc: 'whose identifier it is: the agency\'s system, e.g. kcpd-niche, sid' }) system!: string
  @Text({ max: 100, privacy: 'matchable', doc: 'the identifier itself' }) id!: string
}

export class PersonInReferral {
  @Token({ kind: 'per', optional: true, doc: 'the person\'s token in the case context, where it is known already' }) personRef?: string
  @List(() => PersonIdentifier, { max: 10, optional: true, doc: 'identifiers of the person, e.g. at agencies; each leads to the same person again' }) identifiers?: PersonIdentifier[]
  @Text({ max: 200, privacy: 'identifying', doc: 'name' }) name!: string
  @LocalDate({ privacy: 'identifying', optional: true, doc: 'birth date; without it, and without an age in the incident report, no case can be opened' }) birthDate?: string
  @Text({ max: 400, privacy: 'identifying', optional: true, doc: 'address, in one text' }) address?: string
  @Code(ADDRESS_KINDS, { optional: true, doc: 'what the address is: SAFE_AT_HOME is taken in place of the real one, which nobody asks for; left out, it is not stated' }) addressKind?: AddressKind
}

@CommandBody({ type: 'ReceiveReferral', roles: ['intakeAnalyst', 'detective', 'prosecutor', 'healthProgram'], summary: 'Receive a referral: who is meant, who the partner is, which incidents' })
export class ReceiveReferral {
  @Code(REFERRAL_SOURCES, { doc: 'who refers' }) source!: ReferralSource
  @Uuids({ max: 20, doc: 'the incidents, the index incident first' }) incidentIds!: string[]
  @Nested(() => PersonInReferral, { doc: 'the person who is referred' }) subject!: PersonInReferral
  @Nested(() => PersonInReferral, { doc: 'the partner, victim of record in these incidents' }) victim!: PersonInReferral
}

@CommandBody({ type: 'ExcludeReferral', roles: ['intakeAnalyst', 'prosecutor'], agencies: ['KCPD', 'JCPO'], summary: 'Decide that a referral leads to no case, and why; another code corrects the one before. Where a case was opened on it, a prosecutor decides, and the case is closed' })
export class ExcludeReferral {
  @Code(EXCLUSION_CODES, { doc: 'why' }) code!: ExclusionCode
  @LocalDate({ doc: 'until when the decision may be looked at again' }) reviewableUntil!: string
  @Code(ROUTES, { optional: true, doc: 'where the person is sent instead; needed for MINOR, VICTIM_MINOR and SUBJECT_IS_LAW_ENFORCEMENT' }) route?: Route
}

// DRAFT rights: the program has not decided who puts off and who takes up again. An advocate stops a case in the safety context, at once; that it
// was she who asked for a deferral must not be read from who recorded it.
@CommandBody({ type: 'DeferReferral', roles: ['intakeAnalyst', 'prosecutor'], agencies: ['KCPD', 'JCPO'], summary: 'Put a referral off, on which no case is open; why is kept apart' })
export class DeferReferral {
  @Code(DEFERRAL_CODES, { doc: 'why' }) code!: DeferralCode
  @LocalDate({ doc: 'the day by which it is looked at again' }) until!: string
}

@CommandBody({ type: 'ReopenReferral', roles: ['prosecutor'], agencies: ['JCPO'], summary: 'Take up again a referral that was excluded or put off' })
export class ReopenReferral {
  @Code(REFERRAL_REOPEN_REASONS, { doc: 'why' }) reasonCode!: ReferralReopenReason
}
