/** The pure reader on a month that an agency really submitted. Counts only, never rows. */
import { createReadStream, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { eventRegistry, problemsOf } from '@chorus/contracts'
import { checkRecord, editCodes } from '../../apps/intake/src/feeds/nibrs/edits/check-record'
import { FileEdits } from '../../apps/intake/src/feeds/nibrs/edits/file'
import { parseRecord } from '../../apps/intake/src/feeds/nibrs/parse-record'
import { readCounts, readRecords } from '../../apps/intake/src/feeds/nibrs/read-records'
import type { NibrsRecord } from '../../apps/intake/src/feeds/nibrs/records'
import { zoneOf } from '../../apps/intake/src/feeds/nibrs/state-zones'
import { Statistics } from '../../apps/intake/src/feeds/nibrs/statistics'
import { draftsOf, ipvSummary } from '../../apps/intake/src/feeds/nibrs/to-events'
import { fuzz } from '../fuzz/nibrs'
import { realData } from '../support/real-data'

const FILE = join(realData(), 'nibrs', 'honolulupdNIBRSReport-2019-05.txt')

describe('a month as it was really submitted', () => {
  const counts = readCounts()
  const statistics = new Statistics()
  const records: NibrsRecord[] = []
  const refused: string[] = []
  let lines = 0
  beforeAll(async () => {
    for await (const raw of readRecords(createReadStream(FILE), { counts })) {
      lines += raw.lines
      const parsed = parseRecord(raw)
      if (!parsed.ok) { refused.push(parsed.cause); continue }
      records.push(parsed.record)
      statistics.add(parsed.record)
    }
  })

  it('gives exactly the numbers that were counted independently', () => {
    expect(statistics.result()).toMatchObject({
      incidents: 4247, offenses: 4434, victims: 4795, offenders: 4617, arrestees: 677, groupBArrests: 1220,
      intimatePartner: { victims: 217, incidents: 209, injury: { physical: 56, none: 132, blank: 29 }, incidentsWithArrest: 100, byRelationship: { HR: 0 } },
      incidentDates: { first: '2016-11-08', last: '2019-05-31' },
    })
    expect(records.filter((record) => ipvSummary(record) !== null)).toHaveLength(209)
  })

  it('reads every line into one record and refuses none', () => {
    expect(refused).toEqual([])
    expect(lines).toBe(23853)
    expect(counts).toMatchObject({ lines: 23853, blank: 0, records: records.length })
  })

  it('breaks the edits that it breaks: 459 in 582 incidents, as an independent trial found', () => {
    const found: Record<string, number> = {}
    const file = new FileEdits()
    for (const record of records) for (const code of editCodes([...checkRecord(record), ...file.check(record)])) found[code] = (found[code] ?? 0) + 1
    expect(found).toEqual({ '074': 1, '078': 1, 171: 13, 383: 4, 459: 582, 470: 1, 553: 5, 751: 117, 759: 15 })
  })

  it('becomes events that satisfy their contracts, in the agency\'s own zone', () => {
    expect(zoneOf(records[0]!.ori)).toEqual({ zone: 'Pacific/Honolulu', assumed: false })
    const found: Record<string, number> = {}
    let tokens = 0
    for (const record of records) {
      const drafts = draftsOf(record, {
        streamId: '0190a000-0000-8000-8000-000000000001', version: 1, current: [], zone: 'Pacific/Honolulu', newToken: (kind) => `${kind}_${String(++tokens).padStart(22, '0')}`, edits: checkRecord(record), receivedOn: '2019-07-01',
      })
      for (const { type, schemaVersion, data } of drafts) {
        found[type] = (found[type] ?? 0) + 1
        const problems = problemsOf(eventRegistry.get(type, schemaVersion)!.cls, data)
        if (problems.length > 0) throw new Error(`${type} from line ${record.firstLine}: ${problems[0]!.field} ${problems[0]!.rule}`)
      }
    }
    expect(found).toEqual({ IncidentReported: 4247, ArrestRecorded: 1220 })
  })

  it('keeps its lines when it is damaged, and nothing unreadable is accepted (500 mutants, seed 23853)', async () => {
    expect((await fuzz(readFileSync(FILE, 'latin1'), 23853, 500)).map(({ seed, by, wrong }) => ({ seed, by, wrong }))).toEqual([])
  })
})
