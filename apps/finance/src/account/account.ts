/**
 * One account of one fiscal year. Protects: nothing is encumbered over the authority allotted here, over what is appropriated
 * and unencumbered, or over the fund's cash that Finance certifies; certificate and encumbrance are one append (Charter
 * 1211(b)); who certifies holds the office, as the token proves, and is not who asked; nothing before the ordinance is in force, nothing new after the year has ended.
 * All amounts are whole cents.
 */
import type { AppropriationRecordedV1, AuthorityReceivedV1, CertifyFunds, CertifyOrdinance, CommandMeta, DraftEvent, EncumbranceRecordedV1, FundsCertifiedV1, OrdinanceCertifiedV1, RecordAppropriation, RequisitionSubmittedV1, SubmitRequisition } from '@chorus/contracts'
import { atNow, dayOf, PROGRAM_ZONE, refused, type Command, type Decider, type Decision, type Refusal } from '@chorus/decider'
import { accountCode, dollars, type AccountCode } from './account-code'
import { appropriationLeft, authorityLeft, encumberedSince, evolve, initial, type Account, type Requisition } from './account-state'

// Stored names. Changing one needs a new version and an upcaster.
export const ACCOUNT_EVENTS = ['OrdinanceCertified', 'AppropriationRecorded', 'AuthorityReceived', 'RequisitionSubmitted', 'FundsCertified', 'EncumbranceRecorded'] as const

interface Here { /** the account's code, as in the stream's name */ readonly account: string }
export type CertifyOrdinanceHere = Command<'CertifyOrdinance', CertifyOrdinance & Here>
export type Appropriate = Command<'RecordAppropriation', RecordAppropriation & Here>
export type Receive = Command<'ReceiveAuthority', AuthorityReceivedV1>
export type Submit = Command<'SubmitRequisition', SubmitRequisition & Here & { readonly reqId: string }>
export type Certify = Command<'CertifyFunds', CertifyFunds & Here & { readonly certId: string; readonly encId: string }>
export type AccountCommand = CertifyOrdinanceHere | Appropriate | Receive | Submit | Certify

export const certifyOrdinance = ({ data, meta }: CertifyOrdinanceHere, state: Account): Decision => {
  const before = state.ordinances.find((one) => one.ordinanceNo === data.ordinanceNo)
  if (before) {
    const same = before.amountCents === data.amountCents && before.certifiedOn === data.certifiedOn && before.certifierTitle === data.certifierTitle && before.reading === data.reading && before.fundingSourceId === data.fundingSourceId
    return same ? [] : refused('certificate_known', 'The certificate of this ordinance is recorded in this account already, with other content. What is recorded is never replaced.', { kind: 'conflict' })
  }
  if (data.certifiedOn > dayOf(meta.now)) return refused('day_in_future', 'The certificate does not bear a day in the future. Correct certifiedOn.')
  return [{ ...draft('OrdinanceCertified', data, meta), time: data.certifiedOn, timePrecision: 'day', timeZone: PROGRAM_ZONE }]
}

export const appropriate = ({ data, meta }: Appropriate, state: Account, code: AccountCode): Decision => {
  const before = state.appropriations.find((one) => one.source === data.source && one.reference === data.reference)
  if (before) {
    return before.amountCents === data.amountCents && before.fundingSourceId === data.fundingSourceId ? []
      : refused('appropriation_known', `An appropriation by ${data.reference} is recorded in this account already, over ${dollars(before.amountCents)}. Each document counts once. Correct the number of the document.`, { kind: 'conflict' })
  }
  if (data.source === 'CARRY_FORWARD' && (data.sourceFy === undefined || data.sourceFy >= code.fy)) return refused('source_year_missing', 'Money that is carried forward comes from an earlier fiscal year. Name it in sourceFy.')
  if (data.source !== 'CARRY_FORWARD' && data.sourceFy !== undefined) return refused('source_year_does_not_fit', 'Only money that is carried forward comes from another fiscal year. Leave sourceFy out.')
  return [draft('AppropriationRecorded', { ...data, fy: code.fy }, meta)]
}

