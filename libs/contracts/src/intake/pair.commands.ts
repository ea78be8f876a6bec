import { CommandBody } from '../commands'
import { Code, Name, Token } from '../fields'
import { CROSS_COMPLAINT_OUTCOMES, type CrossComplaintOutcome } from './cross-complaint-reviewed.v1'

@CommandBody({ type: 'ReviewCrossComplaint', roles: ['prosecutor', 'systemAdvocate'], agencies: ['JCPO', 'KCPD', 'HEALTH'], summary: 'Record what prosecutor and advocate decided on complaints in both directions (I7); sent by one of the two, naming the other' })
export class ReviewCrossComplaint {
  @Token({ kind: 'per', doc: 'the person who may, or may not, become the subject of a case' }) subjectRef!: string
  @Code(CROSS_COMPLAINT_OUTCOMES, { doc: 'the outcome' }) outcome!: CrossComplaintOutcome
  @Name({ doc: 'account of the prosecutor' }) prosecutorId!: string
  @Name({ doc: 'account of the advocate' }) advocateId!: string
}
