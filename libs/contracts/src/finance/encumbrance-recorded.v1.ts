import { Event } from '../event'
import { Cents, Code, LocalDate, Name, Uuid } from '../fields'
import { MOST_CENTS, ENCUMBRANCE_DOCUMENTS, type EncumbranceDocument } from './codes'

@Event({
  type: 'EncumbranceRecorded', version: 1, categories: ['account'], classification: 'FIN_OPEN', context: 'none', producer: 'finance', consumers: ['finance', 'evaluation'],
  time: 'when it was recorded',
  summary: 'Money is held for a written document. Stands right behind its certificate, from the same append.',
})
export class EncumbranceRecordedV1 {
  @Uuid({ of: 'none', doc: 'the encumbrance' }) encId!: string
  @Uuid({ of: 'none', doc: 'its certificate' }) certId!: string
  @Name({ doc: 'the account' }) account!: string
  @Name({ doc: 'number of the ordinance under which it is spent' }) ordinanceNo!: string
  @Name({ doc: 'whose money it is' }) fundingSourceId!: string
  @Code(ENCUMBRANCE_DOCUMENTS, { doc: 'kind of the document' }) docType!: EncumbranceDocument
  @Name({ doc: 'number of the document' }) docNo!: string
  @Name({ doc: 'number of the vendor in the City\'s vendor file' }) vendorId!: string
  @Cents({ min: 1, max: MOST_CENTS, doc: 'the amount' }) amountCents!: number
  @LocalDate({ doc: 'first day of its term' }) termStart!: string
  @LocalDate({ doc: 'last day of its term' }) termEnd!: string
  @Name({ doc: 'where the scope of work is kept' }) scopeRef!: string
}
