import { Event } from '../event'
import { Code, Uuid } from '../fields'

export const CLOSE_CODES = ['EXIT_24M', 'DECEASED', 'MOVED', 'EXCLUDED_LATER', 'BASIS_EXPUNGED', 'MERGED'] as const
export type CloseCode = (typeof CLOSE_CODES)[number]

@Event({
  type: 'CaseClosed', version: 1, categories: ['pchCase'], classification: 'CJI', context: 'case', producer: 'intake', consumers: ['intake', 'evaluation'],
  time: 'when it was decided',
  summary: 'A case is closed. A later one of the same person is a case of its own.',
})
export class CaseClosedV1 {
  @Uuid({ of: 'pchCase', doc: 'the case' }) caseId!: string
  @Code(CLOSE_CODES, { doc: 'why' }) code!: CloseCode
}
