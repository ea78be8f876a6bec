/** Compares two persons field by field. What is missing on either side says nothing, for or against. */
import { AGREEMENTS, COMPARED_FIELDS } from '@chorus/contracts'
import type { Person } from './person'
import { jaroWinkler, oneSlip } from './strings'

export const FIELDS = COMPARED_FIELDS
export type MatchField = (typeof FIELDS)[number]
/** From best to worst. SWAPPED: given name and surname, or day and month, stand in each other's place. */
export const LEVELS_OF_AGREEMENT = AGREEMENTS
export type Agreement = (typeof LEVELS_OF_AGREEMENT)[number]
export type Comparison = Readonly<Record<MatchField, Agreement>>

export const compare = (a: Person, b: Person): Comparison => {
  const given = names(a.given, b.given)
  const surname = names(a.surname, b.surname)
  const swapped = given !== 'EXACT' && surname !== 'EXACT' && alike(a.given, b.surname) && alike(a.surname, b.given)
  return {
    GIVEN: swapped ? 'SWAPPED' : given, SURNAME: swapped ? 'SWAPPED' : surname,
    BIRTH: births(a.birth, b.birth), ADDRESS: addresses(a.address, b.address), IDENTIFIER: identifiers(a.identifiers, b.identifiers),
  }
}

const alike = (a: string | undefined, b: string | undefined): boolean => a !== undefined && a === b

const CLOSE_FROM = 0.92
const names = (a: string | undefined, b: string | undefined): Agreement => {
  if (a === undefined || b === undefined) return 'MISSING'
  if (a === b) return 'EXACT'
  if ((Math.min(a.length, b.length) > 2 && oneSlip(a, b)) || jaroWinkler(a, b) >= CLOSE_FROM) return 'CLOSE'
  const [wordsA, wordsB] = [a.split(' '), b.split(' ')]
  const shared = wordsA.some((word) => word.length > 1 && wordsB.includes(word))
  const initial = (a.length === 1 && b.startsWith(a)) || (b.length === 1 && a.startsWith(b))
  return shared || initial ? 'PART' : 'DIFFERENT'
}

const two = (n: number): string => String(n).padStart(2, '0')
const births = (a: Person['birth'], b: Person['birth']): Agreement => {
  if (!a || !b) return 'MISSING'
  const same = [a.year === b.year, a.month === b.month, a.day === b.day]
  const agree = same.filter(Boolean).length
  if (agree === 3) return 'EXACT'
  if (a.year === b.year && a.month === b.day && a.day === b.month) return 'SWAPPED'
  if (agree < 2) return 'DIFFERENT'
  return oneSlip(`${a.year}`, `${b.year}`) && oneSlip(two(a.month), two(b.month)) && oneSlip(two(a.day), two(b.day)) ? 'CLOSE' : 'PART'
}

const addresses = (a: Person['address'], b: Person['address']): Agreement => {
  if (!a || !b) return 'MISSING'
  const has = (one: string | undefined, other: string | undefined): boolean => one !== undefined && one === other
  const differs = (one: string | undefined, other: string | undefined): boolean => one !== undefined && other !== undefined && one !== other
  const street = a.street !== undefined && b.street !== undefined && jaroWinkler(a.street, b.street) >= CLOSE_FROM
  const area = has(a.code, b.code) || has(a.place, b.place)
  if (street && has(a.number, b.number) && !(differs(a.code, b.code) && differs(a.place, b.place))) return 'EXACT'
  if (street && area) return 'CLOSE'
  if (area || street) return 'PART'
  return 'DIFFERENT'
}

const identifiers = (a: Person['identifiers'], b: Person['identifiers']): Agreement => {
  const shared = Object.keys(a ?? {}).filter((system) => b?.[system] !== undefined)
  if (shared.length === 0) return 'MISSING'
  if (shared.some((system) => a![system] === b![system])) return shared.every((system) => a![system] === b![system]) ? 'EXACT' : 'PART'
  return shared.some((system) => oneSlip(a![system]!, b![system]!)) ? 'CLOSE' : 'DIFFERENT'
}
