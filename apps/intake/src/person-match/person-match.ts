/**
 * Which records may be one person's: link, ask a person, or different, with the reasons. Pure, in memory.
 *
 * A pair is put in the link band only where three things hold, each for a reason of its own:
 * the probability that was learnt is high; so strong an agreement is expected by chance in far less than one pair of the whole
 * set, among strangers and among relatives alike (who share surname and address); and nothing contradicts it that twins,
 * parent and child of one name, or a third record could explain. All else that is likely goes to a person.
 */
import type { AskedBecause } from '@chorus/contracts'
import type { PolicyHead } from '@chorus/policy'
import { candidates } from './candidates'
import { compare, FIELDS, type Agreement, type Comparison, type MatchField } from './compare'
import { drawnU, learn, probability, weightOf, type Learnt } from './learn'
import type { Person } from './person'

/** Thresholds: versioned policy (apps/intake/policies). */
export interface MatchPolicy {
  /** least probability of the link band, and of the ask band */
  readonly linkProbability: number
  readonly askProbability: number
  /** so many pairs of the whole set may agree as well by chance, for one to be linked */
  readonly coincidencesAllowed: number
  /** other persons of one family in the set, per person */
  readonly relativesPerPerson: number
}
/** A file of the policy. */
export interface IdentityPolicy extends MatchPolicy, PolicyHead { /** what becomes of the link band: LINK, the machine links and says so; ASK, a person is asked there too */ readonly linkBand: 'LINK' | 'ASK' }
export type Band = 'LINK' | 'ASK'
/** Why a pair that scores high is not in the link band. */
export type AskReason = AskedBecause
export interface Match {
  readonly refs: readonly [string, string]
  readonly band: Band
  readonly probability: number
  /** log2 of the odds that all fields together bear witness to, and each field's part in it */
  readonly weight: number
  readonly evidence: readonly { readonly field: MatchField; readonly agreement: Agreement; readonly weight: number }[]
  readonly askedBecause: readonly AskReason[]
}
export interface MatchResult { readonly matches: readonly Match[]; readonly compared: number; readonly allPairs: number; readonly keysPassedOver: number; readonly learnt: Learnt }

type Compared = [known: readonly Person[], incoming: readonly Person[], policy: MatchPolicy, apart?: (one: string, other: string) => boolean, one?: readonly (readonly string[])[]]

/** Compares `incoming` with each other and with `known`. `apart`: never one person, whatever the score. `one`: of each person who has several records already, all of them. */
export const matchPersons = (...compared: Compared): MatchResult => {
  const work = matching(...compared)
  for (;;) { const step = work.next(); if (step.done) return step.value }
}

/** So many persons, or pairs, in one part of the work. */
const PART = 2000

/** The same in parts, each of some milliseconds, for whoever has others to answer meanwhile. */
export function* matching(...[known, incoming, policy, apart = () => false, one = []]: Compared): Generator<void, MatchResult> {
  const persons = [...known, ...incoming]
  const allPairs = known.length * incoming.length + incoming.length * (incoming.length - 1) / 2
  const { pairs, keysPassedOver } = yield* candidates(persons, known.length)
  const comparisons: Comparison[] = []
  for (const [i, j] of pairs) { if (comparisons.push(compare(persons[i]!, persons[j]!)) % PART === 0) yield }
  const learnt = learn(comparisons, drawnU(persons), allPairs)
  const often = yield* frequencies(persons)
  const found: Match[] = []
  for (const [at, [i, j]] of pairs.entries()) {
    if (at % PART === 0) yield
    const [a, b] = [persons[i]!, persons[j]!]
    if (!apart(a.ref, b.ref)) found.push(...judged(a, b, comparisons[at]!, learnt, often, persons.length, policy))
  }
  return { matches: withoutDisputed(found, one), compared: pairs.length, allPairs, keysPassedOver, learnt }
}

