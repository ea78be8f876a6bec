/** What the decisions about a case need of other streams, read at the edge and handed in as data, with how far was read. */
import { tokensOf, type Basis, type CaseOpenedV1, type PersonLink, type ChangeLevel, type Level, type NotificationDeliveredV1, type OpenCase, type RecordedEvent } from '@chorus/contracts'
import { KeptStream, dayOf, fold, streamOf } from '@chorus/decider'
import type { Recorder } from '@chorus/event-store'
import type { Reader } from '@chorus/record-access'
import type { Vault } from '@chorus/privacy'
import { circumstance } from '../circumstance/circumstance'
import { isQualifying } from '../circumstance/qualifying'
import { historyReview, initial as noReview } from '../history-review/history-review'
import { aggressorOf, incident, initial as noIncident } from '../incident/incident'
import { initial as noPair, pair } from '../pair/pair'
import { pairIdOf } from '../pair/pair-id'
import { REGISTER, personIdentity, type PersonIdentity, type PersonIdentityCommand } from '../person-identity/person-identity'
import { assess, metAt, yearsBefore, type LevelFacts as Recorded, type LevelPolicy } from '../policy/criteria'
import { policyInForce, timerPolicyInForce } from '../policy/policy-in-force'
import { mentionedSince, type Mentions } from '../records-by-mention/records-by-mention'
import { initial as noReferral, referral, type CaseFacts } from '../referral/referral'
import { adultAtIndex } from './adult'
import { firstInstant, offendedAfterNotice, type AfterNotice, type Notice, type Offense } from './after-notice'
import { birthDatesIn } from './birth-dates'
import { casesTogether, type CasesTogether } from './cases-together'
import { exitFrom } from './exit-from'
import { expungedOf } from './expunged'
import { atLeast, groundOf, isVictimMinor, mayBecome } from './ground'
import { arrestsByIncident, type ArrestsByIncident } from './his-records'
import { indexArrest } from './index-arrest'
import { offensesIn } from './look-up-offenses'
import { lookUpReferences } from './look-up-references'
import { ReportedPersons } from './look-up-reported'
import type { OneAtATime } from './one-at-a-time'
import { sidesIn } from './reported-sides'
import { toldInReport } from './look-up-told'
import { isToldAsAnother } from './told-of-the-two'
import { initial, pchCase, type AssignFacts, type ChangeFacts, type CloseFacts, type LevelFacts, type OpenFacts, type PchCase, type ProposeFacts, type ReopenFacts as CaseReopenFacts } from './pch-case'

const onePer = (basis: readonly Basis[]): Basis[] => [...new Map(basis.map((one) => [one.stream, one])).values()]
const basisOf = (stream: string, events: readonly RecordedEvent[]): Basis[] => events.length === 0 ? [] : [{ stream, revision: events.length - 1 }]

export class CaseLookUp {
  /** who is one person with whom: tokens and codes alone */
  readonly identities: KeptStream<PersonIdentity, PersonIdentityCommand>
  readonly reported: ReportedPersons
  /** `mentions`: which records name a person; read from the log where nobody keeps it. `alone`: from reading to appending, where what is read must still hold then. */
  constructor(private readonly log: Recorder, private readonly vault: Vault, mentions: Mentions = { streamsOf: (names) => mentionedSince(log, 0, names) }, readonly alone: OneAtATime = (work) => work()) {
    this.identities = new KeptStream(log, personIdentity, REGISTER)
    this.reported = new ReportedPersons(log, vault, mentions, async (ref) => ({ linked: (await this.identityOf(ref)).tokens, cases: (await this.casesOf(ref)).cases }), (refs) => this.casesTogether(refs))
  }

  async stateOf(caseId: string): Promise<PchCase> { return fold(pchCase, await this.log.load(streamOf(pchCase, caseId)), initial) }

