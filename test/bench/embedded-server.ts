/** The embedded form that `npm run bench -- import` and `-- end-to-end` measure: a process of its own, so that its memory and its time are its own. */
import { postgres } from '@chorus/postgres'
import { startChorus } from '../support/chorus'
import { peakRssMb } from './table'

const starting = startChorus({ env: { CHORUS_LOG_LEVEL: 'error', KAFKA_BROKERS: '' } })
process.on('message', (ask: string) => {
  void starting.then(async chorus => {
    if (ask === 'ready') process.send!({ address: chorus.address, bearer: await chorus.bearer('intakeAnalyst'), data: chorus.data, appUrl: chorus.appUrl })
    if (ask === 'memory') {
      const sql = postgres(chorus.appUrl, { max: 1 })
      const [row] = await sql<{ bytes: number }[]>`select avg(octet_length(text))::int as bytes from log.events where category in ('incident', 'arrest')`
      await sql.end()
      process.send!({ peakRssMb: peakRssMb(), eventBytes: row!.bytes })
    }
    if (ask === 'stop') { await chorus.close(); process.exit(0) }
  }).catch((error: unknown) => { console.error(error); process.exit(1) })
})
