/**
 * Signs how far the log has come, and the audit log beside it: every half second where something was added, and at stop. Before it signs it walks the
 * chain from the last checkpoint on, so it never signs what does not follow from what it signed before: a log that was
 * changed behind its back stays unsigned, and readiness says so. One process signs, by its lease; the others stand by.
 */
import { verifyChain, type EventStore } from '@chorus/event-store'
import type { PersonsChain, PersonsHead } from '@chorus/privacy'
import type { AuditChain } from './audit-chain'
import { checkCheckpoint, signCheckpoint, type AuditHead, type Checkpoint, type Noted } from './checkpoint'
import { PlaceRefused, type SecondPlace } from './second-place'
import type { NoteSigner } from './signed-note'

/** The lease of the one who signs. */
export interface SignerLease { acquire(): Promise<number | undefined>; renew(): Promise<void>; check(): void; release(): Promise<void> }
/** What the database remembers of the last checkpoint: a second place that has lost it is noticed. */
export interface Remembered {
  look(): Promise<{ readonly log: string; readonly ordinal: number; readonly publicKey: string } | undefined>
  /** Rejects where a later epoch has it. */
  move(epoch: number, to: { readonly ordinal: number; readonly publicKey: string }): Promise<void>
}
export interface SignerLogger { info(details: object, message: string): void; warn(details: object, message: string): void; error(details: object, message: string): void }

export interface SignerOptions {
  readonly store: Pick<EventStore, 'log' | 'head' | 'readAll'>
  readonly signer: NoteSigner
  /** the audit log, whose head is signed with the log's: also while nothing but that was added to */
  readonly audit?: AuditChain
  /** who is one person: where its chain stands is signed with the log */
  readonly persons?: PersonsChain
  /** every checkpoint is kept here before it counts */
  readonly place: SecondPlace & { pin(log: string, publicKey: string): string }
  /** the newest is sent here as well; what it missed while it was away it need not have */
  readonly witness?: SecondPlace
  readonly lease: SignerLease
  readonly remembered: Remembered
  readonly clock: { now(): string }
  /** ms that go on while the process is paused */
  readonly elapsed: () => number
  readonly logger: SignerLogger
  /** default 500 */
  readonly everyMs?: number
  /** events that one checkpoint covers at most: a receipt is never longer. Default 10,000 */
  readonly most?: number
}

/** The log is not what was signed. Nothing more is signed until it is. */
export class LogContradicted extends Error { constructor(message: string) { super(message); this.name = 'LogContradicted' } }

/** Something waits so long, ms, before readiness fails. */
const STUCK = 5000
const GENESIS = { ordinal: 0, signedtime: null, link: undefined, audit: undefined, number: undefined, persons: undefined } as const

export class Signer {
  private last: Noted | typeof GENESIS = GENESIS
  /** the note that the other host has */
  private witnessed = ''
  /** where the chain of who is one person was right when something was signed last; undefined: not looked at yet */
  private persons: PersonsHead | undefined
  private epoch: number | undefined
  private failure: { readonly text: string; readonly since: number } | undefined
  private witnessFailure: { readonly text: string; readonly since: number } | undefined
  private waitsSince: number | undefined
  private timer: NodeJS.Timeout | undefined
  private round: Promise<void> | undefined
  private stopped = false

  constructor(private readonly options: SignerOptions) {}

  start(): void {
    const { everyMs = 500 } = this.options
    const again = (): void => { this.timer = setTimeout(() => { void this.look().then(() => { if (!this.stopped) again() }) }, everyMs) }
    void this.look().then(() => { if (!this.stopped) again() })
  }

  /** One look: signs what was added. Never rejects: what fails is kept for health. Looks do not overlap. */
  look(): Promise<void> { return this.round ??= this.try().finally(() => { this.round = undefined }) }

  /** How far this process knows it signed, whatever the place holds by now; 0: nothing. */
  get through(): number { return this.last.ordinal }

  /** Signs what was added until now, then gives the lease back. */
  async stop(): Promise<void> {
    if (this.stopped) return
    this.stopped = true
    clearTimeout(this.timer)
    await this.round
    await this.look()
    await this.options.lease.release().catch(() => undefined)
  }

