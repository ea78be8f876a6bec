/**
 * Imports an extract by its mapping: plans it, shows the plan, or commits exactly it, part by part. Every row is settled once; a
 * run that was cut short is finished by the next, because the log remembers what was accepted.
 */
import { createHash } from 'node:crypto'
import type { Actor, CommandMeta, DraftEvent, MappingAppliedV1 } from '@chorus/contracts'
import { derivedId, isRefusal } from '@chorus/decider'
import { Problem } from '@chorus/platform'
import { feedOf, nameOf, type Mapping } from '../feeds/mapped/mapping'
import type { Departure, Plan, PlanFacts, PlannedRow } from '../feeds/mapped/plan'
import { PART, partsOf, Remembering, sharing } from '../feeds/mapped/parts'
import { readRows, type Row } from '../feeds/mapped/read-rows'
import { occasionOf } from '../incident/receive'
import { finished, started } from '../import-run/import-run'
import { quarantineIdOf, setAside } from '../import-run/set-aside'
import { Tally, type SettledRecord } from '../import-run/tally'
import type { Quarantine } from '../quarantined-record/quarantine'
import type { QuarantineRetry } from '../quarantined-record/retry'
import { entryOf, FirstRows, type RowReport } from './first-rows'
import { isTaken, lookUpFacts, maySend, type FactsDeps } from './look-up-facts'
import { mappingIn } from './mapping-file'
import { PlanDigest } from './plan-digest'
import { planExtract } from './plan-extract'
import { rosterMoment } from './roster-moment'

export interface Extract { readonly mapping: string; readonly bytes: Uint8Array; readonly name?: string }
export interface ExtractOptions {
  readonly runId: string
  readonly actor: Actor
  readonly commit: boolean
  /** digest of the plan that was looked at: another plan is not committed */
  readonly plan?: string
  readonly signal?: AbortSignal
  /** ids of the files that were read of this one while it was written */
  readonly own?: readonly string[]
  /** told what became of each row */
  readonly told?: (record: SettledRecord) => void
}
export type ExtractReport = Omit<ReturnType<Tally['result']>, 'lines' | 'byAction' | 'edits'> & {
  readonly run: string
  readonly feed: string
  readonly mapping: string
  readonly committed: boolean
  readonly complete: boolean
  /** SHA-256 over what the plan says of each row */
  readonly plan: string
  /** of the duplicates: rows of a roster about nobody who has a case here */
  readonly withoutCase: number
  /** holds that a full roster no longer names */
  readonly departures: number
  readonly rows: readonly RowReport[]
  /** rows that the answer leaves out, beyond the first thousand */
  readonly rowsLeftOut: number
}

/** An extract is read whole before anything of it is recorded: larger ones come in several files. */
export const MAX_EXTRACT_BYTES = 64 * 1024 * 1024
/** Streams in one append. */
const BATCH = 250
const ATTEMPTS = 6
/** A longer row is not kept in quarantine. */
const MAX_KEPT = 1024 * 1024

export class MappedImport {
  /** `part`: rows at once */
  constructor(private readonly deps: FactsDeps & { readonly quarantine: Quarantine; readonly retry: QuarantineRetry }, private readonly part = PART) {}

