/** The events that a row says, as a version of its record. Codes stand as the mapping gives them; what the row does not say is absent. Pure. */
import type { ArrestRecordedV2, DraftEvent, IncidentReportedV1, Instrument, LethalityScreenAdministeredV1, NamedOffender, NamedVictim, RecordedEvent, ReportedAge, ReportedPersonsNamedV1, Role, ScreenAnswer, SourceRecord, SupervisionComplianceReportedV1 } from '@chorus/contracts'
import { INSTRUMENT } from '../../lethality-screen/instruments'
import { isIntimatePartnerCode } from '../nibrs/to-events'
import { nameOf, type Mapping } from './mapping'
import type { Fields, ReadTime, Value } from './read-row'

/** The report that a screen or an arrest speaks of. */
export interface KnownReport { readonly incidentId: string; readonly status: 'none' | 'known' | 'retracted'; readonly victims: readonly { readonly token: string; readonly sequence: number }[]; readonly offenders: readonly { readonly token: string; readonly sequence: number }[]; /** the first instant at which it can have happened, where that is known */ readonly began?: string | null; readonly revision: number }
export interface Composing {
  readonly mapping: Mapping
  readonly fields: Fields
  readonly streamId: string
  readonly key: string
  readonly version: number
  readonly current: readonly RecordedEvent[]
  readonly message: string
  readonly file: string
  readonly row: number
  readonly role: string
  /** the token of whoever has this number at the source; undefined: none is made yet */
  personOf(personId: string): string | undefined
  newToken(kind: 'per' | 'pair'): string
  readonly report?: KnownReport
  readonly holdId?: string
  /** the open case of the person whom the row names, and his token there */
  readonly caseId?: string
  readonly subjectRef?: string
}

const text = (value: Value | undefined): string | undefined => (typeof value === 'string' ? value : undefined)
const list = (value: Value | undefined): string[] => (Array.isArray(value) ? [...value as readonly string[]] : [])
const time = (value: Value | undefined): ReadTime | undefined => (typeof value === 'object' && 'time' in value ? value : undefined)
/** Only what is there, under its name. */
const said = (values: Readonly<Record<string, unknown>>): Record<string, unknown> => Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined))
const ageOf = (value: Value | undefined): ReportedAge | undefined => (typeof value === 'number' ? value <= 150 ? { text: String(value), precision: 'year', from: value, to: value } : { text: String(value), precision: 'unknown' } : undefined)
/** Where the row states a birth date and no age that can be: the age on the day of which it speaks, beside what it states. The birth date itself is sealed, and stands nowhere else. */
const ageThen = (birthDate: Value | undefined, day: string): ReportedAge | undefined => {
  const born = time(birthDate)?.time
  const age = born === undefined ? -1 : Number(day.slice(0, 4)) - Number(born.slice(0, 4)) - (day.slice(5, 10) < born.slice(5, 10) ? 1 : 0)
  return age < 0 || age > 150 ? undefined : { precision: 'year', from: age, to: age }
}
const ageSaid = (fields: Fields, at: string, day: string): ReportedAge | undefined => {
  const stated = ageOf(fields[`${at}age`])
  if (stated && stated.precision !== 'unknown') return stated
  const then = ageThen(fields[`${at}birthDate`], day)
  return then ? { ...stated, ...then } : stated
}
/** `day`: when it happened, local. */
const demographics = (fields: Fields, at: string, day: string) => said({ age: ageSaid(fields, at, day), sex: fields[`${at}sex`], race: fields[`${at}race`], ethnicity: fields[`${at}ethnicity`] })
/** The numbers under which a row says anything of a victim or an offender. */
const numbersOf = (fields: Fields, of: string): number[] => [...new Set(Object.keys(fields).flatMap((name) => { const found = new RegExp(`^${of}\\.(\\d+)\\.`).exec(name); return found ? [Number(found[1])] : [] }))].sort((a, b) => a - b)

const drafted = <D extends object>(c: Composing, type: string, schemaVersion: number, data: D, when: ReadTime): DraftEvent<D> => {
  const sourceRecord: SourceRecord = { system: c.mapping.source.system, id: c.key, version: c.version, mapping: nameOf(c.mapping), message: c.message, file: c.file, row: c.row }
  return { type, schemaVersion, data, time: when.time, timePrecision: when.timePrecision, timeZone: c.mapping.zone, timeText: when.text, sourceRecord }
}

