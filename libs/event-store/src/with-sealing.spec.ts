import { eventRegistry, type DraftEvent, type CommandMeta, type Erased, type Sealed } from '@chorus/contracts'
import { MemoryVault, SealBroken, isSealed } from '@chorus/privacy'
import { MemoryStore } from './memory'
import { MAX_EVENT_BYTES } from './port'
import { ContractViolation, Recorder } from './with-sealing'
import { Event, List, Text, Token, Uuid, type Sealable } from '@chorus/contracts'

const clock = { now: () => '2026-07-02T15:10:00.000Z' }
const INCIDENT = '018f0000-0000-8000-8000-000000000001'
const STREAM = `arrest-${INCIDENT}`
const meta = (commandId = '018f0000-0000-7000-8000-00000000000a'): CommandMeta => ({ commandId, correlationId: commandId, causationId: null, actor: { id: 'u1', role: 'agencyFeed', agency: 'MO0480000' }, source: { agency: 'MO0480000', system: 'nibrs-flat-file' }, now: clock.now() })
const TOKEN = 'per_0123456789abcdefghijkl'
const arrest = (over: Record<string, unknown> = {}, draft: Partial<DraftEvent> = {}): DraftEvent => ({
  type: 'ArrestRecorded', schemaVersion: 2, time: '2026-07-01', timePrecision: 'day', timeZone: 'America/Chicago', timeText: 'the first of July',
  data: { arrestId: INCIDENT, ori: 'MO0480000', transactionNumber: 'FICTION-4711', token: TOKEN, sequence: 1, arrestDate: '2026-07-01', offenseCode: '90J', armed: [], edits: [], ...over },
  sourceRecord: { system: 'nibrs-flat-file', id: 'FICTION-4711', version: 1, mapping: 'nibrs-flat@1' }, ...draft,
})
const setUp = (secret: Uint8Array = Buffer.alloc(32, 7)) => {
  const vault = new MemoryVault(secret)
  const store = new MemoryStore({ clock })
  return { vault, store, recorder: new Recorder({ store, vault, clock }) }
}
const everything = () => true
const stored = async (store: MemoryStore): Promise<string[]> => { const texts: string[] = []; for await (const event of store.readAll()) texts.push(event.text); return texts }

