/**
 * A small world in which intake's commands are tried in any order: a few people, what happened between them, and the real
 * handlers on a log in memory. A step is data, so that a sequence can be printed, made smaller and kept.
 */
import type { Sql } from 'postgres'
import { CASE_REOPEN_REASONS, CHANGE_REASONS, CLOSE_CODES, CROSS_COMPLAINT_OUTCOMES, LEVELS, OVERRIDE_REASONS, REFERRAL_REOPEN_REASONS, type Actor, type CommandMeta, type DraftEvent, type RecordedEvent } from '@chorus/contracts'
import { derivedId, isRefusal, type Handled, type Refusal } from '@chorus/decider'
import type { EventStore, Recorder } from '@chorus/event-store'
import { MemoryVault } from '@chorus/privacy'
import type { Followers } from '@chorus/platform'
import { metaOf } from '../../../../libs/decider/src/testing/given'
import { MemoryLog, recorded } from '../../../../libs/decider/src/testing/memory-log'
import { ReviewCriminalHistoryCommand, ReviewCriminalHistoryHandler } from '../history-review/history-review.commands'
import { ConfirmRelationshipCommand, ConfirmRelationshipHandler, DetermineAggressorCommand, DetermineAggressorHandler } from '../incident/incident.commands'
import { CloseExcludedConsumer } from '../on-referral-excluded/close-excluded.consumer'
import { LinkedPersonsConsumer } from '../on-identities-linked/linked-persons.consumer'
import { LinkIncidentsConsumer } from '../on-referral-received/link-incidents.consumer'
import { RecordPairSidesConsumer } from '../on-referral-received/record-pair-sides.consumer'
import { ReviewCrossComplaintCommand, ReviewCrossComplaintHandler } from '../pair/pair.commands'
import { pairIdOf } from '../pair/pair-id'
import {
  ApproveLevelCommand, ApproveLevelHandler, AssignLevelCommand, AssignLevelHandler, ChangeLevelCommand, ChangeLevelHandler, CloseCaseCommand, CloseCaseHandler, DeclineLevelProposalCommand, DeclineLevelProposalHandler,
  DeferCaseCommand, DeferCaseHandler, OpenCaseCommand, OpenCaseHandler, ReopenCaseCommand, ReopenCaseHandler, ProposeLevelCommand, ProposeLevelHandler,
} from '../pch-case/pch-case.commands'
import { CaseLookUp } from '../pch-case/look-up'
import { IdentityLookUp } from '../person-identity/identity-look-up'
import { LinkPersonsCommand, LinkPersonsHandler, UnlinkPersonsCommand, UnlinkPersonsHandler } from '../person-identity/person-identity.commands'
import { activateShippedPolicies } from '../policy/policy-in-force'
import { DeferReferralCommand, DeferReferralHandler, ExcludeReferralCommand, ExcludeReferralHandler, ReceiveReferralCommand, ReceiveReferralHandler, ReopenReferralCommand, ReopenReferralHandler } from '../referral/referral.commands'
import type { Truth } from './case-invariants'
import { report, years } from './incident-report'

/** `n` chooses: what of, then how; each number counts round what there is to choose from, the newest first, the plain way first. */
export interface Step { readonly do: string; readonly n: readonly number[]; /** done by somebody else, between what this one looks up and what it records */ readonly meanwhile?: Step }

const NOW = '2026-07-20T15:00:00.000Z'
const token = (name: string): string => `per_${name.padEnd(22, '0')}`
/** Two records each of the first two; a minor by months; one who is of age on the day itself. */
const HUMANS = [
  { human: 'one', born: '1980-01-31', refs: [token('oneA'), token('oneB')] }, { human: 'two', born: '1990-12-01', refs: [token('twoA'), token('twoB')] },
  { human: 'minor', born: '2009-02-28', refs: [token('minor')] }, { human: 'young', born: '2008-07-02', refs: [token('young')] },
] as const
/** The agency's number for a person is one token in reports; the vault knows whose it is, by the first of his records. */
const NUMBERED = [1, 2]
/** Who harmed whom; two of them have one another's numbers, the last happened long before its report, of which the day alone is told. */
const HAPPENED = [[0, 1], [1, 0], [0, 1], [2, 0], [3, 1], [3, 0]].map(([offender, victim], at) => ({
  incidentId: `018f0000-0000-7000-8000-0000000001${at}0`, offender: HUMANS[offender!]!, victim: HUMANS[victim!]!, offenderToken: token(NUMBERED.includes(at) ? `number${HUMANS[offender!]!.human}` : `inc${at}O`), victimToken: token(NUMBERED.includes(at) ? `number${HUMANS[victim!]!.human}` : `inc${at}V`),
  reported: '2026-07-02', happened: at === 5 ? '2026-05-02' : '2026-07-02', dateOf: at === 5 ? 'report' as const : 'incident' as const,
}))
type Happened = (typeof HAPPENED)[number]
const REPORTERS: readonly Actor[] = [{ id: 'analyst', role: 'intakeAnalyst', agency: 'KCPD' }]
const PANEL: readonly Actor[] = [
  { id: 'detective', role: 'panelMember', agency: 'KCPD' }, { id: 'prosecutor', role: 'prosecutor', agency: 'JCPO' }, { id: 'second', role: 'panelMember', agency: 'KCPD' },
  { id: 'detective', role: 'panelMember', agency: 'JCPO' }, { id: 'outsider', role: 'panelMember', agency: 'MOSAMPLE0' },
]

