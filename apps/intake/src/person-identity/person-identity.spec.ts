import * as fc from 'fast-check'
import { eventRegistry, fieldsOf, tokensOf, type ContractClass } from '@chorus/contracts'
import { fold } from '@chorus/decider'
import { given, metaOf } from '../../../../libs/decider/src/testing/given'
import { aggregateProperties } from '../../../../libs/decider/src/testing/properties'
import { initial, openQuestions, PERSON_IDENTITY_EVENTS, personIdentity, scopeOf, undecided, type FoundMatch, type IdentityFacts, type PersonIdentityCommand, type Two } from './person-identity'

const [A, B, C, D] = ['A', 'B', 'C', 'D'].map((letter) => `per_example${letter.repeat(15)}`) as [string, string, string, string]
const CASES: Readonly<Record<string, string>> = { [A]: '018f0000-0000-7000-8000-00000000000a', [B]: '018f0000-0000-7000-8000-00000000000b' }
const MATCH = '018f0000-0000-8000-8000-000000000001'
const facts = (more: Partial<IdentityFacts> = {}): IdentityFacts => ({ opposed: [], openCases: {}, seen: 0, basis: [], ...more })
const link = (keepRef: string, mergedRef: string, more: Partial<IdentityFacts> = {}, unknown: readonly string[] = [], erased = false): PersonIdentityCommand =>
  ({ type: 'LinkPersons', meta: metaOf({ name: `link ${keepRef} ${mergedRef}` }), data: { keepRef, mergedRef, basis: 'IDENTITY_DOCUMENT', facts: { ...facts(more), unknown, erased } } })
const unlink = (oneRef: string, otherRef: string): PersonIdentityCommand => ({ type: 'UnlinkPersons', meta: metaOf({ name: `unlink ${oneRef} ${otherRef}` }), data: { oneRef, otherRef, reason: 'DIFFERENT_PEOPLE' } })
const found = (refs: Two, band: 'LINK' | 'ASK' = 'LINK', matchId = MATCH): FoundMatch => ({ matchId, refs, band, confidence: 99, evidence: [{ field: 'GIVEN', agreement: 'EXACT' }], askedBecause: band === 'ASK' ? ['GIVEN_NAME'] : [] })
const matches = (list: readonly FoundMatch[], more: Partial<IdentityFacts> = {}, linkBand: 'LINK' | 'ASK' = 'LINK'): PersonIdentityCommand =>
  ({ type: 'RecordMatches', meta: metaOf({ name: `matches ${JSON.stringify(list)}` }), data: { matches: list, linkBand, policyVersion: 'kc-ipvi-identity@1.0.0', facts: facts(more) } })
const separate = (...opposed: Two[]): PersonIdentityCommand => ({ type: 'SeparateOpposites', meta: metaOf({ name: 'separate' }), data: { opposed } })

const ab = given(personIdentity).when(link(A, B)).then({ type: 'PersonIdentitiesLinked', data: { keepRef: A, mergedRef: B, basis: 'IDENTITY_DOCUMENT', decidedBy: 'human' } })[0]!
const bc = given(personIdentity, ab).when(link(B, C, { seen: 1 })).then({ type: 'PersonIdentitiesLinked' })[0]!
const abApart = given(personIdentity, ab).when(unlink(B, A)).then({ type: 'PersonIdentitiesUnlinked', data: { decidedBy: 'human' } })[0]!
const asked = given(personIdentity).when(matches([found([A, B], 'ASK')])).then({ type: 'PersonMatchProposed', data: { askedBecause: ['GIVEN_NAME'] }, policyVersion: 'kc-ipvi-identity@1.0.0' })[0]!

describe('a link', () => {
  it('reaches on, and is taken back without a trace of it', () => {
    expect(tokensOf(given(personIdentity, ab, bc).state.links, C)).toEqual([A, B, C])
    expect(tokensOf(given(personIdentity, ab, bc, abApart).state.links, C)).toEqual([B, C])
    expect(tokensOf(given(personIdentity, ab, bc, abApart).state.links, A)).toEqual([A])
  })
  it('that is there already adds nothing, also where it is there through others', () => {
    given(personIdentity, ab, bc).when(link(C, A, { seen: 2 })).nothing()
  })
  it('is of two who are on record, and not erased', () => {
    given(personIdentity).when(link(A, A)).refused('same_token')
    given(personIdentity).when(link(A, B, {}, [B])).refused('person_unknown')
    given(personIdentity).when(link(A, B, {}, [], true)).refused('erased')
  })
  it('is decided on what is there: who looked too early looks again', () => {
    given(personIdentity, ab).when(link(C, D)).refused('identities_moved')
    given(personIdentity, ab).when(matches([found([C, D])])).refused('identities_moved')
  })
})

