import * as fc from 'fast-check'
import { isRefusal, refused, type Handled } from '@chorus/decider'
import { given, metaOf } from '../../../../libs/decider/src/testing/given'
import { MemoryLog } from '../../../../libs/decider/src/testing/memory-log'
import { aggregateProperties } from '../../../../libs/decider/src/testing/properties'
import { deferral, type Explain } from './deferral'
import { explained } from './explained'

const REFERRAL = '018f0000-0000-7000-8000-000000000002'
const why = (code: 'IN_CUSTODY_LONG_TERM' | 'SAFETY_HOLD' = 'SAFETY_HOLD', until = '2026-10-01'): Explain => ({ type: 'ExplainDeferral', meta: metaOf({ name: `${code} ${until}` }), data: { referralId: REFERRAL, code, until } })
const deferred: Handled = { stream: `referral-${REFERRAL}`, ordinal: 2, revision: 1, recordedtime: null, ids: ['x'], repeated: false }

it('is said once, and anew where it changed', () => {
  const first = given(deferral).when(why()).then({ type: 'DeferralExplained', data: { code: 'SAFETY_HOLD' } })[0]!
  given(deferral, first).when(why()).nothing()
  given(deferral, first).when(why('IN_CUSTODY_LONG_TERM')).then({ type: 'DeferralExplained' })
  given(deferral, first).when(why('SAFETY_HOLD', '2026-11-01')).then({ type: 'DeferralExplained' })
})
it('stands beside the deferral, and not without it; sent again it is found', async () => {
  const log = new MemoryLog()
  const { data, meta } = why()
  expect(await explained(log, refused('case_unknown', ''), data, meta)).toMatchObject({ refused: 'case_unknown' })
  expect(log.events).toEqual([])
  for (let times = 0; times < 2; times++) expect(await explained(log, deferred, data, meta)).toBe(deferred)
  expect(log.events).toMatchObject([{ type: 'DeferralExplained', stream: `deferral-${REFERRAL}` }])
})
it('where it could not be kept, whoever asked is told to ask again', async () => {
  const { data, meta } = why()
  const answer = await explained({ load: () => Promise.reject(new Error('down')), record: () => Promise.reject(new Error('down')) }, deferred, data, meta)
  expect(isRefusal(answer) && answer.kind).toBe('retry-later')
})

aggregateProperties(deferral, fc.tuple(fc.constantFrom('IN_CUSTODY_LONG_TERM' as const, 'SAFETY_HOLD' as const), fc.constantFrom('2026-10-01', '2026-11-01')).map(([code, until]) => why(code, until)))