/** The last is the prosecutor's account with the advocate's part. */
const REVIEWERS: readonly Actor[] = [PANEL[1]!, { id: 'advocate', role: 'systemAdvocate', agency: 'HEALTH' }, REPORTERS[0]!, { id: 'prosecutor', role: 'systemAdvocate', agency: 'JCPO' }]

/** A log in memory that lets somebody else write in between, and gives its events unsealed. */
class WorldLog extends MemoryLog {
  meanwhile: (() => Promise<void>) | undefined
  override async record(...item: Parameters<MemoryLog['record']>): ReturnType<MemoryLog['record']> {
    const other = this.meanwhile
    this.meanwhile = undefined
    await other?.()
    return super.record(...item)
  }
  unseal(events: readonly RecordedEvent[]): Promise<readonly RecordedEvent[]> { return Promise.resolve(events) }
  async *read({ after = 0, filter: { categories, types } }: { after?: number; filter: { categories: string[]; types: string[] } }): AsyncGenerator<RecordedEvent> {
    for (const event of this.events) if (event.ordinal > after && categories.includes(event.stream.split('-')[0]!) && types.includes(event.type)) yield event
  }
}

/** The events of a start: the shipped policies. */
let start: readonly RecordedEvent[] | undefined
const started = async (): Promise<readonly RecordedEvent[]> => {
  const log = new MemoryLog()
  await activateShippedPolicies(log, NOW)
  return log.events
}

export class World {
  readonly log = new WorldLog()
  /** rules and codes of what was refused */
  readonly refusals: string[] = []
  private readonly vault = new MemoryVault(new Uint8Array(32))
  private readonly seenBy = new Map<string, number>()
  private steps = 0
  /** how far the reaction to exclusions has come, and what it does */
  private reacted = 0
  private readonly excluded: CloseExcludedConsumer
  private readonly doers: Readonly<Record<string, (choose: Choose, meta: (actor?: Actor) => CommandMeta) => Promise<Handled | Refusal | void>>>

