/**
 * Writes the sample submissions of an agency that does not exist. Everything in them comes from a seeded generator: no
 * line was taken from anybody's file. The same seed gives the same bytes.
 *
 *   node -r ./test/support/register.js samples/nibrs/generate.ts
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { writeSegment, type SegmentValues } from '../../apps/intake/src/feeds/nibrs/write-segment'
import type { Level } from '../../apps/intake/src/feeds/nibrs/layout'
import { recordsOf, toXml } from './to-xml'

/** MO for Missouri, nine places, and a name nobody has: "ZZ9" is given to no agency. */
export const SAMPLE_ORI = 'MOZZ99900'
export const SAMPLE_SEED = 260299

export interface SampleFile { readonly name: string; readonly text: string }

/** A small generator of pseudo-random numbers (mulberry32): plain, fast, the same everywhere. */
const random = (seed: number) => {
  let state = seed >>> 0
  return (below: number): number => {
    state = state + 0x6d2b79f5 >>> 0
    let t = Math.imul(state ^ state >>> 15, 1 | state)
    t = t + Math.imul(t ^ t >>> 7, 61 | t) ^ t
    return Math.floor(((t ^ t >>> 14) >>> 0) / 4294967296 * below)
  }
}

interface Person { readonly age: string; readonly sex: string; readonly race: string; readonly ethnicity: string }
interface IncidentPlan {
  readonly number: string
  readonly date: string
  readonly hour: string
  readonly offense: string
  readonly relationship?: string
  readonly injuries?: readonly string[]
  readonly weapons?: readonly string[]
  readonly arrest?: boolean
  readonly victim?: Person
  readonly offender?: Person
}

class Submission {
  private readonly lines: string[] = []
  constructor(private readonly month: string, private readonly year: string) {}

  line(level: Level, action: string, number: string, values: SegmentValues, length?: number): string {
    return writeSegment(level, { action, month: this.month, year: this.year, ori: SAMPLE_ORI, number, ...values }, length)
  }
  add(...lines: readonly string[]): void { this.lines.push(...lines) }
  text(): string { return `${this.lines.join('\n')}\n` }
}

const two = (n: number): string => String(n).padStart(2, '0')
const INTIMATE = ['SE', 'CS', 'BG', 'XS', 'XR', 'HR'] as const
const PERSON = { '13A': ['20', '85', '40', '12'], '13B': ['40', '99', '95'], '13C': [] } as const

const people = (next: (below: number) => number) => (sex?: string): Person => ({
  age: `${19 + next(50)}  `, sex: sex ?? (next(2) === 0 ? 'F' : 'M'), race: ['W', 'B', 'A', 'U'][next(4)] ?? 'U', ethnicity: ['N', 'H', 'U'][next(3)] ?? 'U',
})

/** An assault or a threat between two people, with or without an arrest. */
const violence = (to: Submission, plan: IncidentPlan, action = 'I'): string[] => {
  const { number, date, hour, offense, relationship = 'AQ', injuries = [], weapons = [], victim, offender } = plan
  if (!victim || !offender) throw new Error('a violent incident has two people')
  const withInjury = offense !== '13C'
  return [
    to.line('1', action, number, { incidentDate: date, hour, clearedExceptionally: 'N' }),
    to.line('2', action, number, { code: offense, attempted: 'C', suspectedOfUsing: ['N'], location: '20', ...(offense === '13C' ? {} : { criminalActivity: ['N'], weapons }), bias: '88' }),
    to.line('4', action, number, {
      sequence: '001', offenses: [offense], type: 'I', ...victim, resident: 'R', ...(offense === '13A' ? { circumstances: ['06'] } : {}), ...(withInjury ? { injuries } : {}),
      relatedOffenders: ['01'], relationships: [relationship],
    }),
    to.line('5', action, number, { sequence: '01', ...offender }),
    ...(plan.arrest ? [arrested(to, number, date, offense, offender, action)] : []),
  ]
}
const arrested = (to: Submission, number: string, date: string, offense: string, person: Person, action = 'I'): string =>
  to.line('6', action, number, { sequence: '01', transaction: `A${number.slice(1)}`, date, type: 'O', multiple: 'N', offense, weapons: ['01'], ...person, resident: 'R' })

