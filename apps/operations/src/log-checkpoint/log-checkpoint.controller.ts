import { Controller, Get, Inject } from '@nestjs/common'
import { ROLES } from '@chorus/contracts'
import type { EventStore } from '@chorus/event-store'
import { Problem, QueryRoute, STORE } from '@chorus/platform'
import { CheckpointFolder, type Noted, type NoteSigner } from '@chorus/tamper-evidence'
import { LOG_SIGNER } from './log-signer'

@Controller('v1/log')
export class LogCheckpointController {
  constructor(@Inject(STORE) private readonly store: EventStore, @Inject(CheckpointFolder) private readonly folder: CheckpointFolder, @Inject(LOG_SIGNER) private readonly signer: NoteSigner) {}

  @Get('public-key')
  @QueryRoute({ summary: 'The public key that signs this log: who holds it can check receipts and checkpoints, and nothing else', reads: { noPerson: 'a public key' }, roles: ROLES })
  publicKey(): { log: string; publicKey: string } { return { log: this.store.log, publicKey: this.signer.verifier.text } }

  @Get('checkpoint')
  @QueryRoute({ summary: 'The last signed checkpoint of the log, as a signed note', reads: { noPerson: 'ordinals and links' }, roles: ['operator', 'privacyOfficer', 'evaluator'] })
  async last(): Promise<Noted> {
    const last = await this.folder.last(this.store.log)
    if (!last) throw new Problem('not-found', 'Nothing is signed yet: the log is empty, or checkpoints cannot be written. /health/ready says which.')
    return last
  }
}
