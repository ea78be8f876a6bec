/** The shell around quarantined records: their bytes (sealed, beside the log) and their streams. */
import type { CommandMeta, RecordQuarantinedV2 } from '@chorus/contracts'
import { fold, handleEach, isRefusal } from '@chorus/decider'
import type { Recorder } from '@chorus/event-store'
import { quarantinedRecord, type QuarantinedRecord } from './quarantined-record'
import type { QuarantinedBytes } from './quarantined-bytes'

/** A record that could not be accepted, with its bytes where they are kept. */
export interface Refusee { readonly data: RecordQuarantinedV2; readonly bytes?: Uint8Array; readonly meta: CommandMeta }

export type Waiting = readonly [id: string, state: QuarantinedRecord & { status: 'open' }]

export class Quarantine {
  constructor(private readonly recorder: Recorder, private readonly bytes: QuarantinedBytes) {}

  /** What is known of these, by id; `none` for one that was never quarantined. */
  async states(ids: readonly string[]): Promise<ReadonlyMap<string, QuarantinedRecord>> {
    const histories = await this.recorder.loadMany(ids.map(id => `quarantine-${id}`))
    return new Map(ids.map(id => [id, fold(quarantinedRecord, histories.get(`quarantine-${id}`) ?? [], quarantinedRecord.initial)]))
  }

  /** Of these, the records that were erased by order. */
  erased(ids: readonly string[]): Promise<ReadonlySet<string>> { return this.bytes.erased(ids) }

  /**
   * Keeps the bytes, then records that they are kept: a crash between the two leaves bytes that the next run finds and
   * records. Those that are there already add nothing.
   */
  async put(refusees: readonly Refusee[]): Promise<void> {
    await this.bytes.put(refusees.flatMap(({ data, bytes }) => bytes ? [{ id: data.quarantineId, version: 1, bytes, ...(data.waitsFor && { waitsFor: data.waitsFor }) }] : []))
    const answers = await handleEach(this.recorder, quarantinedRecord, refusees.map(({ data, meta }) => ({ id: data.quarantineId, command: { type: 'QuarantineRecord' as const, data, meta } })))
    for (const answer of answers) if (isRefusal(answer)) throw new Error(`a record could not be quarantined: ${answer.text}`)
  }

  /** Open records that wait for these streams, in order of arrival. */
  async waitingFor(streams: readonly string[]): Promise<readonly Waiting[]> { return this.openOf(await this.bytes.waitingFor(streams)) }

  /** Those of these that are open. */
  async openAmong(ids: readonly string[]): Promise<readonly Waiting[]> { return this.openOf(await this.bytes.among(ids)) }

  private async openOf(ids: readonly string[]): Promise<readonly Waiting[]> {
    if (ids.length === 0) return []
    const states = await this.states(ids)
    return ids.flatMap(id => { const state = states.get(id); return state?.status === 'open' ? [[id, { ...state, status: 'open' as const }] as const] : [] })
  }
}
