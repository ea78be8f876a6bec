import { Event } from '../event'
import { Code, Flag, List, Name, Terms, Uuid } from '../fields'

export const ELIGIBILITY_OUTCOMES = ['ELIGIBLE', 'CANDIDATE', 'UNDECIDED', 'NOT_ELIGIBLE'] as const
export type EligibilityOutcome = (typeof ELIGIBILITY_OUTCOMES)[number]

/** One rule that was looked at. */
export class EligibilityPredicate {
  @Name({ doc: 'the rule' }) name!: string
  @Terms({ optional: true, doc: 'what it looked at, as name=code pairs' }) args?: string
  @Code(['yes', 'no', 'unknown'], { doc: 'what came out' }) result!: 'yes' | 'no' | 'unknown'
  @Flag({ doc: 'all that it needed was known' }) inputsKnown!: boolean
}

@Event({
  type: 'EligibilityAssessed', version: 1, categories: ['eligibility'], classification: 'CJI', context: 'incident', producer: 'intake', consumers: ['intake', 'evaluation'],
  time: 'when it was assessed',
  summary: 'An intimate-partner incident was screened for the program. One for every such incident, so that screened and not enrolled is on record.',
})
export class EligibilityAssessedV1 {
  @Uuid({ of: 'incident', doc: 'the incident; the stream is eligibility-<this>' }) incidentId!: string
  @List(() => EligibilityPredicate, { max: 50, doc: 'the rules that were looked at' }) predicates!: EligibilityPredicate[]
  @Flag({ doc: 'the source says who the people are' }) identityKnown!: boolean
  @Code(ELIGIBILITY_OUTCOMES, { doc: 'CANDIDATE: nothing speaks against it and a person must look; UNDECIDED: an input is unknown' }) outcome!: EligibilityOutcome
  @Name({ doc: 'policy by which it was assessed, name@version' }) policyVersion!: string
}