  async run({ mapping: text, bytes, name }: Extract, options: ExtractOptions): Promise<ExtractReport> {
    const { vault, clock } = this.deps
    const read = mappingIn(text)
    if ('problems' in read) throw new Problem('schema-violation', `The mapping is wrong: ${read.problems.slice(0, 5).map((one) => `line ${one.line}${one.key && `, ${one.key}`} ${one.text}`).join('; ')}. Nothing was read.`, { errors: read.problems.map((one) => ({ pointer: `/mapping/${one.key}`, rule: `line ${one.line}`, detail: one.text })) })
    const { mapping } = read
    if (!maySend(options.actor, mapping.source.agency)) throw new Problem('not-allowed', 'The mapping is of another agency than the one that sends the file. Let that agency send it, or intake.')
    await this.refuseChangedMapping(mapping, text)
    const rows = await readRows(bytes, mapping)
    if ('refused' in rows) throw new Problem('schema-violation', `${rows.refused} Nothing was recorded.`, { errors: [{ pointer: '/file', rule: 'readable', detail: 'the file as a whole cannot be read by this mapping' }] })
    if (rows.rows.length === 0 && mapping.snapshot) throw new Problem('schema-violation', 'The roster has a heading and no row. An empty roster is not believed, since it would say that everybody has left: send it again, or record each release by hand. Nothing was recorded.', { errors: [{ pointer: '/file', rule: 'rows', detail: 'a roster with no row' }] })
    const file = vault.hmac('file', createHash('sha256').update(bytes).digest('hex')).toString('hex')
    const roster = await rosterMoment(this.deps.recorder, mapping, rows.rows, file, clock.now(), options.own)
    if ('refused' in roster) throw roster.wrong ? new Problem('schema-violation', `${roster.refused} Nothing was recorded.`, { errors: [{ pointer: '/file', rule: 'moment', detail: 'the moment of the roster cannot be told' }] }) : new Problem('conflict', `${roster.refused} Nothing was recorded.`)
    const settling: Settling = { tally: new Tally(options.told), rows: new FirstRows(), withoutCase: 0, departures: 0, streams: [] }
    const work: Work = { mapping, file, options, settling }
    if (!options.commit) return report(options, mapping, await this.planned(rows.rows, work, true), settling, true)
    if (options.plan !== undefined && options.plan !== await this.planned(rows.rows, work, false)) throw new Problem('conflict', 'The plan that you looked at is not what would be recorded now: the file, its mapping, or the record has changed since. Nothing was recorded. Look at the plan again.')
    await this.record(options, -1, [started(options.runId, { system: feedOf(mapping), mapping: nameOf(mapping) }, { fileId: file, bytes: bytes.length, zone: mapping.zone, ...(name && { name }), ...(roster.moment && { asOf: roster.moment }) }, clock.now()), applied(options.runId, mapping, text, clock.now())])
    const digest = new PlanDigest(mapping, file)
    const complete = await this.commitParts(rows.rows, work, digest)
    await this.releaseWaiting(options, settling)
    await this.record(options, 1, [finished(options.runId, { id: file, bytes: bytes.length }, complete, settling.tally.result(0), clock.now())])
    return report(options, mapping, digest.hex(), settling, complete)
  }

  /** The digest of the whole plan. `settle`: the plan is shown, and each of its rows with it. */
  private async planned(rows: readonly Row[], work: Work, settle: boolean): Promise<string> {
    const { mapping, file, options } = work
    const digest = new PlanDigest(mapping, file)
    const parts = [...partsOf(rows, mapping, this.part)]
    const before = new Remembering(parts.length > 1 ? sharing(rows, mapping, this.deps.clock.now()) : new Set())
    for (const part of parts) {
      const facts = await lookUpFacts(this.deps, { mapping, rows: part, file, actor: options.actor, making: false })
      const plan = await planExtract(this.deps.recorder, part, mapping, facts, new Set(), before)
      digest.add(plan, facts)
      before.add(plan)
      if (settle) { readAll(part, work); await this.settle(part, plan, work, facts) }
    }
    return digest.hex()
  }

  /**
   * Answers whether each row was settled. A part is looked up and planned while the database records the one before it, unless
   * one of its rows speaks of what another row speaks of, too: that one is to find what is recorded before it.
   */
  private async commitParts(rows: readonly Row[], work: Work, digest: PlanDigest): Promise<boolean> {
    const parts = [...partsOf(rows, work.mapping, this.part)]
    const shared = parts.length > 1 ? sharing(rows, work.mapping, this.deps.clock.now()) : new Set()
    let complete = true
    let ahead: Promise<Looked> | undefined
    for (const [at, part] of parts.entries()) {
      if (work.options.signal?.aborted) return false
      const looked = await (ahead ?? this.look(part, work))
      const next = parts[at + 1]
      ahead = next && !next.some(({ row }) => shared.has(row)) ? this.look(next, work) : undefined
      ahead?.catch(() => undefined) // whoever waits for it is told
      complete = await this.commitPart(part, looked, work, digest) && complete
    }
    return complete
  }

