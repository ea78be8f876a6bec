/** What lies in quarantine, read from the log itself: nobody repairs by a list that is behind. */
import type { Actor, ImportRunStartedV1, RecordedEvent } from '@chorus/contracts'
import { refused, type Refusal } from '@chorus/decider'
import type { Recorder } from '@chorus/event-store'
import { parseRecord } from '../feeds/nibrs/parse-record'
import type { QuarantinedBytes } from './quarantined-bytes'
import { evolve, initial, type QuarantinedRecord } from './quarantined-record'
import { isExtract } from '../feeds/mapped/mapping'
import type { ExtractRows } from '../mapped-import/retry-row'
import { SAID_BEFORE } from '../incident/receive'
import { ANOTHER_AGENCY, onlyRecord, WAITS } from './retry'
import { TOO_LARGE } from './too-large'

export const STATUSES = ['open', 'released', 'resolved', 'all'] as const
export type Status = (typeof STATUSES)[number]

export interface QuarantinedRow {
  readonly id: string
  readonly status: string
  readonly cause: string
  readonly feed: string
  /** keyed fingerprint of the file that it came in: the same for all records of that file */
  readonly file?: string
  /** for those who may see it; absent where the run named none */
  readonly fileName?: string
  readonly firstLine?: number
  readonly lines?: number
  readonly bytes: number
  readonly repairs: number
  readonly quarantined: string
  readonly runId?: string
  readonly waitsFor?: string
}
export interface QuarantinedDetail extends QuarantinedRow {
  /** where, what, and what to do */
  readonly text: string
  /** the record as it came, or as it was last repaired; absent where it is not kept */
  readonly content?: string
  readonly encoding?: 'utf-8' | 'latin1'
  /** the record as it came, where it was repaired since */
  readonly original?: { readonly content: string; readonly encoding: 'utf-8' | 'latin1' }
}

export class QuarantineList {
  constructor(private readonly deps: { readonly recorder: Recorder; readonly bytes: QuarantinedBytes; readonly extracts: ExtractRows }) {}

  async rows({ status, cause, limit }: { readonly status: Status; readonly cause?: string; readonly limit: number }, reader: Actor): Promise<{ total: number; byCause: Record<string, number>; records: QuarantinedRow[] }> {
    const states = new Map<string, { state: QuarantinedRecord; first: RecordedEvent }>()
    for await (const event of this.deps.recorder.read({ filter: { categories: ['quarantine'] } })) {
      const before = states.get(event.stream)
      states.set(event.stream, { state: evolve(before?.state ?? initial, event), first: before?.first ?? event })
    }
    const byCause: Record<string, number> = {}
    const records: QuarantinedRow[] = []
    for (const { state, first } of [...states.values()].reverse()) {
      if (state.status === 'none' || !sees(reader, first) || (status !== 'all' && state.status !== status) || (cause !== undefined && state.first.cause !== cause)) continue
      byCause[state.first.cause] = (byCause[state.first.cause] ?? 0) + 1
      if (records.length < limit) records.push(rowOf(state, first))
    }
    return { total: Object.values(byCause).reduce((sum, n) => sum + n, 0), byCause, records: await this.withFileNames(records, reader) }
  }

  async detail(id: string, reader: Actor): Promise<QuarantinedDetail | Refusal> {
    const events = await this.deps.recorder.load(`quarantine-${id}`)
    const state = events.reduce(evolve, initial)
    const [first] = events
    if (state.status === 'none' || !first || !sees(reader, first)) return refused('quarantined_record_unknown', 'There is no quarantined record of this id, or not for your agency. The list: chorus quarantine list.', { kind: 'not-found' })
    const [row] = await this.withFileNames([rowOf(state, first)], reader) as [QuarantinedRow]
    const kept = await this.deps.bytes.get(id, state.repair)
    if (kept === undefined) return { ...row, text: 'the record is longer than 1 MiB: only its place and fingerprint are kept. Send it again as a proper record, or resolve it' }
    if (kept === 'erased') return { ...row, text: 'the bytes of this record were erased by order: resolve it' }
    const came = kept.version > 1 ? await this.deps.bytes.get(id) : undefined
    return {
      ...row, text: await this.explain(kept.bytes, state, reader), ...asText(kept.bytes),
      ...(came !== undefined && came !== 'erased' && { original: asText(came.bytes) }),
    }
  }

  /** The file's name may match something outside: for those who see the agencies' records alone. */
  private async withFileNames<R extends QuarantinedRow>(rows: readonly R[], reader: Actor): Promise<R[]> {
    if (reader.role !== 'intakeAnalyst' && reader.role !== 'agencyFeed') return [...rows]
    const streams = [...new Set(rows.flatMap(({ runId }) => runId ? [`importrun-${runId}`] : []))]
    const begun = [...(await this.deps.recorder.loadMany(streams)).values()].flatMap(([first]) => first?.type === 'ImportRunStarted' ? [first] : [])
    const names = new Map((await this.deps.recorder.unseal(begun, ({ pointer }) => pointer === '/data/fileName')).map(({ stream, data }) => [stream, (data as ImportRunStartedV1).fileName]))
    return rows.map(row => { const name = names.get(`importrun-${row.runId}`); return typeof name === 'string' ? { ...row, fileName: name } : row })
  }

  /** Why it cannot be accepted today, in today's words: the reader may have learned since. */
  private async explain(bytes: Buffer, state: Known, reader: Actor): Promise<string> {
    const { status, first } = state
    if (status === 'released') return 'it was accepted, or found to be known already: nothing is left to do'
    if (status === 'resolved') return 'it was settled without being recorded: nothing is left to do'
    if (isExtract(first.feed)) {
      const again = await this.deps.extracts.plan(bytes, state, reader, false)
      return 'text' in again ? again.text : again.planned.text ?? 'it can be read now: try it again (chorus quarantine retry)'
    }
    const raw = await onlyRecord(bytes, first.firstLine ?? 1)
    if ('cause' in raw) return raw.text
    const parsed = parseRecord(raw)
    for (const { cause, text } of [TOO_LARGE, ANOTHER_AGENCY, SAID_BEFORE]) if (parsed.ok && first.cause === cause) return text
    return parsed.ok ? first.waitsFor ? WAITS.text : 'it can be read now: try it again (chorus quarantine retry)' : parsed.text
  }
}

type Known = QuarantinedRecord & { status: 'open' | 'released' | 'resolved' }

/** Bytes that are no UTF-8 are shown as Latin-1, which loses none. */
const asText = (bytes: Buffer): { content: string; encoding: 'utf-8' | 'latin1' } => {
  const utf8 = bytes.toString('utf8')
  const faithful = Buffer.from(utf8, 'utf8').equals(bytes)
  return { content: faithful ? utf8 : bytes.toString('latin1'), encoding: faithful ? 'utf-8' : 'latin1' }
}

/** An agency's integration sees what came in under its own name. */
const sees = (reader: Actor, first: RecordedEvent): boolean => reader.role !== 'agencyFeed' || first.actor.agency === reader.agency

const rowOf = (state: Known, event: RecordedEvent): QuarantinedRow => {
  const { quarantineId, cause, feed, file, firstLine, lines, bytes, runId, waitsFor } = state.first
  return {
    id: quarantineId, status: state.status, cause, feed, bytes, repairs: state.repairs, quarantined: event.recordedtime,
    ...(file && { file }), ...(firstLine !== undefined && { firstLine }), ...(lines !== undefined && { lines }), ...(runId && { runId }), ...(waitsFor && { waitsFor }),
  }
}
