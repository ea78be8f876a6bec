/** What an account's events add up to, and its balances in whole cents. Pure. */
import { dayOf } from '@chorus/decider'
import type { AppropriationRecordedV1, AuthorityReceivedV1, EncumbranceRecordedV1, FundsCertifiedV1, OrdinanceCertifiedV1, RequisitionSubmittedV1 } from '@chorus/contracts'

export interface Appropriation { readonly source: string; readonly reference: string; readonly fundingSourceId: string; readonly amountCents: number }
export interface Authority { readonly ordinanceNo: string; readonly effectiveOn: string; readonly allottedCents: number; readonly allotmentIds: readonly string[] }
export interface Requisition extends RequisitionSubmittedV1 {
  /** account name of who asked, from the envelope */
  readonly requestedBy: string
  /** null: not certified */
  readonly encId: string | null
}
export interface Encumbrance extends EncumbranceRecordedV1 { /** the day of it, in Kansas City */ readonly recordedOn: string }

export interface Account {
  readonly ordinances: readonly OrdinanceCertifiedV1[]
  readonly appropriations: readonly Appropriation[]
  readonly authorities: readonly Authority[]
  readonly requisitions: readonly Requisition[]
  readonly encumbrances: readonly Encumbrance[]
  /** certificate -> requisition: the encumbrance that comes behind a certificate closes its requisition */
  readonly certificates: Readonly<Record<string, string>>
}
export const initial: Account = { ordinances: [], appropriations: [], authorities: [], requisitions: [], encumbrances: [], certificates: {} }

export const evolve = (state: Account, event: { readonly type: string; readonly data: object; readonly time: string; readonly actor: { readonly id: string } }): Account => {
  switch (event.type) {
    case 'OrdinanceCertified': return { ...state, ordinances: [...state.ordinances, event.data as OrdinanceCertifiedV1] }
    case 'AppropriationRecorded': {
      const { source, reference, fundingSourceId, amountCents } = event.data as AppropriationRecordedV1
      return { ...state, appropriations: [...state.appropriations, { source, reference, fundingSourceId, amountCents }] }
    }
    case 'AuthorityReceived': return { ...state, authorities: received(state.authorities, event.data as AuthorityReceivedV1) }
    case 'RequisitionSubmitted': return { ...state, requisitions: [...state.requisitions, { ...event.data as RequisitionSubmittedV1, requestedBy: event.actor.id, encId: null }] }
    case 'FundsCertified': {
      const { certId, reqId } = event.data as FundsCertifiedV1
      return { ...state, certificates: { ...state.certificates, [certId]: reqId } }
    }
    case 'EncumbranceRecorded': {
      const data = event.data as EncumbranceRecordedV1
      const reqId = state.certificates[data.certId]
      return {
        ...state, encumbrances: [...state.encumbrances, { ...data, recordedOn: dayOf(event.time) }],
        requisitions: state.requisitions.map((one) => one.reqId === reqId ? { ...one, encId: data.encId } : one),
      }
    }
    default: return state
  }
}

const received = (authorities: readonly Authority[], { ordinanceNo, effectiveOn, amountCents, allotmentId }: AuthorityReceivedV1): readonly Authority[] => {
  const before = authorities.find((one) => one.ordinanceNo === ordinanceNo)
  if (!before) return [...authorities, { ordinanceNo, effectiveOn, allottedCents: amountCents, allotmentIds: [allotmentId] }]
  return authorities.map((one) => one === before ? { ...one, allottedCents: one.allottedCents + amountCents, allotmentIds: [...one.allotmentIds, allotmentId] } : one)
}

const sum = (lines: readonly { readonly amountCents: number }[]): number => lines.reduce((total, { amountCents }) => total + amountCents, 0)

/** Allotted of this ordinance and not encumbered; 0 where nothing was allotted. */
export const authorityLeft = (state: Account, ordinanceNo: string): number =>
  (state.authorities.find((one) => one.ordinanceNo === ordinanceNo)?.allottedCents ?? 0) - sum(state.encumbrances.filter((one) => one.ordinanceNo === ordinanceNo))
/** Appropriated from this funding source and not encumbered. */
export const appropriationLeft = (state: Account, fundingSourceId: string): number =>
  sum(state.appropriations.filter((one) => one.fundingSourceId === fundingSourceId)) - sum(state.encumbrances.filter((one) => one.fundingSourceId === fundingSourceId))
/** Encumbered here on this day or later: a cash balance of the beginning of that day does not know it. */
export const encumberedSince = (state: Account, day: string): number => sum(state.encumbrances.filter((one) => one.recordedOn >= day))

export interface Balances {
  readonly appropriatedCents: number
  readonly encumberedCents: number
  /** appropriated and unencumbered */
  readonly availableCents: number
  /** allotted and not encumbered */
  readonly authorityLeftCents: number
  readonly byFundingSource: readonly { readonly fundingSourceId: string; readonly appropriatedCents: number; readonly encumberedCents: number; readonly availableCents: number }[]
  readonly byOrdinance: readonly { readonly ordinanceNo: string; readonly effectiveOn: string; readonly allottedCents: number; readonly leftCents: number }[]
}

export const balancesOf = (state: Account): Balances => {
  const sources = [...new Set([...state.appropriations, ...state.encumbrances].map(({ fundingSourceId }) => fundingSourceId))].sort()
  const byOrdinance = state.authorities.map(({ ordinanceNo, effectiveOn, allottedCents }) => ({ ordinanceNo, effectiveOn, allottedCents, leftCents: authorityLeft(state, ordinanceNo) }))
  const appropriatedCents = sum(state.appropriations)
  const encumberedCents = sum(state.encumbrances)
  return {
    appropriatedCents, encumberedCents, availableCents: appropriatedCents - encumberedCents, authorityLeftCents: byOrdinance.reduce((total, { leftCents }) => total + leftCents, 0),
    byFundingSource: sources.map((fundingSourceId) => {
      const own = sum(state.appropriations.filter((one) => one.fundingSourceId === fundingSourceId))
      const held = sum(state.encumbrances.filter((one) => one.fundingSourceId === fundingSourceId))
      return { fundingSourceId, appropriatedCents: own, encumberedCents: held, availableCents: own - held }
    }),
    byOrdinance,
  }
}
