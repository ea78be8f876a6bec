/**
 * Verifies a log against what was signed: walks the chain, compares it with every checkpoint of the second place, and opens
 * what each sealing key sealed first. Names the first ordinal that is wrong, and since when that is known.
 */
import { genesisLink, type Head, type Range, type SealedSample, type Walked } from '@chorus/event-store'
import type { AuditChain } from './audit-chain'
import { checkCheckpoint, readCheckpoint, signCheckpoint, type AuditHead, type Noted } from './checkpoint'
import { CheckpointNumbers } from './checkpoint-numbers'
import type { Common, LogFault, LogReport, Signed, Wrong } from './log-report'
import { Pauses } from './pauses'
import { PlaceRefused } from './second-place'
import { personsFault } from './verify-persons'
import { verifyAuditLog, type AuditVerdict } from './verify-audit'
import type { VerifyLogOptions } from './verify-ports'

const RANGE = 20_000
const signedOf = (noted: Noted | undefined): Signed | null => noted ? { ordinal: noted.ordinal, signedtime: noted.signedtime } : null
interface Job { readonly range: Range; /** all of the range */ readonly notes: readonly Noted[]; /** those that it is compared with */ readonly noted: readonly Noted[]; readonly walked: Promise<Walked> }

/** Findings about the second place: the log is not what they contradict. */
const OF_THE_PLACE: readonly LogFault[] = ['checkpoints-missing', 'checkpoint-not-signed']

export const verifyLog = async (options: VerifyLogOptions): Promise<LogReport> => {
  const report = await new Verification(options).run()
  const { before } = report
  if (report.ok || report.in !== undefined || before === null || report.ordinal > before.ordinal || OF_THE_PLACE.includes(report.fault)) return report
  // The log is no longer what was verified: only all of it says from where on, and what is still right.
  const whole = await new Verification({ ...options, full: true }).run()
  return whole.ok ? report : whole
}

class Verification {
  private checked = 0
  private compared = 0
  private before: Noted | undefined
  /** the last checkpoint with which the log agrees, or what was verified before */
  private right: Noted | undefined
  private lastSigned: Noted | undefined
  private verified: Noted | undefined
  private readonly numbers: CheckpointNumbers
  private readonly met = new Set<string>()
  private erased = 0
  private readonly pauses = new Pauses()
  private readonly notLooked = new Set<string>()

  constructor(private readonly options: VerifyLogOptions) { this.numbers = new CheckpointNumbers(options.verifier) }

  async run(): Promise<LogReport> {
    const { store, folder, verifier, signer, tryKeys, audit: chain } = this.options
    const [head, now] = [await store.head(), this.options.clock.now()]
    if (head.log !== store.log) return this.wrong(1, 'another-log', `the database holds log ${head.log}, where log ${store.log} was`)
    const pinned = folder.pinned(store.log)
    for (const [who, key] of [['the key folder holds', signer.verifier.text], [`${folder.name} was begun with`, pinned]] as const) {
      if (key !== undefined && key !== verifier.text) return this.keySwapped(who, key)
    }
    this.verified = this.verifiedBefore()
    if (!this.options.full) this.before = this.right = this.verified
    const from = this.before?.ordinal ?? 0
    if (from > head.ordinal) return this.cut(head.ordinal, this.before!)
    const signedThrough = await this.options.signedThrough?.() ?? 0
    const fault = await this.walk(from, head) ?? await this.beyond() ?? await this.askWitness() ?? await this.againstVerified() ?? await this.keptFault(from, head.ordinal) ?? await this.personsFault()
    if (fault) return fault
    const audit = chain && await this.walkAudit(chain)
    const wrongAudit = audit && this.judgeAudit(audit)
    if (wrongAudit) return wrongAudit
    // last: where they cannot be had again, everything else is judged all the same
    const missing = await this.missing(signedThrough)
    if (missing) return missing
    if (this.notLooked.size === 0) this.remember(head, audit?.ok ? audit.through : undefined)
    return { ...this.common(), ok: true, through: head.ordinal, link: head.link, signed: signedOf(this.lastSigned ?? await folder.last(store.log)), keys: tryKeys ? { open: this.met.size - this.erased, erased: this.erased } : null, audit: audit?.ok ? { log: audit.through.log, checked: audit.checked, through: audit.through.ordinal, signed: audit.signed?.audit?.ordinal ?? this.before?.audit?.ordinal ?? null } : null, persons: this.options.persons ? true : null, unsigned: this.pauses.until(head.ordinal, now), ...(this.notLooked.size > 0 && { notLooked: [...this.notLooked].join('; ') }) }
  }

