import { Event } from '../event'
import { Code, Name, Uuid } from '../fields'
import { AGENCIES, type Agency } from '../rights'
import { LEVELS, type Level } from './levels'

@Event({
  type: 'LevelApproved', version: 1, tells: 'level', categories: ['pchCase'], classification: 'CJI', context: 'case', producer: 'intake', consumers: ['intake', 'evaluation'],
  time: 'when it was approved',
  summary: 'A member of a panel approved a level of this case, under his or her own account. Level A, and a step down by panel, need two of them, of two agencies (I4). A new proposal, or a level that was assigned or changed since, makes it void.',
})
export class LevelApprovedV1 {
  @Uuid({ of: 'pchCase', doc: 'the case' }) caseId!: string
  @Code(LEVELS, { doc: 'the level that is approved' }) level!: Level
  @Name({ doc: 'the panel\'s meeting' }) panelId!: string
  @Code(AGENCIES, { doc: 'the agency for which the member sits on the panel' }) agency!: Agency
  @Name({ doc: 'account of the member, as the token said it' }) memberId!: string
}
