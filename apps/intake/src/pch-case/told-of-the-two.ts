/** Whether what a referral and a report tell of the two speaks for the subject being another person of the report. Pure. */
import type { ReportedAge } from '@chorus/contracts'
import { compare } from '../person-match/compare'
import { personOf, type Told } from '../person-match/person'

export interface ToldInReport extends Told { readonly age?: ReportedAge | undefined }
export interface Index { readonly time: string; readonly dateOf: 'incident' | 'report' }

/** In doubt no: what nobody tells speaks against nothing. `persons`: of the report, by token. */
export const isToldAsAnother = (subject: Told, partner: Told, persons: ReadonlyMap<string, ToldInReport>, subjectInIncident: string, index: Index): boolean => {
  const named = persons.get(subjectInIncident)
  if (!named || agree(subject, named) === 'yes') return false
  const others = [...persons].filter(([token]) => token !== subjectInIncident).map(([, told]) => told)
  if (agree(subject, named) === 'no' && (agree(partner, named) === 'yes' || others.some((other) => agree(subject, other) === 'yes'))) return true
  const age = ageAt(subject.birthDate, index)
  return age !== undefined && isFar(named.age, age) && others.some((other) => isJust(other.age, age))
}

const SAME: readonly string[] = ['EXACT', 'SWAPPED']
const agree = (one: Told, other: Told): 'yes' | 'no' | 'open' => {
  const { GIVEN, SURNAME, BIRTH } = compare(personOf('one', one), personOf('other', other))
  if (SAME.includes(GIVEN) && SAME.includes(SURNAME) && BIRTH !== 'DIFFERENT') return 'yes'
  return GIVEN === 'DIFFERENT' || BIRTH === 'DIFFERENT' ? 'no' : 'open'
}

const ageAt = (birthDate: string | undefined, { time, dateOf }: Index): number | undefined =>
  birthDate === undefined || dateOf === 'report' || time.length < 10 ? undefined : Number(time.slice(0, 4)) - Number(birthDate.slice(0, 4)) - (time.slice(5, 10) < birthDate.slice(5) ? 1 : 0)
/** An officer's guess is off by a year or two. */
const GUESSED = 2
const isFar = (age: ReportedAge | undefined, years: number): boolean => age?.precision !== 'unknown' && age?.from !== undefined && (years < age.from - GUESSED || years > (age.to ?? age.from) + GUESSED)
const isJust = (age: ReportedAge | undefined, years: number): boolean => age?.precision === 'year' && age.from === years