/** The other half of AuthorityAllotted: it was decided there. */
export const receive = ({ data, meta }: Receive, state: Account): Decision =>
  state.authorities.some((one) => one.allotmentIds.includes(data.allotmentId)) ? [] : [draft('AuthorityReceived', data, meta)]

export const submit = ({ data, meta }: Submit, state: Account, code: AccountCode): Decision => {
  if (data.termEnd < data.termStart) return refused('term_wrong', 'The term ends before it begins. Correct termStart or termEnd.')
  const ended = yearEnded(code, data.account, meta)
  if (ended) return ended
  if (state.requisitions.some((one) => one.docNo === data.docNo)) return refused('document_known', 'There is a requisition for this document in this account already. Look at the account; give another document its own number.', { kind: 'conflict' })
  return [draft('RequisitionSubmitted', data, meta)]
}

export const certify = ({ data, meta }: Certify, state: Account, code: AccountCode): Decision => {
  const asked = state.requisitions.find((one) => one.reqId === data.reqId)
  if (!asked) return refused('requisition_unknown', 'There is no such requisition in this account. Look at the account; have the program submit it first.', { kind: 'not-found' })
  if (asked.encId !== null) return refused('requisition_certified', 'This requisition is certified and encumbered already.', { kind: 'conflict' })
  const wrong = certifierProblem(data, asked, meta) ?? dayProblem(data, asked, state, code, meta) ?? ceilingProblem(data, asked, state)
  if (wrong) return wrong
  const { account, ordinanceNo, fundingSourceId, amountCents, docType, docNo, vendorId, termStart, termEnd, scopeRef, reqId } = asked
  const { certId, encId, fundCashUnencumberedCents, asOf, certifiedBy, certifierTitle, delegationRef } = data
  const line = { account, ordinanceNo, fundingSourceId, amountCents }
  return [
    draft('FundsCertified', {
      certId, reqId, ...line, authorityLeftCents: authorityLeft(state, ordinanceNo), appropriationUnencumberedCents: appropriationLeft(state, fundingSourceId), fundCashUnencumberedCents, asOf,
      certifiedBy, certifierTitle, ...(delegationRef === undefined ? {} : { delegationRef }),
    }, meta),
    draft('EncumbranceRecorded', { encId, certId, ...line, docType, docNo, vendorId, termStart, termEnd, scopeRef }, meta),
  ]
}

const DIRECTORS: readonly string[] = ['DIRECTOR_OF_FINANCE', 'INTERIM_DIRECTOR_OF_FINANCE', 'ACTING_DIRECTOR_OF_FINANCE']
const certifierProblem = (data: Certify['data'], asked: Requisition, meta: CommandMeta): Refusal | null => {
  if (meta.claims?.office !== data.certifierTitle) return refused('office_not_proven', 'Your token does not say that you hold the office on the certificate. Certify under your own office (GET /v1/me shows it), or have the claim office added to your token.', { kind: 'forbidden' })
  if (asked.requestedBy === meta.actor.id) return refused('certifier_is_requester', 'Who asked for the money may not certify it. Have another officer of Finance certify.')
  if ((data.certifiedBy === 'DIRECTOR_OF_FINANCE') !== DIRECTORS.includes(data.certifierTitle)) return refused('title_does_not_fit', 'The capacity and the office on the certificate do not fit: the Director of Finance (also interim or acting) certifies as such, everybody else as a delegate.')
  if (data.certifiedBy === 'DELEGATE' && data.delegationRef === undefined) return refused('delegation_missing', 'A delegate certifies by a document of the Director of Finance. Name it in delegationRef.')
  if (data.certifiedBy === 'DIRECTOR_OF_FINANCE' && data.delegationRef !== undefined) return refused('delegation_does_not_fit', 'The Director of Finance needs no delegation. Leave delegationRef out.')
  return null
}

