/** Random tables as CSV, in which one quote or two are broken: each row with the lines of the file that it has. */
import type { Random } from '../../../../../test/fuzz/nibrs'

export interface TableRow { readonly values: readonly string[]; readonly first: number; readonly lines: readonly string[]; readonly broken: boolean }
export interface Table { readonly text: string; readonly rows: readonly TableRow[] }

const VALUES = ['ok', 'ok', '5', 'two words', '', 'hit, kicked', 'in short, he said, no', 'say "hi"', '"', 'line one\nline two', 'x, y\nz, and more\nend', 'one,\n"two" three\n', '39.1']
const of = <T>(list: readonly T[], next: Random): T => list[next(list.length)]!
const written = (value: string, next: Random): string => /[",\n]/.test(value) || next(6) === 0 ? `"${value.replaceAll('"', '""')}"` : value
/** One quote too few, or one too many. */
const broken = (cell: string, next: Random): string => next(2) === 0 ? (cell.startsWith('"') ? cell.slice(0, -1) : `"${cell}`) : cell.startsWith('"') ? cell.slice(1) : `${cell}"`

/** The first row is the heading, and whole. Half of the broken quotes stand in one column. */
export const brokenTable = (heading: readonly string[], quotes: number, next: Random): Table => {
  const end = of(['\n', '\n', '\r\n', '\r'], next)
  const all = [heading, ...Array.from({ length: 2 + next(6) }, () => heading.map(() => of(VALUES, next)))]
  const column = next(heading.length)
  const breaks = Array.from({ length: quotes }, () => [1 + next(all.length - 1), next(2) === 0 ? column : next(heading.length)])
  const rows: TableRow[] = []
  let first = 1
  for (const [row, values] of all.entries()) {
    const cells = values.map((value, at) => breaks.some(([one, of]) => one === row && of === at) ? broken(written(value, next), next) : written(value, next))
    const lines = cells.join(',').split('\n')
    rows.push({ values: values.map((value) => value.replaceAll('\n', end)), first, lines, broken: breaks.some(([one]) => one === row) })
    first += lines.length
  }
  return { text: rows.map(({ lines }) => lines.join(end) + end).join(''), rows }
}

/** A row as a reader cut it: `values` where it is taken for a whole one. */
export interface CutRow { readonly line: number; readonly text: string; readonly values: readonly string[] | undefined }
/** What is wrong with how a table was cut; '' where nothing is. */
export const wrongIn = ({ text, rows }: Table, cut: readonly CutRow[]): string => {
  const lines = (row: string): string[] => row.split(/\r\n|\n|\r/)
  const places = cut.map((row) => ({ ...row, behind: row.line + lines(row.text).length }))
  const file = lines(text).slice(0, -1)
  const read = places.flatMap(({ line, behind }) => Array.from({ length: behind - line }, (_, at) => line + at))
  const lost = file.flatMap((one, at) => one === '' || read.filter((line) => line === at + 1).length === 1 ? [] : [at + 1])
  if (lost.length > 0) return `lines that are in no row, or in two: ${lost.join()}`
  for (const row of rows) {
    const behind = row.first + row.lines.length
    const [own, ...more] = places.filter((one) => one.line < behind && one.behind > row.first)
    if (own?.values && (own.line < row.first || own.behind > behind)) return `row at ${row.first} became part of another`
    if (!row.broken && own?.values && (more.length > 0 || own.values.join('\0') !== row.values.join('\0'))) return `row at ${row.first} is read as what it is not`
  }
  return ''
}
