import { setImmediate as turn } from 'node:timers/promises'
import type * as Sync from 'csv-parse/sync'
import { random } from '../../../../test/fuzz/nibrs'
import { csvRowsOf, readLine, wasLeftOpen } from './csv'
import { brokenTable, wrongIn, type Table } from './testing/broken-tables'

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
  it('costs no parser, however many lines it has and however strange they are', () => {
    expect(wasLeftOpen(Buffer.from(`"${'a\n,,,\n"",,,\n""x,,\n""a,x,""\n'.repeat(20_000)}"`), 3)).toBe(false)
    expect(wasLeftOpen(Buffer.from(`"${'a\n'.repeat(20_000)}b,c,d`), 3)).toBe(true)
    expect(mockAsked.parsers).toBe(0)
  })
})

describe('a row of the right number of columns', () => {
  const tell = async (text: string) => (await csvRowsOf(Buffer.from(text), ',')).slice(1).map(({ line, values, bytes }) => [line, values ?? bytes.toString()])
  it.each(['\n', '\r\n', '\r'])('that a stray quote of a later row closed is parted: each line between is a row; lines end in %j', async (end) => {
    expect(await tell('no,text,sex\n1,ok,F\n2,"unclosed,F\n3,ok,M\n4,"",F\n5,pipe 5",M\n6,ok,F\n'.replaceAll('\n', end)))
      .toEqual([[2, ['1', 'ok', 'F']], [3, '2,"unclosed,F'], [4, ['3', 'ok', 'M']], [5, ['4', '', 'F']], [6, '5,pipe 5",M'], [7, ['6', 'ok', 'F']]])
  })
  it.each([
    ['no row between', 'no,text,sex', ['2,"unclosed,F', '5,pipe 5",M']],
    ['in the first column', 'text,no,sex', ['"unclosed,2,F', 'ok,3,M', 'pipe 5",5,M']],
    ['in the last column', 'no,sex,text', ['2,F,"unclosed', '3,M,ok', '5,M,pipe 5"']],
    ['commas in the texts whose quotes are lost', 'no,text,sex', ['2,"hit, kicked,F', '3,ok,M', '5,hit, bit",M']],
    ['a row between that lacks a delimiter', 'no,text,sex', ['2,"unclosed,F', '3,ok', '4,ok,M', '5,pipe 5",M']],
    ['blanks behind its delimiters', 'no,text,sex', ['2,"unclosed, F', '3,ok, M', '5,pipe 5", M']],
    ['a text of several lines before and behind', 'a,no,text,b', ['"x', 'y",2,"unclosed,F', 'z,3,ok,M', 'z,5,pipe 5","x', 'y"']],
    ['a text behind it that begins with a line break', 'no,sex,text', ['1,x,"open', '2,y,z', '3,"\nline two",M']],
    ['a heading that was left open', 'no,sex,"text', ['1,F,ok', '2,M,pipe 5"']],
  ])('is parted also with %s', async (_what, heading, lines) => {
    const rows = await csvRowsOf(Buffer.from([heading, ...lines, ''].join('\n')), ',')
    expect(rows.map(({ bytes }) => bytes.toString())).toEqual([heading, ...lines])
  })
  it.each([
    ['no,text,sex', '1,"Dear Sir,\nhe hit me, and kicked, and bit.\nYours, A",F'], ['no,text', '1,"Hello, you\nand you, too\n"'], ['text,no', '"Hello, you\nand you, too\n",1'],
    ['no,at,place', '1,x,"3400 NORTON AV\nKANSAS CITY, MO\n(39.05, -94.55)"'], ['no,text,sex,at', '1,"1,000\n2,000",F,x'], ['no,a,b', '1,"a, b\nc","d\ne, f"'],
  ])('that has a text of several lines is one: %s, %j', async (heading, row) => {
    expect((await csvRowsOf(Buffer.from(`${heading}\n${row}\n`), ',')).map(({ bytes }) => bytes.toString())).toEqual([heading, row])
  })
  it('is one line where there is but one column: nothing else could tell it', async () => {
    expect(await tell('text\n"one\ntwo\nthree"\n')).toEqual([[2, '"one'], [3, ['two']], [4, 'three"']])
  })
})

describe('a random table', () => {
  const cut = async ({ text }: Table) => { const rows = await csvRowsOf(Buffer.from(text), ','); return rows.map(({ line, values, bytes }) => ({ line, text: bytes.toString(), values: values?.length === rows[0]!.values!.length ? values : undefined })) }
  const heading = (columns: number) => Array.from({ length: columns }, (_, at) => `c${at}`)
  it('with one broken quote or two has each line in exactly one row or complaint, and no row in another: of 3,000', async () => {
    for (let seed = 0; seed < 3000; seed++) { const next = random(seed); const table = brokenTable(heading(2 + next(6)), 1 + next(2), next); expect([seed, table.text, wrongIn(table, await cut(table))]).toEqual([seed, table.text, '']) }
  })
  it('without one is read as it was written: of 1,000', async () => {
    for (let seed = 0; seed < 1000; seed++) { const next = random(seed); const table = brokenTable(heading(3 + next(6)), 0, next); expect([seed, (await cut(table)).map(({ values }) => values)]).toEqual([seed, table.rows.map(({ values }) => values)]) }
  })
})

describe('as many rows as are asked for', () => {
  it('are the first of all that there are, of 200 random files', async () => {
    for (let seed = 0; seed < 200; seed++) {
      const file = Buffer.from(`a,b,c\n${textOf(seed)}`)
      const all = await csvRowsOf(file, ',')
      for (const most of [1, 2, 5, all.length, all.length + 1]) expect(await csvRowsOf(file, ',', most)).toEqual(all.slice(0, most))
    }
  })
  it.each(['x,y,z\n', '"a\n', '"a\nx,y,z\nb"\n'])('cost what they are, not what the file is: %j', async (line) => {
    expect(await csvRowsOf(Buffer.from(`a,b,c\n${line.repeat(100_000)}`), ',', 50)).toHaveLength(50)
    expect(mockAsked.parsers).toBeLessThan(150)
    expect(mockAsked.records).toBeLessThan(150)
  })
})

describe('a large file', () => {
  it.each([['rows', '1,2,3\n'], ['lines that cannot be read', '1,"2,3\n'], ['rows that lack a delimiter', '1,"2\n2"\n'], ['rows that were left open', '1,"2\n4,5,6\n",3\n'], ['rows of 20,000 bytes', `1,"${'x'.repeat(20_000)}",3\n`]])('of %s gives others their turn every some hundred of them, or every 1 MiB', async (_what, line) => {
    let [turns, over] = [0, false]
    const others = (async () => { while (!over) { await turn(); turns++ } })()
    const rows = await csvRowsOf(Buffer.from(`a,b,c\n${line.repeat(2000)}`), ',')
    over = true
    await others
    expect(turns).toBeGreaterThanOrEqual(7)
    expect(rows.at(-1)!.line).toBeGreaterThan(2000)
  })
})
