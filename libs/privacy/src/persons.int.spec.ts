import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { postgres } from '@chorus/postgres'
import { freshDatabase, type FreshDatabase } from '../../../test/support/database'
import { FileVault } from './file-vault'
import type { PersonsHead } from './persons'

const id = (name: string) => [{ system: 'sample-records', id: name }]

describe('who is one person across contexts', () => {
  let database: FreshDatabase
  let owner: postgres.Sql
  let root: string
  let vault: FileVault
  const open = (): Promise<FileVault> => FileVault.open({ keysFolder: join(root, 'keys'), databaseUrl: database.appUrl, mode: 'demonstration' })
  const as = (sql: string): Promise<unknown> => owner.unsafe(`alter table vault.persons disable trigger user; ${sql}; alter table vault.persons enable always trigger persons_are_kept; alter table vault.persons enable always trigger persons_never_change`).simple()
  beforeEach(async () => {
    database = await freshDatabase()
    owner = postgres(database.ownerUrl, { max: 1, onnotice: () => undefined })
    root = mkdtempSync(join(tmpdir(), 'chorus-persons-'))
    vault = await open()
  })
  afterEach(async () => { await Promise.all([vault.close(), owner.end()]); await database.drop(); rmSync(root, { recursive: true, force: true }) })

  it('is one chain, whoever adds to it at once; a person that comes again adds nothing', async () => {
    const other = await open()
    for (let twice = 0; twice < 2; twice++) {
      for (const context of ['case', 'services', 'incident'] as const) await Promise.all(Array.from({ length: 24 }, (_, n) => (n % 2 ? vault : other).personOf(context, id(`${n >> 1}`))))
    }
    await other.close()
    const heads: PersonsHead[] = []
    expect(await vault.persons.walk({ seen: (head) => heads.push(head) })).toEqual({ ok: true, checked: 36, through: heads.at(-1) })
    expect(heads.map(({ place }) => place)).toEqual(Array.from({ length: 37 }, (_, place) => place))
    expect(await vault.persons.walk({ after: heads[30]! })).toMatchObject({ ok: true, checked: 6 })
    expect(await vault.persons.unproven()).toBe(0)
    // the same place is another mark in another checkpoint
    expect(new Set([1, 2].flatMap((number) => heads.map((head) => vault.persons.markOf(number, head)))).size).toBe(74)
    const [token, inServices] = [await vault.personOf('case', id('3')), await vault.personOf('services', id('3'))]
    expect((await vault.life.standingOf(token)).subjects).toEqual(expect.arrayContaining([token, inServices]))
  })

  it('is proven once for rows of before there were proofs, and never again', async () => {
    const tokens = [await vault.personOf('case', id('a')), await vault.personOf('services', id('a'))]
    await as('update vault.persons set place = null, proof = null')
    await expect(vault.life.standingOf(tokens[0]!)).rejects.toThrow('not as it was noted')
    await (await open()).close()
    expect(await vault.persons.walk()).toMatchObject({ ok: true, checked: 2 })
    expect((await vault.life.standingOf(tokens[0]!)).subjects).toEqual(expect.arrayContaining(tokens))
    await as(`insert into vault.persons (token, person) select 'per_planted', person from vault.persons limit 1`)
    await (await open()).close()
    expect(await vault.persons.unproven()).toBe(1)
  })

  it.each([
    ['plants one', `insert into vault.persons (token, person) select 'per_planted', person from vault.persons where token = $`],
    ['plants one with a place and the proof of another', `insert into vault.persons (token, person, place, proof) select 'per_planted', person, 9, proof from vault.persons where token = $`],
    ['leads one to another person', `update vault.persons set person = (select person from vault.persons where token = $) where place = 3`],
    ['has two change places', `update vault.persons set place = 99 where place = 2; update vault.persons set place = 2 where place = 3; update vault.persons set place = 3 where place = 99`],
  ])('the owner %s: nothing is said or done about the keys of who is concerned', async (_what, sql) => {
    for (const name of ['a', 'b']) for (const context of ['case', 'services'] as const) await vault.personOf(context, id(name))
    const token = await vault.personOf('case', id('a'))
    await as(sql.replaceAll('$', `'${token}'`))
    await expect(vault.life.standingOf(token)).rejects.toThrow('Who is one person with this subject is not as it was noted')
  })

  it('what is noted rests on nothing that was planted: the planted row gone again, nobody is left joined', async () => {
    for (const context of ['case', 'services'] as const) await vault.personOf(context, id('a'))
    const [a, b] = [await vault.personOf('case', id('a')), await vault.personOf('case', id('b'))]
    await as(`insert into vault.persons (token, person) select '${b}', person from vault.persons where token = '${a}'`)
    const inServices = await vault.personOf('services', id('b'))
    await as(`delete from vault.persons where place is null`)
    expect((await vault.life.standingOf(a)).subjects).not.toContain(inServices)
    expect(await vault.persons.walk()).toMatchObject({ ok: true, checked: 2 })
  })

  it('no role takes one away or changes one, the owner with the triggers on included', async () => {
    for (const context of ['case', 'services'] as const) await vault.personOf(context, id('a'))
    for (const sql of ['delete from vault.persons', 'truncate vault.persons', `update vault.persons set person = 'x'`, `update vault.persons set place = 7`, `update vault.persons set proof = 'x'`]) await expect(owner.unsafe(sql)).rejects.toThrow(/is refused/)
  })
})
