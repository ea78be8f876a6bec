/** What proves the log to others: checkpoints are signed while the process runs; verification, receipts, the public key. */
import { Inject, Injectable, Logger, Module, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common'
import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { Lease } from '@chorus/event-bus'
import type { EventStore } from '@chorus/event-store'
import { AUDIT_DATABASE, CLOCK, DATABASE, OfService, Readiness, SETTINGS, STORE, VAULT, type Clock, type Settings } from '@chorus/platform'
import type { Vault } from '@chorus/privacy'
import { CheckpointFolder, keyName, Signer, signerOf, signingKey, tryKeysOf, Witness, type NoteSigner, type SecondPlace } from '@chorus/tamper-evidence'
import type { Sql } from 'postgres'
import { LogCheckpointController } from './log-checkpoint/log-checkpoint.controller'
import { LOG_SIGNER, LOG_WITNESS } from './log-checkpoint/log-signer'
import { SignedThrough } from './log-checkpoint/signed-through'
import { LogReceiptController } from './log-receipt/log-receipt.controller'
import { auditChainOf } from './log-verification/audit-chain'
import { keptBytesOf } from './log-verification/kept-bytes'
import { LogVerification } from './log-verification/verification'
import { LogVerificationController } from './log-verification/log-verification.controller'

const logger = new Logger('checkpoints')
const at = (level: 'log' | 'warn' | 'error') => (details: object, message: string): void => logger[level]({ ...details, note: message })
/** Another process takes over at most so long, ms, after the one that signs fell silent. */
const LEASE_MS = 4000

const elapsed = (): number => performance.now()
const signer = (store: EventStore, database: Sql, audit: Sql, key: NoteSigner, place: CheckpointFolder, witness: SecondPlace | null, clock: Clock, { persons }: Vault): Signer => new Signer({
  store, signer: key, place, audit: auditChainOf(audit), ...(persons && { persons }), ...(witness && { witness }), clock, elapsed, logger: { info: at('log'), warn: at('warn'), error: at('error') },
  lease: new Lease({ database, name: 'operations.signer', owner: `${hostname()}/${process.pid}/${randomUUID()}`, ttlMs: LEASE_MS, elapsed }),
  remembered: new SignedThrough({ database, log: store.log }),
})

/** What the process that signs still knows of it, and what the database remembers: two who are not the second place. */
const signedThrough = async (signing: Signer, database: Sql, log: string): Promise<number> => {
  const kept = await new SignedThrough({ database, log }).look()
  return Math.max(signing.through, kept?.log === log ? kept.ordinal : 0)
}

/** Signs while the process runs, and once more when everybody who writes here has ended. */
@Injectable()
class SignerProcess implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(@Inject(Signer) private readonly signer: Signer, readiness: Readiness) { readiness.add('checkpoints', () => signer.health()) }
  onApplicationBootstrap(): void { this.signer.start() }
  onApplicationShutdown(): Promise<void> { return this.signer.stop() }
}

@OfService('operations')
@Module({
  controllers: [LogReceiptController, LogVerificationController, LogCheckpointController],
  providers: [
    { provide: CheckpointFolder, inject: [SETTINGS], useFactory: ({ checkpoints }: Settings) => new CheckpointFolder({ folder: checkpoints }) },
    { provide: LOG_WITNESS, inject: [SETTINGS], useFactory: ({ witness }: Settings): SecondPlace | null => witness === undefined ? null : new Witness(witness) },
    { provide: LOG_SIGNER, inject: [SETTINGS, STORE], useFactory: ({ data, mode }: Settings, store: EventStore) => signerOf(keyName(store.log), signingKey(join(data, 'keys'), mode)) },
    { provide: Signer, inject: [STORE, DATABASE, AUDIT_DATABASE, LOG_SIGNER, CheckpointFolder, LOG_WITNESS, CLOCK, VAULT], useFactory: signer },
    {
      provide: LogVerification, inject: [STORE, CheckpointFolder, LOG_WITNESS, LOG_SIGNER, VAULT, AUDIT_DATABASE, CLOCK, Signer, DATABASE],
      useFactory: (store: EventStore, folder: CheckpointFolder, witness: SecondPlace | null, key: NoteSigner, vault: Vault, audit: Sql, clock: Clock, signing: Signer, database: Sql) =>
        new LogVerification({ store, folder, witness, signer: key, tryKeys: tryKeysOf(vault), tryKept: keptBytesOf(store, database), audit: auditChainOf(audit), ...(vault.persons && { persons: vault.persons }), clock, signedThrough: () => signedThrough(signing, database, store.log) }),
    },
    SignerProcess,
  ],
})
export class LogProofModule {}
