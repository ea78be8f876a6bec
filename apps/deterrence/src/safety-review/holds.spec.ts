/** The reaction to a hold's reason may put the stop there before the command does. */
import type { Recorder } from '@chorus/event-store'
import { handle } from '@chorus/decider'
import { metaOf } from '../../../../libs/decider/src/testing/given'
import { MemoryLog, recorded } from '../../../../libs/decider/src/testing/memory-log'
import { notificationIdOf } from '../notification/case-standing'
import type { NotificationLookUp } from '../notification/look-up'
import { notification } from '../notification/notification'
import { Holds } from './holds'

const CASE = '018f0000-0000-7000-8000-000000000006'
const ID = notificationIdOf({ event: 'the level' })
const wish = { holdId: '018f0000-0000-7000-8000-000000000009', notificationId: ID, caseId: CASE, code: 'SAFETY' as const, reviewAt: '2026-07-04T15:00:00.000Z' }

it('a wish that is sent again is known, whoever of the two stopped it; there is one stop', async () => {
  const log = new MemoryLog()
  await handle(log, notification, ID, {
    type: 'PlanNotification', meta: metaOf({ name: 'plan' }),
    data: { plan: { notificationId: ID, caseId: CASE, subjectRef: `per_${'A'.repeat(22)}`, level: 'D', period: 1, number: 1, mode: 'LETTER', dueAt: '2026-07-04T15:00:00.000Z', slaId: 'T-D', templateId: 'd-letter', templateVersion: '1', language: 'en', policyHash: 'a'.repeat(64) }, facts: { policyVersion: 'kc-ipvi-notifications@1.0.0', basis: [] } },
  })
  const holds = new Holds(log as unknown as Recorder, undefined as unknown as NotificationLookUp)
  let raced = false
  log.beforeRecord = (stream) => {
    if (raced || stream !== `notification-${ID}`) return
    raced = true
    const { code: _, ...stop } = wish
    log.events.push(recorded({ type: 'NotificationHeld', schemaVersion: 1, data: stop, time: '2026-07-02T15:00:00.000Z', timePrecision: 'instant', timeZone: 'UTC' }, { stream, revision: 1 }, metaOf({ name: 'the reaction' })))
  }
  const meta = metaOf({ name: 'hold' })
  expect([await holds.raise(wish, meta), await holds.raise(wish, meta)]).toMatchObject([{ repeated: false }, { repeated: true }])
  expect(log.events.map(({ type }) => type)).toEqual(['NotificationPlanned', 'HoldRaised', 'NotificationHeld'])
})
