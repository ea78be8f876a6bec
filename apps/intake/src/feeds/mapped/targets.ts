/**
 * What a mapping may fill: for each target its fields, by kind, and which of them a row cannot do without. `N` stands for a
 * number from 1: the first victim is `victims.1`.
 */
import { ADDRESS_KINDS } from '@chorus/contracts'

export const TARGETS = ['incident-report', 'lethality-screen', 'arrest', 'jail-roster', 'charging-presentation', 'charging-decision', 'court-conditions', 'disposition', 'supervision-compliance'] as const
export type TargetName = (typeof TARGETS)[number]

/** text: sealed, as it stands · code: short, printable · flag · count · day · time: as precise as its format · instant: with its minute · list: codes, cut by `split` · one of a closed list · some of a closed list, cut by `split` */
export type Kind = 'text' | 'code' | 'flag' | 'count' | 'day' | 'time' | 'instant' | 'list' | readonly string[] | { readonly listOf: readonly string[] }

const person = (at: string): Record<string, Kind> => Object.fromEntries((['personId', 'name', 'address'] as const).map((name) => [`${at}.${name}`, 'text' as Kind])
  .concat([[`${at}.addressKind`, ADDRESS_KINDS], [`${at}.birthDate`, 'day'], [`${at}.age`, 'count'], [`${at}.sex`, 'code'], [`${at}.race`, 'code'], [`${at}.ethnicity`, 'code']] as [string, Kind][]))

const JURISDICTIONS = ['JACKSON', 'CLAY', 'PLATTE', 'CASS', 'OTHER_COUNTY', 'FEDERAL', 'TRIBAL', 'MILITARY', 'OTHER_STATE']
export const FIELDS: Readonly<Record<TargetName, { readonly fields: Readonly<Record<string, Kind>>; readonly required: readonly string[]; /** what makes a row the same record again */ readonly key: readonly string[] }>> = {
  'incident-report': {
    required: ['reportNumber', 'occurredAt', 'arrestMade'], key: ['reportNumber'],
    fields: {
      reportNumber: 'text', cadEventNumber: 'text', occurredAt: 'time', occurredTo: 'time', reportedAt: 'time', arrestMade: 'flag', nonArrestReason: 'code', dvFlag: 'flag', strangulation: 'flag', childrenPresent: 'flag',
      initiation: ['CALL', 'SELF_INITIATED', 'FOLLOW_UP'], beat: 'code', division: 'code', councilDistrict: 'code', offenses: 'list', weapons: 'list',
      ...person('victims.N'), 'victims.N.injuries': 'list', 'victims.N.relationship': 'code', 'victims.N.offender': 'count', ...person('offenders.N'),
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
      personId: 'text', name: 'text', birthDate: 'day', age: 'count', sex: 'code', race: 'code', ethnicity: 'code',
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
export const isList = (kind: Kind): boolean => kind === 'list' || (typeof kind !== 'string' && 'listOf' in kind)
/** The kind of a field of a target, its number put aside; undefined: the target has no such field. */
export const kindOf = (target: TargetName, field: string): Kind | undefined => FIELDS[target].fields[field.replace(/\.\d+/, '.N')]
