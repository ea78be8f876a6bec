import { createHash } from 'node:crypto'
import { MAX_RECORD_BYTES, namesSameReport, readCounts, readRecords, type RawRecord } from './read-records'
import { parseRecord } from './parse-record'
import * as r from './testing/records'
import { line, patched, write } from './testing/records'

const read = async (text: string, chunk = 1000) => {
  const counts = readCounts()
  const bytes = Buffer.from(text, 'latin1')
  async function* chunks() { for (let i = 0; i < bytes.length; i += chunk) yield bytes.subarray(i, i + chunk) }
  const records: RawRecord[] = []
  for await (const record of readRecords(chunks(), { counts })) records.push(record)
  return { records, counts }
}
const texts = (records: readonly RawRecord[]) => records.map((record) => record.content.map((l) => l.text))
const numbered = (base: readonly r.Line[], number: string, patch: r.Patch = {}) => patched(base.map((l) => ({ ...l, values: { ...l.values, number } })), patch)
const outcome = (records: readonly RawRecord[]) => records.map((record) => { const parsed = parseRecord(record); return parsed.ok ? `${parsed.record.kind} ${parsed.record.lines}` : `${parsed.cause} ${record.lines}` })

const one = numbered(r.simple, 'K1')
const two = numbered(r.assault, 'K2')
const arrest = numbered(r.groupB, 'B1')
const file = [...one, ...two, ...arrest].map((l) => `${l}\n`).join('')

describe('cutting a file into records', () => {
  it('groups consecutive segments of one number, with place, bytes and hash', async () => {
    const { records, counts } = await read(file)
    expect(texts(records)).toEqual([one, two, arrest])
    expect(counts).toEqual({ lines: 10, blank: 0, bytes: file.length, records: 3 })
    const [, second] = records
    expect(second).toMatchObject({ firstLine: 5, lines: 5, offset: one.join('\n').length + 1, length: two.join('\n').length })
    const bytes = two.map((l) => `${l}\n`).join('')
    expect(Buffer.from(second!.bytes!).toString('latin1')).toBe(bytes)
    expect(second!.sha256).toBe(createHash('sha256').update(bytes, 'latin1').digest('hex'))
    expect(file.slice(second!.offset, second!.offset + second!.length)).toBe(two.join('\n'))
  })

  it.each([1, 2, 3, 37, 100_000])('gives the same in chunks of %d bytes', async (chunk) => {
    expect((await read(file, chunk)).records).toEqual((await read(file)).records)
  })

  it.each([['CRLF', '\r\n'], ['CR', '\r'], ['LF', '\n']])('%s ends a line', async (_, end) => {
    for (const chunk of [1, 7, 5000]) {
      const { records, counts } = await read([...one, ...two].map((l) => l + end).join(''), chunk)
      expect(texts(records)).toEqual([one, two])
      expect(counts).toMatchObject({ lines: 9, blank: 0 })
      expect(records[1]!.firstLine).toBe(5)
    }
  })

  it('the same record has the same hash whatever ends its lines', async () => {
    const hashes = await Promise.all(['\n', '\r\n', '\r'].map(async (end) => (await read(one.map((l) => l + end).join(''))).records[0]!.sha256))
    expect(new Set(hashes).size).toBe(1)
  })

  it('skips a byte order mark, and does without a last line end', async () => {
    const { records } = await read(`\xef\xbb\xbf${one.join('\n')}`)
    expect(texts(records)).toEqual([one])
    expect(records[0]!.offset).toBe(3)
  })

  it('blank lines are numbered and not read, between and within records', async () => {
    const { records, counts } = await read(`\n  \n${one[0]!}\n\n\t\n${one.slice(1).join('\n')}\n\n${arrest[0]!}\n\n`)
    expect(texts(records)).toEqual([one, arrest])
    expect(records.map((record) => record.firstLine)).toEqual([3, 10])
    expect(counts).toMatchObject({ lines: 5, blank: 6 })
  })

  it('an empty file and a file of blanks have no record', async () => {
    expect((await read('')).records).toEqual([])
    expect((await read('\n \n')).counts).toMatchObject({ lines: 0, blank: 2, records: 0 })
  })

  it('a replacement is one record, whether all its segments say R or the first alone', async () => {
    const all = one.map((l) => `${l.slice(0, 5)}R${l.slice(6)}`)
    const first = one.map((l, i) => (i === 0 ? `${l.slice(0, 5)}R${l.slice(6)}` : l))
    expect(outcome((await read([...all, ...first].join('\n'))).records)).toEqual(['groupA 4', 'groupA 4'])
  })

  it('the same incident twice is two records; an added arrest behind its incident is another', async () => {
    const added = write(line('6', { ...r.assault[4]!.values, action: 'A', number: 'K1', offense: '13B' }))
    expect(outcome((await read([...one, ...one, added].join('\n'))).records)).toEqual(['groupA 4', 'groupA 4', 'addOrModify 1'])
  })
})

