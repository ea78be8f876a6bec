/**
 * Which tokens are one person: one register for all, since links reach on, and what two decisions make together must be seen by
 * one of them. Protects: nothing is merged, every link can be taken back; two who stand on opposite sides of an incident or an
 * order are never one, directly or through others, whoever decides; whom a person has separated the machine neither links nor
 * asks about again; the machine links nobody who would then have two open cases (I2): a person is asked.
 */
import type { AskedBecause, Basis, CommandMeta, ComparedField, DraftEvent, LinkPersons, MatchScope, PersonIdentitiesLinkedV1, PersonIdentitiesUnlinkedV1, PersonMatchProposedV1, PersonsMatchedV1, UnlinkPersons } from '@chorus/contracts'
import { linkedTokens, linksAfter, tokensOf, type PersonLink } from '@chorus/contracts'
import { atNow, refused, type Command, type Decider, type Decision } from '@chorus/decider'

// Stored names. Changing one needs a new version and an upcaster.
export const PERSON_IDENTITY_EVENTS = ['PersonIdentitiesLinked', 'PersonIdentitiesUnlinked', 'PersonMatchProposed', 'PersonsMatched'] as const
/** The id of the one register. */
export const REGISTER = 'register'

export type Two = readonly [string, string]
/** What the edge looked up. */
export interface IdentityFacts {
  /** of those concerned and all who are linked to them: who stands opposite whom */
  readonly opposed: readonly Two[]
  /** open cases, by the person's token, of those concerned */
  readonly openCases: Readonly<Record<string, string>>
  /** how many events of the register the look-up had seen; another number, and it has to look again */
  readonly seen: number
  readonly basis: readonly Basis[]
}
export interface FoundMatch { readonly matchId: string; readonly refs: Two; readonly band: 'LINK' | 'ASK'; readonly confidence: number; readonly evidence: readonly ComparedField[]; readonly askedBecause: readonly AskedBecause[] }

export type Link = Command<'LinkPersons', LinkPersons & { readonly facts: IdentityFacts & { readonly unknown: readonly string[]; readonly erased: boolean } }>
export type Unlink = Command<'UnlinkPersons', UnlinkPersons>
export type RecordMatches = Command<'RecordMatches', { readonly matches: readonly FoundMatch[]; readonly linkBand: 'LINK' | 'ASK'; readonly policyVersion: string; readonly facts: IdentityFacts }>
export type Separate = Command<'SeparateOpposites', { readonly opposed: readonly Two[] }>
/** The run is through. */
export type EndRun = Command<'EndRun', PersonsMatchedV1>
export type PersonIdentityCommand = Link | Unlink | RecordMatches | Separate | EndRun

export interface PersonIdentity {
  readonly seen: number
  /** links that hold, in the order in which they were made; they form no ring */
  readonly links: readonly PersonLink[]
  /** and those that were taken back: a case may have been opened while they held */
  readonly everLinked: readonly PersonLink[]
  /** pairs that a person has separated */
  readonly separated: ReadonlySet<string>
  readonly proposed: readonly PersonMatchProposedV1[]
  /** how the last matching run ended; null: there was none */
  readonly matched: Pick<PersonsMatchedV1, 'through' | 'policyVersion'> | null
}
export const initial: PersonIdentity = { seen: 0, links: [], everLinked: [], separated: new Set(), proposed: [], matched: null }

const keyOf = (one: string, other: string): string => [one, other].sort().join('|')

export const evolve = (before: PersonIdentity, event: { readonly type: string; readonly data: object }): PersonIdentity => {
  const state = { ...before, seen: before.seen + 1 }
  switch (event.type) {
    case 'PersonIdentitiesLinked': {
      const { keepRef, mergedRef, decidedBy } = event.data as PersonIdentitiesLinkedV1
      const separated = new Set(state.separated)
      if (decidedBy === 'human') separated.delete(keyOf(keepRef, mergedRef))
      return { ...state, separated, links: linksAfter(state.links, event), everLinked: linksAfter(state.everLinked, event) }
    }
    case 'PersonIdentitiesUnlinked': {
      const { oneRef, otherRef, decidedBy } = event.data as PersonIdentitiesUnlinkedV1
      const key = keyOf(oneRef, otherRef)
      return {
        ...state, links: linksAfter(state.links, event),
        separated: decidedBy === 'human' ? new Set([...state.separated, key]) : state.separated,
      }
    }
    case 'PersonMatchProposed': return { ...state, proposed: [...state.proposed, event.data as PersonMatchProposedV1] }
    case 'PersonsMatched': { const { through, policyVersion } = event.data as PersonsMatchedV1; return { ...state, matched: { through, policyVersion } } }
    default: return state
  }
}

