/** Operations: what an operator sees and mends: the consumers of the bus, dead letters, the log's verification, the audit log. */
import { Inject, Module, type OnApplicationBootstrap } from '@nestjs/common'
import type { EventStore, Recorder } from '@chorus/event-store'
import { AUDIT, CLOCK, DATABASE, KEY_LIFE, OfService, RECORDER, STORE, VAULT, type AuditTrail, type Clock } from '@chorus/platform'
import type { KeyLife, Vault } from '@chorus/privacy'
import type { Sql } from 'postgres'
import { AuditLogController } from './audit-log/audit-log.controller'
import { BusConsumerController } from './bus-consumer/bus-consumer.controller'
import { conflictHandlers } from './conflict-of-interest/conflict-of-interest.commands'
import { ConflictOfInterestController } from './conflict-of-interest/conflict-of-interest.controller'
import { contextKeyHandlers } from './context-key/context-key.commands'
import { ContextKeyController } from './context-key/context-key.controller'
import { deadLetterHandlers, DeadLetters } from './dead-letter/dead-letter.commands'
import { DeadLetterController } from './dead-letter/dead-letter.controller'
import { DeadLetterList } from './dead-letter/dead-letter-list'
import { EndKeys } from './subject-key/end-keys'
import { subjectKeyHandlers } from './subject-key/subject-key.commands'
import { SubjectKeyController } from './subject-key/subject-key.controller'

@OfService('operations')
@Module({
  controllers: [AuditLogController, DeadLetterController, BusConsumerController, SubjectKeyController, ContextKeyController, ConflictOfInterestController],
  providers: [
    { provide: DeadLetterList, inject: [DATABASE, STORE, RECORDER], useFactory: (database: Sql, store: EventStore, recorder: Recorder) => new DeadLetterList({ database, store, recorder }) },
    { provide: DeadLetters, inject: [RECORDER, DeadLetterList, DATABASE], useFactory: (recorder: Recorder, list: DeadLetterList, database: Sql) => new DeadLetters({ recorder, list, database }) },
    ...deadLetterHandlers,
    { provide: EndKeys, inject: [RECORDER, VAULT, KEY_LIFE, AUDIT], useFactory: (recorder: Recorder, vault: Vault, life: KeyLife, audit: AuditTrail) => new EndKeys({ recorder, vault, life, audit }) },
    ...subjectKeyHandlers,
    ...contextKeyHandlers,
    ...conflictHandlers,
  ],
})
export class OperationsModule implements OnApplicationBootstrap {
  constructor(private readonly keys: EndKeys, @Inject(CLOCK) private readonly clock: Clock) {}

  /** Keys whose end the vault finished at this start, or found undone by a restore, are recorded before anything is answered. */
  async onApplicationBootstrap(): Promise<void> { await this.keys.tellAtStart(this.clock.now()) }
}
