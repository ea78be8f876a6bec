/** A Chorus whose log is in KurrentDB: what its backup holds, and which sets are refused. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { KurrentStore } from '@chorus/event-store'
import { migrateWithin, tablesOfChorus } from '@chorus/platform'
import { FileVault, sealFor } from '@chorus/privacy'
import { freshDatabase, type FreshDatabase } from '../../../test/support/database'
import { all, event } from '../../event-store/src/testing/builders'
import { KurrentDouble } from '../../event-store/src/testing/kurrentdb-double'
import { readSet, restoreBackup, takeBackup, type Manifest } from './index'

const SEALING = { passphrase: 'only for this test' }

describe('the backup of a Chorus whose log is in KurrentDB', () => {
  let from: FreshDatabase
  let double: KurrentDouble
  let other: KurrentDouble
  let root: string
  let manifest: Manifest
  const emptied: FreshDatabase[] = []
  const restore = async (logUrl: string | undefined, trial = false, place = manifest.kurrentdb!): Promise<Awaited<ReturnType<typeof restoreBackup>>> => {
    const to = await freshDatabase({ migrated: false })
    emptied.push(to)
    const set = await readSet(join(root, 'backup'), join(root, 'sealed'), SEALING)
    return restoreBackup({
      from: join(root, 'backup'), set: { ...set, manifest: { ...manifest, kurrentdb: place } }, ownerUrl: to.ownerUrl, appUrl: to.appUrl,
      keysFolder: join(root, `keys-${emptied.length}`), checkpoints: join(root, `checkpoints-${emptied.length}`), destroyedFrom: [], mode: 'demonstration', seal: sealFor(undefined), logUrl, trial,
      schema: (tx, migrations) => migrateWithin(tx, decodeURIComponent(new URL(to.appUrl).username), migrations),
    })
  }
  const lastKeys = (): string => join(root, `keys-${emptied.length}`)

  beforeAll(async () => {
    ;[from, double, other] = await Promise.all([freshDatabase(), KurrentDouble.start(), KurrentDouble.start()])
    root = mkdtempSync(join(tmpdir(), 'chorus-kurrent-backup-'))
    const vault = await FileVault.open({ keysFolder: join(root, 'keys'), databaseUrl: from.appUrl, mode: 'demonstration' })
    await vault.close()
    const store = await KurrentStore.open({ url: double.url, databaseUrl: from.appUrl })
    for (let i = 0; i < 6; i++) await store.append({ stream: `a-${i}`, expected: 'none', events: [event(`e${i}`)] })
    await store.close()
    manifest = await takeBackup({ ownerUrl: from.ownerUrl, keysFolder: join(root, 'keys'), checkpoints: join(root, 'checkpoints'), tables: tablesOfChorus, to: join(root, 'backup'), keysTo: join(root, 'sealed'), sealing: SEALING, takentime: '2026-07-02T20:10:00.000Z', version: '0' })
  })
  afterAll(async () => {
    double.stop()
    other.stop()
    await Promise.all([from, ...emptied].map((each) => each.drop()))
    rmSync(root, { recursive: true, force: true })
  })

  it('says that the events are not in it, and to where they reach', () => {
    expect(manifest).toMatchObject({ head: { ordinal: 6 }, kurrentdb: { commit: expect.stringMatching(/^\d+$/) as string } })
    expect(manifest.parts.find(({ table }) => table === 'log_index.events')).toMatchObject({ rows: 6 })
    expect(manifest.parts.find(({ table }) => table === 'log.events')).toMatchObject({ rows: 0 })
  })

  it('is restored beside the KurrentDB of the same moment, and verifies', async () => {
    expect(await restore(double.url)).toMatchObject({ log: manifest.log, ordinal: 6 })
    const store = await KurrentStore.open({ url: double.url, databaseUrl: emptied.at(-1)!.appUrl })
    expect((await all(store.readAll())).map(({ ordinal }) => ordinal)).toEqual([1, 2, 3, 4, 5, 6])
    await store.close()
  })

  it('without its KurrentDB, beside an empty one, or another log\'s, it is refused before anything is written', async () => {
    await expect(restore(undefined)).rejects.toThrow('are in a KurrentDB: put that back first')
    await expect(restore(other.url)).rejects.toThrow('holds no log')
    await (await KurrentStore.open({ url: other.url, databaseUrl: (emptied[emptied.push(await freshDatabase()) - 1]!).appUrl })).close()
    await expect(restore(double.url, false, { commit: '999999999', prepare: '999999999' })).rejects.toThrow('is older than this backup')
    await expect(restore(other.url)).rejects.toThrow('they do not belong together')
    expect(existsSync(lastKeys())).toBe(false)
  })

  it('beside a newer KurrentDB it is refused; a drill is not, which is taken away again', async () => {
    const store = await KurrentStore.open({ url: double.url, databaseUrl: from.appUrl })
    await store.append({ stream: 'a-9', expected: 'none', events: [event('late')] })
    await store.close()
    await expect(restore(double.url)).rejects.toThrow('is newer than this backup: 1 events stand behind ordinal 6')
    expect(existsSync(lastKeys())).toBe(false)
    expect(await restore(double.url, true)).toMatchObject({ ordinal: 6 })
  })
})
