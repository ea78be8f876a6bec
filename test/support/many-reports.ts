/** Files of any size for each feed but the flat one (many-incidents.ts), made of the shipped samples: each copy of a record has numbers of its own. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const sample = (...path: readonly string[]): string => readFileSync(join(__dirname, '../../samples', ...path), 'utf8')
const NUMBER = /(<nc:ActivityIdentification><nc:IdentificationID>)([^<]+)/g

/** A NIBRS XML submission of at least `lines` lines: the sample's incidents and arrests, without what it replaces or deletes. */
export function* manyXmlReports(lines: number, letter = 'X'): Generator<Buffer> {
  const text = sample('nibrs', '2026-07.xml')
  const reports = (text.match(/ *<nibrs:Report>[^]*?<\/nibrs:Report>\n/g) ?? []).filter((report) => report.includes('ActionCategoryCode>I<'))
  yield Buffer.from(text.slice(0, text.indexOf('  <nibrs:Report>')))
  for (let sent = 0, copy = 0; sent < lines; copy++) {
    const numbers = new Map<string, string>()
    const numbered = (number: string): string => { const known = numbers.get(number) ?? `${letter}${String(copy).padStart(6, '0')}${String(numbers.size).padStart(4, '0')}`; numbers.set(number, known); return known }
    const whole = reports.map((report) => report.replace(NUMBER, (_, tag: string, number: string) => tag + numbered(number))).join('')
    sent += whole.split('\n').length - 1
    yield Buffer.from(whole)
  }
  yield Buffer.from('</nibrs:Submission>\n')
}

/** One submission in which nothing ends: one report of at least so many lines. */
export function* oneEndlessReport(lines: number): Generator<Buffer> {
  const text = sample('nibrs', '2026-07.xml')
  const [report = ''] = text.match(/ *<nibrs:Report>[^]*?<\/nibrs:Report>\n/) ?? []
  const at = report.indexOf('</nibrs:Report>')
  const more = Buffer.from('    <nc:Location s:id="Location1"><nibrs:LocationCategoryCode>20</nibrs:LocationCategoryCode></nc:Location>\n'.repeat(500))
  yield Buffer.from(text.slice(0, text.indexOf('  <nibrs:Report>')) + report.slice(0, at))
  for (let sent = 0; sent < lines; sent += 500) yield more
  yield Buffer.from(`${report.slice(at)}</nibrs:Submission>\n`)
}

/** One submission with a value of so many MiB. */
export function* oneLongValue(mib: number): Generator<Buffer> {
  const text = sample('nibrs', '2026-07.xml')
  const at = text.indexOf('<nibrs:LocationCategoryCode>') + '<nibrs:LocationCategoryCode>'.length
  yield Buffer.from(text.slice(0, at))
  for (let sent = 0; sent < mib; sent++) yield Buffer.alloc(1 << 20, 'y')
  yield Buffer.from(text.slice(at))
}

/** Rows of the city's open crime data, one or two to a report, as the file of 2024 has them. */
export function* manyOpenRows(rows: number, letter = 'B'): Generator<Buffer> {
  const [heading = ''] = sample('kcpd', '2024.csv').split('\n')
  const PERSONS = ['VIC,W,F,25-34', 'SUS,W,M,25-34', 'VIC,B,M,35-44', 'ARR,B,M,45-54', 'VIC,U,F,18-24'] as const
  const OFFENSES = ['Assault (Non-Aggravated),13B,Simple Assault', 'Domestic Violence Assault (Aggravated),13A,Aggravated Assault', 'Property Damage,290,Vandalism', 'Stealing from Building,23D,Theft from Building'] as const
  yield Buffer.from(`${heading}\n`)
  for (let sent = 0, report = 0; sent < rows;) {
    let text = ''
    for (; sent < rows && text.length < 64 * 1024; report++) {
      // Twelve in a hundred have a second person, as in the published years.
      for (let person = 0; person < (report % 8 === 0 ? 2 : 1) && sent < rows; person++, sent++) {
        text += `KC24${letter}${String(report).padStart(7, '0')},07/01/2024,22:40,07/01/2024,21:55,,,${OFFENSES[report % 4]!},${100 + report % 900},${100 + report % 9000} NOWHERE LN,KANSAS CITY,64101,ZZ0001,CPD,${report % 3 === 0},${PERSONS[(report + person) % 5]!},false,POINT (-94.58 39.10)\n`
      }
    }
    yield Buffer.from(text)
  }
}

/** The numbers of the samples: reports, persons, arrests, … Each row's end in its own number; files of different letters share none. */
const SAMPLE_NUMBER = /\bFX[A-Z0-9]*-(?:[A-Z]+-)*\d+\b/g
const SAMPLE_REPORT = /\bFX26-01\d{4}\b/g
export interface ManyRows { readonly mapping: string; readonly file: Buffer }
/**
 * An extract of so many rows by the sample's mapping: the sample's first row again and again, row n of each target speaking of
 * report n. `keep`: a number that stands as it is, in the first row or in all.
 */
export const manyRows = (name: string, rows: number, letter = 'B', keep: { readonly number?: string; readonly in?: 'first' | 'all' } = {}): ManyRows => {
  const mapping = sample('extracts', `${name}.map.yml`)
  // The first row of a target may speak of another report of the sample than the first, and only the first is made again.
  const numbered = (text: string, row: number): string => text.replaceAll(SAMPLE_REPORT, 'FX26-010001').replaceAll(SAMPLE_NUMBER, (number) => number === keep.number && (keep.in === 'all' || row === 0) ? number : `${number}-${letter}${row}`)
  const all = (row: string): string[] => Array.from({ length: rows }, (_, at) => numbered(row, at))
  if (name === 'lap-screens') {
    const [first] = (JSON.parse(sample('extracts', `${name}.json`)) as { screens: object[] }).screens
    return { mapping, file: Buffer.from(`{"screens":[${all(JSON.stringify(first)).join(',\n')}]}\n`) }
  }
  const [heading = '', first = ''] = sample('extracts', `${name}.csv`).split('\n')
  return { mapping, file: Buffer.from(`${heading}\n${all(first).join('\n')}\n`) }
}
