/** The same dead letters, the services and the consumer each a process of its own over a real broker. */
import { compose, readSettingsWithBus, type ReadySettings } from '@chorus/composition'
import { captureLogs } from '../support/chorus'
import { describeDeadLetters } from '../support/dead-letters'
import { startSeparateProcesses } from '../support/separate-processes'

describeDeadLetters('in separate processes', async () => {
  const processes = await startSeparateProcesses(process.env.KAFKA_BROKERS!, ['intake', 'relay', 'operations'])
  const settings = readSettingsWithBus({ CHORUS_DATA: processes.data, CHORUS_PORT: '0', DATABASE_URL: processes.appUrl, KAFKA_BROKERS: process.env.KAFKA_BROKERS!, KAFKA_PREFIX: processes.prefix }, processes.data, 'chorus-sample') as ReadySettings
  // nothing but the ports: the consumer is all that it does
  const start = () => compose({ settings, modules: [], client: 'chorus-sample', logTo: captureLogs().stream })
  let own = await start()
  return {
    app: () => own.app, address: () => own.address, intake: processes.addressOf('intake'), env: () => ({ CHORUS_URL_OPERATIONS: processes.addressOf('operations'), CHORUS_DATA: processes.data }), bearer: processes.bearer,
    again: async () => { await own.close(); own = await start() }, close: async () => { await own.close(); await processes.close() },
  }
})