describe('damage never becomes half an incident', () => {
  it('a line that cannot be read makes its whole record unreadable, with all lines', async () => {
    for (const damaged of ['###', ' '.repeat(40).replace(' ', 'x'), one[2]!.slice(0, 20), `${one[2]!.slice(0, 50)}\0${one[2]!.slice(51)}`, `9999${one[2]!.slice(4)}`, `${one[2]!.slice(0, 4)}9${one[2]!.slice(5)}`]) {
      const { records } = await read([one[0], one[1], damaged, one[3], ...two].join('\n'))
      expect(texts(records)).toEqual([[one[0], one[1], damaged, one[3]], two])
      expect(parseRecord(records[0]!)).toMatchObject({ ok: false })
      expect(parseRecord(records[1]!)).toMatchObject({ ok: true })
    }
  })

  it('a line that nobody can place may have been the last of the record before it', async () => {
    expect(outcome((await read([...two, '?????', ...one].join('\n'))).records)).toEqual(['line-cut 6', 'groupA 4'])
  })

  it('segments apart from their administrative segment are refused, and so is what they left behind', async () => {
    expect(outcome((await read([one[0], one[1], ...two, one[2], one[3]].join('\n'))).records)).toEqual(['incident-incomplete 2', 'groupA 5', 'no-administrative-segment 2'])
  })

  it('a file that ends within an incident', async () => {
    expect(outcome((await read(file.slice(0, one.join('\n').length - 10))).records)).toEqual(['line-cut 4'])
    expect(outcome((await read([...two, one[0], one[1], one[2]].join('\n'))).records)).toEqual(['groupA 5', 'incident-incomplete 3'])
  })

  it('two numbers in one run of lines are two records', async () => {
    expect(outcome((await read([one[0], one[1], two[2], one[3]].join('\n'))).records)).toEqual(['incident-incomplete 2', 'no-administrative-segment 1', 'no-administrative-segment 1'])
  })
})