/** How many persons of the set have this value. */
interface Frequencies { readonly n: number; readonly given: Map<string, number>; readonly surname: Map<string, number>; readonly year: Map<string, number>; readonly birth: Map<string, number>; readonly address: Map<string, number>; readonly identifier: Map<string, number> }
function* frequencies(persons: readonly Person[]): Generator<void, Frequencies> {
  const often: Frequencies = { n: persons.length, given: new Map(), surname: new Map(), year: new Map(), birth: new Map(), address: new Map(), identifier: new Map() }
  const count = (of: Map<string, number>, value: string | undefined): void => { if (value !== undefined) of.set(value, (of.get(value) ?? 0) + 1) }
  for (const [at, person] of persons.entries()) {
    if (at % PART === 0) yield
    count(often.given, person.given)
    count(often.surname, person.surname)
    count(often.year, person.birth && String(person.birth.year))
    count(often.birth, birthText(person))
    count(often.address, addressText(person))
    for (const [system, id] of Object.entries(person.identifiers ?? {})) count(often.identifier, `${system}|${id}`)
  }
  return often
}
const birthText = ({ birth }: Person): string | undefined => birth && `${birth.year}.${birth.month}.${birth.day}`
const addressText = ({ address }: Person): string | undefined => address?.street === undefined || address.number === undefined ? undefined : `${address.number}|${address.street}|${address.code ?? address.place ?? ''}`

/** Bits of a value that so many of n share. A value that only these two have is still counted twice: rare in a small set is not rare in the world. */
const bitsOf = (count: number | undefined, n: number): number => -Math.log2(Math.min(1, Math.max(2, count ?? 2) / n))
const worthOf = (often: Map<string, number>, n: number, ...values: readonly (string | undefined)[]): number =>
  Math.min(...values.map((value) => bitsOf(value === undefined ? undefined : often.get(value), n)))

const DAYS = Math.log2(365.25)
const COMPONENTS = Math.log2(3)

/** Surname and address are what a household shares: they alone ask nobody. */
const PERSONAL = ['GIVEN', 'BIRTH', 'IDENTIFIER'] as const
const saysNothing = (agreement: Agreement): boolean => agreement === 'DIFFERENT' || agreement === 'MISSING'

const judged = (a: Person, b: Person, is: Comparison, learnt: Learnt, often: Frequencies, size: number, policy: MatchPolicy): Match[] => {
  if (PERSONAL.every((field) => saysNothing(is[field]))) return []
  const { n } = often
  const given = worthOf(often.given, n, a.given, b.given)
  const surname = worthOf(often.surname, n, a.surname, b.surname)
  const year = a.birth && b.birth ? worthOf(often.year, n, String(a.birth.year), String(b.birth.year)) : 0
  // A date that stands in many records, as the one that is typed where none is known, is worth as little as it is rare.
  const shared = Math.max(often.birth.get(birthText(a) ?? '') ?? 0, often.birth.get(birthText(b) ?? '') ?? 0)
  const day = shared > 3 ? Math.min(bitsOf(shared, n), year + DAYS) : year + DAYS
  // Evidence against chance: how rare so good an agreement is among two people drawn at random.
  const chance: Readonly<Record<MatchField, number>> = {
    GIVEN: againstChance('GIVEN', is.GIVEN, given, learnt), SURNAME: againstChance('SURNAME', is.SURNAME, surname, learnt),
    BIRTH: is.BIRTH === 'EXACT' ? day : is.BIRTH === 'SWAPPED' ? day - 1 : is.BIRTH === 'CLOSE' || is.BIRTH === 'PART' ? birthInPart(a, b, year) : 0,
    ADDRESS: is.ADDRESS === 'EXACT' ? worthOf(often.address, n, addressText(a), addressText(b)) : 0,
    IDENTIFIER: is.IDENTIFIER === 'EXACT' ? Math.min(...Object.entries(a.identifiers ?? {}).filter(([system, id]) => b.identifiers?.[system] === id).map(([system, id]) => bitsOf(often.identifier.get(`${system}|${id}`), n))) : 0,
  }
  // The weight of an exact name goes by how often that name is: much for a rare one, little for a common one.
  const weights = FIELDS.map((field) => {
    const learned = weightOf(field, is[field], learnt.m, learnt.u)
    const adjusted = is[field] !== 'EXACT' ? learned : field === 'GIVEN' || field === 'SURNAME' ? Math.log2(learnt.m[field].EXACT) + chance[field]
      // An address that many have, as a shelter's, is worth as little as it is rare; one that few have, no more than addresses are.
      : field === 'ADDRESS' ? Math.min(learned, Math.log2(learnt.m.ADDRESS.EXACT) + chance.ADDRESS) : learned
    return { field, agreement: is[field], weight: adjusted }
  })
  const weight = weights.reduce((sum, one) => sum + one.weight, 0)
  const p = probability(weight, learnt.matches)
  if (p < policy.askProbability) return []

  const askedBecause: AskReason[] = []
  const say = (reason: AskReason, when: boolean): void => { if (when) askedBecause.push(reason) }
  const margin = -Math.log2(policy.coincidencesAllowed)
  const identified = is.IDENTIFIER === 'EXACT'
  const core = [is.GIVEN, is.SURNAME, is.BIRTH]
  const inexact = core.filter((level) => level !== 'EXACT' && level !== 'MISSING' && level !== 'SWAPPED').length
  say('PROBABILITY', p < policy.linkProbability)
  say('COINCIDENCE', chance.GIVEN + chance.SURNAME + chance.BIRTH + chance.ADDRESS + chance.IDENTIFIER < Math.log2(Math.max(2, size * (size - 1) / 2)) + margin)
  say('RELATIVES', chance.GIVEN + chance.BIRTH + chance.IDENTIFIER < Math.log2(Math.max(2, size * policy.relativesPerPerson / 2)) + margin)
  // Twins have one surname, one birth date, often one address, and like-sounding names.
  say('GIVEN_NAME', !identified && is.GIVEN !== 'EXACT' && is.GIVEN !== 'SWAPPED')
  say('SEVERAL_DIFFER', inexact > (identified ? 2 : 1))
  say('CONTRADICTION', [...core, is.IDENTIFIER].includes('DIFFERENT') || is.IDENTIFIER === 'PART')
  say('TOO_LITTLE_KNOWN', !identified && core.includes('MISSING'))
  // Parent and child of one name.
  say('GENERATION', (a.suffix ?? '') !== (b.suffix ?? '') || (a.birth !== undefined && b.birth !== undefined && Math.abs(a.birth.year - b.birth.year) >= 12))
  return [{ refs: [a.ref, b.ref], band: askedBecause.length === 0 ? 'LINK' : 'ASK', probability: p, weight, evidence: weights, askedBecause }]
}

