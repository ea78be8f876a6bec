/** What the decisions of a case have in common: how an event is drafted, and answers that several of them give. Pure. */
import type { CaseClosedV1, CaseDeferredV1, CaseOpenedV1, CaseReopenedV1, CaseSucceededV1, CommandMeta, DraftEvent, ExitApprovedV1, LevelApprovedV1, LevelAssignedV1, LevelChangedV2, LevelContestDecidedV1, LevelContestedV1, LevelProposalDeclinedV1, LevelProposedV1, LevelReviewedV1 } from '@chorus/contracts'
import { ROUTES_OF } from '@chorus/contracts'
import { atNow, refused, type Refusal } from '@chorus/decider'
import type { PchCase } from './pch-case'

interface Data { LevelApproved: LevelApprovedV1; CaseOpened: CaseOpenedV1; LevelProposed: LevelProposedV1; LevelProposalDeclined: LevelProposalDeclinedV1; LevelAssigned: LevelAssignedV1; LevelChanged: LevelChangedV2; CaseClosed: CaseClosedV1; CaseDeferred: CaseDeferredV1; CaseReopened: CaseReopenedV1; CaseSucceeded: CaseSucceededV1; LevelReviewed: LevelReviewedV1; LevelContested: LevelContestedV1; LevelContestDecided: LevelContestDecidedV1; ExitApproved: ExitApprovedV1 }
export const draft = <T extends keyof Data>(type: T, data: Data[T], meta: CommandMeta, more: Partial<DraftEvent> = {}): DraftEvent => ({ type, schemaVersion: 1, data, ...atNow(meta), ...more })

export const notOpen = (state: Exclude<PchCase, { status: 'open' }>): Refusal => state.status === 'none'
  ? refused('case_unknown', 'There is no case of this number. Look its number up again.', { kind: 'not-found' })
  : refused('case_closed', `This case is closed (${state.code}). Nothing more is decided in it.`)
export const OTHER_OPEN = refused('case_already_open', 'Another case of this person is open, by another referral or on another person number. Work in that case; a second one is never opened beside it. Where the two are one person, have them linked.', { kind: 'conflict', rules: ['I2'] })
export const ANOTHER_PERSON = refused('subject_is_another', 'By what is recorded, the referred person is another person of the report than the one you name (subjectInIncident), or the partner of that one. No case is opened on either. Look who was referred: where the sides of the referral were exchanged, send another referral; where the report or a link is wrong, have it corrected first.', { rules: ['I1', 'I7'] })
export const VICTIM_OF_RECORD = refused('victim_of_record', 'The referred person is a victim of record: of the same pair by a referral, or of a partner by a report, or the report says that both harmed each other. A prosecutor and an advocate must review the complaints in both directions first.', { rules: ['I7'] })
export const VICTIM_MINOR = refused('victim_minor', `The victim was younger than 18 at the index incident, by the referral or by the report. No case is opened on it: exclude the referral with the code VICTIM_MINOR and the way on which she is looked after (${ROUTES_OF.VICTIM_MINOR!.join(', ')}). Where an age or a birth date is wrong, have the report corrected, or another referral sent.`)
export const BASIS_EXPUNGED = refused('basis_expunged', 'A court ordered the record of the index incident, of the referral or of this case closed or destroyed. No level rests on it: close the case (BASIS_EXPUNGED), or have another opened on another incident.')
export const NO_LEVEL = refused('level_not_assigned', 'This case has no level yet. Assign one first.', { rules: ['I3'] })
export const NO_PROPOSAL = refused('proposal_missing', 'No level has been proposed for this case yet. Ask for the proposal first.')
