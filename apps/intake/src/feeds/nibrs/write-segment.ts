/** The way back: values into a line of fixed columns. For samples, tests and repairs made by hand; it checks nothing but widths. */
import { COLUMNS, LENGTHS, type Column, type Level } from './layout'

/** A text for a column; a list for one that repeats; rows by first column for those that repeat together. */
export type SegmentValues = Readonly<Record<string, string | readonly string[]>>

/** @param length segment length, which decides the version; default the longest that is published */
export const writeSegment = (level: Level, values: SegmentValues, length = Math.max(...LENGTHS[level])): string => {
  const line: string[] = Array.from({ length }, () => ' ')
  const put = (column: Column, value: string, index: number): void => {
    if (value.length > column.length) throw new Error(`${column.name} has ${column.length} characters, not ${value.length}`)
    const start = column.start - 1 + index * (column.every ?? 0)
    if (index >= (column.times ?? 1)) throw new Error(`${column.name} repeats ${column.times ?? 1} times`)
    for (let i = 0; i < value.length && start + i < length; i++) line[start + i] = value.charAt(i)
  }
  const known = COLUMNS[level]
  for (const [name, value] of Object.entries({ segmentLength: String(length).padStart(4, '0'), level, ...values })) {
    const column = known.find((c) => c.name === name)
    if (!column) throw new Error(`level ${level} has no column ${name}`)
    const list = typeof value === 'string' ? [value] : value
    list.forEach((one, index) => { put(column, one, index) })
  }
  return line.join('')
}
