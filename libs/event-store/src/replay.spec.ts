import { Replay } from './replay'

const event = (ordinal: number, stream: string, revision: number, type: string) => ({
  ordinal, stream, revision, type, recordedtime: `2026-07-01T10:00:0${ordinal}.000000Z`,
  text: JSON.stringify({ type, schemaVersion: 1, log: 'l1', data: { n: ordinal } }),
})
const log = [event(1, 'incident-a', 0, 'IncidentReported'), event(2, 'eligibility-a', 0, 'EligibilityAssessed'), event(3, 'incident-a', 1, 'IncidentReported')]
const replay = (events: ReturnType<typeof event>[]) => { const r = new Replay('l1'); events.forEach(e => r.fold(e)); return r.result() }

describe('replay', () => {
  it('counts events, streams, types and categories', () => {
    expect(replay(log)).toMatchObject({
      events: 3, streams: 2, through: 3, byType: { 'EligibilityAssessed@1': 1, 'IncidentReported@1': 2 },
      byCategory: { eligibility: 1, incident: 1 }, firstRecorded: '2026-07-01T10:00:01.000000Z', lastRecorded: '2026-07-01T10:00:03.000000Z',
    })
  })
  it('gives the same digest for the same events, another one when a byte, a time or an order differs', () => {
    const digest = replay(log).digest
    expect(replay(log).digest).toBe(digest)
    const [a, b, c] = log as [typeof log[0], typeof log[0], typeof log[0]]
    expect(replay([a, b, { ...c, text: c.text.replace('3', '4') }]).digest).not.toBe(digest)
    expect(replay([a, b, { ...c, recordedtime: '2026-07-01T10:00:04.000000Z' }]).digest).not.toBe(digest)
    expect(replay([a, { ...c, ordinal: 2 }, { ...b, ordinal: 3 }]).digest).not.toBe(digest)
    expect(replay([a, b]).digest).not.toBe(digest)
  })
  it('does not depend on the locale', () => {
    const original = String.prototype.localeCompare
    String.prototype.localeCompare = () => { throw new Error('locale used') }
    try { expect(replay(log).events).toBe(3) } finally { String.prototype.localeCompare = original }
  })
  it('stops on an event that comes out of order: a reader that skips is a bug', () => {
    const r = new Replay('l1')
    r.fold(log[1]!)
    expect(() => r.fold(log[0]!)).toThrow('ordinal 1 came after 2')
  })
})
