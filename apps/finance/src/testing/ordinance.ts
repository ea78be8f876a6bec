/** Ordinance 260299 as its text says; the day from which it is in force is our reading (docs/decisions). */
import type { AuthorizeSpending } from '@chorus/contracts'

export const ORDINANCE: AuthorizeSpending = {
  ordinanceNo: '260299', passedOn: '2026-04-02', effectiveOn: '2026-04-12', effectiveBasis: 'TEN_DAYS', effectiveReading: 'DRAFT', amountCents: 7_500_000, fund: '2000', costCenter: '501905',
  purpose: 'Supporting the establishment and operation of an IPVI Focused Deterrence Program to reduce domestic violence-related crime in Kansas City', authorizedOfficer: 'DIRECTOR_OF_HEALTH',
}
export const SOURCE = 'KCMO-LOCAL'
export const ACCOUNT = '27-2000-501905-B'
