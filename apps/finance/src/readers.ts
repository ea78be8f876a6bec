import type { Role } from '@chorus/contracts'

/** Money is an open record: whoever works here may look, under a name, so that a request can be traced. */
export const FINANCE_READERS: readonly Role[] = ['finance', 'healthProgram', 'evaluator', 'operator', 'privacyOfficer', 'intakeAnalyst', 'prosecutor', 'panelMember', 'systemAdvocate']