  /** `commandId`: a case that this very command opened before is found again, also when it was closed since. */
  async forOpening(body: OpenCase, commandId: string): Promise<OpenFacts> {
    const referralStream = streamOf(referral, body.referralId)
    const incidentStream = streamOf(incident, body.indexIncidentId)
    const read = await this.log.loadMany([referralStream, incidentStream])
    const referralEvents = read.get(referralStream) ?? []
    const incidentEvents = read.get(incidentStream) ?? []
    const referred = fold(referral, referralEvents, noReferral)
    const reported = fold(incident, incidentEvents, noIncident)
    const facts = { incident: groundOf(reported) }
    if (referred.status === 'none') {
      return { ...facts, caseId: body.referralId, count: 1, referral: { status: 'none', subjectRef: '', incidentIds: [] }, adultAtIndex: { answer: 'unknown', from: 'BIRTH_DATE' }, victimMinor: false, mayBecomeSubject: false, isAnother: false, otherOpen: false, closedBefore: [], basis: [] }
    }
    const { subjectRef, incidentIds } = referred.received
    const next = await this.nextCase(subjectRef, commandId)
    const { mayBecomeSubject, isAnother, otherOpen, basis } = await this.onRecord(referralEvents, incidentEvents, body.subjectInIncident, next.caseId)
    const born = await birthDatesIn(this.log, referralEvents)
    return {
      ...facts, ...next, mayBecomeSubject, isAnother, otherOpen,
      referral: { status: referred.status, subjectRef, incidentIds },
      adultAtIndex: reported.status === 'known'
        ? adultAtIndex(born.subject, reported.report, reported.report.ages[body.subjectInIncident])
        : { answer: 'unknown', from: 'BIRTH_DATE' },
      victimMinor: isVictimMinor(born.victim, reported, body.subjectInIncident),
      basis: onePer([...basisOf(referralStream, referralEvents), ...basisOf(incidentStream, incidentEvents), ...basis]),
    }
  }

  /** What reports and pairs say of the two of a referral, under any of their tokens, and of the cases of its subject beside `caseId`. */
  private async onRecord(referralEvents: readonly RecordedEvent[], incidentEvents: readonly RecordedEvent[], subjectInIncident: string | undefined, caseId: string): Promise<Pick<OpenFacts, 'mayBecomeSubject' | 'isAnother' | 'otherOpen' | 'basis'>> {
    const [referred, reported] = [fold(referral, referralEvents, noReferral), fold(incident, incidentEvents, noIncident)]
    if (referred.status === 'none') return { mayBecomeSubject: false, isAnother: false, otherOpen: false, basis: [] }
    const { links, basis: linkBasis } = await this.identityOf(referred.received.subjectRef)
    const index = incidentEvents.length === 0 ? null : sidesIn(incidentEvents[0]!.stream, incidentEvents)
    const { subject, partner, isAnother, complaints } = await this.reported.ofReferral(referred.received, index, subjectInIncident, links)
    const pairs = [...subject.tokens].flatMap((one) => [...partner.tokens].map((other) => ({ subject: one, stream: streamOf(pair, pairIdOf(this.vault, one, other)) })))
    const events = await this.log.loadMany(pairs.map(({ stream }) => stream))
    const told = reported.status === 'known' && subjectInIncident !== undefined ? await toldInReport(this.log, referralEvents, incidentEvents) : null
    return {
      mayBecomeSubject: mayBecome(pairs.map(({ subject: one, stream }) => ({ subject: one, pair: fold(pair, events.get(stream) ?? [], noPair) })), reported, subjectInIncident, complaints.map(({ at }) => at)),
      isAnother: isAnother || (told !== null && isToldAsAnother(told.subject, told.partner, told.persons, subjectInIncident!, told.index)),
      otherOpen: subject.cases.some((one) => one.open && one.caseId !== caseId),
      basis: [...pairs.flatMap(({ stream }) => basisOf(stream, events.get(stream) ?? [])).slice(0, 10), ...linkBasis, ...complaints.slice(0, 5).map(({ stream, revision }) => ({ stream, revision }))],
    }
  }

