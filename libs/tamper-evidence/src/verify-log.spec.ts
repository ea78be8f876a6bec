/** What is found without another host's help; the manipulations themselves, in a live database: test/journeys/tampering.journey.spec.ts. */
import { MemoryStore, walkRange, type StoredEvent } from '@chorus/event-store'
import type { LogReport } from './log-report'
import { verifyLog } from './verify-log'
import { idOf, testLog, type TestLog } from './testing/log'

let log: TestLog
beforeEach(async () => {
  log = testLog()
  const signer = log.signerWith()
  // signed at 4, 8, 12
  for (let each = 0; each < 3; each++) { await log.add(4); await signer.look() }
})
afterEach(() => log.clear())

type Store = Pick<MemoryStore, 'log' | 'head' | 'readAll'>
const verified = (store: Store, full: boolean): Promise<LogReport> => verifyLog({ store, folder: log.place, verifier: log.signer.verifier, signer: log.signer, walk: (range, onWalked) => walkRange(store, range, { onWalked }), clock: { now: () => '2026-06-02T00:00:00.000Z' }, full })

/** The log of the first so many events, and of others behind them, each chained as it should be. */
const rewritten = async (kept: number, others: number): Promise<MemoryStore> => {
  const store = log.store
  const copied = { log: store.log, readAll: async function* (): AsyncGenerator<StoredEvent> { for await (const event of store.readAll()) if (event.ordinal <= kept) yield event } }
  const copy = await MemoryStore.copyOf(copied, { clock: { now: () => '2026-06-01T01:00:00.000Z' } })
  for (let n = 1; n <= others; n++) await copy.append({ stream: `lamp-other-${n}`, expected: 'any', events: [{ id: idOf(900 + n), type: 'LampLit', content: idOf(900 + n), body: { id: idOf(900 + n), type: 'LampLit', data: { watts: 0 } } }] })
  return copy
}

describe.each([['all is read', false, true], ['nothing is read again of what was verified', true, false]])('where %s', (_what, before, full) => {
  beforeEach(async () => {
    if (before) expect(await verified(log.store, true)).toMatchObject({ ok: true, through: 12 })
  })

  it.each([[0, 1, null], [3, 4, null], [7, 8, { ordinal: 4 }], [11, 12, { ordinal: 8 }]])('a log that was cut off behind %s ends there, and is right through the checkpoint before', async (kept, ordinal, right) => {
    expect(await verified(await rewritten(kept, 0), full)).toMatchObject({ ok: false, fault: 'cut-tail', ordinal, ...(ordinal < 12 && { upTo: 12 }), right, before: null })
  })

  it.each([[0, 1, 4, null], [5, 5, 8, { ordinal: 4 }], [11, 9, 12, { ordinal: 8 }]])('a log that was recorded anew behind %s is not what was signed behind the checkpoint before', async (kept, ordinal, upTo, right) => {
    expect(await verified(await rewritten(kept, 20 - kept), full)).toMatchObject({ ok: false, fault: 'rewritten', ordinal, upTo, right, before: null })
  })
})

it('what was verified and is not what the log says is not called right, where the checkpoints of that time are gone as well', async () => {
  expect(await verified(log.store, true)).toMatchObject({ ok: true })
  const other = await rewritten(0, 12)
  const folder = Object.assign(Object.create(log.place) as typeof log.place, { read: function* () { /* none */ }, last: async () => undefined, readBack: function* () { /* none */ } })
  expect(await verifyLog({ store: other, folder, verifier: log.signer.verifier, signer: log.signer, walk: (range, onWalked) => walkRange(other, range, { onWalked }), clock: { now: () => '2026-06-02T00:00:00.000Z' } })).toMatchObject({ ok: false, fault: 'rewritten', ordinal: 1, upTo: 12, right: null })
})

describe('what was verified and no checkpoint covers yet', () => {
  beforeEach(async () => {
    await log.add(4)
    expect(await verified(log.store, true)).toMatchObject({ ok: true, through: 16, signed: { ordinal: 12 } })
  })
  // each time again: a verify that found something must not take it for the new state of things
  it.each([[false, false, false], [true, true, false], [false, true, true]])('is missed where it was cut off, and where others stand in its place (full: %s, %s, %s)', async (...fulls) => {
    for (const full of fulls) expect(await verified(await rewritten(12, 0), full)).toMatchObject({ ok: false, fault: 'cut-tail', ordinal: 13, upTo: 16, right: { ordinal: 12 } })
    for (const full of fulls) expect(await verified(await rewritten(12, 8), full)).toMatchObject({ ok: false, fault: 'rewritten', ordinal: 13, upTo: 16, right: { ordinal: 12 } })
    expect(await verified(log.store, true)).toMatchObject({ ok: true, through: 16 })
  })
  it('is missed also where the checkpoints were cut back with the log: that is not merely checkpoints missing', async () => {
    const first = [...log.place.read(log.store.log)].filter(({ ordinal }) => ordinal <= 8)
    const folder = Object.assign(Object.create(log.place) as typeof log.place, { read: (_: string, from = 0) => first.filter(({ ordinal }) => ordinal >= from)[Symbol.iterator](), last: async () => first.at(-1), readBack: function* () { /* none */ } })
    for (const [store, fault] of [[await rewritten(8, 0), 'cut-tail'], [await rewritten(8, 8), 'rewritten']] as const) {
      for (const full of [true, false]) expect(await verifyLog({ store, folder, full, signedThrough: async () => 12, verifier: log.signer.verifier, signer: log.signer, walk: (range, onWalked) => walkRange(store, range, { onWalked }), clock: { now: () => '2026-06-02T00:00:00.000Z' } })).toMatchObject({ ok: false, fault, ordinal: 9, upTo: 16, right: { ordinal: 8 } })
    }
  })
})