describe('two who stand on opposite sides', () => {
  it('are never linked, whoever asks, in either order', () => {
    given(personIdentity).when(link(A, B, { opposed: [[B, A]] })).refused('opposite_sides')
    given(personIdentity).when(matches([found([A, B]), found([B, A], 'ASK')], { opposed: [[A, B]] })).nothing()
  })
  it('nor through others', () => {
    given(personIdentity, ab).when(link(B, C, { seen: 1, opposed: [[A, C]] })).refused('opposite_sides')
    given(personIdentity, ab).when(matches([found([B, C])], { seen: 1, opposed: [[C, A]] })).nothing()
  })
  it('nor by two findings of one run', () => {
    given(personIdentity).when(matches([found([A, B]), found([B, C], 'LINK', '018f0000-0000-8000-8000-000000000002')], { opposed: [[A, C]] })).then({ type: 'PersonIdentitiesLinked', data: { keepRef: A, mergedRef: B, decidedBy: 'machine' } })
  })
  it('are told apart, with all that linked them, where the record says so later', () => {
    given(personIdentity, ab, bc).when(separate([A, C])).then({ type: 'PersonIdentitiesUnlinked', data: { oneRef: A, otherRef: B, reason: 'OPPOSITE_SIDES', decidedBy: 'machine' } }, { type: 'PersonIdentitiesUnlinked', data: { oneRef: B, otherRef: C } })
    given(personIdentity, ab).when(separate([A, C])).nothing()
  })
})

describe('whom a person has separated', () => {
  it('the machine does not link, nor ask about, again', () => {
    given(personIdentity, ab, abApart).when(matches([found([A, B]), found([A, B], 'ASK')], { seen: 2 })).nothing()
    const no = given(personIdentity, asked).when(unlink(A, B)).then({ type: 'PersonIdentitiesUnlinked' })[0]!
    expect(openQuestions(given(personIdentity, asked).state)).toHaveLength(1)
    expect(openQuestions(given(personIdentity, asked, no).state)).toEqual([])
    given(personIdentity, asked, no).when(matches([found([A, B])], { seen: 2 })).nothing()
  })
  it('is linked again where a person says so', () => {
    given(personIdentity, ab, abApart).when(link(A, B, { seen: 2 })).then({ type: 'PersonIdentitiesLinked' })
  })
  it('does not become one through others unseen', () => {
    const cb = given(personIdentity, ab, abApart).when(link(C, B, { seen: 2 })).then({ type: 'PersonIdentitiesLinked' })[0]!
    given(personIdentity, ab, abApart, cb).when(link(C, A, { seen: 3 })).refused('separated_by_person')
    given(personIdentity, ab, abApart, cb).when(matches([found([A, C])], { seen: 3 })).then({ type: 'PersonMatchProposed', data: { askedBecause: ['SEPARATED_RELATION'] } })
  })
  it('was linked, or asked about; one who is linked through others is told apart there', () => {
    given(personIdentity).when(unlink(A, B)).refused('not_linked')
    given(personIdentity, ab, bc).when(unlink(A, C)).refused('linked_through_others')
    given(personIdentity, ab, abApart).when(unlink(A, B)).nothing()
  })
})

describe('I2, where both have an open case', () => {
  it('a person\'s link is on record with the breach and both cases', () => {
    given(personIdentity).when(link(A, B, { openCases: CASES })).then({ type: 'PersonIdentitiesLinked', breaches: ['I2'], data: { openCaseIds: Object.values(CASES) } })
    given(personIdentity).when(link(A, C, { openCases: CASES })).then({ type: 'PersonIdentitiesLinked', data: { keepRef: A, mergedRef: C, basis: 'IDENTITY_DOCUMENT', decidedBy: 'human' } })
  })
  it('the machine asks a person', () => {
    given(personIdentity).when(matches([found([A, B])], { openCases: CASES })).then({ type: 'PersonMatchProposed', data: { askedBecause: ['SEVERAL_OPEN_CASES'] } })
  })
})

