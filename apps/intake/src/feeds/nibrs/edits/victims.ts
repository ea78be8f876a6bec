/** Victim segments: elements 23 to 33. */
import * as codes from '../codes'
import { ageOf } from '../dates'
import type { Victim } from '../records'
import { anyWrong, doubled, incident, isPerson, notAlone, victim, victimIn, wrong, type Edit } from './edit'

const some = (v: Victim, group: ReadonlySet<string>): boolean => v.offenses.some((code) => group.has(code))
const category = (circumstance: string): string => (circumstance < '20' ? 'assault' : circumstance < '30' ? 'justifiable' : 'negligent')
const PERSON_COLUMNS: readonly (readonly [string, (v: Victim) => boolean])[] = [
  ['26', (v) => v.age.trim() !== ''], ['27', (v) => v.sex !== ''], ['28', (v) => v.race !== ''], ['29', (v) => v.ethnicity !== ''],
  ['30', (v) => v.resident !== ''], ['33', (v) => v.injuries.length > 0], ['34', (v) => v.relations.some((r) => r.offender !== '')], ['35', (v) => v.relations.some((r) => r.relationship !== '')],
]
const PERSON_MUST: readonly (readonly [string, (v: Victim) => boolean])[] = [['26', (v) => v.age.trim() === ''], ['27', (v) => v.sex === ''], ['28', (v) => v.race === '']]
const OFFICER_MUST: readonly (readonly [string, (v: Victim) => boolean])[] = [['25A', (v) => v.length >= 141 && v.activity === ''], ['25B', (v) => v.length >= 141 && v.assignment === ''], ...PERSON_MUST]
const OFFICER_ONLY: readonly (readonly [string, (v: Victim) => boolean])[] = [['25A', (v) => v.activity !== ''], ['25B', (v) => v.assignment !== ''], ['25C', (v) => v.otherOri !== '']]

