/** Sets of records of which it is known who is who, as the matcher's persons. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { personOf, type Person } from '../../apps/intake/src/person-match/person'
import { realData } from './real-data'

export interface KnownPersons { readonly persons: readonly Person[]; /** who it is, by ref */ readonly truth: ReadonlyMap<string, string> }

const rowsOf = (file: string): Record<string, string>[] => {
  const [header, ...lines] = readFileSync(join(realData(), 'linkage', file), 'utf8').trim().split('\n').map((line) => line.split(',').map((cell) => cell.trim().replace(/^"(.*)"$/, '$1')))
  return lines.map((cells) => Object.fromEntries(header!.map((name, at) => [name, cells[at] ?? ''])))
}
const two = (text: string | undefined): string => (text ?? '').padStart(2, '0')

/** 500 records, 50 pairs: names and birth date alone. */
export const rlData500 = (): KnownPersons => {
  const rows = rowsOf('RLdata500.csv')
  return {
    persons: rows.map((row, at) => personOf(`r${at}`, { given: `${row.fname_c1} ${row.fname_c2}`.replace(/\bNA\b/g, ''), surname: `${row.lname_c1} ${row.lname_c2}`.replace(/\bNA\b/g, ''), birthDate: `${row.by}-${two(row.bm)}-${two(row.bd)}` })),
    truth: new Map(rows.map((row, at) => [`r${at}`, row.identity!])),
  }
}

/** 1,000 records, 500 pairs: names, address, birth date, an identifier. */
export const febrl1 = (): KnownPersons => {
  const rows = rowsOf('febrl_dataset1.csv')
  return {
    persons: rows.map((row) => personOf(row.rec_id!, {
      given: row.given_name!, surname: row.surname!, birthDate: row.date_of_birth!,
      addressParts: { number: row.street_number!, street: row.address_1!, place: row.suburb!, code: row.postcode! }, identifiers: { number: row.soc_sec_id! },
    })),
    truth: new Map(rows.map((row) => [row.rec_id!, row.rec_id!.split('-')[1]!])),
  }
}

/** What came of it: pairs in each band that are one person and that are not, of all pairs that are. */
export const judgedBy = ({ truth }: KnownPersons, matches: readonly { readonly refs: readonly [string, string]; readonly band: string }[]) => {
  const sizes = new Map<string, number>()
  for (const who of truth.values()) sizes.set(who, (sizes.get(who) ?? 0) + 1)
  const pairs = [...sizes.values()].reduce((sum, n) => sum + n * (n - 1) / 2, 0)
  const count = (band: string, same: boolean): number => matches.filter((match) => match.band === band && (truth.get(match.refs[0]) === truth.get(match.refs[1])) === same).length
  const [linked, falseLinks, asked, askedInVain] = [count('LINK', true), count('LINK', false), count('ASK', true), count('ASK', false)]
  return { pairs, linked, falseLinks, asked, askedInVain, recallLink: linked / pairs, recallLinkOrAsk: (linked + asked) / pairs }
}
