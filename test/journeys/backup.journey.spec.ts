/** A backup taken while records come in, put back on nothing: the drill that proves the order of log, vault, keys and destructions. */
import { generateKeyPairSync } from 'node:crypto'
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { postgres } from '@chorus/postgres'
import { DESTROYED_LIST, FileVault } from '@chorus/privacy'
import type { LogReport } from '@chorus/tamper-evidence'
import { systemClock } from '@chorus/platform'
import { runCommandLine } from '../../apps/cli/src/program'
import { startChorus, type TestChorus } from '../support/chorus'
import { freshDatabase, type FreshDatabase } from '../support/database'
import { importFile } from '../support/import-file'
import { verdict } from '../support/long-answers'
import { manyIncidents } from '../support/many-incidents'

interface Ran { readonly code: number; readonly out: Record<string, never>; readonly err: string }
const chorusWith = (env: Record<string, string>) => async (...argv: string[]): Promise<Ran> => {
  const texts = { out: '', err: '' }
  const sink = (name: 'out' | 'err'): PassThrough => new PassThrough().on('data', (chunk: Buffer) => { texts[name] += chunk.toString() })
  const code = await runCommandLine({ stdout: sink('out'), stderr: sink('err'), env: { CHORUS_PORT: '0', ...env }, clock: systemClock, watch: () => performance.now(), signal: new AbortController().signal, argv: [...argv, '--json'] })
  await new Promise((resolve) => setImmediate(resolve))
  return { code, out: texts.out === '' ? {} : JSON.parse(texts.out) as Record<string, never>, err: texts.err }
}

let folder: string
let chorus: TestChorus
let source: ReturnType<typeof chorusWith>
let first: Ran
let second: Ran
const at = (...names: string[]): string => join(folder, ...names)
/** whose keys were destroyed after the first backup */
let erased: string
/** and whose after the last: no file of keys knows of it */
let erasedLast: string
/** a table of the owner's own */
const OWN = 'public.kept'
const takeBackup = (name: string, keysTo = at('keys')): Promise<Ran> => source('backup', '--to', at(name), '--keys-to', keysTo, '--seal-for', at('pub.pem'))
/** Onto a database of its own, with nothing there: the first backup, if no other is given. */
const ontoNothing = async (name: string, work: (restored: Ran, database: FreshDatabase) => Promise<void> | void, more: { readonly env?: Record<string, string>; readonly argv?: string[] } = {}): Promise<void> => {
  const database = await freshDatabase({ migrated: false })
  try {
    const restoring = chorusWith({ CHORUS_DATA: at(`of-${name}`), DATABASE_URL: database.appUrl, DATABASE_OWNER_URL: database.ownerUrl, ...more.env })
    await work(await restoring('restore', '--from', at(name), '--keys-from', at('keys'), '--key', at('key.pem'), ...more.argv ?? []), database)
  } finally {
    await database.drop()
    rmSync(at(`of-${name}`), { recursive: true, force: true })
  }
}
const destroy = async (subject: string, order: string): Promise<void> => {
  const vault = await FileVault.open({ keysFolder: join(chorus.data, 'keys'), databaseUrl: chorus.appUrl, mode: 'demonstration' })
  await vault.life.destroy([subject], order, systemClock.now())
  await vault.close()
}
const readAgain = async <T extends object>(url: string, query: string): Promise<T[]> => {
  const sql = postgres(url, { max: 1, onnotice: () => undefined })
  try { return [...await sql.unsafe<T[]>(query)] } finally { await sql.end() }
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'chorus-backup-'))
  const { publicKey, privateKey } = generateKeyPairSync('x25519')
  writeFileSync(at('pub.pem'), publicKey.export({ type: 'spki', format: 'pem' }))
  writeFileSync(at('key.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' }))
  chorus = await startChorus()
  source = chorusWith({ CHORUS_DATA: chorus.data, DATABASE_URL: chorus.appUrl, DATABASE_OWNER_URL: chorus.ownerUrl })
  await importFile(chorus, Readable.from(manyIncidents(200, 'A')))
  // the backup is taken in the middle of this one
  const underLoad = importFile(chorus, Readable.from(manyIncidents(3000, 'B')))
  await new Promise((resolve) => { setTimeout(resolve, 200) })
  first = await takeBackup('first')
  cpSync(at('keys'), at('keys-of-first'), { recursive: true })
  await underLoad
  const subjects = await readAgain<{ subject: string }>(chorus.adminUrl, `select k.subject from vault.data_keys k join log.events e on e.stream = k.subject where e.ordinal <= ${first.out.ordinal} group by 1 order by min(e.ordinal) limit 2`)
  ;[erased, erasedLast] = subjects.map(({ subject }) => subject) as [string, string]
  await destroy(erased, 'destroy-1')
  await readAgain(chorus.ownerUrl, `create table ${OWN} (n int primary key, other int); create table public.kept_too (n int primary key references ${OWN}); alter table ${OWN} add foreign key (other) references public.kept_too`)
  second = await takeBackup('second')
  expect(second.code).toBe(0)
}, 120_000)
afterAll(async () => {
  await chorus.close()
  rmSync(folder, { recursive: true, force: true })
})