  /** What the record says about the end of a case. */
  async forClosing(caseId: string, now: string): Promise<CloseFacts> {
    const state = await this.stateOf(caseId)
    if (state.status === 'none') return { referralExcluded: false, otherStays: false, basisExpunged: false, exitFrom: null, offenseToldAt: null, basis: [] }
    const { referralId, subjectRef } = state.opened
    const referralEvents = await this.log.load(streamOf(referral, referralId))
    const [caseStream, circumstances] = [streamOf(pchCase, caseId), streamOf(circumstance, caseId)]
    const read = await this.log.loadMany([caseStream, circumstances])
    const around = read.get(circumstances) ?? []
    const { policy: { timers, holidays }, basis: policyBasis } = await timerPolicyInForce(this.log, now)
    const stays = (await this.casesOf(subjectRef)).cases.find(({ open }) => open)
    return {
      referralExcluded: fold(referral, referralEvents, noReferral).status === 'excluded', otherStays: stays !== undefined && stays.caseId !== caseId, basisExpunged: await this.isBasisExpunged(state.opened),
      ...exitFrom(read.get(caseStream) ?? [], around, await offensesIn(this.log, around, (await this.identityOf(subjectRef)).tokens), timers['T-VAL'], holidays),
      basis: [...basisOf(streamOf(referral, referralId), referralEvents), ...basisOf(circumstances, around), policyBasis],
    }
  }

  async forReopeningCase(caseId: string, subjectInIncident: string | undefined): Promise<CaseReopenFacts> {
    const state = await this.stateOf(caseId)
    if (state.status === 'none') return { otherOpen: false, referralExcluded: false, incident: groundOf(noIncident), basisExpunged: false, victimMinor: false, mayBecomeSubject: false, isAnother: false, closedBefore: [], basis: [] }
    const { referralId, subjectRef, indexIncidentId } = state.opened
    const [referralStream, incidentStream] = [streamOf(referral, referralId), streamOf(incident, indexIncidentId)]
    const read = await this.log.loadMany([referralStream, incidentStream])
    const referred = fold(referral, read.get(referralStream) ?? [], noReferral)
    const reported = fold(incident, read.get(incidentStream) ?? [], noIncident)
    const { cases } = await this.casesOf(subjectRef)
    const { mayBecomeSubject, isAnother, otherOpen, basis } = await this.onRecord(read.get(referralStream) ?? [], read.get(incidentStream) ?? [], subjectInIncident, caseId)
    return {
      otherOpen: otherOpen || cases.some((one) => one.open && one.caseId !== caseId), isAnother, mayBecomeSubject, referralExcluded: referred.status !== 'received', incident: groundOf(reported),
      basisExpunged: await this.isBasisExpunged(state.opened), victimMinor: isVictimMinor((await birthDatesIn(this.log, read.get(referralStream) ?? [])).victim, reported, subjectInIncident),
      closedBefore: cases.filter((one) => one.mayReopen && one.caseId !== caseId).map((one) => one.caseId),
      basis: onePer([...[referralStream, incidentStream].flatMap((stream) => basisOf(stream, read.get(stream) ?? [])), ...basis]),
    }
  }

  /** Whether a case stands open on this referral. */
  async forReferral(referralId: string): Promise<CaseFacts> { const open = await this.openCaseOn(referralId); return { caseOpen: open !== null, basis: open?.basis ?? [] } }

  /** The open case that was opened on this very referral, or null; `deferredUntil`: the referral is put off. */
  async openCaseOn(referralId: string): Promise<{ readonly caseId: string; readonly deferredUntil: string | null; readonly basis: readonly Basis[] } | null> {
    const referred = fold(referral, await this.log.load(streamOf(referral, referralId)), noReferral)
    if (referred.status === 'none') return null
    const found = (await this.casesOf(referred.received.subjectRef)).cases.find(({ open, opened }) => open && opened.referralId === referralId)
    return found ? { caseId: found.caseId, deferredUntil: referred.status === 'deferred' ? referred.until : null, basis: basisOf(streamOf(pchCase, found.caseId), await this.log.load(streamOf(pchCase, found.caseId))) } : null
  }

  async forProposal(state: PchCase, now: string): Promise<ProposeFacts> {
    const policy = await policyInForce(this.log, now)
    const facts = { policy: { policyVersion: policy.policyVersion, hash: policy.hash, lookbackYears: policy.policy.lookbackYears } }
    if (state.status === 'none') return { ...facts, reviewedYears: null, incidentCurrent: false, assessment: { level: null, matched: [], unknown: [] }, afterNotice: false, evidenceRefs: [], basis: [] }
    const { levelFacts, basis, ...recorded } = await this.recordedOf(state, policy.policy, now)
    return { ...facts, ...recorded, assessment: assess(policy.policy, levelFacts), basis: [...basis, policy.basis] }
  }

