/** The run of an import as events: a start, and a finish that says whether the file was read to its end. */
import type { DraftEvent, ImportRunFinishedV1, ImportRunStartedV1, RecordedEvent } from '@chorus/contracts'
import type { Tally } from './tally'

export interface RunSubject { readonly fileId: string | undefined; readonly bytes?: number; readonly zone?: string; readonly name?: string; /** the moment that a roster says */ readonly asOf?: string }
export interface EarlierRun { readonly run: string; readonly started: string; /** false: it was cut short, by us or by a crash */ readonly complete: boolean }

const at = (now: string) => ({ schemaVersion: 1, time: now, timePrecision: 'instant' as const, timeZone: 'UTC' })

export const started = (runId: string, feed: { readonly system: string; readonly mapping: string }, file: RunSubject, now: string): DraftEvent<ImportRunStartedV1> => ({
  type: 'ImportRunStarted', ...at(now),
  data: { runId, feed: feed.system, mapping: feed.mapping, ...(file.fileId && { file: file.fileId }), ...(file.bytes !== undefined && { bytes: file.bytes }), ...(file.zone && { zone: file.zone }), ...(file.asOf && { asOf: file.asOf }), ...(file.name && { fileName: [...file.name].slice(-255).join('') }) },
})

export const finished = (runId: string, file: { readonly id: string; readonly bytes: number }, complete: boolean, tally: ReturnType<Tally['result']>, now: string): DraftEvent<ImportRunFinishedV1> => {
  const { blank, ...lines } = tally.lines
  return {
    type: 'ImportRunFinished', ...at(now),
    data: {
      runId, file: file.id, bytes: file.bytes, complete, lines, blankLines: blank, records: tally.records,
      actions: named(tally.byAction), causes: named(tally.quarantine.byCause), edits: named(tally.edits.byCode), recordsWithEdits: tally.edits.recordsBreakingAny,
      corrections: tally.corrections, retractions: tally.retractions, releasedFromQuarantine: tally.releasedFromQuarantine,
    },
  }
}
const named = (counts: Readonly<Record<string, number>>) => Object.entries(counts).map(([name, count]) => ({ name, count }))

/** Earlier runs of the same file, in order, out of all import-run events of the log. */
export const earlierRuns = (events: readonly RecordedEvent[], fileId: string): EarlierRun[] => {
  const runs = new Map<string, EarlierRun>()
  for (const { type, data, recordedtime } of events) {
    const { runId, file, complete } = data as Partial<ImportRunFinishedV1> & { runId: string }
    if (type === 'ImportRunStarted' && file === fileId) runs.set(runId, { run: runId, started: recordedtime, complete: false })
    const known = runs.get(runId)
    if (type === 'ImportRunFinished' && known) runs.set(runId, { ...known, complete: complete === true })
  }
  return [...runs.values()]
}

/**
 * By feed, when the last file of it that said anything was read to its end, as an instant. `events`: the starts and finishes of
 * all runs, in order. A file of which every record was quarantined says nothing; one without a record says that there was none.
 */
export const lastReads = (events: readonly Pick<RecordedEvent, 'type' | 'data' | 'time'>[]): Readonly<Record<string, string>> => {
  const feeds = new Map<string, string>()
  const last: Record<string, string> = {}
  for (const { type, data, time } of events) {
    const { runId, feed, complete, records } = data as ImportRunStartedV1 & ImportRunFinishedV1
    if (type === 'ImportRunStarted') feeds.set(runId, feed)
    const of = type === 'ImportRunFinished' && complete && (records.read === 0 || records.quarantined < records.read) ? feeds.get(runId) : undefined
    if (of !== undefined) last[of] = time
  }
  return last
}
