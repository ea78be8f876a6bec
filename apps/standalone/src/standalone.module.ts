/** The City's services in one process: the same modules that run apart elsewhere, on the same ports. */
import { Module } from '@nestjs/common'
import { EvaluationModule } from '../../evaluation/src/evaluation.module'
import { IntakeModule } from '../../intake/src/intake.module'
import { OperationsModule } from '../../operations/src/operations.module'

@Module({ imports: [IntakeModule, EvaluationModule, OperationsModule] })
export class StandaloneModule {}