  /** What is recorded of a case and a level may rest on; the policy says what counts as an offence after a notice. `fed`: where many cases are asked for, what was told of arrests is read once. */
  async recordedOf({ opened }: Exclude<PchCase, { status: 'none' }>, { prohibitedBehaviors, lookbackYears }: Pick<LevelPolicy, 'prohibitedBehaviors' | 'lookbackYears'>, now: string, fed?: ArrestsByIncident): Promise<Pick<ProposeFacts, 'reviewedYears' | 'incidentCurrent' | 'basisExpunged' | 'afterNotice' | 'evidenceRefs' | 'basis'> & { readonly levelFacts: Recorded }> {
    const { caseId, indexIncidentId, subjectRef } = opened
    const reviewStream = streamOf(historyReview, caseId)
    const incidentStream = streamOf(incident, indexIncidentId)
    const others = (await this.casesOf(subjectRef)).cases.filter((one) => one.opened.subjectRef !== subjectRef).map((one) => streamOf(historyReview, one.caseId))
    const read = await this.log.loadMany([reviewStream, incidentStream, ...others])
    const { latest } = fold(historyReview, read.get(reviewStream) ?? [], noReview)
    const alsoReviewed = others.flatMap((stream) => {
      const review = fold(historyReview, read.get(stream) ?? [], noReview).latest
      return review && review.lookbackYears === latest?.lookbackYears ? [{ stream, counts: review.counts }] : []
    })
    const reported = fold(incident, read.get(incidentStream) ?? [], noIncident)
    const report = reported.status === 'known' ? reported.report : null
    const arrested = await indexArrest(this.log, this, opened, read.get(incidentStream) ?? [], fed ?? await arrestsByIncident(this.log))
    const offended = await this.offendedAfterNotice(opened, prohibitedBehaviors, yearsBefore(dayOf(now), lookbackYears))
    return {
      reviewedYears: latest?.lookbackYears ?? null, incidentCurrent: report !== null, basisExpunged: await this.isBasisExpunged(opened),
      levelFacts: {
        history: latest ? alsoReviewed.reduce((counts, { counts: more }) => atLeast(counts, more), latest.counts) : null,
        incident: {
          ...arrested.facts, primaryAggressorIdentified: aggressorOf(reported) !== null,
          weaponCodes: report && report.weaponCodes.length > 0 ? report.weaponCodes : null, strangulation: report?.strangulation ?? null,
        },
        offendedAfterNoticeAt: offended.levels, day: dayOf(now),
      },
      afterNotice: offended.levels.length > 0,
      evidenceRefs: [reviewStream, incidentStream, ...alsoReviewed.map(({ stream }) => stream), ...arrested.streams, ...offended.streams].slice(0, 40),
      basis: [...offended.basis, ...[reviewStream, ...alsoReviewed.map(({ stream }) => stream)].flatMap((stream) => basisOf(stream, read.get(stream) ?? [])), ...basisOf(incidentStream, read.get(incidentStream) ?? []), ...arrested.streams.flatMap((stream) => basisOf(stream, arrested.read.get(stream) ?? [])).slice(0, 10)],
    }
  }

  /** When and at which levels the person of a case was told. Deliveries are few, and what one is called is deterrence's alone: they are looked for by their case. */
  async noticesIn(caseId: string): Promise<readonly Notice[]> {
    const notices: Notice[] = []
    for await (const { data, time } of this.log.read({ filter: { categories: ['notification'], types: ['NotificationDelivered'] } })) {
      const { caseId: of, level, recipientVerified } = data as NotificationDeliveredV1
      if (of === caseId && recipientVerified) notices.push({ level, at: time })
    }
    return notices
  }

