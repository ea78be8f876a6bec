import { Event } from '../event'
import { Cents, Code, LocalDate, Name, Uuid } from '../fields'
import { MOST_CENTS, ENCUMBRANCE_DOCUMENTS, type EncumbranceDocument } from './codes'

@Event({
  type: 'RequisitionSubmitted', version: 1, categories: ['account'], classification: 'FIN_OPEN', context: 'none', producer: 'finance', consumers: ['finance', 'evaluation'],
  time: 'when it was submitted',
  summary: 'The program asks for money to be certified for a written document. It holds no money; who asked is the actor, and may not certify.',
})
export class RequisitionSubmittedV1 {
  @Uuid({ of: 'none', doc: 'the requisition' }) reqId!: string
  @Name({ doc: 'the account' }) account!: string
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