const dayProblem = (data: Certify['data'], asked: Requisition, state: Account, code: AccountCode, meta: CommandMeta): Refusal | null => {
  const today = dayOf(meta.now)
  const ended = yearEnded(code, data.account, meta)
  if (ended) return ended
  if (today < code.firstDay) return refused('year_not_begun', `The fiscal year of ${data.account} begins on ${code.firstDay}. Nothing is encumbered on it before.`)
  const authority = state.authorities.find((one) => one.ordinanceNo === asked.ordinanceNo)
  if (!authority) return refused('authority_missing', `Nothing of ordinance ${asked.ordinanceNo} is allotted to this account. Allot it first.`)
  if (today < authority.effectiveOn) return refused('ordinance_not_in_force', `Ordinance ${asked.ordinanceNo} is in force from ${authority.effectiveOn} on. Nothing is encumbered under it before.`)
  if (asked.termStart < authority.effectiveOn) return refused('term_before_ordinance', `The document's term begins on ${asked.termStart}, before ordinance ${asked.ordinanceNo} is in force (${authority.effectiveOn}). No cost may arise before; have the term corrected.`)
  if (data.asOf > today) return refused('day_in_future', 'The cash balance is of a day in the future. Certify a balance that is known.')
  if (data.asOf < code.firstDay) return refused('balance_too_old', `The cash balance is older than the account's fiscal year, which began on ${code.firstDay}. Certify a newer one.`)
  return null
}

/** The three ceilings; each holds to the cent. */
const ceilingProblem = (data: Certify['data'], { ordinanceNo, fundingSourceId, amountCents }: Requisition, state: Account): Refusal | null => {
  const over = (code: string, sum: number, of: string, way: string): Refusal | null => {
    const left = Math.max(0, sum)
    return amountCents <= left ? null : refused(code, `${dollars(amountCents)} is ${dollars(amountCents - left)} more than ${of} (${dollars(left)}). Nothing was encumbered. ${way}`)
  }
  const since = encumberedSince(state, data.asOf)
  return over('over_authority', authorityLeft(state, ordinanceNo), `what is left of the authority of ordinance ${ordinanceNo} in this account`, 'Ask for less, or have more allotted.')
    ?? over('over_appropriation', appropriationLeft(state, fundingSourceId), `what is appropriated to this account from ${fundingSourceId} and unencumbered`, 'Ask for less, or have more appropriated.')
    ?? over('over_fund_cash', data.fundCashUnencumberedCents - since, `the fund's unencumbered cash as of ${data.asOf}${since > 0 ? `, ${dollars(data.fundCashUnencumberedCents)}, less ${dollars(since)} encumbered here since` : ''}`, 'Ask for less, or certify a newer balance.')
}

const yearEnded = (code: AccountCode, account: string, meta: CommandMeta): Refusal | null => dayOf(meta.now) <= code.lastDay ? null
  : refused('year_ended', `The fiscal year of ${account} ended on ${code.lastDay}. Nothing new is encumbered on it; use the account of the current year, once an ordinance has carried the money forward.`)

interface Data { OrdinanceCertified: OrdinanceCertifiedV1; AppropriationRecorded: AppropriationRecordedV1; AuthorityReceived: AuthorityReceivedV1; RequisitionSubmitted: RequisitionSubmittedV1; FundsCertified: FundsCertifiedV1; EncumbranceRecorded: EncumbranceRecordedV1 }
const draft = <T extends keyof Data>(type: T, data: Data[T], meta: CommandMeta): DraftEvent => ({ type, schemaVersion: 1, data, ...atNow(meta) })

export const account: Decider<Account, AccountCommand> = {
  category: 'account', initial, knows: ACCOUNT_EVENTS, evolve,
  decide: (command, state) => {
    const code = accountCode(command.data.account)
    if (!code) return refused('account_code_wrong', 'An account is written FY-FUND-COSTCENTER-CLASS, e.g. 27-2000-501905-B. Correct it.')
    switch (command.type) {
      case 'CertifyOrdinance': return certifyOrdinance(command, state)
      case 'RecordAppropriation': return appropriate(command, state, code)
      case 'ReceiveAuthority': return receive(command, state)
      case 'SubmitRequisition': return submit(command, state, code)
      case 'CertifyFunds': return certify(command, state, code)
    }
  },
}
