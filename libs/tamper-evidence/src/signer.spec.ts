import { cpSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { walkRange, type MemoryStore } from '@chorus/event-store'
import type { AuditChain } from './audit-chain'
import { checkCheckpoint, readCheckpoint, signCheckpoint, type AuditHead, type Noted } from './checkpoint'
import { PlaceRefused } from './second-place'
import type { Signer } from './signer'
import type { LogReport } from './log-report'
import { verifyLog } from './verify-log'
import type { VerifyLogOptions } from './verify-ports'
import { alone, idOf, newSigner, testLog, type TestLog } from './testing/log'

let log: TestLog
beforeEach(() => { log = testLog() })
afterEach(() => log.clear())
const all = async <T>(of: AsyncIterable<T>): Promise<T[]> => { const found: T[] = []; for await (const each of of) found.push(each); return found }
const signed = (): number[] => [...log.place.read(log.store.log)].map(({ ordinal }) => ordinal)
/** The same log as somebody has changed it. */
const changed = (more: Partial<Pick<MemoryStore, 'head' | 'readAll'>>) => ({ log: log.store.log, head: () => log.store.head(), readAll: log.store.readAll.bind(log.store), ...more })

it('signs what was added, once, and says how far', async () => {
  const signer = log.signerWith()
  await signer.look()
  expect(signed()).toEqual([])
  await log.add(3)
  await signer.look()
  await signer.look()
  await log.add(2)
  await signer.look()
  expect(signed()).toEqual([3, 5])
  const last = (await log.place.last(log.store.log))!
  expect(checkCheckpoint(last.note, log.signer.verifier)).toBe('signed')
  expect(last.link).toBe((await log.store.head()).link)
  expect(await signer.health()).toMatchObject({ ok: true, text: expect.stringMatching(/^signed through 5, \d+ s ago$/) as string })
})

it('signs at least every second what is recorded without a pause', async () => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'performance'] })
  const at: number[] = []
  const keep = log.place.keep.bind(log.place)
  jest.spyOn(log.place, 'keep').mockImplementation(async (noted) => { at.push(Date.now()); return keep(noted) })
  const signer = log.signerWith()
  try {
    const begun = Date.now()
    signer.start()
    while (Date.now() < begun + 5000) {
      await log.add(1)
      await jest.advanceTimersByTimeAsync(50)
      await new Promise((resolve) => setImmediate(resolve))
    }
    const gaps = [begun, ...at].map((from, n, all) => (all[n + 1] ?? Date.now()) - from)
    expect(at.length).toBeGreaterThanOrEqual(5)
    expect(Math.max(...gaps)).toBeLessThanOrEqual(1000)
  } finally {
    jest.useRealTimers()
    await signer.stop()
  }
})

it('covers a long way in steps, so that no receipt is longer than one', async () => {
  await log.add(10)
  await log.signerWith({ most: 4 }).look()
  expect(signed()).toEqual([4, 8, 10])
})

it('signs at stop what came since the last look', async () => {
  const signer = log.signerWith()
  await signer.look()
  await log.add(1)
  await signer.stop()
  expect(signed()).toEqual([1])
})

it('goes on where the last one ended, which may have died between the place and the database', async () => {
  const memory = alone(log.store.log)
  await log.add(2)
  await log.signerWith({ ...memory, remembered: { look: memory.remembered.look, move: async () => { throw new Error('killed') } } }).look()
  expect([signed(), memory.state]).toEqual([[2], undefined])
  await log.add(1)
  await log.signerWith(memory).look()
  expect([signed(), memory.state?.ordinal]).toEqual([[2, 3], 3])
})

it.each([
  ['was changed where it was not signed yet', (events: number) => changed({ readAll: async function* (options) { for await (const event of log.store.readAll(options)) yield event.ordinal === events ? { ...event, text: '{}' } : event } }), /ordinal 4: its text/],
  ['was cut behind what was signed', () => changed({ head: async () => ({ ...await log.store.head(), ordinal: 1 }) }), /its tail was cut off/],
  ['has another link where it was signed', () => changed({ head: async () => ({ ...await log.store.head(), ordinal: 2, link: 'f'.repeat(64) }) }), /carries another link/],
  ['is another log', () => changed({ head: async () => ({ ...await log.store.head(), log: 'x' }) }), /holds log x/],
])('signs nothing of a log that %s, and is not ready', async (_what, other, text) => {
  await log.add(2)
  const memory = alone(log.store.log)
  await log.signerWith(memory).look()
  await log.add(2)
  const signer = log.signerWith({ ...memory, store: other(4) })
  await signer.look()
  expect(signed()).toEqual([2])
  expect(await signer.health()).toMatchObject({ ok: false, text: expect.stringMatching(text) as string })
})

