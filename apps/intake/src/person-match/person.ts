/** A person as the matcher sees him or her: what was given of name, birth date, address and identifiers, brought into one form. In memory alone. */
import { plain } from './strings'

export interface Address { readonly number?: string; readonly street?: string; readonly place?: string; readonly code?: string }
export interface Person {
  readonly ref: string
  readonly given?: string
  readonly surname?: string
  /** JR, SR, II, III, IV */
  readonly suffix?: string
  readonly birth?: { readonly year: number; readonly month: number; readonly day: number }
  readonly address?: Address
  /** by system */
  readonly identifiers?: Readonly<Record<string, string>>
}
export interface Told {
  readonly given?: string
  readonly surname?: string
  /** where the parts are not told apart: "Given Surname" or "Surname, Given" */
  readonly name?: string
  /** YYYY-MM-DD */
  readonly birthDate?: string
  /** in one line */
  readonly address?: string
  /** SAFE_AT_HOME: a substitute address (RSMo 589.660-.683), shared by all participants: it says nothing of who somebody is */
  readonly addressKind?: string
  readonly addressParts?: Address
  readonly identifiers?: Readonly<Record<string, string>>
}

const SUFFIXES = new Set(['JR', 'SR', 'II', 'III', 'IV'])

export const personOf = (ref: string, told: Told): Person => {
  const { given, surname, suffix } = namesOf(told)
  const birth = birthOf(told.birthDate)
  const address = told.addressKind === 'SAFE_AT_HOME' ? undefined : told.addressParts ? cleaned(told.addressParts) : told.address === undefined ? undefined : addressOf(told.address)
  const identifiers = Object.entries(told.identifiers ?? {}).map(([system, id]) => [system, plain(id).replace(/ /g, '')] as const).filter(([, id]) => id !== '')
  return {
    ref, ...(given && { given }), ...(surname && { surname }), ...(suffix && { suffix }), ...(birth && { birth }),
    ...(address && Object.keys(address).length > 0 && { address }), ...(identifiers.length > 0 && { identifiers: Object.fromEntries(identifiers) }),
  }
}

const namesOf = ({ given, surname, name }: Told): { given: string; surname: string; suffix: string } => {
  const comma = name?.indexOf(',') ?? -1
  const words = (text: string | undefined): string[] => plain(text ?? '').split(' ').filter((word) => word !== '')
  const told = name === undefined ? { given: words(given), surname: words(surname) }
    : comma >= 0 ? { given: words(name.slice(comma + 1)), surname: words(name.slice(0, comma)) }
      : lastApart(words(name))
  const suffix = [...told.surname, ...told.given].find((word) => SUFFIXES.has(word)) ?? ''
  const without = (list: readonly string[]): string => list.filter((word) => !SUFFIXES.has(word)).join(' ')
  return { given: without(told.given), surname: without(told.surname), suffix }
}
const lastApart = (words: readonly string[]): { given: string[]; surname: string[] } => {
  const last = words.findLastIndex((word) => !SUFFIXES.has(word))
  return last < 1 ? { given: [], surname: [...words] } : { given: words.slice(0, last), surname: words.slice(last) }
}

const birthOf = (text: string | undefined): Person['birth'] => {
  const [, year, month, day] = /^(\d{4})-?(\d{2})-?(\d{2})$/.exec(text?.trim() ?? '') ?? []
  return year === undefined ? undefined : { year: Number(year), month: Number(month), day: Number(day) }
}

/** A post office box is shared by nobody knows whom: as little a sign of who somebody is as none. */
const addressOf = (text: string): Address | undefined => {
  const line = plain(text)
  if (/\bP ?O ?BOX\b|\bSAFE AT HOME\b/.test(line)) return undefined
  const words = line.split(' ')
  const code = words.findLast((word) => /^\d{5}$/.test(word))
  const first = words.findIndex((word) => /^\d+[A-Z]?$/.test(word) && word !== code)
  const street = words.slice(first + 1, first + 3).join(' ')
  return cleaned({ ...(first >= 0 && { number: words[first]! }), street, ...(code !== undefined && { code }) })
}
const cleaned = (address: Address): Address =>
  Object.fromEntries(Object.entries(address).map(([name, value]) => [name, plain(String(value))]).filter(([, value]) => value !== ''))
