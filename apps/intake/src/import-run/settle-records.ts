/**
 * One run's records, batch by batch: decided by the history of their streams, appended many at once, quarantined whole where
 * they cannot be accepted. Each record is settled exactly once.
 */
import { AGENCIES, type Actor, type DraftEvent, type RecordedEvent } from '@chorus/contracts'
import { derivedId, isRefusal } from '@chorus/decider'
import { MAX_EVENT_BYTES, type Recorder } from '@chorus/event-store'
import type { Vault } from '@chorus/privacy'
import { FileEdits } from '../feeds/nibrs/edits/file'
import { parseRecord } from '../feeds/nibrs/parse-record'
import type { RawRecord } from '../feeds/nibrs/read-records'
import { Statistics } from '../feeds/nibrs/statistics'
import type { Quarantine } from '../quarantined-record/quarantine'
import { ANOTHER_AGENCY, WAITS, type QuarantineRetry } from '../quarantined-record/retry'
import { isTooLarge, TOO_LARGE } from '../quarantined-record/too-large'
import { occasionOf, receive, SAID_BEFORE, type Received } from '../incident/receive'
import { mappingOf, NIBRS, readInbound, type NibrsInbound } from './inbound-nibrs'
import { Remembered } from './remembered'
import { metaOf, type ImportOptions } from './import-options'
import { recordParted, setAside } from './set-aside'
import { Tally } from './tally'

/** How often one record is decided anew when another writer was faster. */
const ATTEMPTS = 6

interface Item { readonly raw: RawRecord; readonly action: string; readonly inbound?: NibrsInbound; readonly cause?: string; readonly edit?: string; readonly text?: string; readonly occasion?: string; readonly message: string }

/** An integration whose token names an ORI sends that agency's records alone; the program's own agencies send whatever they were handed. */
const maySend = (actor: Actor, ori: string): boolean => actor.role !== 'agencyFeed' || actor.agency === ori || (AGENCIES as readonly string[]).includes(actor.agency)

export class RecordSettler {
  readonly tally: Tally
  readonly statistics = new Statistics()
  /** edits that speak of the records before: counted, and not kept on the event, which another file would then change */
  private readonly fileEdits = new FileEdits()
  private readonly remembered = new Remembered()
  private readonly zoned = new Map<string, boolean>()
  private underWay: { readonly streams: ReadonlySet<string>; readonly done: Promise<void> } | undefined
  /** one reading a batch: when these records reached us */
  private now = ''

  constructor(
    private readonly deps: { readonly recorder: Recorder; readonly vault: Vault; readonly quarantine: Quarantine; readonly retry: QuarantineRetry; readonly clock: { now(): string } },
    private readonly options: ImportOptions & { readonly fileId: string; readonly zone?: string },
  ) { this.tally = new Tally(options.told) }

  zones(): { zone: string; assumed: boolean }[] { return [...this.zoned].map(([zone, assumed]) => ({ zone, assumed })) }

  /** Settles a batch; where one stream occurs again, what stands before it is settled first. `finish` waits for the last of it. */
  async settle(batch: readonly RawRecord[]): Promise<void> {
    this.now = this.deps.clock.now()
    let part: Item[] = []
    let streams = new Set<string>()
    for (const raw of batch) {
      const item = this.read(raw)
      if (item.inbound && streams.has(item.inbound.stream)) {
        await this.begin(part, streams)
        part = []
        streams = new Set()
      }
      part.push(item)
      if (item.inbound) streams.add(item.inbound.stream)
    }
    await this.begin(part, streams)
  }

  /** Two parts are under way at once, one being read and sealed while the database works on the other; never two that share a stream. */
  private async begin(part: readonly Item[], streams: ReadonlySet<string>): Promise<void> {
    const before = this.underWay
    if (before && [...streams].some(stream => before.streams.has(stream))) await before.done
    const done = this.settlePart(part)
    done.catch(() => undefined) // whoever waits for it next is told
    this.underWay = { streams, done }
    await before?.done
  }

  async finish(): Promise<void> { await this.underWay?.done }

  private read(raw: RawRecord): Item {
    const message = this.deps.vault.hmac('message', raw.sha256).toString('hex')
    const parsed = parseRecord(raw)
    if (!parsed.ok) {
      this.tally.read({ lines: raw.lines, action: 'unreadable' })
      return { raw, message, action: 'unreadable', cause: parsed.cause, text: parsed.text, ...(parsed.edit && { edit: parsed.edit }) }
    }
    this.tally.read({ lines: raw.lines, action: parsed.record.action })
    if (!maySend(this.options.actor, parsed.record.ori)) return { raw, message, action: parsed.record.action, ...ANOTHER_AGENCY }
    this.statistics.add(parsed.record)
    const inbound = readInbound(parsed.record, { message, fileId: this.options.fileId, vault: this.deps.vault, receivedtime: this.now, ...(raw.format && { format: raw.format }), ...(this.options.zone && { zone: this.options.zone }) })
    this.tally.broke([...inbound.edits, ...this.fileEdits.check(parsed.record).map(({ code }) => code)])
    this.zoned.set(inbound.zone, inbound.zoneAssumed)
    return { raw, message, action: parsed.record.action, inbound }
  }

  private async settlePart(items: readonly Item[]): Promise<void> {
    let open = items.filter((item): item is Item & { inbound: NibrsInbound } => item.inbound !== undefined)
    const refused: Item[] = items.filter(item => !item.inbound)
    const accepted: string[] = []
    for (let attempt = 0; open.length > 0; attempt++) {
      if (attempt === ATTEMPTS) throw new Error('other writers change the same records faster than this import can follow: run it again')
      open = await this.decide(open, refused, accepted)
    }
    await this.quarantine(refused)
    if (!this.options.dryRun) await this.releaseWaiting(accepted)
  }