it('signs nothing where the second place has lost what was signed, or another key is there', async () => {
  const memory = alone(log.store.log)
  await log.add(2)
  await log.signerWith(memory).look()
  const swapped = log.signerWith({ ...memory, signer: newSigner(log.store.log) })
  await swapped.look()
  expect(await swapped.health()).toMatchObject({ ok: false, text: expect.stringMatching(/signing key was swapped/) as string })
  rmSync(join(log.folder, log.store.log), { recursive: true })
  const signer = log.signerWith(memory)
  await signer.look()
  expect(await signer.health()).toMatchObject({ ok: false, text: expect.stringMatching(/has lost checkpoints: it ends at ordinal 0, and 2 was signed/) as string })
})

it('a place that cannot be written fails readiness, and all is signed once it can be', async () => {
  let full = true
  const place = Object.assign(Object.create(log.place) as typeof log.place, { keep: async (noted: Noted) => { if (full) throw Object.assign(new Error('full'), { code: 'ENOSPC' }); await log.place.keep(noted) } })
  const signer = log.signerWith({ place })
  await log.add(2)
  await signer.look()
  expect(await signer.health()).toMatchObject({ ok: false, text: expect.stringMatching(/could not be written \(ENOSPC\).*nothing signed yet, 2 behind/) as string })
  full = false
  await signer.look()
  expect([signed(), (await signer.health()).ok]).toEqual([[2], true])
})

it('sends the newest to the other host, and goes on signing while that is away: readiness tells after a while', async () => {
  const got: number[] = []
  let away = true
  let now = 0
  const witness = { name: 'witness https://w.example', last: async () => undefined, keep: async ({ ordinal }: Noted) => { if (away) throw new PlaceRefused('is away'); got.push(ordinal) } }
  const signer = log.signerWith({ witness, elapsed: () => now })
  await log.add(1)
  await signer.look()
  expect([signed(), got, (await signer.health()).ok]).toEqual([[1], [], true])
  now = 6000
  expect(await signer.health()).toMatchObject({ ok: false, text: expect.stringMatching(/witness .*is away/) as string })
  away = false
  await log.add(1)
  await signer.look()
  expect([signed(), got, (await signer.health()).ok]).toEqual([[1, 2], [2], true])
})

it('of two processes one signs, and one that was overtaken writes no more', async () => {
  await log.add(1)
  const standby = log.signerWith({ lease: { ...alone('').lease, acquire: async () => undefined } })
  await standby.look()
  expect([signed(), await standby.health()]).toEqual([[], { ok: true, text: 'nothing signed yet, 1 behind the head; standby' }])
  const overtaken = log.signerWith({ lease: { ...alone('').lease, check: () => { throw Object.assign(new Error('lost'), { name: 'LeaseLost' }) } } })
  await overtaken.look()
  expect(signed()).toEqual([])
})