describe('recording', () => {
  it('seals what identifies, keeps what evaluation needs, and opens it again', async () => {
    const { store, recorder } = setUp()
    const outcome = await recorder.record(STREAM, -1, [arrest()], meta())
    expect(outcome).toMatchObject({ ok: true, repeated: false, ordinal: 1, revision: 0 })
    const [text] = await stored(store)
    expect(text).not.toContain('FICTION')
    expect(text).not.toContain('first of July')
    expect(text).toContain('"90J"')
    const [event] = await recorder.load(STREAM)
    expect(event).toMatchObject({ subjects: [TOKEN], classification: 'CJI', partitionkey: STREAM, receivedtime: clock.now() })
    const [open] = await recorder.unseal([event!], everything)
    expect(open).toMatchObject({ timeText: 'the first of July', sourceRecord: { id: 'FICTION-4711' }, data: { transactionNumber: 'FICTION-4711' } })
    expect(isSealed((event!.data as { transactionNumber: unknown }).transactionNumber)).toBe(true)
  })

  it('a member that is undefined is not there, also one that the contract does not know', async () => {
    const { store, recorder } = setUp()
    await recorder.record(STREAM, -1, [arrest({ sex: undefined, surplus: undefined, age: { precision: 'unknown', text: undefined } })], meta())
    expect((await recorder.load(STREAM))[0]!.data).not.toHaveProperty('sex')
    expect((await stored(store))[0]).not.toContain('surplus')
    expect(await recorder.record(STREAM, -1, [arrest({ age: { precision: 'unknown' } })], meta())).toMatchObject({ ok: true, repeated: true })
  })

  it('asks for each field who may see it; what is refused is absent', async () => {
    const { recorder } = setUp()
    await recorder.record(STREAM, -1, [arrest()], meta())
    const asked: string[] = []
    const [open] = await recorder.unseal(await recorder.load(STREAM), field => { asked.push(`${field.pointer} ${field.privacy} ${field.type}`); return field.pointer === '/timeText' })
    expect([...new Set(asked)].sort()).toEqual(['/data/transactionNumber matchable ArrestRecorded', '/sourceRecord/id matchable ArrestRecorded', '/timeText matchable ArrestRecorded'])
    expect(open!.timeText).toBe('the first of July')
    expect(open!.data).not.toHaveProperty('transactionNumber')
    expect(open!.sourceRecord).not.toHaveProperty('id')
  })

  it('the same record again is a duplicate, whatever its tokens, nonces and received time', async () => {
    const { store, recorder } = setUp()
    await recorder.record(STREAM, -1, [arrest()], meta())
    const again = await recorder.record(STREAM, -1, [arrest({ token: 'per_zzzzzzzzzzzzzzzzzzzzzz' })], { ...meta('018f0000-0000-7000-8000-00000000000b'), receivedtime: '2026-08-01T00:00:00.000Z' })
    expect(again).toMatchObject({ ok: true, repeated: true, ordinal: 1 })
    const changed = await recorder.record(STREAM, -1, [arrest({ offenseCode: '90C' })], meta())
    expect(changed).toMatchObject({ ok: false, conflict: 'content-differs' })
    expect(await stored(store)).toHaveLength(1)
  })

  it('fingerprint and id are the same in every run under the same vault secret, and others under another', async () => {
    const run = async (secret: Buffer) => { const { recorder } = setUp(secret); await recorder.record(STREAM, -1, [arrest()], meta()); const [event] = await recorder.load(STREAM); return [event!.id, event!.content] }
    expect(await run(Buffer.alloc(32, 1))).toEqual(await run(Buffer.alloc(32, 1)))
    expect((await run(Buffer.alloc(32, 1)))[0]).not.toBe((await run(Buffer.alloc(32, 2)))[0])
    expect((await run(Buffer.alloc(32, 1)))[1]).not.toBe((await run(Buffer.alloc(32, 2)))[1])
  })

  it('the same command twice is answered as the first time', async () => {
    const { recorder } = setUp()
    const draft = (): DraftEvent => ({ type: 'EventRetracted', schemaVersion: 1, data: { retracts: INCIDENT, reasonCode: 'SOURCE_DELETED' }, time: '2026-07-02T15:10:00.000Z', timePrecision: 'instant', timeZone: 'UTC' })
    const first = await recorder.record(STREAM, -1, [draft()], meta())
    expect(await recorder.record(STREAM, -1, [draft()], meta())).toEqual({ ...first, repeated: true })
  })

  it('a conflict leaves the other appends standing', async () => {
    const { recorder } = setUp()
    const other = STREAM.replace(/1$/, '2')
    await recorder.record(STREAM, -1, [arrest()], meta())
    const late: DraftEvent = arrest({ offenseCode: '90D' }, { sourceRecord: { system: 'nibrs-flat-file', id: 'FICTION-4711', version: 2, mapping: 'nibrs-flat@1' } })
    const outcomes = await recorder.recordEach([{ stream: STREAM, expected: -1, drafts: [late], meta: meta() }, { stream: other, expected: -1, drafts: [arrest({ arrestId: INCIDENT.replace(/1$/, '2') }, { sourceRecord: { system: 'nibrs-flat-file', id: 'FICTION-4712', version: 1, mapping: 'nibrs-flat@1' } })], meta: meta() }])
    expect(outcomes).toMatchObject([{ ok: false, conflict: 'wrong-revision' }, { ok: true, ordinal: 2 }])
    const many = await recorder.loadMany([STREAM, other, 'arrest-none'])
    expect([...many].map(([stream, events]) => [stream, events.length])).toEqual([[STREAM, 1], [other, 1], ['arrest-none', 0]])
  })
})

