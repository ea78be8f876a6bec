/**
 * How often each level of agreement occurs among pairs that are one person (m) and pairs that are two (u), learnt without
 * labels: u by counting over pairs drawn at random, m by expectation maximisation over the candidates with u held fast
 * (Fellegi and Sunter 1969; Winkler 2000). Guards: a prior worth some pairs, so that a set without repetitions learns
 * nothing foolish; better agreement is never worse evidence; the part of matches stays within bounds.
 */
import { compare, FIELDS, LEVELS_OF_AGREEMENT, type Agreement, type Comparison, type MatchField } from './compare'
import type { Person } from './person'

export type Shares = Readonly<Record<MatchField, Readonly<Record<Agreement, number>>>>
export interface Learnt { readonly m: Shares; readonly u: Shares; /** part of all pairs that are one person */ readonly matches: number; readonly rounds: number }

/** Where nothing was learnt: what errors of typing and change of address do to most records. DRAFT, of no file. */
const PRIOR: Readonly<Record<MatchField, readonly number[]>> = {
  GIVEN: [0.82, 0.02, 0.1, 0.04, 0.02], SURNAME: [0.82, 0.02, 0.1, 0.02, 0.04], BIRTH: [0.86, 0.03, 0.06, 0.03, 0.02],
  ADDRESS: [0.5, 0, 0.15, 0.15, 0.2], IDENTIFIER: [0.88, 0, 0.08, 0.01, 0.03],
}
const PRIOR_PAIRS = 20
const DRAWN = 40_000
const DRAWN_PER_PERSON = 20
const ROUNDS = 50
const TOLD = LEVELS_OF_AGREEMENT.filter((level) => level !== 'MISSING')

/** mulberry32: the same draw in every run. */
const drawing = (seed: number) => (): number => {
  seed = (seed + 0x6d2b79f5) | 0
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed)
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
}

export const drawnU = (persons: readonly Person[], drawn = Math.min(DRAWN, DRAWN_PER_PERSON * persons.length)): Shares => {
  const random = drawing(20260702)
  const counts = tally()
  for (let n = 0; n < drawn && persons.length > 1; n++) {
    const i = Math.floor(random() * persons.length)
    const j = Math.floor(random() * (persons.length - 1))
    const comparison = compare(persons[i]!, persons[j >= i ? j + 1 : j]!)
    for (const field of FIELDS) counts[field][comparison[field]]++
  }
  return shares(counts, () => 0.5)
}

export const learn = (comparisons: Iterable<Comparison>, u: Shares, allPairs: number): Learnt => {
  const patterns = new Map<string, { readonly of: Comparison; count: number }>()
  for (const of of comparisons) {
    const key = FIELDS.map((field) => of[field]).join()
    const known = patterns.get(key)
    if (known) known.count++
    else patterns.set(key, { of, count: 1 })
  }
  const prior = (field: MatchField, level: Agreement): number => PRIOR_PAIRS * (PRIOR[field][LEVELS_OF_AGREEMENT.indexOf(level)] ?? 0) + 1e-3
  let m = ordered(shares(tally(), prior), u)
  let matches = bounded(1 / Math.max(1, Math.sqrt(allPairs)), allPairs)
  let rounds = 0
  for (let before = 0; rounds < ROUNDS && Math.abs(matches - before) > 1e-4 * matches; rounds++) {
    before = matches
    const counts = tally()
    let sum = 0
    for (const { of, count } of patterns.values()) {
      const p = count * probability(FIELDS.reduce((weight, field) => weight + weightOf(field, of[field], m, u), 0), matches)
      sum += p
      for (const field of FIELDS) counts[field][of[field]] += p
    }
    m = ordered(shares(counts, prior), u)
    matches = bounded(sum / Math.max(1, allPairs), allPairs)
  }
  return { m, u, matches, rounds }
}

/** log2 of how many times likelier this agreement is between records of one person than of two. */
export const weightOf = (field: MatchField, level: Agreement, m: Shares, u: Shares): number => level === 'MISSING' ? 0 : Math.log2(m[field][level] / u[field][level])
export const probability = (weight: number, matches: number): number => { const odds = 2 ** Math.min(200, weight) * matches / (1 - matches); return odds / (1 + odds) }

/** At least one pair in all, and never more than each has one other: else everything would look like a match. */
const bounded = (part: number, allPairs: number): number => Math.min(Math.max(part, 1 / Math.max(2, allPairs)), Math.min(0.2, 2 / Math.sqrt(Math.max(2, 2 * allPairs))))

type Tally = Record<MatchField, Record<Agreement, number>>
const tally = (): Tally => Object.fromEntries(FIELDS.map((field) => [field, Object.fromEntries(LEVELS_OF_AGREEMENT.map((level) => [level, 0]))])) as Tally
const shares = (counts: Tally, prior: (field: MatchField, level: Agreement) => number): Shares => {
  const result = tally()
  for (const field of FIELDS) {
    const total = TOLD.reduce((sum, level) => sum + counts[field][level] + prior(field, level), 0)
    for (const level of TOLD) result[field][level] = (counts[field][level] + prior(field, level)) / total
  }
  return result
}
/** Holds the ratio m/u falling from the best level to the worst. */
const ordered = (m: Shares, u: Shares): Shares => {
  const result = tally()
  for (const field of FIELDS) {
    let most = Infinity
    for (const level of TOLD) {
      most = Math.min(most, m[field][level] / u[field][level])
      result[field][level] = most * u[field][level]
    }
  }
  return result
}
