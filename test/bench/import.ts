/**
 * Import of each feed, as an agency sends a file: by the command line, to a running server, from the command to its answer.
 * Beside it in the same run: the file merely read and parsed, and as many events of the same size merely appended, with
 * nothing read, checked, sealed or screened.
 */
import { fork } from 'node:child_process'
import { createReadStream, mkdtempSync, rmSync, statSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import type { Role } from '@chorus/contracts'
import { PostgresStore } from '@chorus/event-store'
import { issueToken, systemClock } from '@chorus/platform'
import { readRows as readOpenRows } from '../../apps/intake/src/feeds/kcpd/read-rows'
import { readRow as readOpenRow } from '../../apps/intake/src/feeds/kcpd/row'
import { readRow } from '../../apps/intake/src/feeds/mapped/read-row'
import { readRows } from '../../apps/intake/src/feeds/mapped/read-rows'
import { checkRecord } from '../../apps/intake/src/feeds/nibrs/edits/check-record'
import { parseRecord } from '../../apps/intake/src/feeds/nibrs/parse-record'
import { readNibrs } from '../../apps/intake/src/feeds/nibrs/read-nibrs'
import { mappingIn } from '../../apps/intake/src/mapped-import/mapping-file'
import { AGENCY_OF } from '../support/chorus'
import { freshDatabase } from '../support/database'
import { manyIncidents } from '../support/many-incidents'
import { manyOpenRows, manyRows, manyXmlReports, oneEndlessReport, oneLongValue } from '../support/many-reports'
import { Thread } from '../support/thread'
import { generator } from './envelopes'
import type { Sending, Sent } from './import-client'
import { rounded, type Row } from './table'
import { startWorker } from './worker'
import type { Bench } from './run'

const BATCH = 200
interface Server { readonly address: string; readonly data: string; ask<T>(what: string): Promise<T> }
interface Source { readonly file: AsyncIterable<Uint8Array> | Iterable<Uint8Array>; /** of an extract */ readonly mapping?: string }
interface Report { readonly records: { readonly read: number; readonly accepted: number; readonly duplicate: number; readonly quarantined: number }; readonly lines?: { readonly read: number }; readonly withoutCase?: number; readonly quarantine: object }
interface Feed {
  readonly sizes: readonly number[]
  readonly argv: (file: string, mapping: string) => readonly string[]
  /** files of different letters share no number */
  readonly source: (lines: number, letter: string) => Source
  /** reads and parses the file, and nothing else; @returns how many records it found */
  readonly read: (file: string, mapping: string) => Promise<number>
  /** the file is refused: what is measured is that it is read to its end, and the memory that takes */
  readonly refused?: true
  /** what must stand in the log before its rows can be recorded */
  readonly before?: (server: Server, lines: number) => Promise<void>
}

const now = (): string => new Date().toISOString()
const nibrsRead = async (file: string): Promise<number> => {
  let found = 0
  for await (const raw of (await readNibrs(createReadStream(file))).records) { const parsed = parseRecord(raw); if (parsed.ok) { checkRecord(parsed.record, { receivedOn: '20260831' }); found++ } }
  return found
}
const openRead = async (file: string): Promise<number> => {
  let found = 0
  for await (const raw of readOpenRows(createReadStream(file), { lines: 0, blank: 0, bytes: 0, records: 0 })) if (raw.read.ok && readOpenRow(raw.read.cells).ok) found++
  return found
}
const extractRead = async (file: string, mapping: string): Promise<number> => {
  const read = mappingIn(await readFile(mapping, 'utf8'))
  if ('problems' in read) throw new Error('the bench\'s own mapping is wrong')
  const rows = await readRows(await readFile(file), read.mapping)
  if ('refused' in rows) throw new Error(rows.refused)
  return rows.rows.filter((row) => 'fields' in readRow(row, read.mapping, now())).length
}

/** The sample's person, whose case is opened first where a target speaks of open cases alone. */
const PERSON = 'FXP-2001'
const EXTRACT_SIZES = [1_000, 20_000]
const extract = (name: string, before?: Feed['before'], keep?: Parameters<typeof manyRows>[3]): Feed => ({
  sizes: EXTRACT_SIZES, argv: (file, mapping) => ['csv', 'commit', file, '--map', mapping], read: extractRead, ...(before && { before }),
  source: (rows, letter) => { const { mapping, file } = manyRows(name, rows, letter, keep); return { mapping, file: [file] } },
})
const reports: Feed['before'] = async (server, rows) => { await send(server, extract('kcpd-reports'), rows) }
const openCase: Feed['before'] = async ({ address, data }) => {
  const thread = new Thread({ addressOf: () => address, bearer: async (role: Role, agency = AGENCY_OF[role], claims = {}) => `Bearer ${await issueToken(data, systemClock, { role, agency, claims })}` })
  await thread.importSample()
  interface Listed { readonly incidents: readonly { readonly incidentId: string; readonly arrestMade: boolean; readonly pairs: readonly { readonly victimToken: string; readonly offenderToken: string }[] }[] }
  const { incidents } = await thread.until<Listed>('a report with an arrest', 'intakeAnalyst', 'incidents?state=awaiting-relationship&limit=500', (body) => body.incidents.some(({ arrestMade, pairs }) => arrestMade && pairs.length === 1))
  const { incidentId, pairs: [pair] } = incidents.find(({ arrestMade, pairs }) => arrestMade && pairs.length === 1)!
  const person = (name: string, id: string): object => ({ name, birthDate: '1990-05-06', identifiers: [{ system: 'sample-rms', id }] })
  await thread.toProposal({ incidentId, ...pair! }, person('Fictional Person Alpha', PERSON), person('Fictional Person Beta', 'FXP-1001'), 0)
}
const FEEDS: Readonly<Record<string, Feed>> = {
  nibrs: { sizes: [20_000, 100_000, 300_000, 1_000_000], argv: (file) => ['import', 'nibrs', file], source: (lines, letter) => ({ file: manyIncidents(lines, letter) }), read: nibrsRead },
  'nibrs-xml': { sizes: [20_000, 100_000, 300_000], argv: (file) => ['import', 'nibrs', file], source: (lines, letter) => ({ file: manyXmlReports(lines, letter) }), read: nibrsRead },
  // 100 MiB in which one report goes on and on, and 100 MiB in one value.
  'nibrs-xml-endless': { sizes: [1_000_000], refused: true, argv: (file) => ['import', 'nibrs', file], source: (lines) => ({ file: oneEndlessReport(lines) }), read: nibrsRead },
  'nibrs-xml-long-value': { sizes: [100], refused: true, argv: (file) => ['import', 'nibrs', file], source: (mib) => ({ file: oneLongValue(mib) }), read: nibrsRead },
  kcpd: { sizes: [20_000, 100_000, 300_000], argv: (file) => ['import', 'kcpd', file], source: (lines, letter) => ({ file: manyOpenRows(lines, letter) }), read: openRead },
  'kcpd-reports': extract('kcpd-reports'), 'lap-screens': extract('lap-screens', reports), arrests: extract('arrests', reports), presentations: extract('presentations', reports), charging: extract('charging', reports),
  'court-conditions': extract('court-conditions', reports), 'municipal-court': extract('municipal-court', reports),
  // Of a roster one is of a case here; probation speaks of him in each row.
  'jail-roster': extract('jail-roster', openCase, { number: PERSON, in: 'first' }), probation: extract('probation', openCase, { number: PERSON, in: 'all' }),
}
const EXTRACTS = Object.keys(FEEDS).slice(Object.keys(FEEDS).indexOf('kcpd') + 1)

export const importBench: Bench = {
  summary: 'lines/s of each feed by the command line, with peak memory of server and client, beside merely reading the file, and merely appending the same events',
  async run({ quick, progress, lines: only, feeds = Object.keys(FEEDS) }) {
    const rows: Row[] = []
    for (const name of feeds.flatMap((one) => one === 'extract' ? EXTRACTS : [one])) {
      const feed = FEEDS[name]
      if (!feed) throw new Error(`there is no feed ${name}: ${Object.keys(FEEDS).join(', ')}, extract`)
      for (const lines of only ?? feed.sizes.slice(0, quick ? 1 : undefined)) {
        progress(`import: ${name}, ${lines.toLocaleString('en-US')} lines`)
        rows.push({ feed: name, ...await measure(feed, lines) })
        // A run over all feeds takes long: what was measured is not lost with what comes after it.
        progress(JSON.stringify(rows.at(-1)))
      }
    }
    return { rows, notes: [
      'perSecond: lines (of an extract: rows), from the command to its answer. readPerSecond: the file merely read, parsed and checked. baselinePerSecond: lines/s if the same events were only appended.',
      'peakRssMb: of the server while it imports, from startRssMb on; clientPeakRssMb: of the command line. The server has read a small file of the feed before.',
      'jail-roster: one row is of an open case, the others are of nobody here; probation: each row is of one open case.',
    ] }
  },
}

const measure = async (feed: Feed, lines: number): Promise<Row> => {
  const child = fork(join(__dirname, 'embedded-server.ts'), { execArgv: ['-r', join(__dirname, '../support/register.js')], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const ask = <T>(what: string): Promise<T> => new Promise((resolve, reject) => {
    const ended = (code: number | null): void => { reject(new Error(`the server of the bench ended (${code})`)) }
    child.once('message', (message) => { child.off('exit', ended); resolve(message as T) })
    child.once('exit', ended)
    child.send(what)
  })
  try {
    const server: Server = { ...await ask<{ address: string; data: string }>('ready'), ask }
    await feed.before?.(server, lines)
    return await send(server, feed, lines)
  } finally {
    child.send('stop')
    await new Promise((resolve) => child.once('exit', resolve))
  }
}

/** Sends one file of the feed, after a small one of other records: the first also compiles the server's code. */
const send = async (server: Server, feed: Feed, lines: number): Promise<Row> => {
  const folder = mkdtempSync(join(tmpdir(), 'chorus-bench-import-'))
  try {
    const [file, mapping] = [join(folder, 'file'), join(folder, 'file.map.yml')]
    const written = async (source: Source): Promise<void> => { await writeFile(file, Readable.from(source.file)); if (source.mapping !== undefined) await writeFile(mapping, source.mapping) }
    const command = async (): Promise<Sent & { readonly report: Report }> => {
      const client = startWorker<Sending, Sent>(join(__dirname, 'import-client.ts'), { address: server.address, data: server.data, argv: feed.argv(file, mapping) })
      await client.ready
      client.go()
      const sent = await client.result
      if (sent.code !== (feed.refused ? 3 : 0)) throw new Error(`the command ended with ${sent.code}: ${sent.err.slice(0, 500)} ${sent.out.slice(0, 1500)}`)
      return { ...sent, report: (JSON.parse(sent.out.trim().split('\n').at(-1)!) as { data: Report } & Report) }
    }
    if (!feed.refused) { await written(feed.source(20, 'W')); await command() }
    await written(feed.source(lines, 'B'))
    const { rssMb } = await server.ask<{ rssMb: number }>('begin')
    const { report, seconds, peakRssMb: clientPeakRssMb } = await command()
    const { records } = report
    if (feed.refused ? records.quarantined !== 1 : records.quarantined > 0 || records.accepted === 0) throw new Error(`the bench's own file was not accepted: ${JSON.stringify([records, report.quarantine])}`)
    const { peakRssMb, events, eventBytes } = await server.ask<{ peakRssMb: number; events: number; eventBytes: number }>('memory')
    const read = report.lines?.read ?? records.read
    const begun = performance.now()
    const found = await feed.read(file, mapping)
    const readSeconds = (performance.now() - begun) / 1000
    if (found !== (feed.refused ? 0 : records.read)) throw new Error(`${records.read} records were imported, and ${found} read`)
    const perSecond = read / seconds
    const baselinePerSecond = events === 0 ? null : read / await appendOnly(events, eventBytes)
    return {
      lines: read, fileMb: rounded(statSync(file).size / 1024 / 1024, 1), records: records.read, accepted: records.accepted, events, eventBytes, seconds: rounded(seconds), perSecond: Math.round(perSecond), readPerSecond: Math.round(read / readSeconds),
      baselinePerSecond: baselinePerSecond && Math.round(baselinePerSecond), ratio: baselinePerSecond && rounded(perSecond / baselinePerSecond), startRssMb: rssMb, peakRssMb, clientPeakRssMb,
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** @returns seconds */
const appendOnly = async (events: number, eventBytes: number): Promise<number> => {
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
    return (performance.now() - begun) / 1000
  } finally {
    await store.close()
    await database.drop()
  }
}
