import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { sampleFiles } from '../../../../../samples/nibrs/generate'
import { checkRecord, editCodes } from './edits/check-record'
import { parseRecord, type Refused } from './parse-record'
import { readRecords } from './read-records'
import type { NibrsRecord } from './records'
import { Statistics } from './statistics'

const folder = join(__dirname, '../../../../../samples/nibrs')
const read = async (name: string) => {
  const accepted: NibrsRecord[] = []
  const refused: Refused[] = []
  async function* bytes() { yield readFileSync(join(folder, name)) }
  for await (const raw of readRecords(bytes())) {
    const parsed = parseRecord(raw)
    if (parsed.ok) accepted.push(parsed.record)
    else refused.push(parsed)
  }
  const statistics = new Statistics()
  for (const record of accepted) statistics.add(record)
  return { accepted, refused, statistics: statistics.result() }
}

describe('the sample files', () => {
  it.each(sampleFiles().map(({ name, text }) => [name, text] as const))('%s is what the generator writes, byte for byte', (name, text) => {
    expect(readFileSync(join(folder, name), 'latin1')).toBe(text)
  })

  it('July: enough incidents, every level, every partner code with every injury bucket, and exactly three wrong records', async () => {
    const { accepted, refused, statistics } = await read('2026-07.txt')
    expect(statistics.incidents).toBeGreaterThanOrEqual(60)
    expect(new Set(accepted.flatMap((r) => r.segments.map((s) => s.level)))).toEqual(new Set(['1', '2', '3', '4', '5', '6', '7']))
    for (const count of Object.values(statistics.intimatePartner.byRelationship)) expect(count).toBeGreaterThanOrEqual(4)
    expect(statistics.intimatePartner.injury).toEqual({ physical: 7, none: 7, blank: 13 })
    expect(refused.map((r) => r.cause)).toEqual(['line-cut', 'no-administrative-segment', 'incident-date-unreadable'])
  })

  it('July: only the edits that are meant are broken', async () => {
    const { accepted } = await read('2026-07.txt')
    expect([...new Set(accepted.flatMap((record) => editCodes(checkRecord(record))))].sort()).toEqual(['401', '459'])
  })

  it('August: every action that changes what was sent', async () => {
    const { accepted, refused } = await read('2026-08.txt')
    expect(refused).toEqual([])
    expect(new Set(accepted.map((r) => r.action))).toEqual(new Set(['D', 'R', 'A', 'M', 'W', 'I']))
    expect(new Set(accepted.map((r) => r.kind))).toEqual(new Set(['delete', 'groupA', 'groupB', 'addOrModify', 'window']))
  })

  it('June: a zero report in a file of its own', async () => {
    const { accepted, statistics } = await read('2026-06-zero.txt')
    expect(accepted.map((r) => r.kind)).toEqual(['zero'])
    expect(statistics).toMatchObject({ incidents: 0, zeroReports: 1 })
  })
})
