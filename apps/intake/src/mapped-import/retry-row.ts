/** A quarantined row of an extract, read again by the mapping that its run was read by. */
import type { Actor, MappingAppliedV1 } from '@chorus/contracts'
import type { Recorder } from '@chorus/event-store'
import { keptFormat, readRows, type Row } from '../feeds/mapped/read-rows'
import { keyOf, type PlanFacts, type PlannedRow } from '../feeds/mapped/plan'
import { readRow } from '../feeds/mapped/read-row'
import type { Mapping } from '../feeds/mapped/mapping'
import type { QuarantinedRecord } from '../quarantined-record/quarantined-record'
import { lookUpFacts, type FactsDeps } from './look-up-facts'
import { mappingIn } from './mapping-file'
import { planExtract } from './plan-extract'
import { rosterMoment } from './roster-moment'

type Open = Extract<QuarantinedRecord, { first: unknown }>
export interface PlannedAgain { readonly planned: PlannedRow; readonly mapping: Mapping; /** of its stream before it */ readonly expected: number }

export class ExtractRows {
  constructor(private readonly deps: FactsDeps) {}

  /** The row as it would be recorded now, or why not. `making`: it is to be recorded; `holdsAgain`: a person says so. */
  async plan(bytes: Uint8Array, { first }: Open, actor: Actor, making: boolean, holdsAgain = false): Promise<PlannedAgain | { readonly cause: string; readonly text: string }> {
    const mapping = await mappingOf(this.deps.recorder, first.runId)
    if (!mapping) return { cause: 'mapping-unknown', text: 'the mapping of its run is not known here: send the row again in a file, or resolve it' }
    const row = await onlyRow(bytes, mapping, first.firstLine ?? 1)
    if ('text' in row) return row
    const roster = await rosterMoment(this.deps.recorder, mapping, [row], first.file ?? '', this.deps.clock.now())
    if ('refused' in roster) return { cause: 'roster-older', text: roster.refused }
    const facts = { ...await lookUpFacts(this.deps, { mapping, rows: [row], file: first.file ?? '', actor, making }), holdsAgain }
    const { rows: [planned] } = await planExtract(this.deps.recorder, [row], { ...mapping, ...(mapping.snapshot && { snapshot: { ...mapping.snapshot, full: false } }) }, facts)
    return { planned: planned!, mapping, expected: planned!.stream ? facts.history(planned!.stream).length - 1 : -1 }
  }

  /** Of whom and what the row speaks; persons who are not known yet get their token, so that an order about them finds it. */
  async spokenOf(bytes: Uint8Array, { first }: Open, actor: Actor): Promise<ReturnType<PlanFacts['spokenOf']>> {
    const mapping = await mappingOf(this.deps.recorder, first.runId)
    const row = mapping && await onlyRow(bytes, mapping, first.firstLine ?? 1)
    if (!row || 'text' in row) return { erased: false }
    return (await lookUpFacts(this.deps, { mapping, rows: [row], file: first.file ?? '', actor, making: true })).spokenOf(row)
  }

  /** Whether a repair speaks of the record that waits; where the record could not be read, nobody can say. */
  async namesSame(before: Uint8Array, after: Uint8Array, { first }: Open): Promise<boolean> {
    const mapping = await mappingOf(this.deps.recorder, first.runId)
    if (!mapping) return true
    const [was, is] = await Promise.all([before, after].map(async (bytes) => {
      const row = await onlyRow(bytes, mapping, 1)
      if ('text' in row) return undefined
      const read = readRow(row, mapping, this.deps.clock.now())
      return 'fields' in read ? keyOf(read.fields, mapping) : undefined
    }))
    return was === undefined || is === undefined || was === is
  }
}

/** @returns undefined where the run applied none that this build reads */
const mappingOf = async (recorder: Recorder, runId: string | undefined): Promise<Mapping | undefined> => {
  if (runId === undefined) return undefined
  const applied = (await recorder.load(`importrun-${runId}`)).find(({ type }) => type === 'MappingApplied')
  if (!applied) return undefined
  const read = mappingIn((applied.data as MappingAppliedV1).text)
  return 'mapping' in read ? read.mapping : undefined
}

const onlyRow = async (bytes: Uint8Array, mapping: Mapping, row: number): Promise<Row | { readonly cause: string; readonly text: string }> => {
  const read = await readRows(bytes, { ...keptFormat(mapping), format: { ...keptFormat(mapping).format, encoding: 'utf-8' } })
  if ('refused' in read) return { cause: 'unreadable-row', text: read.refused }
  const [only, second] = read.rows
  if (!only || second) return { cause: 'not-one-record', text: 'a quarantined row is one row, for CSV with the heading before it: repair it so, and send others as a file' }
  return { row, line: row, content: only.content, values: only.values, ...(only.broken && { broken: only.broken }) }
}
