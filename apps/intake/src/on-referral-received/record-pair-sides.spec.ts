import { handleEach } from '@chorus/decider'
import type { DraftEvent } from '@chorus/contracts'
import { metaOf, NOW } from '../../../../libs/decider/src/testing/given'
import { MemoryLog, recorded } from '../../../../libs/decider/src/testing/memory-log'
import { pair } from '../pair/pair'
import { INCIDENT, OFFENDER, VICTIM } from '../testing/incident-report'
import { recordPairSides } from './record-pair-sides'

const PAIR_ID = '018f0000-0000-7000-8000-000000000003'
const OTHER = '018f0000-0000-7000-8000-000000000004'
const draft: DraftEvent = { type: 'ReferralReceived', schemaVersion: 2, data: { referralId: INCIDENT, source: 'KCPD', incidentIds: [INCIDENT, OTHER], subjectRef: OFFENDER, victimRef: VICTIM }, time: NOW, timePrecision: 'instant', timeZone: 'UTC' }
const received = recorded(draft, { stream: `referral-${INCIDENT}`, revision: 0 }, metaOf({ name: 'receive' }))

it('a referral puts its two persons on their sides, once for each of its incidents', async () => {
  const log = new MemoryLog()
  const items = recordPairSides(received, () => PAIR_ID, NOW)
  await handleEach(log, pair, items)
  await handleEach(log, pair, recordPairSides(received, () => PAIR_ID, '2026-07-03T00:00:00.000Z'))
  expect(log.events.map((event) => event.data)).toEqual([INCIDENT, OTHER].map((incidentId) => ({ pairId: PAIR_ID, incidentId, victimRef: VICTIM, otherRef: OFFENDER })))
  expect(log.events[0]).toMatchObject({ stream: `pair-${PAIR_ID}`, causationId: received.id })
})