  /** Decides and appends; answers the items that another writer overtook. */
  private async decide(items: readonly (Item & { inbound: NibrsInbound })[], refused: Item[], accepted: string[]): Promise<(Item & { inbound: NibrsInbound })[]> {
    const { recorder } = this.deps
    const [histories, erased] = await Promise.all([recorder.loadMany(items.map(({ inbound }) => inbound.stream)), this.erasedOf(items.map(({ inbound }) => inbound.stream))])
    const appends: { item: Item & { inbound: NibrsInbound }; received: Received & { outcome: 'accepted' }; expected: number }[] = []
    for (const item of items) {
      const { inbound } = item
      if (erased.has(inbound.stream)) { this.erased(item); continue }
      const stored = histories.get(inbound.stream) ?? []
      const known = inbound.kind === 'amend' ? await this.opened(stored) : stored
      const history = this.options.dryRun ? this.remembered.after(inbound.stream, known) : known
      const received = receive(history, inbound, draft => recorder.contentOf(draft))
      if (received.outcome === 'duplicate') this.tally.settle(item.raw, 'duplicate')
      else if (received.outcome === 'waits') refused.push({ ...item, ...WAITS })
      else if (received.outcome === 'said-before') refused.push({ ...item, ...SAID_BEFORE, occasion: occasionOf(received.version) })
      else if (this.options.dryRun) {
        if (this.wouldBeTooLarge(inbound, received.drafts)) { refused.push({ ...item, ...TOO_LARGE }); continue }
        this.remembered.add(inbound.stream, received.drafts, draft => recorder.contentOf(draft))
        this.accepted(item, received)
      } else appends.push({ item, received, expected: stored.length - 1 })
    }
    if (appends.length === 0) return []
    const outcomes = await recordParted(recorder, appends.map(({ item, received, expected }) => ({
      stream: item.inbound.stream, expected, drafts: received.drafts, meta: metaOf(this.options.runId, this.options.actor, { agency: item.inbound.agency, system: NIBRS.system }, this.now),
    })))
    const overtaken: (Item & { inbound: NibrsInbound })[] = []
    for (const [at, outcome] of outcomes.entries()) {
      const { item, received } = appends[at]!
      if (outcome === 'too-large') refused.push({ ...item, ...TOO_LARGE })
      // Another run of the same file was faster by a moment: it counts it as accepted, this one does not.
      else if (outcome.ok && outcome.repeated) this.tally.settle(item.raw, 'duplicate')
      else if (outcome.ok) { this.accepted(item, received); accepted.push(item.inbound.stream) }
      else if (outcome.conflict === 'erased') this.erased(item)
      else overtaken.push(item)
    }
    return overtaken
  }

  /** As the log would say. Sealing all of a file to measure it would take as long as the import itself: what is far from the limit is not measured. */
  private wouldBeTooLarge({ stream, agency }: NibrsInbound, drafts: readonly DraftEvent[]): boolean {
    if (JSON.stringify(drafts).length < MAX_EVENT_BYTES / 8) return false
    try {
      this.deps.recorder.check({ stream, expected: -1, drafts, meta: metaOf(this.options.runId, this.options.actor, { agency, system: NIBRS.system }, this.now) })
      return false
    } catch (error) {
      if (isTooLarge(error)) return true
      throw error
    }
  }

  /** An amendment is laid over the version before it, sealed fields open: they are sealed anew for their new place. */
  private opened(history: readonly RecordedEvent[]): Promise<RecordedEvent[]> {
    return this.deps.recorder.unseal([...history], () => true)
  }

  /** Its subject was erased by order: it is known, not recorded again, and its bytes are not kept either. */
  private erased(item: Item): void {
    this.tally.settle(item.raw, 'duplicate')
    this.tally.erased()
  }

  private async erasedOf(streams: readonly string[]): Promise<ReadonlySet<string>> {
    const { recorder } = this.deps
    // A month without incidents is an operator's record, everything else of an agency an incident's.
    const found = await Promise.all((['incident', 'intake'] as const).map((context) => recorder.erased(context, streams.filter((stream) => stream.startsWith('zeroReport-') === (context === 'intake')))))
    return new Set(found.flatMap((each) => [...each]))
  }

  private accepted(item: Item, received: Received & { outcome: 'accepted' }): void {
    this.tally.settle(item.raw, 'accepted')
    if (received.change === 'correction') this.tally.corrected()
    if (received.change === 'retraction') this.tally.retracted()
  }

  private async quarantine(items: readonly Item[]): Promise<void> {
    await setAside(this.deps, { feed: NIBRS.system, mappingOf: ({ raw }) => mappingOf(raw.format), tally: this.tally, options: this.options, now: this.now }, items.map((item) => ({
      raw: item.raw, identity: item.raw.sha256, ...(item.occasion && { occasion: item.occasion }), cause: item.cause!, text: item.text!,
      more: { ...(item.action.length === 1 && { action: item.action }), ...(item.edit && { edits: [{ code: item.edit, count: 1 }] }), ...(item.inbound && { speaksOf: [item.inbound.stream], ...(item.cause === WAITS.cause && { waitsFor: item.inbound.stream }) }) },
    })))
  }

  /** Records that waited for what this batch brought are tried again, in the order in which they had come. */
  private async releaseWaiting(streams: readonly string[]): Promise<void> {
    const { quarantine, retry, clock } = this.deps
    for (const [id, state] of await quarantine.waitingFor(streams)) {
      const { runId, actor } = this.options
      const outcome = await retry.retry(id, state, { actor, commandId: derivedId('waited', id, runId), correlationId: runId, now: clock.now(), runId })
      if (!isRefusal(outcome) && outcome.settled) this.tally.releasedFromQuarantine()
    }
  }
}
