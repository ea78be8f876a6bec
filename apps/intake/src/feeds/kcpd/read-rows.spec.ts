import { hash } from 'node:crypto'
import { layoutOf } from './columns'
import { UnknownLayout, type RawRow } from './raw-row'
import { readRows } from './read-rows'
import { domesticByOf, readRow } from './row'
import { join } from './report'

const counts = () => ({ lines: 0, blank: 0, bytes: 0, records: 0 })
const rowsOf = async (text: string | Buffer, size = 7): Promise<RawRow[]> => {
  const bytes = Buffer.from(text)
  const rows: RawRow[] = []
  for await (const row of readRows((async function* () { for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size) })(), counts())) rows.push(row)
  return rows
}
const HEADER = 'Report_No,Reported_Date,Reported_Time,Offense,Involvement,DVFlag'

describe('what is no row', () => {
  it('is one line that is too long, however it comes, and the row behind it is read, with a line break in a cell of it', async () => {
    const text = `${HEADER}\n"${'x'.repeat(2 * 1024 * 1024)}\n180000001,01/02/2018,10:00,"a\nb",VIC,N\n180000002,01/02/2018,10:00,302,VIC,N\n`
    for (const size of [64 * 1024, 3 * 1024 * 1024]) {
      const rows = await rowsOf(text, size)
      expect([size, rows.slice(1).map(({ read }) => read.ok ? read.cells.report : read.cause)]).toEqual([size, ['180000001', '180000002']])
    }
  })
  const object = (number: number): string => `{"report_no":"18000000${number}","reported_date":"2018-01-02","offense":"302","involvement":"VIC"}`
  it('between two rows of JSON is kept as one that cannot be read, wherever the file is cut into pieces', async () => {
    // The second has lost its opening brace, and something stands behind the end.
    for (const size of [1, 7, 1000]) {
      const rows = await rowsOf(`[${object(1)},\n${object(2).slice(1)},${object(3)}] x`, size)
      expect(rows.map(({ read }) => read.ok ? 'read' : read.cause)).toEqual(['read', 'not-an-object', 'read', 'not-an-object'])
      expect(Buffer.from(rows[1]!.bytes!).toString()).toContain('180000002')
      expect(rows[1]!.firstLine).toBe(2)
    }
  })
  it('in JSON, behind a text that is not closed, is read for what it is; a row with a name twice is none', async () => {
    for (const size of [1, 7, 1000]) {
      const rows = await rowsOf(`[${object(1)},\n${object(2).replace('302"', '302')},\n${object(3)},\n${object(4).replace('{', '{"report_no":"180000009",')},\n${object(5)}]`, size)
      expect(rows.map(({ read, firstLine }) => [firstLine, read.ok ? read.cells.report : read.cause])).toEqual([[1, '180000001'], [2, 'row-cut'], [3, '180000003'], [4, 'name-twice'], [5, '180000005']])
    }
  })
  it('is a row with a byte that is no text, also in a column that nobody reads', async () => {
    const rows = await rowsOf(`${HEADER},Location 1\n180000001,01/02/2018,10:00,302,VIC,N,a\n180000002,01/02/2018,10:00,302,VIC,N,a\0b\n`)
    expect(rows.map(({ read }) => read.ok ? 'read' : read.cause)).toEqual(['read', 'not-utf-8'])
  })
  it('of JSON over 1 MiB is one row by one name, wherever the file is cut into pieces', async () => {
    const row = `{"report_no":"180000002","offense":"${'x'.repeat(1_500_000)}"}`
    for (const size of [50_000, 65_536, 1 << 20, 1 << 22]) {
      const rows = await rowsOf(`[${object(1)},${row},${object(3)}]`, size)
      expect([size, rows.map(({ read, sha256, length, bytes }) => read.ok ? read.cells.report : [read.cause, sha256, length, bytes])]).toEqual([size, ['180000001', ['row-too-long', hash('sha256', row), row.length, undefined], '180000003']])
    }
  })
  it('JSON is told also where its first piece is a mark or blanks alone', async () => {
    expect((await rowsOf(Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(`  [${object(1)}]`)]), 1)).map(({ read }) => read.ok)).toEqual([true])
  })
})

