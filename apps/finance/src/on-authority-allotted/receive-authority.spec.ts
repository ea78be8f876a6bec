import { handle } from '@chorus/decider'
import type { DraftEvent } from '@chorus/contracts'
import { metaOf, NOW } from '../../../../libs/decider/src/testing/given'
import { MemoryLog, recorded } from '../../../../libs/decider/src/testing/memory-log'
import { account } from '../account/account'
import { ACCOUNT, SOURCE } from '../testing/ordinance'
import { receiveAuthority } from './receive-authority'

const data = { allotmentId: '018f0000-0000-7000-8000-000000000061', ordinanceNo: '260299', account: ACCOUNT, amountCents: 7_500_000, fundingSourceId: SOURCE, effectiveOn: '2026-04-12' }
const draft: DraftEvent = { type: 'AuthorityAllotted', schemaVersion: 1, data, time: NOW, timePrecision: 'instant', timeZone: 'UTC' }
const allotted = recorded(draft, { stream: 'authorization-260299', revision: 1 }, metaOf({ name: 'allot' }))

it('what is allotted comes to its account, once, however often it is told', async () => {
  const log = new MemoryLog()
  for (const now of [NOW, '2026-07-03T00:00:00.000Z']) {
    const { id, command } = receiveAuthority(allotted, now)
    await handle(log, account, id, command)
  }
  expect(log.events).toMatchObject([{ type: 'AuthorityReceived', stream: `account-${ACCOUNT}`, data, causationId: allotted.id }])
})
