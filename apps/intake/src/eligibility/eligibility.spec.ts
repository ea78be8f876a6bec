import * as fc from 'fast-check'
import { given, metaOf } from '../../../../libs/decider/src/testing/given'
import { aggregateProperties } from '../../../../libs/decider/src/testing/properties'
import { INCIDENT } from '../testing/incident-report'
import { eligibility, type AssessEligibility } from './eligibility'

const assess = (partners: boolean, revision = 0): AssessEligibility => ({
  type: 'AssessEligibility', meta: metaOf({ name: `assess ${revision}` }),
  data: { partners, assessment: { incidentId: INCIDENT, predicates: [], identityKnown: false, outcome: partners ? 'CANDIDATE' : 'NOT_ELIGIBLE', policyVersion: 'kc-ipvi-levels@1.0.0' }, basis: [{ stream: `incident-${INCIDENT}`, revision }] },
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

aggregateProperties(eligibility, fc.tuple(fc.boolean(), fc.nat({ max: 3 })).map(([partners, revision]) => assess(partners, revision)))