export const composeReport = (c: Composing): readonly DraftEvent[] => {
  const { fields } = c
  const before = new Map<string, string>()
  for (const { type, data } of c.current) {
    if (type !== 'IncidentReported') continue
    const { victims, offenders, pairs } = data as IncidentReportedV1
    for (const one of victims) before.set(`victims ${one.sequence}`, one.token)
    for (const one of offenders) before.set(`offenders ${one.sequence}`, one.token)
    for (const one of pairs) before.set(`pair ${one.victimSequence} ${one.offenderSequence}`, one.token)
  }
  const personIn = (side: 'victims' | 'offenders', sequence: number): string => {
    const personId = text(fields[`${side}.${sequence}.personId`])
    return (personId === undefined ? undefined : c.personOf(personId)) ?? before.get(`${side} ${sequence}`) ?? c.newToken('per')
  }
  const occurred = time(fields.occurredAt)!
  const weapons = list(fields.weapons).map((code) => ({ code, automatic: false }))
  const victims = numbersOf(fields, 'victims').map((sequence) => {
    const at = `victims.${sequence}.`
    const injuries = fields[`${at}injuries`]
    const relationship = text(fields[`${at}relationship`])
    return {
      token: personIn('victims', sequence), sequence, type: 'I', ...demographics(fields, at, occurred.time), offenseCodes: list(fields.offenses), circumstances: [], injuriesReported: injuries !== undefined, injuries: list(injuries),
      relationships: relationship === undefined ? [] : [{ offenderSequence: Number(fields[`${at}offender`] ?? 1), code: relationship }],
    }
  })
  const offenders = numbersOf(fields, 'offenders').map((sequence) => ({ token: personIn('offenders', sequence), sequence, ...demographics(fields, `offenders.${sequence}.`, occurred.time) }))
  const data = {
    incidentId: c.streamId, ori: c.mapping.source.agency, reportNumber: text(fields.reportNumber)!, dateOf: 'incident', hourReported: occurred.timePrecision !== 'day', arrestMade: fields.arrestMade === true,
    ...said({
      cadEventNumber: fields.cadEventNumber, occurredTo: time(fields.occurredTo)?.time, reportedAt: time(fields.reportedAt)?.time, nonArrestReason: fields.nonArrestReason, dvFlag: fields.dvFlag, strangulation: fields.strangulation,
      childrenPresent: fields.childrenPresent, initiation: fields.initiation, beat: fields.beat, division: fields.division, councilDistrict: fields.councilDistrict,
    }),
    // An extract says weapons of the report, the contract of an offence: they stand with its first.
    offenses: list(fields.offenses).map((offenseCode, at) => ({ sequence: at + 1, offenseCode, biasCodes: [], suspectedUsing: [], criminalActivity: [], weaponCodes: at === 0 ? weapons : [] })),
    property: [], victims, offenders, arrestees: [], edits: [],
    pairs: victims.flatMap(({ sequence, relationships }) => relationships.filter(({ code }) => isIntimatePartnerCode(code)).map(({ offenderSequence, code }) => ({
      token: before.get(`pair ${sequence} ${offenderSequence}`) ?? c.newToken('pair'), victimSequence: sequence, offenderSequence, relationship: code,
    }))),
  } as unknown as IncidentReportedV1
  const named = <P extends { token: string; sequence: number }>(side: 'victims' | 'offenders', people: readonly P[]) => people.flatMap(({ token, sequence }) => {
    const at = `${side}.${sequence}.`
    const who = said({ name: fields[`${at}name`], personId: fields[`${at}personId`], birthDate: time(fields[`${at}birthDate`])?.time, address: fields[`${at}address`], ...(fields[`${at}address`] !== undefined && { addressKind: fields[`${at}addressKind`] }) })
    return Object.keys(who).length === 0 ? [] : [{ token, ...who }]
  })
  const names: ReportedPersonsNamedV1 = { incidentId: c.streamId, victims: named('victims', victims) as NamedVictim[], offenders: named('offenders', offenders) as NamedOffender[] }
  return [drafted(c, 'IncidentReported', 1, data, occurred), ...(names.victims.length + names.offenders.length > 0 ? [drafted(c, 'ReportedPersonsNamed', 1, names, occurred)] : [])]
}

