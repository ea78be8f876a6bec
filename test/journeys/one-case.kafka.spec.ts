/**
 * The same case, every service a process of its own over a real broker, with the log in PostgreSQL, and with the log in
 * KurrentDB (our double of it, or the live server of KURRENTDB_URL): the same events as in one process, ids and clocks aside.
 */
import { SERVICES, TOPICS } from '@chorus/contracts'
import { readKafkaSettings } from '@chorus/event-bus'
import { readUntil } from '../../libs/event-bus/src/kafka/testing/on-the-broker'
import { KurrentDouble } from '../../libs/event-store/src/testing/kurrentdb-double'
import { startChorus } from '../support/chorus'
import { walkIntake } from '../support/intake-scenarios'
import { shapeOfLog } from '../support/log-shape'
import { clearanceTakenBack, firstCallIsOnRecord, firstCallNoArrest, holdAfterClearance, withStore } from '../support/scenarios'
import { startSeparateProcesses } from '../support/separate-processes'
import { Thread } from '../support/thread'

/** Topics that are read beyond justice and the safety context: `operations` has no business in either. */
const SHARED = TOPICS.filter(({ readers }) => readers.includes('operations'))

/** The messages themselves, as the broker has them: every event of the shared topics arrived, and no value or token of the victim with it. */
async function messagesTellNothing(prefix: string, { secrets, shared }: Awaited<ReturnType<typeof firstCallIsOnRecord>>): Promise<void> {
  const settings = readKafkaSettings({ ...process.env, KAFKA_PREFIX: prefix }, 'chorus-test')!
  const carried = new Set([...shared.values()])
  let read = 0
  for (const { name, categories } of SHARED.filter((topic) => topic.categories.some((category) => carried.has(category)))) {
    const missing = new Set([...shared].filter(([, category]) => categories.includes(category)).map(([id]) => id))
    const messages = await readUntil(settings, name, (seen) => { missing.delete(seen.at(-1)!.headers.ce_id!); return missing.size === 0 })
    const text = JSON.stringify(messages)
    for (const secret of secrets) expect(text).not.toContain(secret)
    read += messages.length
  }
  expect(read).toBeGreaterThanOrEqual(shared.size)
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
  }, 180_000)

  it.each(['PostgreSQL', 'KurrentDB'])('scenarios 1 and 3 with the log in %s, in PostgreSQL then 2, 6, 8, 10 and 14, and the log says what it says in one process', async (kind) => {
    const double = kind === 'KurrentDB' && process.env.KURRENTDB_URL === undefined ? await KurrentDouble.start() : undefined
    const logUrl = kind === 'KurrentDB' ? process.env.KURRENTDB_URL ?? double!.url : undefined
    const processes = await startSeparateProcesses(process.env.KAFKA_BROKERS!, SERVICES, logUrl === undefined ? {} : { CHORUS_LOG_URL: logUrl })
    try {
      const thread = new Thread(processes)
      const walked = await firstCallNoArrest(thread)
      await messagesTellNothing(processes.prefix, await firstCallIsOnRecord(thread, processes.appUrl, walked, logUrl))
      await holdAfterClearance(thread, processes.appUrl, logUrl)
      await clearanceTakenBack(thread, processes.appUrl, logUrl)
      expect(await withStore(processes.appUrl, shapeOfLog, logUrl)).toEqual(embedded)
      // The same processes go on: scenarios 14, 8, 6, 2 and 10.
      if (logUrl === undefined) expect(await walkIntake(thread, { url: processes.appUrl })).toEqual(intake)
    } finally { await processes.close(); double?.stop() }
  }, 300_000)
})