  /** For readiness: asked of the log now. */
  async health(): Promise<{ readonly ok: boolean; readonly text: string }> {
    const { store, clock, elapsed, witness } = this.options
    const { ordinal: head } = await store.head()
    const last = this.epoch === undefined ? await this.options.place.last(store.log) : this.last.ordinal === 0 ? undefined : this.last
    const age = last?.signedtime ? Math.max(0, Math.round((Date.parse(clock.now()) - Date.parse(last.signedtime)) / 1000)) : undefined
    const open = head - (last?.ordinal ?? 0)
    const far = `${last ? `signed through ${last.ordinal}, ${age} s ago` : 'nothing signed yet'}${open > 0 ? `, ${open} behind the head` : ''}${this.epoch === undefined ? '; standby' : ''}`
    if (this.failure) return { ok: false, text: `${this.failure.text}; ${far}` }
    if (this.epoch !== undefined && this.waitsSince !== undefined && elapsed() - this.waitsSince > STUCK) return { ok: false, text: `nothing was signed for ${Math.round((elapsed() - this.waitsSince) / 1000)} s; ${far}` }
    if (witness && this.witnessFailure && elapsed() - this.witnessFailure.since > STUCK) return { ok: false, text: `${witness.name}: ${this.witnessFailure.text}; ${far}` }
    return { ok: true, text: far }
  }

  private async try(): Promise<void> {
    const { logger, elapsed } = this.options
    try {
      if (!await this.own()) { this.failure = undefined; return }
      while (await this.signNext());
      this.waitsSince = undefined
      if (this.failure) logger.info({}, 'checkpoints are signed again')
      this.failure = undefined
    } catch (error) {
      if ((error as Error).name === 'LeaseLost') { this.epoch = undefined; logger.warn({}, 'another process signs: standby'); return }
      const text = textOf(error)
      if (this.failure?.text !== text) logger.error({ alarm: 'checkpoint', err: error }, text)
      this.failure = { text, since: this.failure?.since ?? elapsed() }
    }
  }

  /** Whether we are the one who signs. The first time: where the last one ended, and whether that is still there. */
  private async own(): Promise<boolean> {
    const { lease, store, place, remembered, signer: { verifier } } = this.options
    if (this.epoch !== undefined) { await lease.renew(); return true }
    const epoch = await lease.acquire()
    if (epoch === undefined) return false
    try {
      const pinned = place.pin(store.log, verifier.text)
      if (pinned !== verifier.text) throw new LogContradicted(`the signing key was swapped: ${place.name} was begun with key ${idIn(pinned)}, the key folder holds ${verifier.id}. Run "chorus verify", then docs/runbooks/tampering.md`)
      const [last, before] = await Promise.all([place.last(store.log), remembered.look()])
      if (last && checkCheckpoint(last.note, verifier) !== 'signed') throw new LogContradicted(`the last checkpoint of ${place.name} (ordinal ${last.ordinal}) is not signed by this log's key. Run "chorus verify"`)
      if (before && before.log !== store.log) throw new LogContradicted(`the database remembers checkpoints of log ${before.log}, but this is log ${store.log}. Run "chorus verify"`)
      if (before && before.ordinal > (last?.ordinal ?? 0)) throw new LogContradicted(`${place.name} has lost checkpoints: it ends at ordinal ${last?.ordinal ?? 0}, and ${before.ordinal} was signed. Restore it from its backup (docs/runbooks/tampering.md)`)
      this.last = last ?? GENESIS
      this.witnessed = ''
      this.persons = undefined
      this.epoch = epoch
      return true
    } catch (error) {
      await lease.release().catch(() => undefined)
      throw error
    }
  }

  /** @returns whether more waits */
  private async signNext(): Promise<boolean> {
    const { store, clock, elapsed, most = 10_000 } = this.options
    const { last } = this
    const head = await store.head()
    if (head.log !== store.log) throw new LogContradicted(`the database holds log ${head.log} where log ${store.log} was. Run "chorus verify"`)
    if (head.ordinal < last.ordinal) throw new LogContradicted(`the log ends at ordinal ${head.ordinal}, but it was signed through ${last.ordinal}: its tail was cut off. Run "chorus verify"`)
    const audit = await this.auditHead()
    if (head.ordinal === last.ordinal) {
      if (last.link !== undefined && head.link !== last.link) throw new LogContradicted(`ordinal ${last.ordinal} carries another link than the one that was signed. Run "chorus verify"`)
      if ('note' in last && audit && audit.ordinal !== last.audit?.ordinal) await this.keep({ log: last.log, ordinal: last.ordinal, link: last.link, recordedtime: last.recordedtime, signedtime: clock.now(), audit })
      await this.tellWitness()
      return false
    }
    this.waitsSince ??= elapsed()
    const report = await verifyChain(store, { after: last.ordinal, through: Math.min(head.ordinal, last.ordinal + most), ...(last.link === undefined ? {} : { link: last.link }) })
    if (!report.ok) throw new LogContradicted(`${report.text}; nothing after ordinal ${last.ordinal} is signed. Run "chorus verify"`)
    await this.keep({ log: store.log, ordinal: report.through, link: report.link, recordedtime: report.recordedtime, signedtime: clock.now(), ...(audit && { audit }) })
    await this.tellWitness()
    return report.through < head.ordinal
  }