export const victimEdits: readonly Edit[] = [
  victim('052', '25C', (v) => v.otherOri !== '' && !/^[A-Z]{2}[A-Z0-9]{7}$/.test(v.otherOri)),
  incident('080', '4', '25', (r) => r.offenses.every((o) => codes.SOCIETY_OFFENSES.has(o.code)) && !(r.victims.length === 1 && r.victims[0]?.type === 'S')),
  victim('401', '24', (v) => v.offenses.length === 0),
  victim('401', '25', (v) => v.type === ''),
  victim('401', '31', (v) => isPerson(v) && some(v, codes.OFFENSES_WITH_CIRCUMSTANCES) && v.circumstances.length === 0),
  victim('401', '33', (v) => isPerson(v) && some(v, codes.OFFENSES_WITH_INJURY) && v.injuries.length === 0),
  victim('404', '24', (v) => v.offenses.some((code) => !codes.GROUP_A_OFFENSES.has(code))),
  victim('404', '25', (v) => wrong(codes.VICTIM_TYPES, v.type)),
  victim('404', '26', (v) => /^\S{1,2}\s*$/.test(v.age) && ageOf(v.age).kind === 'unreadable'),
  victim('404', '27', (v) => wrong(codes.SEXES, v.sex)),
  victim('404', '28', (v) => wrong(codes.RACES, v.race)),
  victim('404', '29', (v) => wrong(codes.ETHNICITIES, v.ethnicity)),
  victim('404', '30', (v) => wrong(codes.RESIDENCES, v.resident)),
  victim('404', '31', (v) => anyWrong(codes.CIRCUMSTANCES, v.circumstances)),
  victim('404', '32', (v) => wrong(codes.JUSTIFIABLE, v.justifiable)),
  victim('404', '33', (v) => anyWrong(codes.INJURIES, v.injuries)),
  victim('404', '34', (v) => v.relations.some((r) => r.offender !== '' && !/^\d\d$/.test(r.offender))),
  victim('404', '35', (v) => v.relations.some((r) => wrong(codes.RELATIONSHIPS, r.relationship))),
  victim('404', '25A', (v) => wrong(codes.OFFICER_ACTIVITIES, v.activity)),
  victim('404', '25B', (v) => wrong(codes.OFFICER_ASSIGNMENTS, v.assignment)),
  victim('406', '24', (v) => doubled(v.offenses)),
  victim('406', '31', (v) => doubled(v.circumstances)),
  victim('406', '33', (v) => doubled(v.injuries)),
  victim('406', '34', (v) => doubled(v.relations.map((r) => r.offender).filter((number) => number !== ''))),
  victim('407', '33', (v) => notAlone('N', v.injuries)),
  victim('419', '31', (v) => v.circumstances.length > 0 && !some(v, codes.OFFENSES_WITH_CIRCUMSTANCES)),
  victim('419', '33', (v) => v.injuries.length > 0 && !some(v, codes.OFFENSES_WITH_INJURY)),
  ...PERSON_MUST.map(([element, breaks]) => victim('453', element, (v) => v.type === 'I' && breaks(v))),
  ...OFFICER_MUST.map(([element, breaks]) => victim('454', element, (v) => v.type === 'L' && breaks(v))),
  victim('455', '32', (v) => v.circumstances.some((code) => code === '20' || code === '21') && v.justifiable === ''),
  victim('456', '31', (v) => notAlone('10', v.circumstances) || new Set(v.circumstances.filter((code) => codes.CIRCUMSTANCES.has(code)).map(category)).size > 1),
  victim('457', '32', (v) => v.justifiable !== '' && !v.circumstances.some((code) => code === '20' || code === '21')),
  ...PERSON_COLUMNS.map(([element, filled]) => victim('458', element, (v) => v.type !== '' && !isPerson(v) && filled(v))),
  victim('461', '25', (v) => v.type === 'S' && v.offenses.includes('220')),
  victim('462', '31', (v) => v.offenses.includes('13A') && v.circumstances.some((code) => !codes.circumstancesFor('13A').has(code))),
  victim('463', '31', (v) => v.offenses.includes('09C') && v.circumstances.some((code) => !codes.circumstancesFor('09C').has(code))),
  victim('464', '25', (v) => v.type !== '' && !isPerson(v) && some(v, codes.PERSON_OFFENSES)),
  victim('465', '25', (v) => v.type !== '' && v.type !== 'S' && some(v, codes.SOCIETY_OFFENSES)),
  victimIn('466', '24', (v, r) => v.offenses.some((code) => !r.offenses.some((o) => o.code === code))),
  victim('467', '25', (v) => v.type === 'S' && some(v, codes.PROPERTY_OFFENSES)),
  victim('469', '27', (v) => v.sex !== 'M' && v.sex !== 'F' && (v.offenses.includes('11A') || v.offenses.includes('36B'))),
  victim('477', '31', (v) => some(v, codes.OFFENSES_WITH_CIRCUMSTANCES) && v.circumstances.some((code) => !v.offenses.some((o) => codes.circumstancesFor(o).has(code)))),
  victim('478', '24', (v) => codes.EXCLUDING_OFFENSES.some(([code, others]) => v.offenses.includes(code) && some(v, others))),
  victim('479', '33', (v) => v.offenses.includes('13B') && v.injuries.some((code) => codes.MAJOR_INJURIES.has(code))),
  victimIn('480', '31', (v, r) => v.circumstances.includes('08') && r.offenses.length < 2 && r.victims.filter(isPerson).length < 2),
  victim('481', '26', (v) => { const age = ageOf(v.age); return v.offenses.includes('36B') && 'from' in age && age.from >= 18 }),
  victim('482', '25', (v) => v.type === 'L' && !some(v, codes.OFFENSES_AGAINST_OFFICERS)),
  ...OFFICER_ONLY.map(([element, filled]) => victim('483', element, (v) => v.type !== 'L' && filled(v))),
]