  /** What is recorded of a part, as far as is known now. */
  private async look(part: readonly Row[], { mapping, file, options }: Work, taken?: ReadonlySet<number>): Promise<Looked> {
    const facts = await lookUpFacts(this.deps, { mapping, rows: part, file, actor: options.actor, making: true })
    return { facts, plan: await planExtract(this.deps.recorder, part, mapping, facts, taken) }
  }

  /** Answers whether each row of the part was settled. */
  private async commitPart(part: readonly Row[], first: Looked, work: Work, digest: PlanDigest): Promise<boolean> {
    const { options } = work
    readAll(part, work)
    digest.add(first.plan, first.facts)
    let open = new Set(part.map(({ row }) => row))
    const clashes: Clashes = { streams: new Set(), taken: new Set() }
    for (let attempt = 0, looked: Looked | undefined = first; ; looked = undefined) {
      if (attempt === ATTEMPTS) throw new Error('other writers change the same records faster than this import can follow: run it again')
      // Always the whole part, also where one row alone was overtaken: a part of a roster would let everybody else out.
      const { facts, plan } = looked ?? await this.look(part, work, clashes.taken)
      const taken = clashes.taken.size
      const { overtaken, known, again } = await this.append(plan, facts, work, clashes)
      // A row that is set aside is progress: the others are not to suffer for it.
      if (clashes.taken.size === taken) attempt++
      const settled = plan.rows.filter(({ row }) => open.has(row) && !overtaken.has(row))
      await this.settle(part, { ...plan, rows: settled.map((row) => known.has(row.row) ? { ...row, outcome: 'duplicate' } : row) }, work, facts)
      open = new Set([...open].filter((row) => overtaken.has(row)))
      if (!again || options.signal?.aborted) return open.size === 0
    }
  }

  /**
   * Each stream's drafts in one append; answers the rows that another writer overtook, those that one had recorded just so (the same file, sent twice at once), and whether anything was overtaken. An id that is
   * stored with other content may be another writer's of this moment; where it still is after a new look, no look will help:
   * there each row is appended by itself, and the one whose ids are taken is named.
   */
  private async append(plan: Plan, facts: PlanFacts, { mapping, options, settling }: Work, clashes: Clashes): Promise<{ readonly overtaken: ReadonlySet<number>; readonly known: ReadonlySet<number>; readonly again: boolean }> {
    const { recorder } = this.deps
    const byStream = new Map<string, Part[]>()
    const add = (stream: string, part: Part): void => { byStream.set(stream, [...byStream.get(stream) ?? [], part]) }
    for (const { stream, drafts, row } of plan.rows) if (stream && drafts.length > 0) add(stream, { drafts: drafts.map((draft, at) => ({ ...draft, index: draft.index ?? at })), row })
    for (const { stream, draft } of plan.departures as readonly Departure[]) add(stream, { drafts: [{ ...draft, index: 0 }] })
    const [overtaken, known] = [new Set<number>(), new Set<number>()]
    let again = false
    const meta = this.metaOf(options, mapping)
    const accept = (stream: string, parts: readonly Part[], repeated: boolean): void => {
      settling.streams.push(stream)
      if (repeated) for (const { row } of parts) known.add(row ?? -1)
      else settling.departures += parts.filter(({ row }) => row === undefined).length
    }
    const overtake = (parts: readonly Part[]): void => { again = true; for (const { row } of parts) if (row !== undefined) overtaken.add(row) }
    const all = [...byStream].filter(([stream]) => !clashes.streams.has(stream))
    const clashing = [...byStream].filter(([stream]) => clashes.streams.has(stream))
    for (let from = 0; from < all.length; from += BATCH) {
      const some = all.slice(from, from + BATCH)
      const outcomes = await recorder.recordEach(some.map(([stream, parts]) => ({ stream, expected: facts.history(stream).length - 1, drafts: parts.flatMap(({ drafts }) => drafts), meta })))
      for (const [at, outcome] of outcomes.entries()) {
        const [stream, parts] = some[at]!
        if (outcome.ok) { accept(stream, parts, outcome.repeated); continue }
        overtake(parts)
        if (isTaken(outcome.conflict)) clashes.streams.add(stream)
      }
    }
    for (const [stream, parts] of clashing) {
      let expected = facts.history(stream).length - 1
      for (const [at, part] of parts.entries()) {
        const outcome = await recorder.record(stream, expected, part.drafts, meta)
        if (outcome.ok) { accept(stream, [part], outcome.repeated); expected += part.drafts.length; continue }
        if (part.row !== undefined && isTaken(outcome.conflict)) clashes.taken.add(part.row)
        overtake(parts.slice(at))
        break
      }
    }
    return { overtaken, known, again }
  }

