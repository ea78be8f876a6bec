import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freshDatabase, type FreshDatabase } from '../../../test/support/database'
import { FileVault } from './file-vault'
import { MemoryVault } from './memory-vault'
import type { Vault } from './port'

const ids = (...names: string[]) => names.map((id) => ({ system: 'sample-records', id }))

describe.each(['memory', 'files and PostgreSQL'])('who has several identifiers, in the vault in %s', (kind) => {
  let database: FreshDatabase
  let root: string
  let vault: Vault
  beforeAll(async () => {
    database = await freshDatabase()
    root = mkdtempSync(join(tmpdir(), 'chorus-vault-'))
    vault = kind === 'memory' ? new MemoryVault() : await FileVault.open({ keysFolder: join(root, 'keys'), databaseUrl: database.appUrl, mode: 'demonstration' })
  })
  afterAll(async () => { await vault.close(); await database.drop(); rmSync(root, { recursive: true, force: true }) })

  it('is one person, found again by any of them, which teaches the vault the rest', async () => {
    const person = await vault.personOf('case', ids('a', 'b'))
    expect(person).toMatch(/^per_[\w-]{22}$/)
    expect(await vault.personOf('case', ids('b', 'c'))).toBe(person)
    expect(await vault.personOf('case', ids('c'))).toBe(person)
    expect(await vault.tokenFor('case', 'sample-records', 'c')).toBe(person)
  })
  it('is another person in another context', async () => {
    expect(await vault.personOf('services', ids('a'))).not.toBe(await vault.personOf('case', ids('a')))
    const [one, other] = [String(await vault.personOf('case', ids('a'))), String(await vault.personOf('services', ids('a')))]
    expect([[...await vault.tokensWith(one)].sort(), [...await vault.tokensWith(other)].sort(), await vault.tokensWith('per_nobody0000000000000000')]).toEqual([[one, other].sort(), [one, other].sort(), ['per_nobody0000000000000000']])
  })
  it('without any identifier is somebody new each time, or the one who is named', async () => {
    expect(await vault.personOf('case', [])).not.toBe(await vault.personOf('case', []))
    const token = vault.newToken('per')
    expect(await vault.personOf('case', [], token)).toBe(token)
    expect(await vault.personOf('case', ids('named'), token)).toBe(token)
    expect(await vault.personOf('case', ids('named'))).toBe(token)
  })
  it('two people are never made one: nothing is linked where identifiers disagree', async () => {
    const [one, other] = [await vault.personOf('case', ids('x')), await vault.personOf('case', ids('y'))]
    expect(await vault.personOf('case', ids('x', 'y', 'z'))).toBe('disagree')
    expect(await vault.personOf('case', ids('x'), other)).toBe('disagree')
    expect([one, other]).not.toContain(await vault.personOf('case', ids('z')))
  })
  it('who comes twice at once is one person', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, (_, n) => vault.personOf('case', n % 2 ? ids('p', 'q') : ids('q', 'p'))))
    expect(new Set(answers).size).toBe(1)
  })
  it('many at once get what each would get by itself, each once, and whom nobody knows is nobody', async () => {
    const known = await vault.tokenFor('case', 'sample-records', 'm1')
    const same = await vault.personOf('case', ids('m2', 'm3'))
    expect(await vault.knownTokens('case', 'sample-records', ['m1', 'm2', 'm3', 'm4', 'm1'])).toEqual(new Map([['m1', known], ['m2', same], ['m3', same]]))
    const many = Array.from({ length: 450 }, (_, n) => `m${n}`)
    const made = await vault.tokensFor('case', 'sample-records', [...many, 'm7'])
    expect([made.size, made.get('m1'), made.get('m2'), made.get('m3')]).toEqual([450, known, same, same])
    expect(new Set(made.values()).size).toBe(449)
    expect(await vault.tokensFor('case', 'sample-records', many)).toEqual(made)
    expect(await vault.tokenFor('case', 'sample-records', 'm449')).toBe(made.get('m449'))
    expect((await vault.knownTokens('incident', 'sample-records', many)).size).toBe(0)
    expect(await vault.tokensFor('case', 'sample-records', [])).toEqual(new Map())
  })
  it('many who come twice at once, in any order, are each one person', async () => {
    const many = Array.from({ length: 300 }, (_, n) => `twice${n}`)
    const answers = await Promise.all([vault.tokensFor('case', 'sample-records', many), vault.tokensFor('case', 'sample-records', [...many].reverse()), vault.personOf('case', ids('twice7', 'twice200'))])
    expect(new Map([...answers[1]].sort())).toEqual(new Map([...answers[0]].sort()))
  })
})