describe('the columns of each year', () => {
  const of2010 = ['Report_No', 'Reported_Date', 'Reported Time', 'From Date', 'From Time', 'Offense', 'IBRS', 'Description', 'Beat', 'Address', 'City', 'Zip Code', 'Rep_Dist', 'Area', 'DVFlag', 'Invl_No', 'Involvement', 'Race', 'Sex', 'Age', 'Firearm Used Flag  ', 'Location 1']
  it.each([
    ['2010', of2010], ['2015', [...of2010, 'Latitude', 'Longitude', 'To Time']], ['2016', of2010.map(name => name.replace(' Time', '_Time'))], ['2019', of2010.filter(name => name !== 'Invl_No').map(name => name.replace('Location 1', 'Location'))],
    ['2022', [...of2010.filter(name => !name.startsWith('Firearm')), 'Fire Arm Used Flag', 'Age_Range']], ['2018 of the portal, behind an index', ['', ':@computed_region_9t2m_phkm', ...of2010.map(name => name.toLowerCase().trim().replaceAll(' ', '_')), 'location_address', 'location_city', 'location_zip']],
    ['2014 JSON', ['report_no', 'reported_date', 'offense', 'invl_no_1', 'involvement_1', 'zip_code_1', 'location_1', 'location_1_location', 'dvflag_1']],
  ])('%s is known', (_, headers) => { expect(layoutOf(headers)).toMatchObject({ known: true, unit: 'person' }) })
  it('a row of the newest data set is a whole report', () => { expect(layoutOf(['Report_No', 'Reported_Date', 'Offense', 'Suspect_Count', 'Victim_Count', 'Arrestee_Count', 'Deceased_Count', 'Location', 'Area', 'IBRS'])).toMatchObject({ known: true, unit: 'report' }) })
  it.each([
    ['UTF-16', Buffer.from([0xff, 0xfe, 0x52, 0, 0x65, 0, 10, 0])], ['UTF-16', Buffer.from(`${HEADER}\n`, 'utf16le')], ['semicolons', Buffer.from(`${HEADER.replaceAll(',', ';')}\n`)], ['tabs', Buffer.from(`\ufeff${HEADER.replaceAll(',', '\t')}\n`)],
  ])('a file in %s is refused as what it is', async (form, bytes) => {
    await expect(rowsOf(bytes)).rejects.toMatchObject({ text: expect.stringMatching(new RegExp(`^The (?:file is|columns of the file are parted by) ${form}`)) })
  })
  it('another is refused with the names of what is unknown and what is missing, and a first line that is no header is not repeated', async () => {
    expect(layoutOf([...of2010.slice(1), 'Victim_Name'])).toEqual({ known: false, unknown: ['Victim_Name'], missing: ['report_no'], twice: [] })
    await expect(rowsOf(`${HEADER},Victim_Name\n`)).rejects.toThrow(UnknownLayout)
    await expect(rowsOf(`${HEADER},Age,dv flag , AGE\n`)).rejects.toMatchObject({ text: expect.stringMatching(/More than once: AGE;/) as string })
    expect(layoutOf(['', ...of2010, '', 'Unnamed: 0', 'Unnamed: 0'])).toMatchObject({ known: true })
    await expect(rowsOf('180000001,Jane Doe,x\n')).rejects.toMatchObject({ text: expect.not.stringContaining('Jane') as string })
    await expect(rowsOf(Buffer.from([0xff, 0xfe, 0x52, 0, 0x65, 0, 10, 0]))).rejects.toThrow(UnknownLayout)
  })
})

