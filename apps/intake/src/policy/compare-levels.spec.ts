import { parse } from 'yaml'
import type { HistoryCounts, Level } from '@chorus/contracts'
import { changedValues } from '@chorus/policy'
import { asItHolds, directionOf, levelDifference, proposedBy, screenedUnder, screeningDifference, type Recorded } from './compare-levels'
import type { LevelPolicy } from './criteria'
import { shippedPolicy } from './policy-in-force'

const { policy: shipped, text } = shippedPolicy()
const changed = (from: string, to: string): LevelPolicy => { expect(text).toContain(from); return parse(text.replace(from, to)) as LevelPolicy }
const recorded = (counts: Partial<HistoryCounts> | null, incident: Partial<Recorded['levelFacts']['incident']> = {}, reviewedYears: number | null = 5): Recorded => ({
  reviewedYears: counts === null ? null : reviewedYears,
  levelFacts: {
    history: counts && { ipvArrests: 0, ipvCharges: 0, ipvConvictions: 0, oopViolations: 0, violentFelonies: 0, ...counts }, offendedAfterNoticeAt: null,
    incident: { arrest: false, charged: false, charges: [], primaryAggressorIdentified: true, weaponCodes: ['40'], strangulation: false, ...incident },
  },
})

it('what a file says of the panel of A counts from two agencies on, whatever it says below', () => {
  const { A } = shipped.levels
  const { requires: _, ...without } = A
  const values = (after: LevelPolicy) => changedValues(asItHolds(shipped), asItHolds(after))
  const asking = (minAgencies: number): LevelPolicy => ({ ...shipped, levels: { ...shipped.levels, A: { ...A, requires: { panelApproval: { minAgencies } } } } })
  expect([values({ ...shipped, levels: { ...shipped.levels, A: without } }), values(asking(1))]).toEqual([[], []])
  expect(values(asking(3))).toEqual([{ key: 'levels/A/requires/panelApproval/minAgencies', before: '2', after: '3' }])
})

