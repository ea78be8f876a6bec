import { REACTIONS } from '@chorus/contracts'
import { metaOf, NOW } from '../../../../libs/decider/src/testing/given'
import { recorded } from '../../../../libs/decider/src/testing/memory-log'
import { holdAfter, openWarning } from './open-warning'

const of = { notificationId: '018f0000-0000-7000-8000-000000000001', caseId: '018f0000-0000-7000-8000-000000000002' }
const event = (type: string, data: object) => recorded({ type, schemaVersion: 1, data: { ...of, ...data }, time: NOW, timePrecision: 'instant', timeZone: 'UTC' }, { stream: `notification-${of.notificationId}`, revision: 3 }, metaOf({ name: type }))
const LATER = '2026-07-04T00:00:00.000Z'

it('of all reactions a threat to the partner opens a task, due one hour after the delivery, whenever it was told', () => {
  const opening = REACTIONS.filter((reaction) => openWarning(event('NotificationDelivered', { reaction }), LATER) !== null)
  expect(opening).toEqual(['THREAT_TO_PARTNER'])
  expect(openWarning(event('NotificationDelivered', { reaction: 'THREAT_TO_PARTNER' }), LATER)).toMatchObject({ command: { data: { ...of, cause: 'THREAT_TO_PARTNER', dueAt: '2026-07-02T16:10:00.000Z' }, meta: { now: LATER } } })
})
it('a misdelivery as well, whomever it reached; and it holds what is planned, always under the same number', () => {
  const lost = event('NotificationMisdelivered', { to: 'WRONG_PERSON', contentExposed: false })
  expect(openWarning(lost, NOW)!.command.data).toMatchObject({ ...of, cause: 'MISDELIVERED', dueAt: '2026-07-02T16:10:00.000Z' })
  expect(openWarning(lost, NOW)!.id).toBe(openWarning(lost, LATER)!.id)
  expect(holdAfter(lost)).toMatchObject({ ...of, code: 'SAFETY' })
  expect(holdAfter(lost)).toEqual(holdAfter(lost))
  expect(holdAfter(event('NotificationDelivered', { reaction: 'THREAT_TO_PARTNER' }))).toBeNull()
})