export const composeArrest = (c: Composing): readonly DraftEvent[] => {
  const { fields } = c
  const arrested = time(fields.arrestedAt)!
  const personId = text(fields.personId)
  const newest = c.current.find(({ type }) => type === 'ArrestRecorded')
  const before = newest?.data as ArrestRecordedV2 | undefined
  // A row without a number says nothing of whose arrest it is: it stays with the case that it had.
  const key = c.caseId ? `pchCase-${c.caseId}` : personId === undefined && newest?.partitionkey.startsWith('pchCase-') ? newest.partitionkey : undefined
  const data = {
    arrestId: c.streamId, ori: c.mapping.source.agency, transactionNumber: text(fields.arrestNumber)!, sequence: 1, armed: [], edits: [],
    token: (personId === undefined ? undefined : c.personOf(personId)) ?? before?.token ?? c.newToken('per'), arrestDate: arrested.time.slice(0, 10),
    ...demographics(fields, '', arrested.time),
    ...said({
      arrestedAt: arrested.timePrecision === 'day' ? undefined : arrested.time, incidentId: c.report?.incidentId, ocn: fields.ocn, offenseCode: fields.offense, charges: fields.charges, court: fields.court,
      jurisdiction: fields.jurisdiction, holdId: c.holdId, personId, name: fields.name, birthDate: time(fields.birthDate)?.time,
    }),
  } as unknown as ArrestRecordedV2
  return [{ ...drafted(c, 'ArrestRecorded', 2, data, arrested), ...(key && { partitionkey: key }) }]
}

/** Why a report cannot stand as the row says it; undefined: it can. */
export const wrongReport = (fields: Fields): { readonly cause: string; readonly field: string; readonly text: string } | undefined => {
  if (fields.weapons !== undefined && fields.offenses === undefined) return { cause: 'weapon-without-offense', field: 'weapons', text: 'the row has a weapon and no offence: a weapon belongs to one. Fill in the offence' }
  for (const victim of numbersOf(fields, 'victims')) {
    const at = `victims.${victim}.`
    const injuries = list(fields[`${at}injuries`])
    if (injuries.includes('N') && new Set(injuries).size > 1) return { cause: 'injured-and-not', field: `${at}injuries`, text: 'the row says of the victim that there was no injury (N), and names one: take out the one that is not so' }
    const [her, his] = [fields[`${at}personId`], fields[`offenders.${Number(fields[`${at}offender`] ?? 1)}.personId`]].map((number) => text(number)?.trim().toUpperCase())
    // Both sides of a mutual fight are victim and offender, each of the other; the standard says so of nobody else.
    if (her !== undefined && her === his && fields[`${at}relationship`] !== 'VO') return { cause: 'person-on-both-sides', field: `${at}personId`, text: 'the victim and the offender of the row have one number: nobody can say who did what to whom. Correct the number of one of them; who was both has the relationship VO' }
  }
  return undefined
}

/** Why a screen cannot stand as the row says it; undefined: it can. */
export const wrongScreen = (fields: Fields, report: KnownReport | undefined): { readonly cause: string; readonly text: string } | undefined => {
  const { items, judgement } = INSTRUMENT[fields.instrument as Instrument]
  const given = Object.keys(fields).filter((name) => name.startsWith('answers.')).map((name) => Number(name.slice(8)))
  if (given.some((number) => number > items)) return { cause: 'answers-wrong', text: `this instrument has ${items} questions, and the row answers one beyond: correct the row or the mapping` }
  if (given.length < items) return { cause: 'answers-incomplete', text: `this instrument has ${items} questions, and the row answers ${given.length}: translate what was not answered to NOT_ANSWERED` }
  if (fields.officerBelief === true && !judgement) return { cause: 'no-judgement-here', text: 'this instrument has no place for a belief: leave officerBelief out' }
  if (report?.status !== 'known') return undefined
  if (report.began && Date.parse(time(fields.administeredAt)!.from) < Date.parse(report.began)) return { cause: 'screen-before-incident', text: 'the screen was taken before the incident of this report happened: correct the time, or the number of the report' }
  if (!victimOf(fields, report)) return { cause: 'victim-not-in-report', text: 'the report names no victim of this number: correct victim' }
  if (!offenderOf(fields, report)) return { cause: 'person-not-in-report', text: 'the report names no offender of this number: correct offender' }
  return undefined
}
const victimOf = (fields: Fields, report: KnownReport): string | undefined => report.victims.find(({ sequence }) => sequence === Number(fields.victim ?? 1))?.token
const offenderOf = (fields: Fields, report: KnownReport): string | undefined => report.offenders.find(({ sequence }) => sequence === Number(fields.offender ?? 1))?.token

