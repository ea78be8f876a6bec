import fc from 'fast-check'
import { UnknownEvent } from '@chorus/contracts'
import { refused } from '@chorus/decider'
import { StoreUnavailable } from '@chorus/event-store'
import { BACK_OFF, Defer, Permanent, Retriable, UNKNOWN_TRIES, failureOf, isOutage, verdictOn } from './failures'
import { UnreadableMessage } from './message'

const SEED = 260299
const withCode = (code: string): Error => Object.assign(new Error('text of a driver'), { code })

describe('a failure', () => {
  it.each([
    ['a deferral', new Defer('case-not-there', 'The case is not there yet.'), { kind: 'deferred', cause: 'case-not-there', detail: 'The case is not there yet.', retryInMs: 250 }],
    ['a retriable one', new Retriable('busy', 'Others were faster.'), { kind: 'retriable', cause: 'busy', detail: 'Others were faster.', retryInMs: 1000 }],
    ['a permanent one', new Permanent('broken', 'It is broken.'), { kind: 'permanent', cause: 'broken', detail: 'It is broken.', retryInMs: null }],
    ['an event of a newer build', new UnknownEvent('LevelAssigned', 9, 'Update it first.'), { kind: 'retriable', cause: 'unknown-event', detail: 'Update it first.', retryInMs: 1000 }],
    ['a message that is none of ours', new UnreadableMessage('It has no ce_id.'), { kind: 'permanent', cause: 'unreadable', detail: 'It has no ce_id.', retryInMs: null }],
  ])('%s is told by its kind', (_, error, verdict) => { expect(verdictOn(error, 1)).toEqual(verdict) })

  it('that nobody foresaw is retried a few times, then a person must look', () => {
    for (let attempt = 1; attempt < UNKNOWN_TRIES; attempt++) expect(verdictOn(new TypeError('x'), attempt)).toMatchObject({ kind: 'retriable', cause: 'TypeError' })
    expect(verdictOn(new TypeError('x'), UNKNOWN_TRIES)).toMatchObject({ kind: 'permanent', cause: 'TypeError', retryInMs: null })
  })

  it('of a right that the database does not give waits until it is given back, however often it was tried', () => {
    for (const attempt of [1, UNKNOWN_TRIES, 40]) {
      const { kind, cause, detail, retryInMs } = verdictOn(withCode('42501'), attempt)
      expect([kind, cause, retryInMs]).toEqual(['retriable', 'database-right-missing', Math.min(BACK_OFF.retriable.longest, 1000 * 2 ** (attempt - 1))])
      expect(detail).toContain('npx chorus migrate')
    }
  })

  it('that nobody foresaw leaves no word of its text', () => {
    fc.assert(fc.property(fc.string({ minLength: 12 }), fc.string({ minLength: 12 }), (text, name) => {
      const { cause, detail } = verdictOn(Object.assign(new Error(`Smithsonianissimo ${text}`), { name: `${name} !`, code: `${name} ?` }), 1)
      expect(`${cause} ${detail}`).not.toContain('Smithsonianissimo')
      expect(cause).toBe('Error')
    }), { seed: SEED })
    expect(verdictOn('a thrown text', 1).cause).toBe('error')
    expect(verdictOn(withCode('23505'), 1).cause).toBe('Error:23505')
  })

  it('comes back later each time, and never later than the longest wait', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 10_000 }), fc.constantFrom('deferred' as const, 'retriable' as const), (attempts, kind) => {
      const error = kind === 'deferred' ? new Defer('c', 't') : new Retriable('c', 't')
      const wait = verdictOn(error, attempts).retryInMs!
      expect(wait).toBeGreaterThanOrEqual(BACK_OFF[kind].first)
      expect(wait).toBeLessThanOrEqual(BACK_OFF[kind].longest)
      expect(verdictOn(error, attempts + 1).retryInMs!).toBeGreaterThanOrEqual(wait)
    }), { seed: SEED })
  })

  it.each([
    ['the log is away', new StoreUnavailable('away'), true], ['the database is away', withCode('ECONNREFUSED'), true], ['it shuts down', withCode('57P01'), true],
    ['wrapped by somebody', new Error('x', { cause: withCode('CONNECTION_CLOSED') }), true],
    ['a unique key is violated', withCode('23505'), false], ['nobody foresaw it', new TypeError('x'), false], ['a text is thrown', 'x', false],
    ['a reaction says what it is, whatever caused it', new Permanent('c', 't', { cause: withCode('ECONNREFUSED') }), false],
  ])('is the whole bus\'s when %s: %#', (_, error, outage) => { expect(isOutage(error)).toBe(outage) })

  it.each([
    ['retry-later', Retriable], ['not-found', Defer], ['rule', Permanent], ['conflict', Permanent], ['forbidden', Permanent],
  ] as const)('of a command that was refused as %s', (kind, cls) => {
    const failure = failureOf(refused('level_missing', 'The case has no level.', { kind }))
    expect(failure).toBeInstanceOf(cls)
    expect(failure).toMatchObject({ code: 'level_missing', message: 'The case has no level.' })
  })
})
