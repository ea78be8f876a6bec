/** Records for tests: whole, clean ones, and what a patch makes of them. */
import type { Level } from '../layout'
import { parseRecord, type Parsed } from '../parse-record'
import { RecordCutter, readCounts } from '../read-records'
import type { NibrsRecord } from '../records'
import { writeSegment, type SegmentValues } from '../write-segment'

export interface Line { readonly level: Level; readonly values: SegmentValues; readonly length?: number }
/** Values for the first segment of a level, lines more, levels left out, the shorter versions. */
export type Patch = { readonly [L in Level]?: SegmentValues } & { readonly plus?: readonly Line[]; readonly without?: readonly Level[]; readonly lengths?: { readonly [L in Level]?: number } }

const HEAD = { action: 'I', month: '07', year: '2026', ori: 'MOZZ99900', number: 'K26-00001' }
export const write = (line: Line): string => writeSegment(line.level, { ...HEAD, ...line.values }, line.length)

/** The lines in the order of their levels, as a submission has them. */
export const patched = (base: readonly Line[], patch: Patch = {}): string[] => {
  const seen = new Set<Level>()
  const lines = base.filter((line) => !patch.without?.includes(line.level)).map((line): Line => {
    const length = patch.lengths?.[line.level] ?? line.length
    const sized = length === undefined ? {} : { length }
    if (seen.has(line.level)) return { ...line, ...sized }
    seen.add(line.level)
    return { ...line, ...sized, values: { ...line.values, ...patch[line.level] } }
  })
  return [...lines, ...(patch.plus ?? [])].sort((a, b) => a.level.localeCompare(b.level)).map(write)
}

/** All records of a text. */
export const parseText = (text: string): Parsed[] => {
  const cutter = new RecordCutter(readCounts())
  return [...cutter.push(Buffer.from(text, 'latin1')), ...cutter.end()].map(parseRecord)
}
/** The one record of these lines; fails the test where it was refused. */
export const recordOf = (lines: readonly string[]): NibrsRecord => {
  const [only, ...more] = parseText(`${lines.join('\n')}\n`)
  if (!only || more.length > 0) throw new Error(`${more.length + 1} records, not one`)
  if (!only.ok) throw new Error(`${only.cause}: ${only.text}`)
  return only.record
}

const line = (level: Level, values: SegmentValues, length?: number): Line => ({ level, values, ...(length === undefined ? {} : { length }) })
const VICTIM = { sequence: '001', type: 'I', age: '34  ', sex: 'F', race: 'W', ethnicity: 'N', resident: 'R' }
const OFFENDER = { sequence: '01', age: '36  ', sex: 'M', race: 'W', ethnicity: 'N' }
const ARRESTEE = { sequence: '01', transaction: 'A26-00001', date: '20260712', type: 'O', multiple: 'N', weapons: ['01'], age: '36  ', sex: 'M', race: 'W', ethnicity: 'N', resident: 'R' }
const ADMINISTRATIVE = { incidentDate: '20260710', hour: '21', clearedExceptionally: 'N' }
const OFFENSE = { attempted: 'C', suspectedOfUsing: ['N'], location: '20', bias: '88' }

