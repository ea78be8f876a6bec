import { ENTERED_EACH, RefusedAttempts, UNKNOWN_CALLER } from './refused-attempts'
import type { Refused } from './audit-log'

const attempt = (over: Partial<Refused> = {}): Refused => ({
  actor: { id: 'demo-finance', role: 'finance', agency: 'CITY' }, purpose: null, correlationId: 'c', route: 'GET /v1/cases/:id', asked: { id: 'hmac:x' }, found: false, records: [], refused: 'not-allowed', ...over,
})

describe('refused attempts', () => {
  let entered: Refused[]
  let down = false
  let failures = 0
  let attempts: RefusedAttempts
  const minute = async (of = 60_000): Promise<void> => { await jest.advanceTimersByTimeAsync(of) }
  beforeEach(() => {
    jest.useFakeTimers()
    ;[entered, down, failures] = [[], false, 0]
    attempts = new RefusedAttempts({ enter: (entry) => down ? Promise.reject(new Error('away')) : Promise.resolve(void entered.push(entry)), failed: () => { failures += 1 } })
  })
  afterEach(async () => { await attempts.close(); jest.useRealTimers() })

  it('are entered each, as they are', async () => {
    attempts.note(attempt())
    attempts.note(attempt({ refused: 'no-purpose' }))
    await minute()
    expect(entered).toEqual([attempt(), attempt({ refused: 'no-purpose' })])
  })

  it('in a flood are counted by route and code, and the count is one entry for each minute', async () => {
    for (let n = 0; n < 5000; n++) attempts.note(attempt(n % 2 ? {} : { route: 'GET /v1/referrals/:id' }))
    await minute(1)
    expect(entered).toHaveLength(ENTERED_EACH)
    await minute()
    expect(entered).toHaveLength(ENTERED_EACH + 1)
    const half = (5000 - ENTERED_EACH) / 2
    expect(entered.at(-1)).toEqual({ ...attempt(), asked: {}, times: 2 * half, counted: { 'GET /v1/cases/:id not-allowed': half, 'GET /v1/referrals/:id not-allowed': half } })
    await minute()
    expect(entered).toHaveLength(ENTERED_EACH + 1)
  })

  it('of one caller do not hide those of another; callers without end are counted as one', async () => {
    for (let n = 0; n < 50; n++) attempts.note(attempt())
    attempts.note(attempt({ actor: { id: 'demo-detective', role: 'detective', agency: 'KCPD' } }))
    await minute(1)
    expect(entered.at(-1)!.actor.id).toBe('demo-detective')
    for (let n = 0; n < 3000; n++) attempts.note(attempt({ actor: { id: `made-up-${n}`, role: 'finance', agency: 'CITY' } }))
    await minute()
    expect(entered.length).toBe(1021)
    expect(entered.reduce((sum, { times }) => sum + (times ?? 1), 0)).toBe(3051)
  })

  it('beyond the callers that are told apart are counted under nobody\'s name, also when they are entered later', async () => {
    for (let n = 0; n < 1000; n++) attempts.note(attempt({ actor: { id: `told-apart-${n}`, role: 'finance', agency: 'CITY' } }))
    await minute(1)
    down = true
    for (let n = 0; n < 30; n++) attempts.note(attempt({ purpose: 'accounting', actor: { id: `beyond-${n}`, role: 'finance', agency: 'CITY' } }))
    await minute()
    down = false
    await minute()
    expect(entered.filter(({ times }) => times !== undefined)).toEqual([expect.objectContaining({ actor: UNKNOWN_CALLER, purpose: null, times: 30 })])
    for (let n = 0; n < 1000; n++) attempts.note(attempt({ actor: { id: `told-apart-${n}`, role: 'finance', agency: 'CITY' } }))
    for (let n = 0; n < 12; n++) attempts.note(attempt({ actor: { id: `beyond-${n}`, role: 'finance', agency: 'CITY' } }))
    await minute()
    expect(entered.at(-1)).toMatchObject({ actor: UNKNOWN_CALLER, purpose: null, times: 2 })
  })

  it('that cannot be entered are kept, and entered as a count once they can; nothing is thrown at whoever refused', async () => {
    down = true
    for (let n = 0; n < 12; n++) attempts.note(attempt())
    await minute()
    await minute()
    expect([entered.length, failures]).toEqual([0, ENTERED_EACH + 2])
    down = false
    await minute()
    expect(entered).toEqual([expect.objectContaining({ times: 12 })])
  })

  it('are entered at stop', async () => {
    for (let n = 0; n < 12; n++) attempts.note(attempt())
    await attempts.close()
    expect(entered.at(-1)).toMatchObject({ times: 2 })
  })
})