/** Somebody, or the machine where it may, has said of these two who they are. */
export const isDecided = ({ links, separated }: PersonIdentity, one: string, other: string): boolean => separated.has(keyOf(one, other)) || tokensOf(links, one).includes(other)
/** Questions of the matcher that nobody has answered, and that no link has. */
export const openQuestions = ({ proposed, separated, links }: PersonIdentity): readonly PersonMatchProposedV1[] => {
  const linkedTo = linkedTokens(links)
  return proposed.filter(({ oneRef, otherRef }) => !separated.has(keyOf(oneRef, otherRef)) && !linkedTo.get(oneRef)?.includes(otherRef))
}
/** What of it the register has no answer to. One that was asked is decided again only where it may be a link: what spoke against it may be over, or the policy another. */
export const undecided = ({ proposed, separated, links }: PersonIdentity, found: readonly FoundMatch[], linkBand: 'LINK' | 'ASK'): readonly FoundMatch[] => {
  const [asked, linkedTo] = [new Set(proposed.map(({ matchId }) => matchId)), linkedTokens(links)]
  return found.filter(({ matchId, refs: [one, other], band, askedBecause }) => !separated.has(keyOf(one, other)) && !linkedTo.get(one)?.includes(other)
    && (!asked.has(matchId) || (linkBand === 'LINK' && band === 'LINK' && askedBecause.length === 0)))
}

/** What would follow for all tokens that would become one person's. */
const together = (state: PersonIdentity, one: string, other: string, { opposed, openCases }: IdentityFacts) => {
  const [left, right] = [tokensOf(state.links, one), tokensOf(state.links, other)]
  const across = new Set(left.flatMap((a) => right.map((b) => keyOf(a, b))))
  return {
    linked: left.includes(other),
    opposed: opposed.some(([a, b]) => across.has(keyOf(a, b))),
    separated: [...across].filter((key) => state.separated.has(key)),
    openCaseIds: [...new Set([...left, ...right].flatMap((ref) => openCases[ref] ?? []))].sort(),
  }
}

export const link = ({ data: { facts, ...body }, meta }: Link, state: PersonIdentity): Decision => {
  const { keepRef, mergedRef, basis } = body
  if (keepRef === mergedRef) return refused('same_token', 'Both are one and the same token. Name the two that are one person.')
  if (facts.erased) return refused('erased', 'What is held here about one of these people was erased by order. Nothing more is recorded about that person.', { kind: 'forbidden' })
  if (facts.unknown.length > 0) return refused('person_unknown', 'One of the two is not on record here. Look the tokens up again.', { kind: 'not-found' })
  if (facts.seen !== state.seen) return MOVED
  const both = together(state, keepRef, mergedRef, facts)
  if (both.linked) return []
  if (both.opposed) return refused('opposite_sides', 'These two, or others linked to them, stand on opposite sides of an incident or an order. They are never linked as one, whatever speaks for it. If the record of the sides is wrong, have it corrected first.', { rules: ['IDENTITY-OPPOSITE-SIDES'] })
  if (both.separated.some((key) => key !== keyOf(keepRef, mergedRef))) return refused('separated_by_person', 'This would make one person of two whom somebody has separated. Look at that decision first, and link those two if it was wrong.', { kind: 'conflict' })
  return [linked({ keepRef, mergedRef, basis, decidedBy: 'human' }, both.openCaseIds, meta, facts.basis)]
}

export const unlink = ({ data: { oneRef, otherRef, reason }, meta }: Unlink, state: PersonIdentity): Decision => {
  if (oneRef === otherRef) return refused('same_token', 'Both are one and the same token. Name the two that are different people.')
  const key = keyOf(oneRef, otherRef)
  if (state.separated.has(key)) return []
  const direct = state.links.some(({ keepRef, mergedRef }) => keyOf(keepRef, mergedRef) === key)
  if (!direct && tokensOf(state.links, oneRef).includes(otherRef)) return refused('linked_through_others', 'These two are one person through links with others. Take the link back that is wrong; the history of the case shows them.', { kind: 'conflict' })
  const asked = state.proposed.some((one) => keyOf(one.oneRef, one.otherRef) === key)
  if (!direct && !asked) return refused('not_linked', 'These two are not linked, and nobody asked whether they are one person. There is nothing to take back.', { kind: 'not-found' })
  return [unlinked({ oneRef, otherRef, reason, decidedBy: 'human' }, meta)]
}