  private async walk(from: number, head: Head): Promise<Wrong | undefined> {
    const { lanes = 1, signal } = this.options
    if (this.before) this.numbers.goOnFrom(this.options.folder.readBack(head.log, this.before.ordinal), this.before.number)
    const jobs = this.jobs(from, head.ordinal)
    const waiting: Job[] = []
    let link = this.before?.link ?? genesisLink(head.log)
    try {
      for (;;) {
        for (let job = waiting.length < lanes ? jobs.next() : undefined; job && !job.done; job = waiting.length < lanes ? jobs.next() : undefined) waiting.push(job.value)
        const job = waiting.shift()
        if (!job) break
        signal?.throwIfAborted()
        const walked = await job.walked
        const counted = await this.numbers.meet(job.notes)
        if (walked.start.link !== link && !walked.fault) return this.wrong(walked.start.ordinal, 'link-differs', `ordinal ${walked.start.ordinal}: carries another link than before`)
        link = walked.end.link
        const fault = await this.judge(job, walked)
        if (fault) return fault
        this.pauses.meet(walked.firsts, counted)
      }
      return link === head.link ? undefined : this.wrong(head.ordinal, 'head-differs', `ordinal ${head.ordinal}: the head of the log carries another link than its last event`)
    } finally {
      await Promise.allSettled(waiting.map(({ walked }) => walked))
    }
  }

  /** The ranges of the log in order, each with its checkpoints; walked as they are taken. */
  private *jobs(from: number, through: number): Generator<Job> {
    const { folder, store, walk, tryKeys, onProgress } = this.options
    const kept = folder.read(store.log, from)
    let done = 0
    let note = kept.next()
    for (let after = from; after < through || (after === from && from > 0); after += RANGE) {
      const to = Math.min(after + RANGE, through)
      const notes: Noted[] = []
      const noted: Noted[] = []
      // one that was written late, behind a later one, says nothing that the later one does not
      for (; !note.done && note.value.ordinal <= to; note = kept.next()) {
        notes.push(note.value)
        if (note.value.ordinal > (noted.at(-1)?.ordinal ?? after - 1)) noted.push(note.value)
      }
      const range = { after, through: to, known: noted.map(({ ordinal, link }) => ({ ordinal, link })), samples: tryKeys !== undefined }
      const walked = walk(range, (events) => onProgress?.(done += events, through - from))
      walked.catch(() => undefined)
      yield { range, notes, noted, walked }
    }
  }

  /** What a walked range says, its first fault first. */
  private async judge({ noted }: Job, walked: Walked): Promise<Wrong | undefined> {
    this.checked += walked.checked
    const { fault, differs } = walked
    const last = noted.filter(({ ordinal }) => ordinal <= (walked.agrees ?? -1)).at(-1)
    this.compared += noted.filter(({ ordinal }) => ordinal <= walked.end.ordinal).length
    // what this one vouches for, the earlier ones do too: one signature for each range
    const unsigned = last && this.unsigned(last)
    const rightBefore = this.right
    if (last && !unsigned) this.right = this.lastSigned = last
    const key = await this.keyFault(walked.samples)
    // a range that was rewritten may hold any keys: that it was is the finding
    if (key && (differs === undefined || key.ordinal <= (this.right?.ordinal ?? 0))) {
      this.right = noted.filter(({ ordinal }) => ordinal < key.ordinal).at(-1) ?? rightBefore
      // a checkpoint vouches for events, not for keys
      return this.wrong(key.ordinal, 'sealing-key-swapped', key.text, null)
    }
    if (unsigned) return unsigned
    if (differs !== undefined) return this.contradicted(noted.find(({ ordinal }) => ordinal === differs)!)
    return fault && this.wrong(fault.ordinal, fault.fault, fault.text)
  }

  /** The log follows from itself, and is not what was signed. */
  private contradicted(noted: Noted): Wrong {
    const first = (this.right?.ordinal ?? 0) + 1
    const range = first === noted.ordinal ? `ordinal ${first} is` : `ordinals ${first} to ${noted.ordinal} are`
    return this.unsigned(noted) ?? this.wrong(first, 'rewritten', `${range} not what was signed, though the chain holds: rewritten from one of them on, or cut off and others recorded in their place`, noted)
  }

