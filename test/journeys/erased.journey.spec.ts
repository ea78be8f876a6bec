/** A person's keys and a record's are destroyed by order: nothing opens them any more, and everything else goes on. */
import { createReadStream, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { randomUUID } from 'node:crypto'
import { postgres } from '@chorus/postgres'
import type { RecordedEvent } from '@chorus/contracts'
import type { Recorder } from '@chorus/event-store'
import { RECORDER, repositoryRoot, tablesOfChorus } from '@chorus/platform'
import { readSet, takeBackup } from '@chorus/backup'
import { decrypt, FileVault } from '@chorus/privacy'
import { readContext, UNSEALED } from '../../libs/privacy/src/key-folder'
import { importFile } from '../support/import-file'
import { startChorus, type TestChorus } from '../support/chorus'

const SAMPLE = join(repositoryRoot(), 'samples/nibrs/2026-07.txt')
const HIM = { name: 'Thaddeus Quillington-Marsh', birthDate: '1988-02-03', address: '71 Nonesuch Ferry Road', identifiers: [{ system: 'sample-records', id: 'ZK-2201-X' }] }
const HER = { name: 'Rosamund Featherstonehaugh', birthDate: '1990-04-05', identifiers: [{ system: 'sample-records', id: 'ZK-2202-Y' }] }
const ORDER = { court: 'CIRCUIT', orderRef: 'FICTION-ORDER-7', reason: 'as the court found' }

/** Files of a folder and below, as bytes; those that go while they are read are left out. */
function* filesBelow(folder: string): Generator<Buffer> {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name)
    try { if (statSync(path).isDirectory()) yield* filesBelow(path); else yield readFileSync(path) } catch { /* PostgreSQL recycles its files */ }
  }
}
/** As bytes, and as text may carry it. */
const formsOf = (secret: Uint8Array): Buffer[] => [Buffer.from(secret), ...(['hex', 'base64url', 'base64'] as const).map((form) => Buffer.from(Buffer.from(secret).toString(form).replace(/=+$/, '')))]

