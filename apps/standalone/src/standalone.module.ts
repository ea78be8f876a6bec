/** The City's services in one process: the same modules that run apart elsewhere, each with its own ports. */
import type { DynamicModule, Type } from '@nestjs/common'
import type { ReadySettings } from '@chorus/composition'
import { DeterrenceModule } from '../../deterrence/src/deterrence.module'
import { EvaluationModule } from '../../evaluation/src/evaluation.module'
import { FinanceModule } from '../../finance/src/finance.module'
import { IntakeModule } from '../../intake/src/intake.module'
import { LogProofModule } from '../../operations/src/log-proof.module'
import { OperationsModule } from '../../operations/src/operations.module'
import { RelayModule } from '../../relay/src/relay.module'
import { ServicesModule } from '../../services/src/services.module'

/** Without a broker the log itself is the bus; with one, this process publishes as well. */
export const standaloneModules = (settings: Pick<ReadySettings, 'kafka'>): (Type | DynamicModule)[] =>
  [IntakeModule, DeterrenceModule, ServicesModule, FinanceModule, ...settings.kafka ? [RelayModule.forRoot()] : [], EvaluationModule, LogProofModule, OperationsModule]
