/** The same case, every service a process of its own over a real broker: the same events, ids and clocks aside. */
import { startChorus } from '../support/chorus'
import { shapeOfLog } from '../support/log-shape'
import { clearanceTakenBack, firstCallIsOnRecord, firstCallNoArrest, holdAfterClearance, withStore } from '../support/scenarios'
import { startSeparateProcesses, type SeparateProcesses } from '../support/separate-processes'
import { Thread } from '../support/thread'

describe('one case, in separate processes', () => {
  let processes: SeparateProcesses
  beforeAll(async () => { processes = await startSeparateProcesses(process.env.KAFKA_BROKERS!) }, 180_000)
  afterAll(async () => { await processes?.close() }, 60_000)

  it('scenarios 1 and 3, and the log says what it says in one process', async () => {
    const thread = new Thread(processes)
    const walked = await firstCallNoArrest(thread)
    await firstCallIsOnRecord(thread, processes.appUrl, walked)
    await holdAfterClearance(thread, processes.appUrl)
    await clearanceTakenBack(thread, processes.appUrl)
    const separate = await withStore(processes.appUrl, shapeOfLog)

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
