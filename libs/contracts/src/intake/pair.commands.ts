import { CommandBody } from '../commands'
import { Code, Token } from '../fields'
import { CROSS_COMPLAINT_OUTCOMES, type CrossComplaintOutcome } from './cross-complaint-reviewed.v1'

@CommandBody({ type: 'ReviewCrossComplaint', roles: ['prosecutor', 'systemAdvocate'], agencies: ['JCPO', 'KCPD', 'HEALTH'], summary: 'Decide, as prosecutor or as advocate, on complaints in both directions (I7): each under one\'s own account; it holds once both, two different people, have decided the same' })
export class ReviewCrossComplaint {
  @Token({ kind: 'per', doc: 'the person who may, or may not, become the subject of a case' }) subjectRef!: string
  @Code(CROSS_COMPLAINT_OUTCOMES, { doc: 'the outcome' }) outcome!: CrossComplaintOutcome
}
