import { postgres } from '@chorus/postgres'
import { freshDatabase, type FreshDatabase } from '../../../../test/support/database'
import { oneAtATime } from './one-at-a-time'

describe('one decision at a time', () => {
  let database: FreshDatabase
  let processes: ReturnType<typeof postgres>[]
  beforeAll(async () => { database = await freshDatabase({ migrated: false }) })
  // two connections each: the one that waits for the lock, and the one that works
  beforeEach(() => { processes = [0, 1].map(() => postgres(database.appUrl, { max: 2, onnotice: () => undefined })) })
  afterEach(async () => { await Promise.all(processes.map((one) => one.end({ timeout: 1 }))) })
  afterAll(async () => { await database.drop() })
  const pause = (ms: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, ms) })

  it('in two processes, however many ask: none begins before another has ended, and each has a connection to work with', async () => {
    let [working, most] = [0, 0]
    const decide = (one: ReturnType<typeof postgres>) => async (): Promise<number> => {
      most = Math.max(most, ++working)
      await one`select pg_sleep(0.002)`
      return --working
    }
    const locks = processes.map((one) => ({ one, alone: oneAtATime(one) }))
    const answers = await Promise.all(Array.from({ length: 40 }, (_, n) => { const { one, alone } = locks[n % 2]!; return alone(decide(one)) }))
    expect({ most, answers: new Set(answers) }).toEqual({ most: 1, answers: new Set([0]) })
  })
  it('whose turn does not come is told so, and nothing of it was done; a failure is its own, and the next one works', async () => {
    const [one, two] = processes.map((each) => oneAtATime(each, 200))
    let done = 0
    const slow = one!(async () => { await pause(600); return 'slow' })
    await pause(50)
    const late = [two!, one!].map((alone) => alone(() => { done++; return Promise.resolve('late') }))
    expect(await Promise.all(late)).toEqual([expect.objectContaining({ refused: 'record_busy', kind: 'retry-later' }), expect.objectContaining({ refused: 'record_busy' })])
    expect([await slow, done]).toEqual(['slow', 0])
    await expect(one!(() => Promise.reject(new Error('the log is down')))).rejects.toThrow('the log is down')
    expect(await two!(() => Promise.resolve('works'))).toBe('works')
  })
  it('who loses the lock while he works is answered by what he did; the lock is free', async () => {
    const [one, two] = processes.map((each) => oneAtATime(each))
    const answer = await one!(async () => {
      await processes[1]!`select pg_terminate_backend(pid, 5000) from pg_locks where locktype = 'advisory' and objid = 8260121`
      return 'recorded'
    })
    expect([answer, await two!(() => Promise.resolve('next'))]).toEqual(['recorded', 'next'])
  })
})
