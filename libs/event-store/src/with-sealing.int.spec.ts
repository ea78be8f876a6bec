/** The recorder over the real store and the real vault: nothing sealed is anywhere in PostgreSQL in plain. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { postgres } from '@chorus/postgres'
import type { CommandMeta, DraftEvent } from '@chorus/contracts'
import { FileVault } from '@chorus/privacy'
import { freshDatabase, type FreshDatabase } from '../../../test/support/database'
import { PostgresStore } from './postgres'
import { Recorder } from './with-sealing'

const clock = { now: () => '2026-07-02T15:10:00.000Z' }
const source = { agency: 'MO0480000', system: 'nibrs-flat-file' }
const meta: CommandMeta = { commandId: '018f0000-0000-7000-8000-00000000000a', correlationId: '018f0000-0000-7000-8000-00000000000a', causationId: null, actor: { id: 'u1', role: 'agencyFeed', agency: source.agency }, source, now: clock.now() }

describe('recorder on PostgreSQL', () => {
  let database: FreshDatabase
  let root: string
  let vault: FileVault
  let store: PostgresStore
  let recorder: Recorder
  let owner: postgres.Sql
  beforeAll(async () => {
    database = await freshDatabase()
    root = mkdtempSync(join(tmpdir(), 'chorus-recorder-'))
    vault = await FileVault.open({ keysFolder: join(root, 'keys'), databaseUrl: database.appUrl, mode: 'demonstration' })
    store = await PostgresStore.open({ url: database.appUrl })
    recorder = new Recorder({ store, vault, clock })
    owner = postgres(database.ownerUrl, { max: 1, onnotice: () => undefined })
  })
  afterAll(async () => {
    await store.close()
    await vault.close()
    await owner.end()
    await database.drop()
    rmSync(root, { recursive: true, force: true })
  })

  const item = (number: number, version = 1) => {
    const recordId = `FICTION-${String(number).padStart(6, '0')}`
    const arrestId = vault.uuid('stream-id', source.agency, source.system, recordId)
    const draft: DraftEvent = {
      type: 'ArrestRecorded', schemaVersion: 2, time: '2026-07-01', timePrecision: 'day', timeZone: 'America/Chicago', timeText: `PLAINTEXT TIME ${number}`,
      data: { arrestId, ori: source.agency, transactionNumber: recordId, token: vault.newToken('per'), sequence: 1, arrestDate: '2026-07-01', offenseCode: '90J', armed: [{ code: '01', automatic: false }], sex: 'M', race: 'U', edits: [] },
      sourceRecord: { system: source.system, id: recordId, version, mapping: 'nibrs-flat@1' },
    }
    return { stream: `arrest-${arrestId}`, expected: -1, drafts: [draft], meta }
  }

  it('records batches, opens them again, and a second run adds nothing', async () => {
    const items = Array.from({ length: 600 }, (_, i) => item(i))
    for (let from = 0; from < items.length; from += 200) for (const outcome of await recorder.recordEach(items.slice(from, from + 200))) expect(outcome).toMatchObject({ ok: true, repeated: false })
    const again = await recorder.recordEach(Array.from({ length: 600 }, (_, i) => item(i)))
    expect(again.every(outcome => outcome.ok && outcome.repeated)).toBe(true)
    expect((await store.head()).ordinal).toBe(600)
    const events = []
    for await (const event of recorder.read({ filter: { types: ['ArrestRecorded'] } })) events.push(event)
    const open = await recorder.unseal(events, () => true)
    expect(open.map(event => (event.data as { transactionNumber: string }).transactionNumber).sort()).toEqual(items.map((_, i) => `FICTION-${String(i).padStart(6, '0')}`))
  })

  it('opens what another process sealed, under the same keys', async () => {
    const late = await FileVault.open({ keysFolder: join(root, 'keys'), databaseUrl: database.appUrl, mode: 'demonstration' })
    try {
      const elsewhere = new Recorder({ store, vault: late, clock })
      const { stream } = item(7)
      const [open] = await elsewhere.unseal(await elsewhere.load(stream), () => true)
      expect(open).toMatchObject({ timeText: 'PLAINTEXT TIME 7', sourceRecord: { id: 'FICTION-000007' } })
      expect(await elsewhere.recordEach([item(7)])).toMatchObject([{ ok: true, repeated: true }])
    } finally { await late.close() }
  })

  it('no sealed value lies in any table in plain', async () => {
    const tables = await owner<{ name: string }[]>`select format('%I.%I', table_schema, table_name) as name from information_schema.tables where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')`
    expect(tables.map(table => table.name)).toEqual(expect.arrayContaining(['log.events', 'vault.data_keys', 'vault.links']))
    let rows = 0
    for (const { name } of tables) {
      for (const { row } of await owner.unsafe<{ row: string }[]>(`select t::text as row from ${name} t`)) {
        rows++
        expect(row).not.toMatch(/FICTION-|PLAINTEXT/)
        expect(row).not.toContain(Buffer.from('FICTION-0').toString('base64').slice(0, 11))
        expect(row).not.toContain(Buffer.from('FICTION-').toString('hex'))
      }
    }
    expect(rows).toBeGreaterThan(1200)
  })

  it('an erased subject reads as erased and cannot be recorded again', async () => {
    const { stream } = item(3)
    await owner`update vault.data_keys set state = 'destroyed', wrapped = null where subject = ${stream}`
    const late = await FileVault.open({ keysFolder: join(root, 'keys'), databaseUrl: database.appUrl, mode: 'demonstration' })
    try {
      const elsewhere = new Recorder({ store, vault: late, clock })
      const [open] = await elsewhere.unseal(await elsewhere.load(stream), () => true)
      expect(open).toMatchObject({ timeText: { $erased: true }, data: { transactionNumber: { $erased: true }, offenseCode: '90J' } })
      expect(await elsewhere.recordEach([item(3, 2)])).toMatchObject([{ ok: false, conflict: 'erased' }])
    } finally { await late.close() }
  })

  it('a key destroyed between sealing and appending: the append is refused, whatever the writer still holds', async () => {
    const [late, neighbour] = [item(9001), item(9002)]
    const other = await FileVault.open({ keysFolder: join(root, 'keys'), databaseUrl: database.appUrl, mode: 'demonstration' })
    // A writer that stands still with the keys in its hand.
    const frozen = Object.assign(Object.create(vault) as FileVault, { keysFor: async (...args: Parameters<FileVault['keysFor']>) => {
      const keys = await vault.keysFor(...args)
      await other.life.destroy([late.stream], meta.commandId, clock.now())
      return keys
    } })
    const outcomes = await new Recorder({ store, vault: frozen, clock }).recordEach([late, neighbour]).finally(() => other.close())
    expect(outcomes).toEqual([expect.objectContaining({ ok: false, conflict: 'erased' }), expect.objectContaining({ ok: true })])
    expect(await recorder.load(late.stream)).toEqual([])
    expect(await recorder.load(neighbour.stream)).toHaveLength(1)
  })
})