it('is of one moment in the middle of an import, and holds no key and no plaintext', async () => {
  expect(first).toMatchObject({ code: 0, out: { schema: 'chorus.backup/1' } })
  const [{ ordinal }] = await readAgain<{ ordinal: string }>(chorus.adminUrl, 'select ordinal from log.head') as [{ ordinal: string }]
  expect(Number(first.out.ordinal)).toBeGreaterThan(0)
  expect(Number(first.out.ordinal)).toBeLessThan(Number(ordinal))
  const secret = (JSON.parse(readFileSync(join(chorus.data, 'keys', 'vault-identity.json'), 'utf8')) as { key: string }).key
  for (const name of [...readdirSync(at('first')).map((each) => at('first', each)), ...readdirSync(at('keys')).map((each) => at('keys', each))]) {
    expect(readFileSync(name).includes(secret)).toBe(false)
  }
  expect(readdirSync(at('first'))).toContain('bus.consumers.copy.gz')
})

it('is put back on an empty database; what was destroyed since is destroyed again before anything is served, and everybody goes on', async () => {
  const database = await freshDatabase({ migrated: false })
  const data = at('restored')
  const restoring = chorusWith({ CHORUS_DATA: data, DATABASE_URL: database.appUrl, DATABASE_OWNER_URL: database.ownerUrl })
  try {
    const restored = await restoring('restore', '--from', at('first'), '--keys-from', at('keys'), '--key', at('key.pem'))
    expect(restored).toMatchObject({ code: 0, err: '', out: { ordinal: first.out.ordinal } })
    expect(Number(restored.out.again)).toBeGreaterThan(0)
    await database.allowAll()
    expect(await readAgain(database.ownerUrl, `select distinct state from vault.data_keys where subject = '${erased}'`)).toEqual([{ state: 'destroyed' }])
    // guards that stood in the way stand again
    await expect(readAgain(database.ownerUrl, 'delete from log.events')).rejects.toThrow(/only ever added to/)
    await expect(readAgain(database.ownerUrl, 'update log.head set ordinal = 0')).rejects.toThrow(/only moves forwards/)
    expect(await readAgain(database.ownerUrl, 'select tgname from pg_trigger where not tgisinternal and tgenabled = \'D\'')).toEqual([])
    // a second one finds the place taken
    expect(await restoring('restore', '--from', at('first'), '--keys-from', at('keys'), '--key', at('key.pem'))).toMatchObject({ code: 5, err: expect.stringMatching(/holds keys already/) })

    // a day later: what nobody signed at its time would be said
    const again = await startChorus({ on: { database, data }, clock: { now: () => new Date(Date.now() + 86_400_000).toISOString() } })
    try {
      // reactions go on where they were: what was not assessed yet is, and nothing is twice
      const assessed = `select count(*)::int as n, count(distinct stream)::int as streams from log.events where type = 'EligibilityAssessed'`
      const [wanted] = await readAgain<{ n: number }>(chorus.adminUrl, `select count(distinct a.stream)::int as n from log.events a join log.events i on i.stream = replace(a.stream, 'eligibility-', 'incident-') where a.type = 'EligibilityAssessed' and i.ordinal <= ${first.out.ordinal}`)
      let [now] = await readAgain<{ n: number; streams: number }>(database.ownerUrl, assessed)
      for (let tries = 0; now!.n < wanted!.n && tries < 300; tries++) {
        await new Promise((resolve) => { setTimeout(resolve, 50) });
        [now] = await readAgain<{ n: number; streams: number }>(database.ownerUrl, assessed)
      }
      expect(now).toEqual({ n: wanted!.n, streams: wanted!.n })
      expect((await again.ready()).status).toBe(200)
      // the checkpoints came along: all until the backup is signed as it was then, and none says more than this log
      const signed = Number((first.out as unknown as { checkpoints: { through: number } | null }).checkpoints?.through)
      expect(signed).toBeGreaterThan(0)
      expect(signed).toBeLessThanOrEqual(Number(first.out.ordinal))
      const look = async (): Promise<Extract<LogReport, { ok: true }>> => {
        const report = await verdict(again, '?full=true')
        expect(report).toMatchObject({ ok: true, before: null })
        return report as Extract<LogReport, { ok: true }>
      }
      // whoever signed when the backup was taken is waited for, then signing goes on behind it
      let full = await look()
      for (let tries = 0; full.signed?.ordinal !== full.through && tries < 100; tries++) {
        await new Promise((resolve) => { setTimeout(resolve, 100) })
        full = await look()
      }
      expect(full.signed?.ordinal).toBeGreaterThan(signed)
      expect(full.unsigned.filter(({ ordinal }) => ordinal <= signed)).toEqual([])
    } finally {
      await again.close()
    }
  } finally {
    await database.drop()
  }
}, 120_000)

