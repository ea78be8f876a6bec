/** What every bench prints: a table for people, rows as JSON for machines. */

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

/** Peak resident memory of this process so far, MiB. */
export const peakRssMb = (): number => Math.round(process.resourceUsage().maxRSS / 1024)