  /** Signs it, and keeps it: the place first, so that what the database remembers is never more than what is there. */
  private async keep(checkpoint: Checkpoint): Promise<void> {
    const { signer, place, remembered, lease } = this.options
    const number = (this.last.number ?? 0) + 1
    const persons = await this.personsAt(number)
    const numbered = { ...checkpoint, number, ...(persons !== undefined && { persons }) }
    const noted: Noted = { ...numbered, note: signCheckpoint(numbered, signer) }
    lease.check()
    await place.keep(noted)
    this.last = noted
    this.waitsSince = undefined
    await remembered.move(this.epoch!, { ordinal: noted.ordinal, publicKey: signer.verifier.text })
  }

  /** Where the audit log stands, walked from where it was signed. */
  private async auditHead(): Promise<AuditHead | undefined> {
    const { audit } = this.options
    if (!audit) return undefined
    const { audit: signed } = this.last
    const head = await audit.head()
    if (signed && head.log !== signed.log) throw new LogContradicted(`the database holds audit log ${head.log} where audit log ${signed.log} was. Run "chorus verify"`)
    if (signed && head.ordinal < signed.ordinal) throw new LogContradicted(`the audit log ends at entry ${head.ordinal}, but it was signed through ${signed.ordinal}: its tail was cut off. Run "chorus verify"`)
    if (signed && head.ordinal === signed.ordinal && head.link === signed.link) return signed
    const walked = await audit.walk(signed ? { after: signed } : {})
    if (!walked.ok) throw new LogContradicted(`the audit log is not what was signed: ${walked.text}. Run "chorus verify"`)
    return walked.through
  }

  /** What the checkpoint of this number says of who is one person: its chain walked from where it was signed. Where it is wrong is for verify to say: readiness is everybody's to read. */
  private async personsAt(number: number): Promise<string | undefined> {
    const { options: { persons: chain, lease }, last, persons: after } = this
    if (!chain) return undefined
    let found = after !== undefined || last.persons === undefined
    const walked = await chain.walk({ ...(after && { after }), ...(!after && { between: () => lease.renew() }), seen: (head) => { found ||= chain.markOf(last.number ?? 0, head) === last.persons } })
    if (!walked.ok || !found) throw new LogContradicted(`who is one person (vault.persons) is not what was signed: ${walked.ok ? 'rows were taken away from its end, or all were noted anew' : 'a row is missing, or is not as it was noted'}. Run "chorus verify"`)
    this.persons = walked.through
    return chain.markOf(number, walked.through)
  }

  /** The newest checkpoint to the other host. That it is away keeps nobody from signing. */
  private async tellWitness(): Promise<void> {
    const { witness, place, store, elapsed, logger } = this.options
    if (!witness || !('note' in this.last) || this.witnessed === this.last.note) return
    try {
      const noted = await place.last(store.log)
      if (!noted) return
      await witness.keep(noted)
      this.witnessed = noted.note
      this.witnessFailure = undefined
    } catch (error) {
      const text = textOf(error)
      if (this.witnessFailure?.text !== text) logger.warn({ alarm: 'checkpoint', witness: witness.name, err: error }, text)
      this.witnessFailure = { text, since: this.witnessFailure?.since ?? elapsed() }
    }
  }
}

const idIn = (publicKey: string): string => publicKey.split('+')[1] ?? 'unknown'
const textOf = (error: unknown): string => {
  if (error instanceof LogContradicted || error instanceof PlaceRefused) return error.message
  const code = (error as { code?: unknown }).code
  return `a checkpoint could not be written (${typeof code === 'string' ? code : error instanceof Error ? error.name : 'error'}); tried again every half second`
}
