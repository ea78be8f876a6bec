/** Running counts of what the records of a file hold, whatever becomes of them in the log. Flat memory: numbers only. */
import type { GroupAIncident, NibrsRecord, Victim } from './records'

/** Relationship codes that mean an intimate partner. HR was retired by the standard and still comes from older systems. */
export const INTIMATE_PARTNER_CODES = ['SE', 'CS', 'BG', 'XS', 'XR', 'HR'] as const
/** Injury codes that say a physical injury; N says none; a blank says nothing and is never counted as none. */
export const PHYSICAL_INJURY_CODES = ['B', 'I', 'L', 'M', 'O', 'T', 'U'] as const

export const intimateRelations = (victim: Victim) => victim.relations.filter((r) => (INTIMATE_PARTNER_CODES as readonly string[]).includes(r.relationship))
export const injuryOf = (victim: Victim): 'physical' | 'none' | 'blank' =>
  victim.injuries.some((code) => (PHYSICAL_INJURY_CODES as readonly string[]).includes(code)) ? 'physical' : victim.injuries.length > 0 ? 'none' : 'blank'

export interface NibrsStatistics {
  readonly incidents: number
  readonly offenses: number
  readonly victims: number
  readonly offenders: number
  readonly arrestees: number
  /** level 7 segments */
  readonly groupBArrests: number
  readonly zeroReports: number
  readonly deletes: number
  readonly timeWindows: number
  readonly addsAndModifies: number
  readonly intimatePartner: {
    readonly victims: number
    readonly incidents: number
    /** victims by injury */
    readonly injury: { readonly physical: number; readonly none: number; readonly blank: number }
    readonly incidentsWithArrest: number
    /** victims by relationship code; a victim with two such codes counts under each */
    readonly byRelationship: Readonly<Record<string, number>>
  }
  /** incident dates from first to last, YYYY-MM-DD; null where no incident was read */
  readonly incidentDates: { readonly first: string; readonly last: string } | null
}

/** `add` every record that could be read; `result` at any time. */
export class Statistics {
  private readonly n = { incidents: 0, offenses: 0, victims: 0, offenders: 0, arrestees: 0, groupBArrests: 0, zeroReports: 0, deletes: 0, timeWindows: 0, addsAndModifies: 0 }
  private readonly partner = { victims: 0, incidents: 0, incidentsWithArrest: 0 }
  private readonly injury = { physical: 0, none: 0, blank: 0 }
  private readonly byCode: Record<string, number> = Object.fromEntries(INTIMATE_PARTNER_CODES.map((code) => [code, 0]))
  private first = ''
  private last = ''

  add(record: NibrsRecord): void {
    switch (record.kind) {
      case 'groupA': this.incident(record); break
      case 'groupB': this.n.groupBArrests += record.arrests.length; break
      case 'zero': this.n.zeroReports++; break
      case 'delete': this.n.deletes++; break
      case 'window': this.n.timeWindows++; break
      case 'addOrModify': this.n.addsAndModifies++; break
    }
  }

  private incident(record: GroupAIncident): void {
    this.n.incidents++
    this.n.offenses += record.offenses.length
    this.n.victims += record.victims.length
    this.n.offenders += record.offenders.length
    this.n.arrestees += record.arrestees.length
    const date = record.administrative.incidentDate
    if (this.first === '' || date < this.first) this.first = date
    if (date > this.last) this.last = date
    let partners = 0
    for (const victim of record.victims) {
      const codes = new Set(intimateRelations(victim).map((r) => r.relationship))
      if (codes.size === 0) continue
      partners++
      this.injury[injuryOf(victim)]++
      for (const code of codes) this.byCode[code] = (this.byCode[code] ?? 0) + 1
    }
    if (partners === 0) return
    this.partner.victims += partners
    this.partner.incidents++
    if (record.arrestees.length > 0) this.partner.incidentsWithArrest++
  }

  result(): NibrsStatistics {
    const iso = (date: string) => `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6, 8)}`
    return {
      ...this.n,
      intimatePartner: { ...this.partner, injury: { ...this.injury }, byRelationship: { ...this.byCode } },
      incidentDates: this.first === '' ? null : { first: iso(this.first), last: iso(this.last) },
    }
  }
}
