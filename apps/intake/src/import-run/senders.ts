/** Who sends what agencies of justice recorded: their integrations, and analysts where such records are worked with. */
import type { Right } from '@chorus/contracts'

export const SENDERS: Right = { roles: ['agencyFeed', 'intakeAnalyst'], agenciesOf: { intakeAnalyst: ['KCPD', 'JCPO', 'MUNI_COURT', 'PROBATION'] } }
