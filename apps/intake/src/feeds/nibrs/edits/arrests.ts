/** Arrestees of incidents (level 6) and group B arrests (level 7): elements 40 to 52. */
import * as codes from '../codes'
import { ageOf, isDate, yearsOf } from '../dates'
import type { Arrestee, GroupBSegment } from '../records'
import { afterSubmission, beforeBase } from './dates-and-header'
import { anyWrong, arrest, arrestee, arresteeIn, deletion, doubled, incident, isUnknownOffender, notAlone, wrong, type Edit } from './edit'

type Arrested = Arrestee | GroupBSegment
const armed = (a: Arrested) => a.weapons.map((w) => w.code).filter((code) => code !== '')
const oddAutomatic = (a: Arrested) => a.weapons.some((w) => w.automatic !== '' && w.automatic !== 'A')
const automaticOther = (a: Arrested) => a.weapons.some((w) => w.automatic === 'A' && !codes.FIREARMS.has(w.code))
const isJuvenile = (a: Arrested): boolean => { const age = ageOf(a.age); return 'from' in age && age.to < 18 }
const isAdult = (a: Arrested): boolean => { const age = ageOf(a.age); return 'from' in age && age.from >= 18 }
/** A range from under 18 to over, with its middle under 18. */
const maybeJuvenile = (a: Arrested): boolean => { const age = ageOf(a.age); const middle = yearsOf(age); return age.kind === 'range' && age.from < 18 && age.to >= 18 && middle !== null && middle < 18 }
const over98 = (a: Arrested): boolean => a.age.trimEnd() === '99'
const hasForm = (raw: string, odd: RegExp): boolean => raw.trim() !== '' && odd.test(raw)

const MUST: readonly (readonly [string, (a: Arrested) => boolean])[] = [
  ['42', (a) => a.date === ''], ['43', (a) => a.type === ''], ['45', (a) => a.offense === ''], ['46', (a) => armed(a).length === 0],
  ['47', (a) => a.age.trim() === ''], ['48', (a) => a.sex === ''], ['49', (a) => a.race === ''],
]
const CODES: readonly (readonly [string, (a: Arrested) => boolean])[] = [
  ['43', (a) => wrong(codes.ARREST_TYPES, a.type)],
  ['45', (a) => a.offense !== '' && !codes.GROUP_A_OFFENSES.has(a.offense) && !codes.GROUP_B_OFFENSES.has(a.offense)],
  ['46', (a) => anyWrong(codes.ARMED_WITH, armed(a))], ['49', (a) => wrong(codes.RACES, a.race)], ['50', (a) => wrong(codes.ETHNICITIES, a.ethnicity)],
  ['51', (a) => wrong(codes.RESIDENCES, a.resident)], ['52', (a) => wrong(codes.DISPOSITIONS, a.disposition)],
]
/** The same rules under two sets of numbers. */
const BOTH: readonly (readonly [string, string, string, (a: Arrested) => boolean])[] = [
  ['605', '705', '42', (a) => a.date !== '' && (!isDate(a.date) || afterSubmission(a.date, a))],
  ['606', '706', '46', (a) => doubled(a.weapons.map((w) => w.code + w.automatic))],
  ['607', '707', '46', (a) => notAlone('01', armed(a))],
  ['640', '740', '52', (a) => maybeJuvenile(a) && a.disposition === ''],
  ['641', '741', '47', over98],
  ['652', '752', '52', (a) => isJuvenile(a) && a.disposition === ''],
  ['653', '753', '52', (a) => isAdult(a) && a.disposition !== ''],
  ['654', '754', '46', oddAutomatic],
  ['655', '755', '46', automaticOther],
  ['667', '758', '48', (a) => a.sex !== '' && a.sex !== 'M' && a.sex !== 'F'],
]

export const arrestEdits: readonly Edit[] = [
  ...MUST.flatMap(([element, breaks]) => [arrestee('601', element, breaks), arrest('701', element, breaks)]),
  ...CODES.flatMap(([element, breaks]) => [arrestee('604', element, breaks), arrest('704', element, breaks)]),
  ...BOTH.flatMap(([a, b, element, breaks]) => [arrestee(a, element, breaks), arrest(b, element, breaks)]),
  // An arrest on or before the day of an exceptional clearance: then it was no exception.
  arresteeIn('071', '42', (a, r) => /^[A-E]$/.test(r.administrative.clearedExceptionally) && isDate(a.date) && a.date <= r.administrative.exceptionalClearanceDate),
  arrestee('601', '41', (a) => a.transaction === ''),
  arrestee('601', '44', (a) => a.multiple === ''),
  arrestee('604', '44', (a) => wrong(codes.MULTIPLE_ARREST, a.multiple)),
  arrestee('604', 'clearanceIndicator', (a) => a.clearanceIndicator !== '' && a.clearanceIndicator !== 'Y' && a.clearanceIndicator !== 'N'),
  arrestee('615', '41', (a) => hasForm(a.rawTransaction, /\S +\S/)),
  arrestee('616', '41', (a) => hasForm(a.rawTransaction, /^ /)),
  arrestee('617', '41', (a) => hasForm(a.rawTransaction.trimEnd(), /[^A-Z0-9 -]/)),
  arrestee('623', 'clearanceIndicator', (a) => a.action === 'I' && (a.clearanceIndicator !== '' || a.clearanceOffenses.length > 0)),
  incident('656', '6', '40', (r) => r.arrestees.length > r.offenders.filter((o) => !isUnknownOffender(o.sequence)).length),
  arresteeIn('665', '42', (a, r) => isDate(a.date) && a.date < r.administrative.incidentDate),
  incident('668', '6', 'clearanceIndicator', (r) => r.arrestees.filter((a) => a.clearanceIndicator === 'Y').length > 1),
  arresteeIn('669', undefined, (_, r) => r.offenses.some((o) => o.code === '09C')),
  arrestee('670', '45', (a) => a.offense === '09C'),
  arrestee('671', 'clearanceOffenses', (a) => a.clearanceIndicator === 'Y' && a.clearanceOffenses.length === 0 || a.clearanceOffenses.some((code) => !codes.GROUP_A_OFFENSES.has(code))),
  arrest('099', '40', (_, r) => new Set(r.arrests.map((a) => a.sequence)).size > 1),
  arrest('720', '42', (a) => beforeBase(a.date, a)),
  arrest('751', '40', (a, r) => r.arrests.filter((other) => other.sequence === a.sequence).length > 1),
  arrest('760', '45', (a) => codes.GROUP_A_OFFENSES.has(a.offense)),
  arrest('761', '47', (a) => { const age = ageOf(a.age); return a.offense === '90I' && !('from' in age && age.from >= 1 && age.to <= 17) }),
  deletion('797', '7', '42', (r) => r.of === 'arrest' && r.segments.some((s) => s.level === '7' && s.date === '')),
]
