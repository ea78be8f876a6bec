/**
 * Imports a file of the Kansas City open crime data. A row is what is counted; the rows of one report stand in one stream,
 * also where they lie apart or come in two files. It names no person and no relationship: it opens nothing.
 */
import type { OpenDataReportReceivedV1, OpenDataRow, RecordedEvent } from '@chorus/contracts'
import type { RecordItem } from '@chorus/event-store'
import { Problem } from '@chorus/platform'
import { UnknownLayout, type RawRow, type RowCounts } from '../feeds/kcpd/raw-row'
import { readRows } from '../feeds/kcpd/read-rows'
import { join, KCPD, reportDraft } from '../feeds/kcpd/report'
import { readRow, type When } from '../feeds/kcpd/row'
import { TOO_LARGE } from '../quarantined-record/too-large'
import { FileImport, type ImportDeps, type ImportFile, type ImportOptions, type RunReport, type Settling } from './import-file'
import { recordParted, setAside } from './set-aside'
import { metaOf } from './import-options'
import { Tally } from './tally'

export interface KcpdStatistics {
  /** reports that this file began, and known ones that it changed or added rows to */
  readonly reports: { readonly begun: number; readonly grown: number }
  /** rows by how they came: offence as number (before 2019) or as label, place and clock as far as they say one, age masked or not */
  readonly rows: Readonly<Record<'numbers' | 'labels' | 'placeStated' | 'placeOutside' | 'placeUnknown' | 'placeUnreadable' | 'placeAbsent' | 'ageMasked' | 'clockSkipped' | 'clockDoubled' | 'clockUnreadable', number>>
}
export interface KcpdReport extends RunReport { readonly statistics: KcpdStatistics }

/** Rows of one report mostly lie near each other: in one batch they are one event. */
const BATCH = 2_000
/** Reports in one append. */
const APPEND = 200
const ATTEMPTS = 6

export class KcpdImport {
  private readonly file: FileImport<RawRow, RowSettler>
  constructor(deps: ImportDeps) {
    this.file = new FileImport(deps, { ...KCPD, batch: BATCH, read: refusing, settling: (given, options) => new RowSettler(given, options) })
  }

  async run(file: ImportFile, options: ImportOptions): Promise<KcpdReport> {
    const { report, settled } = await this.file.run(file, options)
    return { ...report, statistics: settled.statistics() }
  }
}

async function* refusing(source: AsyncIterable<Uint8Array>, counts: RowCounts): AsyncGenerator<RawRow> {
  try {
    yield* readRows(source, counts)
  } catch (error) {
    throw error instanceof UnknownLayout ? new Problem('not-parseable', error.text) : error
  }
}

interface Refused { readonly raw: RawRow; readonly cause: string; readonly text: string }
interface Coming { readonly raw: RawRow; readonly row: OpenDataRow; readonly when: When }
interface Group { readonly stream: string; readonly streamId: string; readonly report: string; readonly rows: Coming[] }
/** What a dry run keeps of a report that it would have recorded. */
type Kept = Pick<OpenDataRow, 'row' | 'file' | 'personIndex' | 'roles' | 'offense' | 'race' | 'sex' | 'ageFrom' | 'ageTo'>

export class RowSettler implements Settling<RawRow> {
  readonly tally: Tally
  private readonly counts: Record<keyof KcpdStatistics['rows'], number> = { numbers: 0, labels: 0, placeStated: 0, placeOutside: 0, placeUnknown: 0, placeUnreadable: 0, placeAbsent: 0, ageMasked: 0, clockSkipped: 0, clockDoubled: 0, clockUnreadable: 0 }
  private readonly reports = { begun: 0, grown: 0 }
  private readonly remembered = new Map<string, string>()
  private now = ''

  constructor(private readonly deps: Pick<ImportDeps, 'recorder' | 'vault' | 'quarantine' | 'clock'>, private readonly options: ImportOptions & { readonly fileId: string }) { this.tally = new Tally(options.told) }

  statistics(): KcpdStatistics { return { reports: { ...this.reports }, rows: { ...this.counts } } }
  finish(): Promise<void> { return Promise.resolve() }

  async settle(batch: readonly RawRow[]): Promise<void> {
    this.now = this.deps.clock.now()
    const refused: Refused[] = []
    const groups = new Map<string, Group>()
    for (const raw of batch) this.read(raw, groups, refused)
    const all = [...groups.values()]
    for (let at = 0; at < all.length; at += APPEND) {
      let open = all.slice(at, at + APPEND)
      for (let attempt = 0; open.length > 0; attempt++) {
        if (attempt === ATTEMPTS) throw new Error('other writers change the same reports faster than this import can follow: run it again')
        open = await this.decide(open, refused)
      }
    }
    await this.quarantine(refused)
  }

  private read(raw: RawRow, groups: Map<string, Group>, refused: Refused[]): void {
    const { vault } = this.deps
    const read = raw.read.ok ? readRow(raw.read.cells) : raw.read
    this.tally.read({ lines: 1, action: read.ok ? 'row' : 'unreadable' })
    if (!read.ok) { refused.push({ raw, cause: read.cause, text: read.text }); return }
    const streamId = vault.uuid('stream-id', 'KCPD', KCPD.system, read.report)
    const stream = `openReport-${streamId}`
    const group = groups.get(stream) ?? { stream, streamId, report: read.report, rows: [] }
    groups.set(stream, group)
    const row: OpenDataRow = { row: vault.hmac('message', KCPD.system, read.says).toString('hex'), file: this.options.fileId, line: raw.firstLine, ...read.row }
    group.rows.push({ raw, row, when: read.when })
    this.count(row)
  }

