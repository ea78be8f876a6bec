/** Leads the files of the key folder from one kind of seal to another, one by one: cut short, the same call goes on. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { onOwnConnection, type postgres } from '@chorus/postgres'
import { filesIn, removeLeftovers, replaceFile, UNSEALED, VaultRefused, type FileSeal } from './key-folder'
import { FOLDER_LOCK } from './key-life'
import { wrappingKeyOf, type ServiceSeal } from './key-service'

export interface FileStanding { readonly name: string; /** id of the wrapping key; undefined: it is plain */ readonly wrappingKey: string | undefined }
export interface Moved { readonly changed: readonly string[]; readonly left: number; /** older wrapping keys that were taken away */ readonly dropped: readonly string[] }

/** By what each file of the vault is sealed; the service is not asked. */
export const sealsIn = (folder: string): FileStanding[] => filesIn(folder).present.map(name => ({ name, wrappingKey: wrappingKeyOf(readFileSync(join(folder, name), 'utf8')) }))

/**
 * Each file under the newest wrapping key of the service, or plain. Whoever changes the folder waits meanwhile; whoever
 * reads it reads both kinds, as long as it knows the service.
 * @param sql of a role that may take the folder's lock
 * @param dropOlder takes the older wrapping keys away once nothing here is sealed with them: what copies of the folder hold is then lost
 */
export const moveKeys = (sql: postgres.Sql, folder: string, service: ServiceSeal, to: 'service' | 'files', dropOlder = false): Promise<Moved> =>
  onOwnConnection(sql, async (held) => {
    await held`select pg_advisory_lock(${FOLDER_LOCK})`
    try {
      removeLeftovers(folder)
      const { missing } = filesIn(folder)
      if (missing.length > 0) throw new VaultRefused('keys-missing', `${folder} lacks ${missing.join(', ')}: restore the key folder from its backup first`)
      const newest = to === 'service' ? await service.newest() : undefined
      const seal: FileSeal = to === 'service' ? service : UNSEALED
      const changed: string[] = []
      for (const { name, wrappingKey } of sealsIn(folder)) {
        if (wrappingKey === newest) continue
        const text = await service.open(name, readFileSync(join(folder, name), 'utf8').trimEnd())
        const sealed = await seal.seal(name, text)
        if (text === '' || await seal.open(name, sealed) !== text) throw new VaultRefused('keys-unreadable', `${join(folder, name)} does not open, or not again: it stays as it is. Restore it from the backup of the key folder`)
        replaceFile(folder, name, `${sealed}\n`)
        changed.push(name)
      }
      const left = sealsIn(folder).filter(({ wrappingKey }) => wrappingKey !== newest).length
      const older = dropOlder && left === 0 ? (await service.service.keys()).filter(id => id !== newest) : []
      for (const id of older) await service.service.drop(id)
      return { changed, left, dropped: older }
    } finally { await held`select pg_advisory_unlock(${FOLDER_LOCK})`.catch(() => undefined) }
  })