  /** What of the prohibited happened in this case after its person was told, and since a day; not what turned out to be no offence of his. */
  private async offendedAfterNotice({ caseId, subjectRef }: CaseOpenedV1, prohibited: readonly string[], since: string): Promise<AfterNotice & { readonly basis: readonly Basis[] }> {
    const stream = streamOf(circumstance, caseId)
    const events = (await this.log.load(stream)).filter(isQualifying)
    if (events.length === 0) return { levels: [], streams: [], basis: [] }
    const notices = await this.noticesIn(caseId)
    const linked = [...await offensesIn(this.log, events, (await this.identityOf(subjectRef)).tokens)].flatMap(([incidentId, happened]) => happened === null ? [] : [streamOf(incident, incidentId)])
    const read = await this.log.loadMany(linked)
    const arrests = linked.flatMap((of): Offense[] => {
      const known = fold(incident, read.get(of) ?? [], noIncident)
      const report = known.status === 'known' && known.report.arrestMade ? (read.get(of) ?? []).find(({ id }) => id === known.report.id) : undefined
      return report ? [{ behavior: 'NEW_IPV_OFFENSE_PC', from: firstInstant(report.time, report.timeZone), stream: of }] : []
    })
    const violated = events.filter(({ type }) => type === 'ProtectionOrderStatusChanged').map(({ time, timeZone }): Offense => ({ behavior: 'OOP_VIOLATION', from: firstInstant(time, timeZone), stream }))
    return { ...offendedAfterNotice(notices, [...arrests, ...violated].filter(({ from }) => dayOf(from) >= since), prohibited), basis: [...basisOf(stream, await this.log.load(stream)), ...linked.flatMap((of) => basisOf(of, read.get(of) ?? [])).slice(0, 10)] }
  }

  /** Closed or destroyed by order of a court: no ground for a level any more. */
  private async isExpunged(...records: readonly string[]): Promise<boolean> { return (await expungedOf(this.log, records)).size > 0 }
  /** What a level of a case rests on: an order that names the person closes the case and the referral, and leaves the incident to the others who stand in it. */
  private isBasisExpunged({ caseId, referralId, indexIncidentId }: CaseOpenedV1): Promise<boolean> { return this.isExpunged(streamOf(incident, indexIncidentId), streamOf(referral, referralId), streamOf(pchCase, caseId)) }

  async forLevel(level: Level, now: string): Promise<LevelFacts> {
    const policy = await policyInForce(this.log, now)
    return { policy, panelAgencies: policy.policy.levels[level].requires?.panelApproval.minAgencies ?? 0, basis: [policy.basis] }
  }

  async forAssignment(caseId: string, level: Level, now: string): Promise<AssignFacts> {
    const inForce = await this.forLevel(level, now)
    const { incidentCurrent, assessment, basisExpunged = false, basis } = await this.forProposal(await this.stateOf(caseId), now)
    return { ...inForce, incidentCurrent, assessment, basisExpunged, basis: onePer([...inForce.basis, ...basis]) }
  }

  /** With the criteria of the wished level that the record meets; of counts of other years none says anything. */
  async forChange(caseId: string, { to, ...named }: Pick<ChangeLevel, 'to' | 'triggerEventId' | 'evidenceRefs'>, now: string, reader: Reader): Promise<ChangeFacts> {
    const { policy } = await policyInForce(this.log, now)
    const [inForce, state] = [await this.forLevel(to, now), await this.stateOf(caseId)]
    if (state.status === 'none') return { ...inForce, matched: [], unknown: [], expunged: [], basisExpunged: false, trigger: null }
    const { basis: found, ...references } = await lookUpReferences(this.log, this, state.opened, named, reader)
    const { levelFacts, reviewedYears, basis, incidentCurrent, basisExpunged = false } = await this.recordedOf(state, policy, now)
    const facts = { ...inForce, ...references, basisExpunged, basis: [...inForce.basis, ...found] }
    // What a report said that was taken back, or is closed, is not said anew.
    if (!incidentCurrent || basisExpunged) return { ...facts, matched: [] }
    return { ...facts, matched: metAt(policy, to, { ...levelFacts, history: reviewedYears === policy.lookbackYears ? levelFacts.history : null }), basis: onePer([...facts.basis, ...basis]) }
  }

