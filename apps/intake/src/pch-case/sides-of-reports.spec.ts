/** I7, I2 and who the subject is, by what reports say: persons of a report and of a referral are compared, whatever their tokens. */
import type { Sql } from 'postgres'
import type { DraftEvent, IncidentReportedV1, PersonInReferral, RecordedEvent } from '@chorus/contracts'
import { isRefusal, type Handled, type Refusal } from '@chorus/decider'
import type { EventStore, Recorder } from '@chorus/event-store'
import type { Followers } from '@chorus/platform'
import { MemoryVault } from '@chorus/privacy'
import { metaOf, NOW } from '../../../../libs/decider/src/testing/given'
import { MemoryLog, recorded } from '../../../../libs/decider/src/testing/memory-log'
import { ConfirmRelationshipCommand, ConfirmRelationshipHandler, DetermineAggressorCommand, DetermineAggressorHandler } from '../incident/incident.commands'
import { LinkedPersonsConsumer } from '../on-identities-linked/linked-persons.consumer'
import { LinkIncidentsConsumer } from '../on-referral-received/link-incidents.consumer'
import { RecordPairSidesConsumer } from '../on-referral-received/record-pair-sides.consumer'
import { ReviewCrossComplaintCommand, ReviewCrossComplaintHandler } from '../pair/pair.commands'
import { pairIdOf } from '../pair/pair-id'
import { IdentityLookUp } from '../person-identity/identity-look-up'
import { LinkPersonsCommand, LinkPersonsHandler } from '../person-identity/person-identity.commands'
import { ReceiveReferralCommand, ReceiveReferralHandler } from '../referral/referral.commands'
import { report, years } from '../testing/incident-report'
import { CaseLookUp } from './look-up'
import { OpenCaseCommand, OpenCaseHandler } from './pch-case.commands'

class Log extends MemoryLog {
  unseal(events: readonly RecordedEvent[]): Promise<readonly RecordedEvent[]> { return Promise.resolve(events) }
  async *read({ after = 0, filter: { categories, types } }: { after?: number; filter: { categories: string[]; types: string[] } }): AsyncGenerator<RecordedEvent> {
    for (const event of this.events) if (event.ordinal > after && categories.includes(event.stream.split('-')[0]!) && types.includes(event.type)) yield event
  }
}
const RMS = 'sample-rms'
const token = (name: string): string => `per_${name.padEnd(22, '0')}`

class Desk {
  private readonly memory = new Log()
  private readonly log = this.memory as unknown as Recorder
  private readonly vault = new MemoryVault(new Uint8Array(32))
  private readonly cases = new CaseLookUp(this.log, this.vault)
  private readonly identities = new IdentityLookUp(this.log, this.vault, this.cases)
  private readonly reactsTo = [null as unknown as EventStore, null as unknown as Sql, { add: () => undefined } as unknown as Followers] as const
  private count = 0
  private readonly meta = (role = 'intakeAnalyst', id = 'one') => metaOf({ name: `${this.count++}`, actor: { id, role, agency: 'KCPD' } as never })
  private readonly linked = new LinkedPersonsConsumer(this.reactsTo[0], this.reactsTo[1], this.log, { now: () => NOW }, this.cases, this.identities, this.reactsTo[2])

  /** The token that a person's number has in reports; without one, a new one each time. */
  async inReports(id: string): Promise<string> { return await this.vault.tokenFor('incident', RMS, id) as string }