describe('two policies of levels, of one case', () => {
  it('that propose the same differ in nothing, whatever stands in them', () => {
    expect(levelDifference(shipped, changed('atLeast: 3', 'atLeast: 4'), recorded({ ipvArrests: 1 }))).toBeNull()
    expect(levelDifference(shipped, shipped, recorded({ ipvArrests: 3 }))).toBeNull()
  })
  it('lead lower by the criterion that is not met any more, and by no other', () => {
    const lower = levelDifference(shipped, changed('atLeast: 3', 'atLeast: 4'), recorded({ ipvArrests: 3 }))!
    expect(lower).toEqual({ from: 'A', to: 'B', criteria: [{ level: 'A', part: 'anyOf', criterion: 'ipvArrestOrCharge.atLeast=3', before: 'yes' }, { level: 'A', part: 'anyOf', criterion: 'ipvArrestOrCharge.atLeast=4', after: 'no' }] })
    expect(directionOf(lower)).toBe('lower')
    // What differs at a level that lies outside both made no difference.
    const alsoC = parse(text.replace('atLeast: 3', 'atLeast: 4').replace('{ equals: 1 }', '{ equals: 3 }')) as LevelPolicy
    expect(levelDifference(shipped, alsoC, recorded({ ipvArrests: 3 }))).toEqual(lower)
  })
  it('lead higher where a criterion moves to a level, and say so for both levels', () => {
    const moved = parse(text.replace('      - weaponUsedInIpv: {}\n', '').replace('levels: [D, C] }', 'levels: [D, C] }\n      - weaponUsedInIpv: {}')) as LevelPolicy
    const lower = levelDifference(shipped, moved, recorded({ ipvArrests: 1 }, { weaponCodes: ['20'] }))!
    expect(lower).toMatchObject({ from: 'A', to: 'B', criteria: [{ level: 'A', criterion: 'weaponUsedInIpv', before: 'yes' }, { level: 'B', criterion: 'weaponUsedInIpv', after: 'yes' }] })
    expect(directionOf(levelDifference(moved, shipped, recorded({ ipvArrests: 1 }, { weaponCodes: ['20'] }))!)).toBe('higher')
  })
  it('a level that is lost, or won from none, counts from below the least', () => {
    const never = changed('arrest: false, primaryAggressorIdentified: true', 'arrest: true, primaryAggressorIdentified: true')
    const lost = levelDifference(shipped, never, recorded({}))!
    expect(lost).toMatchObject({ from: 'D', to: 'NO_LEVEL' })
    expect([directionOf(lost), directionOf(levelDifference(never, shipped, recorded({}))!)]).toEqual(['lower', 'higher'])
  })
  it('lead higher where the one counts as an offence after a notice what the other does not', () => {
    const after = (offendedAfterNoticeAt: readonly Level[]): Recorded => ({ ...recorded({ ipvArrests: 1 }), levelFacts: { ...recorded({ ipvArrests: 1 }).levelFacts, offendedAfterNoticeAt } })
    expect(levelDifference(shipped, shipped, after([]), after(['B']))).toMatchObject({ from: 'C', to: 'A', criteria: [{ level: 'A', criterion: 'prohibitedBehaviorAfterNotice.levels=B', before: 'no', after: 'yes' }] })
  })
  it('with another look-back ask for another review, and no criterion speaks of counts of other years', () => {
    const years = levelDifference(shipped, changed('lookbackYears: 5', 'lookbackYears: 3'), recorded({ ipvArrests: 3 }))!
    expect([years, directionOf(years)]).toEqual([{ from: 'A', to: 'OTHER_LOOKBACK', criteria: [] }, 'toReview'])
    expect(levelDifference(shipped, parse(text.replace('lookbackYears: 5', 'lookbackYears: 3').replace('atLeast: 3', 'atLeast: 4')) as LevelPolicy, recorded({ ipvArrests: 3 }))).toEqual(years)
    expect(proposedBy(shipped, recorded(null))).toBe('NOT_REVIEWED')
    expect(levelDifference(shipped, changed('lookbackYears: 5', 'lookbackYears: 3'), recorded(null))).toBeNull()
  })
})

it('two screenings differ by their outcome, with the predicates that do', () => {
  const yes = { name: 'reportStands', result: 'yes' as const, inputsKnown: true }
  const adult = (args: string, result: 'yes' | 'no') => ({ name: 'subjectAdult', args, result, inputsKnown: true })
  const before = { outcome: 'CANDIDATE' as const, predicates: [yes, adult('atLeast=18', 'yes')] }
  expect(screeningDifference(before, { outcome: 'NOT_ELIGIBLE', predicates: [yes, adult('atLeast=21', 'no')] })).toEqual({ from: 'CANDIDATE', to: 'NOT_ELIGIBLE', predicates: [{ name: 'subjectAdult', before: 'atLeast=18 yes', after: 'atLeast=21 no' }] })
  expect(screeningDifference(null, before)).toMatchObject({ from: 'NOT_SCREENED', to: 'CANDIDATE' })
  expect([screeningDifference(null, null), screeningDifference(before, { outcome: 'CANDIDATE', predicates: [] })]).toEqual([null, null])
})

it('a screening that finds no partners any more is one of its own, as it is recorded once the policy holds', () => {
  const [partners, none] = [{ partners: true, assessment: { outcome: 'CANDIDATE' as const, predicates: [] } }, { partners: false, assessment: { outcome: 'NOT_ELIGIBLE' as const, predicates: [] } }]
  expect(screeningDifference(...screenedUnder(partners, none))).toMatchObject({ from: 'CANDIDATE', to: 'NOT_ELIGIBLE' })
  expect(screeningDifference(...screenedUnder(none, partners))).toMatchObject({ from: 'NOT_SCREENED', to: 'CANDIDATE' })
  expect([screeningDifference(...screenedUnder(none, none)), screeningDifference(...screenedUnder(null, null))]).toEqual([null, null])
})
