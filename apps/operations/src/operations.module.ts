import { Module } from '@nestjs/common'
import { LogVerificationController } from './log-verification/log-verification.controller'

@Module({ controllers: [LogVerificationController] })
export class OperationsModule {}
