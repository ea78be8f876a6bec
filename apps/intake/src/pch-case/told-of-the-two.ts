/** Whether what a referral and a report tell of the two speaks for the subject being another person of the report. Pure. */
import type { ReportedAge } from '@chorus/contracts'
import { compare } from '../person-match/compare'
import { personOf, type Person, type Told } from '../person-match/person'

export interface ToldInReport extends Told { readonly age?: ReportedAge | undefined }
export interface Index { readonly time: string; readonly dateOf: 'incident' | 'report' }

/** In doubt no: what nobody tells speaks against nothing. `persons`: of the report, by token. */
export const isToldAsAnother = (subject: Told, partner: Told, persons: ReadonlyMap<string, ToldInReport>, subjectInIncident: string, index: Index): boolean => {
  const named = persons.get(subjectInIncident)
  if (!named) return false
  const others = [...persons].filter(([token]) => token !== subjectInIncident).map(([, told]) => told)
  const [straight, crossed] = [fitOf(subject, named) + best(partner, others), fitOf(partner, named) + best(subject, others)]
  // One surname alone says nothing: the two may be married.
  if (crossed - straight > 1) return true
  // Names and birth dates do not tell them apart: an officer's guess of an age may.
  const age = straight > crossed || straight > 1 ? undefined : ageAt(subject.birthDate, index)
  return age !== undefined && isFar(named.age, age) && others.some((other) => isJust(other.age, age))
}

/** How well what is told of two fits: a whole name most, then one that is written otherwise, then a surname or a birth date alone. */
const fitOf = (one: Told, other: Told): number => {
  const [a, b] = [personOf('one', one), personOf('other', other)]
  const { GIVEN, SURNAME, BIRTH } = compare(a, b)
  if (BIRTH === 'DIFFERENT') return 0
  const born = BIRTH === 'EXACT' ? 1 : 0
  if (SAME.includes(GIVEN) && SAME.includes(SURNAME)) return 4 + born
  if ((ALIKE.includes(GIVEN) && ALIKE.includes(SURNAME)) || isWithin(a, b) || isWithin(b, a)) return 2 + born
  return born + (SAME.includes(SURNAME) ? 1 : 0)
}
/** A name with all the words of the other, of which one may have two surnames. */
const isWithin = (one: Person, other: Person): boolean => { const [words, all] = [one, other].map(({ given, surname }) => `${given ?? ''} ${surname ?? ''}`.split(' ').filter(Boolean)) as [string[], string[]]; return words.length > 1 && words.every((word) => all.includes(word)) }
const best = (one: Told, others: readonly Told[]): number => others.reduce((most, other) => Math.max(most, fitOf(one, other)), 0)
const SAME: readonly string[] = ['EXACT', 'SWAPPED']
const ALIKE: readonly string[] = [...SAME, 'CLOSE', 'PART']

const ageAt = (birthDate: string | undefined, { time, dateOf }: Index): number | undefined =>
  birthDate === undefined || dateOf === 'report' || time.length < 10 ? undefined : Number(time.slice(0, 4)) - Number(birthDate.slice(0, 4)) - (time.slice(5, 10) < birthDate.slice(5) ? 1 : 0)
/** An officer's guess is off by a year or two. */
const GUESSED = 2
const isFar = (age: ReportedAge | undefined, years: number): boolean => age?.precision !== 'unknown' && age?.from !== undefined && (years < age.from - GUESSED || years > (age.to ?? age.from) + GUESSED)
const isJust = (age: ReportedAge | undefined, years: number): boolean => age?.precision === 'year' && age.from === years
