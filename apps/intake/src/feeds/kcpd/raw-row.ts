/** A row of open crime data as a file has it, CSV or JSON, and what a file is that has none. */
import { KNOWN_COLUMNS, type Cells } from './columns'

export interface RowCounts { lines: number; blank: number; bytes: number; records: number }

export interface RawRow {
  /** line of the file in which it begins, from 1 */
  readonly firstLine: number
  /** one: a row is what is counted, whatever line breaks stand in it */
  readonly lines: 1
  readonly offset: number
  readonly length: number
  /** what is needed to read it again: the header, and the row; absent where it is over 1 MiB */
  readonly bytes?: Uint8Array
  /** SHA-256 hex of the row */
  readonly sha256: string
  readonly read: { readonly ok: true; readonly cells: Cells } | { readonly ok: false; readonly cause: string; readonly text: string }
}

/** The file as a whole is none of the layouts that are known. */
export class UnknownLayout extends Error {
  /** `form`: what the file is, where that alone is what is wrong with it */
  constructor(readonly unknown: readonly string[], readonly missing: readonly string[], readonly twice: readonly string[] = [], readonly form?: string) { super('unknown layout') }
  /** Names columns alone; where the first line is no header it may be a row, and is not repeated. */
  get text(): string {
    if (this.form !== undefined) return `${this.form} Nothing was recorded.`
    const names = this.unknown.filter(name => /^[:@A-Za-z][\w .:@#/-]{0,39}$/.test(name.trim())).slice(0, 20)
    const header = this.missing.length < 3
    return [
      header ? 'The columns of this file are not those of the open crime data of any year that is known (2010 to 2024).' : 'The first line is no header of the open crime data of any year that is known (2010 to 2024).',
      ...(header && names.length > 0 ? [`Unknown: ${names.join(', ')}.`] : []), ...(this.missing.length > 0 ? [`Missing: ${this.missing.join(', ')}.`] : []),
      ...(this.twice.length > 0 ? [`More than once: ${this.twice.map(name => name.trim()).join(', ')}; nobody can say which is meant.`] : []),
      `Known: ${KNOWN_COLUMNS.join(', ')}. Nothing was recorded. Send the file as the city's portal gives it, as UTF-8; a new column must first be made known.`,
    ].join(' ')
  }
}
