import { appendFileSync, readdirSync, rmSync, truncateSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { signCheckpoint, type Noted } from './checkpoint'
import { CheckpointFolder } from './checkpoint-folder'
import { testLog, type TestLog } from './testing/log'

let log: TestLog
beforeEach(() => { log = testLog() })
afterEach(() => log.clear())

const at = (ordinal: number, link = 'ab'): Noted => {
  const checkpoint = { log: log.store.log, ordinal, link: link.repeat(32), recordedtime: '2026-06-01T00:00:00.000000Z', signedtime: '2026-06-01T00:00:01.000Z' }
  return { ...checkpoint, note: signCheckpoint(checkpoint, log.signer) }
}
const files = (): string[] => readdirSync(join(log.folder, log.store.log)).filter((name) => name.endsWith('.notes')).sort()
const kept = (): number[] => [...new CheckpointFolder({ folder: log.folder }).read(log.store.log)].map(({ ordinal }) => ordinal)

it('keeps checkpoints in order over several files, and reads from any of them', async () => {
  for (let n = 1; n <= 10; n++) await log.place.keep(at(n * 10))
  expect(files()).toEqual([10, 50, 90].map((n) => `${String(n).padStart(16, '0')}.notes`))
  expect(kept()).toEqual([10, 20, 30, 40, 50, 60, 70, 80, 90, 100])
  expect([...log.place.read(log.store.log, 55)].map(({ ordinal }) => ordinal)).toEqual([60, 70, 80, 90, 100])
  expect(await log.place.last(log.store.log)).toEqual(at(100))
  expect(await log.place.last('another-log')).toBeUndefined()
})

it('does not go back, and does not take a second link for one ordinal', async () => {
  await log.place.keep(at(7))
  await expect(log.place.keep(at(6))).rejects.toThrow(/does not go back/)
  await expect(log.place.keep(at(7, 'cd'))).rejects.toThrow(/another link/)
})

it('a note that a power cut tore off is not there, and nothing else is lost: at every length', async () => {
  for (const n of [1, 2, 3]) await log.place.keep(at(n))
  const path = join(log.folder, log.store.log, files()[0]!)
  const { size } = statSync(path)
  const one = size / 3
  for (let left = size - 1; left > size - one; left -= 7) {
    truncateSync(path, left)
    const again = new CheckpointFolder({ folder: log.folder })
    expect((await again.last(log.store.log))?.ordinal).toBe(2)
    await again.keep(at(3))
    expect(kept()).toEqual([1, 2, 3])
    expect(statSync(path).size).toBe(size)
  }
  truncateSync(path, 5)
  await new CheckpointFolder({ folder: log.folder }).keep(at(4))
  expect(kept()).toEqual([4])
})

it('what somebody wrote between is passed over', async () => {
  await log.place.keep(at(1))
  appendFileSync(join(log.folder, log.store.log, files()[0]!), 'chorus/nonsense\n\n\n')
  await new CheckpointFolder({ folder: log.folder }).keep(at(2))
  expect(kept()).toEqual([1, 2])
})

it('keeps the first public key, whoever comes later', () => {
  expect(log.place.pin(log.store.log, 'first+1+a')).toBe('first+1+a')
  expect(log.place.pin(log.store.log, 'second+2+b')).toBe('first+1+a')
})

describe('a copy for a backup', () => {
  const copied = (through = 1000, last = at(100)): number[][] => [...log.place.copy(last, through)].map(({ text }) => [...text.matchAll(/^chorus\/.*\n(\d+)$/gm)].map(([, ordinal]) => Number(ordinal)))
  beforeEach(async () => { for (let n = 1; n <= 10; n++) await log.place.keep(at(n * 10)) })

  it('ends with the checkpoint given, and before the first beyond the ordinal', () => {
    expect(copied()).toEqual([[10, 20, 30, 40], [50, 60, 70, 80], [90, 100]])
    expect(copied(1000, at(60))).toEqual([[10, 20, 30, 40], [50, 60]])
    expect(copied(1000, at(80))).toEqual([[10, 20, 30, 40], [50, 60, 70, 80]])
    expect(copied(79)).toEqual([[10, 20, 30, 40], [50, 60, 70]])
    expect(copied(49)).toEqual([[10, 20, 30, 40]])
    expect(copied(9)).toEqual([])
  })

  it('leaves out what was torn off, or added since', async () => {
    const [, , newest] = files()
    appendFileSync(join(log.folder, log.store.log, newest!), at(110).note.slice(0, 60))
    expect(copied()).toEqual([[10, 20, 30, 40], [50, 60, 70, 80], [90, 100]])
    await new CheckpointFolder({ folder: log.folder }).keep(at(120))
    expect(copied()).toEqual([[10, 20, 30, 40], [50, 60, 70, 80], [90, 100]])
  })

  it('is laid elsewhere, counts all at once, and goes on there; never over what is there', async () => {
    const other = new CheckpointFolder({ folder: join(log.folder, 'else', 'where'), notesPerFile: 4 })
    expect(other.holds(log.store.log)).toBe(false)
    const count = other.lay(log.store.log, [...log.place.copy(at(60), 1000)].map(({ name, text }) => ({ name, text: () => text })))
    expect(await other.last(log.store.log)).toBeUndefined()
    count()
    expect(other.holds(log.store.log)).toBe(true)
    await other.keep(at(70))
    expect([...other.read(log.store.log)].map(({ ordinal }) => ordinal)).toEqual([10, 20, 30, 40, 50, 60, 70])
    expect(() => other.lay(log.store.log, [{ name: '../key.pub', text: () => '' }])).toThrow(/no file of checkpoints/)
    expect(other.lay(log.store.log, [])).toThrow(/came to hold checkpoints meanwhile/)
    expect((await other.last(log.store.log))?.ordinal).toBe(70)
  })

  it('a public key alone is no checkpoint: a copy is laid over it where it is the same, and where the copy has none', () => {
    const other = new CheckpointFolder({ folder: join(log.folder, 'pinned') })
    other.pin(log.store.log, 'mine')
    expect(other.holds(log.store.log)).toBe(false)
    const notes = [...log.place.copy(at(60), 1000)].map(({ name, text }) => ({ name, text: () => text }))
    const key = (text: string) => ({ name: 'key.pub', text: () => `${text}\n` })
    expect(() => other.lay(log.store.log, [...notes, key('another')])).toThrow(/is another public key than this copy's checkpoints began with/)
    for (const files of [notes, [...notes, key('mine')]]) {
      rmSync(join(log.folder, 'pinned', log.store.log), { recursive: true })
      other.pin(log.store.log, 'mine')
      other.lay(log.store.log, files)()
      expect([other.pinned(log.store.log), [...other.read(log.store.log)].length]).toEqual(['mine', 6])
    }
  })
})

it('says which file it is that cannot be written', async () => {
  writeFileSync(join(log.folder, 'file'), '')
  await expect(new CheckpointFolder({ folder: join(log.folder, 'file') }).keep(at(1))).rejects.toMatchObject({ code: 'ENOTDIR' })
})
