/** One case through all four services in one process: scenario 1; its log is then led to KurrentDB, and there it goes on with scenario 3. */
import { copyLog, copyToKurrent, PostgresStore } from '@chorus/event-store'
import { KurrentDouble } from '../../libs/event-store/src/testing/kurrentdb-double'
import { startChorus, type TestChorus } from '../support/chorus'
import { clearanceTakenBack, firstCallIsOnRecord, firstCallNoArrest, holdAfterClearance } from '../support/scenarios'
import { Thread } from '../support/thread'

describe('one case, in one process', () => {
  let chorus: TestChorus
  let thread: Thread
  let double: KurrentDouble | undefined
  const env: Record<string, string> = {}
  beforeAll(async () => { chorus = await startChorus({ env }); thread = new Thread({ addressOf: () => chorus.address, bearer: chorus.bearer }) })
  afterAll(async () => { await chorus.close(); double?.stop() })

  it('scenario 1: first call, no arrest', async () => {
    const walked = await firstCallNoArrest(thread)
    expect(walked.notificationId).not.toBe(walked.caseId)
    await firstCallIsOnRecord(thread, chorus.appUrl, walked)
  })

  it('a clearance is taken back when he leaves custody, and by a further incident', async () => { await expect(clearanceTakenBack(thread, chorus.appUrl)).resolves.toBeUndefined() })

  it('moved to KurrentDB by a copy of its log it goes on where it was: scenario 3, a hold after the clearance', async () => {
    double = await KurrentDouble.start()
    await chorus.app.close()
    const [source, target] = [await PostgresStore.open({ url: chorus.appUrl }), copyToKurrent(double.url)]
    const { through } = await copyLog(source, target)
    await Promise.all([source.close(), target.close()])
    env.CHORUS_LOG_URL = double.url
    chorus = await chorus.again()
    await expect(holdAfterClearance(thread, chorus.appUrl, double.url)).resolves.toBeUndefined()
    const { body } = await thread.get<{ ordinal: number }>('operator', 'log/head')
    expect(body.ordinal).toBeGreaterThan(through)
    // nothing more was recorded where the log was before
    const before = await PostgresStore.open({ url: chorus.appUrl })
    expect((await before.head()).ordinal).toBe(through)
    await before.close()
  })
})