it('a second place that survived may say more than the backup, and stays as it is', async () => {
  const [log] = readdirSync(join(chorus.data, 'checkpoints')) as [string]
  mkdirSync(at('survived', log), { recursive: true })
  writeFileSync(at('survived', log, '0000000000000001.notes'), 'what is there')
  await ontoNothing('first', (restored) => expect(restored).toMatchObject({ code: 0, err: '', out: { checkpoints: 'kept' } }), { env: { CHORUS_CHECKPOINTS: at('survived') } })
  expect(readdirSync(at('survived'), { recursive: true })).toEqual([log, join(log, '0000000000000001.notes')])
  expect(readFileSync(at('survived', log, '0000000000000001.notes'), 'utf8')).toBe('what is there')
}, 120_000)

it('an older backup, without checkpoints, is put back all the same', async () => {
  cpSync(at('first'), at('older'), { recursive: true })
  for (const name of readdirSync(at('older')).filter((each) => each.startsWith('checkpoints.'))) rmSync(at('older', name))
  const { checkpoints, leftOut, ...manifest } = JSON.parse(readFileSync(at('older', 'manifest.json'), 'utf8')) as Record<string, unknown>
  expect({ checkpoints, leftOut }).toMatchObject({ checkpoints: { files: expect.any(Array) as object }, leftOut: [] })
  writeFileSync(at('older', 'manifest.json'), JSON.stringify(manifest))
  await ontoNothing('older', (restored) => {
    expect(restored).toMatchObject({ code: 0, err: '', out: { checkpoints: 'none' } })
    expect(readdirSync(at('of-older'))).not.toContain('checkpoints')
  })
}, 120_000)

it('a table of the owner\'s own is not in it, is named, and hinders nobody who restores', async () => {
  expect(first.out).toMatchObject({ leftOut: [] })
  expect(second.out).toMatchObject({ leftOut: [OWN, `${OWN}_too`] })
  await ontoNothing('second', (restored) => expect(restored).toMatchObject({ code: 0, err: '', out: { ordinal: second.out.ordinal } }))
}, 120_000)

