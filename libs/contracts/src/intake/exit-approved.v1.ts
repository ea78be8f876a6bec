import { Event } from '../event'
import { Code, Name, Uuid } from '../fields'
import { AGENCIES, type Agency } from '../rights'

@Event({
  type: 'ExitApproved', version: 1, categories: ['pchCase'], classification: 'CJI', context: 'case', producer: 'intake', consumers: ['intake', 'evaluation'],
  time: 'when it was approved',
  summary: 'A member of a panel approved, under his or her own account, that the person leaves the program. It takes two of them, of two agencies. A level that is assigned or changed since makes it void.',
})
export class ExitApprovedV1 {
  @Uuid({ of: 'pchCase', doc: 'the case' }) caseId!: string
  @Name({ doc: 'the panel\'s meeting' }) panelId!: string
  @Code(AGENCIES, { doc: 'the agency for which the member sits on the panel' }) agency!: Agency
  @Name({ doc: 'account of the member, as the token said it' }) memberId!: string
}
