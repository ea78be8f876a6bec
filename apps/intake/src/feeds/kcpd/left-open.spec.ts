import { setImmediate as turn } from 'node:timers/promises'
import type * as Csv from 'csv-parse'
import { CsvError, parse } from 'csv-parse/sync'
import { random } from '../../../../../test/fuzz/nibrs'
import { CSV, lineEnd, readLine } from '../csv'
import { brokenTable, wrongIn, type Table } from '../testing/broken-tables'
import type { RawRow } from './raw-row'
import { readRows } from './read-rows'

/** Records that the parser came to, whether they were kept or not. */
const mockParsed = { count: 0 }
jest.mock('csv-parse', () => {
  const csv = jest.requireActual<typeof Csv>('csv-parse')
  const begin = csv.parse as (options: object) => Csv.Parser
  return { ...csv, parse: (options: { on_record: (...row: unknown[]) => unknown }) => begin({ ...options, on_record: (...row: unknown[]) => { mockParsed.count++; return options.on_record(...row) } }) }
})

const HEADER = 'Report_No,Reported_Date,Offense,Involvement'
const rowsOf = async (text: string, size: number): Promise<RawRow[]> => {
  const bytes = Buffer.from(text)
  const rows: RawRow[] = []
  for await (const row of readRows((async function* () { for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size) })(), { lines: 0, blank: 0, bytes: 0, records: 0 })) rows.push(row)
  return rows
}

type Place = readonly [offset: number, text: string, columns: number | undefined]
const BREAK = /\r\n|\n|\r/
const commasIn = (line: string, blanks: boolean): number => line.match(blanks ? /,/g : /,(?! )/g)?.length ?? 0
/** Lines of a cell that end a row, are one, or begin one, each by itself. */
const holdsRows = (values: readonly string[]): boolean => values.some((value, at) => {
  const lines = value.split(BREAK)
  if (lines.length === 1) return false
  const commas = lines.map((line) => commasIn(line, values.some((other, of) => of > 0 && of !== at && other.startsWith(' '))))
  const pair = commas.some((one, first) => commas.some((other, second) => second > first && one >= values.length - 1 - at && other >= at))
  return pair || commas.some((one, line) => line > 0 && line < lines.length - 1 && one >= values.length - 1) || at === 0 && (lines[0] === '' || value.startsWith(','))
})
const textOf = (bytes: Buffer): string => bytes.toString().replace(/(?:\r\n|\n|\r)$/, '')
/** As decision 0105 has it, word for word: all that is left is parsed anew behind each line that cannot be read. */
const slowly = (text: string): Place[] => {
  const file = Buffer.from(text)
  const places: Place[] = []
  const width = HEADER.split(',').length
  let at = 0
  const add = (end: number, values: readonly string[] | undefined): void => {
    if (values?.length !== 1 || values[0]!.trim() !== '') places.push([at, textOf(file.subarray(at, end)), values?.length])
    at = end
  }
  while (at < file.length) {
    const from = at
    const cuts: [number, string[]][] = []
    let failed = false
    try { parse(file.subarray(from), { ...CSV, bom: from === 0, on_record: (values: string[], { bytes }: { bytes: number }) => { cuts.push([from + bytes, values]); return null } }) } catch (error) { if (!(error instanceof CsvError)) throw error; failed = true }
    for (const [end, values] of cuts) {
      const [, ...lines] = textOf(file.subarray(at, end)).match(/[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+$/g) ?? []
      if (values.length === width ? holdsRows(values) : lines.some((line) => readLine(Buffer.from(line))?.length === width)) { failed = true; break }
      add(end, values)
    }
    if (!failed) break
    const end = lineEnd(file, at)
    add(end < 0 ? file.length : end, readLine(file.subarray(at, end < 0 ? file.length : end), { relax_quotes: true }))
  }
  return places.slice(1)
}

const PARTS = ['"', '"', '""', ',', ',', '\n', '\n', '\r\n', '\r', 'x', '5" pipe', ',,,', 'a,b,c,d\n', '"a\nb"', '"x\n,,,\ny"\n', '"x\n,,,', 'y",', ', ', '\u00e9']

describe('a row that was left open', () => {
  it('and any other, of 100 random files, is read as if each line were looked at by itself, whatever the chunks', async () => {
    for (let seed = 0; seed < 100; seed++) {
      const next = random(seed)
      const text = `${next(5) === 0 ? '\ufeff' : ''}${HEADER}\n${Array.from({ length: next(40) }, () => PARTS[next(PARTS.length)]!).join('')}`
      const expected = slowly(text)
      for (const size of [1, 7, 50, text.length * 2]) {
        const rows = await rowsOf(text, size)
        expect([seed, size, ...rows.map(({ offset, length, bytes, firstLine }) => [offset, Buffer.from(bytes!).subarray(-length || bytes!.length).toString(), firstLine])])
          .toEqual([seed, size, ...expected.map(([offset, row]) => [offset, row, 1 + (Buffer.from(text).subarray(0, offset).toString().match(/\r\n|\n|\r/g)?.length ?? 0)])])
        expect(rows.map(({ read }) => read.ok)).toEqual(expected.map(([, , columns]) => columns === 4))
      }
    }
  }, 60_000)
  it.each([100, 1000])('costs the rows that stand in it, not those behind it: %i times in one chunk', async (times) => {
    mockParsed.count = 0
    expect(await rowsOf(`${HEADER}\n${'"x\n,,,\ny"\n'.repeat(times)}`, 1 << 20)).toHaveLength(times * 3)
    expect(mockParsed.count).toBeGreaterThan(times)
    expect(mockParsed.count).toBeLessThan(times * 4)
  })
})

describe('lines that cannot be read', () => {
  it.each(['1,"2,x,y\n', '"x\n,,,\ny"\n', '1,2,5" pipe,y\n'])('leave others their turn every some hundred, also in one chunk: %j', async (line) => {
    let [turns, over] = [0, false]
    const others = (async () => { while (!over) { await turn(); turns++ } })()
    const rows = await rowsOf(`${HEADER}\n${line.repeat(2000)}`, 1 << 20)
    over = true
    await others
    expect(turns).toBeGreaterThanOrEqual(7)
    expect(rows.length).toBeGreaterThanOrEqual(2000)
  })
})

describe('a random table with one broken quote or two', () => {
  const columns = HEADER.split(',')
  const cut = async ({ text, rows: all }: Table, size: number) => (await rowsOf(text, size)).map(({ offset, length, firstLine, bytes, read }) => {
    const kept = Buffer.from(bytes!).subarray(-length).toString()
    // What it says is the parser's business: here it is asked where it ends, and whether it is whole.
    return { line: firstLine, text: kept, values: !read.ok ? undefined : all.find(({ first, broken }) => first === firstLine && !broken)?.values ?? [], offset }
  })
  it('has each line in exactly one row or complaint, and no row in another, whatever the chunks: of 500', async () => {
    for (let seed = 0; seed < 500; seed++) {
      const next = random(seed)
      const table = brokenTable(columns, 1 + next(2), next)
      for (const size of [7, table.text.length]) expect([seed, size, table.text, wrongIn(table, [{ line: 1, text: HEADER, values: columns }, ...await cut(table, size)])]).toEqual([seed, size, table.text, ''])
    }
  }, 60_000)
})
