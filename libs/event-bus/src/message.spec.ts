import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { ENVELOPE_FIELDS, TOPICS, UnknownEvent, eventRegistry, topicNamed, topicOf, type Envelope, type RecordedEvent, type Topic } from '@chorus/contracts'
import { idOf } from '../../event-store/src/testing/builders'
import { UnreadableMessage, fromMessage, placeOf, toMessage } from './message'

const examples = join(__dirname, '../../contracts/examples')
type Example = Pick<RecordedEvent, 'type' | 'schemaVersion' | 'data' | 'time' | 'timePrecision' | 'timeZone'>

/** An example as the log holds it, every field of the envelope filled. */
const recorded = (example: Example, category: string): RecordedEvent => {
  const stream = `${category}-${idOf(example.type)}`
  const envelope: Envelope = {
    ...example, id: idOf(`event of ${example.type}`), source: { agency: 'KCPD', system: 'records/of test & more' }, receivedtime: '2026-07-02T20:11:00.000Z', partitionkey: stream,
    commandId: idOf('command'), correlationId: idOf('correlation'), causationId: null, actor: { id: 'user-0001', role: 'detective', agency: 'KCPD' }, subjects: [],
    classification: eventRegistry.get(example.type, example.schemaVersion).classification, content: 'fingerprint-of-content', command: 'fingerprint-of-command',
    timeText: { $sealed: { k: 'k', n: 'n', c: 'c' } }, sourceRecord: { system: 's', id: { $sealed: { k: 'k', n: 'n', c: 'secret-number' } }, version: 1, mapping: 'm@1' },
    policyVersion: 'kc-ipvi-levels@1.0.0', legalBasis: 'RSMo 455.085 § 2', basis: [{ stream: 'pair-1', revision: 3 }, { stream: 'x', revision: 0 }], corrects: idOf('corrected'), breaches: ['M1', 'P1'],
  }
  return { ...envelope, log: idOf('log'), stream, revision: 4, ordinal: 17, recordedtime: '2026-07-02T20:11:00.123456Z' }
}
const NEVER = ['content', 'command', 'sourceRecord', 'timeText'] as const
/** What is to come out: the event without what never travels, and without what the topic does not let through. */
const expected = (event: RecordedEvent, topic: Topic): object => {
  const { actor: { role, agency }, ...rest } = event
  const out: Record<string, unknown> = { ...rest, actor: { role, agency } }
  for (const name of NEVER) delete out[name]
  for (const field of ENVELOPE_FIELDS) if (!topic.envelope.includes(field) && !field.startsWith('actor.')) { if (field === 'subjects') out.subjects = []; else delete out[field] }
  const { version, data } = eventRegistry.upcast(event.type, event.schemaVersion, event.data as Record<string, unknown>)
  return { ...out, schemaVersion: version, data }
}
const cases = readdirSync(examples).filter((name) => name.endsWith('.json')).flatMap((name) => {
  const example = JSON.parse(readFileSync(join(examples, name), 'utf8')) as Example
  return eventRegistry.get(example.type, example.schemaVersion).categories.map((category) => [`${name} in ${category}`, example, category] as const)
})
const [, levelAssigned] = cases.find(([name]) => name.startsWith('LevelAssigned'))!
const CASES = topicNamed('program.cases.v1')
const INCIDENTS = topicNamed('justice.incidents.v1')
const message = () => toMessage(recorded(levelAssigned, 'pchCase'), CASES)

