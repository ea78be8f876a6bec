import { COLUMNS, LENGTHS, LEVELS, lengthsOf } from './layout'
import { isSegmentRefusal, readSegment } from './segment'
import * as r from './testing/records'
import { line, parseText, patched, recordOf, write } from './testing/records'

const [administrative = ''] = patched(r.assault)

describe('the columns', () => {
  it.each(LEVELS)('level %s: follow one another without overlap, to the end of the longest version', (level) => {
    const places = COLUMNS[level].flatMap(({ start, length, times = 1, every = 0 }) => Array.from({ length: times }, (_, i) => [start + i * every, start + i * every + length - 1] as const)).sort((a, b) => a[0] - b[0])
    places.forEach(([from], i) => { expect(from).toBe(i === 0 ? 1 : places[i - 1]![1] + 1) })
    expect(places.at(-1)![1]).toBe(Math.max(...LENGTHS[level]))
  })
})

describe('reading a segment', () => {
  it('every column where the standard has it', () => {
    const record = recordOf(patched(r.officer, { 4: { otherOri: 'KSZZ99900', ethnicity: 'H' } }))
    expect(record.kind === 'groupA' && record.victims[0]).toMatchObject({
      sequence: '001', offenses: ['13A'], type: 'L', age: '34  ', sex: 'F', race: 'W', ethnicity: 'H', resident: 'R', circumstances: ['02'], injuries: ['M'],
      relations: [{ offender: '01', relationship: 'ST' }], activity: '01', assignment: 'F', otherOri: 'KSZZ99900', number: 'K26-00001', ori: 'MOZZ99900', month: '07', year: '2026',
    })
  })

  it.each([['1', 87], ['1', 88], ['2', 63], ['2', 71], ['4', 129], ['4', 141], ['5', 45], ['5', 46]] as const)('level %s of %d characters is a known version', (level, length) => {
    const values = r.simple.find((l) => l.level === level)!.values
    const segment = readSegment(write(line(level, values, length)), 1)
    expect(segment).toMatchObject({ level, length })
  })

  it('what a shorter version lacks is blank', () => {
    const record = recordOf(patched(r.officer, { lengths: { 4: 129, 5: 45 } }))
    expect(record.kind === 'groupA' && [record.victims[0]!.activity, record.offenders[0]!.ethnicity]).toEqual(['', ''])
  })

  it.each(['1', '7'] as const)('level %s: a delete may end after what finds the record', (level) => {
    for (const length of lengthsOf(level, 'D')) expect(recordOf([write(line(level, { action: 'D' }, length))])).toMatchObject({ kind: 'delete' })
  })

  it.each([
    ['an unknown length is named with those that are known', `0139${patched(r.simple)[2]!.slice(4, 139)}`, 'unknown-length', 'segment level 4 (victim) of 139 characters is no known version; known: 129, 141. Export the record in one of these, or report the new version so that it can be taught'],
    ['a cut line', administrative.slice(0, 60), 'line-cut', 'the segment says 88 characters and the line has 60'],
    ['a line that is shorter than any segment', administrative.slice(0, 30), 'line-cut', 'the line ends after 30 characters'],
    ['two segments on one line', `${administrative}${administrative}`, 'length-differs', 'two segments may have run together'],
    ['a letter with an accent', `${administrative.slice(0, 60)}\xe9${administrative.slice(61)}`, 'bad-character', 'column 61'],
    ['no level', `${administrative.slice(0, 4)}8${administrative.slice(5)}`, 'unknown-level', 'must be 0 to 7'],
    ['no action', `${administrative.slice(0, 5)}X${administrative.slice(6)}`, 'unknown-action', 'must be one of'],
    ['an action that the level has not', `${administrative.slice(0, 5)}A${administrative.slice(6)}`, 'action-not-at-level', 'action A does not exist at level 1'],
    ['no number', `${administrative.slice(0, 25)}${' '.repeat(12)}${administrative.slice(37)}`, 'no-number', 'columns 26-37'],
    ['no ORI', `${administrative.slice(0, 16)}${' '.repeat(9)}${administrative.slice(25)}`, 'no-ori', 'columns 17-25'],
    ['a length that is no number', `00x8${administrative.slice(4)}`, 'length-unreadable', 'columns 1-4'],
  ])('%s', (_, text, cause, words) => {
    const refusal = readSegment(text, 12)
    expect(isSegmentRefusal(refusal)).toBe(true)
    expect(refusal).toMatchObject({ cause, line: 12, text: expect.stringContaining(words) })
    expect(isSegmentRefusal(refusal) && refusal.text).toMatch(/^line 12/)
  })

  it('blanks behind the segment do no harm', () => {
    expect(readSegment(`${administrative}   `, 1)).toMatchObject({ level: '1', length: 88 })
  })

  it('never says a value of the line', () => {
    const secret = 'K99-SECRET99'
    for (let i = 0; i < administrative.length; i++) {
      const text = administrative.slice(0, 25) + secret + administrative.slice(37, i + 37)
      const refusal = readSegment(text, 1)
      if (isSegmentRefusal(refusal)) expect(refusal.text).not.toContain('SECRET')
    }
  })
})

describe('parsing a record', () => {
  it('each kind of record', () => {
    const kinds = Object.entries(r.CLEAN).map(([name, base]) => [name, recordOf(patched(base)).kind])
    expect(Object.fromEntries(kinds)).toMatchObject({ simple: 'groupA', groupB: 'groupB', zeroReport: 'zero', incidentDelete: 'delete', arrestDelete: 'delete', modification: 'addOrModify' })
  })

  it('a window submission opens no incident, with or without its administrative segment', () => {
    const late = { ...r.assault[4]!.values, action: 'W', offense: '13A', clearanceIndicator: 'Y', clearanceOffenses: ['13A'] }
    expect(recordOf([write(line('6', late))])).toMatchObject({ kind: 'window', arrestees: [{ clearanceOffenses: ['13A'] }] })
    expect(recordOf([write(line('1', { ...r.assault[0]!.values, action: 'W', clearanceOffenses: ['120'] })), write(line('6', late))])).toMatchObject({ kind: 'window', administrative: { clearanceOffenses: ['120'] } })
  })

  it('more segments of a level than any incident has', () => {
    const lines = patched(r.simple, { plus: Array.from({ length: 100 }, () => line('2', r.simple[1]!.values)) })
    expect(parseText(lines.join('\n'))).toMatchObject([{ ok: false, cause: 'too-many-segments' }])
  })

  it('what the edits object to is accepted all the same', () => {
    const record = recordOf(patched(r.simple, { 2: { attempted: 'X', location: '99', weapons: ['99', '40'] }, 4: { age: '  3X', sex: 'Z', relationships: ['SE'], relatedOffenders: ['09'] } }))
    expect(record).toMatchObject({ kind: 'groupA', victims: [{ sex: 'Z', age: '  3X' }] })
  })
})
