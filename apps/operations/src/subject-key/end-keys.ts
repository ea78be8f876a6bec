/** The shell around a subject's keys: who belongs together, what the vault does, and the events that say it was done. */
import { IDENTITY_REGISTER, linksAfter, tokensOf, type CloseRecord, type CommandMeta, type DestroyKeys, type PersonLink, type PlaceLegalHold, type QuarantinedRecordReleasedV1, type RecordAccessRestrictedV2, type RecordedEvent, type RecordQuarantinedV2 } from '@chorus/contracts'
import { dayOf, derivedId, fold, handle, isRefusal, streamOf, type Handled, type Refusal } from '@chorus/decider'
import type { Recorder } from '@chorus/event-store'
import type { AuditTrail } from '@chorus/platform'
import type { Destroyed, KeyLife, KeyStanding, Vault } from '@chorus/privacy'
import { accessIdOf, recordAccess } from '@chorus/record-access'
import { HELD_SINCE, initial, NOT_HERE, subjectKey, type Subject, type SubjectKey, type SubjectKeyCommand } from './subject-key'

/** A person's token, or the stream of a record. */
export const isToken = (subject: string): boolean => /^per_[\w-]{22}$/.test(subject)
export const subjectOf = (subject: string): Subject => isToken(subject) ? { personRef: subject } : { record: subject }

export interface KeyView extends Omit<SubjectKey, 'destroyed'>, KeyStanding { /** of the stream that says what was ordered: subjectKey-<this> */ readonly keysId: string; /** quarantined records that speak of this record */ readonly records: readonly string[]; /** other tokens that are linked as this person's today */ readonly linked: readonly string[] }
export type Ended = Handled & { readonly keys: number; readonly subjects: readonly string[] }

export class EndKeys {
  constructor(private readonly deps: { readonly recorder: Recorder; readonly vault: Vault; readonly life: KeyLife; readonly audit: AuditTrail }) {}

  /** One stream for each subject, whatever it is called. */
  idOf(subject: string): string { return this.deps.vault.uuid('stream-id', 'subject-key', subject) }

  /** An order about a name that was mistyped would look carried out. What was ordered once may be sent again. */
  private async isHere(subject: string): Promise<boolean> {
    if ((await this.deps.life.standingOf(subject)).keys.length > 0 || (await this.recordsOf(subject)).some((record) => record !== subject)) return true
    const streams = [streamOf(subjectKey, this.idOf(subject)), ...isToken(subject) ? [] : [subject]]
    return [...(await this.deps.recorder.loadMany(streams)).values()].some(({ length }) => length > 0)
  }

  decide(subject: string, command: SubjectKeyCommand): Promise<Handled | Refusal> { return handle(this.deps.recorder, subjectKey, this.idOf(subject), command) }

  async view(subject: string): Promise<KeyView> {
    const [standing, states, linked] = await Promise.all([this.deps.life.standingOf(subject), this.statesOf([subject]), this.linkedWith(subject)])
    const records = await this.quarantined([subject, ...standing.subjects])
    const { destroyed: _, ...state } = states.get(subject)!
    return { keysId: this.idOf(subject), ...state, ...standing, records, linked }
  }

