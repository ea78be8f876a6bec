/**
 * Who the persons of a case are in the reports of incidents: by their numbers, which the vault knows in both contexts, by links, and
 * by the cases that were opened on somebody of a report. Read at the log's head; what a person's tokens lead to, and nothing else.
 */
import { tokensOf, type CaseClosedV1, type CaseOpenedV1, type PersonLink, type RecordedEvent, type ReferralReceivedV2 } from '@chorus/contracts'
import { categoryOf, type Recorder } from '@chorus/event-store'
import type { Vault } from '@chorus/privacy'
import type { Mentions } from '../records-by-mention/records-by-mention'
import type { CasesTogether } from './cases-together'
import { areOpposed, complaintsOf, partnersOf, sidesIn, subjectAtOpening, type ReportedSides } from './reported-sides'

export interface CaseOf { readonly caseId: string; readonly opened: CaseOpenedV1; readonly open: boolean }
/** By token: the cases of its person, as they were read for this decision. */
type Read = Map<string, readonly CaseOf[]>
/** One person: his tokens in whatever context, the reports that name one of them, and the cases. */
export interface InReports { readonly tokens: ReadonlySet<string>; readonly sides: readonly ReportedSides[]; readonly cases: readonly CaseOf[] }
/** What the record has of the subject and the partner of a referral, and of whoever its subject is said to be in the index incident. */
export interface OnRecord { readonly subject: InReports; readonly partner: InReports; /** the referral's subject is another person of the report */ readonly isAnother: boolean; readonly complaints: readonly (ReportedSides & { readonly at: number })[] }

export class ReportedPersons {
  constructor(private readonly log: Recorder, private readonly vault: Vault, private readonly mentions: Mentions, private readonly casesFor: (ref: string) => Promise<{ readonly linked: readonly string[]; readonly cases: readonly CaseOf[] }>, private readonly casesOfAll: (refs: readonly string[]) => Promise<CasesTogether>) {}

  async ofReferral({ subjectRef, victimRef }: Pick<ReferralReceivedV2, 'subjectRef' | 'victimRef'>, index: ReportedSides | null, subjectInIncident: string | undefined, links: readonly PersonLink[]): Promise<OnRecord> {
    const read: Read = new Map()
    const known = await this.personOf([subjectRef], links, read)
    const partner = await this.personOf([victimRef, ...index ? partnersOf(index, subjectInIncident) : []], links, read)
    if (subjectInIncident === undefined) return { subject: known, partner, isAnother: false, complaints: complaintsOf(known.sides, known.tokens, partner.tokens, undefined) }
    const subject = known.tokens.has(subjectInIncident) ? known : await this.personOf([...known.tokens, subjectInIncident], links, read)
    const isAnother = (!known.tokens.has(subjectInIncident) && (index?.persons ?? []).some((token) => known.tokens.has(token)))
      || areOpposed(subject.sides, known.tokens, new Set([subjectInIncident])) || [...subject.tokens].some((token) => partner.tokens.has(token))
    return { subject, partner, isAnother, complaints: complaintsOf(subject.sides, subject.tokens, partner.tokens, subjectInIncident) }
  }

  /** Whatever leads to one of these tokens, and from there on. */
  async personOf(tokens: readonly string[], links: readonly PersonLink[], read: Read = new Map()): Promise<InReports> {
    const all = new Set(tokens)
    const streams = new Map<string, readonly RecordedEvent[]>()
    const cases = new Map<string, CaseOf>()
    // A set is walked to what is added to it on the way.
    for (const token of all) {
      for (const other of [...tokensOf(links, token), ...await this.vault.tokensWith(token)]) all.add(other)
      for (const one of await this.openedFor(token, read)) {
        cases.set(one.caseId, one)
        const subject = await this.subjectOf(`pchCase-${one.caseId}`)
        if (subject) all.add(subject.token)
      }
      const naming = (await this.mentions.streamsOf([token])).filter((stream) => categoryOf(stream) === 'incident')
      for (const [stream, events] of await this.log.loadMany(naming.filter((each) => !streams.has(each)))) streams.set(stream, events)
      for (const stream of await this.mentions.streamsOf(naming.map((each) => each.slice('incident-'.length)))) {
        const subject = await this.subjectOf(stream)
        if (subject?.token === token) all.add(subject.ref)
      }
    }
    return { tokens: all, sides: [...streams].flatMap(([stream, events]) => sidesIn(stream, events) ?? []), cases: [...cases.values()] }
  }

  /** Of persons by their own tokens, whatever is linked: the two of whom a report has one on each side. */
  async oppositesAmong(refs: readonly string[]): Promise<readonly (readonly [string, string])[]> {
    const read: Read = new Map()
    const owners = new Map<string, string[]>()
    const sides = new Map<string, ReportedSides>()
    for (const ref of await this.mayBeReported([...new Set(refs)])) {
      const person = await this.personOf([ref], [], read)
      for (const token of person.tokens) owners.set(token, [...owners.get(token) ?? [], ref])
      for (const one of person.sides) sides.set(one.stream, one)
    }
    return [...sides.values()].flatMap(({ opposites }) => opposites.flatMap(({ victim, offender }) =>
      (owners.get(victim) ?? []).flatMap((one) => (owners.get(offender) ?? []).flatMap((other): [string, string][] => one === other ? [] : [[one, other]]))))
  }

  /**
   * Those of them to whom anything can lead in a report, asked for all together: a number that the vault knows elsewhere too, a case,
   * a report that has this very token. Of most whom a run of matching finds there is nothing.
   */
  private async mayBeReported(refs: readonly string[]): Promise<readonly string[]> {
    const [numbered, cases] = [await this.vault.knownElsewhere(refs), await this.casesOfAll(refs)]
    const others = refs.filter((ref) => !numbered.has(ref) && cases.get(ref)!.length === 0)
    const named = (await this.mentions.streamsOf(others)).length > 0
    return named ? refs : refs.filter((ref) => !others.includes(ref))
  }

  /** Cases that were opened under this very token. Those of all who are linked are read once. */
  private async openedFor(token: string, read: Read): Promise<readonly CaseOf[]> {
    if (!read.has(token)) {
      const { linked, cases } = await this.casesFor(token)
      for (const one of [token, ...linked]) read.set(one, cases)
    }
    return read.get(token)!.filter(({ opened }) => opened.subjectRef === token)
  }

  /** Who of the index incident the case was opened on. A case that was closed by an exclusion says nothing of it: it may have been opened on the wrong one. */
  private async subjectOf(caseStream: string): Promise<{ readonly token: string; readonly ref: string } | null> {
    const events = await this.log.load(caseStream)
    const opened = events.find(({ type }) => type === 'CaseOpened')
    const ended = events.findLast(({ type }) => type === 'CaseClosed' || type === 'CaseReopened')
    if (!opened || (ended?.type === 'CaseClosed' && (ended.data as CaseClosedV1).code === 'EXCLUDED_LATER')) return null
    const { subjectRef, indexIncidentId } = opened.data as CaseOpenedV1
    const token = subjectAtOpening(opened, indexIncidentId, await this.log.load(`incident-${indexIncidentId}`))
    return token === null ? null : { token, ref: subjectRef }
  }
}
