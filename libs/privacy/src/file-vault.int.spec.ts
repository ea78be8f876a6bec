import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, unlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { postgres } from '@chorus/postgres'
import { freshDatabase, type FreshDatabase } from '../../../test/support/database'
import { FileVault } from './file-vault'
import type { SubjectKey } from './port'

const subjects = (count: number, from = 0): string[] => Array.from({ length: count }, (_, i) => `incident-subject-${from + i}`)
const hex = (keys: ReadonlyMap<string, SubjectKey | 'erased'>): string[] => [...keys].map(([subject, key]) => `${subject} ${key === 'erased' ? key : Buffer.from(key.key).toString('hex')}`).sort()

describe('the vault in files and PostgreSQL', () => {
  let database: FreshDatabase
  let other: FreshDatabase
  let root: string
  let owner: postgres.Sql
  const open: FileVault[] = []
  const vault = async (over: Partial<Parameters<typeof FileVault.open>[0]> = {}): Promise<FileVault> => {
    const one = await FileVault.open({ keysFolder: join(root, 'keys'), databaseUrl: database.appUrl, mode: 'demonstration', ...over })
    open.push(one)
    return one
  }
  beforeEach(async () => {
    [database, other] = await Promise.all([freshDatabase(), freshDatabase()])
    root = mkdtempSync(join(tmpdir(), 'chorus-vault-'))
    owner = postgres(database.ownerUrl, { max: 1, onnotice: () => undefined })
  })
  afterEach(async () => {
    await Promise.all(open.splice(0).map(one => one.close()))
    await owner.end()
    await Promise.all([database.drop(), other.drop()])
    rmSync(root, { recursive: true, force: true })
  })

  it('makes its secrets once, for its user alone, and answers the same after a restart', async () => {
    const first = await vault()
    const keys = await first.keysFor('incident', subjects(700))
    const id = first.uuid('event-id', 'record', 'MO0480000', 'x')
    const token = await first.tokenFor('case', 'nibrs-flat-file', 'FICTION-1')
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(statSync(join(root, 'keys')).mode & 0o777).toBe(0o700)
    const files = readdirSync(join(root, 'keys'))
    expect(files).toHaveLength(6)
    for (const file of files) expect(statSync(join(root, 'keys', file)).mode & 0o777).toBe(0o600)
    const again = await vault()
    expect(hex(await again.keysFor('incident', subjects(700)))).toEqual(hex(keys))
    expect(again.uuid('event-id', 'record', 'MO0480000', 'x')).toBe(id)
    expect(await again.tokenFor('case', 'nibrs-flat-file', 'FICTION-1')).toBe(token)
    expect(await again.tokenFor('services', 'nibrs-flat-file', 'FICTION-1')).not.toBe(token)
  })

  it('a first start that was cut short is finished by the next', async () => {
    await vault()
    const folder = join(root, 'keys')
    const [half, ...rest] = readdirSync(folder).sort() as [string, ...string[]]
    const kept = readFileSync(join(folder, half), 'utf8')
    for (const file of rest) unlinkSync(join(folder, file))
    writeFileSync(join(folder, `${rest[0]}.4711.new`), '{"format":1,')
    const second = await vault({ databaseUrl: other.appUrl })
    expect(readFileSync(join(folder, half), 'utf8')).toBe(kept)
    expect((await second.keysFor('case', subjects(1))).size).toBe(1)
  })

  it('parts are told apart, and purposes', async () => {
    const one = await vault()
    expect(one.uuid('event-id', 'a', 'bc')).not.toBe(one.uuid('event-id', 'ab', 'c'))
    expect(one.uuid('event-id', 'a')).not.toBe(one.uuid('stream-id', 'a'))
  })

  it('two processes that make the same keys at once agree', async () => {
    const [a, b] = await Promise.all([vault(), vault()])
    const wanted = subjects(400)
    const rounds = await Promise.all([a.keysFor('case', wanted), b.keysFor('case', [...wanted].reverse()), a.keysFor('case', wanted.slice(100)), b.keysFor('case', wanted.slice(200))])
    const agreed = hex(rounds[0])
    expect(hex(rounds[1])).toEqual(agreed)
    for (const round of rounds.slice(2)) for (const line of hex(round)) expect(agreed).toContain(line)
    const tokens = await Promise.all([a.tokenFor('case', 's', 'x'), b.tokenFor('case', 's', 'x'), a.tokenFor('case', 's', 'x')])
    expect(new Set(tokens).size).toBe(1)
  })

  it('opens keys by id also when the cache has long dropped them', async () => {
    const one = await vault({ cacheSize: 10 })
    const made = await one.keysFor('incident', subjects(50))
    const opened = await one.openKeys([...made.values()].map(key => (key as SubjectKey).keyId))
    for (const key of made.values()) expect(Buffer.from(opened.get((key as SubjectKey).keyId) as Uint8Array)).toEqual(Buffer.from((key as SubjectKey).key))
    await expect(one.openKeys(['dek_never'])).rejects.toThrow('the vault does not hold key dek_never')
  })

  it('a destroyed key is erased for reader and late writer, and its row never returns', async () => {
    const one = await vault()
    const [subject] = subjects(1) as [string]
    const key = (await one.keysFor('incident', [subject])).get(subject) as SubjectKey
    await owner`update vault.data_keys set state = 'destroyed', wrapped = null where key_id = ${key.keyId}`
    const late = await vault()
    expect((await late.keysFor('incident', [subject])).get(subject)).toBe('erased')
    expect((await late.openKeys([key.keyId])).get(key.keyId)).toBe('erased')
    await expect(late.openKeys([key.keyId], true)).rejects.toThrow('is said to be destroyed, and the list of destructions in the key folder does not know it')
    await expect(owner`update vault.data_keys set state = 'active', wrapped = 'x'`).rejects.toThrow('never back')
    await expect(owner`delete from vault.data_keys`).rejects.toThrow('destroyed, never deleted')
  })

  it('no key lies in PostgreSQL in plain', async () => {
    const one = await vault()
    const keys = await one.keysFor('incident', subjects(5))
    const rows = JSON.stringify([await owner`select * from vault.data_keys`, await owner`select * from vault.folder`, await owner`select * from vault.context_keys`, await owner`select * from vault.links`])
    for (const key of keys.values()) for (const encoding of ['hex', 'base64', 'base64url'] as const) expect(rows).not.toContain(Buffer.from((key as SubjectKey).key).toString(encoding))
    const secrets = readdirSync(join(root, 'keys')).flatMap(file => readFileSync(join(root, 'keys', file), 'utf8').match(/(?<=":")[\w-]{43}(?=")/g) ?? [])
    expect(secrets).toHaveLength(6)
    for (const secret of secrets) expect(rows).not.toContain(secret)
  })

  it('a lost key folder beside a filled database is refused, and says what to do', async () => {
    await (await vault()).keysFor('incident', subjects(1))
    const folder = join(root, 'keys')
    unlinkSync(join(folder, 'vault-context-case.json'))
    await expect(vault()).rejects.toThrow(/lacks vault-context-case.json.*Restore the key folder/)
    rmSync(folder, { recursive: true })
    await expect(vault()).rejects.toThrow(/Restore the key folder from its backup, or set CHORUS_DATA/)
    expect(() => statSync(folder)).toThrow()
  })

  it('a swapped folder, or one swapped file, is named', async () => {
    await vault()
    await vault({ keysFolder: join(root, 'others'), databaseUrl: other.appUrl })
    await expect(vault({ keysFolder: join(root, 'others') })).rejects.toThrow(/others\/vault-identity.json belongs to another database/)
    writeFileSync(join(root, 'keys', 'vault-context-case.json'), readFileSync(join(root, 'others', 'vault-context-case.json')))
    await expect(vault()).rejects.toThrow(/keys\/vault-context-case.json belongs to another database/)
  })

  it('demonstration keys are refused in production, and the other way', async () => {
    await vault()
    await expect(vault({ mode: 'production' })).rejects.toThrow(/is a demonstration key: production refuses it/)
    await vault({ keysFolder: join(root, 'real'), databaseUrl: other.appUrl, mode: 'production' })
    await expect(vault({ keysFolder: join(root, 'real'), databaseUrl: other.appUrl })).rejects.toThrow(/is a production key/)
  })

  it('damaged keys and keys that others can read are refused', async () => {
    await vault()
    const identity = join(root, 'keys', 'vault-identity.json')
    chmodSync(identity, 0o644)
    await expect(vault()).rejects.toThrow(`chmod 600 ${identity}`)
    chmodSync(identity, 0o600)
    writeFileSync(identity, '{"format":1,"id":"vault_')
    await expect(vault()).rejects.toThrow(/vault-identity.json is damaged: restore it/)
  })

  it('a database without the vault is named as not migrated', async () => {
    const bare = await freshDatabase({ migrated: false })
    try { await expect(vault({ databaseUrl: bare.appUrl })).rejects.toThrow('run "chorus migrate"') } finally { await bare.drop() }
  })
})