  /** Records the order, unless a hold stands anywhere on what would go; then destroys, and records each key. Sent again, it goes on with what the order named, unless a hold stands there by now. */
  async destroy(subject: string, body: DestroyKeys, meta: CommandMeta): Promise<Ended | Refusal> {
    if (!await this.isHere(subject)) return NOT_HERE
    const linkedNow = await this.linkedWith(subject)
    const heldElsewhere = await this.isHeld((await this.goingWith(subject, linkedNow)).filter((each) => each !== subject))
    const answer = await this.decide(subject, { type: 'DestroyKeys', data: { ...body, subject: subjectOf(subject), heldElsewhere, linkedNow }, meta })
    if (isRefusal(answer)) return answer
    // What the order names, not what is linked by now: nobody ordered that. And a hold may have come since it was recorded.
    const { orderedWith } = (await this.statesOf([subject])).get(subject)!
    const all = await this.goingWith(subject, orderedWith)
    if (await this.isHeld(all)) return HELD_SINCE
    const records = [...new Set((await Promise.all([subject, ...orderedWith].map((each) => this.recordsOf(each)))).flat())]
    // Out of sight before it cannot be read any more: nobody sees half of it.
    const refused = await this.restrict(records, { ground: 'DESTROYED', statute: 'RSMO_610_122' }, meta)
    if (refused) return refused
    // Entered before it is done: a destruction that the audit log does not know must not be.
    await this.deps.audit.record({ actor: meta.actor, purpose: 'legalRequest', correlationId: meta.correlationId, route: 'POST /v1/keys/:subject/destruction', asked: { subject: this.deps.audit.fingerprint(subject) }, found: true, records: [this.idOf(subject)] })
    const gone = new Set<string>()
    let keys = 0
    // and once more: a row that was set aside in this moment asked whether the person is erased before he was
    for (let next: readonly string[] = all; next.length > 0; next = (await this.goingWith(subject, orderedWith)).filter((each) => !gone.has(each))) {
      keys += (await this.deps.life.destroy(next, meta.commandId, meta.now)).length
      for (const each of next) gone.add(each)
    }
    await this.tell(meta)
    return { ...answer, keys, subjects: [...gone] }
  }

  /** Records the order, then tells those who hold the record that it is closed. Sent again, it goes on. A person's order closes the referrals and the level of the cases in which he is the one referred. */
  async close(subject: string, body: CloseRecord, meta: CommandMeta): Promise<Handled | Refusal> {
    if (!await this.isHere(subject)) return NOT_HERE
    const answer = await this.decide(subject, { type: 'CloseRecord', data: { ...body, subject: subjectOf(subject) }, meta })
    if (isRefusal(answer)) return answer
    return await this.restrict(await this.recordsOf(subject), { ground: 'COURT_ORDER', statute: body.statute }, meta) ?? answer
  }

  /**
   * Records a hold. What an order listed for destruction before it, when PostgreSQL failed, goes first and is told: the next
   * start would destroy it in spite of the hold.
   */
  async hold(subject: string, body: PlaceLegalHold, meta: CommandMeta): Promise<Handled | Refusal> {
    if (!await this.isHere(subject)) return NOT_HERE
    const { keys } = await this.deps.life.standingOf(subject)
    if (keys.some(({ state }) => state === 'destroyed')) await this.tell(meta)
    return this.decide(subject, { type: 'PlaceLegalHold', data: { ...body, subject: subjectOf(subject) }, meta })
  }

  private async restrict(records: readonly string[], why: Pick<RecordAccessRestrictedV2, 'ground' | 'statute'>, meta: CommandMeta): Promise<Refusal | undefined> {
    for (const record of records) {
      const told = await handle(this.deps.recorder, recordAccess, accessIdOf(record), {
        type: 'RestrictAccess', data: { record, ...why, effectiveAt: dayOf(meta.now) }, meta: { ...meta, commandId: derivedId('restrict-record', meta.commandId, record), causationId: meta.commandId },
      })
      if (isRefusal(told)) return told
    }
    return undefined
  }

  /** Whatever goes with a subject and these other tokens of the person: their tokens in other contexts, and quarantined records that speak of it. */
  private async goingWith(subject: string, others: readonly string[]): Promise<string[]> {
    const persons = [subject, ...others]
    const standing = await Promise.all(persons.map((each) => this.deps.life.standingOf(each)))
    const all = [...persons, ...standing.flatMap(({ subjects }) => subjects)]
    return [...new Set([...all, ...await this.quarantined(all)])]
  }

  private async isHeld(subjects: readonly string[]): Promise<boolean> { return [...(await this.statesOf(subjects)).values()].some(({ held }) => held) }

