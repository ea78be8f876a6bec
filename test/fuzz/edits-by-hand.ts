/**
 * Edits of the standard, read from a record's lines by their columns: a second reading that shares no code, no layout and no
 * list with ours. For each of them also how to break it on purpose, so that a mutant can be made of which the broken edit is known.
 */
import type { Random } from './nibrs'

/** Columns count from 1, as in the specification. */
const at = (line: string, start: number, length = 1): string => line.slice(start - 1, start - 1 + length).trim()
const raw = (line: string, start: number, length: number): string => line.slice(start - 1, start - 1 + length)
const all = (line: string, start: number, length: number, times: number, every = length): string[] => Array.from({ length: times }, (_, i) => at(line, start + i * every, length)).filter((value) => value !== '')
const set = (line: string, start: number, value: string): string => line.length < start - 1 + value.length ? line : line.slice(0, start - 1) + value + line.slice(start - 1 + value.length)
const level = (line: string): string => line.charAt(4)
const size = (line: string): number => Number(line.slice(0, 4))
const twice = (values: readonly string[]): boolean => values.some((value, i) => values.indexOf(value) < i)
const among = (value: string, values: readonly string[]): boolean => values.includes(value) && values.length > 1
const oneOf = (text: string) => { const words = text.split(' '); return (value: string): boolean => words.includes(value) }
const digits = (text: string): boolean => text !== '' && [...text].every((c) => c >= '0' && c <= '9')
const isDay = (text: string): boolean => {
  if (text.length !== 8 || !digits(text) || !(text.startsWith('19') || text.startsWith('20'))) return false
  const day = new Date(Date.UTC(Number(text.slice(0, 4)), Number(text.slice(4, 6)) - 1, Number(text.slice(6))))
  return day.toISOString().slice(0, 10).replaceAll('-', '') === text
}
const isHour = (text: string): boolean => text.length === 2 && digits(text) && Number(text) < 24

interface Age { readonly from?: number; readonly to?: number }
/** Years, where the four columns say any. */
const age = (columns: string): Age => {
  const text = columns.trimEnd()
  if (['NN', 'NB', 'BB'].includes(text)) return { from: 0, to: 0 }
  if (text.length === 2 && digits(text) && text !== '00') return { from: Number(text), to: Number(text) }
  if (text.length === 4 && digits(text)) return text.endsWith('00') ? { from: Number(text.slice(0, 2)), to: Number(text.slice(0, 2)) } : { from: Number(text.slice(0, 2)), to: Number(text.slice(2)) }
  return {}
}
const firearm = oneOf('11 12 13 14 15')
const cleared = oneOf('A B C D E')
/** Where weapons stand, with the automatic mark behind each. */
const weapons = (line: string, start: number, times: number): { readonly code: string; readonly mark: string }[] => Array.from({ length: times }, (_, i) => ({ code: at(line, start + i * 3, 2), mark: at(line, start + i * 3 + 2) })).filter(({ code, mark }) => code + mark !== '')

export interface HandEdit {
  readonly code: string
  /** whether one of these lines of a whole incident, or of a group B report, breaks it */
  readonly broken: (lines: readonly string[]) => boolean
  /** level of the line that is changed to break it, and the changed line */
  readonly on: string
  readonly breaking: (line: string, next: Random) => string
}
const each = (code: string, on: string, breaks: (line: string) => boolean, breaking: HandEdit['breaking']): HandEdit => ({ code, on, breaking, broken: (lines) => lines.some((line) => level(line) === on && breaks(line)) })
const whole = (code: string, on: string, broken: HandEdit['broken'], breaking: HandEdit['breaking']): HandEdit => ({ code, on, broken, breaking })
const of = (lines: readonly string[], on: string): string[] => lines.filter((line) => level(line) === on)
const pick = <T>(list: readonly T[], next: Random): T => list[next(list.length)]!