describe('files that are none', () => {
  it.each([
    ['UTF-16 with a mark', `\xff\xfe${[...file].map((c) => `${c}\0`).join('')}`, 'wrong-encoding'],
    ['UTF-16 without one', [...file].map((c) => `${c}\0`).join(''), 'wrong-encoding'],
    ['a zip archive', 'PK\x03\x04\x14\0\0\0\x08\0abc\ndef', 'not-a-flat-file'],
    ['gzip', '\x1f\x8b\x08\0\0\0\0\0abc\ndef', 'not-a-flat-file'],
    ['XML', '<?xml version="1.0"?>\n<nibrs:Submission>\n</nibrs:Submission>', 'not-a-flat-file'],
    ['JSON', '{"incidents": []}\n', 'not-a-flat-file'],
    ['binary', `\x7fELF${'\0\x01\xfe'.repeat(200)}\n\0\0`, 'binary'],
  ])('%s: one clear answer', async (_, text, cause) => {
    const { records, counts } = await read(text)
    expect(records).toHaveLength(1)
    expect(parseRecord(records[0]!)).toMatchObject({ ok: false, cause })
    expect(records[0]!.lines).toBe(counts.lines)
  })

  it('a line of 100 MB has place, length and hash, is not kept, and the record before it is not taken for whole', async () => {
    const part = Buffer.alloc(1_000_000, 'x')
    async function* source() { yield Buffer.from(`${one.join('\n')}\n`); for (let i = 0; i < 100; i++) yield part; yield Buffer.from(`\n${two.join('\n')}\n`) }
    const records: RawRecord[] = []
    for await (const record of readRecords(source())) records.push(record)
    const length = one.join('\n').length + 1 + 100_000_000
    expect(records.map((record) => [record.firstLine, record.lines, record.length, record.content.length])).toEqual([[1, 5, length, 0], [6, 5, two.join('\n').length, 5]])
    expect(records[0]!.bytes).toBeUndefined()
    expect(parseRecord(records[0]!)).toMatchObject({ ok: false, cause: 'too-long', line: 1 })
    expect(parseRecord(records[1]!)).toMatchObject({ ok: true })
  })

  // the longest line that fits beside the record, and from there to lines that are too long by themselves
  const room = MAX_RECORD_BYTES - (one.join('\n').length + 1)
  it.each([room - 1, room, room + 1, MAX_RECORD_BYTES - 1, MAX_RECORD_BYTES, MAX_RECORD_BYTES + 1])('an incident before an unreadable line of %d bytes is not taken for whole', async (length) => {
    const { records } = await read(`${one.join('\n')}\n${'x'.repeat(length)}\n${two.join('\n')}\n`, 65_536)
    expect(records.map((record) => [record.firstLine, record.lines, parseRecord(record).ok])).toEqual([[1, 5, false], [6, 5, true]])
    expect(records[0]!.bytes === undefined).toBe(length >= room)
  })

  it('noise beside a line that is too long is kept', async () => {
    const { records } = await read(`noise\n${'x'.repeat(MAX_RECORD_BYTES + 1)}\n${one.join('\n')}\n`)
    expect(records.map((record) => [record.lines, record.content.length])).toEqual([[1, 1], [1, 0], [4, 4]])
  })

  it('noise without end is cut into records that can be kept', async () => {
    const noise = `${'#'.repeat(999)}\n`
    async function* source() { for (let i = 0; i < 5000; i++) yield Buffer.from(noise) }
    const records: RawRecord[] = []
    for await (const record of readRecords(source())) records.push(record)
    expect(records.reduce((n, record) => n + record.lines, 0)).toBe(5000)
    for (const record of records) expect(record.bytes!.length).toBeLessThanOrEqual(MAX_RECORD_BYTES)
  })

  it('one record of more than 1 MiB is hashed and not kept', async () => {
    const victims = Array.from({ length: 9000 }, (_, i) => write(line('4', { ...r.simple[2]!.values, number: 'K1', sequence: String(i % 1000).padStart(3, '0') })))
    const { records } = await read([one[0], one[1], ...victims, one[3]].join('\n'))
    expect(records).toHaveLength(1)
    expect(records[0]).toMatchObject({ lines: 9003, content: [] })
    expect(parseRecord(records[0]!)).toMatchObject({ ok: false, cause: 'too-long' })
  })
})

describe('whether lines name the same report', () => {
  const line = (number: string, level = '1') => `0088${level}I0720260000MO0000000${number.padEnd(12)}20260702 15`
  const same = (before: string, now: string) => namesSameReport(Buffer.from(before), Buffer.from(now))
  it.each([
    ['the same report, its lines mended', `${line('A-1')}\nxx`, `${line('A-1')}\n${line('A-1', '2')}`, true],
    ['another number', line('A-1'), line('A-2'), false],
    ['another beside it', line('A-1'), `${line('A-1')}\n${line('A-2')}`, false],
    ['one of the two that the record mixed', `${line('A-1')}\n${line('A-2', '2')}`, line('A-2'), true],
    ['what was cut within its number', line('A-12').slice(0, 27), line('A-12'), true],
    ['another than what was cut within its number', line('B-12').slice(0, 27), line('A-12'), false],
    ['a record that named none', 'noise', line('A-1'), true],
    ['lines that name none', line('A-1'), 'noise', true],
  ])('%s', (_, before, now, expected) => { expect(same(before, now)).toBe(expected) })
})
