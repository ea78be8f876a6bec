import { createReadStream } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseRecord } from '../../apps/intake/src/feeds/nibrs/parse-record'
import { readCounts, readRecords } from '../../apps/intake/src/feeds/nibrs/read-records'
import { Statistics } from '../../apps/intake/src/feeds/nibrs/statistics'

const folder = resolve(process.env.CHORUS_REAL_DATA ?? join(__dirname, '../../../shared/data'))
const file = join(folder, 'nibrs/honolulupdNIBRSReport-2019-05.txt')

describe('one agency\'s month, as it was really submitted', () => {
  const counts = readCounts()
  const statistics = new Statistics()
  const refused: string[] = []
  let lines = 0
  beforeAll(async () => {
    for await (const raw of readRecords(createReadStream(file), { counts })) {
      lines += raw.lines
      const parsed = parseRecord(raw)
      if (parsed.ok) statistics.add(parsed.record)
      else refused.push(parsed.cause)
    }
    process.stdout.write(`real NIBRS: ${counts.lines} lines, ${counts.records} records of ${folder}\n`)
  })

  it('gives exactly the numbers that were counted independently', () => {
    expect(statistics.result()).toMatchObject({
      incidents: 4247, offenses: 4434, victims: 4795, offenders: 4617, arrestees: 677, groupBArrests: 1220,
      intimatePartner: { victims: 217, incidents: 209, injury: { physical: 56, none: 132, blank: 29 }, incidentsWithArrest: 100 },
      incidentDates: { first: '2016-11-08', last: '2019-05-31' },
    })
  })

  it('reads every line into one record and refuses none', () => {
    expect(refused).toEqual([])
    expect(lines).toBe(23853)
    expect(counts).toMatchObject({ lines: 23853, blank: 0 })
  })
})
