import { SLA_IDS, LEVELS } from '@chorus/contracts'
import { notificationTimer, warningTimer } from './timers-by-due-date'

const time = '2026-07-06T14:00:00.000Z'
const due = '2026-07-08T14:00:00.000Z'

it('a plan runs under the timer that it names, for whoever answers for its level, until he was told or nobody tells him any more', () => {
  for (const slaId of SLA_IDS) expect(notificationTimer({ type: 'NotificationPlanned', time, data: { slaId, dueAt: due, level: 'C' } })).toEqual({ timer: slaId, owner: 'detective', from: time, due })
  expect(LEVELS.map((level) => notificationTimer({ type: 'NotificationPlanned', time, data: { slaId: 'T-B', dueAt: due, level } }))).toMatchObject([{ owner: 'detective' }, { owner: 'detective' }, { owner: 'prosecutor' }, { owner: 'prosecutor' }])
  expect(['NotificationDelivered', 'NotificationCancelled', 'NotificationAbandoned'].map((type) => notificationTimer({ type, time, data: {} }))).toEqual(['end', 'end', 'end'])
  // A hold stops nothing of the clock: it would be seen by it.
  expect(['NotificationHeld', 'NotificationAttempted', 'NotificationMisdelivered', 'NotificationScheduled'].map((type) => notificationTimer({ type, time, data: {} }))).toEqual([null, null, null, null])
})
it('a warning runs until somebody says what came of it', () => {
  expect(warningTimer({ type: 'WarningTaskOpened', time, data: { dueAt: due } })).toMatchObject({ timer: 'T-WARN', owner: 'systemAdvocate', due })
  expect([warningTimer({ type: 'WarningTaskDone', time, data: {} }), warningTimer({ type: 'DeadlineMissed', time, data: {} })]).toEqual(['end', null])
})
