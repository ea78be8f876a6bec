/** Reads one line into its segment by the columns of layout.ts, or says at which column it cannot be read. */
import { ACTIONS, ACTIONS_AT, COLUMNS, HEADER_LENGTH, LEVEL_NAMES, isAction, isLevel, lengthsOf, type Action, type Column, type Level } from './layout'
import type { Administrative, Arrestee, Drug, GroupBSegment, Head, Offender, Offense, Property, PropertyItem, Relation, Segment, Victim, Weapon, ZeroSegment } from './records'

export interface SegmentRefusal { readonly cause: SegmentCause; readonly line: number; readonly column?: number; readonly text: string }
export type SegmentCause = 'bad-character' | 'line-cut' | 'length-unreadable' | 'length-differs' | 'unknown-length' | 'unknown-level' | 'unknown-action' | 'action-not-at-level' | 'no-ori' | 'no-number'

/** One line of a flat file, without its line end. Texts of refusals name places and expectations, never a value of the line. */
export const readSegment = (text: string, line: number): Segment | SegmentRefusal => {
  const no = (cause: SegmentCause, what: string, column?: number): SegmentRefusal => ({ cause, line, ...(column === undefined ? {} : { column }), text: `line ${line}${column === undefined ? '' : `, column ${column}`}: ${what}` })
  const odd = text.search(/[^ -~]/)
  if (odd >= 0) return no('bad-character', 'a byte that is no plain ASCII character: export the file again as ASCII (fixed width), not as UTF-16, EBCDIC or with accents', odd + 1)
  if (text.length < HEADER_LENGTH) return no('line-cut', `the line ends after ${text.length} characters; the shortest segment has ${HEADER_LENGTH}: send the record again from the records system`, text.length + 1)
  const levelText = text.charAt(4)
  if (!isLevel(levelText)) return no('unknown-level', 'the segment level must be 0 to 7', 5)
  const level: Level = levelText
  const actionText = text.charAt(5)
  if (!isAction(actionText)) return no('unknown-action', `the segment action must be one of ${ACTIONS.join(', ')}`, 6)
  const action: Action = actionText
  if (!ACTIONS_AT[level].includes(action)) return no('action-not-at-level', `action ${action} does not exist at level ${level} (${LEVEL_NAMES[level]}); known there: ${ACTIONS_AT[level].join(', ')}`, 6)
  const declared = text.slice(0, 4)
  if (!/^\d{4}$/.test(declared)) return no('length-unreadable', 'columns 1-4 must hold the segment length in digits', 1)
  const length = Number(declared)
  const known = lengthsOf(level, action)
  if (!known.includes(length)) return no('unknown-length', `segment level ${level} (${LEVEL_NAMES[level]}) of ${length} characters is no known version; known: ${known.join(', ')}`, 1)
  if (text.length < length) return no('line-cut', `the segment says ${length} characters and the line has ${text.length}: it was cut, or its trailing blanks were removed; send the record again with full lines`, text.length + 1)
  if (text.length > length && text.slice(length).trim() !== '') return no('length-differs', `the segment says ${length} characters and the line goes on: two segments may have run together`, length + 1)
  const ori = text.slice(16, 25)
  if (!/^[A-Z][A-Z0-9]{8}$/.test(ori)) return no('no-ori', 'columns 17-25 must hold the agency\'s ORI, nine capital letters or digits', 17)
  const rawNumber = text.slice(25, 37)
  const number = rawNumber.trim()
  if (number === '') return no('no-number', 'columns 26-37 must hold the incident or arrest number', 26)
  const head: Head = { level, action, line, length, month: text.slice(6, 8).trim(), year: text.slice(8, 12).trim(), cityIndicator: text.slice(12, 16).trim(), ori, number, rawNumber }
  return READERS[level](head, text.length > length ? text.slice(0, length) : text)
}

export const isSegmentRefusal = (x: Segment | SegmentRefusal): x is SegmentRefusal => 'cause' in x

