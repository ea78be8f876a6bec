/** The City's services in one process: the same modules that run apart elsewhere, on the same ports. */
import { Module } from '@nestjs/common'
import { EvaluationModule } from '../../evaluation/src/evaluation.module'
import { FinanceModule } from '../../finance/src/finance.module'
import { IntakeModule } from '../../intake/src/intake.module'
import { OperationsModule } from '../../operations/src/operations.module'
import { ServicesModule } from '../../services/src/services.module'

@Module({ imports: [IntakeModule, ServicesModule, FinanceModule, EvaluationModule, OperationsModule] })
export class StandaloneModule {}
