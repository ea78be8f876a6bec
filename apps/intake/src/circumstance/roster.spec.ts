import type { RecordedEvent } from '@chorus/contracts'
import { goneFromRoster, heldAt, onRoster, type Booked, type When } from './roster'

const CASE = '018f0000-0000-7000-8000-000000000001'
const HOLD = '018f0000-0000-8000-8000-00000000000a'
const at = (time: string): When => ({ time, timePrecision: 'minute', timeZone: 'America/Chicago' })
const booked = (time: string, asOf: string, over: Partial<Booked> = {}): Booked => ({ caseId: CASE, subjectRef: 'per_AAAAAAAAAAAAAAAAAAAAAA', holdId: HOLD, facility: 'DC', jurisdiction: 'JACKSON', reason: 'ARREST', booked: at(time), asOf: at(asOf), source: { system: 's', id: 'B1', mapping: 'm@1' }, ...over })
const stored = (draft: object, n: number): RecordedEvent => ({ ...draft, id: `e${n}`, stream: `circumstance-${CASE}`, revision: n, ordinal: n }) as unknown as RecordedEvent
const OUTSIDE = { system: 's', mapping: 'm@1' }

describe('a roster', () => {
  const [BOOKED, ONE, TWO, THREE] = ['2026-07-02T23:55', '2026-07-03T01:00', '2026-07-03T02:00', '2026-07-03T03:00'] as const
  it('takes in once, corrects what changed, and lets out who is no longer on it', () => {
    const history: RecordedEvent[] = []
    const add = (told: ReturnType<typeof onRoster>): string => { if ('draft' in told) history.push(stored(told.draft, history.length)); return told.outcome }
    expect(add(onRoster(history, booked(BOOKED, ONE)))).toBe('new')
    expect(history[0]).toMatchObject({ type: 'CustodyStatusChanged', time: BOOKED, data: { status: 'IN', caseId: CASE }, sourceRecord: { id: 'B1', version: 1 }, partitionkey: `pchCase-${CASE}` })
    expect(add(onRoster(history, booked(BOOKED, TWO)))).toBe('duplicate')
    expect(add(onRoster(history, booked('2026-07-02T23:50', TWO)))).toBe('correction')
    expect(history[1]).toMatchObject({ corrects: 'e0', time: '2026-07-02T23:50', sourceRecord: { version: 2 } })
    expect(add(onRoster(history, booked('2026-07-02T23:50', TWO)))).toBe('duplicate')
    expect(heldAt(history, 'DC', 'JACKSON', at(THREE))).toEqual([HOLD])
    history.push(stored(goneFromRoster(history, HOLD, at(TWO), OUTSIDE), 2))
    expect(history[2]).toMatchObject({ time: TWO, data: { status: 'OUT', reason: 'OTHER' } })
    expect(history[2]).not.toHaveProperty('breaches')
    expect(heldAt(history, 'DC', 'JACKSON', at(THREE))).toEqual([])
  })
  it('that names him again after he was gone takes him in as of its own moment, and says it once', () => {
    const history = [stored((onRoster([], booked(BOOKED, ONE)) as { draft: object }).draft, 0)]
    history.push(stored(goneFromRoster(history, HOLD, at(ONE), OUTSIDE), 1))
    const back = onRoster(history, booked(BOOKED, TWO)) as { outcome: string; draft: object }
    expect(back).toMatchObject({ outcome: 'new', draft: { time: TWO } })
    history.push(stored(back.draft, 2))
    expect(onRoster(history, booked(BOOKED, THREE)).outcome).toBe('duplicate')
    expect(heldAt(history, 'DC', 'JACKSON', at(THREE))).toEqual([HOLD])
  })
  it('that corrects the booking of one who was gone and is back corrects the entry that says it', () => {
    const history = [stored((onRoster([], booked(BOOKED, ONE)) as { draft: object }).draft, 0)]
    history.push(stored(goneFromRoster(history, HOLD, at(ONE), OUTSIDE), 1))
    history.push(stored((onRoster(history, booked(BOOKED, TWO)) as { draft: object }).draft, 2))
    const mended = onRoster(history, booked('2026-07-02T23:50', THREE)) as { outcome: string; draft: object }
    expect(mended).toMatchObject({ outcome: 'correction', draft: { corrects: 'e0', time: '2026-07-02T23:50', data: { status: 'IN' } } })
    history.push(stored(mended.draft, 3))
    expect(onRoster(history, booked('2026-07-02T23:50', THREE)).outcome).toBe('duplicate')
    expect(heldAt(history, 'DC', 'JACKSON', at(THREE))).toEqual([HOLD])
  })
  it('of another facility lets nobody out here', () => {
    const history = [stored((onRoster([], booked(BOOKED, ONE)) as { draft: object }).draft, 0)]
    expect(heldAt(history, 'OTHER', 'JACKSON', at(THREE))).toEqual([])
    expect(heldAt(history, 'DC', 'CLAY', at(THREE))).toEqual([])
  })
  it('that is older than what is known of him takes him neither in nor out', () => {
    const history = [stored((onRoster([], booked(BOOKED, TWO)) as { draft: object }).draft, 0)]
    expect(heldAt(history, 'DC', 'JACKSON', at('2026-07-02T23:00'))).toEqual([])
    history.push(stored(goneFromRoster(history, HOLD, at(TWO), OUTSIDE), 1))
    expect(onRoster(history, booked(BOOKED, ONE))).toMatchObject({ outcome: 'duplicate', ordinal: 1 })
    expect(onRoster(history, booked(BOOKED, THREE))).toMatchObject({ outcome: 'new' })
  })
})