describe('the audit log beside it', () => {
  const entry = (ordinal: number, link = String(ordinal).padStart(64, '0')): AuditHead => ({ log: idOf(9), ordinal, link })
  let head: AuditHead
  let walks: (number | undefined)[]
  let fault: string | undefined
  const audit: AuditChain = {
    head: async () => head,
    walk: async ({ after }) => { walks.push(after?.ordinal); return fault === undefined ? { ok: true, checked: 0, through: head } : { ok: false, checked: 0, ordinal: 4, fault: 'link-differs', text: fault } },
  }
  const heads = (): (number | undefined)[] => [...log.place.read(log.store.log)].map((noted) => noted.audit?.ordinal)
  beforeEach(() => { [head, walks, fault] = [entry(3), [], undefined] })

  it('is signed with it, and by itself where nothing else was added; each walk begins where it was signed', async () => {
    const signer = log.signerWith({ audit })
    await signer.look()
    expect(signed()).toEqual([])
    await log.add(2)
    await signer.look()
    head = entry(5)
    await signer.look()
    await signer.look()
    await log.add(1)
    await signer.look()
    expect([signed(), heads()]).toEqual([[2, 2, 3], [3, 5, 5]])
    expect(walks).toEqual([undefined, undefined, 3])
    expect(checkCheckpoint((await log.place.last(log.store.log))!.note, log.signer.verifier)).toBe('signed')
    head = entry(6)
    await log.signerWith({ audit }).look()
    expect([heads().at(-1), walks.at(-1)]).toEqual([6, 5])
  })

  it('is sent to the other host as well, and no place goes back in it', async () => {
    const got: (number | undefined)[] = []
    const signer = log.signerWith({ audit, witness: { name: 'w', last: async () => undefined, keep: async (noted: Noted) => { got.push(noted.audit?.ordinal) } } })
    await log.add(1)
    await signer.look()
    head = entry(4)
    await signer.look()
    expect(got).toEqual([3, 4])
    const [first] = log.place.read(log.store.log)
    await expect(log.place.keep(first!)).rejects.toThrow('already holds a checkpoint with 4 entries of the audit log')
  })

  it.each([
    ['was cut', () => { head = entry(2) }, /audit log ends at entry 2, but it was signed through 3/],
    ['is another', () => { head = { ...entry(4), log: idOf(8) } }, /holds audit log .* where audit log/],
    ['was changed where it was signed', () => { head = entry(3, 'f'.repeat(64)); fault = 'entry 3: carries another link' }, /entry 3: carries another link/],
    ['was changed behind that', () => { head = entry(5); fault = 'entry 4: its text' }, /entry 4: its text/],
  ])('nothing is signed of one that %s', async (_what, change, text) => {
    const signer = log.signerWith({ audit })
    await log.add(1)
    await signer.look()
    change()
    await log.add(1)
    await signer.look()
    expect(signed()).toEqual([1])
    expect(await signer.health()).toMatchObject({ ok: false, text: expect.stringMatching(text) as string })
  })
})

const verified = (more: Partial<VerifyLogOptions> = {}): Promise<LogReport> => verifyLog({ store: log.store, folder: log.place, verifier: log.signer.verifier, signer: log.signer, walk: (range, onWalked) => walkRange(log.store, range, { onWalked }), clock: { now: () => '2026-06-02T00:00:00.000Z' }, full: true, ...more })

describe('what could not be looked at', () => {
  it('is said, and the log is not remembered as verified', async () => {
    await log.add(2)
    await log.signerWith().look()
    expect(await verified({ tryKept: async () => ({ notLooked: 'the kept bytes' }) })).toMatchObject({ ok: true, through: 2, notLooked: 'the kept bytes' })
    expect(log.place.verified(log.store.log)).toBeUndefined()
    expect(await verified({ tryKept: async () => undefined })).not.toHaveProperty('notLooked')
    expect(log.place.verified(log.store.log)).toBeDefined()
  })
  it('is the other host, where that is away: what is wrong here is found all the same', async () => {
    const witness = { name: 'w', last: async () => { throw new PlaceRefused('witness w does not answer') }, keep: async () => undefined }
    const audit: AuditChain = { head: async () => ({ log: 'audit', ordinal: 0, link: '' }), walk: async () => ({ ok: false, checked: 0, ordinal: 1, fault: 'gap', text: 'entry 1: missing' }) }
    await log.add(2)
    await log.signerWith().look()
    expect(await verified({ witness })).toMatchObject({ ok: true, notLooked: 'witness w does not answer' })
    expect(log.place.verified(log.store.log)).toBeUndefined()
    expect(await verified({ witness, audit })).toMatchObject({ ok: false, in: 'audit log', ordinal: 1 })
  })
})

