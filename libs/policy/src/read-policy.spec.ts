import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { IDENTITY_POLICY, kindOf, LEVELS_POLICY, NOTIFICATIONS_POLICY, POLICY_KINDS, TIMERS_POLICY } from './kinds'
import { PolicyUnreadable, readNewPolicy, readPolicy } from './read-policy'

const shipped = (policyId: string): string => readFileSync(join(__dirname, '../../..', kindOf(policyId)!.file), 'utf8')
const levels = shipped(LEVELS_POLICY)
const problems = (text: string, wanted?: string): string[] => {
  try { readPolicy(text, 'the file', wanted) } catch (error) {
    if (error instanceof PolicyUnreadable) return error.problems.map(({ line, column, key, text: said }) => `${line}:${column} ${key}: ${said}`)
    throw error
  }
  return []
}
/** Where a text of the file stands: line and column, from 1. */
const placeOf = (text: string, part: string): string => { const before = text.slice(0, text.indexOf(part)).split('\n'); return `${before.length}:${before.at(-1)!.length + 1}` }

it.each(POLICY_KINDS.map(({ policyId }) => [policyId]))('%s comes as a draft, fits its schema, and its hash is that of its bytes', (policyId) => {
  const text = shipped(policyId)
  const { policy, hash, kind } = readPolicy(text)
  expect([policy.policyId, policy.status, hash]).toEqual([policyId, 'DRAFT', createHash('sha256').update(text).digest('hex')])
  expect(kind.approvers.length).toBeGreaterThan(1)
})

describe('a file is refused with line, column and what to do', () => {
  it('where it names a predicate that nobody knows', () => {
    const text = levels.replace('weaponUsedInIpv: {}', 'weaponSeen: {}')
    expect(problems(text)).toEqual([`${placeOf(text, 'weaponSeen')} levels/A/anyOf/3/weaponSeen: is no key of this policy: take it out, or look how it is spelled (known here: ipvIncidentReport, ipvArrestOrCharge, prohibitedBehaviorAfterNotice, felonyDomesticAssault, strangulation, weaponUsedInIpv, orderOfProtectionViolation)`])
    expect(() => readPolicy(text, 'kc.yaml')).toThrow(/^kc.yaml is no policy that can hold: line 46, column 9 \(levels\/A\/anyOf\/3\/weaponSeen\) is no key .*Correct it and try again\.$/)
  })
  it('where a predicate has an argument that it does not take', () => {
    const text = levels.replace('{ equals: 1 }', '{ equals: one }')
    expect(problems(text)).toEqual([`${placeOf(text, 'equals: one')} levels/C/anyOf/0/ipvArrestOrCharge/equals: must be integer: correct it`])
  })
  it.each([
    ['a level is missing', levels.replace(/ {2}B:[\s\S]*? {2}A:/, '  A:'), 'levels: has no B: add it'],
    ['no YAML', 'levels: [', 'is not readable YAML'],
    ['a key stands twice', `${levels}version: 1.0.0\n`, 'is not readable YAML (duplicate key)'],
    ['one field is another\'s alias', levels.replace('levels:\n  D:\n', 'levels:\n  D: &d\n').replace('  C:\n    anyOf:\n      - ipvArrestOrCharge: { equals: 1 }\n', '  C: *d\n'), 'uses aliases'],
    ['it is no policy', 'REPORT,NAME\n1,2\n', 'must be object'],
    ['it is of no policy that there is', levels.replace('kc-ipvi-levels', 'kc-ipvi-other'), 'policyId: must be one of kc-ipvi-levels'],
    ['a mode is the default and is none', shipped(NOTIFICATIONS_POLICY).replace('default: LETTER', 'default: CUSTOM'), 'levels/D/default: is none of its modes'],
    ['a text is not there', shipped(NOTIFICATIONS_POLICY).replace('template: d-letter', 'template: d-note'), 'levels/D/modes/LETTER/template: is not among the templates'],
    ['an authorisation lasts more than an hour', shipped(NOTIFICATIONS_POLICY).replace('authorizationMinutes: 60', 'authorizationMinutes: 61'), 'authorizationMinutes: must be <= 60'],
    ['a duration is none', shipped(TIMERS_POLICY).replace('after: P1BD', 'after: P1W'), 'timers/T-REF/after: must match pattern'],
    ['a threshold is out of its bounds', shipped(IDENTITY_POLICY).replace('linkProbability: 0.999', 'linkProbability: 0.2'), 'linkProbability: must be >= 0.9'],
  ])('where %s', (_, text, says) => { expect(problems(text)[0]).toMatch(/^[1-9]\d*:[1-9]\d* /); expect(problems(text).join('\n')).toContain(says) })
  it('where it is another policy than the one that is wanted', () => { expect(problems(levels, TIMERS_POLICY)).toEqual([`${placeOf(levels, 'policyId')} policyId: must be kc-ipvi-timers`]) })
})

it('a text that is put forward says of the panel of A what holds; one that holds in some log is read', () => {
  const text = levels.replace('minAgencies: 2', 'minAgencies: 1')
  expect(() => readNewPolicy(text, 'kc.yaml')).toThrow(/\(levels\/A\/requires\/panelApproval\/minAgencies\) must be >= 2: level A is approved by two agencies/)
  expect(problems(text)).toEqual([])
  for (const fine of [levels, levels.replace('minAgencies: 2', 'minAgencies: 3'), text.replace('version: 1.1.0', 'version: 1.1.1').replace('minAgencies: 1', 'minAgencies: 2')]) expect(() => readNewPolicy(fine, 'kc.yaml')).not.toThrow()
})
