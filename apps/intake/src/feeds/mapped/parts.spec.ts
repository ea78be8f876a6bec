import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { mappingIn } from '../../mapped-import/mapping-file'
import type { Mapping } from './mapping'
import { partsOf, sharing } from './parts'
import { readRows, type Row } from './read-rows'

const root = join(__dirname, '../../../../..')
const NOW = '2026-11-30T12:00:00.000Z'
const mappingOf = (name: string): Mapping => { const read = mappingIn(readFileSync(join(root, 'samples/extracts', `${name}.map.yml`), 'utf8')); if ('problems' in read) throw new Error('the sample mapping is wrong'); return read.mapping }
const rowsOf = async (text: string, mapping: Mapping): Promise<readonly Row[]> => { const read = await readRows(Buffer.from(text), mapping); if ('refused' in read) throw new Error(read.refused); return read.rows }
const numbers = (parts: Iterable<readonly Row[]>): number[][] => [...parts].map((part) => part.map(({ row }) => row))

describe('a file in parts', () => {
  it('has each row in one of them, in order; a roster is one', async () => {
    const court = mappingOf('municipal-court')
    const rows = await rowsOf(`CASE_NO;REPORT_NO;RESULTS;ENTERED\n${['1', '2', '3', '4', '5'].map((n) => `N-${n};R-${n};SIS;2026-07-01`).join('\n')}`, court)
    expect(numbers(partsOf(rows, court, 2))).toEqual([[1, 2], [3, 4], [5]])
    expect(numbers(partsOf([], court, 2))).toEqual([])
    const roster = mappingOf('jail-roster')
    expect(numbers(partsOf(await rowsOf('BOOKING,P_ID,BOOKED,WHY\nB-1,P-1,2026-07-02 23:00,ARREST\nB-2,P-2,2026-07-02 22:00,ARREST\nB-3,P-3,2026-07-02 22:00,ARREST', roster), roster, 2))).toEqual([[1, 2, 3]])
  })
  it('rows share what they speak of by their own number or their report\'s, however its letters are written; what cannot be read shares nothing', async () => {
    const court = mappingOf('municipal-court')
    const shared = async (...rows: readonly string[]): Promise<number[]> => [...sharing(await rowsOf(['CASE_NO;REPORT_NO;RESULTS;ENTERED', ...rows].join('\n'), court), court, NOW)].sort()
    expect(await shared('N-1;R-1;SIS;2026-07-01', 'N-2;R-2;SIS;2026-07-01', 'N-3;R-3;SIS;2026-07-01')).toEqual([])
    expect(await shared('N-1;R-1;SIS;2026-07-01', 'N-2;R-2;SIS;2026-07-01', 'n-1;R-3;SIS;2026-07-01')).toEqual([1, 3])
    expect(await shared('N-1;R-1;SIS;2026-07-01', 'N-2;R-2;SIS;2026-07-01', 'N-3;r-2;SIS;2026-07-01')).toEqual([2, 3])
    expect(await shared('N-1;R-1;SIS;2026-07-01', ';R-1;SIS;2026-07-01', 'N-1;R-1')).toEqual([])
    // A number of one record and another's report are two things.
    expect(await shared('N-1;R-1;SIS;2026-07-01', 'R-1;N-1;SIS;2026-07-01')).toEqual([])
  })
})
