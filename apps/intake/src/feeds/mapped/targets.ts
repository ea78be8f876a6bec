/**
 * What a mapping may fill: for each target its fields, by kind, and which of them a row cannot do without. `N` stands for a
 * number from 1: the first victim is `victims.1`.
 */
import { ADDRESS_KINDS } from '@chorus/contracts'
import { ETHNICITIES, GROUP_A_OFFENSES, GROUP_B_OFFENSES, INJURIES, RACES, RELATIONSHIPS, SEXES, WEAPONS } from '../nibrs/codes'

export const TARGETS = ['incident-report', 'lethality-screen', 'arrest', 'jail-roster', 'charging-presentation', 'charging-decision', 'court-conditions', 'disposition', 'supervision-compliance'] as const
export type TargetName = (typeof TARGETS)[number]

/** text: sealed, as it stands · code: short, printable · flag · count · day · time: as precise as its format · instant: with its minute · list: codes, cut by `split` · one of a closed list · some of a closed list, cut by `split` */
export type Kind = 'text' | 'code' | 'flag' | 'count' | 'day' | 'time' | 'instant' | 'list' | readonly string[] | { readonly listOf: readonly string[] }

/**
 * Codes of NIBRS, where the report says by them who the two are to each other and what happened: a code of the agency's own
 * that nobody translated would be recorded and screened by nobody.
 */
const [sex, race, ethnicity, relationship] = [SEXES, RACES, ETHNICITIES, RELATIONSHIPS].map((codes) => [...codes]) as [string[], string[], string[], string[]]
const offenses = { listOf: [...GROUP_A_OFFENSES, ...GROUP_B_OFFENSES] }
const weapons = { listOf: [...WEAPONS] }
const injuries = { listOf: [...INJURIES] }

const person = (at: string): Record<string, Kind> => Object.fromEntries((['personId', 'name', 'address'] as const).map((name) => [`${at}.${name}`, 'text' as Kind])
  .concat([[`${at}.addressKind`, ADDRESS_KINDS], [`${at}.birthDate`, 'day'], [`${at}.age`, 'count'], [`${at}.sex`, sex], [`${at}.race`, race], [`${at}.ethnicity`, ethnicity]] as [string, Kind][]))

