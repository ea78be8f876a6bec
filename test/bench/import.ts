/**
 * Import over HTTP, server running: from the first byte sent to the last acknowledgement. The baseline, in the same run:
 * the same number of events of the same size, appended by the event store alone, in batches of the same size, with
 * nothing read, checked, sealed or screened.
 */
import { fork } from 'node:child_process'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { PostgresStore } from '@chorus/event-store'
import { importFile } from '../support/import-file'
import { freshDatabase } from '../support/database'
import { manyIncidents } from '../support/many-incidents'
import { generator } from './envelopes'
import { rounded, type Row } from './table'
import type { Bench } from './run'

const SIZES = [20_000, 100_000, 300_000, 1_000_000]
const BATCH = 200

export const importBench: Bench = {
  summary: 'lines/s of a NIBRS file over HTTP, with peak memory of the server, beside appending the same events and nothing else',
  async run({ quick, progress, lines: only }) {
    const rows: Row[] = []
    for (const lines of only ?? (quick ? [20_000] : SIZES)) {
      progress(`import: ${lines.toLocaleString('en-US')} lines`)
      const server = fork(join(__dirname, 'embedded-server.ts'), { execArgv: ['-r', join(__dirname, '../support/register.js')], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
      try {
        const { address, bearer } = await answerOf<{ address: string; bearer: string }>(server, 'ready')
        const chorus = { address, bearer: () => Promise.resolve(bearer) }
        // The first file a server reads also compiles its code; a small one first, as any running server has had.
        await importFile(chorus, Readable.from(manyIncidents(500, 'W')))
        const begun = performance.now()
        const report = await importFile(chorus, Readable.from(manyIncidents(lines)))
        const seconds = (performance.now() - begun) / 1000
        if (report.lines.accepted !== report.lines.read) throw new Error(`the bench's own file was not accepted: ${JSON.stringify([report.lines, report.quarantine.byCause, report.quarantine.first.slice(0, 2)])}`)
        const { peakRssMb, eventBytes } = await answerOf<{ peakRssMb: number; eventBytes: number }>(server, 'memory')
        const baselinePerSecond = await appendOnly(report.records.accepted, report.lines.read, eventBytes)
        const perSecond = report.lines.read / seconds
        rows.push({ lines: report.lines.read, records: report.records.accepted, eventBytes, seconds: rounded(seconds), perSecond: Math.round(perSecond), baselinePerSecond: Math.round(baselinePerSecond), ratio: rounded(perSecond / baselinePerSecond), p50ms: null, p99ms: null, peakRssMb })
      } finally {
        server.send('stop')
        await new Promise(resolve => server.once('exit', resolve))
      }
    }
    return { rows, notes: ['perSecond: lines, first byte sent to last acknowledgement. baseline: lines/s if the same events were only appended. peakRssMb: of the server process.'] }
  },
}

const appendOnly = async (events: number, lines: number, eventBytes: number): Promise<number> => {
  const database = await freshDatabase()
  const store = await PostgresStore.open({ url: database.appUrl })
  const { body } = generator(1)
  const sized = (streamId: string) => {
    const event = body('envelope', streamId)
    return { ...event, body: { ...event.body, filler: 'x'.repeat(Math.max(0, eventBytes - JSON.stringify(event.body).length)) } }
  }
  try {
    const begun = performance.now()
    for (let done = 0; done < events; done += BATCH) {
      await store.appendEach(Array.from({ length: Math.min(BATCH, events - done) }, (_, at) => ({ stream: `incident-b${done + at}`, expected: 'none' as const, events: [sized(`b${done + at}`)] })))
    }
    return lines / ((performance.now() - begun) / 1000)
  } finally {
    await store.close()
    await database.drop()
  }
}

const answerOf = <T>(server: ReturnType<typeof fork>, ask: string): Promise<T> => new Promise((resolve, reject) => {
  server.once('message', message => resolve(message as T))
  server.once('exit', code => reject(new Error(`the server of the bench ended (${code})`)))
  server.send(ask)
})
