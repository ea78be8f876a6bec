import { Event } from '../event'
import { Code, Count, Hash, List, Name, StreamRefs, Texts, Uuid } from '../fields'
import { PanelMember } from './level-assigned.v1'
import { CHANGE_REASONS, LEVELS, type ChangeReason, type Level } from './levels'

@Event({
  type: 'LevelChanged', version: 2, tells: 'level', categories: ['pchCase'], classification: 'CJI', context: 'case', producer: 'intake', consumers: ['intake', 'evaluation'],
  time: 'when it was decided',
  summary: 'A person moved the level of a case: upwards by a named event, downwards only by panel, correction or expungement. Says which criteria of the level now were met on the record.',
})
export class LevelChangedV2 {
  @Uuid({ of: 'pchCase', doc: 'the case' }) caseId!: string
  @Code(LEVELS, { doc: 'the level before' }) from!: Level
  @Code(LEVELS, { doc: 'the level now' }) to!: Level
  @Count({ min: 1, max: 4, doc: 'rank of the level now' }) rank!: number
  @Uuid({ of: 'event', doc: 'the event that led to it' }) triggerEventId!: string
  @Texts({ max: 200, maxItems: 40, optional: true, privacy: 'code', openBecause: 'it is copied from the policy file, nobody types it', doc: 'the criteria of the level now that the record met when it was decided, as the policy names them; none: a person decided beside them; absent: version 1, which did not say' }) matchedCriteria?: string[]
  @StreamRefs({ max: 40, doc: 'the records on which it rests' }) evidenceRefs!: string[]
  @Code(CHANGE_REASONS, { doc: 'why' }) reasonCode!: ChangeReason
  @Code(['human'], { doc: 'a person decides, never a machine' }) decidedBy!: 'human'
  @Name({ optional: true, doc: 'the panel\'s meeting; needed for level A and for a step down' }) panelId?: string
  @List(() => PanelMember, { max: 20, optional: true, doc: 'who decided on the panel' }) panelMembers?: PanelMember[]
  @Hash({ doc: 'SHA-256 of the policy file in force' }) policyHash!: string
}