  constructor() {
    const log = this.log as unknown as Recorder
    const vault = this.vault
    const clock = { now: () => NOW }
    const cases = new CaseLookUp(log, vault)
    const identities = new IdentityLookUp(log, vault, cases)
    const [store, database, followers] = [null as unknown as EventStore, null as unknown as Sql, { add: () => undefined } as unknown as Followers]
    const linked = new LinkedPersonsConsumer(store, database, log, clock, cases, identities, followers)
    const referrals = new ReceiveReferralHandler(log, vault, new RecordPairSidesConsumer(store, database, log, vault, clock, followers), new LinkIncidentsConsumer(store, database, log, clock, cases, followers), linked)
    const excluded = this.excluded = new CloseExcludedConsumer(store, database, log, clock, cases, followers)
    const of = (type: string): readonly RecordedEvent[] => this.log.events.filter((event) => event.type === type).reverse()
    const aCase = (choose: Choose): string => (choose(of('CaseOpened'))?.data as { caseId: string } | undefined)?.caseId ?? derivedId('no case')
    const aReferral = (choose: Choose) => choose(of('ReferralReceived'))?.data as { referralId: string; subjectRef: string; incidentIds: string[] } | undefined
    const panelId = (choose: Choose): string => choose(['panel-1', 'panel-2'])!

    this.doers = {
      ReportIncident: (choose, meta) => this.report(choose(HAPPENED)!, choose, meta()),
      TakeBack: (choose, meta) => this.takeBack(choose(HAPPENED)!, choose, meta()),
      ReceiveReferral: (choose, meta) => {
        const { incidentId, offender, victim } = choose(HAPPENED)!
        const [subject, partner] = choose([[offender, victim], [victim, offender]] as const)!
        const told = (who: (typeof HUMANS)[number]) => ({ personRef: choose(who.refs), name: who.human, ...choose([{ birthDate: who.born }, {}]) })
        const incidentIds = choose([[incidentId], HAPPENED.filter((one) => [one.offender, one.victim].includes(offender) && [one.offender, one.victim].includes(victim)).map((one) => one.incidentId), []])!
        return referrals.execute(new ReceiveReferralCommand({ source: incidentIds.length === 0 ? 'SELF' : 'KCPD', incidentIds, subject: told(subject), victim: told(partner) }, meta()))
      },
      ExcludeReferral: (choose, meta) => new ExcludeReferralHandler(log, cases, excluded).execute(new ExcludeReferralCommand(aReferral(choose)?.referralId ?? derivedId('no referral'), { code: choose(['SELF_DEFENSE', 'AGGRESSOR_UNDETERMINED'] as const)!, reviewableUntil: '2026-12-31' }, meta(PANEL[1]))),
      DeferReferral: (choose, meta) => new DeferReferralHandler(log, cases).execute(new DeferReferralCommand(aReferral(choose)?.referralId ?? derivedId('no referral'), { code: 'IN_CUSTODY_LONG_TERM', until: '2026-12-31' }, meta())),
      ReopenReferral: (choose, meta) => new ReopenReferralHandler(log, cases).execute(new ReopenReferralCommand(aReferral(choose)?.referralId ?? derivedId('no referral'), { reasonCode: choose(REFERRAL_REOPEN_REASONS)! }, meta(PANEL[1]))),
      ConfirmRelationship: (choose, meta) => {
        const { incidentId, victimToken, offenderToken } = choose(HAPPENED)!
        const [one, other] = choose([[victimToken, offenderToken], [offenderToken, victimToken]] as const)!
        return new ConfirmRelationshipHandler(log, vault).execute(new ConfirmRelationshipCommand(incidentId, { victimToken: one, offenderToken: other, basis: choose(['DATING', 'EX_DATING'])!, method: 'INTERVIEW' }, meta()))
      },
      DetermineAggressor: (choose, meta) => {
        const { incidentId, offenderToken, victimToken } = choose(HAPPENED)!
        return new DetermineAggressorHandler(log).execute(new DetermineAggressorCommand(incidentId, { aggressorToken: choose([offenderToken, victimToken])!, dualArrest: false, basis: [choose(['INJURY', 'HISTORY'] as const)!] }, meta()))
      },
      ReviewCrossComplaint: (choose, meta) => {
        const { offender, victim } = choose(HAPPENED)!
        const [subject, partner] = choose([[offender, victim], [victim, offender]] as const)!
        const subjectRef = choose(subject.refs)!
        const by = choose(REVIEWERS)!
        return new ReviewCrossComplaintHandler(log).execute(new ReviewCrossComplaintCommand(pairIdOf(vault, subjectRef, choose(partner.refs)!), { subjectRef, outcome: choose([...CROSS_COMPLAINT_OUTCOMES].sort((one) => one === 'SUBJECT_MAY_BE_CONSIDERED' ? -1 : 1))! }, meta(by)))
      },
      OpenCase: (choose, meta) => {
        const referral = aReferral(choose)
        const indexIncidentId = choose([...referral?.incidentIds ?? [], ...HAPPENED.map((one) => one.incidentId)])!
        const subjectInIncident = choose([whoIn, orTheOther])!(indexIncidentId, referral?.subjectRef)
        return new OpenCaseHandler(log, cases).execute(new OpenCaseCommand({ referralId: referral?.referralId ?? derivedId('no referral'), indexIncidentId, subjectInIncident }, meta()))
      },
      ReviewCriminalHistory: (choose, meta) => new ReviewCriminalHistoryHandler(log).execute(new ReviewCriminalHistoryCommand({
        caseId: aCase(choose), counts: { ipvArrests: choose([0, 1, 2, 3])!, ipvCharges: 0, ipvConvictions: 0, oopViolations: 0, violentFelonies: 0 }, lookbackYears: choose([5, 3])!, sources: ['KCPD_RMS'], statesAsked: ['MO'], queriedAt: NOW,
      }, meta())),
      ProposeLevel: (choose, meta) => new ProposeLevelHandler(log, cases).execute(new ProposeLevelCommand(aCase(choose), {}, meta())),
      DeclineLevelProposal: (choose, meta) => new DeclineLevelProposalHandler(log).execute(new DeclineLevelProposalCommand(aCase(choose), { reasonCode: 'COUNTS_DISPUTED' }, meta())),
      ApproveLevel: (choose, meta) => { const caseId = aCase(choose); const by = choose(PANEL)!; return new ApproveLevelHandler(log).execute(new ApproveLevelCommand(caseId, { level: choose(WORST_FIRST)!, panelId: panelId(choose) }, meta(by))) },
      AssignLevel: (choose, meta) => new AssignLevelHandler(log, cases).execute(new AssignLevelCommand(aCase(choose), { level: choose(WORST_FIRST)!, ...choose([{ overrideReason: OVERRIDE_REASONS[0] }, {}]), ...choose([{ panelId: panelId(choose) }, {}]) }, meta(PANEL[1]))),
      ChangeLevel: (choose, meta) => {
        const caseId = aCase(choose)
        const triggerEventId = of('CriminalHistoryReviewed').find(({ stream }) => stream === `historyReview-${caseId}`)?.id ?? derivedId('no review')
        return new ChangeLevelHandler(log, cases).execute(new ChangeLevelCommand(caseId, { to: choose(WORST_FIRST)!, triggerEventId, evidenceRefs: [`historyReview-${caseId}`], reasonCode: choose(CHANGE_REASONS)!, ...choose([{ panelId: panelId(choose) }, {}]) }, meta(PANEL[1])))
      },
      CloseCase: (choose, meta) => new CloseCaseHandler(log, cases).execute(new CloseCaseCommand(aCase(choose), { code: choose(CLOSE_CODES)! }, meta())),
      DeferCase: (choose, meta) => new DeferCaseHandler(log, cases).execute(new DeferCaseCommand(aCase(choose), { code: 'SAFETY_HOLD', until: choose(['2026-12-31', '2027-01-31'])! }, meta())),
      ReopenCase: (choose, meta) => {
        const opened = choose(of('CaseOpened'))?.data as { caseId: string; subjectRef: string; indexIncidentId: string } | undefined
        return new ReopenCaseHandler(log, cases).execute(new ReopenCaseCommand(opened?.caseId ?? derivedId('no case'), { reasonCode: choose([...CASE_REOPEN_REASONS].reverse())!, ...(opened ? { subjectInIncident: whoIn(opened.indexIncidentId, opened.subjectRef) } : {}) }, meta(PANEL[1])))
      },
      LinkPersons: (choose, meta) => { const keepRef = choose(REFS)!; return new LinkPersonsHandler(identities, linked).execute(new LinkPersonsCommand({ keepRef, mergedRef: choose(REFS.filter((ref) => ref !== keepRef))!, basis: 'FINGERPRINTS' }, meta())) },
      UnlinkPersons: (choose, meta) => { const oneRef = choose(REFS)!; return new UnlinkPersonsHandler(identities, linked).execute(new UnlinkPersonsCommand({ oneRef, otherRef: choose(REFS.filter((ref) => ref !== oneRef))!, reason: 'DIFFERENT_PEOPLE' }, meta())) },
    }
  }

