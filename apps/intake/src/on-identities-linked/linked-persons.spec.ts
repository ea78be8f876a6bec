import { given, metaOf } from '../../../../libs/decider/src/testing/given'
import { recorded } from '../../../../libs/decider/src/testing/memory-log'
import { personIdentity } from '../person-identity/person-identity'
import { concerned, proposeAnew, separateOpposites } from './linked-persons'

const NOW = '2026-07-03T12:00:00.000Z'
const [A, B] = [`per_example${'A'.repeat(15)}`, `per_example${'B'.repeat(15)}`] as const
const event = (type: string, data: object) => recorded({ type, schemaVersion: 1, data, time: NOW, timePrecision: 'instant', timeZone: 'UTC' }, { stream: 'personIdentity-register', revision: 0 }, metaOf({ name: type }))
const linked = event('PersonIdentitiesLinked', { keepRef: A, mergedRef: B, basis: 'MATCHER', decidedBy: 'machine' })

it('a referral that puts two on opposite sides takes their link back, and a link is held against all who stand so', () => {
  const referral = separateOpposites(event('ReferralReceived', { subjectRef: A, victimRef: B }), [], NOW)
  given(personIdentity, linked).when(referral).then({ type: 'PersonIdentitiesUnlinked', data: { reason: 'OPPOSITE_SIDES' } })
  given(personIdentity, linked).when(separateOpposites(linked, [[B, A]], NOW)).then({ type: 'PersonIdentitiesUnlinked' })
  given(personIdentity, linked).when(separateOpposites(linked, [], NOW)).nothing()
})
it('concerns the two of a link or of its end, and nobody by a referral', () => {
  expect(concerned(linked)).toEqual([A, B])
  expect(concerned(event('PersonIdentitiesUnlinked', { oneRef: B, otherRef: A }))).toEqual([B, A])
  expect(concerned(event('ReferralReceived', { subjectRef: A, victimRef: B }))).toBeNull()
})
it('the same event again is the same command; it says what led to it', () => {
  const facts = {} as never
  expect(proposeAnew(linked, 'case-1', facts, NOW).meta.commandId).toBe(proposeAnew(linked, 'case-1', facts, '2026-07-04T12:00:00.000Z').meta.commandId)
  expect(proposeAnew(linked, 'case-1', facts, NOW).meta).toMatchObject({ causationId: linked.id, correlationId: linked.correlationId })
  expect(proposeAnew(linked, 'case-2', facts, NOW).meta.commandId).not.toBe(proposeAnew(linked, 'case-1', facts, NOW).meta.commandId)
})
