/** A replay depends on the events alone: not on zone, locale, store, or any read model. */
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { promisify } from 'node:util'
import { postgres } from '@chorus/postgres'
import { MemoryStore, PostgresStore, type ReplayResult } from '@chorus/event-store'
import { replayLog } from '../../apps/evaluation/src/replay/replay-log'
import { startChorus, type TestChorus } from '../support/chorus'
import { importFile } from '../support/import-file'
import { replayed, verdict } from '../support/long-answers'

const root = join(__dirname, '../..')
let chorus: TestChorus
let first: ReplayResult
/** The replay once everything that follows from what is recorded has followed. */
const settled = async (of: TestChorus): Promise<ReplayResult> => {
  for (let before = await replayed(of), tries = 0; ; before = await replayed(of), tries++) {
    await new Promise(resolve => setTimeout(resolve, 300))
    const after = await replayed(of)
    if (after.digest === before.digest && (after.byType['EligibilityAssessed@2'] ?? 0) > 0) return after
    if (tries > 100) throw new Error('the log does not come to rest')
  }
}

beforeAll(async () => {
  chorus = await startChorus()
  for (const month of ['2026-07', '2026-08']) await importFile(chorus, Readable.from([readFileSync(join(root, `samples/nibrs/${month}.txt`))]))
  first = await settled(chorus)
}, 60_000)
afterAll(() => chorus.close())

it('gives the same digest in other zones and locales', async () => {
  for (const [TZ, LC_ALL] of [['Asia/Tokyo', 'tr_TR.UTF-8'], ['Pacific/Honolulu', 'de_DE.UTF-8']] as const) {
    const { stdout } = await promisify(execFile)(process.execPath, ['-r', join(root, 'test/support/register.js'), join(root, 'test/support/digest-of.ts')], { env: { ...process.env, TZ, LC_ALL, DATABASE_URL: chorus.appUrl } })
    const there = JSON.parse(stdout) as ReplayResult & { zone: string; locale: string }
    expect(there.zone).toBe(TZ)
    expect(there.locale.slice(0, 2)).toBe(LC_ALL.slice(0, 2))
    expect({ digest: there.digest, events: there.events, streams: there.streams }).toEqual({ digest: first.digest, events: first.events, streams: first.streams })
  }
}, 60_000)

it('gives the same digest on the memory store that the log is copied to', async () => {
  const store = await PostgresStore.open({ url: chorus.appUrl })
  try {
    const copy = await replayLog(await MemoryStore.copyOf(store))
    expect(copy).toEqual(first)
  } finally { await store.close() }
})

it('gives the same digest after every read model was dropped and rebuilt, and adds no event', async () => {
  const application = postgres(chorus.appUrl, { max: 1, onnotice: () => undefined })
  const rows = async () => (await application<{ name: string; rows: number }[]>`select relname as name, (xpath('/row/n/text()', query_to_xml('select count(*) as n from read.' || quote_ident(relname), false, true, '')))[1]::text::int as rows from pg_class where relnamespace = 'read'::regnamespace and relkind = 'r' and relname <> 'checkpoints' order by 1`)
  const before = await rows()
  expect(before.length).toBeGreaterThan(0)
  for (const { name } of before) await application`drop table read.${application(name)}`
  await application`delete from read.checkpoints`
  chorus = await chorus.again()
  expect((await settled(chorus)).digest).toBe(first.digest)
  for (let tries = 0; JSON.stringify(await rows()) !== JSON.stringify(before) && tries < 100; tries++) await new Promise(resolve => setTimeout(resolve, 100))
  expect(await rows()).toEqual(before)
  await application.end()
  expect(await verdict(chorus)).toMatchObject({ ok: true, checked: first.events })
}, 60_000)
