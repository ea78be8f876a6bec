import { Event } from '../event'
import { Code, ReportedCode, Token, Uuid } from '../fields'

/** Who supervises: the state's probation and parole, or a court's own services. */
export const SUPERVISORS = ['PROBATION_AND_PAROLE', 'COURT_SERVICES'] as const
export type Supervisor = (typeof SUPERVISORS)[number]
export const COMPLIANCE = ['COMPLIANT', 'VIOLATION'] as const
export type Compliance = (typeof COMPLIANCE)[number]

@Event({
  type: 'SupervisionComplianceReported', version: 1, categories: ['supervision'], classification: 'CJI', context: 'case', producer: 'intake', consumers: ['evaluation'],
  time: 'the day or moment of which it speaks, as precisely as it was told',
  summary: 'Whoever supervises the person of a case reports that he kept to a condition, or did not. By codes alone: nothing of a partner, and no text.',
})
export class SupervisionComplianceReportedV1 {
  @Uuid({ of: 'pchCase', doc: 'the case' }) caseId!: string
  @Token({ kind: 'per', about: 'pch', doc: 'the person who causes harm' }) subjectRef!: string
  @Code(SUPERVISORS, { doc: 'who supervises' }) supervisor!: Supervisor
  @Code(COMPLIANCE, { doc: 'kept to, or violated' }) compliance!: Compliance
  @ReportedCode({ width: 12, optional: true, doc: 'the condition, as the supervisor codes it' }) condition?: string
}