export const assault: readonly Line[] = [
  line('1', ADMINISTRATIVE), line('2', { ...OFFENSE, code: '13A', criminalActivity: ['N'], weapons: ['20'] }),
  line('4', { ...VICTIM, offenses: ['13A'], circumstances: ['06'], injuries: ['M'], relatedOffenders: ['01'], relationships: ['SE'] }), line('5', OFFENDER), line('6', { ...ARRESTEE, offense: '13A' }),
]
export const simple: readonly Line[] = [
  line('1', ADMINISTRATIVE), line('2', { ...OFFENSE, code: '13B', criminalActivity: ['N'], weapons: ['40'] }),
  line('4', { ...VICTIM, offenses: ['13B'], injuries: ['M'], relatedOffenders: ['01'], relationships: ['BG'] }), line('5', OFFENDER),
]
/** Two people who hit each other. */
export const mutual: readonly Line[] = [
  ...simple.slice(0, 2),
  line('4', { ...VICTIM, offenses: ['13B'], injuries: ['M'], relatedOffenders: ['01', '02'], relationships: ['BG', 'VO'] }),
  line('4', { ...VICTIM, sequence: '002', age: '36  ', sex: 'M', offenses: ['13B'], injuries: ['N'], relatedOffenders: ['01', '02'], relationships: ['VO', 'BG'] }),
  line('5', OFFENDER), line('5', { ...OFFENDER, sequence: '02', age: '34  ', sex: 'F' }),
]
export const officer: readonly Line[] = [
  line('1', ADMINISTRATIVE), line('2', { ...OFFENSE, code: '13A', criminalActivity: ['N'], weapons: ['30'] }),
  line('4', { ...VICTIM, type: 'L', offenses: ['13A'], circumstances: ['02'], injuries: ['M'], relatedOffenders: ['01'], relationships: ['ST'], activity: '01', assignment: 'F' }), line('5', OFFENDER),
]
export const justified: readonly Line[] = [
  line('1', ADMINISTRATIVE), line('2', { ...OFFENSE, code: '09C', weapons: ['12'] }),
  line('4', { ...VICTIM, offenses: ['09C'], circumstances: ['20'], justifiable: 'C', relatedOffenders: ['01'], relationships: ['ST'] }), line('5', OFFENDER),
]
export const rape: readonly Line[] = [
  line('1', ADMINISTRATIVE), line('2', { ...OFFENSE, code: '11A', criminalActivity: ['N'], weapons: ['40'] }),
  line('4', { ...VICTIM, offenses: ['11A'], injuries: ['N'], relatedOffenders: ['01'], relationships: ['XR'] }), line('5', OFFENDER),
]
export const burglary: readonly Line[] = [
  line('1', { ...ADMINISTRATIVE, cargoTheft: 'N' }), line('2', { ...OFFENSE, code: '220', location: '19', premises: '02', methodOfEntry: 'F' }),
  line('3', { loss: '5', descriptions: ['26'], values: ['000000200'], recoveredDates: ['20260711'] }), line('3', { loss: '7', descriptions: ['26', '17'], values: ['000000450', '000001200'] }),
  line('4', { ...VICTIM, offenses: ['220'] }), line('5', { sequence: '00' }),
]
export const carTheft: readonly Line[] = [
  line('1', { ...ADMINISTRATIVE, cargoTheft: 'N' }), line('2', { ...OFFENSE, code: '240' }),
  line('3', { loss: '5', descriptions: ['03'], values: ['000009000'], recoveredDates: ['20260715'], recoveredVehicles: '01' }), line('3', { loss: '7', descriptions: ['03'], values: ['000009000'], stolenVehicles: '01' }),
  line('4', { ...VICTIM, offenses: ['240'] }), line('5', { sequence: '00' }),
]
export const larceny: readonly Line[] = [
  line('1', { ...ADMINISTRATIVE, cargoTheft: 'N' }), line('2', { ...OFFENSE, code: '23D' }), line('3', { loss: '7', descriptions: ['75'], values: ['000000300'] }), line('4', { ...VICTIM, offenses: ['23D'] }), line('5', { sequence: '00' }),
]
export const drugs: readonly Line[] = [
  line('1', ADMINISTRATIVE), line('2', { ...OFFENSE, code: '35A', criminalActivity: ['P'] }),
  line('3', { loss: '6', descriptions: ['10'], drugTypes: ['E'], drugWhole: ['000000012'], drugThousandths: ['500'], drugMeasures: ['GM'] }), line('4', { sequence: '001', offenses: ['35A'], type: 'S' }), line('5', OFFENDER),
]
export const vandalism: readonly Line[] = [
  line('1', ADMINISTRATIVE), line('2', { ...OFFENSE, code: '290' }), line('3', { loss: '4', descriptions: ['31'], values: ['000000800'] }), line('4', { sequence: '001', offenses: ['290'], type: 'B' }), line('5', { sequence: '00' }),
]
export const groupB: readonly Line[] = [
  line('7', { action: 'A', number: 'B26-00001', sequence: '01', date: '20260712', type: 'S', offense: '90D', weapons: ['01'], age: '36  ', sex: 'M', race: 'W', ethnicity: 'N', resident: 'R' }),
]
export const zeroReport: readonly Line[] = [line('0', { action: 'A', number: '000000000000', reportMonth: '06', reportYear: '2026' })]
export const incidentDelete: readonly Line[] = [line('1', { action: 'D', incidentDate: '20260710' }, 45)]
export const arrestDelete: readonly Line[] = [line('7', { action: 'D', number: 'B26-00001', sequence: '01', date: '20260712' }, 47)]
export const modification: readonly Line[] = [line('1', { ...ADMINISTRATIVE, action: 'M' })]

export const CLEAN = { assault, simple, mutual, officer, justified, rape, burglary, carTheft, larceny, drugs, vandalism, groupB, zeroReport, incidentDelete, arrestDelete, modification } as const
export { line }