describe('what it refuses', () => {
  it('a draft that breaks its contract: names the field, never the value', async () => {
    const { recorder } = setUp()
    const record = recorder.record(STREAM, -1, [arrest({ ori: 'Nobody Fictional lives here', surplus: 1 })], meta())
    await expect(record).rejects.toThrow(ContractViolation)
    await expect(record).rejects.toThrow('/ori must be a short code')
    await expect(record).rejects.not.toThrow('Nobody')
  })
  it('is told before it is recorded: what breaks its contract, and what is too large, also where it is sealing that makes it so', async () => {
    expect(ShortOnesV1.name).toBe('ShortOnesV1')
    const { recorder } = setUp()
    const item = (drafts: readonly DraftEvent[], stream = STREAM) => ({ stream, expected: -1, drafts, meta: meta() })
    expect(() => recorder.check(item([arrest({ sex: 'a long text in the place of a code' })]))).toThrow(ContractViolation)
    expect(() => recorder.check(item([arrest()], 'pair-1'))).toThrow('may stand in streams of')
    // Values and names as short as can be: what grows most by being sealed.
    const short = (count: number): DraftEvent => ({
      type: 'ShortOnes', schemaVersion: 1, time: '2026-07-01', timePrecision: 'day', timeZone: 'America/Chicago',
      data: { token: TOKEN, all: Array.from({ length: count }, () => ({ a: 'A', b: 'B', c: 'C' })) },
    })
    const recorded = (count: number): Promise<boolean> => recorder.record(`note-${count}`, -1, [short(count)], meta(`018f0000-0000-7000-8000-${String(count).padStart(12, '0')}`)).then(({ ok }) => ok, () => false)
    let most = 1
    while (JSON.stringify([short(most + 1)]).length <= MAX_EVENT_BYTES / 32) most++
    expect(() => recorder.check(item([short(most)], 'note-1'))).not.toThrow()
    expect(await recorded(most)).toBe(true)
    let first = most
    while (await recorded(first)) first = Math.ceil(first * 1.02)
    expect(() => recorder.check(item([short(first)], 'note-1'))).toThrow('bytes')
  })
  it('an event in a stream of a category that is not its own', async () => {
    await expect(setUp().recorder.record(`pchCase-${INCIDENT}`, -1, [arrest()], meta())).rejects.toThrow('may stand in streams of arrest')
  })
  it('a subject whose key was destroyed: nothing is recorded, what was reads as erased', async () => {
    const { vault, store, recorder } = setUp()
    await recorder.record(STREAM, -1, [arrest()], meta())
    vault.destroy('incident', STREAM)
    expect(await recorder.record(STREAM, 0, [arrest()], meta())).toMatchObject({ ok: false, conflict: 'erased' })
    expect(await stored(store)).toHaveLength(1)
    const [open] = await recorder.unseal(await recorder.load(STREAM), everything)
    expect((open!.data as { transactionNumber: Erased }).transactionNumber).toEqual({ $erased: true })
    expect(open!.timeText).toEqual({ $erased: true })
  })
  it('a sealed value that was moved or altered does not open', async () => {
    const { recorder } = setUp()
    await recorder.record(STREAM, -1, [arrest()], meta())
    const [event] = await recorder.load(STREAM)
    const data = event!.data as { transactionNumber: Sealed }
    const { $sealed } = data.transactionNumber
    const flipped = $sealed.c.replace(/^./, first => (first === 'A' ? 'B' : 'A'))
    for (const wrong of [{ ...event!, timeText: data.transactionNumber }, { ...event!, id: '018f0000-0000-8000-8000-00000000ffff' }, { ...event!, type: 'EventRetracted', timeText: event!.timeText! }, { ...event!, data: { ...data, transactionNumber: { $sealed: { ...$sealed, c: flipped } } } }]) {
      await expect(recorder.unseal([wrong], everything)).rejects.toThrow(SealBroken)
    }
  })
})

