/** Counts what becomes of every record and every line of a file. Pure. Blank lines are counted apart and are never "read". */

export const OUTCOMES = ['accepted', 'duplicate', 'quarantined'] as const
export type Outcome = (typeof OUTCOMES)[number]
export type Counts = { readonly read: number } & Readonly<Record<Outcome, number>>

export interface QuarantinedLine {
  /** id of the quarantined record: `chorus quarantine show ID` */
  readonly id: string
  readonly line: number
  readonly lines: number
  readonly cause: string
  /** what is wrong and what to do; no value of the record */
  readonly text: string
}

/** What became of one record, for whoever wants to know of each. */
export interface SettledRecord { readonly line: number; readonly lines: number; readonly outcome: Outcome; /** of what is in quarantine */ readonly quarantine?: Pick<QuarantinedLine, 'id' | 'cause' | 'text'> }

/** How many quarantined records a report names one by one; all of them are in the quarantine's list. */
export const NAMED_IN_REPORT = 50

export class Tally {
  private readonly lines = { read: 0, accepted: 0, duplicate: 0, quarantined: 0 }
  private readonly records = { read: 0, accepted: 0, duplicate: 0, quarantined: 0 }
  private readonly causes = new Map<string, number>()
  private readonly actions = new Map<string, number>()
  private readonly edits = new Map<string, number>()
  private readonly named: QuarantinedLine[] = []
  private recordsWithEdits = 0
  private corrections = 0
  private retractions = 0
  private released = 0
  private erasures = 0
  /** @param told what became of each record, once */
  constructor(private readonly told?: (record: SettledRecord) => void) {}

  /** One record of the file was read: `lines` of its lines. */
  read(record: { readonly lines: number; readonly action: string }): void {
    this.lines.read += record.lines
    this.records.read++
    bump(this.actions, record.action)
  }

  /** What became of one record that was read; one that is quarantined is named by `quarantined` as well. */
  settle(record: { readonly lines: number; readonly firstLine: number }, outcome: Outcome): void {
    this.lines[outcome] += record.lines
    this.records[outcome]++
    if (outcome !== 'quarantined') this.told?.({ line: record.firstLine, lines: record.lines, outcome })
  }

  get quarantinedSoFar(): number { return this.records.quarantined }

  quarantined(record: QuarantinedLine): void {
    bump(this.causes, record.cause)
    this.told?.({ line: record.line, lines: record.lines, outcome: 'quarantined', quarantine: { id: record.id, cause: record.cause, text: record.text } })
    if (this.named.length < NAMED_IN_REPORT) this.named.push(record)
  }

  corrected(): void { this.corrections++ }
  retracted(): void { this.retractions++ }
  /** A record whose subject was erased by order: known, and not recorded again. */
  erased(): void { this.erasures++ }
  /** A record that waited in quarantine for this file's records was accepted. */
  releasedFromQuarantine(): void { this.released++ }

  /** FBI error numbers that one accepted or duplicate record breaks; a code is counted once a record. */
  broke(codes: readonly string[]): void {
    if (codes.length === 0) return
    this.recordsWithEdits++
    for (const code of new Set(codes)) bump(this.edits, code)
  }

  result(blankLines: number) {
    return {
      lines: { ...this.lines, blank: blankLines },
      records: { ...this.records },
      byAction: sorted(this.actions),
      corrections: this.corrections,
      retractions: this.retractions,
      releasedFromQuarantine: this.released,
      /** of the duplicates: their subject was erased by order */
      erased: this.erasures,
      edits: { recordsBreakingAny: this.recordsWithEdits, byCode: sorted(this.edits) },
      quarantine: { byCause: sorted(this.causes), first: this.named as readonly QuarantinedLine[] },
    }
  }
}

const bump = (counts: Map<string, number>, key: string) => counts.set(key, (counts.get(key) ?? 0) + 1)
const sorted = (counts: Map<string, number>): Readonly<Record<string, number>> => Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
