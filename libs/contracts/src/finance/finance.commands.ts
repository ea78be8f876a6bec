import { CommandBody } from '../commands'
import { Cents, Code, Count, LocalDate, Name, Text, Uuid } from '../fields'
import {
  MOST_CENTS, APPROPRIATION_SOURCES, AUTHORIZED_OFFICERS, CERTIFIERS, CERTIFIER_TITLES, EFFECTIVE_BASES, ENCUMBRANCE_DOCUMENTS, READINGS,
  type AppropriationSource, type AuthorizedOfficer, type Certifier, type CertifierTitle, type EffectiveBasis, type EncumbranceDocument, type Reading,
} from './codes'

const FINANCE = { roles: ['finance'], agencies: ['FINANCE'] } as const

@CommandBody({ type: 'AuthorizeSpending', ...FINANCE, summary: 'Record that an ordinance authorises spending' })
export class AuthorizeSpending {
  @Name({ doc: 'number of the ordinance' }) ordinanceNo!: string
  @LocalDate({ doc: 'the day on which it was passed' }) passedOn!: string
  @LocalDate({ doc: 'the day from which it is in force' }) effectiveOn!: string
  @Code(EFFECTIVE_BASES, { doc: 'where that day comes from' }) effectiveBasis!: EffectiveBasis
  @Code(READINGS, { doc: 'whether counsel has confirmed that day' }) effectiveReading!: Reading
  @Cents({ min: 1, max: MOST_CENTS, doc: 'the amount that may be spent' }) amountCents!: number
  @Name({ doc: 'fund, four digits' }) fund!: string
  @Name({ doc: 'cost centre, six digits' }) costCenter!: string
  @Text({ max: 300, privacy: 'open', openBecause: 'it is the purpose as the ordinance words it, an open record', doc: 'what for' }) purpose!: string
  @Code(AUTHORIZED_OFFICERS, { doc: 'the office that may spend' }) authorizedOfficer!: AuthorizedOfficer
}

@CommandBody({ type: 'AllotAuthority', ...FINANCE, summary: 'Set a part of what an ordinance authorises aside for one account' })
export class AllotAuthority {
  @Name({ doc: 'the account, FY-FUND-COSTCENTER-CLASS, e.g. 27-2000-501905-B' }) account!: string
  @Cents({ min: 1, max: MOST_CENTS, doc: 'the amount' }) amountCents!: number
  @Name({ doc: 'whose money it is' }) fundingSourceId!: string
}

@CommandBody({ type: 'CertifyOrdinance', ...FINANCE, summary: 'Record the certificate that an ordinance itself bears; it moves no balance' })
export class CertifyOrdinance {
  @Name({ doc: 'number of the ordinance' }) ordinanceNo!: string
  @Cents({ min: 1, max: MOST_CENTS, doc: 'the amount that both balances were certified to cover' }) amountCents!: number
  @Name({ doc: 'whose money it is' }) fundingSourceId!: string
  @LocalDate({ doc: 'day of the certificate' }) certifiedOn!: string
  @Code(CERTIFIER_TITLES, { doc: 'office of who certified' }) certifierTitle!: CertifierTitle
  @Code(READINGS, { doc: 'DRAFT until counsel has said what this certificate is and to which account it belongs' }) reading!: Reading
}

@CommandBody({ type: 'RecordAppropriation', ...FINANCE, summary: 'Record that money was appropriated to this account' })
export class RecordAppropriation {
  @Cents({ min: 1, max: MOST_CENTS, doc: 'the amount' }) amountCents!: number
  @Code(APPROPRIATION_SOURCES, { doc: 'by what it was appropriated' }) source!: AppropriationSource
  @Name({ doc: 'number of the ordinance or of the transfer document; each counts once in an account' }) reference!: string
  @Name({ doc: 'whose money it is' }) fundingSourceId!: string
  @Count({ optional: true, min: 2000, max: 2099, doc: 'fiscal year that the money comes from; needed for CARRY_FORWARD' }) sourceFy?: number
}

@CommandBody({ type: 'SubmitRequisition', roles: ['healthProgram'], agencies: ['HEALTH'], summary: 'Ask for money to be certified for a written document' })
export class SubmitRequisition {
  @Name({ doc: 'number of the ordinance under which it is to be spent' }) ordinanceNo!: string
  @Name({ doc: 'whose money it is' }) fundingSourceId!: string
  @Cents({ min: 1, max: MOST_CENTS, doc: 'the amount' }) amountCents!: number
  @Name({ doc: 'number of the vendor in the City\'s vendor file' }) vendorId!: string
  @Code(ENCUMBRANCE_DOCUMENTS, { doc: 'kind of the document' }) docType!: EncumbranceDocument
  @Name({ doc: 'number of the document: nothing binds the City unless it is in writing' }) docNo!: string
  @LocalDate({ doc: 'first day of its term' }) termStart!: string
  @LocalDate({ doc: 'last day of its term' }) termEnd!: string
  @Name({ doc: 'where the scope of work is kept' }) scopeRef!: string
}

@CommandBody({ type: 'CertifyFunds', ...FINANCE, summary: 'Certify both balances for a requisition and encumber the amount, in one act' })
export class CertifyFunds {
  @Uuid({ doc: 'the requisition' }) reqId!: string
  @Cents({ max: MOST_CENTS, doc: 'the fund\'s unencumbered cash in the treasury at the beginning of the day asOf' }) fundCashUnencumberedCents!: number
  @LocalDate({ doc: 'day of that balance, in Kansas City' }) asOf!: string
  @Code(CERTIFIERS, { doc: 'in which capacity' }) certifiedBy!: Certifier
  @Code(CERTIFIER_TITLES, { doc: 'office of who certifies; the token must prove it' }) certifierTitle!: CertifierTitle
  @Name({ optional: true, doc: 'the document by which a delegate was named; needed for DELEGATE' }) delegationRef?: string
}
