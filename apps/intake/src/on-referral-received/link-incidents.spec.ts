import { handleEach } from '@chorus/decider'
import type { DraftEvent } from '@chorus/contracts'
import { metaOf, NOW } from '../../../../libs/decider/src/testing/given'
import { MemoryLog, recorded } from '../../../../libs/decider/src/testing/memory-log'
import { circumstance } from '../circumstance/circumstance'
import { INCIDENT, OFFENDER, VICTIM } from '../testing/incident-report'
import { linkIncidents, sidesOf } from './link-incidents'

const id = (n: number): string => `018f0000-0000-7000-8000-${String(n).padStart(12, '0')}`
const [CASE, FURTHER] = [id(6), id(7)]
const draft: DraftEvent = { type: 'ReferralReceived', schemaVersion: 2, data: { referralId: id(8), source: 'KCPD', incidentIds: [INCIDENT, FURTHER], subjectRef: OFFENDER, victimRef: VICTIM }, time: NOW, timePrecision: 'instant', timeZone: 'UTC' }
const received = { ...recorded(draft, { stream: `referral-${id(8)}`, revision: 0 }, metaOf({ name: 'receive' })), ordinal: 10 }
const open = { caseId: CASE, openedAt: 9, incidentIds: [INCIDENT], basis: [{ stream: `pchCase-${CASE}`, revision: 3 }] }

it('a referral that names somebody with an open case links the incidents that the case did not know, once', async () => {
  const log = new MemoryLog()
  await handleEach(log, circumstance, linkIncidents(received, 'REFERRED', open, NOW))
  await handleEach(log, circumstance, linkIncidents(received, 'REFERRED', open, '2026-07-03T00:00:00.000Z'))
  expect(log.events).toMatchObject([{ type: 'IncidentLinkedToCase', stream: `circumstance-${CASE}`, causationId: received.id, basis: open.basis, data: { caseId: CASE, incidentId: FURTHER, side: 'REFERRED' } }])
})
it('not where the case was opened after it: then it was there to be seen', () => expect(linkIncidents(received, 'REFERRED', { ...open, openedAt: 11 }, NOW)).toEqual([]))
it('whoever of the two has the open case: a complaint by him is a further incident too', () => {
  expect(sidesOf(received)).toEqual([{ person: OFFENDER, side: 'REFERRED' }, { person: VICTIM, side: 'VICTIM_OF_RECORD' }])
})