const theft = (to: Submission, number: string, date: string, hour: string, victim: Person, cents: number): string[] => [
  to.line('1', 'I', number, { incidentDate: date, hour, clearedExceptionally: 'N', cargoTheft: 'N' }),
  to.line('2', 'I', number, { code: '23F', attempted: 'C', suspectedOfUsing: ['N'], location: '18', bias: '88' }),
  to.line('3', 'I', number, { loss: '7', descriptions: ['75'], values: [String(cents).padStart(9, '0')] }),
  to.line('4', 'I', number, { sequence: '001', offenses: ['23F'], type: 'I', ...victim, resident: 'R' }),
  to.line('5', 'I', number, { sequence: '00' }),
]
const burglary = (to: Submission, number: string, date: string, victim: Person): string[] => [
  to.line('1', 'I', number, { incidentDate: date, reportDateIndicator: 'R', clearedExceptionally: 'N', cargoTheft: 'N' }),
  to.line('2', 'I', number, { code: '220', attempted: 'C', suspectedOfUsing: ['N'], location: '19', premises: '02', methodOfEntry: 'F', bias: '88' }),
  to.line('3', 'I', number, { loss: '5', descriptions: ['26'], values: ['000000200'], recoveredDates: [date] }),
  to.line('3', 'I', number, { loss: '7', descriptions: ['26', '17'], values: ['000000450', '000001200'] }),
  to.line('4', 'I', number, { sequence: '001', offenses: ['220'], type: 'I', ...victim, resident: 'N' }),
  to.line('5', 'I', number, { sequence: '00' }),
]
const drugs = (to: Submission, number: string, date: string, hour: string, offender: Person): string[] => [
  to.line('1', 'I', number, { incidentDate: date, hour, clearedExceptionally: 'N' }),
  to.line('2', 'I', number, { code: '35A', attempted: 'C', suspectedOfUsing: ['D'], location: '13', criminalActivity: ['P'], bias: '88' }),
  to.line('3', 'I', number, { loss: '6', descriptions: ['10'], drugTypes: ['E'], drugWhole: ['000000012'], drugThousandths: ['500'], drugMeasures: ['GM'] }),
  to.line('4', 'I', number, { sequence: '001', offenses: ['35A'], type: 'S' }),
  to.line('5', 'I', number, { sequence: '01', ...offender }),
  arrested(to, number, date, '35A', offender),
]
const vandalism = (to: Submission, number: string, date: string, hour: string): string[] => [
  to.line('1', 'I', number, { incidentDate: date, hour, clearedExceptionally: 'N' }),
  to.line('2', 'I', number, { code: '290', attempted: 'C', suspectedOfUsing: ['A'], location: '08', bias: '88' }),
  to.line('3', 'I', number, { loss: '4', descriptions: ['31'], values: ['000000800'] }),
  to.line('4', 'I', number, { sequence: '001', offenses: ['290'], type: 'B' }),
  to.line('5', 'I', number, { sequence: '00' }),
]
const groupB = (to: Submission, number: string, date: string, offense: string, person: Person, action = 'A'): string =>
  to.line('7', action, number, { sequence: '01', date, type: 'S', offense, weapons: ['01'], ...person, resident: 'R' })

