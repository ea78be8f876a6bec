import { Event } from '../event'
import { Code, Flag, Hash, List, Name, Uuid } from '../fields'
import { ELIGIBILITY_OUTCOMES, EligibilityPredicate, type EligibilityOutcome } from './eligibility-assessed.v1'

@Event({
  type: 'EligibilityAssessed', version: 2, categories: ['eligibility'], classification: 'CJI', context: 'incident', producer: 'intake', consumers: ['intake', 'evaluation'],
  time: 'when it was assessed',
  summary: 'An intimate-partner incident was screened for the program. One for every such incident, so that screened and not enrolled is on record. Where the report changes, the next one corrects it; where a policy begins to hold by which another outcome follows, another one stands beside it, and corrects nothing.',
})
export class EligibilityAssessedV2 {
  @Uuid({ of: 'incident', doc: 'the incident; the stream is eligibility-<this>' }) incidentId!: string
  @List(() => EligibilityPredicate, { max: 50, doc: 'the rules that were looked at' }) predicates!: EligibilityPredicate[]
  @Flag({ doc: 'the source says who the people are' }) identityKnown!: boolean
  @Code(ELIGIBILITY_OUTCOMES, { doc: 'CANDIDATE: nothing speaks against it and a person must look; UNDECIDED: an input about the two is unknown' }) outcome!: EligibilityOutcome
  @Name({ doc: 'policy by which it was assessed, name@version' }) policyVersion!: string
  @Hash({ optional: true, doc: 'SHA-256 of that policy\'s file; absent: version 1, which did not keep it' }) policyHash?: string
}
