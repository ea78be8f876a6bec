/** Segments as the parts of events: blank columns are absent, wrong codes stand as reported. */
import type { ArrestRecordedV1, BrokenEdit, IncidentReportedV1, ReportedAge, ReportedArrestee, ReportedOffender, ReportedOffense, ReportedProperty, ReportedVictim, ReportedWeapon, TimePrecision } from '@chorus/contracts'
import { INFANT_AGES, ageOf, isDate, isHour, isoDate } from './dates'
import type { Administrative, Arrestee, GroupBSegment, Offender, Offense, Property, Victim, Weapon } from './records'

const said = <K extends string>(name: K, value: string): { [P in K]?: string } => (value === '' ? {} : { [name]: value } as { [P in K]?: string })
const counted = <K extends string>(name: K, value: string): { [P in K]?: number } => (/^\d+$/.test(value) ? { [name]: Number(value) } as { [P in K]?: number } : {})
const dated = <K extends string>(name: K, value: string): { [P in K]?: string } => (isDate(value) ? { [name]: isoDate(value) } as { [P in K]?: string } : {})

export const reportedAge = (columns: string): ReportedAge | undefined => {
  const text = columns.trim()
  if (text === '') return undefined
  const age = ageOf(columns)
  if (!('from' in age)) return { text, precision: 'unknown' }
  if ((INFANT_AGES as readonly string[]).includes(text)) return { text, precision: 'under-1', from: 0, to: 0 }
  if (age.from > age.to) return { text, precision: 'unknown' }
  // 99 is "over 98": a youngest age and no oldest.
  if (age.kind === 'exact' && age.from === 99) return { text, precision: 'year', from: 99 }
  return { text, precision: age.kind === 'range' ? 'range' : 'year', from: age.from, to: age.to }
}
const aged = (columns: string): { age?: ReportedAge } => { const age = reportedAge(columns); return age ? { age } : {} }
const weapons = (of: readonly Weapon[]): ReportedWeapon[] => of.filter((w) => w.code !== '').map((w) => ({ code: w.code, automatic: w.automatic === 'A' }))

export interface WhenLocal { readonly time: string; readonly timePrecision: TimePrecision; readonly timeText?: string }
/** When it was, by the segment: call it on segments with a date of the calendar only. A blank or wrong hour is none. */
export const whenOf = (a: Administrative): { readonly when: WhenLocal; readonly said: Pick<IncidentReportedV1, 'dateOf' | 'hourReported'> } => {
  const [day, hour] = [isoDate(a.incidentDate), isHour(a.hour)]
  return {
    when: { ...(hour ? { time: `${day}T${a.hour}`, timePrecision: 'hour' as const } : { time: day, timePrecision: 'day' as const }), timeText: `${a.incidentDate}${a.reportDateIndicator || ' '}${a.hour}`.trimEnd() },
    said: { dateOf: a.reportDateIndicator === 'R' ? 'report' : 'incident', hourReported: hour },
  }
}
export const clearance = (a: Administrative): Pick<IncidentReportedV1, 'exceptionalClearance' | 'exceptionalClearanceDate'> => ({ ...said('exceptionalClearance', a.clearedExceptionally), ...dated('exceptionalClearanceDate', a.exceptionalClearanceDate) })
export const cargoTheft = (a: Administrative): Pick<IncidentReportedV1, 'cargoTheft'> => said('cargoTheft', a.cargoTheft)

export const offense = (o: Offense, sequence: number): ReportedOffense => ({
  sequence, offenseCode: o.code, ...(o.attempted === 'A' ? { attempted: true } : o.attempted === 'C' ? { attempted: false } : {}), biasCodes: [...o.bias], ...said('locationCode', o.location),
  suspectedUsing: [...o.suspectedOfUsing], criminalActivity: [...o.criminalActivity], weaponCodes: weapons(o.weapons), ...counted('premisesEntered', o.premises), ...said('methodOfEntry', o.methodOfEntry),
})

export const property = (p: Property): ReportedProperty => ({
  ...said('lossType', p.loss),
  items: p.items.map((i) => ({ ...said('code', i.description), ...(/^\d+$/.test(i.value) ? { valueCents: Number(i.value) * 100 } : {}), ...dated('recoveredOn', i.recovered) })),
  ...counted('stolenVehicles', p.stolenVehicles), ...counted('recoveredVehicles', p.recoveredVehicles),
  drugs: p.drugs.map((d) => ({ ...said('type', d.type), ...(/^\d+$/.test(d.whole) ? { quantityThousandths: Number(d.whole) * 1000 + (/^\d+$/.test(d.thousandths) ? Number(d.thousandths) : 0) } : {}), ...said('measure', d.measure) })),
})

export const victim = (v: Victim, token: string): ReportedVictim => ({
  token, sequence: Number(v.sequence), ...said('type', v.type), ...aged(v.age), ...said('sex', v.sex), ...said('race', v.race), ...said('ethnicity', v.ethnicity), ...said('residentStatus', v.resident),
  offenseCodes: [...v.offenses], circumstances: [...v.circumstances], ...said('justifiable', v.justifiable), injuriesReported: v.injuries.length > 0, injuries: [...v.injuries],
  relationships: v.relations.map((r) => ({ offenderSequence: /^\d+$/.test(r.offender) ? Number(r.offender) : 0, ...said('code', r.relationship) })),
  ...said('officerActivity', v.activity), ...said('officerAssignment', v.assignment), ...said('officerOri', v.otherOri),
})

export const offender = (o: Offender, token: string): ReportedOffender =>
  ({ token, sequence: Number(o.sequence), ...aged(o.age), ...said('sex', o.sex), ...said('race', o.race), ...said('ethnicity', o.ethnicity) })

const arrested = (a: Arrestee | GroupBSegment) => ({
  ...said('type', a.type), ...said('offenseCode', a.offense), armed: weapons(a.weapons), ...aged(a.age), ...said('sex', a.sex), ...said('race', a.race), ...said('ethnicity', a.ethnicity),
  ...said('residentStatus', a.resident), ...said('under18Disposition', a.disposition),
})

export const arrestee = (a: Arrestee, token: string): ReportedArrestee => ({
  token, sequence: Number(a.sequence), ...said('transactionNumber', a.transaction), ...dated('arrestDate', a.date), ...arrested(a), ...said('multiple', a.multiple),
  ...said('clearanceIndicator', a.clearanceIndicator), clearedOffenseCodes: [...a.clearanceOffenses],
})

/** Without the person's token, which its caller knows or makes. */
export const arrestData = (a: GroupBSegment, arrestId: string, edits: BrokenEdit[]): Omit<ArrestRecordedV1, 'token'> =>
  ({ arrestId, ori: a.ori, transactionNumber: a.number, sequence: Number(a.sequence), arrestDate: isoDate(a.date), ...arrested(a), edits })