const july = (next: (below: number) => number): string => {
  const to = new Submission('07', '2026')
  const person = people(next)
  const day = () => `202607${two(1 + next(30))}`
  const hour = () => two(next(24))
  let count = 0
  const number = () => `K26-${String(70001 + count++)}`

  // Every intimate-partner code four times: with a physical injury, with "none", with a blank, and a threat; every third with an arrest.
  INTIMATE.forEach((relationship, i) => {
    const cases: readonly (readonly [keyof typeof PERSON, readonly string[]])[] = [['13A', ['M']], ['13B', ['N']], ['13B', []], ['13C', []]]
    cases.forEach(([offense, injuries], j) => {
      const weapons = PERSON[offense]
      const victim = person(relationship === 'HR' ? 'F' : i % 2 === 0 ? 'F' : 'M')
      const offender = person(relationship === 'HR' || victim.sex === 'M' ? 'F' : 'M')
      to.add(...violence(to, { number: number(), date: day(), hour: hour(), offense, relationship, injuries, weapons: weapons.length > 0 ? [weapons[i % weapons.length] ?? '40'] : [], arrest: (i + j) % 3 === 0, victim, offender }))
    })
  })
  // One incident of two victims and two offenders, each of whom says the other began.
  const both = number()
  const [one, other] = [person('F'), person('M')]
  to.add(
    to.line('1', 'I', both, { incidentDate: '20260704', hour: '23', clearedExceptionally: 'N' }),
    to.line('2', 'I', both, { code: '13B', attempted: 'C', suspectedOfUsing: ['A'], location: '20', criminalActivity: ['N'], weapons: ['40'], bias: '88' }),
    to.line('4', 'I', both, { sequence: '001', offenses: ['13B'], type: 'I', ...one, resident: 'R', injuries: ['M'], relatedOffenders: ['01', '02'], relationships: ['BG', 'VO'] }),
    to.line('4', 'I', both, { sequence: '002', offenses: ['13B'], type: 'I', ...other, resident: 'R', injuries: ['N'], relatedOffenders: ['01', '02'], relationships: ['VO', 'BG'] }),
    to.line('5', 'I', both, { sequence: '01', ...other }),
    to.line('5', 'I', both, { sequence: '02', ...one }),
  )
  // An officer hurt at a domestic call: the long form of the victim segment.
  const officer = number()
  const suspect = person('M')
  to.add(
    to.line('1', 'I', officer, { incidentDate: '20260718', hour: '02', clearedExceptionally: 'N' }),
    to.line('2', 'I', officer, { code: '13A', attempted: 'C', suspectedOfUsing: ['A'], location: '20', criminalActivity: ['N'], weapons: ['30'], bias: '88' }),
    to.line('4', 'I', officer, { sequence: '001', offenses: ['13A'], type: 'L', ...person('M'), resident: 'U', circumstances: ['02'], injuries: ['M'], relatedOffenders: ['01'], relationships: ['ST'], activity: '01', assignment: 'F' }),
    to.line('5', 'I', officer, { sequence: '01', ...suspect }),
    arrested(to, officer, '20260718', '13A', suspect),
  )
  for (let i = 0; i < 10; i++) to.add(...theft(to, number(), day(), hour(), person(), 100 + next(900)))
  for (let i = 0; i < 6; i++) to.add(...burglary(to, number(), day(), person()))
  for (let i = 0; i < 6; i++) to.add(...drugs(to, number(), day(), hour(), person()))
  for (let i = 0; i < 6; i++) to.add(...vandalism(to, number(), day(), hour()))
  for (const relationship of ['ST', 'AQ', 'PA', 'SB', 'FR', 'NE', 'OK', 'RU', 'CH', 'OF']) {
    const victim = { ...person(), ...(relationship === 'PA' ? { age: '70  ' } : relationship === 'CH' ? { age: '18  ' } : {}) }
    const offender = { ...person(), ...(relationship === 'PA' || relationship === 'CH' ? { age: '45  ' } : {}) }
    to.add(...violence(to, { number: number(), date: day(), hour: hour(), offense: '13B', relationship, injuries: ['N'], weapons: ['40'], victim, offender }))
  }
  // A relationship where the standard wants none: accepted, and edit 459 stands on the event.
  const odd = number()
  to.add(...theft(to, odd, day(), hour(), person(), 300).slice(0, 3),
    to.line('4', 'I', odd, { sequence: '001', offenses: ['23F'], type: 'I', ...person('F'), resident: 'R', relatedOffenders: ['01'], relationships: ['XR'] }),
    to.line('5', 'I', odd, { sequence: '01', ...person('M') }))
  for (let i = 0; i < 8; i++) to.add(groupB(to, `B26-${String(5001 + i)}`, day(), ['90C', '90D', '90G', '90J', '90Z'][i % 5] ?? '90Z', person()))

  // Three wrong records, each of another kind. They wait in quarantine; everything else is accepted.
  const cut = violence(to, { number: number(), date: day(), hour: hour(), offense: '13B', relationship: 'SE', injuries: ['M'], weapons: ['40'], victim: person('F'), offender: person('M') })
  to.add(...cut.map((line, i) => (i === 2 ? line.slice(0, 60) : line)))
  const headless = violence(to, { number: number(), date: day(), hour: hour(), offense: '13B', relationship: 'BG', injuries: ['N'], weapons: ['40'], victim: person('F'), offender: person('M') })
  to.add(...headless.slice(1))
  const noDay = violence(to, { number: number(), date: '20260231', hour: hour(), offense: '13C', relationship: 'XS', victim: person('F'), offender: person('M') })
  to.add(...noDay)
  return to.text()
}

