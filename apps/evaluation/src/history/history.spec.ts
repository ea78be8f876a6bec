import type { RecordedEvent } from '@chorus/contracts'
import { history } from './history'
import { momentOf, startOf } from './moment'

const event = (id: string, over: Partial<RecordedEvent> = {}): RecordedEvent => ({
  id, type: 'IncidentReported', schemaVersion: 1, time: '2026-07-02T21', timePrecision: 'hour', timeZone: 'America/Chicago',
  source: { agency: 'MO0000000', system: 'nibrs-flat-file' }, receivedtime: '2026-08-01T09:00:00.000Z', partitionkey: 'incident-1',
  commandId: 'c', correlationId: 'c', causationId: null, actor: { id: 'feed', role: 'agencyFeed', agency: 'MO0000000' }, subjects: [],
  classification: 'CJI', content: 'h', data: { id }, log: 'l', stream: 'incident-1', revision: 0, ordinal: 1, recordedtime: '2026-08-01T09:00:00.000000Z', ...over,
})

describe('history', () => {
  it('shows both times of every entry, with the precision and zone it was told in', () => {
    expect(history([event('a')])[0]).toMatchObject({
      what: 'Incident reported', happened: { time: '2026-07-02T21', precision: 'hour', zone: 'America/Chicago' },
      recorded: '2026-08-01T09:00:00.000000Z', state: 'current',
    })
  })
  it('links a correction and a retraction with what they replace, both ways', () => {
    const [a, b, c] = history([event('a'), event('b', { corrects: 'a' }), event('c', { type: 'EventRetracted', corrects: 'b' })])
    expect([a!.state, a!.correctedBy]).toEqual(['corrected', 'b'])
    expect([b!.state, b!.corrects, b!.correctedBy]).toEqual(['retracted', 'a', 'c'])
    expect([c!.state, c!.corrects]).toEqual(['current', 'b'])
  })
  it('leaves out what happened after the occurred moment, by the first instant its precision allows', () => {
    const events = [event('hour'), event('day', { time: '2026-07-03', timePrecision: 'day' })]
    const at = (moment: string) => history(events, { asOfOccurred: momentOf(moment)! }).map(e => e.id)
    expect(at('2026-07-02T20:59')).toEqual([])
    expect(at('2026-07-02T21:00')).toEqual(['hour'])
    expect(at('2026-07-02')).toEqual(['hour'])
    expect(at('2026-07-03T00:00')).toEqual(['hour', 'day'])
  })
  it('keeps log order, and reverses it on request', () => {
    expect(history([event('a'), event('b')], { newestFirst: true }).map(e => e.id)).toEqual(['b', 'a'])
  })
  it('says of a case that was closed and is opened again that it has no level until it is levelled anew; one that was put off keeps its own', () => {
    const [of, other] = [{ stream: 'pchCase-1' }, { stream: 'pchCase-2' }]
    const read = history([event('a', { type: 'LevelAssigned', ...of }), event('b', { type: 'CaseDeferred', ...of }), event('c', { type: 'CaseClosed', ...other }), event('d', { type: 'CaseReopened', ...of }), event('e', { type: 'CaseClosed', ...of }), event('f', { type: 'CaseReopened', ...of }), event('g', { type: 'CaseDeferred', ...of }), event('h', { type: 'CaseReopened', ...of })], { newestFirst: true })
    expect(read.filter(({ type }) => type === 'CaseReopened').map(({ id, what }) => [id, what])).toEqual([['h', 'Case taken up again'], ['f', 'Closed case opened again: without a level until it is levelled anew'], ['d', 'Case taken up again']])
  })
  it('reads a type nobody wrote a phrase for', () => expect(history([event('a', { type: 'CallInHeld' })])[0]!.what).toBe('Call in held'))
})

describe('moments', () => {
  it.each([
    ['2026-07-02', '2026-07-03T04:59:59.999Z'],
    ['2026-12-02', '2026-12-03T05:59:59.999Z'],
    ['2026-07-02T10:00', '2026-07-02T15:00:00.000Z'],
    ['2026-07-02T10:00:00Z', '2026-07-02T10:00:00.000Z'],
    ['2026-07-02T10:00:00.123456Z', '2026-07-02T10:00:00.123456Z'],
    ['2026-07-02T10:00:00+02:00', '2026-07-02T08:00:00.000Z'],
  ])('%s covers up to %s', (text, instant) => expect(momentOf(text)).toBe(instant))
  it.each(['yesterday', '2026-13-01', '07/02/2026', '2026-02-30', '', '2026'])('%s is no moment', text => expect(momentOf(text)).toBeNull())
  it('starts at the first instant of the precision, in its own zone', () => {
    expect(startOf('2026-07', 'America/Chicago')).toBe('2026-07-01T05:00:00.000Z')
    expect(startOf('2019-05-31', 'Pacific/Honolulu')).toBe('2019-05-31T10:00:00.000Z')
    expect(() => startOf('nonsense', 'UTC')).toThrow('is no time')
  })
})
