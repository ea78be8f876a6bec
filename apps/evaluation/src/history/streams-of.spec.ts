import type { StoredEvent } from '@chorus/event-store'
import { streamsOf } from './streams-of'

const uuid = (n: number) => `018f0000-0000-7000-8000-${String(n).padStart(12, '0')}`
const [CASE, OTHER_CASE, INCIDENT, REFERRAL, PAIR, OFFER, RUN] = [1, 2, 3, 4, 5, 6, 7].map(uuid) as [string, string, string, string, string, string, string]
const opened = (caseId: string) => ({ type: 'CaseOpened', schemaVersion: 1, data: { caseId, referralId: REFERRAL, indexIncidentId: INCIDENT } })
const sides = { type: 'PairSidesRecorded', schemaVersion: 1, data: { pairId: PAIR, incidentId: INCIDENT } }

/** A log of these events, and the categories that were asked for. */
const logOf = (events: readonly (readonly [stream: string, body: object])[]) => {
  const asked: string[][] = []
  const stored = events.map(([stream, body], index) => ({ stream, ordinal: index + 1, text: JSON.stringify(body) }) as StoredEvent)
  return {
    asked,
    async *readAll({ through, filter }: { through?: number; filter?: { categories?: readonly string[] } } = {}): AsyncGenerator<StoredEvent> {
      asked.push([...filter!.categories!])
      for (const event of stored) if (event.ordinal <= through! && filter!.categories!.includes(event.stream.split('-')[0]!)) yield await Promise.resolve(event)
    },
  }
}
const offered = (caseId: string, more: object = {}) => ({ type: 'ServiceOffered', schemaVersion: 1, data: { offerId: OFFER, caseId, notificationId: RUN }, ...more })

describe('the streams of a history', () => {
  it('of a case: what it names, what has its id, and the streams of every service that name it', async () => {
    const supervised = (caseId: string) => ({ type: 'SupervisionComplianceReported', schemaVersion: 1, data: { caseId } })
    const log = logOf([[`pair-${PAIR}`, sides], [`pchService-${OFFER}`, offered(CASE)], [`supervision-${RUN}`, supervised(CASE)], [`supervision-${OFFER}`, supervised(OTHER_CASE)]])
    expect(await streamsOf(log, `pchCase-${CASE}`, [opened(CASE)], 9)).toEqual(new Set([
      `pchCase-${CASE}`, `incident-${INCIDENT}`, `eligibility-${INCIDENT}`, `charging-${INCIDENT}`, `referral-${REFERRAL}`, `historyReview-${CASE}`, `circumstance-${CASE}`, `pair-${PAIR}`, `pchService-${OFFER}`,
      `deferral-${REFERRAL}`, `supervision-${RUN}`,
    ]))
  })
  it('leaves out what only happens to carry the id, and what rests on the same incident for another case', async () => {
    const log = logOf([[`pchService-${OFFER}`, offered(OTHER_CASE, { basis: [{ stream: `incident-${INCIDENT}`, revision: 0 }], correlationId: CASE })], [`pchService-${RUN}`, { type: 'NobodyWroteThis', schemaVersion: 1, data: { caseId: CASE } }]])
    expect([...await streamsOf(log, `pchCase-${CASE}`, [opened(CASE)], 9)].filter(stream => stream.startsWith('pchService'))).toEqual([])
  })
  it('of an incident: the cases, referrals and pairs that name it; nothing of a case\'s other streams', async () => {
    const log = logOf([[`pchCase-${CASE}`, opened(CASE)], [`pchCase-${OTHER_CASE}`, opened(OTHER_CASE)], [`pair-${PAIR}`, sides], [`pchService-${OFFER}`, offered(CASE)]])
    expect(await streamsOf(log, `incident-${INCIDENT}`, [], 9)).toEqual(new Set([`incident-${INCIDENT}`, `eligibility-${INCIDENT}`, `charging-${INCIDENT}`, `pair-${PAIR}`, `pchCase-${CASE}`, `pchCase-${OTHER_CASE}`]))
    expect(log.asked).toEqual([['referral', 'pair', 'pchCase', 'lethalityScreen']])
  })
  it('as of a moment: what was recorded later is not there', async () => {
    const log = logOf([[`pair-${PAIR}`, sides], [`pchService-${OFFER}`, offered(CASE)]])
    expect(await streamsOf(log, `pchCase-${CASE}`, [opened(CASE)], 1)).not.toContain(`pchService-${OFFER}`)
  })
  it('of an arrest that stands by itself: its own, and no look through the log', async () => {
    const log = logOf([])
    expect([await streamsOf(log, `arrest-${RUN}`, [], 9), log.asked]).toEqual([new Set([`arrest-${RUN}`]), []])
  })
})
