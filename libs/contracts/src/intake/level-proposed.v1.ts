import { Event } from '../event'
import { Code, Count, Hash, StreamRefs, Texts, Uuid } from '../fields'
import { LEVELS, type Level } from './levels'

@Event({
  type: 'LevelProposed', version: 1, tells: 'level', categories: ['pchCase'], classification: 'CJI', context: 'case', producer: 'intake', consumers: ['intake', 'evaluation'],
  time: 'when the policy was applied',
  summary: 'The policy file, applied to the counts of the criminal-history review and the facts of the index incident, proposes a level. A person decides.',
})
export class LevelProposedV1 {
  @Uuid({ of: 'pchCase', doc: 'the case' }) caseId!: string
  @Code(LEVELS, { doc: 'the level proposed' }) level!: Level
  @Count({ min: 1, max: 4, doc: 'its rank: D 1, C 2, B 3, A 4' }) rank!: number
  @Texts({ max: 200, maxItems: 40, privacy: 'code', openBecause: 'it is copied from the policy file, nobody types it', doc: 'the criteria that were met, as the policy names them' }) matchedCriteria!: string[]
  @Texts({ max: 200, maxItems: 40, privacy: 'code', openBecause: 'it is copied from the policy file, nobody types it', doc: 'the criteria that could not be decided from what is recorded' }) unknownCriteria!: string[]
  @StreamRefs({ max: 40, doc: 'the records on which the proposal rests' }) evidenceRefs!: string[]
  @Hash({ doc: 'SHA-256 of the policy file; its version stands in policyVersion' }) policyHash!: string
}
