/**
 * Import over HTTP, server running: from the first byte sent to the last acknowledgement. The baseline, in the same run:
 * the same number of events of the same size, appended by the event store alone, in batches of the same size, with
 * nothing read, checked, sealed or screened.
 */
import { fork } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { parseRecord } from '../../apps/intake/src/feeds/nibrs/parse-record'
import { readCounts, RecordCutter } from '../../apps/intake/src/feeds/nibrs/read-records'
import { PostgresStore } from '@chorus/event-store'
import { importFile } from '../support/import-file'
import { freshDatabase } from '../support/database'
import { generator } from './envelopes'
import { rounded, type Row } from './table'
import type { Bench } from './run'

const SIZES = [20_000, 100_000, 300_000, 1_000_000]
const BATCH = 200

/** The lines of each readable record of the shipped sample; each copy gets numbers of its own. */
const records = (): string[][] => {
  const cutter = new RecordCutter(readCounts())
  const raw = [...cutter.push(readFileSync(join(__dirname, '../../samples/nibrs/2026-07.txt'))), ...cutter.end()]
  return raw.filter(record => parseRecord(record).ok).map(record => record.content.map(({ text }) => text))
}

/** A file of at least so many lines, made as it is sent: memory stays with the server. */
function* file(lines: number): Generator<Buffer> {
  const sample = records()
  for (let sent = 0, copy = 0; sent < lines; copy++) {
    let chunk = ''
    for (const [at, record] of sample.entries()) {
      const number = `B${String(copy).padStart(6, '0')}${String(at).padStart(4, '0')} `
      for (const line of record) { chunk += `${line.slice(0, 25)}${number}${line.slice(37)}\n`; sent++ }
      if (sent >= lines) break
    }
    yield Buffer.from(chunk, 'latin1')
  }
}

export const importBench: Bench = {
  summary: 'lines/s of a NIBRS file over HTTP, with peak memory of the server, beside appending the same events and nothing else',
  async run({ quick, progress, lines: only }) {
    const rows: Row[] = []
    for (const lines of only ?? (quick ? [20_000] : SIZES)) {
      progress(`import: ${lines.toLocaleString('en-US')} lines`)
      const server = fork(join(__dirname, 'import-server.ts'), { execArgv: ['-r', join(__dirname, '../support/register.js')], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
      try {
        const { address, bearer } = await answerOf<{ address: string; bearer: string }>(server, 'ready')
        const chorus = { address, bearer: () => Promise.resolve(bearer) }
        // The first file a server reads also compiles its code; a small one first, as any running server has had.
        await importFile(chorus, Readable.from(file(500)))
        const begun = performance.now()
        const report = await importFile(chorus, Readable.from(shifted(lines)))
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

/** Numbers that the warm-up did not use. */
function* shifted(lines: number): Generator<Buffer> {
  for (const chunk of file(lines)) yield Buffer.from(chunk.toString('latin1').replace(/^(.{25})B/gm, '$1C'), 'latin1')
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