describe('rows, whatever the chunks', () => {
  it.each([1, 3, 1000])('line breaks in a cell, both line ends and a mark at the front, in chunks of %i bytes', async (size) => {
    const rows = await rowsOf(`\ufeff${HEADER}\r\n180000001,01/02/2018,9:05,"Agg\r\nAssault",VIC,Y\n\n180000002,01/02/2018,09:05,x,SUS\n180000003,01/02/2018,09:05,x,SUS,N`, size)
    expect(rows.map(({ firstLine, read }) => [firstLine, read.ok ? read.cells.offense : read.cause])).toEqual([[2, 'Agg\r\nAssault'], [5, 'row-cut'], [6, 'x']])
    expect(Buffer.from(rows[2]!.bytes!).toString()).toBe(`\ufeff${HEADER}\n180000003,01/02/2018,09:05,x,SUS,N`)
  })
  it('a quote that is never closed, and a line without end, spoil themselves alone', async () => {
    const good = (n: number) => `18000000${n},01/02/2018,09:05,x,SUS,N\n`
    expect((await rowsOf(`${HEADER}\n${good(1)}180000002,"open\n${good(3)}${good(4)}`)).map(({ read }) => read.ok ? read.cells.report : read.cause)).toEqual(['180000001', 'quote-not-closed', '180000003', '180000004'])
    const long = await rowsOf(`${HEADER}\n${good(1)}${'x'.repeat(3_000_000)}\n${good(3)}`, 65_536)
    expect(long.map(({ read, length, bytes }) => read.ok ? read.cells.report : [read.cause, length, bytes])).toEqual(['180000001', ['row-too-long', 3_000_001, undefined], '180000003'])
  }, 20_000)
  it.each([1, 7, 100, 100_000])('a quote that is left open spoils its own line alone also where a later row has quotes, and inches spoil none; in chunks of %i bytes', async (size) => {
    const good = (n: number, offense = 'x') => `1800000${n},01/02/2018,09:05,${offense},SUS,N\n`
    for (const later of ['"302"', '"Agg, Assault"', '"Agg\nAssault"', '""', 'x']) {
      const rows = await rowsOf(`${HEADER}\n${good(11)}180000012,01/02/2018,10:00,"open,VIC,N\n${good(13)}${good(14, '5" pipe')}${good(15, later)}${good(16)}${good(17, '"open')}${good(18)}${good(19)}`, size)
      expect([later, ...rows.map(({ read }) => read.ok ? read.cells.report : read.cause)]).toEqual([later, '180000011', 'quote-not-closed', '180000013', '180000014', '180000015', '180000016', 'quote-not-closed', '180000018', '180000019'])
      expect(rows.map(({ firstLine }) => firstLine)).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10].map((line) => line > 6 && later.includes('\n') ? line + 1 : line))
      expect(Buffer.from(rows[1]!.bytes!).toString()).toBe(`${HEADER}\n180000012,01/02/2018,10:00,"open,VIC,N`)
    }
    const closed = await rowsOf(`${HEADER}\n180000012,"open\n${good(13)}${good(14)}180000015,"\n${good(16)}`, size)
    expect(closed.map(({ read }) => read.ok ? read.cells.report : read.cause)).toEqual(['quote-not-closed', '180000013', '180000014', 'quote-not-closed', '180000016'])
    const old = await rowsOf(`${HEADER}\n180000012,"open\n${good(13)}${good(14)}`.replaceAll('\n', '\r'), size)
    expect(old.map(({ read, firstLine }) => [firstLine, read.ok ? read.cells.report : read.cause])).toEqual([[2, 'quote-not-closed'], [3, '180000013'], [4, '180000014']])
  })
  it("the portal's JSON: what is cut is one row, what is left out is blank", async () => {
    const rows = await rowsOf('[{"report_no":"140000001","reported_date":"2014-01-16T00:00:00.000","offense":"802","involvement_1":"VIC","location_1":{"type":"Point","coordinates":[-94.5,39.1]}},\n{"report_no":"140000002"},{"report_no":"1400')
    expect(rows.map(({ read }) => read.ok ? read.cells.report : read.cause)).toEqual(['140000001', '140000002', 'row-cut'])
    expect(readRow((rows[0]!.read as { cells: object }).cells)).toMatchObject({ row: { place: 'stated', coordinates: '39.1,-94.5', roles: ['VIC'] } })
  })
})

const read = (cells: object) => readRow({ report: '180000001', reportedDate: '01/02/2018', ...cells })
const row = (cells: object) => { const given = read(cells); if (!given.ok) throw new Error(given.cause); return given.row }

