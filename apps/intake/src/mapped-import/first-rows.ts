/** What an answer says of single rows. */
import type { PlannedRow } from '../feeds/mapped/plan'

export type RowReport = Omit<PlannedRow, 'drafts' | 'ids' | 'stream' | 'waitsFor' | 'over' | 'ordinal'> & { /** of a quarantined row: its id there */ readonly quarantine?: string }
export const entryOf = ({ row, line, outcome, cause, field, text }: PlannedRow): RowReport => ({ row, line, outcome, ...(cause && { cause }), ...(field && { field }), ...(text && { text }) })

/** Rows that an answer names. */
const NAMED = 1000

/** The first rows by number, which an answer names; the others are counted. */
export class FirstRows {
  private rows: RowReport[] = []
  private count = 0

  add(row: RowReport): void {
    this.count++
    this.rows.push(row)
    if (this.rows.length >= 2 * NAMED) this.rows = this.named()
  }
  named(): RowReport[] { return [...this.rows].sort((a, b) => a.row - b.row).slice(0, NAMED) }
  get leftOut(): number { return Math.max(this.count - NAMED, 0) }
}