  private async settle(rows: readonly Row[], plan: Plan, { mapping, options, settling }: Work, facts: PlanFacts): Promise<void> {
    const { tally } = settling
    const refused: PlannedRow[] = []
    for (const planned of plan.rows) {
      const { line, outcome, cause } = planned
      if (outcome === 'refused' || outcome === 'waits') { refused.push(planned); continue }
      const recorded = outcome === 'new' || outcome === 'correction'
      tally.settle({ lines: 1, firstLine: line }, recorded ? 'accepted' : 'duplicate')
      if (outcome === 'correction') tally.corrected()
      if (outcome === 'no-case') settling.withoutCase++
      if (!recorded && cause === 'erased') tally.erased()
      settling.rows.add(entryOf(planned))
    }
    const contents = new Map(rows.map((row) => [row.row, row]))
    if (options.commit) await this.releaseTaken(plan.rows.flatMap(({ row, stream, outcome }) => stream === undefined || outcome === 'refused' || outcome === 'waits' ? [] : [{ content: contents.get(row)!.content, stream, isKnown: outcome === 'duplicate' }]), mapping, options, tally)
    const became = await setAside(this.deps, { feed: feedOf(mapping), mappingOf: () => nameOf(mapping), tally, options: { runId: options.runId, actor: options.actor, dryRun: !options.commit, fileId: facts.file, zone: mapping.zone }, now: this.deps.clock.now() }, refused.map(({ row, line, cause, text, field, waitsFor, stream, over }) => {
      const whole = contents.get(row)!
      const { content: identity } = whole
      const { erased: _, ...named } = facts.spokenOf(whole)
      const spoken = { ...named, ...(stream && { speaksOf: [...new Set([...named.speaksOf ?? [], stream])] }) }
      const bytes = Buffer.from(identity, 'utf8')
      return { identity, ...(over !== undefined && { occasion: occasionOf(over) }), cause: cause!, text: `${mapping.format.type === 'json' ? 'row' : 'line'} ${line}: ${text!}`, more: { ...(field && { field }), ...(waitsFor && { waitsFor }), ...spoken }, raw: { firstLine: line, lines: 1, length: bytes.length, ...(bytes.length <= MAX_KEPT && { bytes }) } }
    }))
    for (const [at, planned] of refused.entries()) {
      const { id, outcome } = became[at]!
      settling.rows.add(outcome === 'duplicate' ? { row: planned.row, line: planned.line, outcome } : { ...entryOf(planned), ...(options.commit && { quarantine: id }) })
    }
    if (!options.commit) settling.departures += plan.departures.length
  }

  /** Rows that waited for what this file brought are tried again. */
  private async releaseWaiting({ actor, runId }: ExtractOptions, { streams, tally }: Settling): Promise<void> {
    for (const [id, state] of await this.deps.quarantine.waitingFor(streams)) {
      const outcome = await this.deps.retry.retry(id, state, { actor, commandId: derivedId('waited', id, runId), correlationId: runId, now: this.deps.clock.now(), runId })
      if (!isRefusal(outcome) && outcome.settled) tally.releasedFromQuarantine()
    }
  }

