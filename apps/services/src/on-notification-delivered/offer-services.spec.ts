import { handle } from '@chorus/decider'
import type { DraftEvent } from '@chorus/contracts'
import { metaOf } from '../../../../libs/decider/src/testing/given'
import { MemoryLog, recorded } from '../../../../libs/decider/src/testing/memory-log'
import { pchService } from '../pch-service/pch-service'
import { offerIdOf, offerServices } from './offer-services'

const CASE = '018f0000-0000-7000-8000-000000000002'
const NOTIFICATION = '018f0000-0000-7000-8000-000000000003'
const delivered = (mode: string, name = 'deliver', inCustody = false) => {
  const draft: DraftEvent = { type: 'NotificationDelivered', schemaVersion: 1, data: { notificationId: NOTIFICATION, caseId: CASE, level: 'D', mode, inCustody }, time: '2026-07-01T18:30', timePrecision: 'minute', timeZone: 'America/Chicago' }
  return recorded(draft, { stream: `notification-${NOTIFICATION}`, revision: 5 }, metaOf({ name }))
}
const NOW = '2026-07-02T15:10:00.000Z'

it.each([
  ['LETTER', 'LETTER', false], ['CUSTODY', 'CUSTODY', true], ['CALL_IN', 'CALL_IN', false], ['CUSTOM', 'CUSTOM', false], ['PRIORITY_ENFORCEMENT', 'OUTREACH', false], ['PRIORITY_ENFORCEMENT', 'CUSTODY', true],
])('a delivery by %s offers services by %s, at the time of the delivery (in custody: %s)', async (mode, channel, inCustody) => {
  const log = new MemoryLog()
  const event = delivered(mode, 'deliver', inCustody)
  const asked = offerServices(event, NOW)
  if (asked === 'unknown-mode') throw new Error('no channel')
  await handle(log, pchService, asked.id, asked.command)
  expect(log.events).toMatchObject([{
    type: 'ServiceOffered', stream: `pchService-${offerIdOf(NOTIFICATION)}`, causationId: event.id, correlationId: event.correlationId, time: '2026-07-01T18:30', timePrecision: 'minute',
    data: { offerId: offerIdOf(NOTIFICATION), caseId: CASE, notificationId: NOTIFICATION, channel },
  }])
})

it('a delivery that is told again, later or by a correction, offers nothing twice', async () => {
  const log = new MemoryLog()
  for (const [event, now] of [[delivered('LETTER'), NOW], [delivered('LETTER'), '2026-07-03T00:00:00.000Z'], [delivered('CUSTOM', 'corrected'), NOW]] as const) {
    const asked = offerServices(event, now)
    if (asked === 'unknown-mode') throw new Error('no channel')
    await handle(log, pchService, asked.id, asked.command)
  }
  expect(log.events).toHaveLength(1)
})

it('takes nothing of the notification but its number, its case, its time and its mode: no level, no safety, no person', () => {
  const asked = offerServices(delivered('LETTER'), NOW)
  expect(asked === 'unknown-mode' ? [] : Object.keys(asked.command.data)).toEqual(['offerId', 'caseId', 'notificationId', 'channel', 'at'])
})

it('says so where it has no channel for a way of delivery', () => expect(offerServices(delivered('CARRIER_PIGEON'), NOW)).toBe('unknown-mode'))