it('a run compares those of whom something was told since the last one; everybody before any, when it is asked to, and after another policy', () => {
  const state = fold(personIdentity, [{ type: 'PersonsMatched', data: { scope: 'ALL', persons: 3, compared: 3, through: 9, policyVersion: 'p@1' } }] as never[], initial)
  const of = (from: typeof state, wished: 'ALL' | 'NEW', policyVersion = 'p@1') => { const { scope, isNew } = scopeOf(from, wished, policyVersion); return [scope, isNew(9), isNew(10)] }
  expect([of(state, 'NEW'), of(state, 'ALL'), of(state, 'NEW', 'p@2'), of(initial, 'NEW')]).toEqual([['NEW', false, true], ['ALL', true, true], ['ALL', true, true], ['ALL', true, true]])
})

it('the machine asks once, and links nobody where the policy says so', () => {
  given(personIdentity, asked).when(matches([found([A, B], 'ASK')], { seen: 1 })).nothing()
  given(personIdentity).when(matches([found([A, B])], {}, 'ASK')).then({ type: 'PersonMatchProposed', data: { askedBecause: ['POLICY'] } })
})

it('what the register has an answer to is not decided again; a question that may be a link by now is', () => {
  const left = (state: typeof initial, band: 'LINK' | 'ASK', linkBand: 'LINK' | 'ASK' = 'LINK'): number => undecided(state, [found([B, A], band)], linkBand).length
  const [nothing, question, link, apart] = [initial, ...[[asked], [ab], [ab, abApart]].map((events) => given(personIdentity, ...events).state)] as [typeof initial, typeof initial, typeof initial, typeof initial]
  expect([nothing, question, link, apart].map((state) => [left(state, 'LINK'), left(state, 'ASK'), left(state, 'LINK', 'ASK')])).toEqual([[1, 1, 1], [1, 0, 0], [0, 0, 0], [0, 0, 0]])
})

it('of the register nothing is sealed: what is kept of it in memory names nobody', () => {
  const sealed = (cls: ContractClass): string[] => fieldsOf(cls).flatMap(({ name, sealed: is, nested }) => [...is ? [name] : [], ...nested ? sealed(nested()) : []])
  expect(PERSON_IDENTITY_EVENTS.flatMap((type) => sealed(eventRegistry.latest(type).cls))).toEqual([])
})

it('whatever is decided, in whatever order: nobody is one with an opposite, and the links form no ring', () => {
  const opposed: Two[] = [[A, C], [B, D]]
  const refs = fc.constantFrom(A, B, C, D)
  const step = fc.oneof(fc.tuple(fc.constant('link'), refs, refs), fc.tuple(fc.constant('unlink'), refs, refs), fc.tuple(fc.constant('match'), refs, refs))
  fc.assert(fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
    let state = initial
    for (const [what, one, other] of steps) {
      if (one === other) continue
      const now = { opposed, seen: state.seen }
      const decision = personIdentity.decide(what === 'link' ? link(one, other, now) : what === 'unlink' ? unlink(one, other) : matches([found([one, other])], now), state)
      if (Array.isArray(decision)) state = fold(personIdentity, decision as never[], state)
      for (const [a, b] of opposed) if (tokensOf(state.links, a).includes(b)) return false
      if (state.links.length >= 4 - new Set([A, B, C, D].map((ref) => tokensOf(state.links, ref).join())).size + 1) return false
    }
    return true
  }), { numRuns: 300 })
})

const refs = fc.constantFrom(A, B, C, D)
aggregateProperties(personIdentity, fc.oneof(
  fc.tuple(refs, refs, fc.nat(4)).map(([one, other, seen]) => link(one, other, { seen, openCases: CASES })),
  fc.tuple(refs, refs).map(([one, other]) => unlink(one, other)),
  fc.tuple(refs, refs, fc.nat(4), fc.constantFrom('LINK' as const, 'ASK' as const)).map(([one, other, seen, band]) => matches([found([one, other], band)], { seen })),
  fc.tuple(refs, refs).map(([one, other]) => separate([one, other])),
))
