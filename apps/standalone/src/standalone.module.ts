/** The City's services in one process: the same modules that run apart elsewhere, on the same ports. */
import { Module, type DynamicModule } from '@nestjs/common'
import type { ReadySettings } from '@chorus/composition'
import { DeterrenceModule } from '../../deterrence/src/deterrence.module'
import { EvaluationModule } from '../../evaluation/src/evaluation.module'
import { FinanceModule } from '../../finance/src/finance.module'
import { IntakeModule } from '../../intake/src/intake.module'
import { OperationsModule } from '../../operations/src/operations.module'
import { RelayModule } from '../../relay/src/relay.module'
import { ServicesModule } from '../../services/src/services.module'

const SERVICES = [IntakeModule, DeterrenceModule, ServicesModule, FinanceModule, EvaluationModule, OperationsModule]

@Module({})
export class StandaloneModule {
  /** Without a broker the log itself is the bus; with one, this process publishes as well. */
  static forRoot(settings: Pick<ReadySettings, 'kafka'>): DynamicModule {
    return { module: StandaloneModule, imports: [...SERVICES, ...settings.kafka ? [RelayModule.forRoot()] : []] }
  }
}
