import { Event } from '../event'
import { Code, Count, Hash, List, Name, StreamRefs, Texts, Uuid } from '../fields'
import { AGENCIES, type Agency } from '../rights'
import { LEVELS, OVERRIDE_REASONS, type Level, type OverrideReason } from './levels'

export class PanelMember {
  @Code(AGENCIES, { doc: 'the agency for which the member sits on the panel' }) agency!: Agency
  @Name({ doc: 'account of the member' }) memberId!: string
}

@Event({
  type: 'LevelAssigned', version: 1, tells: 'level', categories: ['pchCase'], classification: 'CJI', context: 'case', producer: 'intake', consumers: ['intake', 'evaluation'],
  time: 'when it was decided',
  summary: 'A person assigned the level of a case, once in each open period; later changes are LevelChanged.',
})
export class LevelAssignedV1 {
  @Uuid({ of: 'pchCase', doc: 'the case' }) caseId!: string
  @Code(LEVELS, { doc: 'the level' }) level!: Level
  @Count({ min: 1, max: 4, doc: 'its rank: D 1, C 2, B 3, A 4' }) rank!: number
  @Code(LEVELS, { doc: 'the level that the policy had proposed' }) proposedLevel!: Level
  @Code(OVERRIDE_REASONS, { optional: true, doc: 'why the level differs from the proposal' }) overrideReason?: OverrideReason
  @Texts({ max: 200, maxItems: 40, privacy: 'code', openBecause: 'it is copied from the policy file, nobody types it', doc: 'the criteria that were met, as the policy names them' }) matchedCriteria!: string[]
  @StreamRefs({ max: 40, doc: 'the records on which it rests' }) evidenceRefs!: string[]
  @Code(['human'], { doc: 'a person decides, never a machine' }) decidedBy!: 'human'
  @Name({ optional: true, doc: 'the panel\'s meeting; needed for level A' }) panelId?: string
  @List(() => PanelMember, { max: 20, optional: true, doc: 'who decided on the panel; level A needs two agencies' }) panelMembers?: PanelMember[]
  @Hash({ doc: 'SHA-256 of the policy file; its version stands in policyVersion' }) policyHash!: string
}
