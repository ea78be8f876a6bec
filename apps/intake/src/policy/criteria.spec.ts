import { createHash } from 'node:crypto'
import * as fc from 'fast-check'
import { LEVELS, type HistoryCounts, type Level } from '@chorus/contracts'
import { kindOf, LEVELS_POLICY } from '@chorus/policy'
import { answer, assess, nameOf, PREDICATE_NAMES, type LevelFacts } from './criteria'
import { shippedPolicy } from './policy-in-force'

const shipped = shippedPolicy()
const counts = (more: Partial<HistoryCounts> = {}): HistoryCounts => ({ ipvArrests: 0, ipvCharges: 0, ipvConvictions: 0, oopViolations: 0, violentFelonies: 0, ...more })
const facts = (history: HistoryCounts | null, incident: Partial<LevelFacts['incident']> = {}, offendedAfterNoticeAt: Level[] | null = []): LevelFacts =>
  ({ history, incident: { arrest: false, charged: false, charges: [], primaryAggressorIdentified: true, weaponCodes: ['40'], strangulation: false, ...incident }, offendedAfterNoticeAt })
const dated = (day: string, incident: Partial<LevelFacts['incident']> = {}): LevelFacts => ({ ...facts(counts(), { day, ...incident }), day: '2026-07-02' })
const levelOf = (all: LevelFacts) => assess(shipped.policy, all).level

describe('the shipped policy', () => {
  it('is a draft, fits its schema, has one look-back, and its hash is that of its bytes', () => {
    expect(shipped.policy).toMatchObject({ policyId: 'kc-ipvi-levels', version: '1.2.0', status: 'DRAFT', lookbackYears: 5, lethalityScreens: { hotlineWithinMinutes: 60 } })
    expect(shipped.hash).toBe(createHash('sha256').update(shipped.text).digest('hex'))
    expect(shipped.text).not.toContain('years:')
  })
  it.each<[string, LevelFacts, Level | null]>([
    ['a first call without an arrest', facts(counts()), 'D'],
    ['only old history, outside the look-back, and a new call without an arrest', facts(counts()), 'D'],
    ['a first arrest, not yet in the reviewed counts', facts(counts(), { arrest: true }), 'C'],
    ['a first charge', facts(counts({ ipvCharges: 1 })), 'C'],
    ['an arrest and its charge are one', facts(counts({ ipvArrests: 1, ipvCharges: 1 }), { arrest: true }), 'C'],
    ['two arrests', facts(counts({ ipvArrests: 2 })), 'B'],
    ['a prohibited behaviour after a notice at C', facts(counts({ ipvArrests: 1 }), {}, ['C']), 'B'],
    ['a prohibited behaviour after a notice at B', facts(counts({ ipvArrests: 1 }), {}, ['B']), 'A'],
    ['three arrests', facts(counts({ ipvArrests: 3 })), 'A'],
    ['a knife', facts(counts(), { weaponCodes: ['20'] }), 'A'],
    ['a call where the aggressor is not identified', facts(counts(), { primaryAggressorIdentified: false }), null],
    ['an arrest that is told by itself, not yet in the reviewed counts, in spite of a report without one', facts(counts(), { arrest: true, charges: ['565.074'] }), 'C'],
    ['a charge without an arrest', facts(counts(), { charged: true, charges: null }), 'C'],
    ['an arrest, its charge and the review of both are one', facts(counts({ ipvArrests: 1 }), { arrest: true, charged: true, charges: null }), 'C'],
    ['an arrest in the incident, and nobody said whose', facts(counts(), { arrest: null }), null],
    ['a charge of the incident, and nobody said whose', facts(counts(), { charged: null }), null],
    ['nobody said whose, and he had one before', facts(counts({ ipvArrests: 1 }), { arrest: null }), 'C'],
    ['an incident older than the policy looks back, with a firearm and an arrest', dated('2021-07-01', { arrest: true, weaponCodes: ['12'] }), null],
    ['one on the day to which it looks back', dated('2021-07-02', { weaponCodes: ['12'] }), 'A'],
    ['an older one, without an arrest', dated('2021-07-01'), null],
    ['an older one, of which he was arrested since', dated('2021-07-01', { arrest: true, arrestDay: '2022-01-01', weaponCodes: ['12'] }), 'C'],
    ['nothing reviewed', facts(null), null],
    ['nothing reviewed, an arrest', facts(null, { arrest: true }), null],
  ])('%s', (_, all, level) => { expect(levelOf(all)).toBe(level) })
  it('names the criteria that were met and those that nobody can decide from what is recorded', () => {
    expect(assess(shipped.policy, facts(counts({ ipvArrests: 1, violentFelonies: 1, oopViolations: 1 }), { weaponCodes: null, strangulation: true }))).toEqual({
      level: 'C', matched: ['ipvArrestOrCharge.equals=1'],
      unknown: ['felonyDomesticAssault.degrees=1+2', 'strangulation.charged=true', 'weaponUsedInIpv', 'orderOfProtectionViolation.withViolence=true'],
    })
  })
  it('never lowers the level when a count rises', () => {
    const rank = (level: Level | null) => level === null ? 0 : LEVELS.indexOf(level) + 1
    fc.assert(fc.property(fc.nat({ max: 6 }), fc.boolean(), (arrests, arrest) => {
      expect(rank(levelOf(facts(counts({ ipvArrests: arrests + 1 }), { arrest })))).toBeGreaterThanOrEqual(rank(levelOf(facts(counts({ ipvArrests: arrests }), { arrest }))))
    }))
  })
})