describe('a message', () => {
  it.each(cases)('%s comes out as it went in', (_, example, category) => {
    for (const topic of new Set([topicOf(category) ?? INCIDENTS, ...TOPICS])) {
      const event = recorded(example, category)
      expect(fromMessage(toMessage(event, topic))).toEqual(expected(event, topic))
    }
  })
  it('says nothing of who acted but role and agency, and nothing of sources and fingerprints', () => {
    const { headers, value } = toMessage({ ...recorded(levelAssigned, 'pchCase'), subjects: ['per_one', 'per_two'] }, INCIDENTS)
    const text = JSON.stringify([headers, value])
    for (const secret of ['user-0001', 'fingerprint', 'secret-number', 'm@1']) expect(text).not.toContain(secret)
    expect(headers).toMatchObject({ ce_actorrole: 'detective', ce_actoragency: 'KCPD', ce_subjects: 'per_one per_two', ce_basis: 'pair-1@3 x@0', ce_breaches: 'M1 P1' })
  })
  it('is CloudEvents 1.0: names of lower-case letters and digits, what is required is there, a time is an instant', () => {
    const { headers } = message()
    for (const name of Object.keys(headers)) expect(name).toMatch(/^(content-type|ce_[a-z0-9]{1,20})$/)
    expect(headers).toMatchObject({ ce_specversion: '1.0', ce_source: '/KCPD/records%2Fof%20test%20%26%20more', 'content-type': 'application/json', ce_time: levelAssigned.time })
    const [, hourly] = cases.find(([, { timePrecision }]) => timePrecision !== 'instant')!
    const cut = toMessage(recorded(hourly, 'incident'), INCIDENTS).headers
    expect(cut).not.toHaveProperty('ce_time')
    expect(cut.ce_localtime).toBe(hourly.time)
  })
  it('is a pure function of the event: its members may stand in any order', () => {
    const event = recorded(levelAssigned, 'pchCase')
    const again = Object.fromEntries(Object.entries(event).reverse()) as unknown as RecordedEvent
    expect(JSON.stringify(toMessage(again, CASES))).toBe(JSON.stringify(toMessage(event, CASES)))
  })
  it('carries subjects and basis on no open record', () => {
    const { headers } = toMessage({ ...recorded(levelAssigned, 'pchCase'), subjects: ['per_one'] }, topicNamed('finance.ledger.v1'))
    expect(Object.keys(headers)).not.toEqual(expect.arrayContaining(['ce_subjects']))
    expect(Object.keys(headers)).not.toEqual(expect.arrayContaining(['ce_basis']))
  })
  it('keeps an empty list apart from none, and a cause apart from no cause', () => {
    const event = { ...recorded(levelAssigned, 'pchCase'), breaches: [], basis: [], causationId: idOf('cause') }
    expect(fromMessage(toMessage(event, CASES))).toMatchObject({ breaches: [], basis: [], causationId: idOf('cause') })
    const { breaches: _, basis: __, ...none } = event
    const back = fromMessage(toMessage({ ...none, causationId: null }, CASES))
    expect(back).not.toHaveProperty('breaches')
    expect(back).not.toHaveProperty('basis')
    expect(back.causationId).toBeNull()
  })
  it('without a value is an event without data', () => {
    expect(fromMessage({ ...message(), value: null }).data).toEqual({})
  })
  it('tells its place without a look at its data', () => {
    expect(placeOf({ ...message(), headers: message().headers })).toEqual({ log: idOf('log'), stream: `pchCase-${idOf('LevelAssigned')}`, revision: 4, ordinal: 17, id: idOf('event of LevelAssigned'), type: 'LevelAssigned' })
  })
  it.each([
    ['no stream', { ce_stream: undefined }], ['no id', { ce_id: undefined }], ['no log', { ce_log: undefined }],
    ['a revision that is no number', { ce_revision: 'four' }], ['a source that is no reference', { ce_source: '/%E0%A4%A' }], ['no time', { ce_time: undefined }],
  ])('with %s is none of ours, and the error says nothing of what stands there', (_, change) => {
    const headers = Object.fromEntries(Object.entries({ ...message().headers, ...change }).filter(([, value]) => value !== undefined)) as Record<string, string>
    const read = () => fromMessage({ ...message(), headers })
    expect(read).toThrow(UnreadableMessage)
    expect(read).not.toThrow(/four|A4/)
  })
  it.each(['no json', '"text"', 'null'])('with the value %s is none of ours', (value) => {
    expect(() => fromMessage({ ...message(), value })).toThrow(UnreadableMessage)
    expect(() => fromMessage({ ...message(), value })).not.toThrow(/no json"|text"/)
  })
  it('of a type or version that this build does not know says so', () => {
    expect(() => fromMessage({ ...message(), headers: { ...message().headers, ce_schemaversion: '99' } })).toThrow(UnknownEvent)
    expect(() => fromMessage({ ...message(), headers: { ...message().headers, ce_type: 'BellRung' } })).toThrow(UnknownEvent)
  })
})