  /** The other tokens of the same person, by the links that hold now. */
  private async linkedWith(subject: string): Promise<string[]> {
    if (!isToken(subject)) return []
    const links = (await this.deps.recorder.load(IDENTITY_REGISTER)).reduce<readonly PersonLink[]>(linksAfter, [])
    return tokensOf(links, subject).filter((each) => each !== subject)
  }

  /** A record, or the referrals and cases in which the person is the one referred. */
  private async recordsOf(token: string): Promise<string[]> {
    if (!isToken(token)) return token.startsWith('quarantine-') ? [] : [token]
    const { subjects } = await this.deps.life.standingOf(token)
    const records = new Set<string>()
    for await (const { stream, data } of this.deps.recorder.read({ filter: { categories: ['referral', 'pchCase'], types: ['ReferralReceived', 'CaseOpened'] } })) {
      if ([token, ...subjects].includes((data as { subjectRef: string }).subjectRef)) records.add(stream)
    }
    return [...records]
  }

  /** Records the end of every key that is destroyed and not told yet: of this command, and of one that was cut short or restored. */
  async tell(meta: CommandMeta): Promise<void> {
    const bySubject = new Map<string, Destroyed[]>()
    for (const key of await this.deps.life.untold()) bySubject.set(key.subject, [...bySubject.get(key.subject) ?? [], key])
    for (const [subject, keys] of bySubject) {
      const answer = await this.decide(subject, {
        type: 'TellDestroyed', data: { subject: subjectOf(subject), keys: keys.map(({ keyId, context, order, at }) => ({ keyId, context, orderedBy: order, at })) },
        meta: { ...meta, commandId: derivedId('key-destroyed', ...keys.map(({ keyId }) => keyId)), causationId: keys[0]!.order },
      })
      if (isRefusal(answer)) throw new Error(`the end of a key could not be recorded: ${answer.text}`)
      // Where a backup was restored that is older than the order, nobody has hidden it yet.
      const refused = await this.restrict(await this.recordsOf(subject), { ground: 'DESTROYED', statute: 'RSMO_610_122' }, meta)
      if (refused) throw new Error(`what was destroyed could not be hidden: ${refused.text}`)
      await this.deps.life.told(keys.map(({ keyId }) => keyId))
    }
  }

  async tellAtStart(now: string): Promise<void> {
    const id = derivedId('keys-told-at-start', now)
    await this.tell({ commandId: id, correlationId: id, causationId: null, actor: { id: 'chorus:keys-at-start', role: 'system', agency: 'CITY' }, source: { agency: 'CITY', system: 'chorus' }, now })
  }

  /** Quarantined records that speak of one of these, wait for it, or became it: their bytes are its plaintext. */
  private async quarantined(subjects: readonly string[]): Promise<string[]> {
    const streams = new Set<string>()
    for await (const { stream, data } of this.deps.recorder.read({ filter: { types: ['RecordQuarantined', 'QuarantinedRecordRepaired', 'QuarantinedRecordReleased'] } })) {
      const { waitsFor, recordedIn, speaksOf = [], personRefs = [] } = data as Partial<RecordQuarantinedV2 & QuarantinedRecordReleasedV1>
      if ([waitsFor, recordedIn, ...speaksOf, ...personRefs].some((one) => one !== undefined && subjects.includes(one))) streams.add(stream)
    }
    return [...streams]
  }

  private async statesOf(subjects: readonly string[]): Promise<Map<string, SubjectKey>> {
    const streams = subjects.map(subject => streamOf(subjectKey, this.idOf(subject)))
    const histories: ReadonlyMap<string, readonly RecordedEvent[]> = await this.deps.recorder.loadMany(streams)
    return new Map(subjects.map((subject, at) => [subject, fold(subjectKey, histories.get(streams[at]!) ?? [], initial)]))
  }
}