  /** The tokens that are this person's, the one first under which cases are counted; `ever`: with those to which links once led. */
  async identityOf(ref: string): Promise<{ readonly tokens: readonly string[]; readonly ever: readonly string[]; readonly links: readonly PersonLink[]; readonly basis: readonly Basis[] }> {
    const { state: { links, everLinked }, revision } = await this.identities.now()
    return { tokens: tokensOf(links, ref), ever: tokensOf(everLinked, ref), links, basis: revision < 0 ? [] : [{ stream: this.identities.stream, revision }] }
  }

  /** Whatever leads to the person of a case, in referrals and in reports: by numbers, by links, and by whom cases were opened on. */
  async tokensOf(caseId: string): Promise<ReadonlySet<string>> {
    const state = await this.stateOf(caseId)
    return state.status === 'none' ? new Set() : (await this.reported.personOf([state.opened.subjectRef], (await this.identityOf(state.opened.subjectRef)).links)).tokens
  }

  /** All cases of the person, whatever the token under which they were opened, and the place of the next one. */
  async casesOf(ref: string): Promise<{ readonly cases: readonly { readonly caseId: string; readonly count: number; readonly opened: CaseOpenedV1; readonly open: boolean; /** closed, and no other case followed */ readonly mayReopen: boolean; readonly commands: readonly (string | null)[] }[]; readonly next: { readonly caseId: string; readonly count: number } }> {
    const { tokens, ever } = await this.identityOf(ref)
    const cases = []
    let next = { caseId: '', count: 0 }
    for (const token of new Set([...tokens, ...ever])) {
      for (let count = 1; ; count++) {
        const caseId = this.vault.uuid('stream-id', 'case', token, String(count))
        const events = await this.log.load(streamOf(pchCase, caseId))
        const state = fold(pchCase, events, initial)
        if (state.status === 'none') { if (token === tokens[0]) next = { caseId, count }; break }
        // Opened while two were linked who are not any more: the other one's.
        if (tokens.includes(state.opened.subjectRef)) cases.push({ caseId, count, opened: state.opened, open: state.status !== 'closed', mayReopen: state.status === 'closed' && state.succeededBy === null, commands: events.map(({ commandId }) => commandId) })
      }
    }
    return { cases, next }
  }

  /** The stream of the person's next case is fixed by person and count: two at once meet in the same stream (I2). */
  private async nextCase(subjectRef: string, commandId: string): Promise<{ caseId: string; count: number; closedBefore: readonly string[] }> {
    const { cases, next } = await this.casesOf(subjectRef)
    const there = cases.find(({ commands }) => commands.includes(commandId)) ?? cases.find(({ open }) => open)
    return there ? { caseId: there.caseId, count: there.count, closedBefore: [] } : { ...next, closedBefore: cases.filter(({ mayReopen }) => mayReopen).map(({ caseId }) => caseId) }
  }

  /** Open cases that were opened under these very tokens, by token: looked for together. */
  async ownOpenCasesOf(refs: readonly string[]): Promise<Readonly<Record<string, string>>> {
    const together = await this.casesTogether(refs)
    return Object.fromEntries(refs.flatMap((ref): [string, string][] => {
      const open = together.get(ref)!.find(({ state }) => state.status !== 'closed' && state.opened.subjectRef === ref)
      return open ? [[ref, open.caseId]] : []
    }))
  }
  private async casesTogether(refs: readonly string[]): Promise<CasesTogether> { return casesTogether(this.log, this.vault, (await this.identities.now()).state, refs) }

  /** The person's open case, if there is one: what it rests on, and since when (ordinal) it is open. */
  async openCaseOf(subjectRef: string): Promise<{ readonly caseId: string; readonly openedAt: number; readonly incidentIds: readonly string[]; readonly basis: readonly Basis[] } | null> {
    const { caseId } = await this.nextCase(subjectRef, '')
    const events = await this.log.load(streamOf(pchCase, caseId))
    const state = fold(pchCase, events, initial)
    if (state.status !== 'open') return null
    const { referralId, indexIncidentId } = state.opened
    const referred = fold(referral, await this.log.load(streamOf(referral, referralId)), noReferral)
    return { caseId, openedAt: events[0]!.ordinal, incidentIds: [indexIncidentId, ...(referred.status === 'none' ? [] : referred.received.incidentIds)], basis: basisOf(streamOf(pchCase, caseId), events) }
  }
}