  get commands(): readonly string[] { return Object.keys(this.doers) }

  /** What a log cannot say of itself. */
  truth(): Truth {
    return {
      humanBehind: humanOf, seenBy: this.seenBy, numberOf: (ref) => HUMANS.find(({ human, refs: [first] }) => ref === first || ref === token(`number${human}`))?.human,
      bornOn: (human) => HUMANS.find((one) => one.human === human)?.born ?? '2026-01-01',
      happenedOn: (incidentId) => HAPPENED.find((one) => one.incidentId === incidentId)!.happened,
    }
  }

  static async run(steps: readonly Step[]): Promise<World> {
    start ??= await started()
    const world = new World()
    world.log.events.push(...start)
    for (const { human, refs: [ref] } of HUMANS) for (const [context, known] of [['incident', token(`number${human}`)], ['case', ref]] as const) await world.vault.personOf(context, [{ system: 'sample-rms', id: human }], known)
    for (const step of steps) await world.take(step)
    return world
  }

  private async take(step: Step): Promise<void> {
    const at = String(this.steps++)
    this.log.meanwhile = step.meanwhile && (async () => { await this.take(step.meanwhile!) })
    const numbers = [...step.n]
    const choose: Choose = (list) => list[(numbers.shift() ?? 0) % list.length]
    const meta = (actor: Actor = REPORTERS[0]!): CommandMeta => {
      const said = metaOf({ name: `${step.do} ${at}`, actor, now: NOW })
      this.seenBy.set(said.commandId, this.log.events.length)
      return said
    }
    const answer = await this.doers[step.do]!(choose, meta)
    this.log.meanwhile = undefined
    await this.follow()
    if (isRefusal(answer)) this.refusals.push(answer.refused, ...answer.rules ?? [])
  }

