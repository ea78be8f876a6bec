import { appendFileSync, cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { randomBytes } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { postgres } from '@chorus/postgres'
import { CONTEXTS } from '@chorus/contracts'
import { startSoftHsm, type TestKeyService } from '../../../test/support/softhsm'
import { freshDatabase, type FreshDatabase } from '../../../test/support/database'
import { addDestroyed, joinDestroyed, readDestroyed } from './destroyed-list'
import { FileVault } from './file-vault'
import { contextFile, readContext, UNSEALED, type FileSeal } from './key-folder'
import type { SubjectKey } from './port'
import { encrypt } from './seal'

const AT = '2026-07-02T20:10:00.000Z'
const ORDER = '018f0000-0000-7000-8000-00000000000a'

describe.each(['files', 'a key service'] as const)('the life of a key, the key store being %s', (store) => {
  let hsm: TestKeyService | undefined
  let seal: FileSeal = UNSEALED
  let database: FreshDatabase
  let owner: postgres.Sql
  let root: string
  let one: FileVault
  let other: FileVault
  const folder = (name = 'keys'): string => join(root, name)
  const open: FileVault[] = []
  const vault = async (over: Partial<Parameters<typeof FileVault.open>[0]> = {}): Promise<FileVault> => {
    const opened = await FileVault.open({ keysFolder: folder(), databaseUrl: database.appUrl, mode: 'demonstration', seal, ...over })
    open.push(opened)
    return opened
  }
  const keyOf = async (in_: FileVault, subject: string): Promise<SubjectKey> => (await in_.keysFor('case', [subject])).get(subject) as SubjectKey
  const standing = async (keyId: string): Promise<{ state: string; wrapped: string | null }> => { const [row] = await owner<{ state: string; wrapped: string | null }[]>`select state, wrapped from vault.data_keys where key_id = ${keyId}`; return { ...row! } }
  const bytes = async (from: FileVault, { keyId }: SubjectKey): Promise<string> => { const key = (await from.openKeys([keyId])).get(keyId)!; return key === 'erased' ? key : Buffer.from(key).toString('hex') }

  beforeAll(async () => {
    if (store === 'a key service') { hsm = await startSoftHsm(); seal = hsm.seal }
    database = await freshDatabase()
    root = mkdtempSync(join(tmpdir(), 'chorus-life-'))
    owner = postgres(database.ownerUrl, { max: 1, onnotice: () => undefined })
    one = await vault()
    other = await vault()
  })
  afterAll(async () => {
    await Promise.all(open.map(each => each.close()))
    await owner.end()
    await database.drop()
    rmSync(root, { recursive: true, force: true })
    hsm?.remove()
  })

  it('destroyed, it is erased for everybody, a process that held it in memory included; every other key stays what it was', async () => {
    const [lost, kept] = [await keyOf(one, 'per_lost'), await keyOf(one, 'per_kept')]
    expect([await bytes(other, lost), await bytes(other, kept)]).toEqual([lost, kept].map(({ key }) => Buffer.from(key).toString('hex')))
    const { wrapped } = await standing(lost.keyId)
    const [before] = (await readContext(folder(), 'case', 'demonstration', seal)).trees
    expect(before!.keyFor(lost.keyId)).toBeDefined()

    expect(await one.life.destroy(['per_lost'], ORDER, AT)).toEqual([{ keyId: lost.keyId, context: 'case', subject: 'per_lost', order: ORDER, at: AT }])

    for (const each of [one, other, await vault()]) {
      expect(await bytes(each, lost)).toBe('erased')
      expect((await each.openKeys([lost.keyId], true)).get(lost.keyId)).toBe('erased')
      for (const context of CONTEXTS) expect((await each.keysFor(context, ['per_lost'])).get('per_lost')).toBe('erased')
      expect(await each.erased('case', ['per_lost', 'per_kept'])).toEqual(new Set(['per_lost']))
      expect(await bytes(each, kept)).toBe(Buffer.from(kept.key).toString('hex'))
    }
    // What the write-ahead log may still hold, with the folder as it is now, opens nothing.
    expect(wrapped).not.toBeNull()
    expect(await standing(lost.keyId)).toEqual({ state: 'destroyed', wrapped: null })
    const [after] = (await readContext(folder(), 'case', 'demonstration', seal)).trees
    expect(after!.keyFor(lost.keyId)).toBeUndefined()
    expect(after!.keyFor(kept.keyId)).toEqual(before!.keyFor(kept.keyId))
    expect(readdirSync(folder()).filter(name => name.endsWith('.new'))).toEqual([])
    expect((await one.life.standingOf('per_lost')).keys).toEqual([{ keyId: lost.keyId, context: 'case', subject: 'per_lost', state: 'destroyed' }])
  })

  it('destroyed twice keeps its first order; its event is told once', async () => {
    const key = await keyOf(one, 'per_twice')
    await one.life.destroy(['per_twice'], ORDER, AT)
    expect(await other.life.destroy(['per_twice'], 'another', '2026-08-01T00:00:00.000Z')).toEqual([expect.objectContaining({ keyId: key.keyId, order: ORDER, at: AT })])
    expect((await one.life.untold()).map(each => each.keyId)).toContain(key.keyId)
    await one.life.told([key.keyId])
    expect((await other.life.untold()).map(each => each.keyId)).not.toContain(key.keyId)
  })

  it('whoever was erased is nobody new, in whatever context the identifier comes again', async () => {
    const id = [{ system: 'sample-records', id: 'E-1' }]
    const [inCase, inSafety] = [await one.personOf('case', id), await one.personOf('safety', id)]
    const stranger = await one.personOf('case', [{ system: 'sample-records', id: 'E-2' }])
    const { subjects } = await one.life.standingOf(inCase)
    expect([...subjects].sort()).toEqual([inCase, inSafety].sort())
    await one.life.destroy(subjects, ORDER, AT)
    for (const context of ['case', 'safety', 'services'] as const) expect(await other.personOf(context, id)).toBe('erased')
    expect(await other.tokenFor('case', 'sample-records', 'E-1')).toBe('erased')
    for (const context of ['case', 'services'] as const) {
      expect((await other.knownTokens(context, 'sample-records', ['E-1', 'E-9'])).get('E-1')).toBe('erased')
      expect((await other.tokensFor(context, 'sample-records', ['E-0', 'E-1', 'E-2'])).get('E-1')).toBe('erased')
    }
    expect((await other.life.standingOf(stranger)).subjects).toContain((await other.tokensFor('services', 'sample-records', ['E-2'])).get('E-2'))
    expect(await other.personOf('case', [{ system: 'sample-records', id: 'E-2' }])).toBe(stranger)
    await expect(owner`update vault.links set token = 'per_other' where token is null`).rejects.toThrow('never led to somebody else')
  })

  it('cut short anywhere, it is erased from the first moment and goes on at the next start', async () => {
    for (const at of ['list', 'folder'] as const) {
      const failing: FileSeal = { seal: async () => { throw new Error('the power went') }, open: (name, text) => seal.open(name, text) }
      const dying = await vault(at === 'folder' ? { seal: failing } : {})
      const key = await keyOf(dying, `per_cut_${at}`)
      if (at === 'folder') await expect(dying.life.destroy([`per_cut_${at}`], ORDER, AT)).rejects.toThrow('the power went')
      else addDestroyed(folder(), [{ keyId: key.keyId, context: 'case', subject: 'per_cut_list', order: ORDER, at: AT }])
      expect((await standing(key.keyId)).state).toBe(at === 'folder' ? 'destroying' : 'active')
      if (at === 'folder') expect(await bytes(other, key)).toBe('erased')
      const next = await vault()
      expect(await standing(key.keyId)).toEqual({ state: 'destroyed', wrapped: null })
      expect((await next.life.untold()).map(each => each.keyId)).toContain(key.keyId)
      expect(readDestroyed(folder()).map(each => each.keyId)).toContain(key.keyId)
      expect((await readContext(folder(), 'case', 'demonstration', seal)).trees[0]!.keyFor(key.keyId)).toBeUndefined()
      expect(await bytes(other, key)).toBe('erased')
    }
  })

  it('PostgreSQL fails after the list: it is tried once more, and what is left is done before anything is said of its subject, or at the next destruction', async () => {
    await owner.unsafe(`create sequence public.failures; grant usage on sequence public.failures to public;
      create function public.fail() returns trigger language plpgsql as $$ begin if nextval('public.failures') <= 1 then raise exception 'the disk is full'; end if; return null; end $$;
      create trigger fails before insert on vault.destroyed for each statement execute function public.fail()`).simple()
    const times = (n: number) => owner.unsafe(`alter sequence public.failures minvalue -9 restart with ${2 - n}`)
    try {
      const once = await keyOf(one, 'per_fails_once')
      await times(1)
      expect(await one.life.destroy(['per_fails_once'], ORDER, AT)).toHaveLength(1)
      expect((await standing(once.keyId)).state).toBe('destroyed')
      for (const by of ['look', 'destruction'] as const) {
        const key = await keyOf(one, `per_fails_${by}`)
        await times(2)
        await expect(one.life.destroy([`per_fails_${by}`], ORDER, AT)).rejects.toThrow('the disk is full')
        expect((await standing(key.keyId)).state).toBe('active')
        if (by === 'look') expect((await other.life.standingOf(`per_fails_${by}`)).keys).toEqual([{ keyId: key.keyId, context: 'case', subject: `per_fails_${by}`, state: 'destroyed' }])
        else await other.life.destroy(['per_fails_besides'], ORDER, AT)
        expect((await standing(key.keyId)).state).toBe('destroyed')
        expect(await bytes(one, key)).toBe('erased')
        expect((await one.life.untold()).map(each => each.keyId)).toContain(key.keyId)
      }
    } finally { await owner.unsafe('drop trigger fails on vault.destroyed; drop function public.fail(); drop sequence public.failures').simple() }
  })

  it.each(['alone', 'with the row of an order beside it'])('marked in the database by nobody\'s order, %s, it is not destroyed: it reads as erased, verification says so, and put back it opens', async (how) => {
    const key = await keyOf(one, `per_marked ${how}`)
    const { wrapped } = await standing(key.keyId)
    await owner`update vault.data_keys set state = 'destroying' where key_id = ${key.keyId}`
    if (how !== 'alone') await owner`insert into vault.destroyed (key_id, command, at) values (${key.keyId}, ${ORDER}, ${AT})`
    // neither a start nor the destruction of somebody else takes it along, and no event says that it was destroyed
    const next = await vault()
    await next.life.destroy([`per_besides ${how}`], ORDER, AT)
    expect((await next.life.untold()).map(each => each.keyId)).not.toContain(key.keyId)
    expect((await next.openKeys([key.keyId])).get(key.keyId)).toBe('erased')
    await expect(next.openKeys([key.keyId], true)).rejects.toThrow(`key ${key.keyId} is said to be in destruction, and the list of destructions in the key folder does not know it`)
    expect(await standing(key.keyId)).toEqual({ state: 'destroying', wrapped })
    await owner.unsafe(`alter table vault.data_keys disable trigger user; update vault.data_keys set state = 'active' where key_id = '${key.keyId}'; alter table vault.data_keys enable always trigger data_keys_are_kept; alter table vault.data_keys enable always trigger data_keys_never_return`).simple()
    expect(await bytes(await vault(), key)).toBe(Buffer.from(key.key).toString('hex'))
  })

  it('a backup from before it, keys and database, is brought up to the list before anything opens', async () => {
    const restored = await freshDatabase()
    const to = postgres(restored.ownerUrl, { max: 1, onnotice: () => undefined })
    try {
      const id = [{ system: 'sample-records', id: 'R-1' }]
      const token = await one.personOf('case', id)
      const key = await keyOf(one, token)
      const kept = await keyOf(one, 'per_kept')
      cpSync(folder(), folder('restored'), { recursive: true })
      for (const table of ['folder', 'context_keys', 'data_keys', 'links', 'persons']) {
        const rows = await owner.unsafe(`select * from vault.${table}`)
        if (rows.length > 0) await to`insert into vault.${to.unsafe(table)} ${to([...rows])}`
      }
      await one.life.destroy([token], ORDER, AT)
      await keyOf(one, 'per_after_the_backup')
      await one.life.destroy(['per_after_the_backup', 'incident-without-a-key'], ORDER, AT)
      // known since the backup alone; one of them comes again before the newest list is there
      const since = [[{ system: 'sample-records', id: 'R-2' }], [{ system: 'sample-records', id: 'R-3' }]] as const
      for (const person of since) await one.life.destroy((await one.life.standingOf(await one.personOf('case', person))).subjects, ORDER, AT)
      const tombstone = readDestroyed(folder()).find(({ context, subject }) => context === 'incident' && subject === 'incident-without-a-key')!
      // started once before the newest list is there, it makes a key anew for whom it does not know to be destroyed
      const early = await vault({ keysFolder: folder('restored'), databaseUrl: restored.appUrl })
      const anew = await keyOf(early, 'per_after_the_backup')
      expect(await early.personOf('case', since[1])).toMatch(/^per_/)
      await early.close()

      joinDestroyed(folder('restored'), folder())
      const again = await vault({ keysFolder: folder('restored'), databaseUrl: restored.appUrl })
      expect(await bytes(again, key)).toBe('erased')
      for (const person of [id, ...since]) for (const context of ['case', 'safety'] as const) expect([person, await again.personOf(context, person)]).toEqual([person, 'erased'])
      expect(await bytes(again, kept)).toBe(Buffer.from(kept.key).toString('hex'))
      expect((await again.openKeys([key.keyId, anew.keyId], true))).toEqual(new Map([[key.keyId, 'erased'], [anew.keyId, 'erased']]))
      expect((await again.life.untold()).map(each => each.keyId)).toEqual(expect.arrayContaining([key.keyId, anew.keyId]))
      expect((await to`select state, wrapped from vault.data_keys where key_id = ${anew.keyId}`)[0]).toEqual({ state: 'destroyed', wrapped: null })
      // in every context, a key there or not, and no leaf is taken from the tree for what never had one
      for (const context of CONTEXTS) {
        for (const subject of [token, 'per_after_the_backup', 'incident-without-a-key']) {
          expect(await again.erased(context, [subject])).toEqual(new Set([subject]))
          expect((await again.keysFor(context, [subject])).get(subject)).toBe('erased')
        }
      }
      expect((await readContext(folder('restored'), 'incident', 'demonstration', seal)).trees[0]!.keyFor(tombstone.keyId)).toBeDefined()
      expect((await readContext(folder('restored'), 'case', 'demonstration', seal)).trees[0]!.keyFor(key.keyId)).toBeUndefined()
      await again.close()
    } finally {
      await to.end()
      await restored.drop()
    }
  })

  it('a list with a line cut off at its end loses nothing; one that is damaged is refused', async () => {
    const list = join(folder(), 'vault-destroyed.jsonl')
    const whole = readFileSync(list, 'utf8')
    const known = readDestroyed(folder())
    appendFileSync(list, '{"keyId":"dek_cu')
    expect(readDestroyed(folder())).toEqual(known)
    writeFileSync(list, whole.replace('"keyId"', '"keyld"'))
    await expect(vault()).rejects.toThrow(/vault-destroyed.jsonl, line 1, is damaged/)
    writeFileSync(list, whole)
  })

  it('a context key is replaced while two processes make and open keys: all open, and the old one is gone', async () => {
    const before = (await readContext(folder(), 'case', 'demonstration', seal)).trees[0]!.id
    const old = await Promise.all(Array.from({ length: 40 }, (_, n) => keyOf(n % 2 ? one : other, `per_old_${n}`)))
    const made: Promise<SubjectKey>[] = []
    let going = true
    const busy = (async () => { for (let n = 0; going; n++) { made.push(keyOf(n % 2 ? one : other, `per_new_${n}`)); await made.at(-1) } })()
    const seen: number[] = []
    const [rotated] = await Promise.all([one.life.rotate('case', (done) => seen.push(done)), other.life.rotate('incident', () => undefined)])
    going = false
    await busy
    expect(rotated).toMatchObject({ context: 'case', from: [before], complete: true })
    expect(seen.at(-1)).toBeGreaterThanOrEqual(40)
    const now = await readContext(folder(), 'case', 'demonstration', seal)
    expect(now.trees.map(tree => tree.id)).toEqual([rotated.to])
    expect(await owner`select count(*)::int as left from vault.data_keys where context = 'case' and kek <> ${rotated.to} and kek <> 'none' and state = 'active'`).toEqual([{ left: 0 }])
    const fresh = await vault()
    for (const key of [...old, ...await Promise.all(made)]) expect(await bytes(fresh, key)).toBe(Buffer.from(key.key).toString('hex'))
    expect(await bytes(other, await keyOf(one, 'per_after'))).toBe(Buffer.from((await keyOf(other, 'per_after')).key).toString('hex'))
  })

  it('a replacement that was stopped is finished by the next, and what was destroyed meanwhile stays so', async () => {
    const [key, kept] = [await keyOf(one, 'per_between'), await keyOf(one, 'per_kept')]
    const stop = new AbortController()
    stop.abort()
    const stopped = await one.life.rotate('case', () => undefined, stop.signal)
    expect(stopped.complete).toBe(false)
    await one.life.destroy(['per_between'], ORDER, AT)
    expect(await other.life.rotate('case', () => undefined)).toMatchObject({ from: stopped.from, to: stopped.to, complete: true })
    expect(await bytes(one, key)).toBe('erased')
    expect(await bytes(other, kept)).toBe(Buffer.from(kept.key).toString('hex'))
  })
})

describe('a key folder of the first format', () => {
  it('opens what it wrapped, and loses single keys as any other', async () => {
    const database = await freshDatabase()
    const root = mkdtempSync(join(tmpdir(), 'chorus-first-'))
    const owner = postgres(database.ownerUrl, { max: 1, onnotice: () => undefined })
    const made = await FileVault.open({ keysFolder: root, databaseUrl: database.appUrl, mode: 'demonstration' })
    await made.close()
    try {
      const flat = { format: 1, id: 'kek_first', mode: 'demonstration', key: randomBytes(32).toString('base64url') }
      writeFileSync(join(root, contextFile('case')), JSON.stringify(flat))
      await owner`update vault.context_keys set kek = 'kek_first' where context = 'case'`
      const keys = ['per_a', 'per_b'].map(subject => {
        const [keyId, key] = [`dek_${subject}`, randomBytes(32)]
        const { nonce, cipher } = encrypt(key, Buffer.from(flat.key, 'base64url'), Buffer.from(`wrap|${keyId}|case|${subject}`))
        return { keyId, key, subject, wrapped: Buffer.concat([nonce, cipher]).toString('base64url') }
      })
      for (const { keyId, subject, wrapped } of keys) await owner`insert into vault.data_keys (key_id, context, subject, kek, wrapped) values (${keyId}, 'case', ${subject}, 'kek_first', ${wrapped})`
      const vault = await FileVault.open({ keysFolder: root, databaseUrl: database.appUrl, mode: 'demonstration' })
      expect((await vault.keysFor('case', ['per_a', 'per_new'])).get('per_a')).toEqual({ keyId: 'dek_per_a', key: keys[0]!.key })
      await vault.life.destroy(['per_a'], ORDER, AT)
      const opened = await vault.openKeys(['dek_per_a', 'dek_per_b'])
      expect([opened.get('dek_per_a'), Buffer.from(opened.get('dek_per_b') as Uint8Array)]).toEqual(['erased', keys[1]!.key])
      expect(readFileSync(join(root, contextFile('case')), 'utf8')).not.toContain(flat.key)
      await vault.close()
    } finally {
      await owner.end()
      await database.drop()
      rmSync(root, { recursive: true, force: true })
    }
  })
})
