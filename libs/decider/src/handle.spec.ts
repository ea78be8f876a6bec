import assert from 'node:assert/strict'
import type { DraftEvent, RecordedEvent } from '@chorus/contracts'
import { isRefusal, refused, type Command, type Decider, type Handled } from './decider'
import { derivedId } from './derived-id'
import { handle, handleEach } from './handle'
import { given, metaOf } from './testing/given'
import { MemoryLog, recorded } from './testing/memory-log'

/** A counter that goes up to three. */
type Up = Command<'Up', { by: number }>
const draft = (by: number): DraftEvent => ({ type: 'WentUp', schemaVersion: 1, data: { by }, time: '2026-07-02', timePrecision: 'day', timeZone: 'America/Chicago' })
const counter: Decider<number, Up> = {
  category: 'counter', initial: 0, knows: ['WentUp'],
  evolve: (state, event) => event.type === 'WentUp' ? state + (event.data as { by: number }).by : state,
  decide: ({ data }, state) => data.by === 0 ? [] : state + data.by > 3 ? refused('too_high', 'Three is the end. Ask for less.') : [draft(data.by)],
}
const up = (name: string, by = 1): Up => ({ type: 'Up', data: { by }, meta: metaOf({ name }) })
const handled = (answer: unknown): Handled => { assert.ok(!isRefusal(answer)); return answer as Handled }

describe('handle', () => {
  it('appends what was decided and answers where it stands', async () => {
    const log = new MemoryLog()
    expect(await handle(log, counter, 'a', up('one'))).toMatchObject({ stream: 'counter-a', ordinal: 1, revision: 0, repeated: false })
    expect(log.events).toHaveLength(1)
  })

  it('answers a known command as the first time, before deciding, also when it would be refused now', async () => {
    const log = new MemoryLog()
    const first = handled(await handle(log, counter, 'a', up('one', 2)))
    await handle(log, counter, 'a', up('two', 1))
    expect(await handle(log, counter, 'a', up('one', 2))).toEqual({ ...first, repeated: true })
    expect(log.events).toHaveLength(2)
  })

  it('refuses another command under the same id, where both say what they were', async () => {
    const log = new MemoryLog()
    const saying = (fingerprint: string, by = 1): Up => ({ ...up('one', by), meta: { ...metaOf({ name: 'one' }), fingerprint } })
    const first = handled(await handle(log, counter, 'a', saying('f1')))
    expect(await handle(log, counter, 'a', saying('f1'))).toEqual({ ...first, repeated: true })
    expect(await handle(log, counter, 'a', saying('f2', 2))).toMatchObject({ refused: 'command_id_reused', kind: 'conflict' })
    expect(await handle(log, counter, 'a', up('one'))).toEqual({ ...first, repeated: true })
    expect(log.events).toHaveLength(1)
  })

  it('answers a known command also when the history has grown an event that this build does not know', async () => {
    const log = new MemoryLog()
    const first = handled(await handle(log, counter, 'a', up('one')))
    log.events.push(recorded({ ...draft(1), type: 'Sidestepped' }, { stream: 'counter-a', revision: 1 }, metaOf({ name: 'newer' })))
    expect(await handle(log, counter, 'a', up('one'))).toEqual({ ...first, repeated: true })
  })

  it('refuses retriably to decide on a history that it does not understand', async () => {
    const log = new MemoryLog()
    log.events.push(recorded({ ...draft(1), type: 'Sidestepped' }, { stream: 'counter-a', revision: 0 }, metaOf({ name: 'newer' })))
    expect(await handle(log, counter, 'a', up('one'))).toMatchObject({ refused: 'history_not_understood', kind: 'retry-later' })
    expect(log.events).toHaveLength(1)
  })

  it('loads and decides anew when another writer was faster', async () => {
    const log = new MemoryLog()
    log.beforeRecord = () => {
      log.beforeRecord = () => undefined
      log.events.push(recorded(draft(3), { stream: 'counter-a', revision: 0 }, metaOf({ name: 'faster' })))
    }
    expect(await handle(log, counter, 'a', up('one'))).toMatchObject({ refused: 'too_high' })
    expect(log.events).toHaveLength(1)
  })

  it('gives up retriably when others are always faster', async () => {
    const log = new MemoryLog()
    const zero: Decider<number, Up> = { ...counter, decide: () => [draft(0)] }
    let n = 0
    log.beforeRecord = (stream) => { log.events.push(recorded(draft(0), { stream, revision: n }, metaOf({ name: `faster ${n++}` }))) }
    expect(await handle(log, zero, 'a', up('one'))).toMatchObject({ refused: 'record_busy', kind: 'retry-later' })
  })

  it('answers the last place when nothing was decided', async () => {
    const log = new MemoryLog()
    expect(await handle(log, counter, 'a', up('none', 0))).toEqual({ stream: 'counter-a', ordinal: 0, revision: -1, recordedtime: null, ids: [], repeated: false })
  })

  it('answers as the first time when the same command was decided elsewhere at the same moment', async () => {
    const log = new MemoryLog()
    const record = log.record.bind(log)
    log.record = async (stream, expected, drafts, meta) => {
      await record(stream, expected, [draft(2)], meta)
      return { ok: false, conflict: 'content-differs', text: '' }
    }
    expect(await handle(log, counter, 'a', up('one'))).toMatchObject({ stream: 'counter-a', revision: 0, repeated: true })
    log.events.length = 0
    log.recordEach = async ([item]) => [await log.record(item!.stream, item!.expected, item!.drafts, item!.meta)]
    expect(await handleEach(log, counter, [{ id: 'b', command: up('two') }])).toMatchObject([{ stream: 'counter-b', repeated: true }])
    expect(log.events).toHaveLength(1)
  })

  it('says what to do when the command id was used for other content', async () => {
    const log = new MemoryLog()
    log.record = async () => ({ ok: false, conflict: 'content-differs', text: '' })
    expect(await handle(log, counter, 'a', up('one'))).toMatchObject({ refused: 'command_id_reused', kind: 'conflict' })
  })
})