  async report(n: number, victim: string, offender: string, change: (data: IncidentReportedV1) => Partial<IncidentReportedV1> = () => ({}), names: object | null = null): Promise<{ incidentId: string; victim: string; offender: string }> {
    const incidentId = `018f0000-0000-7000-8000-00000000010${n}`
    const draft = report({ victimToken: victim, offenderToken: offender, victimAge: years(31), offenderAge: years(34) })
    const stream = `incident-${incidentId}`
    const add = (one: DraftEvent, revision: number): void => { this.memory.events.push(recorded(one, { stream, revision, ordinal: this.memory.events.length + 1 }, this.meta())) }
    add({ ...draft, data: { ...draft.data, incidentId, ...change(draft.data) } }, 0)
    if (names) add({ ...draft, type: 'ReportedPersonsNamed', data: { incidentId, ...names } }, 1)
    return { incidentId, victim, offender }
  }
  async correct(n: number, victim: string, offender: string): Promise<void> {
    const stream = `incident-018f0000-0000-7000-8000-00000000010${n}`
    const before = this.memory.events.findLast((event) => event.stream === stream && event.type === 'IncidentReported')!
    const draft = report({ victimToken: victim, offenderToken: offender, victimAge: years(31), offenderAge: years(34) })
    this.memory.events.push(recorded({ ...draft, data: { ...draft.data, incidentId: stream.slice(9) }, corrects: before.id }, { stream, revision: before.revision + 1, ordinal: this.memory.events.length + 1 }, this.meta()))
  }
  async confirmed(n: number, victim: string, offender: string, ...more: [((data: IncidentReportedV1) => Partial<IncidentReportedV1>)?, (object | null)?]): Promise<{ incidentId: string; victim: string; offender: string }> {
    const made = await this.report(n, victim, offender, ...more)
    await this.confirm(made)
    return made
  }
  async confirm({ incidentId, victim, offender }: { incidentId: string; victim: string; offender: string }): Promise<void> {
    await new ConfirmRelationshipHandler(this.log, this.vault).execute(new ConfirmRelationshipCommand(incidentId, { victimToken: victim, offenderToken: offender, basis: 'DATING', method: 'INTERVIEW' }, this.meta()))
    await new DetermineAggressorHandler(this.log).execute(new DetermineAggressorCommand(incidentId, { aggressorToken: offender, dualArrest: false, basis: ['INJURY'] }, this.meta()))
  }
  async refer(incidentIds: string[], subject: Partial<PersonInReferral>, victim: Partial<PersonInReferral>): Promise<{ referralId: string; subjectRef: string; victimRef: string }> {
    const handler = new ReceiveReferralHandler(this.log, this.vault, new RecordPairSidesConsumer(this.reactsTo[0], this.reactsTo[1], this.log, this.vault, { now: () => NOW }, this.reactsTo[2]), new LinkIncidentsConsumer(this.reactsTo[0], this.reactsTo[1], this.log, { now: () => NOW }, this.cases, this.reactsTo[2]), this.linked)
    const answer = await handler.execute(new ReceiveReferralCommand({ source: 'KCPD', incidentIds, subject: { name: 'Subject', birthDate: '1980-01-31', ...subject }, victim: { name: 'Victim', ...victim } } as never, this.meta()))
    if (isRefusal(answer)) throw new Error(answer.refused)
    return this.memory.events.findLast(({ type }) => type === 'ReferralReceived')!.data as { referralId: string; subjectRef: string; victimRef: string }
  }
  async open({ referralId }: { referralId: string }, indexIncidentId: string, subjectInIncident: string): Promise<string> { return said(await new OpenCaseHandler(this.log, this.cases).execute(new OpenCaseCommand({ referralId, indexIncidentId, subjectInIncident }, this.meta()))) }
  async review({ subjectRef, victimRef }: { subjectRef: string; victimRef: string }, by: readonly string[] = ['prosecutor', 'systemAdvocate']): Promise<void> {
    for (const role of by) await new ReviewCrossComplaintHandler(this.log).execute(new ReviewCrossComplaintCommand(pairIdOf(this.vault, subjectRef, victimRef), { subjectRef, outcome: 'SUBJECT_MAY_BE_CONSIDERED' }, this.meta(role, role)))
  }
  async link(keepRef: string, mergedRef: string): Promise<string> { return said(await new LinkPersonsHandler(this.identities, this.linked).execute(new LinkPersonsCommand({ keepRef, mergedRef, basis: 'REVIEW_OF_RECORDS' }, this.meta()))) }
}
const said = (answer: Handled | Refusal): string => isRefusal(answer) ? answer.refused : 'done'
const numbered = (id: string): Partial<PersonInReferral> => ({ identifiers: [{ system: RMS, id }] })

let desk: Desk
beforeEach(() => { desk = new Desk() })