it('what only the list of --destroyed knows of is destroyed again', async () => {
  await destroy(erasedLast, 'destroy-2')
  // and one of whom the backup knows nothing
  await destroy(`per_${'u'.repeat(22)}`, 'destroy-3')
  mkdirSync(at('newer-list'))
  cpSync(join(chorus.data, 'keys', DESTROYED_LIST), at('newer-list', DESTROYED_LIST))
  const states = (database: FreshDatabase): Promise<object[]> => readAgain(database.ownerUrl, `select distinct state from vault.data_keys where subject = '${erasedLast}'`)
  await ontoNothing('second', async (restored, database) => {
    expect(restored).toMatchObject({ code: 0, out: { again: 0, unknown: 0 } })
    expect(await states(database)).toEqual([{ state: 'active' }])
  })
  await ontoNothing('second', async (restored, database) => {
    expect(restored).toMatchObject({ code: 0, err: '', out: { unknown: 1 } })
    expect(Number(restored.out.again)).toBeGreaterThan(0)
    expect(await states(database)).toEqual([{ state: 'destroyed' }])
  }, { argv: ['--destroyed', at('newer-list')] })
}, 120_000)

it('is proved by a drill that leaves nothing behind', async () => {
  const before = readdirSync(tmpdir()).filter((name) => name.startsWith('chorus-drill-')).length
  const drill = await chorusWith({ CHORUS_DATA: at('nowhere') })('restore', '--drill', '--from', at('second'), '--keys-from', at('keys'), '--key', at('key.pem'))
  expect(drill).toMatchObject({ code: 0, err: '', out: { drill: true } })
  expect(readdirSync(tmpdir()).filter((name) => name.startsWith('chorus-drill-')).length).toBe(before)
  expect(readdirSync(folder)).not.toContain('nowhere')
}, 120_000)

it('is put back as a new data folder with a database of its own, which stands there once it is whole; opened by a passphrase', async () => {
  writeFileSync(at('phrase'), 'a phrase for this test alone\n')
  expect((await source('backup', '--to', at('third'), '--passphrase-file', at('phrase'))).code).toBe(0)
  const data = at('embedded')
  const restored = await chorusWith({ CHORUS_DATA: data })('restore', '--from', at('third'), '--passphrase-file', at('phrase'))
  expect(restored).toMatchObject({ code: 0, err: '' })
  expect(readdirSync(folder).filter((name) => name.endsWith('.restoring'))).toEqual([])
  expect(readdirSync(join(data, 'keys')).sort()).toEqual(readdirSync(join(chorus.data, 'keys')).sort())
  const [log] = readdirSync(join(data, 'checkpoints')) as [string]
  expect(readdirSync(join(data, 'checkpoints', log)).filter((name) => !name.endsWith('.notes'))).toEqual(['key.pub'])
  // and it is one that can be backed up again, while it does not run
  expect(await chorusWith({ CHORUS_DATA: data })('backup', '--to', at('fifth'), '--passphrase-file', at('phrase'))).toMatchObject({ code: 0, out: { ordinal: restored.out.ordinal } })
}, 120_000)