describe('handleEach', () => {
  it('answers in the order of the items, with refusals among them, and handles a stream that occurs twice in its order', async () => {
    const log = new MemoryLog()
    const answers = await handleEach(log, counter, [
      { id: 'a', command: up('1', 3) }, { id: 'b', command: up('2', 4) }, { id: 'a', command: up('3', 1) }, { id: 'c', command: up('4', 1) }, { id: 'c', command: up('5', 2) },
    ])
    expect(answers.map((answer) => isRefusal(answer) ? answer.refused : `${answer.stream}@${answer.revision}`)).toEqual(['counter-a@0', 'too_high', 'too_high', 'counter-c@0', 'counter-c@1'])
  })

  it('appends the second ones of all streams at once, each on top of the first', async () => {
    const log = new MemoryLog()
    const recordEach = log.recordEach.bind(log)
    const appended: string[][] = []
    log.recordEach = (items) => { appended.push(items.map(({ stream, expected }) => `${stream} ${expected}`)); return recordEach(items) }
    const answers = await handleEach(log, counter, [{ id: 'a', command: up('1') }, { id: 'a', command: up('2') }, { id: 'b', command: up('3') }, { id: 'b', command: up('4') }, { id: 'a', command: up('5') }])
    expect(appended).toEqual([['counter-a -1', 'counter-b -1'], ['counter-a 0', 'counter-b 0'], ['counter-a 1']])
    expect(answers.map((answer) => `${handled(answer).stream}@${handled(answer).revision}`)).toEqual(['counter-a@0', 'counter-a@1', 'counter-b@0', 'counter-b@1', 'counter-a@2'])
  })

  it('handles by itself what another writer overtook, before what follows it in its stream', async () => {
    const log = new MemoryLog()
    const recordEach = log.recordEach.bind(log)
    log.recordEach = (items) => {
      log.recordEach = recordEach
      log.events.push(recorded(draft(1), { stream: 'counter-a', revision: 0 }, metaOf({ name: 'faster' })))
      return recordEach(items)
    }
    const answers = await handleEach(log, counter, [{ id: 'a', command: up('1') }, { id: 'b', command: up('2') }, { id: 'a', command: up('3') }, { id: 'a', command: up('4') }])
    expect(answers.map((answer) => isRefusal(answer) ? answer.refused : `${answer.stream}@${answer.revision}`)).toEqual(['counter-a@1', 'counter-b@0', 'counter-a@2', 'too_high'])
  })

  it('adds nothing the second time', async () => {
    const log = new MemoryLog()
    const items = [{ id: 'a', command: up('1') }, { id: 'b', command: up('2') }]
    const first = await handleEach(log, counter, items)
    expect(await handleEach(log, counter, items)).toEqual(first.map((answer) => ({ ...answer, repeated: true })))
    expect(log.events).toHaveLength(2)
  })
})

describe('derivedId', () => {
  it('is a UUID fixed by its parts, and tells where one part ends', () => {
    expect(derivedId('assess', 'x')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(derivedId('a', 'bc')).toBe(derivedId('a', 'bc'))
    expect(derivedId('a', 'bc')).not.toBe(derivedId('ab', 'c'))
  })
})

describe('given/when/then', () => {
  const event: RecordedEvent = recorded(draft(2), { stream: 'counter-given', revision: 0 }, metaOf())
  it('compares events by what is named, refusals by their code, and nothing by nothing', () => {
    given(counter, event).when(up('x')).then({ type: 'WentUp', data: { by: 1 } })
    given(counter, draft(3)).when(up('x')).refused('too_high')
    given(counter).when(up('x', 0)).nothing()
  })
  it('fails where the expectation is wrong', () => {
    expect(() => given(counter).when(up('x')).then({ type: 'WentUp', data: { by: 2 } })).toThrow()
    expect(() => given(counter).when(up('x')).refused('too_high')).toThrow()
    expect(() => given(counter).when(up('x')).nothing()).toThrow()
    expect(() => given(counter, draft(3)).when(up('x')).then({ type: 'WentUp' })).toThrow(/too_high/)
  })
})
