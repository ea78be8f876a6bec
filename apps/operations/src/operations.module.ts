/** Operations: what an operator sees and mends: the consumers of the bus, dead letters, the log's verification, the audit log. */
import { Module } from '@nestjs/common'
import type { EventStore, Recorder } from '@chorus/event-store'
import { AUDIT_DATABASE, DATABASE, RECORDER, STORE } from '@chorus/platform'
import type { Sql } from 'postgres'
import { AuditLogController } from './audit-log/audit-log.controller'
import { BusConsumerController } from './bus-consumer/bus-consumer.controller'
import { deadLetterHandlers, DeadLetters } from './dead-letter/dead-letter.commands'
import { DeadLetterController } from './dead-letter/dead-letter.controller'
import { DeadLetterList } from './dead-letter/dead-letter-list'
import { LogVerificationController } from './log-verification/log-verification.controller'

@Module({
  controllers: [LogVerificationController, AuditLogController, DeadLetterController, BusConsumerController],
  providers: [
    { provide: AUDIT_DATABASE, useExisting: DATABASE },
    { provide: DeadLetterList, inject: [DATABASE, STORE, RECORDER], useFactory: (database: Sql, store: EventStore, recorder: Recorder) => new DeadLetterList({ database, store, recorder }) },
    { provide: DeadLetters, inject: [RECORDER, DeadLetterList, DATABASE], useFactory: (recorder: Recorder, list: DeadLetterList, database: Sql) => new DeadLetters({ recorder, list, database }) },
    ...deadLetterHandlers,
  ],
})
export class OperationsModule {}