const JURISDICTIONS = ['JACKSON', 'CLAY', 'PLATTE', 'CASS', 'OTHER_COUNTY', 'FEDERAL', 'TRIBAL', 'MILITARY', 'OTHER_STATE']
export const FIELDS: Readonly<Record<TargetName, { readonly fields: Readonly<Record<string, Kind>>; readonly required: readonly string[]; /** what makes a row the same record again */ readonly key: readonly string[] }>> = {
  'incident-report': {
    required: ['reportNumber', 'occurredAt', 'arrestMade'], key: ['reportNumber'],
    fields: {
      reportNumber: 'text', cadEventNumber: 'text', occurredAt: 'time', occurredTo: 'time', reportedAt: 'time', arrestMade: 'flag', nonArrestReason: 'code', dvFlag: 'flag', strangulation: 'flag', childrenPresent: 'flag',
      initiation: ['CALL', 'SELF_INITIATED', 'FOLLOW_UP'], beat: 'code', division: 'code', councilDistrict: 'code', offenses, weapons,
      ...person('victims.N'), 'victims.N.injuries': injuries, 'victims.N.relationship': relationship, 'victims.N.offender': 'count', ...person('offenders.N'),
    },
  },
  'lethality-screen': {
    required: ['screenNumber', 'reportNumber', 'instrument', 'administeredAt'], key: ['screenNumber'],
    fields: { screenNumber: 'text', reportNumber: 'text', instrument: ['LAP', 'DA_LE', 'ODARA'], administeredAt: 'instant', officerBelief: 'flag', victim: 'count', offender: 'count', 'answers.N': ['YES', 'NO', 'NOT_ANSWERED'] },
  },
  arrest: {
    required: ['arrestNumber', 'arrestedAt'], key: ['arrestNumber'],
    fields: {
      arrestNumber: 'text', arrestedAt: 'time', reportNumber: 'text', ocn: 'text', offense: 'code', charges: 'list', court: ['STATE', 'MUNICIPAL', 'FEDERAL', 'TRIBAL', 'MILITARY', 'OTHER_STATE'], jurisdiction: JURISDICTIONS, holdNumber: 'text',
      personId: 'text', name: 'text', birthDate: 'day', age: 'count', sex, race, ethnicity,
    },
  },
  'charging-presentation': {
    required: ['presentationNumber', 'reportNumber', 'to', 'presentedAt'], key: ['presentationNumber'],
    fields: { presentationNumber: 'text', reportNumber: 'text', to: ['JCPO', 'CITY_PROSECUTOR', 'USAO'], criteria: { listOf: ['STRANGULATION', 'STITCHES', 'CHILD_PRESENT', 'STALKING_PATTERN', 'WEAPON', 'PRIORS'] }, presentedAt: 'time' },
  },
  'court-conditions': {
    required: ['entryNumber', 'reportNumber', 'court', 'setAt'], key: ['entryNumber'],
    fields: { entryNumber: 'text', reportNumber: 'text', court: ['STATE', 'MUNICIPAL', 'FEDERAL', 'TRIBAL', 'MILITARY', 'OTHER_STATE'], noContact: 'flag', gps: 'flag', firearmSurrender: 'flag', bondType: 'code', setAt: 'time' },
  },
  'charging-decision': {
    required: ['decisionNumber', 'reportNumber', 'decision', 'decidingAgency', 'decidedAt'], key: ['decisionNumber'],
    fields: { decisionNumber: 'text', reportNumber: 'text', decision: ['FILED', 'DECLINED', 'REFERRED_MUNICIPAL', 'RETURNED_FOR_INVESTIGATION'], decidingAgency: ['JCPO', 'CITY_PROSECUTOR', 'USAO', 'OTHER_COUNTY'], decidedAt: 'time' },
  },
  disposition: {
    required: ['caseNumber', 'reportNumber', 'results', 'court', 'enteredAt'], key: ['caseNumber'],
    fields: { caseNumber: 'text', reportNumber: 'text', results: { listOf: ['GUILTY', 'SIS', 'SIS_TERMINATED', 'NOLLE', 'DISMISSED', 'ACQUITTED'] }, court: ['STATE', 'MUNICIPAL', 'FEDERAL', 'TRIBAL', 'MILITARY', 'OTHER_STATE'], enteredAt: 'time' },
  },
  'supervision-compliance': {
    required: ['entryNumber', 'personId', 'supervisor', 'compliance', 'reportedAt'], key: ['entryNumber'],
    fields: { entryNumber: 'text', personId: 'text', supervisor: ['PROBATION_AND_PAROLE', 'COURT_SERVICES'], compliance: ['COMPLIANT', 'VIOLATION'], condition: 'code', reportedAt: 'time' },
  },
  'jail-roster': {
    required: ['holdNumber', 'personId', 'bookedAt'], key: ['holdNumber'],
    fields: { holdNumber: 'text', personId: 'text', bookedAt: 'time', reason: ['ARREST', 'SENTENCE', 'TRANSFER', 'OTHER'] },
  },
}
/** The codes that a field may have, where the list of them is closed. */
export const codesOf = (kind: Kind): readonly string[] | undefined => typeof kind === 'string' ? undefined : 'listOf' in kind ? kind.listOf : kind
/** Those codes for a person to read: of a long list, whose it is. */
export const inWords = (codes: readonly string[]): string => codes.length > 30 ? `the ${codes.length} codes that NIBRS has here (${codes.slice(0, 3).join(', ')} …)` : codes.join(', ')
export const isList = (kind: Kind): boolean => kind === 'list' || (typeof kind !== 'string' && 'listOf' in kind)
/** The kind of a field of a target, its number put aside; undefined: the target has no such field. */
export const kindOf = (target: TargetName, field: string): Kind | undefined => FIELDS[target].fields[field.replace(/\.\d+/, '.N')]
