import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { forRole, pending, readMigrations } from './migrate'

const file = (name: string, hash = 'h') => ({ name, hash, sql: 'select 1' })

describe('pending migrations', () => {
  it('are those that the database has not run, in order', () => {
    expect(pending([file('0001-a.sql'), file('0002-b.sql')], new Map([['0001-a.sql', 'h']]))).toEqual([file('0002-b.sql')])
  })

  it('are refused when a file that was run has changed', () => {
    expect(() => pending([file('0001-a.sql', 'new')], new Map([['0001-a.sql', 'old']]))).toThrow(/0001-a\.sql was changed.*new migration/)
  })

  it('are refused when the database knows a file that this build has not', () => {
    expect(() => pending([], new Map([['0009-z.sql', 'h']]))).toThrow(/newer Chorus \(0009-z\.sql/)
  })
})

describe('the migrations folder', () => {
  let folder: string
  beforeEach(async () => { folder = await mkdtemp(join(tmpdir(), 'chorus-migrations-')) })
  afterEach(() => rm(folder, { recursive: true, force: true }))

  it('is read in the order of its numbers', async () => {
    await writeFile(join(folder, '0010-vault.sql'), 'b')
    await writeFile(join(folder, '0001-log.sql'), 'a')
    expect((await readMigrations(folder)).map((m) => m.name)).toEqual(['0001-log.sql', '0010-vault.sql'])
  })

  it.each([['Log.sql', /NNNN-name\.sql/], ['0001-other.sql', /same number/]])('refuses %s', async (name, message) => {
    await writeFile(join(folder, '0001-log.sql'), 'a')
    await writeFile(join(folder, name), 'b')
    await expect(readMigrations(folder)).rejects.toThrow(message)
  })
})

it('quotes the application role, so that no name can end the statement', () => {
  expect(forRole('grant select on t to {{app}}', 'a"b$&')).toBe('grant select on t to "a""b$&"')
})