/** Not more than an exact agreement on that value would be worth. */
const againstChance = (field: MatchField, level: Agreement, exact: number, { u }: Learnt): number => {
  if (level === 'EXACT') return exact
  if (level === 'SWAPPED') return Math.max(0, exact - 1)
  if (level === 'MISSING' || level === 'DIFFERENT') return 0
  const asGood = u[field].EXACT + u[field].SWAPPED + u[field].CLOSE + (level === 'PART' ? u[field].PART : 0)
  return Math.min(exact, -Math.log2(asGood))
}
/** Two of year, month and day agree; any of the three might have been the other one. */
const birthInPart = (a: Person, b: Person, year: number): number =>
  Math.max(0, (a.birth!.year === b.birth!.year ? year : 0) + (a.birth!.month === b.birth!.month ? Math.log2(12) : 0) + (a.birth!.day === b.birth!.day ? Math.log2(30.4) : 0) - COMPONENTS)

/**
 * Links reach on: where one record would be linked to two that are not even likely to be one person, all of that group is asked,
 * for it is not known which link is the wrong one.
 */
const withoutDisputed = (found: readonly Match[], one: readonly (readonly string[])[]): Match[] => {
  const likely = new Set([...found.map(({ refs }) => refs), ...one.flatMap((refs) => refs.flatMap((a, at) => refs.slice(at + 1).map((b) => [a, b] as const)))].flatMap(([a, b]) => [`${a}|${b}`, `${b}|${a}`]))
  // A link reaches through those that stand already, also where a run has not compared these again.
  const groups = new Map<string, Set<string>>(one.flatMap((refs) => { const members = new Set(refs); return refs.map((ref): [string, Set<string>] => [ref, members]) }))
  for (const { band, refs } of found) {
    if (band !== 'LINK') continue
    const members = new Set(refs.flatMap((ref) => [ref, ...groups.get(ref) ?? []]))
    for (const member of members) groups.set(member, members)
  }
  const disputed = new Set<Set<string>>()
  for (const members of new Set(groups.values())) {
    const list = [...members]
    if (list.some((ref, at) => list.slice(at + 1).some((other) => !likely.has(`${ref}|${other}`)))) disputed.add(members)
  }
  return found.map((match) => match.band === 'LINK' && disputed.has(groups.get(match.refs[0])!) ? { ...match, band: 'ASK', askedBecause: ['THIRD_RECORD'] } : match)
}
