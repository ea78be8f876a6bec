import { Controller, Get, Inject, Param, Req } from '@nestjs/common'
import { categoryNamed, type Role } from '@chorus/contracts'
import { categoryOf, decode, findEvent, type EventStore, type Recorder, type StoredEvent } from '@chorus/event-store'
import { contextOf, Problem, QueryRoute, RECORDER, STORE, UuidParam, type Aside, type ChorusRequest } from '@chorus/platform'
import { closedTo, isClosed, isLevelClosed, maySeeHistory, recordsOf, type Reader } from '@chorus/record-access'
import { CheckpointFolder, receiptOf, Signer, verifyReceipt, type NoteSigner, type Noted, type Receipt } from '@chorus/tamper-evidence'
import { LOG_SIGNER } from '../log-checkpoint/log-signer'

@Controller('v1/log/receipts')
export class LogReceiptController {
  constructor(
    @Inject(STORE) private readonly store: EventStore, @Inject(CheckpointFolder) private readonly folder: CheckpointFolder,
    @Inject(Signer) private readonly signer: Signer, @Inject(LOG_SIGNER) private readonly key: NoteSigner, @Inject(RECORDER) private readonly recorder: Recorder,
  ) {}

  @Get(':id')
  @QueryRoute({ summary: 'Proof of one event\'s place in the log, to whoever has the public key', reads: { noPerson: 'an event\'s place and hashes, never what it says' }, roles: ['operator', 'privacyOfficer', 'evaluator'] })
  receipt(@Req() request: ChorusRequest, @Param('id', UuidParam) id: string): Promise<Receipt> { return this.receiptFor(request, id, false) }

  @Get(':id/text')
  @QueryRoute({ summary: 'The same with the event\'s stored text, what is sealed sealed, so that id and content are proven too', reads: { person: 'id' }, roles: ['privacyOfficer', 'evaluator'] })
  receiptWithText(@Req() request: ChorusRequest, @Param('id', UuidParam) id: string): Promise<Receipt> { return this.receiptFor(request, id, true) }

  private async receiptFor(request: ChorusRequest, id: string, withText: boolean): Promise<Receipt> {
    const role = contextOf(request).actor?.role as Role
    const event = await findEvent(this.store, id)
    // the operator is shown places and hashes, of every event; everybody else nothing of what the role does not see
    if (!event) throw NOT_THERE()
    if (role !== 'operator' && !seen(event, role)) throw NOT_THERE({ withheld: 'not-for-role' })
    if (role !== 'operator' && await this.isClosed(event, contextOf(request).actor!)) throw NOT_THERE({ withheld: 'closed' })
    const receipt = await receiptOf(this.store, event, await this.covering(event.ordinal), withText)
    const verdict = verifyReceipt(receipt, this.key.verifier)
    if (!verdict.ok) throw new Problem('conflict', `The log no longer leads from this event to what was signed (${verdict.fault}): no receipt can be given. Run "chorus verify", then docs/runbooks/tampering.md.`)
    return receipt
  }

  /** Its text, and that it is there, are closed with the record; so is what tells the level of a case. */
  private async isClosed(event: StoredEvent, reader: Reader): Promise<boolean> {
    const said = decode(event)
    const closed = await closedTo(this.recorder, recordsOf(said), reader)
    return isClosed(said, closed) || isLevelClosed(said, closed) || (said.classification === 'CHRI' && !maySeeHistory(reader))
  }

  private async covering(ordinal: number): Promise<Noted> {
    for (let tries = 0; tries < 2; tries++) {
      for (const noted of this.folder.read(this.store.log, ordinal)) return noted
      // recorded a moment ago
      await this.signer.look()
    }
    throw new Problem('retry-later', 'The event is recorded, but no checkpoint covers it yet. Send the same again in a second; /health/ready says whether checkpoints are signed.')
  }
}

const NOT_THERE = (aside: Aside = {}): Problem => new Problem('not-found', 'There is no event with this id, or it is not for you.', {}, aside)
const seen = (event: StoredEvent, role: Role): boolean => categoryNamed(categoryOf(event.stream))?.sight[role] !== undefined
