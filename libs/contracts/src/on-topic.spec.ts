import fc from 'fast-check'
import type { RecordedEvent } from './envelope'
import { Event, eventRegistry } from './event'
import { Code, List, Text, Token } from './fields'
import { refusalOfContract, refusalOnTopic } from './on-topic'
import { topicNamed, type Topic } from './topics'

const about = { categories: ['sample'], context: 'case', producer: 'test', consumers: [], time: 'x', summary: 'x' } as const
class Inner { @Code(['X'], { doc: 'a code' }) code!: string; @Text({ max: 10, privacy: 'narrative', optional: true, doc: 'free' }) note?: unknown }
@Event({ ...about, type: 'SampleAllowed', version: 1, classification: 'CJI' })
class SampleAllowedV1 { @Code(['A', 'B'], { doc: 'a code' }) code!: string; @Token({ kind: 'per', optional: true, doc: 'who' }) subjectRef?: string }
@Event({ ...about, type: 'SampleOfPartner', version: 1, classification: 'CJI' })
class SampleOfPartnerV1 { @Token({ kind: 'per', doc: 'the partner' }) victimRef!: string }
@Event({ ...about, type: 'SampleOfHistory', version: 1, classification: 'CHRI' })
class SampleOfHistoryV1 { @Code(['A'], { doc: 'a code' }) code!: string }
@Event({ ...about, type: 'SampleWithText', version: 1, classification: 'CJI' })
class SampleWithTextV1 { @List(() => Inner, { max: 5, doc: 'parts' }) parts!: Inner[] }

const topic: Topic = { ...topicNamed('program.cases.v1'), name: 'sample.events.v1', categories: ['sample'] }
const wide: Topic = { ...topic, mayCarry: ['open', 'code', 'token', 'narrative'] }
const open: Topic = { ...topic, mayCarry: ['open', 'code'], tokens: undefined }
const TOKEN = `per_${'a'.repeat(22)}`
const OTHER = `per_${'b'.repeat(22)}`
const SEALED = { $sealed: { k: 'k', n: 'n', c: 'c' } }

const event = (over: Partial<RecordedEvent> = {}): RecordedEvent => ({
  id: '00000000-0000-4000-8000-000000000001', type: 'SampleAllowed', schemaVersion: 1, data: { code: 'A', subjectRef: TOKEN }, time: '2026-07-02', timePrecision: 'day', timeZone: 'America/Chicago',
  source: { agency: 'KCPD', system: 'chorus' }, receivedtime: '2026-07-02T00:00:00.000Z', partitionkey: 'sample-1', commandId: 'c', correlationId: 'c', causationId: null,
  actor: { id: 'somebody', role: 'detective', agency: 'KCPD' }, subjects: [TOKEN], classification: 'CJI', content: 'x', log: 'l', stream: 'sample-1', revision: 0, ordinal: 1, recordedtime: '2026-07-02T00:00:00.000000Z', ...over,
})
const version = (type: string) => eventRegistry.get(type, 1)

describe('a contract on a topic', () => {
  it('may be there with classification, classes and tokens that the topic carries', () => {
    expect(refusalOfContract(topic, eventRegistry.of(SampleAllowedV1), 'sample')).toBeUndefined()
    expect(refusalOfContract(wide, eventRegistry.of(SampleWithTextV1), 'sample')).toBeUndefined()
  })
  it.each([
    ['another category', topic, SampleAllowedV1, 'other', 'wrong-category', undefined],
    ['another classification', topic, SampleOfHistoryV1, 'sample', 'wrong-classification', undefined],
    ['the token of somebody whom the topic does not name', topic, SampleOfPartnerV1, 'sample', 'foreign-token', '/data/victimRef'],
    ['any token, where the topic carries none', open, SampleAllowedV1, 'sample', 'privacy-class', '/data/subjectRef'],
    ['a nested field of a class that it does not carry', topic, SampleWithTextV1, 'sample', 'privacy-class', '/data/parts/note'],
  ] as const)('may not be there with %s', (_, on, cls, category, reason, field) => {
    expect(refusalOfContract(on, eventRegistry.of(cls), category)).toMatchObject({ reason, ...(field ? { field } : {}) })
  })
})

