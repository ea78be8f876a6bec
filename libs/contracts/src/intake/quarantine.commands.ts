import { CommandBody } from '../commands'
import { Code, Text } from '../fields'
import { RESOLUTION_REASONS, type ResolutionReason } from './quarantine.v1'

/** Who may repair, retry or resolve what an agency sent: the agency's own integration, intake, and operators. */
const roles = ['intakeAnalyst', 'agencyFeed', 'operator'] as const

@CommandBody({ type: 'RepairQuarantinedRecord', roles: ['intakeAnalyst', 'agencyFeed'], summary: 'Replace the bytes of a quarantined record by repaired ones and try it again; the original stays' })
export class RepairQuarantinedRecord {
  @Text({ max: 1024 * 1024, privacy: 'narrative', doc: 'the whole record as it should have come, every line of it' }) content!: string
  @Text({ max: 400, privacy: 'narrative', doc: 'why, and what was changed' }) reason!: string
}

@CommandBody({ type: 'RetryQuarantinedRecord', roles: [...roles], summary: 'Try a quarantined record again as it is' })
export class RetryQuarantinedRecord {
  @Text({ max: 400, privacy: 'narrative', doc: 'why' }) reason!: string
}

@CommandBody({ type: 'ResolveQuarantinedRecord', roles: [...roles], summary: 'Settle a quarantined record without recording it; it is kept, with the reason' })
export class ResolveQuarantinedRecord {
  @Code(RESOLUTION_REASONS, { doc: 'why' }) reasonCode!: ResolutionReason
  @Text({ max: 400, privacy: 'narrative', doc: 'why, in words' }) reason!: string
}
