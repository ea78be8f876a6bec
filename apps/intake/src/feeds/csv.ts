/**
 * What all feeds of CSV have in common: a quote that is opened and not closed spoils its own line alone. What stands between
 * it and the next quote of the file is no row; a line break between two quotes that belong together stays one.
 */
import { CsvError, parse } from 'csv-parse/sync'

export const MAX_ROW_BYTES = 1024 * 1024
/** Strict about quotes: where one stands that may not, an earlier one was left open, or this one is wrong. */
export const CSV = { relax_column_count: true, record_delimiter: ['\r\n', '\n', '\r'], max_record_size: MAX_ROW_BYTES }

/** Rows, or lines that cannot be read, before others have their turn: of these each costs a parser, some 0.1 ms. */
export const AT_ONCE = 250
export const turn = (): Promise<void> => new Promise((resolve) => { setImmediate(resolve) })

export interface CsvRow {
  /** line of the file in which it begins, from 1 */
  readonly line: number
  /** without the end of its line */
  readonly bytes: Buffer
  /** undefined: a line that cannot be read, by itself */
  readonly values: readonly string[] | undefined
}

/** Of a file that is held whole: every byte of it but ends of lines and blank lines is in exactly one row. The first is the heading. With `most`, no more than so many are read. */
export const csvRowsOf = async (file: Buffer, delimiter: string, most = Infinity): Promise<CsvRow[]> => {
  const rows: CsvRow[] = []
  let [at, line] = [0, 1]
  const add = (end: number, values?: readonly string[]): void => {
    const whole = file.subarray(at, end)
    const bytes = trimmed(whole)
    const before = blankBefore(whole)
    rows.push({ line: line + breaksIn(whole.subarray(0, before)), bytes: bytes.subarray(before), values })
    line += breaksIn(whole)
    at = end
  }
  for (let [turned, until] = [0, AT_ONCE]; at < file.length && rows.length < most;) {
    const from = at
    try {
      parse(file.subarray(from), {
        ...CSV, delimiter, skip_empty_lines: true,
        on_record: (values: string[], { bytes }: { bytes: number }) => {
          const end = from + bytes
          if (isSeveral(values, trimmed(file.subarray(at, end)), (rows[0]?.values ?? values).length, delimiter)) throw LEFT_OPEN
          add(end, values)
          if (rows.length >= Math.min(most, until) || at - turned >= MAX_ROW_BYTES) throw ENOUGH
          return null
        },
      })
      return rows
    } catch (error) {
      if (error !== ENOUGH && error !== LEFT_OPEN && !(error instanceof CsvError)) throw error
      if (error !== ENOUGH) {
        const rest = file.subarray(at)
        const end = lineEnd(rest, blankBefore(rest))
        add(end < 0 ? file.length : at + end)
      }
    }
    if (rows.length >= until || at - turned >= MAX_ROW_BYTES) { [turned, until] = [at, rows.length + AT_ONCE]; await turn() }
  }
  return rows
}
const LEFT_OPEN = new Error('a quote was left open')
const ENOUGH = new Error('as many rows as were asked for, or as are read at once')

/** Whether a quote of the row was left open, and one of a later row has closed it. */
export const isSeveral = (values: readonly string[], row: Buffer, columns: number, delimiter = ','): boolean =>
  values.length === columns ? holdsRows(values, delimiter) : wasLeftOpen(row, columns, delimiter)

/**
 * Where both quotes stand in one column, the number of columns is right, and the cell holds the end of a row, whole rows, and the
 * beginning of one: some line of it has the delimiters that would follow the cell, and a later one those before it; or one between
 * has all of a row. A text's commas have a blank behind them, and are none unless those of the row itself have it.
 * In a file of one column nothing tells a text from rows: there each line is one.
 */
const holdsRows = (values: readonly string[], delimiter: string): boolean => values.some((value, at) => {
  if (!value.includes('\n') && !value.includes('\r')) return false
  // The quote that closed a text at the beginning of a line, whose row was parted before, opens none.
  if (at === 0 && (/^[\r\n]/.test(value) || value.startsWith(delimiter))) return true
  const last = values.length - 1
  const blanks = values.some((other, of) => of > 0 && of !== at && other.startsWith(' '))
  const counts = value.split(/\r\n|\n|\r/).map((line) => line.split(delimiter).slice(1).filter((cell) => blanks || !cell.startsWith(' ')).length)
  const end = counts.findIndex((count) => count >= last - at)
  return end >= 0 && counts.slice(end + 1).some((count) => count >= at) || counts.slice(1, -1).some((count) => count >= last)
})

/**
 * Whether a row of the wrong number of columns is several: one of the lines after its first is a whole row by itself, so that
 * the quote that it begins in was left open. Without such a line it is one row, which lacks a delimiter. No parser is asked, so
 * that it costs the bytes of the row, however many lines it has and however strange they are.
 */
export const wasLeftOpen = (row: Buffer, columns: number, delimiter = ','): boolean => {
  for (let at = lineEnd(row, 0); at > 0 && at < row.length;) {
    const end = lineEnd(row, at)
    if (columnsOf(row.subarray(at, end < 0 ? row.length : end), delimiter) === columns) return true
    at = end
  }
  return false
}
/** Of one line by itself, as the parser reads it. @returns 0: it is no row */
const columnsOf = (line: Buffer, delimiter: string): number => {
  const code = delimiter.charCodeAt(0)
  const closes = (next: number | undefined): boolean => next === undefined || next === code || next === LF || next === CR
  let [count, quoted] = [1, false]
  for (let at = 0; at < line.length; at++) {
    if (quoted) {
      if (line[at] !== QUOTE) continue
      if (line[at + 1] === QUOTE) at++
      else if (closes(line[at + 1])) quoted = false
      else return 0
    } else if (line[at] === code) count++
    else if (line[at] === QUOTE) {
      if (at > 0 && line[at - 1] !== code) return 0
      quoted = true
    }
  }
  return quoted ? 0 : count
}

/** One line by itself. @returns undefined where it is none, or more than one row */
export const readLine = (line: Buffer, more: { readonly delimiter?: string; readonly relax_quotes?: boolean } = {}): readonly string[] | undefined => {
  try {
    const rows = parse(line, { ...CSV, ...more }) as string[][]
    return rows.length === 1 ? rows[0] : undefined
  } catch { return undefined }
}

/** Just behind the end of the line, or -1. */
export const lineEnd = (bytes: Buffer, from: number): number => {
  for (let at = from; at < bytes.length; at++) {
    if (bytes[at] === LF) return at + 1
    if (bytes[at] === CR) return bytes[at + 1] === LF ? at + 2 : at + 1
  }
  return -1
}
export const breaksIn = (bytes: Buffer): number => { let count = 0; for (let at = lineEnd(bytes, 0); at > 0; at = lineEnd(bytes, at)) count++; return count }
const [LF, CR, QUOTE] = [10, 13, 34]
const blankBefore = (bytes: Buffer): number => { let at = 0; while (bytes[at] === LF || bytes[at] === CR) at++; return at }
const trimmed = (bytes: Buffer): Buffer => { let end = bytes.length; while (end > 0 && (bytes[end - 1] === LF || bytes[end - 1] === CR)) end--; return bytes.subarray(0, end) }