  /** What an older version of the mapping set aside, and this one has taken, waits for nobody any more. */
  private async releaseTaken(taken: readonly { readonly content: string; readonly stream: string; readonly isKnown: boolean }[], mapping: Mapping, { runId, actor }: ExtractOptions, tally: Tally): Promise<void> {
    const { vault, quarantine, retry, clock } = this.deps
    const byId = new Map(taken.map((one) => [quarantineIdOf(vault, { feed: feedOf(mapping), record: vault.hmac('message', one.content).toString('hex') }), one]))
    for (const [id] of await quarantine.openAmong([...byId.keys()])) {
      const { stream, isKnown } = byId.get(id)!
      await retry.release(id, { outcome: isKnown ? 'duplicate' : 'accepted', stream }, { actor, commandId: derivedId('taken', id, runId), correlationId: runId, now: clock.now(), runId })
      tally.releasedFromQuarantine()
    }
  }

  private metaOf({ runId, actor }: ExtractOptions, { source }: Mapping): CommandMeta {
    const now = this.deps.clock.now()
    return { commandId: runId, correlationId: runId, causationId: null, actor, source, now, receivedtime: now }
  }

  private async record(options: ExtractOptions, expected: number, drafts: readonly DraftEvent[]): Promise<void> {
    const { actor, runId } = options
    const outcome = await this.deps.recorder.record(`importrun-${runId}`, expected, drafts, { commandId: derivedId('import-run', runId, String(expected)), correlationId: runId, causationId: null, actor, source: { agency: actor.agency, system: 'chorus' }, now: this.deps.clock.now() })
    if (!outcome.ok) throw new Error(`the import run could not be recorded: ${outcome.text}`)
  }

  /** A version of a mapping is what it was when it was first used: what was read by it must stay readable. */
  private async refuseChangedMapping(mapping: Mapping, text: string): Promise<void> {
    const hash = hashOf(text)
    for await (const { data } of this.deps.recorder.read({ filter: { categories: ['importrun'], types: ['MappingApplied'] } })) {
      const used = data as MappingAppliedV1
      if (used.mapping === nameOf(mapping) && used.hash !== hash) throw new Problem('conflict', `The mapping ${nameOf(mapping)} was used before with other content. Raise its version, and send it again. Nothing was read.`)
    }
  }
}

interface Looked { readonly facts: PlanFacts; readonly plan: Plan }
/** What one row says in a stream, or (without a row) a departure. */
interface Part { readonly drafts: readonly DraftEvent[]; readonly row?: number }
/** Streams in which an id was stored with other content, and the rows that were found to say so. */
interface Clashes { readonly streams: Set<string>; readonly taken: Set<number> }
interface Settling { readonly tally: Tally; readonly rows: FirstRows; withoutCase: number; departures: number; readonly streams: string[] }

/** What one run of an extract does all through. */
interface Work { readonly mapping: Mapping; readonly file: string; readonly options: ExtractOptions; readonly settling: Settling }

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex')
const applied = (runId: string, mapping: Mapping, text: string, now: string): DraftEvent<MappingAppliedV1> =>
  ({ type: 'MappingApplied', schemaVersion: 1, time: now, timePrecision: 'instant', timeZone: 'UTC', data: { runId, mapping: nameOf(mapping), hash: hashOf(text), text } })

const readAll = (rows: readonly Row[], { mapping, settling }: Work): void => { for (let at = 0; at < rows.length; at++) settling.tally.read({ lines: 1, action: mapping.target }) }

const report = ({ runId, commit }: ExtractOptions, mapping: Mapping, plan: string, settling: Settling, complete: boolean): ExtractReport => {
  const { lines: _lines, byAction: _actions, edits: _edits, ...counts } = settling.tally.result(0)
  return { run: runId, feed: feedOf(mapping), mapping: nameOf(mapping), committed: commit, complete, plan, ...counts, withoutCase: settling.withoutCase, departures: settling.departures, rows: settling.rows.named(), rowsLeftOut: settling.rows.leftOut }
}