describe('a criterion', () => {
  it('that was not recorded is unknown, never no', () => {
    expect(answer({ weaponUsedInIpv: {} }, facts(counts(), { weaponCodes: null }))).toBe('unknown')
    expect(answer({ weaponUsedInIpv: {} }, facts(counts(), { weaponCodes: ['95'] }))).toBe('unknown')
    expect(answer({ strangulation: { charged: true } }, facts(counts(), { strangulation: null, weaponCodes: ['85'] }))).toBe('unknown')
    expect(answer({ strangulation: { charged: true } }, facts(counts(), { strangulation: null, weaponCodes: ['40'] }))).toBe('no')
    expect(answer({ ipvArrestOrCharge: { atLeast: 2 } }, facts(null, { arrest: true }))).toBe('unknown')
    expect(answer({ felonyDomesticAssault: { degrees: [1, 2] } }, facts(null))).toBe('unknown')
    expect(answer({ prohibitedBehaviorAfterNotice: { levels: ['B'] } }, facts(counts(), {}, null))).toBe('unknown')
    expect(answer({ prohibitedBehaviorAfterNotice: { levels: ['B'] } }, facts(counts(), {}, ['C']))).toBe('no')
  })
  it.each<[readonly string[] | null, string]>([[['565.072'], 'unknown'], [['565.073-001Y2020'], 'unknown'], [['565.074', '50-169'], 'no'], [['13A'], 'unknown'], [[], 'no'], [null, 'unknown']])('felony: he was arrested for %j, and the review counts none: %s', (charges, says) => {
    expect(answer({ felonyDomesticAssault: { degrees: [1, 2] } }, facts(counts(), { arrest: true, charges }))).toBe(says)
  })
  it('is named with its arguments', () => {
    expect(nameOf({ ipvArrestOrCharge: { equals: 1 } })).toBe('ipvArrestOrCharge.equals=1')
    expect(nameOf({ ipvIncidentReport: { arrest: false, primaryAggressorIdentified: true } })).toBe('ipvIncidentReport.arrest=false.primaryAggressorIdentified=true')
  })
})

it('has a predicate for each that a file may name, and no other', () => {
  const { properties } = (kindOf(LEVELS_POLICY)!.schema as { $defs: { criterion: { properties: object } } }).$defs.criterion
  expect(PREDICATE_NAMES).toEqual(Object.keys(properties).sort())
})
