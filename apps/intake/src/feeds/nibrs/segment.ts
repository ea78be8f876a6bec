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
  if (!isLevel(levelText)) return no('unknown-level', 'the segment level must be 0 to 7: the line was damaged, or the file is no NIBRS flat file (open data: npx chorus import kcpd; an extract: npx chorus csv plan)', 5)
  const level: Level = levelText
  const actionText = text.charAt(5)
  if (!isAction(actionText)) return no('unknown-action', `the segment action must be one of ${ACTIONS.join(', ')}`, 6)
  const action: Action = actionText
  if (!ACTIONS_AT[level].includes(action)) return no('action-not-at-level', `action ${action} does not exist at level ${level} (${LEVEL_NAMES[level]}); known there: ${ACTIONS_AT[level].join(', ')}`, 6)
  const declared = text.slice(0, 4)
  if (!/^\d{4}$/.test(declared)) return no('length-unreadable', 'columns 1-4 must hold the segment length in digits', 1)
  const length = Number(declared)
  const known = lengthsOf(level, action)
  if (!known.includes(length)) return no('unknown-length', `segment level ${level} (${LEVEL_NAMES[level]}) of ${length} characters is no known version; known: ${known.join(', ')}. Export the record in one of these, or report the new version so that it can be taught`, 1)
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
/** From the first place of a repeated column to the last. */
const span = ({ start, length, times = 1, every = 0 }: Column): readonly [number, number] => [start - 1, start - 1 + (times - 1) * every + length]
const NOTHING: readonly never[] = []
const filled = (level: Level, name: string): ((text: string) => readonly string[]) => {
  const place = column(level, name)
  const { start, length, times = 1, every = 0 } = place
  const [from, to] = span(place)
  return (text) => {
    // Most repeats are blank: one look at the whole span spares the many small cuts.
    if (text.slice(from, to).trim() === '') return NOTHING
    const values: string[] = []
    for (let i = 0; i < times; i++) {
      const value = text.slice(start - 1 + i * every, start - 1 + i * every + length).trim()
      if (value !== '') values.push(value)
    }
    return values
  }
}
/** Several repeated columns side by side; a place where all of them are blank is left out. */
const rows = <T>(level: Level, names: readonly string[], make: (a: string, b: string, c: string, d: string) => T): ((text: string) => readonly T[]) => {
  const columns = names.map((name) => column(level, name))
  const spans = columns.map(span)
  const [from, to] = [Math.min(...spans.map((s) => s[0])), Math.max(...spans.map((s) => s[1]))]
  const times = columns[0]?.times ?? 1
  const cell = (text: string, c: Column | undefined, i: number) => (c ? text.slice(c.start - 1 + i * (c.every ?? 0), c.start - 1 + i * (c.every ?? 0) + c.length).trim() : '')
  return (text) => {
    if (text.slice(from, to).trim() === '') return NOTHING
    const found: T[] = []
    for (let i = 0; i < times; i++) {
      const [a, b, c, d] = [cell(text, columns[0], i), cell(text, columns[1], i), cell(text, columns[2], i), cell(text, columns[3], i)]
      if (a !== '' || b !== '' || c !== '' || d !== '') found.push(make(a, b, c, d))
    }
    return found
  }
}
const weaponRows = (level: Level) => rows<Weapon>(level, ['weapons', 'automatic'], (code, automatic) => ({ code, automatic }))

/** The readers of one level's columns, by name; made once. */
const read = {
  0: { reportMonth: one('0', 'reportMonth'), reportYear: one('0', 'reportYear') },
  1: {
    incidentDate: one('1', 'incidentDate'), reportDateIndicator: one('1', 'reportDateIndicator'), hour: one('1', 'hour'), clearedExceptionally: one('1', 'clearedExceptionally'),
    exceptionalClearanceDate: one('1', 'exceptionalClearanceDate'), clearanceOffenses: filled('1', 'clearanceOffenses'), cargoTheft: one('1', 'cargoTheft'),
  },
  2: {
    code: one('2', 'code'), attempted: one('2', 'attempted'), suspectedOfUsing: filled('2', 'suspectedOfUsing'), location: one('2', 'location'), premises: one('2', 'premises'),
    methodOfEntry: one('2', 'methodOfEntry'), criminalActivity: filled('2', 'criminalActivity'), weapons: weaponRows('2'), bias: filled('2', 'bias'), moreBias: filled('2', 'moreBias'),
  },
  3: {
    loss: one('3', 'loss'), stolenVehicles: one('3', 'stolenVehicles'), recoveredVehicles: one('3', 'recoveredVehicles'), clearanceOffenses: filled('3', 'clearanceOffenses'),
    items: rows<PropertyItem>('3', ['descriptions', 'values', 'recoveredDates'], (description, value, recovered) => ({ description, value, recovered })),
    drugs: rows<Drug>('3', ['drugTypes', 'drugWhole', 'drugThousandths', 'drugMeasures'], (type, whole, thousandths, measure) => ({ type, whole, thousandths, measure })),
  },
  4: {
    sequence: one('4', 'sequence'), offenses: filled('4', 'offenses'), type: one('4', 'type'), age: raw('4', 'age'), sex: one('4', 'sex'), race: one('4', 'race'), ethnicity: one('4', 'ethnicity'),
    resident: one('4', 'resident'), circumstances: filled('4', 'circumstances'), justifiable: one('4', 'justifiable'), injuries: filled('4', 'injuries'),
    relations: rows<Relation>('4', ['relatedOffenders', 'relationships'], (offender, relationship) => ({ offender, relationship })),
    activity: one('4', 'activity'), assignment: one('4', 'assignment'), otherOri: one('4', 'otherOri'),
  },
  5: { sequence: one('5', 'sequence'), age: raw('5', 'age'), sex: one('5', 'sex'), race: one('5', 'race'), ethnicity: one('5', 'ethnicity') },
  6: { transaction: one('6', 'transaction'), rawTransaction: raw('6', 'transaction'), multiple: one('6', 'multiple'), clearanceIndicator: one('6', 'clearanceIndicator'), clearanceOffenses: filled('6', 'clearanceOffenses') },
}
const arrested = (level: '6' | '7') => {
  const r = {
    sequence: one(level, 'sequence'), date: one(level, 'date'), type: one(level, 'type'), offense: one(level, 'offense'), weapons: weaponRows(level), age: raw(level, 'age'), sex: one(level, 'sex'),
    race: one(level, 'race'), ethnicity: one(level, 'ethnicity'), resident: one(level, 'resident'), disposition: one(level, 'disposition'),
  }
  return (t: string) => ({
    sequence: r.sequence(t), date: r.date(t), type: r.type(t), offense: r.offense(t), weapons: r.weapons(t), age: r.age(t), sex: r.sex(t),
    race: r.race(t), ethnicity: r.ethnicity(t), resident: r.resident(t), disposition: r.disposition(t),
  })
}
const arrestedAt6 = arrested('6')
const arrestedAt7 = arrested('7')

