/** Offender levels, least severe first. Never compare the letters: compare ranks. */
export const LEVELS = ['D', 'C', 'B', 'A'] as const
export type Level = (typeof LEVELS)[number]
/** D 1, C 2, B 3, A 4 (worst). */
export const rankOf = (level: Level): number => LEVELS.indexOf(level) + 1

/** Why a person decided otherwise than the policy proposes. */
export const OVERRIDE_REASONS = ['EVIDENCE_NOT_IN_COUNTS', 'COUNTS_DISPUTED', 'PANEL_JUDGEMENT', 'SAFETY_CONCERN', 'LEGAL_ADVICE'] as const
export type OverrideReason = (typeof OVERRIDE_REASONS)[number]
/** Why a level moves. Only the last three may move it down. */
export const CHANGE_REASONS = ['FIRST_ARREST', 'FURTHER_ARREST', 'PROHIBITED_BEHAVIOR', 'PANEL_DECISION', 'PANEL_STEPDOWN', 'CORRECTION', 'BASIS_EXPUNGED'] as const
export type ChangeReason = (typeof CHANGE_REASONS)[number]
export const STEP_DOWN_REASONS: readonly ChangeReason[] = ['PANEL_STEPDOWN', 'CORRECTION', 'BASIS_EXPUNGED']
export const DECLINE_REASONS = ['EVIDENCE_INSUFFICIENT', 'COUNTS_DISPUTED', 'LEGAL_ADVICE', 'SAFETY_CONCERN', 'SUPERSEDED'] as const
export type DeclineReason = (typeof DECLINE_REASONS)[number]