describe('the subject of a referral is held against the person of the report that is named', () => {
  it('by their numbers: exchanged sides open no case on the victim', async () => {
    const made = await desk.confirmed(1, await desk.inReports('V'), await desk.inReports('O'))
    expect(await desk.open(await desk.refer([made.incidentId], numbered('V'), numbered('O')), made.incidentId, made.offender)).toBe('subject_is_another')
    expect(await desk.open(await desk.refer([made.incidentId], numbered('V'), {}), made.incidentId, made.offender)).toBe('subject_is_another')
    expect(await desk.open(await desk.refer([made.incidentId], {}, numbered('O')), made.incidentId, made.offender)).toBe('subject_is_another')
  })
  it('and as they were, they open one', async () => {
    const made = await desk.confirmed(1, await desk.inReports('V'), await desk.inReports('O'))
    expect(await desk.open(await desk.refer([made.incidentId], numbered('O'), numbered('V')), made.incidentId, made.offender)).toBe('done')
  })
  it('by what is told of them, where no number leads to both', async () => {
    const names = { victims: [{ token: token('v'), name: 'Fictional, Beta', birthDate: '1995-03-04' }], offenders: [{ token: token('o'), name: 'Fictional, Alpha' }] }
    const made = await desk.confirmed(1, token('v'), token('o'), () => ({}), names)
    const beta = { name: 'Beta Fictional', birthDate: '1995-03-04' }
    expect(await desk.open(await desk.refer([made.incidentId], beta, { name: 'Alpha Fictional' }), made.incidentId, made.offender)).toBe('subject_is_another')
    expect(await desk.open(await desk.refer([made.incidentId], { name: 'Alpha Fictional' }, beta), made.incidentId, made.offender)).toBe('done')
  })
  it('by the birth date, where the report tells ages alone', async () => {
    const made = await desk.confirmed(1, token('v'), token('o'), (data) => ({ victims: data.victims.map((one) => ({ ...one, age: years(25) })) }))
    expect(await desk.open(await desk.refer([made.incidentId], { birthDate: '2001-03-04' }, {}), made.incidentId, made.offender)).toBe('subject_is_another')
    expect(await desk.open(await desk.refer([made.incidentId], { birthDate: '1994-03-04' }, {}), made.incidentId, made.offender)).toBe('done')
  })
})