describe('keys destroyed by order', () => {
  let chorus: TestChorus
  let owner: postgres.Sql
  let other: FileVault
  let referralId: string
  let him: string
  let her: string
  let record: string
  const destroyed: { keyId: string; key: Uint8Array; subject: string; context: string; wrapped: string }[] = []
  beforeAll(async () => {
    chorus = await startChorus({ env: { CHORUS_LOG_LEVEL: 'trace' } })
    owner = postgres(chorus.adminUrl, { max: 1, onnotice: () => undefined })
    await importFile(chorus, createReadStream(SAMPLE))
    const [incident] = await owner<{ stream: string }[]>`select stream from log.events where type = 'IncidentReported' order by ordinal limit 1`
    record = incident!.stream
    const answer = await refer('KCPD')
    referralId = answer.body.stream.slice('referral-'.length)
    const view = (await chorus.agent.get(`/v1/referrals/${referralId}`).set('Authorization', await chorus.bearer('intakeAnalyst')).set('X-Purpose', 'caseWork')).body as { subjectRef: string; victimRef: string }
    ;[him, her] = [view.subjectRef, view.victimRef]
    // A second process, with every key of theirs in its memory.
    other = await FileVault.open({ keysFolder: join(chorus.data, 'keys'), databaseUrl: chorus.appUrl, mode: 'demonstration' })
    for (const { key_id, subject, context, wrapped } of await owner<{ key_id: string; subject: string; context: string; wrapped: string }[]>`select * from vault.data_keys where subject = any(${[him, record]})`) {
      destroyed.push({ keyId: key_id, key: (await other.openKeys([key_id])).get(key_id) as Uint8Array, subject, context, wrapped })
    }
  })
  afterAll(async () => { await other.close(); await owner.end(); await chorus.close() })

  const post = async (path: string, body: object, key = randomUUID()) => chorus.agent.post(path).set('Authorization', await chorus.bearer('privacyOfficer')).set('Idempotency-Key', key).send(body)
  const refer = async (source: string) => chorus.agent.post('/v1/referrals').set('Authorization', await chorus.bearer('intakeAnalyst')).send({ source, incidentIds: [record.slice('incident-'.length)], subject: HIM, victim: HER })
  const opened = async (stream: string): Promise<RecordedEvent[]> => { const recorder = chorus.app.get<Recorder>(RECORDER, { strict: false }); return recorder.unseal(await recorder.load(stream), () => true) }
  const verified = async (): Promise<unknown> => JSON.parse((await chorus.agent.get('/v1/log/verification').set('Authorization', await chorus.bearer('operator'))).text.trim().split('\n').at(-1)!) as unknown
  const replayed = async (): Promise<unknown> => JSON.parse((await chorus.agent.get('/v1/replay').set('Authorization', await chorus.bearer('evaluator'))).text.trim().split('\n').at(-1)!) as unknown

  it('a legal hold refuses; nobody but the privacy officer may ask', async () => {
    expect(destroyed.map(({ subject }) => subject).sort()).toEqual([him, record].sort())
    expect((await post(`/v1/keys/${him}/hold`, { ground: 'LITIGATION', reason: 'a civil action' })).status).toBe(200)
    expect(await post(`/v1/keys/${him}/destruction`, ORDER)).toMatchObject({ status: 409, body: { refused: 'legal_hold' } })
    expect((await opened(`referral-${referralId}`))[0]!.data).toMatchObject({ subjectName: HIM.name, victimName: HER.name })
    expect((await post(`/v1/keys/${him}/release`, { reason: 'settled' })).status).toBe(200)
    for (const role of ['operator', 'prosecutor'] as const) expect((await chorus.agent.post(`/v1/keys/${him}/destruction`).set('Authorization', await chorus.bearer(role)).send(ORDER)).status).toBe(403)
  })

  it('closing keeps everything: it is another verb', async () => {
    expect((await post(`/v1/keys/${him}/closing`, { ...ORDER, statute: 'RSMO_610_140' })).status).toBe(200)
    expect((await opened(`referral-${referralId}`))[0]!.data).toMatchObject({ subjectName: HIM.name })
  })

  it('destroyed, he reads as erased and she does not; the same request again destroys nothing more', async () => {
    const key = randomUUID()
    expect(await post(`/v1/keys/${him}/destruction`, ORDER, key)).toMatchObject({ status: 200, body: { keys: 1, subjects: [him], repeated: false } })
    expect(await post(`/v1/keys/${him}/destruction`, ORDER, key)).toMatchObject({ status: 200, body: { keys: 1, repeated: true } })
    expect(await post(`/v1/keys/${record}/destruction`, ORDER)).toMatchObject({ status: 200, body: { keys: 1 } })
    const [referral] = await opened(`referral-${referralId}`)
    expect(referral!.data).toMatchObject({ subjectName: { $erased: true }, subjectBirthDate: { $erased: true }, victimName: HER.name, victimBirthDate: HER.birthDate, subjectRef: him, victimRef: her })
    expect((await opened(record))[0]).toMatchObject({ data: { reportNumber: { $erased: true } } })
    const entries = await owner<{ route: string; by: string }[]>`select text::jsonb ->> 'route' as route, text::jsonb #>> '{actor,role}' as by from audit.entries where text::jsonb ->> 'purpose' = 'legalRequest'`
    expect(new Set(entries.map(({ route, by }) => `${route} ${by}`))).toEqual(new Set(['POST /v1/keys/:subject/destruction privacyOfficer']))
    const told = await owner<{ text: string }[]>`select text from log.events where type = 'SubjectKeyDestroyed' order by ordinal`
    expect(told.map(({ text }) => (JSON.parse(text) as { data: { keyId: string } }).data.keyId).sort()).toEqual(destroyed.map(({ keyId }) => keyId).sort())
  })

  it('the other process, its keys in memory, opens and seals nothing of it', async () => {
    for (const { keyId, subject, context } of destroyed) {
      expect((await other.openKeys([keyId])).get(keyId)).toBe('erased')
      expect((await other.keysFor(context as 'case', [subject])).get(subject)).toBe('erased')
    }
  })

  it('sent again, he is erased and nobody new; the file again answers the record as erased', async () => {
    expect(await refer('KCPD')).toMatchObject({ status: 403, body: { refused: 'erased' } })
    const report = await importFile(chorus, createReadStream(SAMPLE))
    expect(report.erased).toBe(1)
    expect(report.records.accepted).toBe(0)
    const [count] = await owner<{ count: number }[]>`select count(*)::int as count from log.events where stream = ${record} and type = 'IncidentReported'`
    expect(count).toEqual({ count: 1 })
  })

  it('no key and no plaintext is in the data folder, the logs, the database or its write-ahead log', async () => {
    await owner`checkpoint`
    const [place] = await owner<{ folder: string; oid: string }[]>`select current_setting('data_directory') as folder, (select oid::text from pg_database where datname = current_database()) as oid`
    const secrets = [...[HIM.name, HIM.address, HIM.identifiers[0]!.id].map((text) => Buffer.from(text)), ...destroyed.flatMap(({ key }) => formsOf(key))]
    const wrapped = Buffer.from(destroyed[0]!.wrapped)
    let seen = false
    const places: string[] = []
    for (const [where, files] of [['data folder', filesBelow(chorus.data)], ['database', filesBelow(join(place!.folder, 'base', place!.oid))], ['write-ahead log', filesBelow(join(place!.folder, 'pg_wal'))], ['logs', [Buffer.from(chorus.logs.text())]]] as const) {
      for (const bytes of files) {
        if (secrets.some((secret) => bytes.includes(secret))) places.push(where)
        seen ||= bytes.includes(wrapped)
      }
    }
    expect(places).toEqual([])
    // The wrapped key is still there, in its dead row or the write-ahead log: what is gone is what opened it.
    expect(seen).toBe(true)
    const folder = readdirSync(join(chorus.data, 'keys')).map((name) => readFileSync(join(chorus.data, 'keys', name), 'utf8')).join()
    const left = (folder.match(/(?<=":")[\w-]{43}(?=")/g) ?? []).map((text) => Buffer.from(text, 'base64url'))
    expect(left.length).toBeGreaterThan(100)
    for (const { keyId, context, subject, wrapped: text } of destroyed) {
      const bytes = Buffer.from(text, 'base64url')
      for (const key of left) expect(() => decrypt(bytes.subarray(0, 12), bytes.subarray(12), key, Buffer.from(`wrap|${keyId}|${context}|${subject}`))).toThrow()
    }
  })

  it('a backup made after it, unpacked, holds neither, and no key that opens what it wrapped', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'chorus-after-'))
    try {
      const sealing = { passphrase: 'a passphrase for tests alone' }
      const { parts } = await takeBackup({ ownerUrl: chorus.ownerUrl, keysFolder: join(chorus.data, 'keys'), checkpoints: join(chorus.data, 'checkpoints'), tables: tablesOfChorus, to: join(folder, 'log'), keysTo: join(folder, 'keys'), sealing, takentime: '2026-07-03T00:00:00.000Z', version: 'test' })
      expect(parts.find(({ table }) => table === 'vault.data_keys')!.rows).toBeGreaterThan(0)
      const { keys } = await readSet(join(folder, 'log'), join(folder, 'keys'), sealing)
      const unpacked = [...filesBelow(folder)].map((bytes) => bytes[0] === 0x1f ? gunzipSync(bytes) : bytes).concat(Object.values(keys).map((text) => Buffer.from(text, 'base64')))
      const secrets = [...[HIM.name, HIM.address, HIM.identifiers[0]!.id].map((text) => Buffer.from(text)), ...destroyed.flatMap(({ key, wrapped }) => [...formsOf(key), Buffer.from(wrapped)])]
      expect(secrets.filter((secret) => unpacked.some((bytes) => bytes.includes(secret)))).toEqual([])
      expect(unpacked.some((bytes) => bytes.includes(him))).toBe(true)
      mkdirSync(join(folder, 'opened'))
      for (const [name, text] of Object.entries(keys)) writeFileSync(join(folder, 'opened', name), Buffer.from(text, 'base64'), { mode: 0o600 })
      for (const { keyId, context } of destroyed) for (const tree of (await readContext(join(folder, 'opened'), context as 'case', 'demonstration', UNSEALED)).trees) expect(tree.keyFor(keyId)).toBeUndefined()
    } finally { rmSync(folder, { recursive: true, force: true }) }
  })

  it('what wraps the keys is replaced while both go on: she is read as before, he stays erased', async () => {
    const answer = await chorus.agent.post('/v1/context-keys/case/replacement').set('Authorization', await chorus.bearer('operator')).send({ reason: 'once a year' })
    const { result } = JSON.parse(answer.text.trim().split('\n').at(-1)!) as { result: { complete: boolean; from: string[]; to: string; ordinal: number } }
    expect(result).toMatchObject({ complete: true, ordinal: expect.any(Number) as number })
    const [told] = await owner<{ text: string }[]>`select text from log.events where ordinal = ${result.ordinal}`
    expect(JSON.parse(told!.text)).toMatchObject({ type: 'ContextKeyReplaced', data: { context: 'case', from: result.from, to: result.to } })
    expect(readFileSync(join(chorus.data, 'keys', 'vault-context-case.json'), 'utf8')).not.toContain(result.from[0]!)
    expect((await opened(`referral-${referralId}`))[0]!.data).toMatchObject({ subjectName: { $erased: true }, victimName: HER.name })
    expect((await other.keysFor('case', [her, him])).get(him)).toBe('erased')
    expect((await other.keysFor('case', ['per_made_after_it'])).get('per_made_after_it')).not.toBe('erased')
  })

  it('the chain verifies, the log replays, and after a start all is as before', async () => {
    expect(await verified()).toMatchObject({ result: { ok: true } })
    const before = await replayed()
    await other.close()
    chorus = await chorus.again()
    expect(await verified()).toMatchObject({ result: { ok: true } })
    expect(await replayed()).toEqual(before)
    expect((await opened(`referral-${referralId}`))[0]!.data).toMatchObject({ subjectName: { $erased: true }, victimName: HER.name })
    expect(await post(`/v1/keys/${him}/hold`, { ground: 'AUDIT', reason: 'too late' })).toMatchObject({ status: 409, body: { refused: 'keys_destroyed' } })
  })
})