// Written out, head and all, and neither looped nor spread: objects made in one piece cost a third of the memory and time.
const READERS: { readonly [L in Level]: (head: Head, text: string) => Segment } = {
  0: (h, t): ZeroSegment => ({
    level: '0', action: h.action, line: h.line, length: h.length, month: h.month, year: h.year, cityIndicator: h.cityIndicator, ori: h.ori, number: h.number, rawNumber: h.rawNumber,
    reportMonth: read[0].reportMonth(t), reportYear: read[0].reportYear(t),
  }),
  1: (h, t): Administrative => ({
    level: '1', action: h.action, line: h.line, length: h.length, month: h.month, year: h.year, cityIndicator: h.cityIndicator, ori: h.ori, number: h.number, rawNumber: h.rawNumber,
    incidentDate: read[1].incidentDate(t), reportDateIndicator: read[1].reportDateIndicator(t), hour: read[1].hour(t), clearedExceptionally: read[1].clearedExceptionally(t),
    exceptionalClearanceDate: read[1].exceptionalClearanceDate(t), clearanceOffenses: read[1].clearanceOffenses(t), cargoTheft: read[1].cargoTheft(t),
  }),
  2: (h, t): Offense => ({
    level: '2', action: h.action, line: h.line, length: h.length, month: h.month, year: h.year, cityIndicator: h.cityIndicator, ori: h.ori, number: h.number, rawNumber: h.rawNumber,
    code: read[2].code(t), attempted: read[2].attempted(t), suspectedOfUsing: read[2].suspectedOfUsing(t), location: read[2].location(t), premises: read[2].premises(t),
    methodOfEntry: read[2].methodOfEntry(t), criminalActivity: read[2].criminalActivity(t), weapons: read[2].weapons(t), bias: [...read[2].bias(t), ...read[2].moreBias(t)],
  }),
  3: (h, t): Property => ({
    level: '3', action: h.action, line: h.line, length: h.length, month: h.month, year: h.year, cityIndicator: h.cityIndicator, ori: h.ori, number: h.number, rawNumber: h.rawNumber,
    loss: read[3].loss(t), items: read[3].items(t), stolenVehicles: read[3].stolenVehicles(t), recoveredVehicles: read[3].recoveredVehicles(t),
    drugs: read[3].drugs(t), clearanceOffenses: read[3].clearanceOffenses(t),
  }),
  4: (h, t): Victim => ({
    level: '4', action: h.action, line: h.line, length: h.length, month: h.month, year: h.year, cityIndicator: h.cityIndicator, ori: h.ori, number: h.number, rawNumber: h.rawNumber,
    sequence: read[4].sequence(t), offenses: read[4].offenses(t), type: read[4].type(t), age: read[4].age(t), sex: read[4].sex(t), race: read[4].race(t),
    ethnicity: read[4].ethnicity(t), resident: read[4].resident(t), circumstances: read[4].circumstances(t), justifiable: read[4].justifiable(t), injuries: read[4].injuries(t),
    relations: read[4].relations(t), activity: read[4].activity(t), assignment: read[4].assignment(t), otherOri: read[4].otherOri(t),
  }),
  5: (h, t): Offender => ({
    level: '5', action: h.action, line: h.line, length: h.length, month: h.month, year: h.year, cityIndicator: h.cityIndicator, ori: h.ori, number: h.number, rawNumber: h.rawNumber,
    sequence: read[5].sequence(t), age: read[5].age(t), sex: read[5].sex(t), race: read[5].race(t), ethnicity: read[5].ethnicity(t),
  }),
  6: (h, t): Arrestee => ({
    level: '6', action: h.action, line: h.line, length: h.length, month: h.month, year: h.year, cityIndicator: h.cityIndicator, ori: h.ori, number: h.number, rawNumber: h.rawNumber,
    ...arrestedAt6(t), transaction: read[6].transaction(t), rawTransaction: read[6].rawTransaction(t), multiple: read[6].multiple(t),
    clearanceIndicator: read[6].clearanceIndicator(t), clearanceOffenses: read[6].clearanceOffenses(t),
  }),
  7: (h, t): GroupBSegment => ({
    level: '7', action: h.action, line: h.line, length: h.length, month: h.month, year: h.year, cityIndicator: h.cityIndicator, ori: h.ori, number: h.number, rawNumber: h.rawNumber,
    ...arrestedAt7(t),
  }),
}
