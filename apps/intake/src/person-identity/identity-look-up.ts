/** Looks up, from the log, who stands opposite whom, who is on record, and which open cases the tokens of a person have. */
import { eventRegistry, fieldAt, tokensOf, type Basis, type RecordedEvent, type ReferralReceivedV2, type PairSidesRecordedV1 } from '@chorus/contracts'
import type { Handled, Refusal } from '@chorus/decider'
import type { Recorder } from '@chorus/event-store'
import type { Vault } from '@chorus/privacy'
import { CaseLookUp } from '../pch-case/look-up'
import type { OneAtATime } from '../pch-case/one-at-a-time'
import { personOf, type Person, type Told } from '../person-match/person'
import type { IdentityFacts, PersonIdentity, PersonIdentityCommand, Two } from './person-identity'

/** So many referrals are opened at a time. */
const OPENED_AT_ONCE = 500
const MATCHED = new Set(['subjectName', 'subjectBirthDate', 'subjectAddress', 'victimName', 'victimBirthDate', 'victimAddress'].map((name) => `/data/${name}`))

export interface Sides { readonly opposed: readonly Two[]; /** everybody who is on record, with the newest referral that tells of him or her */ readonly known: ReadonlyMap<string, RecordedEvent> }

export class IdentityLookUp {
  constructor(private readonly log: Recorder, private readonly vault: Vault, private readonly cases: CaseLookUp) {}

  /** Nobody opens a case, and nobody links, between what is read here and what is recorded. */
  get alone(): OneAtATime { return this.cases.alone }

  registered(): Promise<readonly RecordedEvent[]> { return this.log.load(this.cases.identities.stream) }

  async register(): Promise<{ readonly state: PersonIdentity; readonly basis: readonly Basis[] }> {
    const { state, revision } = await this.cases.identities.now()
    return { state, basis: revision < 0 ? [] : [{ stream: this.cases.identities.stream, revision }] }
  }
  /** As handle(). */
  decide(command: PersonIdentityCommand): Promise<Handled | Refusal> { return this.cases.identities.handle(command) }
  /** What a command was answered before, if it was. */
  answered(commandId: string): Promise<Handled | undefined> { return this.cases.identities.answered(commandId) }

  /** Two whom a referral names, or an incident has on its sides, as the log has it now: one pass, decoding all of it. */
  async sides(): Promise<Sides> {
    const opposed = new Map<string, Two>()
    const known = new Map<string, RecordedEvent>()
    for await (const event of this.log.read({ filter: { categories: ['referral', 'pair'], types: ['ReferralReceived', 'PairSidesRecorded'] } })) {
      const [one, other] = twoOf(event)
      opposed.set([one, other].sort().join('|'), [one, other])
      if (event.type === 'ReferralReceived') { known.set(one, event); known.set(other, event) }
    }
    return { opposed: [...opposed.values()], known }
  }

  /** Two of these whom a report has on opposite sides, by their numbers and by the cases that were opened on somebody of it. */
  oppositeInReports(refs: readonly string[]): Promise<readonly Two[]> { return this.cases.reported.oppositesAmong(refs) }

  /** `refs`: those concerned; with them all who are linked to them. */
  async factsFor(refs: readonly string[], { opposed }: Sides): Promise<IdentityFacts> {
    const { state, basis } = await this.register()
    const concerned = [...new Set(refs.flatMap((each) => tokensOf(state.links, each)))]
    const among = new Set(concerned)
    const said = opposed.filter(([one, other]) => among.has(one) && among.has(other))
    return { opposed: [...said, ...await this.oppositeInReports(concerned)], openCases: await this.cases.ownOpenCasesOf(concerned), seen: state.seen, basis }
  }

  /** Everybody on record who was not erased, as the matcher sees them: opened for this one call, kept nowhere. */
  async persons({ known }: Sides): Promise<Person[]> {
    const events = [...new Map([...known.values()].map((event) => [event.id, event])).values()]
    const told = new Map<string, Told>()
    for (let from = 0; from < events.length; from += OPENED_AT_ONCE) {
      for (const { data } of await this.log.unseal(events.slice(from, from + OPENED_AT_ONCE), ({ pointer }) => MATCHED.has(pointer))) {
        const { subjectRef, victimRef, ...fields } = data as ReferralReceivedV2
        told.set(subjectRef, toldOf(fields.subjectName, fields.subjectBirthDate, fields.subjectAddress, fields.subjectAddressKind))
        told.set(victimRef, toldOf(fields.victimName, fields.victimBirthDate, fields.victimAddress, fields.victimAddressKind))
      }
    }
    return [...told].map(([ref, each]) => personOf(ref, each))
  }

  /** What the newest referral tells of the person, as far as `may` allows; absent where it may not be seen, 'erased' where it was. */
  async toldOf(ref: string, event: RecordedEvent, may: (about: 'pch' | 'victim') => boolean): Promise<Record<string, string>> {
    const { cls } = eventRegistry.latest('ReferralReceived')
    const [open] = await this.log.unseal([event], ({ pointer }) => { const about = fieldAt(cls, pointer)?.about; return MATCHED.has(pointer) && (about === 'pch' || about === 'victim') && may(about) })
    const data = open!.data as Record<string, unknown>
    const side = (event.data as ReferralReceivedV2).subjectRef === ref ? 'subject' : 'victim'
    return Object.fromEntries(['Name', 'BirthDate', 'Address', 'AddressKind'].flatMap((field): [string, string][] => {
      const value = data[`${side}${field}`]
      if (value === undefined || (field === 'AddressKind' && !may(side === 'subject' ? 'pch' : 'victim'))) return []
      return [[field.charAt(0).toLowerCase() + field.slice(1), typeof value === 'string' ? value : 'erased']]
    }))
  }

  matchIdOf([one, other]: Two): string { return this.vault.uuid('stream-id', 'person-match', ...[one, other].sort()) }
  async erased(refs: readonly string[]): Promise<boolean> { return (await this.vault.erased('case', refs)).size > 0 }
}

const twoOf = ({ type, data }: RecordedEvent): Two => {
  if (type === 'ReferralReceived') { const { subjectRef, victimRef } = data as ReferralReceivedV2; return [subjectRef, victimRef] }
  const { victimRef, otherRef } = data as PairSidesRecordedV1
  return [victimRef, otherRef]
}
const toldOf = (name: unknown, birthDate: unknown, address: unknown, addressKind: unknown): Told => ({
  ...(typeof name === 'string' && { name }), ...(typeof birthDate === 'string' && { birthDate }), ...(typeof address === 'string' && { address }), ...(typeof addressKind === 'string' && { addressKind }),
})