describe('I7: whom a report has as the victim of a partner', () => {
  const both = async (): Promise<readonly { incidentId: string; victim: string; offender: string }[]> => [await desk.confirmed(1, await desk.inReports('V'), await desk.inReports('O')), await desk.confirmed(2, await desk.inReports('O'), await desk.inReports('V'))]
  it('becomes no subject unreviewed, though nothing was referred on that report', async () => {
    const [, hers] = await both()
    const referral = await desk.refer([hers!.incidentId], numbered('V'), numbered('O'))
    expect(await desk.open(referral, hers!.incidentId, hers!.offender)).toBe('victim_of_record')
    await desk.review(referral)
    expect(await desk.open(referral, hers!.incidentId, hers!.offender)).toBe('done')
  })
  it('nor where both were referred without any number, nor in one referral of both incidents', async () => {
    const [his, hers] = await both()
    expect(await desk.open(await desk.refer([his!.incidentId], {}, {}), his!.incidentId, his!.offender)).toBe('victim_of_record')
    expect(await desk.open(await desk.refer([hers!.incidentId], {}, {}), hers!.incidentId, hers!.offender)).toBe('victim_of_record')
    expect(await desk.open(await desk.refer([his!.incidentId, hers!.incidentId], {}, {}), hers!.incidentId, hers!.offender)).toBe('victim_of_record')
  })
  it('and a report that comes after the review, or between the two who decide, asks for another', async () => {
    const hers = await desk.confirmed(2, await desk.inReports('O'), await desk.inReports('V'))
    const referral = await desk.refer([hers.incidentId], numbered('V'), numbered('O'))
    await desk.review(referral, ['prosecutor'])
    await desk.report(1, await desk.inReports('V'), await desk.inReports('O'))
    await desk.review(referral, ['systemAdvocate'])
    expect(await desk.open(referral, hers.incidentId, hers.offender)).toBe('victim_of_record')
    // the same two, again
    await desk.review(referral)
    expect(await desk.open(referral, hers.incidentId, hers.offender)).toBe('done')
  })
  it.each([['has her on the other side now', 'O', 'V', {}], ['says now that it was a partner', 'V', 'O', { pairs: [] }]] as const)('and so does a report that is corrected after it and %s', async (_, victim, offender, change) => {
    await desk.report(1, await desk.inReports(victim), await desk.inReports(offender), (data) => ({ ...'pairs' in change && { pairs: [], victims: data.victims.map((one) => ({ ...one, relationships: [{ offenderSequence: 1, code: 'ST' }] })) } }))
    const hers = await desk.confirmed(2, await desk.inReports('O'), await desk.inReports('V'))
    const referral = await desk.refer([hers.incidentId], numbered('V'), numbered('O'))
    await desk.review(referral)
    await desk.correct(1, await desk.inReports('V'), await desk.inReports('O'))
    expect(await desk.open(referral, hers.incidentId, hers.offender)).toBe('victim_of_record')
    await desk.review(referral)
    expect(await desk.open(referral, hers.incidentId, hers.offender)).toBe('done')
  })
  it('not one who was the victim of a stranger', async () => {
    await desk.report(1, await desk.inReports('V'), token('stranger'), (data) => ({ pairs: [], victims: data.victims.map((one) => ({ ...one, relationships: [{ offenderSequence: 1, code: 'ST' }] })) }))
    const hers = await desk.confirmed(2, token('x'), await desk.inReports('V'))
    expect(await desk.open(await desk.refer([hers.incidentId], numbered('V'), {}), hers.incidentId, hers.offender)).toBe('done')
  })
  it.each(['VO', 'BG'])('where the report says by %s that two harmed each other, a review is asked for, under whatever tokens', async (code) => {
    const mutual = (data: IncidentReportedV1): Partial<IncidentReportedV1> => ({
      victims: [{ ...data.victims[0]!, relationships: [{ offenderSequence: 1, code }] }, { ...data.victims[0]!, token: token('v2'), sequence: 2, relationships: [{ offenderSequence: 2, code }] }],
      offenders: [data.offenders[0]!, { ...data.offenders[0]!, token: token('o2'), sequence: 2 }],
      pairs: code === 'VO' ? [] : [1, 2].map((n) => ({ ...data.pairs[0]!, victimSequence: n, offenderSequence: n })),
    })
    const made = await desk.confirmed(1, token('v1'), token('o1'), mutual)
    const referral = await desk.refer([made.incidentId], {}, {})
    expect(await desk.open(referral, made.incidentId, made.offender)).toBe('victim_of_record')
    await desk.review(referral)
    expect(await desk.open(referral, made.incidentId, made.offender)).toBe('done')
  })
})

it('I2: a second case is refused on the same person of the reports, referred without any number', async () => {
  const [one, other] = [await desk.confirmed(1, await desk.inReports('V'), await desk.inReports('O')), await desk.confirmed(2, await desk.inReports('V'), await desk.inReports('O'))]
  expect(await desk.open(await desk.refer([one.incidentId], {}, {}), one.incidentId, one.offender)).toBe('done')
  expect(await desk.open(await desk.refer([other.incidentId], {}, {}), other.incidentId, other.offender)).toBe('case_already_open')
})

describe('persons on opposite sides of a report are never linked', () => {
  it('by their numbers, each the subject of a referral', async () => {
    const [one, other] = [await desk.report(1, await desk.inReports('V'), await desk.inReports('O')), await desk.report(2, await desk.inReports('X'), await desk.inReports('V'))]
    const [his, hers] = [await desk.refer([one.incidentId], numbered('O'), {}), await desk.refer([other.incidentId], numbered('V'), {})]
    expect(await desk.link(his.subjectRef, hers.subjectRef)).toBe('opposite_sides')
    expect(await desk.link(his.victimRef, hers.subjectRef)).toBe('done')
  })
  it('by the cases that were opened on them', async () => {
    const one = await desk.confirmed(1, await desk.inReports('V'), await desk.inReports('O'))
    const other = await desk.confirmed(2, token('x'), await desk.inReports('V'))
    const [his, hers] = [await desk.refer([one.incidentId], {}, {}), await desk.refer([other.incidentId], {}, {})]
    expect(await desk.open(his, one.incidentId, one.offender)).toBe('done')
    await desk.review(hers)
    expect(await desk.open(hers, other.incidentId, other.offender)).toBe('done')
    expect(await desk.link(his.subjectRef, hers.subjectRef)).toBe('opposite_sides')
  })
})
