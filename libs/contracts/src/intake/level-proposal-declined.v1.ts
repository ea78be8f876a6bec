import { Event } from '../event'
import { Code, Uuid } from '../fields'
import { DECLINE_REASONS, LEVELS, type DeclineReason, type Level } from './levels'

@Event({
  type: 'LevelProposalDeclined', version: 1, tells: 'level', categories: ['pchCase'], classification: 'CJI', context: 'case', producer: 'intake', consumers: ['intake', 'evaluation'],
  time: 'when it was decided',
  summary: 'A person declined the level that the policy proposed.',
})
export class LevelProposalDeclinedV1 {
  @Uuid({ of: 'pchCase', doc: 'the case' }) caseId!: string
  @Code(LEVELS, { doc: 'the level that had been proposed' }) level!: Level
  @Code(DECLINE_REASONS, { doc: 'why' }) reasonCode!: DeclineReason
}
