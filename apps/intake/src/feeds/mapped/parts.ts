/**
 * A file is planned and recorded in parts, so that what is held of it does not grow with its rows. A part finds what those before
 * it recorded in the log; where nothing is recorded, it finds what they would have, in `Remembering`. Pure.
 */
import type { RecordedEvent } from '@chorus/contracts'
import type { Mapping } from './mapping'
import { keyOf, keyText, type Foreseen, type Plan } from './plan'
import { readRow } from './read-row'
import type { Row } from './read-rows'
import { FIELDS } from './targets'

/** Rows that are looked up, planned and recorded at once. */
export const PART = 250

/** A roster is one part: a piece of it would let everybody else out. */
export function* partsOf(rows: readonly Row[], { snapshot }: Mapping, part: number): Generator<readonly Row[]> {
  if (snapshot) { yield rows; return }
  for (let from = 0; from < rows.length; from += part) yield rows.slice(from, from + part)
}

/** Numbers of the rows that have their own number or their report's in common with another row: what one of them says, the other must find. */
export const sharing = (rows: readonly Row[], mapping: Mapping, now: string): ReadonlySet<number> => {
  const names = [...FIELDS[mapping.target].key, 'reportNumber']
  const thin = { ...mapping, fields: Object.fromEntries(Object.entries(mapping.fields).filter(([name]) => names.includes(name))) }
  const first = new Map<string, number>()
  const shared = new Set<number>()
  for (const row of rows) {
    const read = readRow(row, thin, now)
    // What cannot be read so far is not recorded either.
    if ('wrong' in read) continue
    const { reportNumber } = read.fields
    for (const name of [`key ${keyOf(read.fields, mapping)}`, ...(reportNumber === undefined ? [] : [`report ${keyText(reportNumber as string)}`])]) {
      const before = first.get(name)
      if (before === undefined) first.set(name, row.row)
      else shared.add(before).add(row.row)
    }
  }
  return shared
}

/** What the parts before would have recorded, as far as a later row can meet it. */
export class Remembering implements Foreseen {
  readonly histories = new Map<string, readonly RecordedEvent[]>()
  readonly ids = new Set<string>()
  constructor(private readonly shared: ReadonlySet<number>) {}

  add({ rows, histories }: Plan): void {
    for (const { row, stream, ids = [] } of rows) {
      if (stream === undefined || ids.length === 0 || !this.shared.has(row)) continue
      this.histories.set(stream, histories.get(stream)!)
      for (const id of ids) this.ids.add(id)
    }
  }
}