describe('the second place, put back to an older copy of itself,', () => {
  let signer: Signer
  /** Signs at ordinals 2, 4, 6; afterwards the place is as it was at 2. */
  beforeEach(async () => {
    signer = log.signerWith()
    const copy = `${log.folder}.old`
    for (let each = 0; each < 3; each++) {
      await log.add(2)
      await signer.look()
      expect(await verified({ full: each === 1 })).toMatchObject({ ok: true })
      expect(await verified({ full: false })).toMatchObject({ ok: true, checked: 0 })
      if (each === 0) cpSync(log.folder, copy, { recursive: true })
    }
    expect(await verified({ signedThrough: async () => signer.through })).toMatchObject({ ok: true })
    rmSync(log.folder, { recursive: true })
    renameSync(copy, log.folder)
  })

  it('is found by whoever knows how far was signed', async () => {
    expect(await verified()).toMatchObject({ ok: true })
    expect(await verified({ signedThrough: async () => signer.through })).toMatchObject({ ok: false, fault: 'checkpoints-missing', ordinal: 3, upTo: 6, right: { ordinal: 2 }, stillRight: null })
  })

  it('is found by its numbers once it was signed on', async () => {
    await log.add(1)
    await signer.look()
    expect(signed()).toEqual([2, 7])
    const found = await verified({ signedThrough: async () => signer.through })
    expect(found).toMatchObject({ ok: false, fault: 'checkpoints-missing', ordinal: 3, upTo: 7, right: { ordinal: 2 }, stillRight: { ordinal: 7 } })
    expect((found as { text: string }).text).toContain('lacks 2 checkpoints between those at ordinals 2 and 7')
  })

  describe('with what was verified left there,', () => {
    const incremental = (): Promise<LogReport> => verified({ full: false })
    /** The log was verified when it was signed through 6; in notes of before, without the number. */
    beforeEach(async () => { await leave(3) })
    const leave = async (number?: number): Promise<void> => {
      const { link, recordedtime } = (await all(log.store.readAll({ after: 5, through: 6 })))[0]!
      log.place.keepVerified(log.store.log, signCheckpoint({ log: log.store.log, ordinal: 6, link, recordedtime, signedtime: '2026-06-01T00:00:00.000Z', ...number !== undefined && { number } }, log.signer, 'verified'))
    }
    const MISSING = { ok: false, fault: 'checkpoints-missing', before: { ordinal: 6 }, ordinal: 3, right: { ordinal: 2 } }

    it.each([3, undefined])('is found by the next look once it was signed on (number that was verified: %s)', async (number) => {
      await leave(number)
      await log.add(1)
      await signer.look()
      expect(await incremental()).toMatchObject({ ...MISSING, upTo: 7, stillRight: { ordinal: 7 } })
    })

    it('is found before that, too, also where all is looked at again', async () => {
      expect(await incremental()).toMatchObject({ ...MISSING, upTo: 6, stillRight: null })
      expect(await verified()).toMatchObject({ ...MISSING, before: null, upTo: 6, stillRight: null })
    })

    it('is found where it is empty now', async () => {
      for (const file of readdirSync(join(log.folder, log.store.log))) if (file.endsWith('.notes')) rmSync(join(log.folder, log.store.log, file))
      expect(await incremental()).toMatchObject({ ...MISSING, ordinal: 1, upTo: 6, right: null })
      await log.add(1)
      await signer.look()
      expect(await incremental()).toMatchObject({ ...MISSING, ordinal: 1, upTo: 7, right: null })
    })
  })

  it('is found also where somebody put notes there that nobody signed: one whose number is above all, or those that are missing', async () => {
    const kept = [...log.place.read(log.store.log)]
    await log.add(1)
    await signer.look()
    const [first, last] = log.place.read(log.store.log)
    const notes = join(log.folder, log.store.log, readdirSync(join(log.folder, log.store.log)).find((name) => name.endsWith('.notes'))!)
    const forged = (ordinal: number, link: string, number: number): string => signCheckpoint({ ...first!, ordinal, link, number }, newSigner(log.store.log))
    const links = (await all(log.store.readAll())).map(({ link }) => link)
    for (const planted of [[forged(1, links[0]!, 9e15)], [forged(4, links[3]!, 2), forged(6, links[5]!, 3)]]) {
      const inOrder = [first!.note, ...planted, last!.note].sort((a, b) => readCheckpoint(a)!.ordinal - readCheckpoint(b)!.ordinal)
      writeFileSync(notes, inOrder.map((note) => `${note}\n`).join(''))
      expect(await verified()).toMatchObject({ ok: false, fault: 'checkpoints-missing', ordinal: 3, upTo: 7, right: { ordinal: 2 }, stillRight: { ordinal: 7 } })
    }
    expect(kept.map(({ number }) => number)).toEqual([1])
  })

  it('says so last: what is wrong in the audit log, or with what is kept, is said before', async () => {
    await log.add(1)
    await signer.look()
    expect(await verified({ tryKept: async () => ({ ordinal: 1, text: 'gone' }) })).toMatchObject({ fault: 'kept-bytes-missing' })
    const head = { log: idOf(9), ordinal: 3, link: 'f'.repeat(64) }
    const audit: AuditChain = { head: async () => head, walk: async () => ({ ok: false, checked: 1, ordinal: 2, fault: 'link-differs', text: 'entry 2' }) }
    expect(await verified({ audit })).toMatchObject({ in: 'audit log', ordinal: 2, fault: 'link-differs' })
    expect(await verified({ audit: { ...audit, walk: async () => ({ ok: true, checked: 3, through: head }) } })).toMatchObject({ fault: 'checkpoints-missing' })
  })

  it('and a log that follows another signer\'s checkpoints has none missing', async () => {
    await log.signerWith().look()
    await log.add(1)
    await log.signerWith().look()
    expect(await verified()).toMatchObject({ ok: true })
  })
})

