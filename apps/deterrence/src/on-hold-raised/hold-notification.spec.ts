import type { HoldRaisedV1 } from '@chorus/contracts'
import { stopOf } from './hold-notification'

const data: HoldRaisedV1 = { holdId: 'h', scope: 'NOTIFICATION', notificationId: 'n', caseId: 'c', code: 'SAFETY', byRole: 'systemAdvocate', reviewAt: 'r' }

it('the stop names the notification, or the case, and never says why', () => {
  expect(stopOf({ data })).toEqual({ scope: 'NOTIFICATION', notificationId: 'n', caseId: 'c', holdId: 'h', reviewAt: 'r' })
  expect(stopOf({ data: { ...data, scope: 'CASE', notificationId: undefined } })).toEqual({ scope: 'CASE', caseId: 'c', holdId: 'h', reviewAt: 'r' })
})
