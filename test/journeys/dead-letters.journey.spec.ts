/** Dead letters in one process, the log itself the bus. */
import { startChorus } from '../support/chorus'
import { describeDeadLetters } from '../support/dead-letters'

describeDeadLetters('in one process', async () => {
  let chorus = await startChorus()
  return {
    app: () => chorus.app, address: () => chorus.address, intake: chorus.address, env: () => ({ CHORUS_URL: chorus.address, CHORUS_DATA: chorus.data }), bearer: chorus.bearer,
    again: async () => { chorus = await chorus.again() }, close: () => chorus.close(),
  }
})
