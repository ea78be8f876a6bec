import fc from 'fast-check'
import { TOPICS, type RecordedEvent } from '@chorus/contracts'
import { LIMITS, PUBLISHED_CATEGORIES, nextTransaction, sortOut, type Portion } from './publish-log'

const event = (ordinal: number, over: Partial<RecordedEvent> = {}): RecordedEvent => ({
  id: 'x', type: 'CaseClosed', schemaVersion: 1, data: { caseId: '00000000-0000-4000-8000-000000000001', code: 'EXIT_24M' }, time: '2026-07-02', timePrecision: 'day', timeZone: 'UTC', source: { agency: 'JCPO', system: 'chorus' },
  receivedtime: 'x', partitionkey: 'pchCase-1', commandId: 'x', correlationId: 'x', causationId: null, actor: { id: 'x', role: 'x', agency: 'x' }, subjects: [], classification: 'CJI', content: 'x', log: 'x', stream: 'pchCase-1', revision: 0, recordedtime: 'x', ordinal, ...over,
})

describe('what is published', () => {
  it('is read of every category of every topic, and of no other', () => {
    expect([...PUBLISHED_CATEGORIES].sort()).toEqual(TOPICS.flatMap(({ categories }) => categories).sort())
    expect(PUBLISHED_CATEGORIES).not.toContain('historyReview')
  })
  it('goes on the topic of its category, in the order of the log', () => {
    const { publish, refused } = sortOut([event(3), event(5), event(9)])
    expect(publish.map(({ event: { ordinal }, topic: { name } }) => [ordinal, name])).toEqual([[3, 'program.cases.v1'], [5, 'program.cases.v1'], [9, 'program.cases.v1']])
    expect(refused).toEqual([])
  })
  it('leaves out what may never be there, says where and why, and goes on behind it', () => {
    const { publish, refused } = sortOut([event(1), event(2, { classification: 'CHRI' }), event(3, { type: 'NeverHeardOf' }), event(4)])
    expect(publish.map(({ event: { ordinal } }) => ordinal)).toEqual([1, 4])
    expect(refused).toEqual([
      expect.objectContaining({ ordinal: 2, type: 'CaseClosed', topic: 'program.cases.v1', reason: 'wrong-classification', field: '/classification' }),
      expect.objectContaining({ ordinal: 3, type: 'NeverHeardOf', reason: 'unknown-type' }),
    ])
  })
  it('is nothing of a category that no topic carries', () => {
    expect(sortOut([event(1, { stream: 'historyReview-1' }), event(2, { stream: 'odd' })])).toEqual({ publish: [], refused: [] })
  })
})

describe('the next transaction', () => {
  const portion = (messages: number, more: boolean, bytes = messages): Portion<number> => ({ messages: Array.from({ length: messages }, (_, i) => i), refused: [], through: 1, bytes, more })
  it('waits for something to publish', () => { expect(nextTransaction([], 0)).toEqual({ take: 0, waitMs: Infinity }) })
  it('does not wait where the end of the log was reached', () => { expect(nextTransaction([portion(1, false)], 0)).toEqual({ take: 1, waitMs: 0 }) })
  it('waits at most 10 ms for company that is on its way', () => {
    expect(nextTransaction([portion(500, true)], 4)).toEqual({ take: 0, waitMs: 6 })
    expect(nextTransaction([portion(500, true)], 10)).toEqual({ take: 1, waitMs: 0 })
  })
  it('is full at 2,000 messages', () => {
    const full = Array.from({ length: 6 }, () => portion(500, true))
    expect(nextTransaction(full, 0)).toEqual({ take: 4, waitMs: 0 })
    expect(nextTransaction(full.slice(0, 4), 0)).toEqual({ take: 4, waitMs: 0 })
  })
  it('is full with large events before that', () => { expect(nextTransaction([portion(40, true, LIMITS.bytes - 1), portion(40, true, 2)], 0)).toEqual({ take: 1, waitMs: 0 }) })
  it('never is above a limit, unless one portion alone is, and never leaves everything waiting for ever', () => {
    fc.assert(fc.property(fc.array(fc.record({ messages: fc.nat(900), bytes: fc.nat(12_000_000), more: fc.boolean() }), { minLength: 1, maxLength: 12 }), fc.nat(20), (sizes, waited) => {
      const waiting = sizes.map(({ messages, bytes, more }) => portion(messages, more, bytes))
      const { take, waitMs } = nextTransaction(waiting, waited)
      const sum = (of: (p: Portion<number>) => number): number => waiting.slice(0, take).reduce((total, p) => total + of(p), 0)
      if (take > 1) expect(sum((p) => p.messages.length) <= LIMITS.messages && sum((p) => p.bytes) <= LIMITS.bytes).toBe(true)
      expect(take > 0 || (waitMs > 0 && waitMs <= LIMITS.lingerMs)).toBe(true)
      if (waited >= LIMITS.lingerMs) expect(take).toBeGreaterThan(0)
    }), { seed: 17 })
  })
})
