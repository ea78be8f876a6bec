/** The budgetary journal that an account's events stand for: double entry, in whole cents. Pure; nothing of it is stored. */
import type { AppropriationRecordedV1, EncumbranceRecordedV1 } from '@chorus/contracts'

/** BUD-FB budgetary fund balance · APPR appropriations · ENC encumbrances · RES-ENC reserve for encumbrances */
export type LedgerAccount = 'BUD-FB' | 'APPR' | 'ENC' | 'RES-ENC'
export interface JournalLine { readonly ledger: LedgerAccount; readonly debitCents: number; readonly creditCents: number; readonly fundingSourceId: string }

const entry = (debit: LedgerAccount, credit: LedgerAccount, { amountCents, fundingSourceId }: { readonly amountCents: number; readonly fundingSourceId: string }): JournalLine[] => [
  { ledger: debit, debitCents: amountCents, creditCents: 0, fundingSourceId },
  { ledger: credit, debitCents: 0, creditCents: amountCents, fundingSourceId },
]

/** The lines of one event; none for what moves no money (a certificate, a requisition, authority). */
export const journalOf = ({ type, data }: { readonly type: string; readonly data: object }): readonly JournalLine[] => {
  switch (type) {
    case 'AppropriationRecorded': return entry('BUD-FB', 'APPR', data as AppropriationRecordedV1)
    case 'EncumbranceRecorded': return entry('ENC', 'RES-ENC', data as EncumbranceRecordedV1)
    default: return []
  }
}