type Cut = (text: string) => string
const column = (level: Level, name: string): Column => {
  const found = COLUMNS[level].find((c) => c.name === name)
  if (!found) throw new Error(`layout has no column ${name} at level ${level}`)
  return found
}
/** One value, without the blanks around it; '' where the version has no such column. */
const one = (level: Level, name: string): Cut => {
  const { start, length } = column(level, name)
  return (text) => text.slice(start - 1, start - 1 + length).trim()
}
const raw = (level: Level, name: string): Cut => {
  const { start, length } = column(level, name)
  return (text) => text.slice(start - 1, start - 1 + length)
}
/** All repeats of a column, blank ones as ''. */
const all = (level: Level, name: string): ((text: string) => string[]) => {
  const { start, length, times = 1, every = 0 } = column(level, name)
  return (text) => Array.from({ length: times }, (_, i) => text.slice(start - 1 + i * every, start - 1 + i * every + length).trim())
}
const filled = (level: Level, name: string): ((text: string) => string[]) => {
  const every = all(level, name)
  return (text) => every(text).filter((value) => value !== '')
}
/** Several repeated columns side by side; a place where all of them are blank is left out. */
const rows = <T>(level: Level, names: readonly string[], make: (...values: string[]) => T): ((text: string) => T[]) => {
  const columns = names.map((name) => all(level, name))
  return (text) => {
    const [first = [], ...others] = columns.map((read) => read(text))
    return first.flatMap((value, i) => {
      const row = [value, ...others.map((other) => other[i] ?? '')]
      return row.every((cell) => cell === '') ? [] : [make(...row)]
    })
  }
}
const weaponRows = (level: Level) => rows<Weapon>(level, ['weapons', 'automatic'], (code = '', automatic = '') => ({ code, automatic }))

type Body<S extends Head> = { readonly [K in Exclude<keyof S, keyof Head>]: (text: string) => S[K] }
const reader = <S extends Segment>(body: Body<S>): ((head: Head, text: string) => S) => {
  const entries = Object.entries(body) as [string, (text: string) => unknown][]
  return (head, text) => {
    const segment: Record<string, unknown> = { ...head }
    for (const [name, read] of entries) segment[name] = read(text)
    return segment as unknown as S
  }
}
const person = (level: Level) => ({ age: raw(level, 'age'), sex: one(level, 'sex'), race: one(level, 'race'), ethnicity: one(level, 'ethnicity') })
const arrested = (level: Level) => ({
  ...person(level), sequence: one(level, 'sequence'), date: one(level, 'date'), type: one(level, 'type'), offense: one(level, 'offense'),
  weapons: weaponRows(level), resident: one(level, 'resident'), disposition: one(level, 'disposition'),
})
const bias = [one('2', 'bias'), filled('2', 'moreBias')] as const

const READERS: { readonly [L in Level]: (head: Head, text: string) => Segment } = {
  0: reader<ZeroSegment>({ reportMonth: one('0', 'reportMonth'), reportYear: one('0', 'reportYear') }),
  1: reader<Administrative>({
    incidentDate: one('1', 'incidentDate'), reportDateIndicator: one('1', 'reportDateIndicator'), hour: one('1', 'hour'), clearedExceptionally: one('1', 'clearedExceptionally'),
    exceptionalClearanceDate: one('1', 'exceptionalClearanceDate'), clearanceOffenses: filled('1', 'clearanceOffenses'), cargoTheft: one('1', 'cargoTheft'),
  }),
  2: reader<Offense>({
    code: one('2', 'code'), attempted: one('2', 'attempted'), suspectedOfUsing: filled('2', 'suspectedOfUsing'), location: one('2', 'location'), premises: one('2', 'premises'),
    methodOfEntry: one('2', 'methodOfEntry'), criminalActivity: filled('2', 'criminalActivity'), weapons: weaponRows('2'),
    bias: (text) => [bias[0](text), ...bias[1](text)].filter((code) => code !== ''),
  }),
  3: reader<Property>({
    loss: one('3', 'loss'), stolenVehicles: one('3', 'stolenVehicles'), recoveredVehicles: one('3', 'recoveredVehicles'), clearanceOffenses: filled('3', 'clearanceOffenses'),
    items: rows<PropertyItem>('3', ['descriptions', 'values', 'recoveredDates'], (description = '', value = '', recovered = '') => ({ description, value, recovered })),
    drugs: rows<Drug>('3', ['drugTypes', 'drugWhole', 'drugThousandths', 'drugMeasures'], (type = '', whole = '', thousandths = '', measure = '') => ({ type, whole, thousandths, measure })),
  }),
  4: reader<Victim>({
    ...person('4'), sequence: one('4', 'sequence'), offenses: filled('4', 'offenses'), type: one('4', 'type'), resident: one('4', 'resident'), circumstances: filled('4', 'circumstances'),
    justifiable: one('4', 'justifiable'), injuries: filled('4', 'injuries'), activity: one('4', 'activity'), assignment: one('4', 'assignment'), otherOri: one('4', 'otherOri'),
    relations: rows<Relation>('4', ['relatedOffenders', 'relationships'], (offender = '', relationship = '') => ({ offender, relationship })),
  }),
  5: reader<Offender>({ ...person('5'), sequence: one('5', 'sequence') }),
  6: reader<Arrestee>({
    ...arrested('6'), transaction: one('6', 'transaction'), rawTransaction: raw('6', 'transaction'), multiple: one('6', 'multiple'),
    clearanceIndicator: one('6', 'clearanceIndicator'), clearanceOffenses: filled('6', 'clearanceOffenses'),
  }),
  7: reader<GroupBSegment>(arrested('7')),
}
