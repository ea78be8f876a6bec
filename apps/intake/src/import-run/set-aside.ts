/** What an import does with the records that it cannot accept, and with those that are too large for the log; one for all feeds. */
import type { RecordQuarantinedV2 } from '@chorus/contracts'
import type { RecordOutcome } from '@chorus/decider'
import type { Recorder, RecordItem } from '@chorus/event-store'
import type { Vault } from '@chorus/privacy'
import type { Quarantine } from '../quarantined-record/quarantine'
import { isTooLarge } from '../quarantined-record/too-large'
import { metaOf, type ImportOptions } from './import-options'
import type { Tally } from './tally'

/** A record of a file that is not accepted: its place and bytes, why, and what the quarantine keeps of it beside. */
export interface Refused {
  readonly raw: { readonly firstLine: number; readonly lines: number; readonly offset?: number; readonly length: number; readonly bytes?: Uint8Array }
  /** what makes it the same record again; its digest mostly */
  readonly identity: string
  /** of what is set aside each time that something else stood meanwhile: what stands now */
  readonly occasion?: string
  readonly cause: string
  readonly text: string
  readonly more?: Pick<RecordQuarantinedV2, 'action' | 'edits' | 'waitsFor' | 'field' | 'speaksOf' | 'personRefs'>
}
/** Known: it was repaired and accepted, or resolved, before. */
export interface SetAside { readonly id: string; readonly outcome: 'duplicate' | 'quarantined' }
export interface SettingAside<R> { readonly feed: string; readonly mappingOf: (refused: R) => string; readonly tally: Tally; readonly options: ImportOptions & { readonly fileId: string; readonly zone?: string }; readonly now: string }

/** Counts each, and quarantines whole those that are not there already; what was repaired and accepted, or resolved, is known, and what was erased by order is not kept again. */
export const setAside = async <R extends Refused>({ vault, quarantine }: { readonly vault: Vault; readonly quarantine: Quarantine }, { feed, mappingOf, tally, options, now }: SettingAside<R>, refused: readonly R[]): Promise<readonly SetAside[]> => {
  if (refused.length === 0) return []
  const named = refused.map((item) => { const record = vault.hmac('message', item.identity).toString('hex'); return { item, record, id: quarantineIdOf(vault, { feed, record }, item.occasion) } })
  const ids = named.map(({ id }) => id)
  // Asked now, whatever was known when the record was read: an order that came since looks for what was set aside before it.
  const spoken = refused.flatMap(({ more }) => spokenOf(more))
  const [states, erased, gone] = await Promise.all([quarantine.states(ids), quarantine.erased(ids), spoken.length === 0 ? new Set<string>() : vault.erased('incident', [...new Set(spoken)])])
  const fresh = new Map<string, (typeof named)[number]>()
  const became: SetAside[] = []
  for (const one of named) {
    const { id, item: { raw, cause, text, more } } = one
    const status = states.get(id)?.status ?? 'none'
    if (erased.has(id) || spokenOf(more).some((subject) => gone.has(subject))) { tally.settle(raw, 'duplicate'); tally.erased(); became.push({ id, outcome: 'duplicate' }); continue }
    if (status === 'released' || status === 'resolved') { tally.settle(raw, 'duplicate'); became.push({ id, outcome: 'duplicate' }); continue }
    became.push({ id, outcome: 'quarantined' })
    tally.settle(raw, 'quarantined')
    tally.quarantined({ id, line: raw.firstLine, lines: raw.lines, cause, text })
    if (status === 'none' && !fresh.has(id)) fresh.set(id, one)
  }
  if (options.dryRun) return became
  await quarantine.put([...fresh.values()].map(({ id, record, item }) => ({
    data: {
      quarantineId: id, runId: options.runId, feed, mapping: mappingOf(item), ...(options.zone && { zone: options.zone }), file: options.fileId,
      firstLine: item.raw.firstLine, lines: item.raw.lines, ...(item.raw.offset !== undefined && { offset: item.raw.offset }), bytes: item.raw.length, record, kept: item.raw.bytes !== undefined, cause: item.cause, ...item.more,
    },
    ...(item.raw.bytes && { bytes: item.raw.bytes }),
    meta: { ...metaOf(id, options.actor, { agency: options.actor.agency, system: 'chorus' }, now), correlationId: options.runId },
  })))
  return became
}

export const quarantineIdOf = (vault: Vault, { feed, record }: Pick<RecordQuarantinedV2, 'feed' | 'record'>, occasion?: string): string => vault.uuid('stream-id', 'quarantine', feed, record, ...(occasion === undefined ? [] : [occasion]))

/** Of a person's token and a record's stream a tombstone stands in every context. */
const spokenOf = (more: Refused['more']): readonly string[] => [...more?.speaksOf ?? [], ...more?.personRefs ?? []]

/** One record that is too large for the log stops none of the others: they are parted until it stands alone. */
export const recordParted = async (recorder: Recorder, items: readonly RecordItem[]): Promise<(RecordOutcome | 'too-large')[]> => {
  try {
    return await recorder.recordEach(items)
  } catch (error) {
    if (!isTooLarge(error)) throw error
    if (items.length === 1) return ['too-large']
    const half = items.length >> 1
    return [...await recordParted(recorder, items.slice(0, half)), ...await recordParted(recorder, items.slice(half))]
  }
}
