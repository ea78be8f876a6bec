import type { RecordedEvent } from '@chorus/contracts'
import { report } from '../testing/incident-report'
import { Outcomes } from './screen-anew'

const policyOf = (...relationships: string[]) => ({ policyVersion: 'levels@2.0.0', policyHash: '', eligibility: { relationships, minimumAge: 18 } })
const of = (incidentId: string, draft: object): RecordedEvent => ({ ...draft, stream: `incident-${incidentId}` }) as RecordedEvent
const assessed = (incidentId: string, outcome: string): RecordedEvent => ({ type: 'EligibilityAssessed', stream: `eligibility-${incidentId}`, data: { incidentId, outcome } }) as RecordedEvent
const otherwise = (by: ReturnType<typeof policyOf>, ...events: RecordedEvent[]): string[] => {
  const outcomes = new Outcomes(by)
  events.forEach((event) => outcomes.take(event))
  return outcomes.otherwise()
}

describe('what a policy screens otherwise, in the order of the log: the report before its assessment', () => {
  const log = [of('one', report({ relationship: 'SE' })), assessed('one', 'CANDIDATE'), of('other', report({ relationship: 'AQ' }))]
  it('has those whose relationship it no longer takes in', () => { expect(otherwise(policyOf('CS'), ...log)).toEqual(['one']) })
  it('has those whom the one before passed over', () => { expect(otherwise(policyOf('SE', 'AQ'), ...log)).toEqual(['other']) })
  it('has none where it says the same, or where neither takes them in', () => { expect(otherwise(policyOf('SE'), ...log)).toEqual([]) })
  it('counts the newest assessment alone', () => { expect(otherwise(policyOf('CS'), ...log, assessed('one', 'NOT_ELIGIBLE'))).toEqual([]) })
})
