/** What every bench prints: a table for people, rows as JSON for machines. */
import { readFileSync, writeFileSync } from 'node:fs'

/** One measurement with its parameters. Rates are events (or lines) a second; times in ms; memory is the peak of the process that did the work. */
export interface Row { readonly [column: string]: string | number | boolean | null }

const shown = (value: Row[string] | undefined): string => {
  if (value === null || value === undefined) return '-'
  if (typeof value !== 'number') return String(value)
  return Number.isInteger(value) || Math.abs(value) >= 1000 ? Math.round(value).toLocaleString('en-US') : value.toFixed(2)
}

/** Columns are those of all rows, in the order they first appear. */
export function printTable(rows: readonly Row[]): void {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))]
  const cells = [columns, ...rows.map((row) => columns.map((column) => shown(row[column])))]
  const widths = columns.map((_, i) => Math.max(...cells.map((line) => line[i]!.length)))
  for (const line of cells) console.log(line.map((cell, i) => cell.padStart(widths[i]!)).join('  '))
}

export const rounded = (value: number, digits = 2): number => Number(value.toFixed(digits))

/** The value below which this part (0 to 1) of the sorted values lies. */
export const percentile = (sorted: readonly number[] | Float64Array, part: number): number => sorted.length === 0 ? 0 : sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))]!

/** Peak resident memory of this process so far, or since it was last forgotten, MiB. */
export const peakRssMb = (): number => {
  const high = forgotten ? /^VmHWM:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] : undefined
  return Math.round(Number(high ?? process.resourceUsage().maxRSS) / 1024)
}
let forgotten = false
/** The peak is measured from now on, where the system can (Linux). @returns resident memory now, MiB */
export const forgetPeak = (): number => {
  try { writeFileSync('/proc/self/clear_refs', '5'); forgotten = true } catch { forgotten = false }
  return Math.round(process.memoryUsage().rss / 1024 / 1024)
}