/** Scored as a screen that is entered by hand: the answers alone decide. */
export const composeScreen = (c: Composing): readonly DraftEvent[] => {
  const { fields, report } = c
  const instrument = fields.instrument as Instrument
  const { items, instrumentVersion, algorithmVersion, score } = INSTRUMENT[instrument]
  const answers = Array.from({ length: items }, (_, at) => fields[`answers.${at + 1}`] as ScreenAnswer)
  const administered = time(fields.administeredAt)!
  const before = c.current.find(({ type }) => type === 'LethalityScreenAdministered')?.data as LethalityScreenAdministeredV1 | undefined
  const officerBelief = fields.officerBelief === true
  const data: LethalityScreenAdministeredV1 = {
    screenId: c.streamId, incidentId: report!.incidentId, victimToken: victimOf(fields, report!) ?? before!.victimToken, offenderToken: offenderOf(fields, report!) ?? before!.offenderToken, instrument, instrumentVersion,
    answers, officerBelief, outcome: score(answers, officerBelief), algorithmVersion, administeredAt: administered.from, recordedByRole: c.role as Role,
  }
  return [{ ...drafted(c, 'LethalityScreenAdministered', 1, data, { ...administered, time: administered.from, timePrecision: 'instant' }), timeZone: 'UTC', basis: [{ stream: `incident-${report!.incidentId}`, revision: report!.revision }] }]
}

/** By codes: whose charge it is stays at prosecutor and court, and their number is sealed. */
export const composeCharging = (c: Composing): readonly DraftEvent[] => {
  const { fields, report } = c
  const incidentId = report!.incidentId
  const basis = [{ stream: `incident-${incidentId}`, revision: report!.revision }]
  const draft = (type: string, data: object, when: Value | undefined): DraftEvent[] => [{ ...drafted(c, type, 1, { incidentId, ...data }, time(when)!), basis }]
  switch (c.mapping.target) {
    case 'charging-presentation': return draft('CasePresentedForCharging', { to: fields.to, criteriaMatched: list(fields.criteria) }, fields.presentedAt)
    case 'charging-decision': return draft('ChargingDecisionMade', { decision: fields.decision, decidingAgency: fields.decidingAgency }, fields.decidedAt)
    case 'court-conditions': return draft('CourtConditionsSet', { court: fields.court, ...said({ noContact: fields.noContact, gps: fields.gps, firearmSurrender: fields.firearmSurrender, bondType: fields.bondType }) }, fields.setAt)
    default: return draft('DispositionEntered', { results: list(fields.results), court: fields.court }, fields.enteredAt)
  }
}

export const composeSupervision = (c: Composing): readonly DraftEvent[] => {
  const { fields: { supervisor, compliance, condition, reportedAt }, subjectRef } = c
  // It stays with the case that it was recorded for, also once the person has a newer one.
  const before = c.current.find(({ type }) => type === 'SupervisionComplianceReported')?.data as SupervisionComplianceReportedV1 | undefined
  const caseId = before?.subjectRef === subjectRef ? before!.caseId : c.caseId
  return [{ ...drafted(c, 'SupervisionComplianceReported', 1, { caseId, subjectRef, supervisor, compliance, ...said({ condition }) }, time(reportedAt)!), partitionkey: `pchCase-${caseId}` }]
}
