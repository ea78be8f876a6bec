/**
 * The same case, every service a process of its own over a real broker, with the log in PostgreSQL, and with the log in
 * KurrentDB (our double of it, or the live server of KURRENTDB_URL): the same events as in one process, ids and clocks aside.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { SERVICES, TOPICS } from '@chorus/contracts'
import type { EventStore } from '@chorus/event-store'
import { repositoryRoot } from '@chorus/platform'
import { KurrentDouble } from '../../libs/event-store/src/testing/kurrentdb-double'
import { wrongOnTheBroker } from '../support/broker-bytes'
import { startChorus } from '../support/chorus'
import { walkIntake } from '../support/intake-scenarios'
import { shapeOfLog } from '../support/log-shape'
import { clearanceTakenBack, firstCallIsOnRecord, firstCallNoArrest, holdAfterClearance, withStore } from '../support/scenarios'
import { startSeparateProcesses } from '../support/separate-processes'
import { SUBJECT, Thread, VICTIM } from '../support/thread'

/** Incident and arrest numbers of the sample file: sealed wherever they are kept. */
const RECORDS = [...new Set(readFileSync(join(repositoryRoot(), 'samples/nibrs/2026-07.txt'), 'latin1').split(/\r?\n/).filter((line) => line.length > 40 && /[0-9]/.test(line[4] ?? '')).map((line) => line.slice(25, 37).trim()).filter((id) => id.length >= 6))]

/** The messages themselves, as the broker has them: all that was recorded arrived, and nothing with it that may not. */
async function messagesTellNothing(prefix: string, store: EventStore, secrets: readonly string[]): Promise<void> {
  const hers = secrets.filter((secret) => secret !== '$sealed')
  const { wrong, read } = await wrongOnTheBroker(prefix, store, { plain: [...Object.values(SUBJECT), ...Object.values(VICTIM), ...RECORDS, 'SAMPLE-HOLD-1'], hers })
  expect(RECORDS.length).toBeGreaterThan(50)
  expect(wrong).toEqual([])
  // These scenarios leave it to the clock whether governance has something to say: thirty days after the arrest of a sample.
  const told = (names: readonly string[]): string[] => names.filter((name) => name !== 'governance.records.v1').sort()
  expect(told(Object.keys(read))).toEqual(told(TOPICS.map(({ name }) => name)))
}

describe('one case, in separate processes', () => {
  let embedded: string[]
  let intake: string[]
  beforeAll(async () => {
    const one = await startChorus({ env: { KAFKA_BROKERS: '' } })
    try {
      const thread = new Thread({ addressOf: () => one.address, bearer: one.bearer })
      await firstCallNoArrest(thread)
      await holdAfterClearance(thread, one.appUrl)
      await clearanceTakenBack(thread, one.appUrl)
      embedded = await withStore(one.appUrl, shapeOfLog)
      intake = await walkIntake(thread, { url: one.appUrl })
    } finally { await one.close() }
  }, 300_000)

  it.each(['PostgreSQL', 'KurrentDB'])('scenarios 1 and 3 with the log in %s, in PostgreSQL then 2, 6, 8, 10 and 14, and the log says what it says in one process', async (kind) => {
    const double = kind === 'KurrentDB' && process.env.KURRENTDB_URL === undefined ? await KurrentDouble.start() : undefined
    const logUrl = kind === 'KurrentDB' ? process.env.KURRENTDB_URL ?? double!.url : undefined
    const processes = await startSeparateProcesses(process.env.KAFKA_BROKERS!, SERVICES, logUrl === undefined ? {} : { CHORUS_LOG_URL: logUrl })
    try {
      const thread = new Thread(processes)
      const walked = await firstCallNoArrest(thread)
      const secrets = await firstCallIsOnRecord(thread, processes.appUrl, walked, logUrl)
      await holdAfterClearance(thread, processes.appUrl, logUrl)
      await clearanceTakenBack(thread, processes.appUrl, logUrl)
      expect(await withStore(processes.appUrl, shapeOfLog, logUrl)).toEqual(embedded)
      await withStore(processes.appUrl, (store) => messagesTellNothing(processes.prefix, store, secrets), logUrl)
      // The same processes go on: scenarios 14, 8, 6, 2 and 10.
      if (logUrl === undefined) expect(await walkIntake(thread, { url: processes.appUrl })).toEqual(intake)
    } finally { await processes.close(); double?.stop() }
  }, 300_000)
})