describe('what a row says', () => {
  it.each([
    ['03/11/2018', '2:30', '2018-03-11', ['reported-skipped']], ['11/04/2018', '01:30', '2018-11-04T01:30', ['reported-doubled']], ['11/04/2018', '02:30', '2018-11-04T02:30', []],
    ['2018-03-09T00:00:00.000', '6:23', '2018-03-09T06:23', []], ['2024 Jan 05 06:04:05 PM', undefined, '2024-01-05T18:04', []], ['2024 Jan 05 12:00:00 AM', undefined, '2024-01-05', []], ['01/02/2018', '25:10', '2018-01-02', ['reported-unreadable']],
  ])('%s %s is %s', (reportedDate, reportedTime, reported, clock) => { expect(row({ reportedDate, ...(reportedTime && { reportedTime }) })).toMatchObject({ reported, clock }) })
  it.each([
    ['POINT (-94.58 39.1)', 'stated'], ['POINT (0 0)', 'unknown'], ['3400 NORTON AV\r\n(39.05, -94.55)', 'stated'], ['99999\n(0.0, 0.0)', 'unknown'], ['POINT (-82.39 28.05)', 'outside'], ['POINT (39.1 -94.58)', 'outside'], ['POINT (x)', 'unreadable'], ["{'type': 'Point', 'coordinates': [-94.55, 39.04]}", 'stated'],
  ])('%s is %s', (location, place) => { expect(row({ location }).place).toBe(place) })
  it('masked ages, ranges, flags and roles in any order', () => {
    expect(row({})).toMatchObject({ ageMasked: true, place: 'absent' })
    expect(row({ age: '17' })).not.toHaveProperty('ageFrom')
    expect(row({ ageRange: '18-24', involvement: 'CHA ARR SUS', flag: 'true', firearm: 'False' })).toMatchObject({ ageFrom: 18, ageTo: 24, ageMasked: false, roles: ['ARR', 'CHA', 'SUS'], domesticFlag: true, firearm: false })
    expect(row({ flag: 'U', description: 'Non Agg Assault Dome', offense: '802' })).toMatchObject({ descriptionCut: true })
    expect(row({ flag: 'U' })).not.toHaveProperty('domesticFlag')
  })
  it('only what cannot be told apart is refused', () => {
    expect([read({ report: '?' }), read({ reportedDate: '13/45/2018' }), read({ offense: 'caf\uFFFD' })].map(one => one.ok ? 'read' : one.cause)).toEqual(['report-number-unreadable', 'reported-date-unreadable', 'not-utf-8'])
    expect(read({ report: '50012345' })).toMatchObject({ report: '050012345' })
    expect(read({ report: '180000001.0' })).toMatchObject({ report: '180000001' })
  })
})

describe('domestic, and by what', () => {
  it.each([
    [{ domesticFlag: true }, ['FLAG']], [{ offense: '802' }, ['OFFENSE']], [{ description: 'Agg Assault - Domest' }, ['OFFENSE']], [{ offense: 'NON AGG ASSAULT DV' }, ['OFFENSE']], [{ offense: 'Intimidation (DV)' }, ['OFFENSE']],
    [{ description: 'Violation Ex Parte O' }, ['ORDER']], [{ offense: 'Violation of Full Order of Protection' }, ['ORDER']], [{ offense: 'Service of a Full Order of Protection' }, []], [{ offense: 'Loitering' }, []], [{ domesticFlag: true, offense: '2040' }, ['FLAG', 'ORDER']],
  ])('%j: %j', (given, by) => { expect(domesticByOf([given])).toEqual(by) })
})

describe('the rows of one report', () => {
  const one = (name: string, file: string, more: object = {}) => ({ row: name, file, line: 2, roles: ['VIC'], offense: '802', descriptionCut: false, clock: [], ageMasked: true, place: 'absent' as const, ...more })
  it('a further row joins, a changed one takes the place of the one it changes, one that comes again says nothing', () => {
    const [a, b] = [one('a', '1', { personIndex: '1' }), one('b', '1', { personIndex: '2' })]
    const seen = new Set(['a', 'b'])
    expect(join([a, b], seen, [one('b', '2', { personIndex: '2' }), one('a2', '2', { personIndex: '1' })])).toMatchObject({ became: ['known', 'changed'], rows: [{ row: 'a2' }, b] })
    expect(join([a], new Set(['a']), [one('c', '2', { personIndex: '3' })])).toMatchObject({ became: ['added'], rows: [a, { row: 'c' }] })
    expect(join([one('a2', '2')], new Set(['a', 'a2']), [one('a', '1')]).became).toEqual(['known'])
  })
  it('two of one file are two, though they describe their person alike', () => {
    expect(join([], new Set(), [one('a', '1'), one('b', '1')]).became).toEqual(['added', 'added'])
    expect(join([one('a', '1')], new Set(['a']), [one('b', '1')]).became).toEqual(['added'])
    // The file says the known row again: what is beside it is another.
    expect(join([one('a', '1')], new Set(['a']), [one('a', '2'), one('b', '2')]).became).toEqual(['known', 'added'])
  })
})
