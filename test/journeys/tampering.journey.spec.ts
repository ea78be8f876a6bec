/**
 * Everything that the owner of the tables can do to a log while it runs: the triggers switched off, each manipulation, what
 * verify says of it, and everything put back. The second place and the witness are not the owner's.
 */
import { cpSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generateKeyPairSync, randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import { postgres } from '@chorus/postgres'
import type { Sql } from 'postgres'
import { walkRange, type EventStore, type StoredEvent } from '@chorus/event-store'
import { Followers, STORE, VAULT } from '@chorus/platform'
import type { FileVault } from '@chorus/privacy'
import { CheckpointFolder, keyName, readVerifier, serveWitness, signCheckpoint, Signer, signerOf, verifyReceipt, type LogReport, type Noted, type NoteVerifier, type WitnessServer } from '@chorus/tamper-evidence'
import { startChorus, type TestChorus } from '../support/chorus'
import { importFile } from '../support/import-file'
import { verdict } from '../support/long-answers'

/** Links from this ordinal on, computed anew over what stands there: what an owner with time does. */
const RELINK = (from: number): string => `
  do $$ declare e record; before bytea; begin
    select link into before from log.events where ordinal = ${from} - 1;
    if before is null then select sha256(convert_to('chorus-log|' || log::text, 'UTF8')) into before from log.head; end if;
    for e in select * from log.events where ordinal >= ${from} order by ordinal loop
      before := sha256(convert_to(encode(before, 'hex') || '|' || e.ordinal || '|' || to_char(e.recordedtime at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') || '|' || encode(sha256(convert_to(e.text, 'UTF8')), 'hex'), 'UTF8'));
      update log.events set link = before where ordinal = e.ordinal;
    end loop;
  end $$;
  update log.head set (ordinal, link, recordedtime) = (select ordinal, link, recordedtime from log.events order by ordinal desc limit 1);`
const FLIP = (at: number): string => `update log.events set text = replace(text, '"schemaVersion":1', '"schemaVersion":3') where ordinal = ${at};`
const SHIFT = (from: number, by: number): string => `update log.events set ordinal = -ordinal where ordinal > ${from}; update log.events set ordinal = -ordinal + ${by} where ordinal < 0;`
const HEAD = `update log.head set (ordinal, link, recordedtime) = (select ordinal, link, recordedtime from log.events order by ordinal desc limit 1);`
const CUT = (after: number): string => `delete from log.events where ordinal > ${after}; ${HEAD}`

let chorus: TestChorus
let owner: Sql
let witness: WitnessServer
let elsewhere: string
let verifier: NoteVerifier
let signed: readonly Noted[]
/** the ordinal at which things are done, and the last one of the log */
let n: number
let end: number
const store = (): EventStore => chorus.app.get(STORE, { strict: false })
const vault = (): FileVault => chorus.app.get(VAULT, { strict: false })
const sign = (): Promise<void> => chorus.app.get(Signer, { strict: false }).look()
const checkpoints = (): string => join(chorus.data, 'checkpoints')
const verify = async (query = '?full=true'): Promise<LogReport> => await verdict(chorus, query) as unknown as LogReport
const health = async (): Promise<string> => {
  const { body } = await chorus.agent.get('/health/ready')
  return (body as { checks: { name: string; ok: boolean; text: string }[] }).checks.filter(({ name }) => name === 'checkpoints').map(({ ok, text }) => `${ok ? 'ok' : 'FAIL'} ${text}`).join()
}
/** Everybody who reacts has, and all of it is signed. */
const settled = async (): Promise<void> => {
  const followers = chorus.app.get(Followers, { strict: false }).all()
  for (let seen = -1, { ordinal } = await store().head(); ordinal > seen; { ordinal } = await store().head()) {
    seen = ordinal
    await Promise.all(followers.map((follower) => follower.reached(seen, 20_000)))
  }
  await sign()
  await sign()
}
const until = async (what: () => Promise<boolean>): Promise<void> => { while (!await what()) await new Promise((resolve) => { setTimeout(resolve, 50) }) }
const eventAt = async (ordinal: number): Promise<StoredEvent> => { for await (const event of store().readAll({ after: ordinal - 1, through: ordinal })) return event; throw new Error(`nothing at ${ordinal}`) }

beforeAll(async () => {
  elsewhere = mkdtempSync(join(tmpdir(), 'chorus-witness-'))
  const keys: NoteVerifier[] = []
  witness = await serveWitness({ folder: new CheckpointFolder({ folder: elsewhere }), keys, host: '127.0.0.1', port: 0 })
  chorus = await startChorus({ env: { CHORUS_WITNESS: witness.address } })
  const { body } = await chorus.agent.get('/v1/log/public-key').set('Authorization', await chorus.bearer('evaluator')).expect(200)
  verifier = readVerifier((body as { publicKey: string }).publicKey)
  await witness.close()
  witness = await serveWitness({ folder: new CheckpointFolder({ folder: elsewhere }), keys: [verifier], host: '127.0.0.1', port: Number(new URL(witness.address).port) })
  for (const name of ['K1', 'K2', 'K3']) for (const context of ['case', 'services'] as const) await vault().personOf(context, [{ system: 'sample-records', id: name }])
  for (const file of ['2026-07.txt', '2026-08.txt']) {
    await importFile(chorus, Readable.from([readFileSync(join(__dirname, '../../samples/nibrs', file))]))
    await settled()
  }
  signed = [...new CheckpointFolder({ folder: checkpoints() }).read(store().log)]
  end = (await store().head()).ordinal
  // in the middle of what the second file brought, where no checkpoint stands
  n = signed.find(({ ordinal }) => ordinal > 120)!.ordinal - 12
  const { samples } = await walkRange(store(), { after: 0, through: end, samples: true })
  const found = samples.find(({ ordinal }) => ordinal > n)!
  key = { id: found.keyId, ordinal: found.ordinal }
  owner = postgres(chorus.ownerUrl, { max: 1, onnotice: () => undefined })
  await owner.unsafe('create table public.kept as select * from log.events; create table public.kept_head as select * from log.head; create table public.kept_keys as select * from vault.data_keys').simple()
}, 120_000)
afterAll(async () => {
  await owner?.end({ timeout: 1 })
  await chorus?.close()
  await witness.close()
  rmSync(elsewhere, { recursive: true, force: true })
})

const OFF = 'alter table log.events disable trigger user; alter table log.head disable trigger user; alter table vault.data_keys disable trigger user;'
const BACK = `${OFF}
  delete from log.events; insert into log.events (ordinal, stream, revision, id, type, content, recordedtime, text, link) select ordinal, stream, revision, id, type, content, recordedtime, text, link from public.kept;
  delete from log.head; insert into log.head select * from public.kept_head;
  alter table vault.destroyed disable trigger user; delete from vault.destroyed; alter table vault.destroyed enable always trigger destroyed_are_kept;
  delete from vault.data_keys; insert into vault.data_keys select * from public.kept_keys;
  alter table log.events enable always trigger events_are_kept;
  alter table log.head enable always trigger head_is_kept; alter table log.head enable always trigger head_moves_forwards;
  alter table vault.data_keys enable always trigger data_keys_are_kept; alter table vault.data_keys enable always trigger data_keys_never_return;`
/** A sealing key, and the ordinal at which it is used first. */
let key: { readonly id: string; readonly ordinal: number }
const sealed = (): string => key.id
const sealedAt = (): number => key.ordinal
const put = (sql: string): Promise<unknown> => owner.unsafe(sql).simple()
/** What verify must say of a fault at this ordinal: right until the checkpoint before, still right when the next one was signed. */
const since = (ordinal: number): { right: object | null; stillRight: object | null } => {
  const of = (noted: Noted | undefined): object | null => noted ? { ordinal: noted.ordinal, signedtime: noted.signedtime } : null
  return { right: of(signed.filter((each) => each.ordinal < ordinal).at(-1)), stillRight: of(signed.find((each) => each.ordinal >= ordinal)) }
}
const before = (ordinal: number): number => signed.filter((each) => each.ordinal < ordinal).at(-1)!.ordinal
const covering = (ordinal: number): number => signed.find((each) => each.ordinal >= ordinal)!.ordinal

describe('the owner of the tables, in a log that runs,', () => {
  beforeAll(async () => {
    expect(await verify()).toMatchObject({ ok: true, checked: end, through: end, checkpoints: signed.length + 1, signed: { ordinal: end } })
    expect([before(n) > 1, covering(n) > n, n < end]).toEqual([true, true, true])
  })
  afterEach(() => put(BACK))
  afterAll(async () => {
    expect(await verify()).toMatchObject({ ok: true, through: end })
    await until(async () => (await health()).startsWith('ok'))
  })

  it.each<[string, () => string, () => object]>([
    ['flips a byte', () => FLIP(n), () => ({ ordinal: n, fault: 'link-differs', ...since(n) })],
    ['drops an event', () => `delete from log.events where ordinal = ${n}`, () => ({ ordinal: n, fault: 'gap', ...since(n) })],
    ['drops an event and closes the gap', () => `delete from log.events where ordinal = ${n}; ${SHIFT(n, -1)} ${HEAD}`, () => ({ ordinal: n, fault: 'link-differs', ...since(n) })],
    ['puts two events into another order', () => `update log.events set ordinal = -1 where ordinal = ${n}; update log.events set ordinal = ${n} where ordinal = ${n} + 1; update log.events set ordinal = ${n} + 1 where ordinal = -1`, () => ({ ordinal: n, fault: 'link-differs', ...since(n) })],
    ['inserts an event', () => `${SHIFT(n - 1, 1)} insert into log.events (ordinal, stream, revision, id, type, content, recordedtime, text, link) select ${n}, 'incident-planted', 0, gen_random_uuid(), type, content, recordedtime, replace(text, stream, 'incident-planted'), sha256('planted') from log.events where ordinal = ${n} + 1; ${HEAD}`, () => ({ ordinal: n, fault: 'link-differs', ...since(n) })],
    ['changes a recorded time', () => `update log.events set recordedtime = recordedtime + interval '1 microsecond' where ordinal = ${n}`, () => ({ ordinal: n, fault: 'link-differs', ...since(n) })],
    ['moves an event to another stream', () => `update log.events set stream = 'incident-elsewhere' where ordinal = ${n}`, () => ({ ordinal: n, fault: 'not-its-text', ...since(n) })],
    ['takes the newest event out of its stream, by a second line in what says which that is', () => `update log.events set stream = stream || E'\\nx' where ordinal = ${end}`, () => ({ ordinal: end, fault: 'not-its-text', ...since(end) })],
    ['changes the fingerprint by which the same record is known again', () => `update log.events set content = 'x' || substr(content, 2) where ordinal = ${n}`, () => ({ ordinal: n, fault: 'not-its-text', ...since(n) })],
    ['flips a byte and writes the chain anew from there', () => FLIP(n) + RELINK(n), () => ({ ordinal: before(n) + 1, upTo: covering(n), fault: 'rewritten', ...since(n) })],
    ['changes a recorded time and writes the chain anew from there', () => `update log.events set recordedtime = recordedtime + interval '1 microsecond' where ordinal >= ${n}; ${RELINK(n)}`, () => ({ ordinal: before(n) + 1, upTo: covering(n), fault: 'rewritten', ...since(n) })],
    ['rewrites the log whole, with a chain that holds', () => FLIP(1) + `update log.events set text = replace(text, 'demonstration', 'demonstratiom');` + RELINK(1), () => ({ ordinal: 1, fault: 'rewritten', right: null, stillRight: since(1).stillRight })],
    ['cuts off the tail', () => CUT(n), () => ({ ordinal: n + 1, upTo: end, fault: 'cut-tail', right: since(n + 1).right })],
    ['moves the head of the log', () => `update log.head set link = sha256('x')`, () => ({ ordinal: end, fault: 'head-differs' })],
    ['calls it another log', () => `update log.head set log = gen_random_uuid()`, () => ({ ordinal: 1, fault: 'another-log' })],
    ['swaps the keys of two people', () => `update vault.data_keys k set wrapped = o.wrapped from vault.data_keys o where k.key_id = '${sealed()}' and o.context = k.context and o.key_id <> k.key_id and o.key_id = (select max(key_id) from vault.data_keys where key_id <> '${sealed()}' and context = k.context)`, () => ({ ordinal: sealedAt(), fault: 'sealing-key-swapped', right: since(sealedAt()).right, stillRight: null })],
    ['says that a key was destroyed', () => `update vault.data_keys set state = 'destroyed', wrapped = null where key_id = '${sealed()}'`, () => ({ ordinal: sealedAt(), fault: 'sealing-key-swapped', right: since(sealedAt()).right, stillRight: null, text: expect.stringContaining('is said to be destroyed') as string })],
    ['marks a key as being destroyed', () => `update vault.data_keys set state = 'destroying' where key_id = '${sealed()}'`, () => ({ ordinal: sealedAt(), fault: 'sealing-key-swapped', right: since(sealedAt()).right, stillRight: null, text: expect.stringContaining('is said to be in destruction') as string })],
    ['marks it, and writes the row of an order beside it', () => `update vault.data_keys set state = 'destroying' where key_id = '${sealed()}'; insert into vault.destroyed (key_id, command, at) values ('${sealed()}', gen_random_uuid(), now())`, () => ({ ordinal: sealedAt(), fault: 'sealing-key-swapped', right: since(sealedAt()).right, stillRight: null, text: expect.stringContaining('is said to be in destruction') as string })],
    ['calls it destroyed by such an order', () => `update vault.data_keys set state = 'destroyed', wrapped = null where key_id = '${sealed()}'; insert into vault.destroyed (key_id, command, at) values ('${sealed()}', gen_random_uuid(), now())`, () => ({ ordinal: sealedAt(), fault: 'sealing-key-swapped', right: since(sealedAt()).right, stillRight: null, text: expect.stringContaining('is said to be destroyed') as string })],
    ['takes a key away', () => `delete from vault.data_keys where key_id = '${sealed()}'`, () => ({ ordinal: sealedAt(), fault: 'sealing-key-swapped', right: since(sealedAt()).right, stillRight: null })],
  ])('%s: verify names the first ordinal that is wrong, and since when', async (_what, sql, expected) => {
    await put(`${OFF} ${sql()}`)
    const report = await verify()
    expect(report).toMatchObject({ ok: false, ...expected() })
  })
})

it('the owner takes the bytes of a quarantined record away: verify names the event that says they are kept', async () => {
  const [kept] = await owner<{ id: string; ordinal: number }[]>`select b.id, e.ordinal::int as ordinal from intake.quarantined_bytes b join log.events e on e.stream = 'quarantine-' || b.id and e.type = 'RecordQuarantined' order by e.ordinal offset 1 limit 1`
  await owner.unsafe(`create table public.kept_bytes as select * from intake.quarantined_bytes; delete from intake.quarantined_bytes where id = '${kept!.id}'`).simple()
  try {
    expect(await verify()).toMatchObject({ ok: false, fault: 'kept-bytes-missing', ordinal: kept!.ordinal, right: since(kept!.ordinal).right, stillRight: null, text: expect.stringContaining(kept!.id) as string })
  } finally {
    await owner.unsafe(`insert into intake.quarantined_bytes overriding system value select * from public.kept_bytes where id = '${kept!.id}'`)
  }
  expect(await verify()).toMatchObject({ ok: true })
})

describe('the owner of who is one person', () => {
  const PERSONS_OFF = 'alter table vault.persons disable trigger user;'
  const PERSONS_ON = 'alter table vault.persons enable always trigger persons_are_kept; alter table vault.persons enable always trigger persons_never_change;'
  let rows: number
  beforeAll(async () => {
    await owner.unsafe('create table public.kept_persons as select * from vault.persons').simple()
    rows = (await owner<{ rows: number }[]>`select count(*)::int as rows from vault.persons`)[0]!.rows
    expect(rows).toBeGreaterThanOrEqual(6)
    expect(await verify()).toMatchObject({ ok: true, persons: true })
  })
  afterEach(() => put(`${PERSONS_OFF} delete from vault.persons; insert into vault.persons select * from public.kept_persons; ${PERSONS_ON}`))
  afterAll(async () => { expect(await verify()).toMatchObject({ ok: true, persons: true }) })

  it.each<[string, string, () => object]>([
    ['adds a row, so that somebody else\'s keys go along', `insert into vault.persons (token, person) select 'per_planted', person from vault.persons limit 1`, () => ({ ordinal: rows + 1, fault: 'not-proven' })],
    ['gives it a place and a proof', `insert into vault.persons (token, person, place, proof) select 'per_planted', person, (select max(place) from vault.persons) + 1, proof from vault.persons where place = 1`, () => ({ ordinal: rows + 1, fault: 'link-differs' })],
    ['leads one to another person', `update vault.persons set person = (select person from vault.persons where place = 1) where place = 3`, () => ({ ordinal: 3, fault: 'link-differs' })],
    ['puts another token in its place', `update vault.persons set token = 'per_other' where place = 4`, () => ({ ordinal: 4, fault: 'link-differs' })],
    ['takes one away', 'delete from vault.persons where place = 2', () => ({ ordinal: 2, fault: 'gap' })],
    ['takes the newest away', 'delete from vault.persons where place = (select max(place) from vault.persons)', () => ({ ordinal: rows, fault: 'cut-tail' })],
    ['takes all away', 'delete from vault.persons', () => ({ ordinal: 1, fault: 'cut-tail' })],
  ])('%s: verify names the first row that is wrong', async (_what, sql, expected) => {
    await put(`${PERSONS_OFF} ${sql}; ${PERSONS_ON}`)
    expect(await verify('')).toMatchObject({ ok: false, in: 'who is one person', ...expected() })
  })

  it('has the next start prove what he planted: it is not what was signed, and nothing more is signed', async () => {
    await put(`${PERSONS_OFF} update vault.persons set place = null, proof = null; insert into vault.persons (token, person) select 'per_planted', person from public.kept_persons limit 1; ${PERSONS_ON}`)
    await vault().persons.adopt()
    expect(await vault().persons.walk()).toMatchObject({ ok: true, checked: rows + 1 })
    expect(await verify('')).toMatchObject({ ok: false, in: 'who is one person', ordinal: rows + 2, fault: 'cut-tail' })
    const { id } = await eventAt(n)
    await chorus.agent.get(`/v1/log/receipts/${id}/text`).set('Authorization', await chorus.bearer('privacyOfficer')).set('X-Purpose', 'oversight').expect(200)
    await until(async () => (await health()).startsWith('FAIL'))
    expect(await health()).toContain('who is one person (vault.persons) is not what was signed')
    await put(`${PERSONS_OFF} delete from vault.persons; insert into vault.persons select * from public.kept_persons; ${PERSONS_ON}`)
    await until(async () => (await health()).startsWith('ok'))
  })
})

describe('while the log is not what was signed', () => {
  afterEach(() => put(BACK))

  it('nothing more is signed, and readiness says why; put back, signing goes on', async () => {
    await put(`${OFF} ${CUT(n)}`)
    await until(async () => (await health()).startsWith('FAIL'))
    expect(await health()).toMatch(new RegExp(`the log ends at ordinal ${n}, but it was signed through ${end}: its tail was cut off`))
    await put(BACK)
    await until(async () => (await health()).startsWith('ok'))
  })

  it('what is recorded behind a cut tail does not hide it', async () => {
    await put(`${OFF} ${CUT(n)}`)
    const cut = await eventAt(n)
    const results = await store().appendEach(Array.from({ length: end - n }, (_, i) => ({ stream: `incident-later${i}`, expected: 'none' as const, events: [{ id: randomUUID(), type: cut.type, content: 'c', body: {} }] })))
    expect(results.every(({ ok }) => ok)).toBe(true)
    expect(await verify()).toMatchObject({ ok: false, ordinal: before(n + 1) + 1, upTo: covering(n + 1), fault: 'rewritten' })
    await until(async () => (await health()).startsWith('FAIL'))
  })
})

describe('somebody who reaches the second place too, and not the key', () => {
  let aside: string
  const folder = (): string => join(checkpoints(), store().log)
  beforeEach(() => { aside = mkdtempSync(join(tmpdir(), 'chorus-aside-')); cpSync(folder(), aside, { recursive: true }) })
  afterEach(async () => {
    rmSync(folder(), { recursive: true, force: true })
    cpSync(aside, folder(), { recursive: true })
    rmSync(aside, { recursive: true, force: true })
    await put(BACK)
  })

  it('cannot sign what he rewrote', async () => {
    await put(`${OFF} ${FLIP(n)} ${RELINK(n)}`)
    const other = signerOf(keyName(store().log), generateKeyPairSync('ed25519').privateKey)
    const { link, recordedtime } = await eventAt(end)
    const forged = signCheckpoint({ log: store().log, ordinal: end, link, recordedtime, signedtime: signed.at(-1)!.signedtime }, other)
    for (const file of readdirSync(folder()).filter((name) => name.endsWith('.notes'))) rmSync(join(folder(), file))
    writeFileSync(join(folder(), `${String(end).padStart(16, '0')}.notes`), `${forged}\n`)
    expect(await verify()).toMatchObject({ ok: false, ordinal: end, fault: 'checkpoint-not-signed' })
  })

  it('cannot put it back to an older copy of itself unseen', async () => {
    const kept = signed.filter(({ ordinal }) => ordinal <= n)
    for (const file of readdirSync(folder()).filter((name) => name.endsWith('.notes'))) rmSync(join(folder(), file))
    writeFileSync(join(folder(), `${String(kept[0]!.ordinal).padStart(16, '0')}.notes`), kept.map(({ note }) => `${note}\n`).join(''))
    // the witness would have said so too
    expect(await verify()).toMatchObject({ ok: false, fault: 'checkpoints-missing', ordinal: kept.at(-1)!.ordinal + 1, upTo: end, right: { ordinal: kept.at(-1)!.ordinal } })
  })

  it('leaves what the other host has kept', async () => {
    await until(async () => (await new CheckpointFolder({ folder: elsewhere }).last(store().log))?.ordinal === end)
    await put(`${OFF} ${CUT(n)}`)
    // the newest file is cut back as well, to what the log still holds
    for (const file of readdirSync(folder()).filter((name) => name.endsWith('.notes'))) {
      const text = readFileSync(join(folder(), file), 'utf8')
      writeFileSync(join(folder(), file), signed.filter(({ ordinal }) => ordinal <= n).map(({ note }) => `${note}\n`).filter((note) => text.includes(note)).join(''))
    }
    expect(await verify()).toMatchObject({ ok: false, ordinal: n + 1, upTo: end, fault: 'cut-tail' })
  })
})

describe('what was verified', () => {
  it('is not read again, unless asked for: and nobody without the key can say that it was', async () => {
    expect(await verify()).toMatchObject({ ok: true, checked: end })
    expect(await verify('')).toMatchObject({ ok: true, checked: 0, before: { ordinal: end } })
    const path = join(checkpoints(), store().log, 'verified.note')
    const note = readFileSync(path, 'utf8')
    const { link, recordedtime } = await eventAt(end)
    for (const forged of [note.replace(`\n${end}\n`, `\n${end - 1}\n`), signCheckpoint({ log: store().log, ordinal: end, link, recordedtime, signedtime: '2026-01-01T00:00:00.000Z' }, signerOf(keyName(store().log), generateKeyPairSync('ed25519').privateKey), 'verified'), signed.at(-1)!.note]) {
      writeFileSync(path, forged)
      expect(await verify('')).toMatchObject({ ok: true, checked: end, before: null })
    }
  })
  it('is still held against the link that was signed with it; where that is another, all is read, and no more is right than that finds', async () => {
    await verify()
    await put(`${OFF} ${FLIP(n)} ${RELINK(n)}`)
    const [found, full] = [await verify(''), await verify()]
    await put(BACK)
    expect(found).toMatchObject({ ok: false, fault: 'rewritten', before: null })
    expect(found).toEqual(full)
    expect((found as { right: { ordinal: number } }).right.ordinal).toBeLessThan(n)
  })
  it('is refused where somebody asks for another key than the one that signed', async () => {
    const kept = signerOf(keyName(store().log), generateKeyPairSync('ed25519').privateKey).verifier.text
    expect(await verify(`?key=${encodeURIComponent(verifier.text)}`)).toMatchObject({ ok: true })
    expect(await verify(`?key=${encodeURIComponent(kept)}`)).toMatchObject({ ok: false, ordinal: 1, fault: 'signing-key-swapped' })
  })
})

describe('a receipt', () => {
  const receipt = async (id: string, role: 'operator' | 'evaluator' | 'privacyOfficer', query = ''): Promise<{ status: number; body: unknown }> =>
    chorus.agent.get(`/v1/log/receipts/${id}${query}`).set('Authorization', await chorus.bearer(role)).set('X-Purpose', 'oversight')

  it('proves an event\'s place by the public key alone; with its text, its id too', async () => {
    const { id, ordinal } = await eventAt(n)
    const bare = (await receipt(id, 'operator')).body
    expect(verifyReceipt(bare, verifier)).toMatchObject({ ok: true, id, ordinal, idProven: false })
    expect(bare).not.toHaveProperty('text')
    expect(verifyReceipt((await receipt(id, 'privacyOfficer', '/text')).body, verifier)).toMatchObject({ ok: true, id, ordinal, idProven: true })
  })
  it('shows an operator no text, and nobody an event that is not for the role', async () => {
    const { id } = await eventAt(n)
    expect((await receipt(id, 'operator', '/text')).status).toBe(403)
    const [hidden] = await owner<{ id: string }[]>`select id from log.events where category = 'importrun' limit 1`
    expect((await receipt(hidden!.id, 'evaluator')).status).toBe(404)
    expect((await receipt(hidden!.id, 'operator')).status).toBe(200)
    expect((await receipt(randomUUID(), 'operator')).status).toBe(404)
  })
  it('is not given of an event that is no longer what was signed', async () => {
    const { id } = await eventAt(n)
    await put(`${OFF} ${FLIP(n)}`)
    expect((await receipt(id, 'operator')).status).toBe(409)
    await put(BACK)
  })
})

describe('the owner of the audit log', () => {
  const AUDIT_OFF = 'alter table audit.entries disable trigger user; alter table audit.head disable trigger user;'
  const AUDIT_HEAD = 'update audit.head set (ordinal, link, time) = (select ordinal, link, time from audit.entries order by ordinal desc limit 1);'
  const AUDIT_BACK = `${AUDIT_OFF} delete from audit.entries; insert into audit.entries select * from public.kept_audit; delete from audit.head; insert into audit.head select * from public.kept_audit_head;
    alter table audit.entries enable always trigger entries_are_kept; alter table audit.head enable always trigger head_is_kept; alter table audit.head enable always trigger head_moves_forwards;`
  const CHANGE = (at: number): string => `update audit.entries set text = replace(text, 'privacyOfficer', 'evaluator') where ordinal = ${at};`
  /** As RELINK does with the log. */
  const AUDIT_RELINK = (from: number): string => `
    do $$ declare e record; before bytea; begin
      select link into before from audit.entries where ordinal = ${from} - 1;
      if before is null then select sha256(convert_to('chorus-log|' || log::text, 'UTF8')) into before from audit.head; end if;
      for e in select * from audit.entries where ordinal >= ${from} order by ordinal loop
        before := sha256(convert_to(encode(before, 'hex') || '|' || e.ordinal || '|' || to_char(e.time at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') || '|' || encode(sha256(convert_to(e.text, 'UTF8')), 'hex'), 'UTF8'));
        update audit.entries set link = before where ordinal = e.ordinal;
      end loop;
    end $$; ${AUDIT_HEAD}`
  /** entries through which the audit log was signed, each once; m is in the middle of the last of these ranges */
  let steps: number[]
  let m: number
  const last = (): number => steps.at(-1)!
  beforeAll(async () => {
    const { id } = await eventAt(n)
    const bearer = await chorus.bearer('privacyOfficer')
    const stepsNow = (): number[] => [...new Set([...new CheckpointFolder({ folder: checkpoints() }).read(store().log)].map(({ audit }) => audit!.ordinal))]
    // whoever signs every half second may come in between: then once more
    for (let batch = 0; batch < 2 || stepsNow().at(-1)! - stepsNow().at(-2)! < 3; batch++) {
      await Promise.all(Array.from({ length: 4 }, () => chorus.agent.get(`/v1/log/receipts/${id}/text`).set('Authorization', bearer).set('X-Purpose', 'oversight').expect(200)))
      await sign()
      await sign()
    }
    steps = stepsNow()
    m = last() - 1
    await owner.unsafe('create table public.kept_audit as select * from audit.entries; create table public.kept_audit_head as select * from audit.head').simple()
    expect(await verify()).toMatchObject({ ok: true, audit: { checked: last(), through: last(), signed: last() } })
    expect(await verify('')).toMatchObject({ ok: true, audit: { checked: 0, through: last(), signed: last() } })
  })
  afterEach(() => put(AUDIT_BACK))
  afterAll(async () => { expect(await verify()).toMatchObject({ ok: true, audit: { through: last() } }) })

  it.each<[string, () => string, () => object]>([
    ['changes an entry', () => CHANGE(m), () => ({ ordinal: m, fault: 'link-differs', right: { ordinal: steps.at(-2) }, stillRight: { ordinal: last() } })],
    ['takes an entry out', () => `delete from audit.entries where ordinal = ${m}`, () => ({ ordinal: m, fault: 'gap', stillRight: { ordinal: last() } })],
    ['changes when it was', () => `update audit.entries set time = time + interval '1 microsecond' where ordinal = ${m}`, () => ({ ordinal: m, fault: 'link-differs' })],
    ['cuts off the tail', () => `delete from audit.entries where ordinal >= ${m}; ${AUDIT_HEAD}`, () => ({ ordinal: m, upTo: last(), fault: 'cut-tail', right: { ordinal: steps.at(-2) } })],
    ['takes the newest out and closes the gap', () => `delete from audit.entries where ordinal = ${m}; update audit.entries set ordinal = ordinal - 1 where ordinal > ${m}; ${AUDIT_RELINK(m)}`, () => ({ ordinal: last(), fault: 'cut-tail' })],
    ['changes an entry and writes the chain anew from there', () => CHANGE(m) + AUDIT_RELINK(m), () => ({ ordinal: steps.at(-2)! + 1, upTo: last(), fault: 'rewritten', right: { ordinal: steps.at(-2) } })],
    ['rewrites it whole, with a chain that holds', () => `update audit.entries set text = replace(text, 'privacyOfficer', 'evaluator'), time = time + interval '1 microsecond'; ${AUDIT_RELINK(1)}`, () => ({ ordinal: 1, upTo: steps[0], fault: 'rewritten', right: null })],
    ['calls it another log', () => 'update audit.head set log = gen_random_uuid()', () => ({ ordinal: 1, fault: 'link-differs' })],
  ])('%s: verify names the first entry that is wrong', async (_what, sql, expected) => {
    await put(`${AUDIT_OFF} ${sql()}`)
    expect(await verify()).toMatchObject({ ok: false, in: 'audit log', ...expected() })
  })

  it('has cut it: nothing more is signed, and readiness says why', async () => {
    await until(async () => (await health()).startsWith('ok'))
    await put(`${AUDIT_OFF} delete from audit.entries where ordinal >= ${m}; ${AUDIT_HEAD}`)
    await until(async () => (await health()).startsWith('FAIL'))
    expect(await health()).toContain(`the audit log ends at entry ${m - 1}, but it was signed through ${last()}: its tail was cut off`)
    await put(AUDIT_BACK)
    await until(async () => (await health()).startsWith('ok'))
  })
})

describe('at stop', () => {
  it('all is signed; a start with another signing key signs nothing, and verify says so', async () => {
    const id = randomUUID()
    expect((await store().append({ stream: 'incident-last', expected: 'none', events: [{ id, type: 'IncidentReported', content: 'c', body: { id } }] })).ok).toBe(true)
    const log = store().log
    chorus = await chorus.again()
    expect((await new CheckpointFolder({ folder: checkpoints() }).last(log))!.ordinal).toBe(end + 1)
    const path = join(chorus.data, 'keys', 'log-signing.json')
    renameSync(path, `${path}.aside`)
    chorus = await chorus.again()
    await until(async () => (await health()).startsWith('FAIL'))
    expect(await health()).toMatch(/the signing key was swapped/)
    expect(await verify()).toMatchObject({ ok: false, ordinal: end + 2, fault: 'signing-key-swapped', right: { ordinal: end + 1 } })
  })
})
