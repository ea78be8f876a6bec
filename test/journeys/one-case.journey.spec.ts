/** One case through all four services in one process: scenario 1, then scenario 3. */
import { startChorus, type TestChorus } from '../support/chorus'
import { clearanceTakenBack, firstCallIsOnRecord, firstCallNoArrest, holdAfterClearance } from '../support/scenarios'
import { Thread } from '../support/thread'

describe('one case, in one process', () => {
  let chorus: TestChorus
  let thread: Thread
  beforeAll(async () => { chorus = await startChorus(); thread = new Thread({ addressOf: () => chorus.address, bearer: chorus.bearer }) })
  afterAll(async () => { await chorus.close() })

  it('scenario 1: first call, no arrest', async () => {
    const walked = await firstCallNoArrest(thread)
    expect(walked.notificationId).not.toBe(walked.caseId)
    await firstCallIsOnRecord(thread, chorus.appUrl, walked)
  })

  it('a clearance is taken back when he leaves custody, and by a further incident', async () => { await expect(clearanceTakenBack(thread, chorus.appUrl)).resolves.toBeUndefined() })

  it('scenario 3: a hold after the clearance', async () => { await expect(holdAfterClearance(thread, chorus.appUrl)).resolves.toBeUndefined() })
})
