import type { RecordedEvent } from '@chorus/contracts'
import { metaOf } from '../../../../libs/decider/src/testing/given'
import { recorded } from '../../../../libs/decider/src/testing/memory-log'
import { takingOver } from './policy-view'

const said = (type: string, version: string, time: string, receivedtime = '2026-07-02T15:10:00.000Z'): RecordedEvent => ({ ...recorded({ type, schemaVersion: 1, data: { policyId: 'kc-ipvi-levels', version, status: 'DRAFT', hash: version, text: '', approvers: [], reasonCode: 'SUPERSEDED' }, time, timePrecision: 'instant', timeZone: 'UTC' }, { stream: 'policy-kc-ipvi-levels', revision: 0 }, metaOf({ name: `${type} ${version} ${time}` })), receivedtime })
const first = said('PolicyActivated', '1.0.0', '2026-06-01T15:00:00.000Z', '2026-06-01T15:00:00.000Z')
const scheduled = said('PolicyActivated', '1.1.0', '2026-08-01T05:00:00.000Z')
const now = said('PolicyActivated', '1.2.0', '2026-07-03T15:00:00.000Z', '2026-07-03T15:00:00.000Z')

it('a version that was activated for a later day takes over from one that is activated after it, until it is retired', () => {
  expect(takingOver([first, scheduled, now], '1.2.0')).toEqual([{ version: '1.1.0', from: '2026-08-01T05:00:00.000Z' }])
  expect(takingOver([first, scheduled, now, said('PolicyRetired', '1.1.0', '2026-07-04T15:00:00.000Z')], '1.2.0')).toEqual([])
  expect([takingOver([first, scheduled], '1.1.0'), takingOver([first, now], '1.2.0'), takingOver([], '1.2.0')]).toEqual([[], [], []])
})
