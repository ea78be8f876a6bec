/** chorus log copy as an operator reads it. */
import { PassThrough } from 'node:stream'
import { PostgresStore } from '@chorus/event-store'
import { postgres } from '@chorus/postgres'
import { KurrentDouble } from '../../../../libs/event-store/src/testing/kurrentdb-double'
import { all, event } from '../../../../libs/event-store/src/testing/builders'
import { freshDatabase, type FreshDatabase } from '../../../../test/support/database'
import { EXIT } from '../exit'
import { runCommandLine } from '../program'

const copy = (from: string, to: string, ...more: string[]) => copyWith({}, from, to, ...more)
const copyWith = async (env: Readonly<Record<string, string>>, from: string, to: string, ...more: string[]): Promise<{ readonly code: number; readonly out: string; readonly err: string }> => {
  const texts = { out: '', err: '' }
  const sink = (name: 'out' | 'err'): PassThrough => new PassThrough().on('data', (chunk: Buffer) => { texts[name] += chunk.toString() })
  const code = await runCommandLine({ stdout: sink('out'), stderr: sink('err'), env, clock: { now: () => '2026-03-02T12:00:00.000Z' }, watch: () => 0, signal: new AbortController().signal, argv: ['log', 'copy', '--from', from, '--to', to, ...more] })
  return { code, ...texts }
}

describe('chorus log copy', () => {
  let from: FreshDatabase
  let to: FreshDatabase
  beforeAll(async () => {
    [from, to] = await Promise.all([freshDatabase(), freshDatabase()])
    const source = await PostgresStore.open({ url: from.appUrl })
    for (let i = 0; i < 5; i++) await source.append({ stream: 'a-1', expected: 'any', events: [event(`e${i}`)] })
    await source.close()
  })
  afterAll(async () => { await from.drop(); await to.drop() })

  it('says what it would do, does it, and prints both digests; a copy that was altered has an exit code of its own', async () => {
    expect(await copy(from.appUrl, to.ownerUrl, '--dry-run')).toMatchObject({ code: EXIT.ok, out: expect.stringMatching(/: 5 events; .* has 0 of them, 5 would be copied\n$/) })
    const { code, out } = await copy(from.appUrl, to.ownerUrl)
    expect(code).toBe(EXIT.ok)
    const [, digest] = /^5 events copied; .* through 5\ndigest of the source {2}([0-9a-f]{64})\ndigest of the copy {4}\1\nequal\n$/.exec(out) ?? []
    expect(digest).toBeDefined()
    expect(await copy(from.appUrl, to.ownerUrl, '--dry-run')).toMatchObject({ out: expect.stringContaining('has 5 of them, 0 would be copied') })
    const store = await PostgresStore.open({ url: to.appUrl })
    expect(await all(store.readAll())).toHaveLength(5)
    await store.close()

    const sql = postgres(to.ownerUrl, { max: 1, onnotice: () => undefined })
    await sql.unsafe(`alter table log.events disable trigger user; update log.events set text = replace(text, 'BellRung', 'BellSold') where ordinal = 2`)
    await sql.end()
    const altered = await copy(from.appUrl, to.ownerUrl)
    expect(altered.code).toBe(EXIT.mismatch)
    expect(altered.out).toContain(`digest of the source  ${digest!}\ndigest of the copy    (it cannot be read to its end)\nNOT EQUAL: `)
    expect(altered.out).toContain('ordinal 2: its text')
    await expect(PostgresStore.open({ url: to.appUrl })).rejects.toThrow(/is not finished/)
  })

  it('to KurrentDB and back into another PostgreSQL: each time both digests are one, and it is the first one', async () => {
    const double = await KurrentDouble.start()
    const [back, places] = [await freshDatabase(), await freshDatabase()]
    try {
      const digestOf = ({ code, out }: { readonly code: number; readonly out: string }): string => { expect([code, out]).toEqual([EXIT.ok, expect.stringMatching(/^5 events copied; .* through 5\n[\s\S]*\nequal\n$/)]); return /digest of the copy +(\w{64})/.exec(out)![1]! }
      const there = digestOf(await copy(from.appUrl, double.url))
      // the places of a log in KurrentDB lie in the database of the services
      const again = digestOf(await copyWith({ DATABASE_URL: places.appUrl }, double.url, back.ownerUrl))
      expect(again).toBe(there)
      const [source, end] = [await PostgresStore.open({ url: from.appUrl }), await PostgresStore.open({ url: back.appUrl })]
      expect(await all(end.readAll())).toEqual(await all(source.readAll()))
      await Promise.all([source.close(), end.close()])
    } finally {
      double.stop()
      await back.drop()
      await places.drop()
    }
  })

  it('a database without tables is said to be one, and what comes first', async () => {
    const bare = await freshDatabase({ migrated: false })
    try { expect(await copy(from.appUrl, bare.ownerUrl, '--dry-run')).toMatchObject({ code: EXIT.conflict, err: expect.stringMatching(/is empty: make its tables first.*chorus migrate/) as string }) } finally { await bare.drop() }
  })

  it('what is refused is said, with the code of a conflict', async () => {
    expect(await copy(to.ownerUrl, from.ownerUrl)).toMatchObject({ code: EXIT.failure, out: '', err: expect.stringContaining('is not finished') })
    const third = await freshDatabase()
    const other = await PostgresStore.open({ url: third.appUrl })
    await other.append({ stream: 'a-1', expected: 'any', events: [event('x')] })
    await other.close()
    expect(await copy(from.appUrl, third.ownerUrl, '--dry-run')).toMatchObject({ code: EXIT.conflict, out: '', err: expect.stringContaining('Copy into an empty database') })
    await third.drop()
  })
})
