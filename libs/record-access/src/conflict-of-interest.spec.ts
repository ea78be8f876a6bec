import * as fc from 'fast-check'
import { given, metaOf } from '../../decider/src/testing/given'
import { aggregateProperties } from '../../decider/src/testing/properties'
import { conflictOfInterest, type ConflictCommand } from './conflict-of-interest'

const HE = `per_${'a'.repeat(22)}`
const record = (personRef = HE): ConflictCommand => ({ type: 'RecordConflictOfInterest', meta: metaOf({ name: `record ${personRef}` }), data: { account: 'kin', personRef, relation: 'RELATED' } })
const end = (by = 'officer', personRef = HE): ConflictCommand => ({ type: 'EndConflictOfInterest', meta: metaOf({ name: `end ${by} ${personRef}`, actor: { id: by, role: 'privacyOfficer', agency: 'CITY' } }), data: { account: 'kin', personRef, reason: 'NO_LONGER_SO' } })
const recorded = given(conflictOfInterest).when(record()).then({ type: 'ConflictOfInterestRecorded', data: { account: 'kin', personRef: HE, relation: 'RELATED' } })[0]!

it('a wall stands once, before each person', () => {
  given(conflictOfInterest, recorded).when(record()).nothing()
  given(conflictOfInterest, recorded).when(record(`per_${'b'.repeat(22)}`)).then({ type: 'ConflictOfInterestRecorded' })
})
it('is taken down by another, and nothing that is not there is', () => {
  given(conflictOfInterest, recorded).when(end()).then({ type: 'ConflictOfInterestEnded', data: { account: 'kin', personRef: HE } })
  given(conflictOfInterest, recorded).when(end('kin')).refused('own_wall')
  given(conflictOfInterest).when(end()).refused('no_such_wall')
  given(conflictOfInterest, recorded).when(end('officer', `per_${'b'.repeat(22)}`)).refused('no_such_wall')
})

const person = fc.constantFrom('a', 'b').map((letter) => `per_${letter.repeat(22)}`)
aggregateProperties(conflictOfInterest, fc.oneof(person.map(record), fc.tuple(fc.constantFrom('kin', 'officer'), person).map(([by, of]) => end(by, of))))