  private unsigned(noted: Noted): Wrong | undefined {
    const found = checkCheckpoint(noted.note, this.options.verifier)
    if (found === 'signed') return undefined
    return this.wrong(noted.ordinal, 'checkpoint-not-signed', `the checkpoint at ordinal ${noted.ordinal} ${found === 'another-key' ? 'is signed by another key than this log\'s' : 'was altered: its signature does not hold'}`, null)
  }

  /** Checkpoints behind the end of the log. */
  private async beyond(): Promise<Wrong | undefined> {
    const { folder, store } = this.options
    const last = await folder.last(store.log)
    // asked after: what was recorded and signed meanwhile is no finding
    const { ordinal } = await store.head()
    return last && last.ordinal > ordinal ? this.cut(ordinal, last) : undefined
  }

  private cut(head: number, last: Noted): Wrong {
    const missing = head + 1 === last.ordinal ? `ordinal ${last.ordinal} is` : `ordinals ${head + 1} to ${last.ordinal} are`
    return (last === this.before ? undefined : this.unsigned(last)) ?? this.wrong(head + 1, 'cut-tail', `${missing} missing: the log ends before what was signed`, last)
  }

  /** The log is as it was signed, and of what vouched for it something is gone. */
  private async missing(signedThrough: number): Promise<Wrong | undefined> {
    const { folder, store } = this.options
    const last = await folder.last(store.log)
    const unsigned = last && this.unsigned(last)
    if (unsigned) return unsigned
    const found = this.numbers.missing(last, signedThrough, this.verified)
    if (!found) return undefined
    this.right = found.last
    return found.next && this.unsigned(found.next) || { ...this.wrong(Math.min((found.last?.ordinal ?? 0) + 1, found.upTo), 'checkpoints-missing', `${folder.name} ${found.text}`, found.next ?? null), upTo: found.upTo }
  }

  /** The other host holds the newest checkpoint that it was sent: the folder may have been changed together with the log. */
  private async askWitness(): Promise<Wrong | undefined> {
    const { store, walk } = this.options
    const last = await this.witnessed()
    if (!last) return undefined
    const { ordinal } = await store.head()
    if (last.ordinal > ordinal) return this.cut(ordinal, last)
    const { start } = await walk({ after: last.ordinal, through: last.ordinal }, () => undefined)
    this.compared += 1
    if (start.link === last.link) return this.unsigned(last)
    // the folder's own checkpoints no longer vouch for anything
    this.right = undefined
    return this.contradicted(last)
  }

  /** Where all is read, what was verified before is one more thing that the log was known by: also what no checkpoint covers yet. */
  private async againstVerified(): Promise<Wrong | undefined> {
    const { verified, options: { store, walk, full } } = this
    if (!full || !verified) return undefined
    const { ordinal } = await store.head()
    if (verified.ordinal > ordinal) return this.cut(ordinal, verified)
    const { start } = await walk({ after: verified.ordinal, through: verified.ordinal }, () => undefined)
    if (start.link === verified.link) return undefined
    if (this.right && this.right.ordinal >= verified.ordinal) this.right = undefined
    return this.contradicted(verified)
  }

  /** What the other host holds. That it is away hides no finding of ours, and is said. */
  private async witnessed(): Promise<Noted | undefined> {
    const { witness, store } = this.options
    try { return await witness?.last(store.log) } catch (error) {
      if (!(error instanceof PlaceRefused)) throw error
      this.notLooked.add(error.message)
      return undefined
    }
  }

  private async keptFault(after: number, through: number): Promise<Wrong | undefined> {
    const { tryKept, signal, folder, store } = this.options
    const found = await tryKept?.({ after, through, ...(signal && { signal }) })
    if (!found) return undefined
    if ('notLooked' in found) { this.notLooked.add(found.notLooked); return undefined }
    this.right = this.before
    for (const noted of folder.read(store.log, after)) if (noted.ordinal < found.ordinal) this.right = noted
    // a checkpoint vouches for events, not for what lies beside them
    return this.wrong(found.ordinal, 'kept-bytes-missing', `ordinal ${found.ordinal}: ${found.text}`, null)
  }

