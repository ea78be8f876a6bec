import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { repositoryRoot } from '@chorus/platform'
import { dueUnder, matchDifferences, planDifference, type TellingPolicy } from './compare-others'
import { shippedTimerPolicy } from './policy-in-force'

const linked = { refs: ['b', 'a'] as const, band: 'LINK' as const }
const asked = { refs: ['a', 'c'] as const, band: 'ASK' as const }
const nobody = (): boolean => false

describe('two policies of who is who, of the same records', () => {
  it('that find the same differ in nothing, in whatever order the two are named', () => {
    expect(matchDifferences({ matches: [linked, asked], linkBand: 'LINK' }, { matches: [asked, { refs: ['a', 'b'], band: 'LINK' }], linkBand: 'LINK' }, nobody)).toEqual([])
  })
  it('differ by the pairs that come into another band, or out of all of them', () => {
    expect(matchDifferences({ matches: [linked], linkBand: 'LINK' }, { matches: [{ ...linked, band: 'ASK' }, asked], linkBand: 'LINK' }, nobody)).toEqual([
      { oneRef: 'a', otherRef: 'b', from: 'LINK', to: 'ASK' }, { oneRef: 'a', otherRef: 'c', from: 'DIFFERENT', to: 'ASK' },
    ])
  })
  it('differ where the one has a person asked in the link band too', () => {
    expect(matchDifferences({ matches: [linked], linkBand: 'LINK' }, { matches: [linked], linkBand: 'ASK' }, nobody)).toMatchObject([{ from: 'LINK', to: 'ASK' }])
  })
  it('do not differ in what somebody has decided', () => {
    expect(matchDifferences({ matches: [linked, asked], linkBand: 'LINK' }, { matches: [], linkBand: 'LINK' }, (_, other) => other === 'b')).toMatchObject([{ otherRef: 'c', to: 'DIFFERENT' }])
  })
})

describe('two policies of notifications, of one plan', () => {
  const text = readFileSync(join(repositoryRoot(), 'apps/deterrence/policies/kc-ipvi-notifications.yaml'), 'utf8')
  const shipped = parse(text) as TellingPolicy
  const changed = (from: string, to: string): TellingPolicy => { expect(text).toContain(from); return parse(text.replace(from, to)) as TellingPolicy }
  it('differ in what the plan rests on, and in nothing else', () => {
    expect(planDifference(shipped, changed('within: PT24H, basis: known', 'within: PT12H, basis: known'), { level: 'C', mode: 'CUSTODY' })).toEqual({ level: 'C', mode: 'CUSTODY', differs: [{ what: 'within', before: 'PT24H', after: 'PT12H' }] })
    expect(planDifference(shipped, changed('within: PT24H, basis: known', 'within: PT12H, basis: known'), { level: 'C', mode: 'CUSTOM' })).toBeNull()
    expect(planDifference(shipped, changed("b-custom: { version: '1'", "b-custom: { version: '2'"), { level: 'B', mode: 'CUSTOM' })).toMatchObject({ differs: [{ what: 'templateVersion', before: '1', after: '2' }] })
    expect(planDifference(shipped, changed('exceptionAttempts: 3', 'exceptionAttempts: 4'), { level: 'B', mode: 'CUSTOM' })).toBeNull()
  })
  it('say so where the way is no way any more', () => {
    expect(planDifference(shipped, changed('      CALL_IN: { sla: T-B, within: P90D, basis: design, template: b-call-in }\n', ''), { level: 'B', mode: 'CALL_IN' })!.differs).toContainEqual({ what: 'allowed', before: 'yes', after: 'no' })
  })
})

it('a timer of a policy is counted anew; what another policy dates, or somebody who put it off, keeps its day', () => {
  const { policy: shipped } = shippedTimerPolicy()
  const by = dueUnder({ ...shipped, timers: { ...shipped.timers, 'T-REF': { after: 'P2BD', owner: 'intakeAnalyst', basis: 'design' } } })
  const running = (timer: 'T-REF' | 'T-LAP' | 'T-DEF' | 'T-C1') => ({ timer, from: '2026-07-08T15:10:00.000Z', due: '2026-09-02T05:00:00.000Z' })
  expect(by(running('T-REF'))).toBe('2026-07-10T15:10:00.000Z')
  expect([by(running('T-LAP')), by(running('T-DEF'))]).toEqual(['2026-09-02T05:00:00.000Z', '2026-09-02T05:00:00.000Z'])
  expect(by(running('T-C1'))).toBeNull()
})