/** What the matcher found. Each link is seen by those after it. */
export const recordMatches = ({ data: { matches, linkBand, policyVersion, facts }, meta }: RecordMatches, state: PersonIdentity): Decision => {
  if (facts.seen !== state.seen) return MOVED
  const events: DraftEvent[] = []
  let now = state
  const add = (event: DraftEvent): void => { events.push({ ...event, policyVersion }); now = evolve(now, event as { type: string; data: object }) }
  const asked = new Set(state.proposed.map(({ matchId }) => matchId))
  for (const { matchId, refs: [oneRef, otherRef], band, confidence, evidence, askedBecause } of matches) {
    const both = together(now, oneRef, otherRef, facts)
    if (both.linked || both.opposed || now.separated.has(keyOf(oneRef, otherRef))) continue
    const reasons: AskedBecause[] = [
      ...askedBecause, ...linkBand === 'ASK' && band === 'LINK' ? ['POLICY' as const] : [],
      ...both.openCaseIds.length > 1 ? ['SEVERAL_OPEN_CASES' as const] : [], ...both.separated.length > 0 ? ['SEPARATED_RELATION' as const] : [],
    ]
    if (reasons.length === 0) add(linked({ keepRef: oneRef, mergedRef: otherRef, basis: 'MATCHER', confidence, decidedBy: 'machine' }, [], meta, facts.basis))
    else if (!asked.has(matchId)) add(event('PersonMatchProposed', { matchId, oneRef, otherRef, confidence, evidence: [...evidence], askedBecause: reasons }, meta, { basis: facts.basis }))
  }
  return events
}

/** Whom a run compares with all, by the ordinal of the newest referral that tells of the person. After another policy, or before any run, everybody. */
export const scopeOf = ({ matched }: PersonIdentity, wished: MatchScope, policyVersion: string): { readonly scope: MatchScope; readonly isNew: (ordinal: number) => boolean } =>
  wished === 'ALL' || matched?.policyVersion !== policyVersion ? { scope: 'ALL', isNew: () => true } : { scope: 'NEW', isNew: (ordinal) => ordinal > matched.through }

export const endRun = ({ data, meta }: EndRun): Decision => [{ ...event('PersonsMatched', data, meta), policyVersion: data.policyVersion }]

/** Which of a person's links is the wrong one nobody can say: all of them are taken back, and can be made anew one by one. */
export const separate = ({ data: { opposed }, meta }: Separate, state: PersonIdentity): DraftEvent[] => {
  const linkedTo = linkedTokens(state.links)
  const wrong = new Set(opposed.flatMap(([one, other]) => one !== other && linkedTo.get(one)?.includes(other) ? linkedTo.get(one)! : []))
  return state.links.filter(({ keepRef }) => wrong.has(keepRef)).map(({ keepRef, mergedRef }) => unlinked({ oneRef: keepRef, otherRef: mergedRef, reason: 'OPPOSITE_SIDES', decidedBy: 'machine' }, meta))
}

const MOVED = refused('identities_moved', 'Other links were decided at this moment. Send the request again.', { kind: 'retry-later' })

interface Data { PersonIdentitiesLinked: PersonIdentitiesLinkedV1; PersonIdentitiesUnlinked: PersonIdentitiesUnlinkedV1; PersonMatchProposed: PersonMatchProposedV1; PersonsMatched: PersonsMatchedV1 }
const event = <T extends keyof Data>(type: T, data: Data[T], meta: CommandMeta, more: Partial<DraftEvent> = {}): DraftEvent => ({ type, schemaVersion: 1, data, ...atNow(meta), ...more })
/** That both have an open case is no reason to deny who they are: it is on record as the breach that it is. */
const linked = (data: PersonIdentitiesLinkedV1, openCaseIds: readonly string[], meta: CommandMeta, basis: readonly Basis[]): DraftEvent =>
  event('PersonIdentitiesLinked', openCaseIds.length > 1 ? { ...data, openCaseIds: openCaseIds.slice(0, 20) } : data, meta, { basis, ...(openCaseIds.length > 1 ? { breaches: ['I2'] } : {}) })
const unlinked = (data: PersonIdentitiesUnlinkedV1, meta: CommandMeta): DraftEvent => event('PersonIdentitiesUnlinked', data, meta)

export const personIdentity: Decider<PersonIdentity, PersonIdentityCommand> = {
  category: 'personIdentity', initial, knows: PERSON_IDENTITY_EVENTS, evolve,
  decide: (command, state) => {
    switch (command.type) {
      case 'LinkPersons': return link(command, state)
      case 'UnlinkPersons': return unlink(command, state)
      case 'RecordMatches': return recordMatches(command, state)
      case 'SeparateOpposites': return separate(command, state)
      case 'EndRun': return endRun(command)
    }
  },
}
