/**
 * Which pairs are worth a comparison: those that share one of several keys, each of which survives another kind of error.
 * The keys live in memory for one run; no phonetic code and no name is kept anywhere.
 */
import type { Person } from './person'
import { sound } from './strings'

/** A key that so many share tells nobody apart. */
const MOST = 1000

const keysOf = ({ given, surname, birth, address, identifiers }: Person): string[] => {
  const keys: string[] = []
  const sounds = [given, surname].map((name) => name === undefined ? undefined : sound(name))
  const day = birth && [birth.month, birth.day].sort((a, b) => a - b).join('.')
  if (birth) keys.push(`b${birth.year}.${day}`)
  if (given !== undefined && surname !== undefined) {
    keys.push(`n${[...sounds].sort().join('.')}`, `p${[given.slice(0, 3), surname.slice(0, 3)].sort().join('.')}`)
  }
  // In either place: given names and surnames are exchanged at times.
  for (const name of sounds) if (name !== undefined && birth) keys.push(`y${name}.${birth.year}`, `d${name}.${day}`)
  if (address?.street !== undefined && address.number !== undefined) keys.push(`a${address.number}.${sound(address.street)}.${address.code?.slice(0, 3) ?? ''}`)
  for (const name of sounds) if (name !== undefined && address?.code !== undefined) keys.push(`c${name}.${address.code}`)
  for (const [system, id] of Object.entries(identifiers ?? {})) keys.push(`i${system}.${id}`)
  return [...new Set(keys)]
}

export interface Candidates { readonly pairs: [number, number][]; /** keys that too many shared, so that they were passed over */ readonly keysPassedOver: number }

/** So many persons, or pairs, in one part of the work. */
const PART = 1000

/** Pairs of places in `persons`, each with at least one place from `firstNew` on; each once. In parts. */
export function* candidates(persons: readonly Person[], firstNew: number): Generator<void, Candidates> {
  const wanted = new Map<string, number[]>()
  for (let at = firstNew; at < persons.length; at++) {
    if (at % PART === 0) yield
    for (const key of keysOf(persons[at]!)) wanted.set(key, [])
  }
  for (const [at, person] of persons.entries()) {
    if (at % PART === 0) yield
    for (const key of keysOf(person)) wanted.get(key)?.push(at)
  }
  const seen = new Set<number>()
  const pairs: [number, number][] = []
  let keysPassedOver = 0
  let looked = 0
  for (const block of wanted.values()) {
    if (block.length > MOST) { keysPassedOver++; continue }
    for (let j = block.length - 1; j > 0 && block[j]! >= firstNew; j--) {
      for (let i = 0; i < j; i++) {
        if (++looked % PART === 0) yield
        const id = block[i]! * persons.length + block[j]!
        if (seen.has(id)) continue
        seen.add(id)
        pairs.push([block[i]!, block[j]!])
      }
    }
  }
  return { pairs, keysPassedOver }
}