const august = (next: (below: number) => number): string => {
  const to = new Submission('08', '2026')
  const person = people(next)
  // Two incidents and one arrest taken back: the short form of a delete, and the long one.
  to.add(to.line('1', 'D', 'K26-70004', { incidentDate: '20260701' }, 45), to.line('1', 'D', 'K26-70030', {}, 37), to.line('7', 'D', 'B26-5002', {}, 37))
  // A replacement that finds an injury, and one in which the administrative segment alone says R.
  const [victim, offender] = [person('F'), person('M')]
  to.add(...violence(to, { number: 'K26-70003', date: '20260712', hour: '21', offense: '13A', relationship: 'SE', injuries: ['L'], weapons: ['20'], arrest: true, victim, offender }, 'R'))
  const mixed = violence(to, { number: 'K26-70011', date: '20260715', hour: '03', offense: '13B', relationship: 'BG', injuries: ['N'], weapons: ['40'], victim: person('F'), offender: person('M') }, 'R')
  to.add(...mixed.map((line, i) => (i === 0 ? line : `${line.slice(0, 5)}I${line.slice(6)}`)))
  // Added: an arrest that came later. Modified: the exceptional clearance of another incident.
  to.add(to.line('6', 'A', 'K26-70006', { sequence: '01', transaction: 'A26-70006', date: '20260803', type: 'T', multiple: 'N', offense: '13B', weapons: ['01'], ...person('M'), resident: 'R' }))
  to.add(to.line('1', 'M', 'K26-70007', { incidentDate: '20260710', hour: '12', clearedExceptionally: 'D', exceptionalClearanceDate: '20260805' }))
  // A late arrest for an incident of years ago: it opens no incident.
  to.add(to.line('6', 'W', 'K19-00017', { sequence: '01', transaction: 'A19-00017', date: '20260809', type: 'T', multiple: 'N', offense: '13A', weapons: ['01'], ...person('M'), resident: 'R', clearanceIndicator: 'Y', clearanceOffenses: ['13A'] }))
  // A replacement of an incident that nobody has sent yet: it waits.
  to.add(...violence(to, { number: 'K26-79999', date: '20260730', hour: '18', offense: '13B', relationship: 'XR', injuries: ['M'], weapons: ['40'], victim: person('F'), offender: person('M') }, 'R'))
  // New in August.
  to.add(...violence(to, { number: 'K26-80001', date: '20260802', hour: '22', offense: '13B', relationship: 'CS', injuries: ['M'], weapons: ['40'], arrest: true, victim: person('F'), offender: person('M') }))
  to.add(groupB(to, 'B26-5101', '20260811', '90D', person()))
  return to.text()
}

/** A month in which nothing was reported to the agency says so in a file of its own. */
const zero = (): string => {
  const to = new Submission('07', '2026')
  to.add(to.line('0', 'A', '000000000000', { reportMonth: '06', reportYear: '2026' }))
  return to.text()
}

export const sampleFiles = (seed = SAMPLE_SEED): readonly SampleFile[] => {
  const next = random(seed)
  const [first, second] = [july(next), august(next)]
  return [
    { name: '2026-06-zero.txt', text: zero() }, { name: '2026-07.txt', text: first }, { name: '2026-08.txt', text: second },
    { name: '2026-07.xml', text: toXml([...recordsOf(first).filter((r) => r.kind === 'groupA').slice(0, 6), ...recordsOf(first).filter((r) => r.kind === 'groupB').slice(0, 1)]) },
    { name: '2026-08.xml', text: toXml(recordsOf(second).filter((r) => r.kind === 'delete' || r.kind === 'groupA' && r.number === 'K26-70003')) },
  ]
}

if (require.main === module) {
  for (const { name, text } of sampleFiles()) {
    writeFileSync(join(__dirname, name), text)
    process.stdout.write(`${name}: ${text.split('\n').length - 1} lines\n`)
  }
}