describe('where signing stood still while events were recorded', () => {
  const pauses = async (more: Partial<VerifyLogOptions> = {}): Promise<unknown> => { const report = await verified({ clock: { now: () => '2026-06-01T01:00:00.000Z' }, ...more }); return report.ok && report.unsigned.map(({ ordinal, through, to }) => [ordinal, through, to === null ? 'goes on' : 'signed']) }

  it('is not where nothing was recorded, however long', async () => {
    for (let step = 0; step < 3; step++) { await log.add(2); await log.signerWith().look(); log.wait(7200) }
    expect(await pauses()).toEqual([])
  })
  it('is said, also where it was caught up with in steps; and while it goes on', async () => {
    await log.add(3)
    await log.signerWith().look()
    await log.add(4)
    log.wait(600)
    await log.add(2)
    await log.signerWith({ most: 2 }).look()
    await log.add(1)
    await log.signerWith().look()
    await log.add(1)
    expect(signed()).toEqual([3, 5, 7, 9, 10])
    expect(await pauses()).toEqual([[4, 7, 'signed'], [11, 11, 'goes on']])
    // what was verified before was looked at then
    expect(await pauses({ full: false })).toEqual([])
  })
  it('shows after the place and what the database remembers were put back, and signing went on from there', async () => {
    const memory = alone(log.store.log)
    await log.add(2)
    await log.signerWith(memory).look()
    const before = { ...memory.state! }
    cpSync(log.folder, `${log.folder}-aside`, { recursive: true })
    for (let step = 0; step < 3; step++) { log.wait(60); await log.add(1); await log.signerWith(memory).look() }
    expect([signed(), await pauses()]).toEqual([[2, 3, 4, 5], []])
    rmSync(log.folder, { recursive: true })
    renameSync(`${log.folder}-aside`, log.folder)
    memory.state = before
    expect(await pauses()).toEqual([[3, 5, 'goes on']])
    await log.add(1)
    await log.signerWith(memory).look()
    expect([signed(), await pauses()]).toEqual([[2, 6], [[3, 6, 'signed']]])
  })
  it('is not hidden by a checkpoint that nobody signed', async () => {
    await log.add(2)
    await log.signerWith().look()
    await log.add(1)
    const { ordinal, link, recordedtime } = await log.store.head()
    const forged = { log: log.store.log, ordinal, link, recordedtime: recordedtime!, signedtime: recordedtime!, number: 2 }
    await log.place.keep({ ...forged, note: signCheckpoint(forged, newSigner(log.store.log)) })
    log.wait(600)
    await log.add(1)
    await log.signerWith({ ...alone(log.store.log), place: Object.assign(Object.create(log.place) as typeof log.place, { last: async () => [...log.place.read(log.store.log)].find(({ ordinal: at }) => at === 2) }) }).look()
    expect([signed(), await pauses()]).toEqual([[2, 3, 4], [[3, 4, 'signed']]])
  })
})