  private count({ offense, place, ageMasked, clock }: OpenDataRow): void {
    const add = (what: keyof KcpdStatistics['rows'], yes = true): void => { if (yes) this.counts[what]++ }
    add(/^\d+$/.test(offense ?? '') ? 'numbers' : 'labels')
    add(`place${place[0]!.toUpperCase()}${place.slice(1)}` as 'placeStated')
    add('ageMasked', ageMasked)
    for (const note of ['Skipped', 'Doubled', 'Unreadable'] as const) add(`clock${note}`, clock.some(one => one.endsWith(note.toLowerCase())))
  }

  /** Decides and appends; answers the reports that another writer overtook. */
  private async decide(groups: readonly Group[], refused: Refused[]): Promise<Group[]> {
    const { recorder } = this.deps
    const streams = groups.map(({ stream }) => stream)
    const [histories, erased] = await Promise.all([recorder.loadMany(streams), recorder.erased('incident', streams)])
    const gone = new Set(erased)
    const appends: { group: Group; item: RecordItem; became: readonly string[]; corrects: boolean; first: boolean }[] = []
    for (const group of groups) {
      if (gone.has(group.stream)) { for (const { raw } of group.rows) { this.tally.settle(raw, 'duplicate'); this.tally.erased() } continue }
      const stored = (histories.get(group.stream) ?? []) as readonly RecordedEvent<OpenDataReportReceivedV1>[]
      const last = stored.at(-1)
      const seen = new Set(stored.flatMap(({ data }) => data.rows.map(({ row }) => row)))
      const dry = this.options.dryRun ? this.remembered.get(group.stream) : undefined
      const kept = dry === undefined ? undefined : JSON.parse(dry) as { rows: Kept[]; seen: string[] }
      for (const row of kept?.seen ?? []) seen.add(row)
      const known = kept ? kept.rows as unknown as OpenDataRow[] : last?.data.rows ?? []
      const coming = group.rows.map(({ row }) => row)
      const { became } = join(known, seen, coming)
      if (!became.some(one => one === 'changed' || one === 'added')) { this.tallied(group, became, refused, false, false); continue }
      const corrects = became.includes('changed') || known.some(({ file }) => file !== this.options.fileId)
      if (this.options.dryRun) {
        const { rows } = join(known, seen, coming)
        this.remembered.set(group.stream, JSON.stringify({ rows: rows.map(({ row, file, personIndex, roles, offense, race, sex, ageFrom, ageTo }): Kept => ({ row, file, roles, ...(personIndex !== undefined && { personIndex }), ...(offense !== undefined && { offense }), ...(race !== undefined && { race }), ...(sex !== undefined && { sex }), ...(ageFrom !== undefined && { ageFrom }), ...(ageTo !== undefined && { ageTo }) })), seen: coming.map(({ row }) => row) }))
        this.tallied(group, became, refused, corrects, known.length === 0)
        continue
      }
      // What is sealed of the rows that stay is sealed anew, for the new version's place.
      const [open] = last ? await recorder.unseal([last], () => true) as RecordedEvent<OpenDataReportReceivedV1>[] : []
      const { rows } = join(open?.data.rows ?? [], seen, coming)
      const draft = reportDraft(rows, {
        streamId: group.streamId, report: group.report, version: (last?.sourceRecord?.version ?? 0) + 1, ...(last && { corrects: last.id }),
        message: group.rows[0]!.row.row, file: this.options.fileId, line: group.rows[0]!.row.line, whens: [...group.rows.map(({ when }) => when), ...(open ? [open] : [])],
      })
      appends.push({ group, became, corrects, first: !last, item: { stream: group.stream, expected: stored.length - 1, drafts: [draft], meta: metaOf(this.options.runId, this.options.actor, { agency: 'KCPD', system: KCPD.system }, this.now) } })
    }
    if (appends.length === 0) return []
    const outcomes = await recordParted(recorder, appends.map(({ item }) => item))
    const overtaken: Group[] = []
    for (const [at, outcome] of outcomes.entries()) {
      const { group, became, corrects, first } = appends[at]!
      if (outcome === 'too-large') for (const { raw } of group.rows) refused.push({ raw, ...TOO_LARGE })
      else if (outcome.ok) this.tallied(group, outcome.repeated ? became.map(() => 'known') : became, refused, corrects && !outcome.repeated, first)
      else if (outcome.conflict === 'erased') for (const { raw } of group.rows) { this.tally.settle(raw, 'duplicate'); this.tally.erased() }
      else overtaken.push(group)
    }
    return overtaken
  }

  private tallied(group: Group, became: readonly string[], refused: Refused[], corrects: boolean, first: boolean): void {
    for (const [at, { raw }] of group.rows.entries()) {
      if (became[at] === 'too-many') refused.push({ raw, cause: 'too-many-rows', text: 'the report has 500 rows already, the most that one may have: ask the source whether it is one report' })
      else this.tally.settle(raw, became[at] === 'known' ? 'duplicate' : 'accepted')
    }
    if (!became.some(one => one === 'changed' || one === 'added')) return
    this.reports[first ? 'begun' : 'grown']++
    if (corrects) this.tally.corrected()
  }

  private async quarantine(items: readonly Refused[]): Promise<void> {
    await setAside(this.deps, { feed: KCPD.system, mappingOf: () => KCPD.mapping, tally: this.tally, options: this.options, now: this.now }, items.map(({ raw, cause, text }) => ({ raw, identity: raw.sha256, cause, text: `line ${raw.firstLine}: ${text}` })))
  }
}
