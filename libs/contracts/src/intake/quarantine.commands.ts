import { CommandBody } from '../commands'
import { Code, Flag, Text } from '../fields'
import { JUSTICE_ALONE } from '../rights'
import { RESOLUTION_REASONS, type ResolutionReason } from './quarantine.v1'

/** Who may try again or settle what an agency sent: an analyst where the incidents are open to one, since it holds the same. The agency's own integration sees what waits under its name, and mends it by sending it again. */
const roles = ['intakeAnalyst', 'operator'] as const

@CommandBody({ type: 'RepairQuarantinedRecord', roles: ['intakeAnalyst'], agenciesOf: JUSTICE_ALONE, summary: 'Replace the bytes of a quarantined record by repaired ones and try it again; the original stays' })
export class RepairQuarantinedRecord {
  @Text({ max: 1024 * 1024, privacy: 'narrative', doc: 'the whole record as it should have come, every line of it' }) content!: string
  @Text({ max: 400, privacy: 'narrative', doc: 'why, and what was changed' }) reason!: string
}

@CommandBody({ type: 'RetryQuarantinedRecord', roles: [...roles], agenciesOf: JUSTICE_ALONE, summary: 'Try a quarantined record again as it is' })
export class RetryQuarantinedRecord {
  @Text({ max: 400, privacy: 'narrative', doc: 'why' }) reason!: string
  @Flag({ optional: true, doc: 'what it says was said before, corrected since, and holds again: it is the next correction' }) holdsAgain?: boolean
}

@CommandBody({ type: 'ResolveQuarantinedRecord', roles: [...roles], agenciesOf: JUSTICE_ALONE, summary: 'Settle a quarantined record without recording it; it is kept, with the reason' })
export class ResolveQuarantinedRecord {
  @Code(RESOLUTION_REASONS, { doc: 'why' }) reasonCode!: ResolutionReason
  @Text({ max: 400, privacy: 'narrative', doc: 'why, in words' }) reason!: string
}