it('is not taken of a schema that this build does not know: its tables could not be told from the owner\'s own', async () => {
  await readAgain(chorus.ownerUrl, `insert into public.chorus_migrations (name, hash) values ('9999-later.sql', 'x')`)
  try {
    expect(await takeBackup('sixth')).toMatchObject({ code: 5, err: expect.stringMatching(/migrated by a newer Chorus \(9999-later\.sql/) })
  } finally {
    await readAgain(chorus.ownerUrl, `delete from public.chorus_migrations where name = '9999-later.sql'`)
  }
  expect(readdirSync(folder).filter((name) => name.startsWith('sixth'))).toEqual([])
})

describe('a set that is incomplete, mixed or foreign is refused by name', () => {
  const EVENTS = 'log.events.copy.gz'
  let copy: string
  let keys: string
  const restore = (...more: string[]): Promise<Ran> => chorusWith({ CHORUS_DATA: at('nowhere') })('restore', '--from', copy, '--keys-from', keys, ...more.length > 0 ? more : ['--key', at('key.pem')])
  beforeEach(() => {
    [copy, keys] = [at('copy'), at('copied-keys')]
    for (const [from, to] of [['second', copy], ['keys', keys]] as const) { rmSync(to, { recursive: true, force: true }); cpSync(at(from), to, { recursive: true }) }
  })
  const keysFile = (): string => readdirSync(keys).find((name) => name.endsWith('.jwe'))!

  it.each<[string, () => void, RegExp]>([
    ['a part that is missing', () => rmSync(join(copy, EVENTS)), /log\.events\.copy\.gz is missing/],
    ['a part that was cut', () => truncateSync(join(copy, EVENTS), 100), /log\.events\.copy\.gz has 100 bytes instead of/],
    ['a part of another backup', () => cpSync(at('first', EVENTS), join(copy, EVENTS)), /log\.events\.copy\.gz .*is of another backup/],
    ['checkpoints that were changed', () => appendFileSync(join(copy, 'checkpoints.key.pub'), 'x'), /checkpoints\.key\.pub has \d+ bytes instead of/],
    ['a file that nobody put there', () => writeFileSync(join(copy, 'notes.txt'), ''), /notes\.txt does not belong/],
    ['a backup that was cut short', () => rmSync(join(copy, 'manifest.json')), /manifest\.json is missing/],
    ['keys that are missing', () => rmSync(join(keys, keysFile())), /keys-\w+\.jwe is missing/],
    ['keys that were changed', () => appendFileSync(join(keys, keysFile()), 'x'), /keys-\w+\.jwe does not open/],
    ['keys older than the log', () => cpSync(at('keys-of-first'), keys, { recursive: true, force: true }), /is older than the log: its keys are of ordinal \d+/],
  ])('%s', async (_, spoil, words) => {
    spoil()
    const { code, err } = await restore()
    expect(err).toMatch(words)
    expect(code).toBe(5)
    expect(readdirSync(folder)).not.toContain('nowhere')
  })

  it('the keys of another log', async () => {
    const other = await startChorus()
    try {
      await chorusWith({ CHORUS_DATA: other.data, DATABASE_URL: other.appUrl, DATABASE_OWNER_URL: other.ownerUrl })('backup', '--to', at('other'), '--keys-to', at('keys-of-other'), '--seal-for', at('pub.pem'))
      const [foreign] = readdirSync(at('keys-of-other')).filter((name) => name.endsWith('.jwe'))
      renameSync(at('keys-of-other', foreign!), join(keys, keysFile()))
      expect(await restore()).toMatchObject({ code: 5, err: expect.stringMatching(/holds the keys of log .* do not belong together/) })
    } finally {
      await other.close()
    }
  })

  it('a key that opens nothing; a place that is not empty; keys beside the log', async () => {
    const { privateKey } = generateKeyPairSync('x25519')
    writeFileSync(at('wrong.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' }))
    expect(await restore('--key', at('wrong.pem'))).toMatchObject({ code: 5, err: expect.stringMatching(/does not open: the key is another/) })
    expect(await restore('--drill')).toMatchObject({ code: 2, err: expect.stringMatching(/Give --key/) })
    mkdirSync(at('taken'))
    writeFileSync(at('taken', 'something'), '')
    expect(await chorusWith({ CHORUS_DATA: at('taken') })('restore', '--from', copy, '--keys-from', keys, '--key', at('key.pem'))).toMatchObject({ code: 5, err: expect.stringMatching(/is not empty \(something\)/) })
    expect(await takeBackup('fourth', at('fourth', 'keys'))).toMatchObject({ code: 5, err: expect.stringMatching(/keys would lie with the log/) })
    expect(await takeBackup('first')).toMatchObject({ code: 5, err: expect.stringMatching(/is not empty/) })
  })
})
