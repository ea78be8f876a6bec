/**
 * Imports a file of a feed: reads it as a stream, in batches; what becomes of each record the feed settles; the run itself is
 * recorded. Every record is settled exactly once, and a run that was cut short is finished by the next run of the same file,
 * because the log remembers what was accepted.
 */
import { createHash } from 'node:crypto'
import type { DraftEvent, RecordedEvent } from '@chorus/contracts'
import { derivedId } from '@chorus/decider'
import type { Recorder } from '@chorus/event-store'
import { Problem } from '@chorus/platform'
import type { Vault } from '@chorus/privacy'
import { readCounts, type ReadCounts } from '../feeds/nibrs/read-records'
import type { Quarantine } from '../quarantined-record/quarantine'
import type { QuarantineRetry } from '../quarantined-record/retry'
import { earlierRuns, finished, started, type EarlierRun } from './import-run'
import { metaOf, type ImportOptions, type ImportProgress } from './import-options'
import type { Tally } from './tally'

export interface ImportFile {
  readonly source: AsyncIterable<Uint8Array>
  /** length in bytes, where known */
  readonly bytes?: number
  /** SHA-256 of the whole file in hex, where known before it is read */
  readonly sha256?: string
  readonly name?: string
  /** IANA zone of the file's local times; absent: by the agency's state */
  readonly zone?: string
}

export type { ImportOptions, ImportProgress }

export interface RunReport extends ReturnType<Tally['result']> {
  readonly run: string
  readonly feed: string
  readonly mapping: string
  readonly dryRun: boolean
  /** the file was read to its end */
  readonly complete: boolean
  readonly file: { readonly bytes: number; /** keyed fingerprint */ readonly id: string }
  readonly earlierRuns: readonly EarlierRun[]
}

/** Records in one append; larger ones save little and make Ctrl-C wait. */
const BATCH = 200
const BATCH_BYTES = 4 * 1024 * 1024

export interface ImportDeps { readonly recorder: Recorder; readonly vault: Vault; readonly quarantine: Quarantine; readonly retry: QuarantineRetry; readonly clock: { now(): string } }
/** What one run of a feed does with the records that were read: each is settled exactly once. */
export interface Settling<R> {
  readonly tally: Tally
  settle(batch: readonly R[]): Promise<void>
  /** waits for the last of what is under way */
  finish(): Promise<void>
}
/** A format in which agencies send records: how a file is read, and how its records are settled. */
export interface Feed<R extends { readonly bytes?: Uint8Array }, S extends Settling<R>> {
  readonly system: string
  readonly mapping: string
  /** records in one batch, where another number than the usual one serves it */
  readonly batch?: number
  /** Reads the file as a stream and counts what it reads. Throws a Problem where the file as a whole is refused. */
  read(source: AsyncIterable<Uint8Array>, counts: ReadCounts): AsyncIterable<R>
  settling(deps: ImportDeps, options: ImportOptions & { readonly fileId: string; readonly zone?: string }): S
}

/** Reads one file of a feed to its end, in batches, and records that it was read. */
export class FileImport<R extends { readonly bytes?: Uint8Array }, S extends Settling<R>> {
  constructor(private readonly deps: ImportDeps, private readonly feed: Feed<R, S>) {}