  /** Who is one person: a chain of its own, whose end stands in the newest checkpoints. */
  private async personsFault(): Promise<Wrong | undefined> {
    const { persons: chain, folder, store, signal } = this.options
    const found = chain && await personsFault(chain, [await folder.last(store.log), await this.witnessed()], signal)
    return found && ((found.lost && this.unsigned(found.lost)) ?? { ...this.common(), ok: false, in: 'who is one person', ordinal: found.place, fault: found.fault, text: found.text, right: null, stillRight: null })
  }

  /** The audit log's own chain, and its heads as they were signed, the other host's among them. */
  private walkAudit(chain: AuditChain): Promise<AuditVerdict> {
    const { folder, store, signal } = this.options
    const after = this.before?.audit
    return verifyAuditLog(chain, {
      ...(after && { after }), ...(signal && { signal }), notes: folder.read(store.log, after ? this.before!.ordinal : 0),
      newest: async () => [await folder.last(store.log), await this.witnessed()],
    })
  }
  private judgeAudit(verdict: AuditVerdict): Wrong | undefined {
    if (verdict.ok) return verdict.signed && this.unsigned(verdict.signed)
    const { ordinal, upTo, fault, text, right, covering } = verdict
    const signed = (noted: Noted | undefined): Signed | null => noted?.audit ? { ordinal: noted.audit.ordinal, signedtime: noted.signedtime } : null
    return (covering && this.unsigned(covering)) ?? { ...this.common(), ok: false, in: 'audit log', ordinal, ...(upTo !== undefined && { upTo }), fault, text, right: signed(right), stillRight: signed(covering) }
  }

  private async keyFault(samples: readonly SealedSample[]): Promise<{ readonly ordinal: number; readonly text: string } | undefined> {
    const fresh = samples.filter(({ keyId }) => !this.met.has(keyId))
    if (fresh.length === 0 || !this.options.tryKeys) return undefined
    for (const { keyId } of fresh) this.met.add(keyId)
    const tried = await this.options.tryKeys(fresh)
    this.erased += tried.filter((each) => each === 'erased').length
    const at = tried.findIndex((each) => typeof each === 'object')
    const found = tried[at]
    return typeof found === 'object' ? { ordinal: fresh[at]!.ordinal, text: `ordinal ${fresh[at]!.ordinal}: ${found.text}` } : undefined
  }

  private keySwapped(who: string, key: string): Wrong {
    const { folder, store, verifier } = this.options
    // the last that the right key signed: what came after it is vouched for by nobody
    for (const noted of folder.read(store.log)) if (checkCheckpoint(noted.note, verifier) === 'signed') this.right = noted
    return this.wrong((this.right?.ordinal ?? 0) + 1, 'signing-key-swapped', `${who} signing key ${key.split('+')[1] ?? 'unknown'}, but this log is signed by ${verifier.id}`, null)
  }

  private verifiedBefore(): Noted | undefined {
    const { folder, store, verifier } = this.options
    const note = folder.verified(store.log)
    const read = note === undefined ? undefined : readCheckpoint(note, 'verified')
    return read && read.log === store.log && checkCheckpoint(read.note, verifier) === 'signed' ? read : undefined
  }

  private remember({ log, ordinal, link, recordedtime }: Head, audit: AuditHead | undefined): void {
    const { options: { folder, signer, clock }, numbers: { reached } } = this
    if (recordedtime !== null) folder.keepVerified(log, signCheckpoint({ log, ordinal, link, recordedtime, signedtime: clock.now(), ...(audit && { audit }), ...(reached > 0 && { number: reached }) }, signer, 'verified'))
  }

  private common(): Common {
    return { log: this.options.store.log, checked: this.checked, before: signedOf(this.before), checkpoints: this.compared, publicKey: this.options.verifier.text }
  }

  /** @param covering the first checkpoint that covers it; left out: looked for; null: none counts */
  private wrong(ordinal: number, fault: LogFault, text: string, covering?: Noted | null): Wrong {
    const { folder, store, verifier } = this.options
    let still = covering ?? undefined
    if (covering === undefined) for (const noted of folder.read(store.log, ordinal)) if (checkCheckpoint(noted.note, verifier) === 'signed') { still = noted; break }
    const range = covering && covering.ordinal > ordinal && (fault === 'rewritten' || fault === 'cut-tail') ? { upTo: covering.ordinal } : {}
    return { ...this.common(), ok: false, ordinal, ...range, fault, text, right: signedOf(this.right), stillRight: signedOf(still) }
  }
}
