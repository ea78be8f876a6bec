/**
 * Persons made up from a seed, with truth, for the matcher: names of syllables with a common head and a long tail, families
 * at one address, twins, parent and child of one name, a shared post office box; and second records of some of them with
 * errors of their own kind: keys beside the right one, lost letters, swapped fields, moves, missing fields.
 */
import { personOf, type Person, type Told } from '../../apps/intake/src/person-match/person'
import type { KnownPersons } from './linkage-data'

export interface MadeUp extends KnownPersons { /** as they were told, in the order of the persons */ readonly told: readonly (Told & { readonly given: string; readonly surname: string })[]; /** refs of different people who are easily taken for one */ readonly traps: readonly (readonly [string, string])[] }

const SYLLABLES = ['ba', 'be', 'bo', 'da', 'de', 'di', 'el', 'fa', 'fe', 'ga', 'ha', 'hi', 'ja', 'jo', 'ka', 'ki', 'la', 'le', 'li', 'lo', 'ma', 'me', 'mi', 'na', 'ne', 'no', 'or', 'pa', 'pe', 'ra', 're', 'ri', 'ro', 'sa', 'se', 'so', 'ta', 'te', 'to', 'va', 'vi', 'wa', 'wi', 'ya', 'zo']
const ENDS = ['n', 's', 'r', 'ld', 'm', 'nt', 'ck', '', '', 'th']

export class Dice {
  constructor(private seed: number) {}
  next(): number {
    this.seed = (this.seed + 0x6d2b79f5) | 0
    let t = Math.imul(this.seed ^ (this.seed >>> 15), 1 | this.seed)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
  upTo(n: number): number { return Math.floor(this.next() * n) }
  of<T>(list: readonly T[]): T { return list[this.upTo(list.length)]! }
  chance(p: number): boolean { return this.next() < p }
}

const nameList = (dice: Dice, n: number, syllables: number): string[] =>
  [...new Set(Array.from({ length: n }, () => `${Array.from({ length: syllables }, () => dice.of(SYLLABLES)).join('')}${dice.of(ENDS)}`))]
/** Some names are everybody's, most are rare. */
const drawn = (dice: Dice, list: readonly string[]): string => list[Math.floor(list.length * dice.next() ** 2.5)]!
const two = (n: number): string => String(n).padStart(2, '0')
const birthDate = (dice: Dice): string => `${1950 + dice.upTo(58)}-${two(1 + dice.upTo(12))}-${two(1 + dice.upTo(28))}`

const slip = (dice: Dice, text: string): string => {
  const at = dice.upTo(text.length)
  const kind = dice.upTo(4)
  if (kind === 0) return text.slice(0, at) + text.slice(at + 1)
  if (kind === 1) return text.slice(0, at) + dice.of(['a', 'e', 'n', 'r', 's', 't']) + text.slice(at)
  if (kind === 2) return text.slice(0, at) + dice.of(['a', 'e', 'n', 'r', 's', 't']) + text.slice(at + 1)
  return text.slice(0, at) + (text[at + 1] ?? '') + (text[at] ?? '') + text.slice(at + 2)
}
type ToldOf = MadeUp['told'][number]
const again = (dice: Dice, told: ToldOf): ToldOf => {
  let one: Told & { given: string; surname: string } = { ...told }
  if (dice.chance(0.15)) one = { ...one, given: slip(dice, one.given) }
  if (dice.chance(0.15)) one = { ...one, surname: slip(dice, one.surname) }
  if (dice.chance(0.03)) one = { ...one, given: one.surname, surname: one.given }
  if (dice.chance(0.05)) one = { ...one, surname: `${one.surname} ${slip(dice, one.surname)}` }
  const [year, month, day] = (one.birthDate ?? '').split('-')
  if (year !== undefined && dice.chance(0.04)) one = { ...one, birthDate: `${year}-${day}-${month}` }
  else if (year !== undefined && dice.chance(0.08)) one = { ...one, birthDate: `${year}-${month}-${two(1 + dice.upTo(28))}` }
  if (dice.chance(0.4)) one = { ...one, address: `${1 + dice.upTo(9999)} ${dice.of(SYLLABLES)}${dice.of(SYLLABLES)} Street, Sampletown ${64100 + dice.upTo(60)}` }
  if (dice.chance(0.08)) { const { birthDate: _, ...rest } = one; one = rest }
  if (dice.chance(0.2)) { const { address: _, ...rest } = one; one = rest }
  return one
}

export const madeUpPersons = (seed: number, people: number, twice: number): MadeUp => {
  const dice = new Dice(seed)
  const [givenNames, surnames] = [nameList(dice, 600, 2), nameList(dice, 2500, 3)]
  const persons: Person[] = []
  const truth = new Map<string, string>()
  const traps: [string, string][] = []
  const toldOf: ToldOf[] = []
  const add = (told: ToldOf, who: string): string => { const ref = `m${persons.length}`; toldOf.push(told); persons.push(personOf(ref, told)); truth.set(ref, who); return ref }
  const all: ToldOf[] = []
  const SHELTERED = { address: 'P.O. Box 1409, Jefferson City 65102', addressKind: 'SAFE_AT_HOME' }
  while (all.length < people) {
    const surname = drawn(dice, surnames)
    const address = `${1 + dice.upTo(9999)} ${dice.of(SYLLABLES)}${dice.of(SYLLABLES)}${dice.of(ENDS)} Street, Sampletown ${64100 + dice.upTo(60)}`
    const first = { given: drawn(dice, givenNames), surname, birthDate: birthDate(dice), ...(dice.chance(0.05) ? SHELTERED : { address }) }
    const firstRef = add(first, `p${all.length}`)
    all.push(first)
    const trap = dice.next()
    if (trap > 0.06) continue
    const other = trap < 0.02 ? { ...first, given: slip(dice, first.given) } // twins of like names
      : trap < 0.04 ? { ...first, birthDate: `${Number(first.birthDate.slice(0, 4)) - 20 - dice.upTo(9)}${dice.chance(0.2) ? first.birthDate.slice(4) : birthDate(dice).slice(4)}` } // parent and child of one name
        : { ...first, given: drawn(dice, givenNames), birthDate: birthDate(dice) } // brother or sister
    if (other.given === first.given && other.birthDate === first.birthDate) continue
    traps.push([firstRef, add(other, `p${all.length}`)])
    all.push(other)
  }
  for (let n = 0; n < twice; n++) { const who = dice.upTo(all.length); add(again(dice, all[who]!), `p${who}`) }
  return { persons, told: toldOf, truth, traps }
}
