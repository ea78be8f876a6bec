/** Whether the victim of an index incident was a minor: by the referral, by the report, by neither, and corrected. */
import type { RecordedEvent, ReportedAge } from '@chorus/contracts'
import { fold } from '@chorus/decider'
import { metaOf } from '../../../../libs/decider/src/testing/given'
import { recorded } from '../../../../libs/decider/src/testing/memory-log'
import { evolve, initial, type Incident } from '../incident/incident'
import { INCIDENT, OFFENDER, PAIR, report, STRANGER, VICTIM, years } from '../testing/incident-report'
import { isVictimMinor } from './ground'

const told = (revision: number, draft: object): RecordedEvent => recorded({ schemaVersion: 1, time: '2026-07-03', timePrecision: 'day', timeZone: 'America/Chicago', ...draft } as never, { stream: `incident-${INCIDENT}`, revision }, metaOf({ name: `told ${revision}` }))
const confirmed = (victimToken: string, offenderToken: string, revision: number): RecordedEvent => told(revision, { type: 'IntimatePartnerRelationshipConfirmed', data: { incidentId: INCIDENT, pairToken: PAIR, victimToken, offenderToken, basis: 'DATING', method: 'INTERVIEW' } })
/** Reported with her age each time, and confirmed. */
const incident = (...ages: (ReportedAge | null)[]): Incident => fold({ evolve }, [...ages.map((victimAge, at) => told(at, report({ victimAge, version: at + 1 }))), confirmed(VICTIM, OFFENDER, ages.length)], initial)
const [ADULT, MINOR] = ['1990-01-31', '2010-01-01']

it.each<[string, string | undefined, Incident, boolean]>([
  ['by the report', undefined, incident(years(16)), true], ['by the referral', MINOR, incident(null), true], ['by the referral, whatever the report says', MINOR, incident(years(30)), true], ['by the report, whatever the referral says', ADULT, incident(years(16)), true],
  ['by neither', undefined, incident(years(31)), false], ['not where nobody knows', undefined, incident(null), false], ['not by an age in a range over the limit', undefined, incident({ text: '1620', precision: 'range', from: 16, to: 20 }), false],
  ['not once the report was corrected', undefined, incident(years(16), years(26)), false], ['where it was corrected to that', undefined, incident(years(26), years(16)), true], ['on the day before she was of age', '2008-07-03', incident(null), true], ['not on the day itself', '2008-07-02', incident(null), false],
])('%s', (_, birthDate, reported, minor) => { expect(isVictimMinor(birthDate, reported, OFFENDER)).toBe(minor) })

it('of several partners of whom one is of age, the referral says which is meant; he who is reported as victim may be the one referred', () => {
  const draft = report({ victimAge: years(16) })
  draft.data.victims.push({ ...draft.data.victims[0]!, token: STRANGER, sequence: 2, age: years(40) })
  const two = fold({ evolve }, [told(0, draft), confirmed(VICTIM, OFFENDER, 1), confirmed(STRANGER, OFFENDER, 2)], initial)
  expect([isVictimMinor(undefined, two, OFFENDER), isVictimMinor(MINOR, two, OFFENDER)]).toEqual([false, true])
  expect(isVictimMinor(undefined, fold({ evolve }, [told(0, report({ offenderAge: years(17), victimAge: years(30) })), confirmed(VICTIM, OFFENDER, 1)], initial), VICTIM)).toBe(true)
})
