import * as fc from 'fast-check'
import { given, metaOf } from '../../../../libs/decider/src/testing/given'
import { aggregateProperties } from '../../../../libs/decider/src/testing/properties'
import { INCIDENT } from '../testing/incident-report'
import { eligibility, type AssessEligibility, type ScreenAnew } from './eligibility'

const assess = (partners: boolean, revision = 0): AssessEligibility => ({
  type: 'AssessEligibility', meta: metaOf({ name: `assess ${revision}` }),
  data: { partners, assessment: { incidentId: INCIDENT, predicates: [], identityKnown: false, outcome: partners ? 'CANDIDATE' : 'NOT_ELIGIBLE', policyVersion: 'kc-ipvi-levels@1.0.0' }, basis: [{ stream: `incident-${INCIDENT}`, revision }] },
})
const anew = (outcome: 'CANDIDATE' | 'NOT_ELIGIBLE', version = '1.1.0', partners = true): ScreenAnew => ({
  type: 'ScreenAnew', meta: metaOf({ name: `anew ${outcome} ${version} ${String(partners)}` }),
  data: { partners, assessment: { incidentId: INCIDENT, predicates: [], identityKnown: false, outcome, policyVersion: `kc-ipvi-levels@${version}`, policyHash: 'b'.repeat(64) }, basis: [{ stream: `incident-${INCIDENT}`, revision: 0 }] },
})
const assessed = given(eligibility).when(assess(true)).then({ type: 'EligibilityAssessed', partitionkey: `incident-${INCIDENT}` })[0]!

describe('an incident is screened', () => {
  it('when its report states intimate partners', () => { given(eligibility).when(assess(true)).then({ type: 'EligibilityAssessed', data: { outcome: 'CANDIDATE' } }) })
  it('not when it states none, unless it did before: then the earlier one is corrected', () => {
    given(eligibility).when(assess(false)).nothing()
    const { history } = given(eligibility, assessed)
    given(eligibility, assessed).when(assess(false, 1)).then({ type: 'EligibilityAssessed', corrects: history[0]!.id, data: { outcome: 'NOT_ELIGIBLE' } })
  })
})

describe('a policy that begins to hold', () => {
  it('adds another assessment beside the earlier one where its outcome is another, and corrects nothing', () => {
    const [event] = given(eligibility, assessed).when(anew('NOT_ELIGIBLE')).then({ type: 'EligibilityAssessed', schemaVersion: 2, policyVersion: 'kc-ipvi-levels@1.1.0', data: { outcome: 'NOT_ELIGIBLE', policyHash: 'b'.repeat(64) } })
    expect(event).not.toHaveProperty('corrects')
  })
  it('says nothing where the outcome is the same, nor where a report was screened by it meanwhile', () => {
    given(eligibility, assessed).when(anew('CANDIDATE')).nothing()
    given(eligibility, assessed).when(anew('NOT_ELIGIBLE', '1.0.0')).nothing()
  })
  it('takes in what the earlier one passed over, and only that', () => {
    given(eligibility).when(anew('CANDIDATE')).then({ type: 'EligibilityAssessed' })
    given(eligibility).when(anew('NOT_ELIGIBLE', '1.1.0', false)).nothing()
  })
})

aggregateProperties(eligibility, fc.oneof(
  fc.tuple(fc.boolean(), fc.nat({ max: 3 })).map(([partners, revision]) => assess(partners, revision)),
  fc.tuple(fc.constantFrom('CANDIDATE' as const, 'NOT_ELIGIBLE' as const), fc.constantFrom('1.0.0', '1.1.0'), fc.boolean()).map((args) => anew(...args)),
))