/** The number of an incident or arrest, said again under the hundred of each level that the record has. */
const number = (on: string): HandEdit[] => {
  const at6 = (line: string, breaks: (columns: string) => boolean): boolean => on === '6' && level(line) === '6' && raw(line, 40, 12).trim() !== '' && breaks(raw(line, 40, 12))
  const rule = (code: string, breaks: (columns: string) => boolean, changed: string): HandEdit =>
    each(`${on}${code}`, on, (line) => breaks(raw(line, 26, 12)) || at6(line, breaks), (line) => on === '6' ? set(line, 40, changed) : line)
  return [
    rule('15', (text) => text.trim().includes(' '), 'A 2 3       '), rule('16', (text) => text.startsWith(' '), ' A23        '),
    rule('17', (text) => [...text].some((c) => !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') && c !== ' ' && c !== '-'), 'a/23        '),
  ]
}
/** The form of an age, under the numbers of its level. */
const aged = (on: string, start: number, left: string, range: string, rising: string, unknown: string): HandEdit[] => {
  const rule = (code: string, breaks: (columns: string) => boolean, changed: string): HandEdit => each(code, on, (line) => breaks(raw(line, start, 4)), (line) => set(line, start, changed))
  const isRange = (text: string): boolean => text.length === 4 && digits(text) && !text.endsWith('00')
  return [
    rule(left, (text) => text.startsWith(' ') && text.trim() !== '', ' 34 '), rule(range, (text) => text.trim().length > 2 && !(text.length === 4 && digits(text)), '3X5 '),
    rule(rising, (text) => isRange(text) && Number(text.slice(0, 2)) >= Number(text.slice(2)), '4030'), rule(unknown, (text) => isRange(text) && text.startsWith('00'), '0035'),
  ]
}
/** An arrested person, at an incident (6) and in a group B report (7): the same rules under two hundreds. */
const arrested = (on: '6' | '7'): HandEdit[] => {
  const [armed, years, sex, disposition, date] = on === '6' ? [65, 71, 75, 79, 52] as const : [52, 58, 62, 66, 40] as const
  const at7 = (six: string, seven: string): string => on === '6' ? six : seven
  const codes = (line: string): string[] => weapons(line, armed, 2).map(({ code }) => code).filter((code) => code !== '')
  const years2 = (line: string): Age => age(raw(line, years, 4))
  return [
    each(at7('606', '706'), on, (line) => twice(weapons(line, armed, 2).map(({ code, mark }) => code + mark)), (line) => set(line, armed, '12 12 ')),
    each(at7('607', '707'), on, (line) => among('01', codes(line)), (line) => set(line, armed, '01 12 ')),
    each(at7('654', '754'), on, (line) => weapons(line, armed, 2).some(({ mark }) => mark !== '' && mark !== 'A'), (line, next) => set(line, armed, `12${pick(['B', 'a', '1'], next)}`)),
    each(at7('655', '755'), on, (line) => weapons(line, armed, 2).some(({ code, mark }) => mark === 'A' && !firearm(code)), (line) => set(line, armed, '16A')),
    each(at7('667', '758'), on, (line) => !['', 'M', 'F'].includes(at(line, sex)), (line) => set(line, sex, 'U')),
    each(at7('641', '741'), on, (line) => raw(line, years, 4).trimEnd() === '99', (line) => set(line, years, '99  ')),
    each(at7('652', '752'), on, (line) => { const { to } = years2(line); return to !== undefined && to < 18 && at(line, disposition) === '' }, (line) => set(set(line, years, '15  '), disposition, ' ')),
    each(at7('653', '753'), on, (line) => { const { from } = years2(line); return from !== undefined && from >= 18 && at(line, disposition) !== '' }, (line) => set(set(line, years, '34  '), disposition, 'R')),
    each(at7('605', '705'), on, (line) => at(line, date, 8) !== '' && (!isDay(at(line, date, 8)) || (/^(?:0[1-9]|1[0-2])$/.test(at(line, 7, 2)) && /^(?:19|20)\d\d$/.test(at(line, 9, 4)) && at(line, date, 8) > `${at(line, 9, 4)}${at(line, 7, 2)}31`)), (line) => set(line, date, '20390101')),
    ...aged(on, years, at7('608', '708'), at7('609', '709'), at7('610', '710'), at7('622', '722')),
  ]
}

export const INCIDENT_EDITS: readonly HandEdit[] = [
  ...['1', '2', '3', '4', '5', '6'].flatMap(number),
  each('151', '1', (line) => !['', 'R'].includes(at(line, 46)), (line, next) => set(line, 46, pick(['X', '0', 'r'], next))),
  each('152', '1', (line) => at(line, 47, 2) !== '' && !isHour(at(line, 47, 2)), (line, next) => set(line, 47, pick(['24', '99', '1 ', 'AM'], next))),
  each('153', '1', (line) => at(line, 49) === 'N' && at(line, 50, 8) !== '', (line) => set(line, 49, 'N20260731')),
  each('155', '1', (line) => isDay(at(line, 50, 8)) && isDay(at(line, 38, 8)) && at(line, 50, 8) < at(line, 38, 8), (line) => set(line, 49, 'A19990101')),
  each('156', '1', (line) => !['', 'N'].includes(at(line, 49)) && at(line, 50, 8) === '', (line, next) => set(line, 49, `${pick(['A', 'B', 'E'], next)}        `)),
  each('172', '1', (line) => line.charAt(5) === 'I' && isDay(at(line, 38, 8)) && at(line, 38, 8) < '19910101', (line) => set(line, 38, '19890704')),
  each('202', '2', (line) => at(line, 47, 2) !== '' && !(at(line, 47, 2).length === 2 && digits(at(line, 47, 2)) && at(line, 47, 2) !== '00'), (line, next) => set(line, 47, pick(['00', '1 ', 'X1'], next))),
  each('206', '2', (line) => twice(all(line, 42, 1, 3)) || twice(all(line, 50, 1, 3)) || twice(weapons(line, 53, 3).map(({ code, mark }) => code + mark)) || twice([...all(line, 62, 2, 1), ...(size(line) >= 71 ? all(line, 64, 2, 4) : [])]), (line, next) => pick([set(line, 42, 'AA'), set(line, 53, '12 12 ')], next)),
  each('207', '2', (line) => among('N', all(line, 42, 1, 3)) || among('N', all(line, 50, 1, 3)) || among('99', weapons(line, 53, 3).map(({ code }) => code).filter((code) => code !== '')) || among('88', [...all(line, 62, 2, 1), ...(size(line) >= 71 ? all(line, 64, 2, 4) : [])]), (line, next) => pick([set(line, 42, 'NA'), set(line, 53, '99 12 ')], next)),
  each('251', '2', (line) => !['', 'A', 'C'].includes(at(line, 41)), (line, next) => set(line, 41, pick(['B', 'c', '1'], next))),
  each('252', '2', (line) => at(line, 47, 2) !== '' && !(at(line, 38, 3) === '220' && ['14', '19'].includes(at(line, 45, 2))), (line) => set(set(line, 45, '20'), 47, '03')),
  each('253', '2', (line) => at(line, 38, 3) === '220' && at(line, 49) === '', (line) => set(set(line, 38, '220'), 49, ' ')),
  each('254', '2', (line) => at(line, 38, 3) !== '220' && at(line, 49) !== '', (line) => set(set(line, 38, '13A'), 49, 'F')),
  each('255', '2', (line) => weapons(line, 53, 3).some(({ mark }) => mark !== '' && mark !== 'A'), (line, next) => set(line, 53, `11${pick(['B', 'a', '0'], next)}`)),
  each('256', '2', (line) => ['09A', '09B', '09C', '13A', '13B', '13C'].includes(at(line, 38, 3)) && at(line, 41) !== 'C', (line, next) => set(line, 38, pick(['09AA', '13AA', '13CA'], next))),
  each('258', '2', (line) => weapons(line, 53, 3).some(({ code, mark }) => mark === 'A' && !firearm(code)), (line) => set(line, 53, '20A')),
  whole('262', '2', (lines) => twice(of(lines, '2').map((line) => at(line, 38, 3))), (line) => line),
  each('265', '2', (line) => at(line, 38, 3) === '13B' && weapons(line, 53, 3).some(({ code }) => !['', '40', '90', '95', '99'].includes(code)), (line) => set(set(line, 38, '13B'), 53, '20 ')),
  each('269', '2', (line) => at(line, 38, 3) === '13B' && weapons(line, 53, 3).some(({ code }) => firearm(code)), (line) => set(set(line, 38, '13B'), 53, '12 ')),
  each('270', '2', (line) => at(line, 38, 3) === '09C' && [...all(line, 62, 2, 1), ...(size(line) >= 71 ? all(line, 64, 2, 4) : [])].some((code) => code !== '88'), (line) => set(set(line, 38, '09C'), 62, '12')),
  each('301', '3', (line) => at(line, 38) === '', (line) => set(line, 38, ' ')),
  each('342', '3', (line) => all(line, 41, 9, 10, 19).some((value) => digits(value) && Number(value) >= 1_000_000), (line) => set(line, 41, '001000000')),
  each('354', '3', (line) => Array.from({ length: 10 }, (_, i) => at(line, 41 + i * 19, 9) !== '' && at(line, 39 + i * 19, 2) === '').some(Boolean), (line) => set(line, 39, '  000000012')),
  each('355', '3', (line) => at(line, 38) !== '5' && all(line, 50, 8, 10, 19).length > 0, (line) => set(set(line, 38, '7'), 50, '20260710')),
  each('356', '3', (line) => Array.from({ length: 10 }, (_, i) => at(line, 50 + i * 19, 8) !== '' && (at(line, 39 + i * 19, 2) === '' || at(line, 41 + i * 19, 9) === '')).some(Boolean), (line) => set(line, 39, '           20260710')),
  whole('376', '3', (lines) => twice(of(lines, '3').map((line) => at(line, 38))), (line) => line),
  each('406', '4', (line) => twice(all(line, 41, 3, 10)) || twice(all(line, 80, 2, 2)) || twice(all(line, 85, 1, 5)) || twice(all(line, 90, 2, 10, 4)), (line, next) => pick([set(line, 85, 'MM'), set(line, 80, '0606'), set(line, 90, '01SE01SE')], next)),
  each('407', '4', (line) => among('N', all(line, 85, 1, 5)), (line) => set(line, 85, 'NM')),
  each('455', '4', (line) => all(line, 80, 2, 2).some((code) => code === '20' || code === '21') && at(line, 84) === '', (line) => set(line, 80, '20   '.slice(0, 5))),
  each('457', '4', (line) => at(line, 84) !== '' && !all(line, 80, 2, 2).some((code) => code === '20' || code === '21'), (line) => set(line, 80, '    A')),
  each('461', '4', (line) => at(line, 71) === 'S' && all(line, 41, 3, 10).includes('220'), (line) => set(set(line, 41, '220'), 71, 'S')),
  each('453', '4', (line) => at(line, 71) === 'I' && [raw(line, 72, 4), raw(line, 76, 1), raw(line, 77, 1)].some((columns) => columns.trim() === ''), (line, next) => set(set(line, 71, 'I'), pick([72, 76, 77], next), ' '.repeat(4).slice(0, 1))),
  each('471', '4', (line) => all(line, 92, 2, 10, 4).filter((code) => code === 'VO').length > 1, (line) => set(line, 90, '01VO02VO')),
  each('475', '4', (line) => all(line, 92, 2, 10, 4).filter((code) => code === 'SE').length > 1, (line) => set(line, 90, '01SE02SE')),
  each('483', '4', (line) => size(line) >= 141 && at(line, 71) !== 'L' && (at(line, 130, 2) !== '' || at(line, 132) !== '' || at(line, 133, 9) !== ''), (line) => set(set(line, 71, 'I'), 130, '03')),
  whole('070', '4', (lines) => of(lines, '4').some((line) => all(line, 90, 2, 10, 4).some((offender) => !of(lines, '5').some((other) => { const sequence = at(other, 38, 2); return sequence === offender || (digits(sequence) && digits(offender) && Number(sequence) === Number(offender)) }))), (line) => set(line, 90, '77AQ')),
  ...aged('4', 72, '408', '409', '410', '422'),
  each('552', '5', (line) => digits(at(line, 38, 2)) && Number(at(line, 38, 2)) === 0 && (raw(line, 40, 4).trim() !== '' || at(line, 44) !== '' || at(line, 45) !== '' || (size(line) >= 46 && at(line, 46) !== '')), (line) => set(line, 38, '0034  M')),
  whole('555', '5', (lines) => of(lines, '5').length > 1 && of(lines, '5').some((line) => digits(at(line, 38, 2)) && Number(at(line, 38, 2)) === 0), (line) => set(line, 38, '00')),
  whole('557', '1', (lines) => of(lines, '1').some((line) => cleared(at(line, 49))) && of(lines, '5').some((line) => digits(at(line, 38, 2)) && Number(at(line, 38, 2)) === 0), (line) => set(line, 49, 'A20260731')),
  ...aged('5', 40, '508', '509', '510', '522'),
  ...arrested('6'),
  whole('656', '6', (lines) => of(lines, '6').length > of(lines, '5').filter((line) => !(digits(at(line, 38, 2)) && Number(at(line, 38, 2)) === 0)).length, (line) => line),
  whole('665', '6', (lines) => of(lines, '6').some((line) => isDay(at(line, 52, 8)) && of(lines, '1').some((first) => at(line, 52, 8) < at(first, 38, 8))), (line) => set(line, 52, '19990101')),
  whole('668', '6', (lines) => of(lines, '6').filter((line) => at(line, 80) === 'Y').length > 1, (line) => line),
  each('670', '6', (line) => at(line, 62, 3) === '09C', (line) => set(line, 62, '09C')),
]
export const ARREST_EDITS: readonly HandEdit[] = [
  ...number('7'), ...arrested('7'),
  whole('099', '7', (lines) => new Set(lines.map((line) => at(line, 38, 2))).size > 1, (line) => line),
  whole('751', '7', (lines) => twice(lines.map((line) => at(line, 38, 2))), (line) => line),
]

/** The edits that are judged by hand, and which of them these lines break; undefined: no whole incident, and no group B report. */
export const brokenByHand = (lines: readonly string[]): { readonly judged: readonly HandEdit[]; readonly broken: ReadonlySet<string> } | undefined => {
  const [first = ''] = lines
  // What a line has behind its length are blanks, or it is refused.
  const judged = level(first) === '7' ? (first.charAt(5) === 'D' ? undefined : ARREST_EDITS) : 'IR'.includes(first.charAt(5)) && lines.some((line) => level(line) === '1') ? INCIDENT_EDITS : undefined
  return judged && { judged, broken: new Set(judged.filter(({ broken }) => broken(lines)).map(({ code }) => code)) }
}