  /** The reaction comes to what is new: also to what was done in between, before what goes on after it. */
  private async follow(): Promise<void> {
    const news = this.log.events.slice(this.reacted)
    this.reacted = this.log.events.length
    await this.excluded.react(news)
  }

  /** As a feed does: the next version corrects the one before. */
  private async report({ incidentId, reported, dateOf, offender, offenderToken, victim, victimToken }: Happened, choose: Choose, meta: CommandMeta): Promise<void> {
    const stream = `incident-${incidentId}`
    const events = await this.log.load(stream)
    const last = events.findLast(({ type }) => type === 'IncidentReported')
    const named = choose([offenderToken, token('unnamed')])!
    const age = (born: string) => choose([years(ageThen(born, reported)), { text: 'unknown', precision: 'unknown' as const }, { text: '1530', precision: 'range' as const, from: 15, to: 30 }])!
    const draft = report({ offenderToken: named, victimToken, offenderAge: age(offender.born), victimAge: age(victim.born), version: events.length + 1, more: { time: reported, timePrecision: 'day', ...(last && { corrects: last.id }) } })
    await this.append(stream, { ...draft, data: { ...draft.data, incidentId, dateOf } }, meta)
  }

  private async takeBack({ incidentId }: Happened, choose: Choose, meta: CommandMeta): Promise<void> {
    const stream = `incident-${incidentId}`
    const wrong = choose((await this.log.load(stream)).filter(({ type }) => type !== 'EventRetracted').reverse())
    if (wrong) await this.append(stream, { type: 'EventRetracted', schemaVersion: 1, time: NOW, timePrecision: 'instant', timeZone: 'UTC', data: { retracts: wrong.id, reasonCode: 'RECORDED_IN_ERROR' } }, meta)
  }

  private async append(stream: string, draft: DraftEvent, meta: CommandMeta): Promise<void> {
    const events = await this.log.load(stream)
    this.log.events.push(recorded(draft, { stream, revision: events.length, ordinal: this.log.events.length + 1 }, meta))
  }
}

/** Whoever opens a case says truly who of the incident the referred person is. */
const whoIn = (incidentId: string, ref: string | undefined): string => {
  const { offender, offenderToken, victim, victimToken } = HAPPENED.find((one) => one.incidentId === incidentId)!
  const human = ref === undefined ? undefined : humanOf(ref)
  return offender.human === human ? offenderToken : victim.human === human ? victimToken : token('nobody')
}

/** Or takes the other one for him, where the numbers of both say that it is not he. */
const orTheOther = (incidentId: string, ref: string | undefined): string => {
  const { offenderToken, victimToken } = HAPPENED.find((one) => one.incidentId === incidentId)!
  const [truly, known] = [whoIn(incidentId, ref), HUMANS.some(({ refs: [first] }) => first === ref) && offenderToken.startsWith(token('number').replace(/0+$/u, ''))]
  return !known ? truly : truly === offenderToken ? victimToken : truly === victimToken ? offenderToken : truly
}

type Choose = <T>(list: readonly T[]) => T | undefined
const WORST_FIRST = [...LEVELS].reverse()
export const REFS = HUMANS.flatMap(({ refs }) => [...refs])
const ageThen = (born: string, day: string): number => Number(day.slice(0, 4)) - Number(born.slice(0, 4)) - (day.slice(5) < born.slice(5) ? 1 : 0)
const BEHIND = new Map<string, string>([...HUMANS.flatMap(({ human, refs }) => refs.map((ref) => [ref as string, human] as const)), ...HAPPENED.flatMap(({ offender, offenderToken, victim, victimToken }) => [[offenderToken, offender.human], [victimToken, victim.human]] as const)])
const humanOf = (of: string): string | undefined => BEHIND.get(of)
