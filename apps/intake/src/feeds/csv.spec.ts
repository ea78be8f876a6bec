import type * as Sync from 'csv-parse/sync'
import { random } from '../../../../test/fuzz/nibrs'
import { csvRowsOf, readLine, wasLeftOpen } from './csv'

/** How often a parser was made, and the records that it came to. */
const mockAsked = { parsers: 0, records: 0 }
jest.mock('csv-parse/sync', () => {
  const csv = jest.requireActual<typeof Sync>('csv-parse/sync')
  const parse = csv.parse as (text: Buffer, options: object) => unknown
  return { ...csv, parse: (text: Buffer, { on_record: told, ...options }: { on_record?: (...row: unknown[]) => unknown }) => {
    mockAsked.parsers++
    return parse(text, { ...options, ...(told && { on_record: (...row: unknown[]) => { mockAsked.records++; return told(...row) } }) })
  } }
})
beforeEach(() => { Object.assign(mockAsked, { parsers: 0, records: 0 }) })

const PARTS = ['"', '"', '""', ',', ',', ';', '\n', '\n', '\r\n', '\r', 'x', ' ', '5" pipe', ',,', 'a,b,c\n', '"a\nb"', '"",,\n', '\u00e9']
const textOf = (seed: number): string => { const next = random(seed); return Array.from({ length: next(40) }, () => PARTS[next(PARTS.length)]!).join('') }

describe('a row of the wrong number of columns', () => {
  it('is several where the parser reads one of its lines as a whole row: of 800 random texts', () => {
    for (let seed = 0; seed < 800; seed++) {
      const row = textOf(seed)
      const [, ...lines] = row.match(/[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+$/g) ?? []
      for (const columns of [1, 2, 3]) for (const delimiter of [',', ';']) expect([row, columns, delimiter, wasLeftOpen(Buffer.from(row), columns, delimiter)]).toEqual([row, columns, delimiter, lines.some((line) => readLine(Buffer.from(line), { delimiter })?.length === columns)])
    }
  })
  it('costs no parser for a line without quotes or with other delimiters, and no more than 1,000 for those that are strange', () => {
    expect(wasLeftOpen(Buffer.from(`"${'a\n,,,\n"",,,\n'.repeat(20_000)}"`), 3)).toBe(false)
    expect(wasLeftOpen(Buffer.from(`"${'a\n'.repeat(20_000)}b,c,d`), 3)).toBe(true)
    expect(mockAsked.parsers).toBe(0)
    expect(wasLeftOpen(Buffer.from(`"${'""x,,\n'.repeat(20_000)}"`), 3)).toBe(false)
    expect(mockAsked.parsers).toBe(1000)
  })
})

describe('as many rows as are asked for', () => {
  it('are the first of all that there are, of 200 random files', () => {
    for (let seed = 0; seed < 200; seed++) {
      const file = Buffer.from(`a,b,c\n${textOf(seed)}`)
      const all = csvRowsOf(file, ',')
      for (const most of [1, 2, 5, all.length, all.length + 1]) expect(csvRowsOf(file, ',', most)).toEqual(all.slice(0, most))
    }
  })
  it.each(['x,y,z\n', '"a\n', '"a\nx,y,z\nb"\n'])('cost what they are, not what the file is: %j', (line) => {
    expect(csvRowsOf(Buffer.from(`a,b,c\n${line.repeat(100_000)}`), ',', 50)).toHaveLength(50)
    expect(mockAsked.parsers).toBeLessThan(150)
    expect(mockAsked.records).toBeLessThan(150)
  })
})
