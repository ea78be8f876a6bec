/** The embedded form that `npm run bench -- import` and `-- end-to-end` measure: a process of its own, so that its memory and its time are its own. */
import { postgres } from '@chorus/postgres'
import { startChorus } from '../support/chorus'
import { forgetPeak, peakRssMb } from './table'

/** Categories in which what a file says is recorded; what follows from it stands elsewhere. */
const FED = ['incident', 'arrest', 'zeroReport', 'openReport', 'lethalityScreen', 'charging', 'circumstance', 'supervision']
const starting = startChorus({ env: { CHORUS_LOG_LEVEL: 'error', KAFKA_BROKERS: '' } })
let from = 0
process.on('message', (ask: string) => {
  void starting.then(async chorus => {
    const sql = postgres(chorus.appUrl, { max: 1 })
    try {
      if (ask === 'ready') process.send!({ address: chorus.address, bearer: await chorus.bearer('intakeAnalyst'), data: chorus.data, appUrl: chorus.appUrl })
      // What is measured begins here: what stood in the log before, and the memory that it took, are not part of it.
      if (ask === 'begin') {
        const [row] = await sql<{ ordinal: number }[]>`select coalesce(max(ordinal), -1)::int as ordinal from log.events`
        from = row!.ordinal
        process.send!({ rssMb: forgetPeak() })
      }
      if (ask === 'memory') {
        const [row] = await sql<{ events: number; bytes: number }[]>`select count(*)::int as events, coalesce(avg(octet_length(text)), 0)::int as bytes from log.events where ordinal > ${from} and category = any(${FED})`
        process.send!({ peakRssMb: peakRssMb(), events: row!.events, eventBytes: row!.bytes })
      }
    } finally { await sql.end() }
    if (ask === 'stop') { await chorus.close(); process.exit(0) }
  }).catch((error: unknown) => { console.error(error); process.exit(1) })
})
