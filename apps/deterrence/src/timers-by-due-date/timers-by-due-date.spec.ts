import { SLA_IDS, LEVELS } from '@chorus/contracts'
import { shippedPolicy } from '../notification-policy/policy-in-force'
import { clocksAfter, notificationTimer, warningTimer } from './timers-by-due-date'

const time = '2026-07-06T14:00:00.000Z'
const due = '2026-07-08T14:00:00.000Z'

it('a plan runs under the timer that it names, for whoever answers for its level, until he was told or nobody tells him any more', () => {
  for (const slaId of SLA_IDS) expect(notificationTimer({ type: 'NotificationPlanned', time, data: { slaId, dueAt: due, level: 'C' } }, {})).toEqual([{ timer: slaId, owner: 'detective', from: time, due }])
  expect(LEVELS.map((level) => notificationTimer({ type: 'NotificationPlanned', time, data: { slaId: 'T-B', dueAt: due, level } }, {}))).toMatchObject([[{ owner: 'detective' }], [{ owner: 'detective' }], [{ owner: 'prosecutor' }], [{ owner: 'prosecutor' }]])
  expect(['NotificationDelivered', 'NotificationCancelled', 'NotificationAbandoned'].map((type) => notificationTimer({ type, time, data: {} }, {}))).toEqual(['end', 'end', 'end'])
  // A hold stops nothing of the clock: it would be seen by it.
  expect(['NotificationHeld', 'NotificationAttempted', 'NotificationMisdelivered', 'NotificationScheduled'].map((type) => notificationTimer({ type, time, data: {} }, {}))).toEqual([null, null, null, null])
})
it('who is not told while he is held is to be told after it: T-C2 runs beside T-C1 from where that began, by the policy of the plan', () => {
  const { text, hash, policy: { policyId, version } } = shippedPolicy()
  const clocks = clocksAfter({}, { type: 'PolicyActivated', data: { policyId, version, hash, text } })
  expect(clocks).toEqual({ [hash]: { held: 'PT24H', released: 'PT48H' } })
  expect([clocksAfter(clocks, { type: 'PolicyActivated', data: { policyId: 'another', hash: 'h', text: '' } }), clocksAfter(clocks, { type: 'PolicyRetired', data: { policyId } })]).toEqual([clocks, clocks])
  const planned = (slaId: string, policyHash: string) => notificationTimer({ type: 'NotificationPlanned', time, data: { slaId, dueAt: '2026-07-07T12:00:00.000Z', level: 'C', policyHash } }, clocks)
  expect(planned('T-C1', hash)).toEqual([{ timer: 'T-C1', owner: 'detective', from: time, due: '2026-07-07T12:00:00.000Z' }, { timer: 'T-C2', owner: 'detective', from: time, due: '2026-07-08T12:00:00.000Z' }])
  expect([planned('T-C1', 'another'), planned('T-C2', hash)]).toMatchObject([[{ timer: 'T-C1' }], [{ timer: 'T-C2' }]])
})
it('a warning runs until somebody says what came of it', () => {
  expect(warningTimer({ type: 'WarningTaskOpened', time, data: { dueAt: due } })).toMatchObject([{ timer: 'T-WARN', owner: 'systemAdvocate', due }])
  expect([warningTimer({ type: 'WarningTaskDone', time, data: {} }), warningTimer({ type: 'DeadlineMissed', time, data: {} })]).toEqual(['end', null])
})