describe('an event on a topic', () => {
  it('may be there', () => { expect(refusalOnTopic(topic, event())).toBeUndefined() })
  it.each<[string, Topic, Partial<RecordedEvent>, string, string | undefined]>([
    ['a type that nobody knows', topic, { type: 'NeverHeardOf' }, 'unknown-type', undefined],
    ['a version that nobody knows', topic, { schemaVersion: 7 }, 'unknown-version', undefined],
    ['a stream in which it may not stand', topic, { stream: 'other-1' }, 'wrong-category', undefined],
    ['a classification that is not its contract\'s', topic, { classification: 'CHRI' }, 'wrong-classification', '/classification'],
    ['a field that its contract does not have', topic, { data: { code: 'A', subjectRef: TOKEN, 'Jane Roe': 1 } }, 'not-in-contract', '/data'],
    ['a subject beside its fields', topic, { subjects: [TOKEN, OTHER] }, 'foreign-token', '/subjects'],
    ['a partner\'s token', topic, { type: 'SampleOfPartner', data: { victimRef: OTHER }, subjects: [OTHER] }, 'foreign-token', '/data/victimRef'],
    ['a text that is not sealed', wide, { type: 'SampleWithText', data: { parts: [{ code: 'X' }, { code: 'X', note: 'in plain' }] }, subjects: [] }, 'not-sealed', '/data/parts/1/note'],
    ['a sealed text with something beside it', wide, { type: 'SampleWithText', data: { parts: [{ code: 'X', note: { ...SEALED, plain: 'text' } }] }, subjects: [] }, 'not-sealed', '/data/parts/0/note'],
    ['a key that leads to a case, on an open record', { ...open, categories: ['account'] }, { type: 'OpenSample', data: { code: 'A' }, subjects: [], stream: 'account-1', partitionkey: 'pchCase-1' }, 'foreign-token', '/partitionkey'],
    ['a subject, on an open record', { ...open, categories: ['account'] }, { type: 'OpenSample', data: { code: 'A' }, stream: 'account-1', partitionkey: 'account-1' }, 'foreign-token', '/subjects'],
  ])('may not be there with %s', (_, on, over, reason, field) => {
    expect(refusalOnTopic(on, event(over))).toMatchObject({ reason, ...(field ? { field } : {}) })
  })
  it('may carry a text that is sealed, where the topic carries its class', () => {
    expect(refusalOnTopic(wide, event({ type: 'SampleWithText', data: { parts: [{ code: 'X', note: SEALED }] }, subjects: [] }))).toBeUndefined()
  })
  it('is refused without a word of what it says', () => {
    fc.assert(fc.property(fc.string({ minLength: 6, maxLength: 20 }).filter((text) => /^[a-z ]+$/i.test(text) && !'the contract sample topic carries sealed field'.includes(text)), (secret) => {
      for (const data of [{ parts: [{ code: 'X', note: secret }] }, { parts: [{ code: 'X', [secret]: 1 }] }]) {
        expect(JSON.stringify(refusalOnTopic(wide, event({ type: 'SampleWithText', data, subjects: [] })))).not.toContain(secret)
      }
    }), { seed: 41 })
  })
})

@Event({ ...about, categories: ['account'], type: 'OpenSample', version: 1, classification: 'CJI' })
class OpenSampleV1 { @Code(['A'], { doc: 'a code' }) code!: string }
it('an open record carries what leads to nobody', () => {
  expect(version('OpenSample').cls).toBe(OpenSampleV1)
  expect(refusalOnTopic({ ...open, categories: ['account'] }, event({ type: 'OpenSample', data: { code: 'A' }, subjects: [], stream: 'account-1', partitionkey: 'account-1' }))).toBeUndefined()
})
