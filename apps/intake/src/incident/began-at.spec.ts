import { fold } from '@chorus/decider'
import { metaOf } from '../../../../libs/decider/src/testing/given'
import { recorded } from '../../../../libs/decider/src/testing/memory-log'
import { INCIDENT, report } from '../testing/incident-report'
import { beganAt } from './began-at'
import { evolve, initial } from './incident'

const told = (time: string, dateOf: 'incident' | 'report' = 'incident') => {
  const { data, ...said } = report({ more: { time } })
  return fold({ evolve }, [recorded({ ...said, data: { ...data, dateOf } }, { stream: `incident-${INCIDENT}`, revision: 0 }, metaOf())], initial)
}
it.each([['2026-07-02T21', '2026-07-03T02:00:00.000Z'], ['2026-07-02T21:40', '2026-07-03T02:40:00.000Z'], ['2026-07-02', '2026-07-02T05:00:00.000Z'], ['2026-12-02', '2026-12-02T06:00:00.000Z'], ['2026-07', '2026-07-01T05:00:00.000Z']])('%s in Kansas City: from %s on', (time, from) => { expect(beganAt(told(time))).toBe(from) })
it('is not known of a day of a report, nor without a report', () => { expect([beganAt(told('2026-07-02', 'report')), beganAt(initial)]).toEqual([null, null]) })