  async run(file: ImportFile, options: ImportOptions): Promise<{ readonly report: RunReport; readonly settled: S }> {
    const { vault } = this.deps
    const { feed } = this
    const fileId = vault.hmac('file', file.sha256 ?? options.runId).toString('hex')
    const run = feed.settling(this.deps, { ...options, fileId, ...(file.zone && { zone: file.zone }) })
    const before = await this.runsBefore(fileId)
    if (!options.dryRun) await this.record(options, [started(options.runId, feed, { fileId: file.sha256 === undefined ? undefined : fileId, ...file }, this.deps.clock.now())], -1)
    const counts = readCounts()
    const read = createHash('sha256')
    const source = observed(file.source, chunk => read.update(chunk), options.signal)
    let batch: R[] = []
    let bytes = 0
    let failure: SourceBroken | undefined
    try {
      for await (const raw of feed.read(source, counts)) {
        batch.push(raw)
        bytes += raw.bytes?.length ?? 0
        if (batch.length < (feed.batch ?? BATCH) && bytes < BATCH_BYTES) continue
        await run.settle(batch)
        options.report?.({ lines: counts.lines, records: counts.records, quarantined: run.tally.quarantinedSoFar, bytes: counts.bytes, ...(file.bytes !== undefined && { ofBytes: file.bytes }) })
        batch = []
        bytes = 0
        if (options.signal?.aborted) break
      }
      // A file that broke off ends in a record that may be half: only the end of the file says that it is whole.
      if (!options.signal?.aborted) await run.settle(batch)
      await run.finish()
    } catch (error) {
      if (!(error instanceof SourceBroken) && !(error instanceof Problem)) throw error
      failure = error instanceof SourceBroken ? error : new SourceBroken('refused', { cause: error })
      await run.finish()
    }
    const digest = failure === undefined && !options.signal?.aborted ? read.digest('hex') : undefined
    // The run of another file than the one that was announced must not pass for a complete run of that one.
    if (digest !== undefined && file.sha256 !== undefined && digest !== file.sha256) failure = new SourceBroken('another file', { cause: NOT_AS_ANNOUNCED })
    const complete = digest !== undefined && failure === undefined
    const result = run.tally.result(counts.blank)
    const total = { bytes: counts.bytes, id: digest !== undefined && file.sha256 === undefined ? vault.hmac('file', digest).toString('hex') : fileId }
    if (!options.dryRun) await this.record(options, [finished(options.runId, total, complete, result, this.deps.clock.now())], 0)
    if (failure?.cause instanceof Problem) throw failure.cause
    return { settled: run, report: { run: options.runId, feed: feed.system, mapping: feed.mapping, dryRun: options.dryRun, complete, file: total, earlierRuns: before, ...result } }
  }

  private async runsBefore(fileId: string): Promise<readonly EarlierRun[]> {
    const events: RecordedEvent[] = []
    for await (const event of this.deps.recorder.read({ filter: { categories: ['importrun'], types: ['ImportRunStarted', 'ImportRunFinished'] } })) events.push(event)
    return earlierRuns(events, fileId)
  }

  private async record(options: ImportOptions, drafts: readonly DraftEvent[], expected: number): Promise<void> {
    // Start and finish are two commands of one run: an id each.
    const commandId = derivedId('import-run', options.runId, String(expected))
    const outcome = await this.deps.recorder.record(`importrun-${options.runId}`, expected, drafts, { ...metaOf(options.runId, options.actor, { agency: options.actor.agency, system: 'chorus' }, this.deps.clock.now()), commandId })
    if (!outcome.ok) throw new Error(`the import run could not be recorded: ${outcome.text}`)
  }
}

const NOT_AS_ANNOUNCED = new Problem('bad-parameter', 'The file that came is not the one that its Content-Digest names: it was damaged on its way, or changed while it was sent. What could be read of it is recorded, and this run counts as cut short: send the right file again.', { errors: [{ pointer: '/headers/content-digest', rule: 'sha-256', detail: 'not the SHA-256 of the bytes that came' }] })

/** What the source threw: the connection broke, the client went away, or the edge stopped it (a Problem). */
class SourceBroken extends Error {}

async function* observed(source: AsyncIterable<Uint8Array>, see: (chunk: Uint8Array) => void, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of source) {
      if (signal?.aborted) throw new SourceBroken('stopped')
      see(chunk)
      yield chunk
    }
  } catch (error) {
    throw error instanceof SourceBroken ? error : new SourceBroken('the source broke off', { cause: error })
  }
}
