/** Offender segments: elements 36 to 39A. */
import * as codes from '../codes'
import { ageOf } from '../dates'
import type { Offender } from '../records'
import { incident, isUnknownOffender, offender, wrong, type Edit } from './edit'

const known = (o: Offender): boolean => !isUnknownOffender(o.sequence) && 'from' in ageOf(o.age) && /^[MF]$/.test(o.sex) && codes.RACES.has(o.race) && o.race !== 'U'
const cleared = (code: string): boolean => /^[A-E]$/.test(code)
const FILLED: readonly (readonly [string, (o: Offender) => boolean])[] = [
  ['37', (o) => o.age.trim() !== ''], ['38', (o) => o.sex !== ''], ['39', (o) => o.race !== ''], ['39A', (o) => o.ethnicity !== ''],
]

export const offenderEdits: readonly Edit[] = [
  ...FILLED.slice(0, 3).map(([element, filled]) => offender('501', element, (o) => !isUnknownOffender(o.sequence) && !filled(o))),
  offender('504', '38', (o) => wrong(codes.SEXES, o.sex)),
  offender('504', '39', (o) => wrong(codes.RACES, o.race)),
  offender('504', '39A', (o) => wrong(codes.ETHNICITIES, o.ethnicity)),
  ...FILLED.map(([element, filled]) => offender('552', element, (o) => isUnknownOffender(o.sequence) && filled(o))),
  incident('555', '5', '36', (r) => r.offenders.length > 1 && r.offenders.some((o) => isUnknownOffender(o.sequence))),
  incident('557', '5', '36', (r) => cleared(r.administrative.clearedExceptionally) && r.offenders.some((o) => isUnknownOffender(o.sequence))),
  incident('558', '5', undefined, (r) => cleared(r.administrative.clearedExceptionally) && !r.offenders.some(known)),
  incident('559', '5', undefined, (r) => r.offenses.some((o) => o.code === '09C') && !r.offenders.some(known)),
  incident('560', '5', '38', (r) => r.victims.some((v) => v.offenses.includes('11A') && /^[MF]$/.test(v.sex) && r.offenders.every((o) => o.sex === v.sex))),
]
