import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { postgres } from '@chorus/postgres'
import { repositoryRoot } from '../../platform/src/repository-root'
import { freshDatabase, type FreshDatabase } from '../../../test/support/database'
import { startSoftHsm, type TestKeyService } from '../../../test/support/softhsm'
import { FileVault } from './file-vault'
import { contextFile, IDENTITY, readFolder, UNSEALED } from './key-folder'
import { ServiceSeal } from './key-service'
import { moveKeys, sealsIn } from './move-keys'
import { Pkcs11Service } from './pkcs11'
import type { SubjectKey } from './port'

const AT = '2026-07-02T20:10:00.000Z'
const ORDER = '018f0000-0000-7000-8000-00000000000a'

describe('a key service in front of the key folder', () => {
  let hsm: TestKeyService
  let database: FreshDatabase
  let owner: postgres.Sql
  let root: string
  const open: FileVault[] = []
  const keys = (): string => join(root, 'keys')
  const vault = async (over: Partial<Parameters<typeof FileVault.open>[0]> = {}): Promise<FileVault> => {
    const opened = await FileVault.open({ keysFolder: keys(), databaseUrl: database.appUrl, mode: 'demonstration', seal: new ServiceSeal(hsm.service), ...over })
    open.push(opened)
    return opened
  }
  const keyOf = async (of: FileVault, subject: string): Promise<SubjectKey> => (await of.keysFor('case', [subject])).get(subject) as SubjectKey
  const tool = (script: string): string => { const path = join(root, 'tool'); writeFileSync(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 }); return path }
  const calls = (): string[] => { try { return readFileSync(join(root, 'calls'), 'utf8').split('\n').filter(line => line !== '') } catch { return [] } }

  beforeEach(async () => {
    [hsm, database] = await Promise.all([startSoftHsm(), freshDatabase()])
    owner = postgres(database.ownerUrl, { max: 1, onnotice: () => undefined })
    root = mkdtempSync(join(tmpdir(), 'chorus-service-'))
  })
  afterEach(async () => {
    await Promise.all(open.splice(0).map(each => each.close()))
    await owner.end()
    await database.drop()
    rmSync(root, { recursive: true, force: true })
    hsm.remove()
  })

  it('no secret lies in the folder, and without the service, or with the files swapped, nothing opens', async () => {
    const key = await keyOf(await vault(), 'per_a')
    for (const { name } of sealsIn(keys())) expect(Object.keys(JSON.parse(readFileSync(join(keys(), name), 'utf8')) as object)).toEqual(['format', 'sealed', 'wrappingKey', 'dataKey', 'nonce', 'cipher'])
    expect((await (await vault()).openKeys([key.keyId])).get(key.keyId)).toEqual(key.key)
    await expect(vault({ seal: UNSEALED })).rejects.toThrow('set CHORUS_KEY_SERVICE')
    const mine = readFileSync(join(keys(), contextFile('case')))
    writeFileSync(join(keys(), contextFile('case')), readFileSync(join(keys(), contextFile('safety'))))
    await expect(vault()).rejects.toThrow(`${contextFile('case')} is damaged`)
    writeFileSync(join(keys(), contextFile('case')), mine.toString().replace(/"dataKey":"[\w-]{70}/, `"dataKey":"${'A'.repeat(70)}`))
    await expect(vault()).rejects.toThrow(`${contextFile('case')} is damaged`)
    writeFileSync(join(keys(), contextFile('case')), mine)
    hsm.remove()
    hsm = await startSoftHsm()
    await expect(vault()).rejects.toThrow(/wrapping key \w+ is not there. It was removed/)
  })

  it('away, what is in memory goes on, a destruction holds for everybody at once, and ends when it is back', async () => {
    const [one, other] = [await vault(), await vault()]
    const [lost, kept] = [await keyOf(one, 'per_lost'), await keyOf(one, 'per_kept')]
    await other.openKeys([lost.keyId, kept.keyId])
    hsm.unplug()
    await expect(new ServiceSeal(hsm.service).look(1500)).resolves.toEqual({ ok: false, text: expect.stringContaining('does not answer (No slot with token named "city" found)') as string })
    expect(await keyOf(one, 'per_new_meanwhile')).toHaveProperty('key')
    await expect(one.life.destroy(['per_lost'], ORDER, AT)).rejects.toMatchObject({ name: 'KeyServiceAway' })
    for (const each of [one, other]) expect(await each.openKeys([lost.keyId, kept.keyId])).toEqual(new Map<string, unknown>([[lost.keyId, 'erased'], [kept.keyId, kept.key]]))
    await expect(vault()).rejects.toMatchObject({ name: 'KeyServiceAway' })
    hsm.plugIn()
    expect(await one.life.destroy(['per_lost'], ORDER, AT)).toEqual([expect.objectContaining({ keyId: lost.keyId })])
    expect((await readFolder(keys(), 'demonstration', hsm.seal)).contexts.get('case')!.trees[0]!.keyFor(lost.keyId)).toBeUndefined()
    expect((await other.openKeys([kept.keyId])).get(kept.keyId)).toEqual(kept.key)
    await expect(new ServiceSeal(hsm.service).look(1500)).resolves.toMatchObject({ ok: true })
  }, 30_000)

  it('a tool that hangs is ended and tried again; a wrong PIN never is', async () => {
    const passing = new Pkcs11Service(hsm.settings, { timeoutMs: 300, tool: tool(`echo call >> ${root}/calls; [ $(wc -l < ${root}/calls) -gt 1 ] && exec pkcs11-tool "$@"; exec sleep 20`) })
    expect(await passing.keys()).toEqual(await hsm.service.keys())
    expect(calls()).toHaveLength(2)
    const hanging = new Pkcs11Service(hsm.settings, { timeoutMs: 100, pausesMs: [10, 10], tool: tool(`echo call >> ${root}/calls; exec sleep 20`) })
    await expect(hanging.keys()).rejects.toThrow('no answer within 0.1 s')
    expect(calls()).toHaveLength(5)
    const wrong = new Pkcs11Service({ ...hsm.settings, pin: '9999' }, { tool: tool(`echo call >> ${root}/calls; exec pkcs11-tool "$@"`) })
    await expect(wrong.keys()).rejects.toThrow(/PIN is not the token's: correct CHORUS_KEY_SERVICE_PIN/)
    expect(calls()).toHaveLength(6)
    await expect(new Pkcs11Service({ ...hsm.settings, module: '/nowhere.so' }).keys()).rejects.toThrow('the library of module-path cannot be loaded')
    await expect(new Pkcs11Service(hsm.settings, { tool: '/nowhere' }).keys()).rejects.toThrow('sudo apt-get install opensc')
    await expect(new ServiceSeal(new Pkcs11Service({ ...hsm.settings, object: 'other' })).seal('a', 'b')).rejects.toThrow('npx chorus key store new-key')
  })

  it('files go to the service and back while a vault is open; cut short, the same call goes on', async () => {
    const key = await keyOf(await vault({ seal: UNSEALED }), 'per_a')
    const going = await vault()
    const plain = readFileSync(join(keys(), IDENTITY), 'utf8')
    let left = 2
    const dying = new ServiceSeal(hsm.service)
    dying.seal = (name, text) => left-- > 0 ? new ServiceSeal(hsm.service).seal(name, text) : Promise.reject(new Error('the power went'))
    await expect(moveKeys(owner, keys(), dying, 'service')).rejects.toThrow('the power went')
    expect(sealsIn(keys()).filter(({ wrappingKey }) => wrappingKey !== undefined)).toHaveLength(2)
    expect((await (await vault()).openKeys([key.keyId])).get(key.keyId)).toEqual(key.key)
    expect(await moveKeys(owner, keys(), hsm.seal, 'service')).toMatchObject({ left: 0, dropped: [] })
    expect((await moveKeys(owner, keys(), hsm.seal, 'service')).changed).toEqual([])
    expect((await going.openKeys([key.keyId], true)).get(key.keyId)).toEqual(key.key)
    await going.life.destroy(['per_other'], ORDER, AT)
    expect(sealsIn(keys()).filter(({ wrappingKey }) => wrappingKey === undefined)).toEqual([])
    await moveKeys(owner, keys(), hsm.seal, 'files')
    expect(readFileSync(join(keys(), IDENTITY), 'utf8')).toBe(plain)
    expect((await (await vault({ seal: UNSEALED })).openKeys([key.keyId])).get(key.keyId)).toEqual(key.key)
  })

  it('a move killed with -9 at whatever call of the service leaves a folder that opens whole, and the same call goes on, there and back', async () => {
    const key = await keyOf(await vault({ seal: UNSEALED }), 'per_a')
    const plain = readFileSync(join(keys(), IDENTITY), 'utf8')
    const sealedFiles = (): number => sealsIn(keys()).filter(({ wrappingKey }) => wrappingKey !== undefined).length
    const moved = (to: 'service' | 'files', killAt: number): string | null => {
      rmSync(join(root, 'calls'), { force: true })
      const killing = tool(`echo call >> ${root}/calls; [ $(wc -l < ${root}/calls) -ge ${killAt} ] && kill -9 $PPID && exit 1; exec pkcs11-tool "$@"`)
      return spawnSync(process.execPath, ['-r', join(repositoryRoot(), 'test/support/register.js'), join(repositoryRoot(), 'test/support/move-keys-process.ts'), database.ownerUrl, keys(), to, killing, JSON.stringify(hsm.settings)], { cwd: repositoryRoot(), env: process.env }).signal
    }
    const opens = async (): Promise<void> => { expect((await (await vault()).openKeys([key.keyId])).get(key.keyId)).toEqual(key.key) }
    const seen: number[] = []
    for (const [to, killAt] of [['service', 4], ['service', 7], ['files', 3]] as const) {
      if (to === 'files') expect(await moveKeys(owner, keys(), hsm.seal, 'service')).toMatchObject({ left: 0 })
      expect(moved(to, killAt)).toBe('SIGKILL')
      seen.push(sealedFiles())
      await opens()
    }
    // a part of them, each time: neither all nor none
    expect(seen).toEqual([1, 3, 4])
    expect(await moveKeys(owner, keys(), hsm.seal, 'files')).toMatchObject({ left: 0 })
    expect(readFileSync(join(keys(), IDENTITY), 'utf8')).toBe(plain)
    expect((await (await vault({ seal: UNSEALED })).openKeys([key.keyId])).get(key.keyId)).toEqual(key.key)
  }, 60_000)

  it('a new wrapping key takes the place of the old one while a vault is open; without the old one older copies open nothing', async () => {
    const one = await vault()
    const [lost, kept] = [await keyOf(one, 'per_lost'), await keyOf(one, 'per_kept')]
    cpSync(keys(), join(root, 'copy'), { recursive: true })
    await one.life.destroy(['per_lost'], ORDER, AT)
    const older = await hsm.service.keys()
    const newer = await hsm.service.make()
    expect(await moveKeys(owner, keys(), hsm.seal, 'service', true)).toMatchObject({ changed: sealsIn(keys()).map(({ name }) => name), left: 0, dropped: older })
    expect(await hsm.service.keys()).toEqual([newer])
    expect(await (await vault()).openKeys([lost.keyId, kept.keyId])).toEqual(new Map<string, unknown>([[lost.keyId, 'erased'], [kept.keyId, kept.key]]))
    await one.life.rotate('case', () => undefined)
    expect((await one.openKeys([kept.keyId], true)).get(kept.keyId)).toEqual(kept.key)
    await expect(readFolder(join(root, 'copy'), 'demonstration', new ServiceSeal(hsm.service))).rejects.toThrow(/wrapping key \w+ is not there/)
    appendFileSync(join(keys(), contextFile('case')), 'x')
    await expect(vault()).rejects.toThrow('is damaged')
  })
})