class Short {
  @Text({ doc: 'x', max: 9, privacy: 'narrative' }) a!: Sealable
  @Text({ doc: 'x', max: 9, privacy: 'narrative' }) b!: Sealable
  @Text({ doc: 'x', max: 9, privacy: 'narrative' }) c!: Sealable
}
@Event({ type: 'ShortOnes', version: 1, categories: ['note'], classification: 'OPS', context: 'case', producer: 'test', consumers: [], time: 'now', summary: 'for this test alone' })
class ShortOnesV1 {
  @Token({ kind: 'per', doc: 'x' }) token!: string
  @List(() => Short, { max: 9000, doc: 'x' }) all!: Short[]
}
@Event({ type: 'NoteOnSomebody', version: 1, categories: ['note'], classification: 'OPS', context: 'case', producer: 'test', consumers: [], time: 'now', summary: 'for this test alone' })
class NoteOnSomebodyV1 {
  @Uuid({ doc: 'x' }) noteId!: string
  @Token({ kind: 'per', doc: 'x' }) about!: string
  @Text({ doc: 'x', max: 100, privacy: 'narrative', sealedFor: 'about' }) words!: Sealable
}
@Event({ type: 'NoteOnSomebody', version: 2, categories: ['note'], classification: 'OPS', context: 'case', producer: 'test', consumers: [], time: 'now', summary: 'for this test alone' })
class NoteOnSomebodyV2 {
  @Uuid({ doc: 'x' }) noteId!: string
  @Token({ kind: 'per', doc: 'x' }) person!: string
  @Text({ doc: 'x', max: 100, privacy: 'narrative', sealedFor: 'person' }) text!: Sealable
}

describe('versions', () => {
  it('an old event is led to the newest version, and its sealed value still opens, or reads as erased', async () => {
    expect([NoteOnSomebodyV1.name, NoteOnSomebodyV2.name]).toHaveLength(2)
    eventRegistry.addUpcaster({ type: 'NoteOnSomebody', from: 1, lead: ({ noteId, about, words }) => ({ noteId, person: about, text: words }) })
    const { vault, store, recorder } = setUp()
    const { seal } = await import('@chorus/privacy')
    const id = '018f0000-0000-8000-8000-0000000000aa'
    const key = (await vault.keysFor('case', [TOKEN])).get(TOKEN)
    const words = seal('something private', key as never, { eventId: id, type: 'NoteOnSomebody', schemaVersion: 1, pointer: '/data/words' })
    await store.append({ stream: 'note-1', expected: 'none', events: [{ id, type: 'NoteOnSomebody', content: 'c', body: { id, type: 'NoteOnSomebody', schemaVersion: 1, content: 'c', data: { noteId: INCIDENT, about: TOKEN, words } } }] })
    const [event] = await recorder.load('note-1')
    expect(event).toMatchObject({ schemaVersion: 2, data: { person: TOKEN } })
    const [open] = await recorder.unseal([event!], everything)
    expect(open!.data).toEqual({ noteId: INCIDENT, person: TOKEN, text: 'something private' })
    vault.destroy('case', TOKEN)
    expect((await recorder.unseal(await recorder.load('note-1'), everything))[0]!.data).toEqual({ noteId: INCIDENT, person: TOKEN, text: { $erased: true } })
  })
  it('a type that this build does not know comes as it is; a newer version is not decided upon', async () => {
    const { store, recorder } = setUp()
    const append = (stream: string, type: string, schemaVersion: number) => { const id = `018f0000-0000-8000-8000-00000000000${schemaVersion}`; return store.append({ stream, expected: 'none', events: [{ id, type, content: 'c', body: { id, type, schemaVersion, content: 'c', data: { later: true } } }] }) }
    await append('note-2', 'FromTheFuture', 1)
    await append('note-3', 'NoteOnSomebody', 9)
    expect(await recorder.load('note-2')).toMatchObject([{ type: 'FromTheFuture', data: { later: true } }])
    await expect(recorder.load('note-3')).rejects.toThrow('NoteOnSomebody version 9 is not known to this build')
    const read: string[] = []
    for await (const event of recorder.read()) read.push(`${event.type} ${event.schemaVersion}`)
    expect(read).toEqual(['FromTheFuture 1', 'NoteOnSomebody 9'])
  })
})
