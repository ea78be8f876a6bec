/** One service by itself in this process, on a database and a data folder of its own: what an app's integration tests talk to. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { INestApplication } from '@nestjs/common'
import { compose } from '@chorus/composition'
import type { EventStore, Recorder } from '@chorus/event-store'
import { DATABASE, demonstrationKey, readSettings, RECORDER, STORE, systemClock, type Clock } from '@chorus/platform'
import type { Sql } from 'postgres'
import { captureLogs, Everything, type CapturedLogs } from './chorus'
import { freshDatabase } from './database'
import { allDescribed, describedAnswers } from './described'

export interface ServiceUnderTest {
  readonly app: INestApplication
  readonly address: string
  /** data folder: tokens are issued by the key in it */
  readonly data: string
  readonly appUrl: string
  readonly log: Recorder
  readonly store: EventStore
  readonly database: Sql
  readonly logs: CapturedLogs
  close(): Promise<void>
}

/** @param service its name; @param modules its own, and those whose answers it is tested by */
export const startService = async (service: string, modules: Parameters<typeof compose>[0]['modules'], clock: Clock = systemClock): Promise<ServiceUnderTest> => {
  const db = await freshDatabase()
  const data = mkdtempSync(join(tmpdir(), `chorus-${service}-`))
  chmodSync(data, 0o711)
  const clear = async (): Promise<void> => { await db.drop(); rmSync(data, { recursive: true, force: true }) }
  try {
    await demonstrationKey(data)
    const settings = Object.assign(readSettings({ CHORUS_DATA: data, CHORUS_PORT: '0', DATABASE_URL: db.appUrl }, data), { databaseUrl: db.appUrl })
    const logs = captureLogs()
    const composed = await compose({ settings, modules: [...modules, Everything], client: `chorus-${service}`, clock, logTo: logs.stream })
    const described = describedAnswers(composed.app)
    const port = <T>(name: symbol): T => composed.app.get<T>(name, { strict: false })
    return {
      app: composed.app, address: composed.address, data, appUrl: db.appUrl, logs, log: port(RECORDER), store: port(STORE), database: port(DATABASE),
      close: async () => { await composed.close(); await clear(); allDescribed(described) },
    }
  } catch (error) {
    await clear()
    throw error
  }
}
