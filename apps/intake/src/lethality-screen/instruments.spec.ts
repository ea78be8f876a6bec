import * as fc from 'fast-check'
import { SCREEN_ANSWERS, type ScreenAnswer } from '@chorus/contracts'
import { INSTRUMENT } from './instruments'

/** Answers of a form: YES to these items (counted from 1), NOT_ANSWERED to those, NO to all others. */
const form = (items: number, yes: readonly number[], unanswered: readonly number[] = []): ScreenAnswer[] =>
  Array.from({ length: items }, (_, i) => (yes.includes(i + 1) ? 'YES' : unanswered.includes(i + 1) ? 'NOT_ANSWERED' : 'NO'))
const all = (n: number): number[] => Array.from({ length: n }, (_, i) => i + 1)

describe('LAP', () => {
  it.each([
    ['question 2 alone', form(11, [2]), false, 'SCREENED_IN_Q1_3'],
    ['four of the other eight', form(11, [4, 5, 7, 8]), false, 'SCREENED_IN_Q4_11'],
    ['three of them', form(11, [4, 5, 7]), false, 'NOT_SCREENED_IN'],
    ['three of them, and the officer believes it', form(11, [4, 5, 7]), true, 'SCREENED_IN_OFFICER_BELIEF'],
    ['nothing answered', form(11, [], all(11)), false, 'NOT_ANSWERED'],
    ['nothing answered, and the officer believes it', form(11, [], all(11)), true, 'SCREENED_IN_OFFICER_BELIEF'],
    ['the first three not answered, four of the others', form(11, [4, 5, 6, 7], [1, 2, 3]), false, 'SCREENED_IN_Q4_11'],
    ['each of the first three, also beside the officer', form(11, [1]), true, 'SCREENED_IN_Q1_3'],
    ['question 3', form(11, [3], [1, 2]), false, 'SCREENED_IN_Q1_3'],
    ['all no', form(11, []), false, 'NOT_SCREENED_IN'],
    ['one no, the rest not answered', form(11, [], all(11).slice(1)), false, 'NOT_SCREENED_IN'],
  ] as const)('%s', (_, answers, belief, outcome) => { expect(INSTRUMENT.LAP.score(answers, belief)).toBe(outcome) })
})

describe('DA-LE', () => {
  it.each([
    ['seven of eleven', form(11, all(7)), false, 'HIGH'], ['six of eleven', form(11, all(6)), false, 'NOT_HIGH'],
    ['six, and judgement', form(11, all(6)), true, 'HIGH_BY_JUDGEMENT'], ['seven, and judgement', form(11, all(7)), true, 'HIGH'], ['nothing answered', form(11, [], all(11)), false, 'NOT_ANSWERED'],
  ] as const)('%s', (_, answers, judgement, outcome) => { expect(INSTRUMENT.DA_LE.score(answers, judgement)).toBe(outcome) })
})

describe('ODARA', () => {
  it.each([
    [0, 'BIN_0'], [1, 'BIN_1'], [2, 'BIN_2'], [3, 'BIN_3'], [4, 'BIN_4'], [5, 'BIN_5_6'], [6, 'BIN_5_6'], [7, 'BIN_7_13'], [13, 'BIN_7_13'],
  ] as const)('%i of thirteen is %s', (sum, bin) => { expect(INSTRUMENT.ODARA.score(form(13, all(sum)), false)).toBe(bin) })
  it.each([
    ['five missing of thirteen: 3 of 8 is raised to 4.875, so 5', form(13, [1, 2, 3], [9, 10, 11, 12, 13]), 'BIN_5_6'],
    ['one missing: 4 of 12 is 4.33, so 4', form(13, [1, 2, 3, 4], [13]), 'BIN_4'],
    ['six missing', form(13, all(7), all(13).slice(7)), 'NOT_SCORABLE'],
    ['a belief has no place', form(13, []), 'BIN_0'],
  ] as const)('%s', (_, answers, bin) => { expect(INSTRUMENT.ODARA.score(answers, true)).toBe(bin) })
})

it('one more yes never makes an outcome milder', () => {
  const rank = ['NOT_ANSWERED', 'NOT_SCORABLE', 'NOT_SCREENED_IN', 'NOT_HIGH', 'BIN_0', 'BIN_1', 'BIN_2', 'BIN_3', 'BIN_4', 'BIN_5_6', 'BIN_7_13', 'SCREENED_IN_OFFICER_BELIEF', 'HIGH_BY_JUDGEMENT', 'SCREENED_IN_Q4_11', 'HIGH', 'SCREENED_IN_Q1_3']
  fc.assert(fc.property(fc.constantFrom('LAP', 'DA_LE', 'ODARA'), fc.array(fc.constantFrom(...SCREEN_ANSWERS), { minLength: 13, maxLength: 13 }), fc.nat({ max: 12 }), fc.boolean(), (name, thirteen, at, belief) => {
    const { items, score } = INSTRUMENT[name as keyof typeof INSTRUMENT]
    const answers = thirteen.slice(0, items)
    // an answer that was missing changes what the others weigh: only a NO that becomes a YES is compared
    fc.pre(answers[at] === 'NO')
    expect(rank.indexOf(score(answers.with(at, 'YES'), belief))).toBeGreaterThanOrEqual(rank.indexOf(score(answers, belief)))
  }))
})
