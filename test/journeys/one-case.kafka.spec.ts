/**
 * The same case, every service a process of its own over a real broker, and the log in KurrentDB (our double of it, or the
 * live server of KURRENTDB_URL): the same events as in one process on PostgreSQL, ids and clocks aside.
 */
import { SERVICES } from '@chorus/contracts'
import { KurrentDouble } from '../../libs/event-store/src/testing/kurrentdb-double'
import { startChorus } from '../support/chorus'
import { shapeOfLog } from '../support/log-shape'
import { clearanceTakenBack, firstCallIsOnRecord, firstCallNoArrest, holdAfterClearance, withStore } from '../support/scenarios'
import { startSeparateProcesses, type SeparateProcesses } from '../support/separate-processes'
import { Thread } from '../support/thread'

describe('one case, in separate processes', () => {
  let processes: SeparateProcesses
  let double: KurrentDouble | undefined
  let logUrl: string
  beforeAll(async () => {
    logUrl = process.env.KURRENTDB_URL ?? (double = await KurrentDouble.start()).url
    processes = await startSeparateProcesses(process.env.KAFKA_BROKERS!, SERVICES, { CHORUS_LOG_URL: logUrl })
  }, 180_000)
  afterAll(async () => { await processes?.close(); double?.stop() }, 60_000)

  it('scenarios 1 and 3, and the log says what it says in one process', async () => {
    const thread = new Thread(processes)
    const walked = await firstCallNoArrest(thread)
    await firstCallIsOnRecord(thread, processes.appUrl, walked, logUrl)
    await holdAfterClearance(thread, processes.appUrl, logUrl)
    await clearanceTakenBack(thread, processes.appUrl, logUrl)
    const separate = await withStore(processes.appUrl, shapeOfLog, logUrl)

    const one = await startChorus({ env: { KAFKA_BROKERS: '' } })
    try {
      const same = new Thread({ addressOf: () => one.address, bearer: one.bearer })
      await firstCallNoArrest(same)
      await holdAfterClearance(same, one.appUrl)
      await clearanceTakenBack(same, one.appUrl)
      expect(await withStore(one.appUrl, shapeOfLog)).toEqual(separate)
    } finally { await one.close() }
  }, 300_000)
})
