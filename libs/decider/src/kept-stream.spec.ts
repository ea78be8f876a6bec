import type { DraftEvent, RecordedEvent } from '@chorus/contracts'
import type { Command, Decider } from './decider'
import { handle } from './handle'
import { KeptStream } from './kept-stream'
import { metaOf } from './testing/given'
import { MemoryLog, recorded } from './testing/memory-log'

/** A counter that goes up to five. */
type Up = Command<'Up', { by: number }>
const draft = (by: number, type = 'WentUp'): DraftEvent => ({ type, schemaVersion: 1, data: { by }, time: '2026-07-02', timePrecision: 'day', timeZone: 'America/Chicago' })
const counter: Decider<number, Up> = {
  category: 'counter', initial: 0, knows: ['WentUp'],
  evolve: (state, event) => event.type === 'WentUp' ? state + (event.data as { by: number }).by : state,
  decide: ({ data }, state) => state + data.by > 5 ? [] : [draft(data.by)],
}
const up = (name: string, by = 1): Up => ({ type: 'Up', data: { by }, meta: metaOf({ name }) })
/** Counts what is read of it. */
class Log extends MemoryLog {
  read = 0
  override async load(stream: string, from = 0): Promise<RecordedEvent[]> {
    const events = (await super.load(stream)).filter(({ revision }) => revision >= from)
    this.read += events.length
    return events
  }
}

it('reads each event once, whoever appended it, and asks the log each time', async () => {
  const log = new Log()
  const kept = new KeptStream(log, counter, 'a')
  expect(await kept.now()).toMatchObject({ revision: -1, state: 0 })
  for (const name of ['one', 'two']) await handle(log, counter, 'a', up(name))
  log.read = 0
  expect(await kept.now()).toMatchObject({ revision: 1, state: 2 })
  expect(await kept.now()).toMatchObject({ revision: 1, state: 2 })
  await handle(log, counter, 'a', up('elsewhere'))
  log.read = 0
  expect([(await kept.now()).state, log.read]).toEqual([3, 1])
})

it('what was handed out stays as it was, and questions at one time make none count twice', async () => {
  const log = new Log()
  const kept = new KeptStream(log, counter, 'a')
  await handle(log, counter, 'a', up('one'))
  const before = await kept.now()
  await handle(log, counter, 'a', up('two'))
  const [left, right] = await Promise.all([kept.now(), kept.now()])
  expect([before.state, left.state, right.state, (await kept.now()).state]).toEqual([1, 2, 2, 2])
  expect((await kept.answered(up('two').meta.commandId))?.ids).toHaveLength(1)
})

it('decides as handle() does: as the first time, on what another process appended, and not on what it does not know', async () => {
  const log = new Log()
  const [kept, other] = [new KeptStream(log, counter, 'a'), new KeptStream(log, counter, 'a')]
  const first = await kept.handle(up('one', 2))
  await other.handle(up('two', 2))
  expect(await kept.handle(up('one', 2))).toEqual({ ...first, repeated: true })
  expect(await other.answered(up('one').meta.commandId)).toEqual({ ...first, repeated: true })
  expect(await other.answered(up('nobody').meta.commandId)).toBeUndefined()
  // Somebody is faster between reading and appending.
  log.beforeRecord = () => {
    log.beforeRecord = () => undefined
    log.events.push(recorded(draft(1), { stream: 'counter-a', revision: 2 }, metaOf({ name: 'faster' })))
  }
  expect(await kept.handle(up('three', 1))).toMatchObject({ revision: 2, ids: [], repeated: false })
  expect((await other.now()).state).toBe(5)
  await log.record('counter-a', 2, [draft(1, 'WentSideways')], metaOf({ name: 'newer version' }))
  expect([await kept.handle(up('four')), await other.handle(up('five'))]).toMatchObject([{ refused: 'history_not_understood' }, { refused: 'history_not_understood' }])
})
