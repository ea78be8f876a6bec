/**
 * What a person's record is read for: the reader says one with each reading (header X-Purpose), and it stands in the audit log.
 * DRAFT: the program has not decided its list; a code that stands in an audit log keeps its meaning.
 */
import type { Role } from './rights'

export const PURPOSES = ['caseWork', 'safety', 'helpOffered', 'dataQuality', 'accounting', 'evaluation', 'operations', 'oversight', 'privacyReview', 'legalRequest'] as const
export type Purpose = (typeof PURPOSES)[number]

/** What each role may read for; the first is its everyday one. */
export const PURPOSES_OF: Readonly<Record<Role, readonly [Purpose, ...Purpose[]]>> = {
  intakeAnalyst: ['caseWork', 'dataQuality', 'legalRequest'],
  detective: ['caseWork', 'safety'],
  prosecutor: ['caseWork', 'safety', 'legalRequest'],
  systemAdvocate: ['safety', 'caseWork'],
  panelMember: ['caseWork'],
  healthProgram: ['helpOffered', 'oversight', 'caseWork'],
  pchProvider: ['helpOffered'],
  finance: ['accounting'],
  evaluator: ['evaluation'],
  operator: ['operations'],
  privacyOfficer: ['privacyReview', 'legalRequest', 'oversight'],
  agencyFeed: ['dataQuality'],
}
