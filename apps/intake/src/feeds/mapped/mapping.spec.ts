import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { repositoryRoot } from '@chorus/platform'
import { readMapping } from './mapping'
import { readRow } from './read-row'
import { readRows } from './read-rows'

const schema = JSON.parse(readFileSync(join(repositoryRoot(), 'apps/intake/policies/mapping.schema.json'), 'utf8')) as object
const arrests = (fields = '', over = ''): string => `mapping: m\nversion: 1\ntarget: arrest\nsource: { agency: MOZZ99900, system: s }\nformat: { type: csv }\nzone: America/Chicago\n${over}fields:\n  arrestNumber: { column: NO }\n  arrestedAt: { column: AT, format: "MM/dd/yyyy HH:mm" }\n${fields}`
const problems = (text: string): string[] => { const read = readMapping(text, schema); return 'problems' in read ? read.problems.map((one) => `${one.line} ${one.key}: ${one.text}`) : [] }
const mapping = (text: string) => { const read = readMapping(text, schema); if ('problems' in read) throw new Error(JSON.stringify(read.problems)); return read.mapping }
const NOW = '2026-11-29T12:00:00.000Z'
const first = async (file: string, text = arrests()) => { const m = mapping(text); const rows = await readRows(Buffer.from(file), m); if ('refused' in rows) return rows.refused; return readRow(rows.rows[0]!, m, NOW) }

describe('a mapping', () => {
  it.each([
    ['a field that the target lacks', arrests('  colour: { column: C }\n'), /^10 fields\/colour: arrest has no such field/],
    ['a key that is none', arrests('', 'zones: x\n'), /^7 zones: is no key of a mapping/],
    ['a time without its format', arrests('  birthDate: { column: B }\n'), /^10 fields\/birthDate: .*format/],
    ['a format without a year', arrests('  birthDate: { column: B, format: MM/dd }\n'), /^10 fields\/birthDate\/format: names no year/],
    ['a code outside its list', arrests('  court: { column: C, codes: { S: HIGH } }\n'), /^10 fields\/court\/codes\/S: must lead to one of STATE/],
    ['a relationship that is none of NIBRS', arrests('  victims.1.relationship: { column: R, codes: { BF/GF: QQ } }\n').replace('target: arrest', 'target: incident-report').replace('  arrestNumber: { column: NO }\n  arrestedAt: { column: AT, format: "MM/dd/yyyy HH:mm" }\n', '  reportNumber: { column: NO }\n  occurredAt: { column: AT, format: iso }\n  arrestMade: { value: true }\n'), /^11 fields\/victims\.1\.relationship\/codes\/BF\/GF: must lead to one of SE, CS/],
    ['an offence that is none of NIBRS', arrests('  offenses: { value: 99Z }\n').replace('target: arrest', 'target: incident-report').replace('  arrestNumber: { column: NO }\n  arrestedAt: { column: AT, format: "MM/dd/yyyy HH:mm" }\n', '  reportNumber: { column: NO }\n  occurredAt: { column: AT, format: iso }\n  arrestMade: { value: true }\n'), /^11 fields\/offenses\/value: must lead to one of the \d+ codes that NIBRS has here/],
    ['column and value', arrests('  court: { column: C, value: STATE }\n'), /^10 fields\/court: has a column, or a value/],
    ['another zone', arrests().replace('America/Chicago', 'America/Nowhere'), /^6 zone: is no IANA/],
    ['a field that cannot be missing', arrests().replace(/ {2}arrestNumber.*\n/, ''), /^7 fields: arrest needs the field arrestNumber/],
    ['a roster without its facility', arrests().replace('target: arrest', 'target: jail-roster'), /^3 target: jail-roster needs snapshot/],
    ['one name twice', arrests('  court: { value: STATE }\n  court: { value: STATE }\n'), /^11 : is not readable YAML/],
    ['what is no mapping', 'REPORT,NAME\n1,2\n', /^1 : /],
  ])('with %s is refused with its line and key', (_what, text, says) => { expect(problems(text)[0]).toMatch(says) })

  it('that is right is read', () => { expect(problems(arrests())).toEqual([]) })
})

describe('a row', () => {
  const at = async (text: string, format = 'MM/dd/yyyy HH:mm') => { const read = await first(`NO,AT\nA,${text}\n`, arrests().replace('MM/dd/yyyy HH:mm', format)); return typeof read === 'object' && 'fields' in read ? read.fields.arrestedAt : read }
  it('has a time as precise as its format, and none that the clocks left out or that is to come', async () => {
    expect(await at('07/02/2026 21:40')).toMatchObject({ time: '2026-07-02T21:40', timePrecision: 'minute', from: '2026-07-03T02:40:00.000Z' })
    expect(await at('07/02/2026', 'MM/dd/yyyy')).toMatchObject({ time: '2026-07-02', timePrecision: 'day' })
    for (const part of ['2026', '2026-07', '21:40', 'T21:40', '2026-W27-4', '20260702']) expect(await at(part, 'iso')).toMatchObject({ wrong: { cause: 'wrong-time' } })
    expect(await at('2026-07-02T21', 'iso')).toMatchObject({ time: '2026-07-02T21', timePrecision: 'hour' })
    expect(await at('03/08/2026 02:30')).toMatchObject({ wrong: { cause: 'wrong-time', text: expect.stringContaining('change of clocks') } })
    expect(await at('12/24/2026 02:30')).toMatchObject({ wrong: { cause: 'time-to-come' } })
    expect(await at('02/30/2026 02:30')).toMatchObject({ wrong: { cause: 'wrong-time' } })
  })
  it('without what it cannot do without, or with a code nobody translates, is refused by column and field, and its value is not repeated', async () => {
    expect(await first('NO,AT\n,07/02/2026 21:40\n')).toMatchObject({ wrong: { cause: 'field-missing', field: 'arrestNumber' } })
    const read = await first('NO,AT,C\nA,07/02/2026 21:40,SECRET\n', arrests('  court: { column: C, codes: { S: STATE } }\n'))
    expect(read).toMatchObject({ wrong: { cause: 'unknown-code', field: 'court' } })
    expect(JSON.stringify(read)).not.toContain('SECRET')
    const results = 'mapping: m\nversion: 1\ntarget: disposition\nsource: { agency: MOZZ99903, system: s }\nformat: { type: csv, delimiter: ";" }\nzone: America/Chicago\nfields:\n  caseNumber: { column: NO }\n  reportNumber: { column: NO }\n  results: { column: R, split: "," }\n  court: { value: STATE }\n  enteredAt: { column: AT, format: iso }\n'
    expect(await first('NO;AT;R\n1;2026-07-02;SIS,SIS_TERMINATED\n', results)).toMatchObject({ fields: { results: ['SIS', 'SIS_TERMINATED'] } })
    expect(await first('NO;AT;R\n1;2026-07-02;SIS,SECRET\n', results)).toMatchObject({ wrong: { cause: 'unknown-code', field: 'results', text: expect.stringContaining('must be one of GUILTY') } })
    expect(problems(results.replace('split: ","', 'codes: { G: GUILT }'))[0]).toMatch(/fields\/results\/codes\/G: must lead to one of GUILTY/)
    expect(await first('NO,AT\nA,07/02/2026 21:40,x\n')).toMatchObject({ wrong: { cause: 'wrong-column-count' } })
  })
  it('keeps quotation, line breaks and its own line', async () => {
    const rows = await readRows(Buffer.from('\uFEFFNO,AT\r\n"A\nB, ""C""",07/02/2026 21:40\r\n\r\nD,07/02/2026 21:41\r\n'), mapping(arrests()))
    expect('rows' in rows && rows.rows.map(({ row, line, values, content }) => [row, line, values.NO, content.split('\n')[0]!.trim()])).toEqual([[1, 2, 'A\nB, "C"', 'NO,AT'], [2, 5, 'D', 'NO,AT']])
  })
  const tell = async (file: string) => { const read = await readRows(Buffer.from(file), mapping(arrests())); return 'refused' in read ? read.refused : read.rows.map(({ line, values, broken, content }) => broken ? [line, broken.cause, content.slice(content.indexOf('\n') + 1)] : [line, values.NO]) }
  const AT = '07/02/2026 21:40'
  it('whose quote is not closed spoils its own line alone, however far away the next one stands', async () => {
    const rows = (from: number, to: number): string => Array.from({ length: to - from }, (_, at) => `N${from + at},${AT}\n`).join('')
    for (const behind of ['', `"N, 9",${AT}\n`, `"",${AT}\n`, `N9,"${AT}"\n`, `"N ""9""",${AT}\n`, `"N\n9",${AT}\n`]) {
      const read = await tell(`NO,AT\n${rows(0, 2)}"open,${AT}\n${rows(2, 60)}${behind}${rows(60, 90)}`) as unknown[][]
      expect(read.slice(0, 5)).toEqual([[2, 'N0'], [3, 'N1'], [4, 'unreadable-row', `"open,${AT}`], [5, 'N2'], [6, 'N3']])
      expect([behind, read.length, read.at(-1)![1]]).toEqual([behind, behind === '' ? 91 : 92, 'N89'])
    }
    // Longer than any row may be, and the quote stands in the middle of a cell that is quoted.
    const many = await tell(`NO,AT\r\n"a""open,${AT}\r\n${rows(0, 80_000).replaceAll('\n', '\r\n')}`) as unknown[][]
    expect([many.length, many[0], many[1], many.at(-1)]).toEqual([80_001, [2, 'unreadable-row', `"a""open,${AT}`], [3, 'N0'], [80_002, 'N79999']])
    const odd = await tell(`NO,AT\n${Array.from({ length: 3000 }, (_, at) => `N${at},"open`).join('\n')}`) as unknown[][]
    expect(odd.map((one) => one[1])).toEqual(Array.from({ length: 3000 }, () => 'unreadable-row'))
  })
  it('that is closed by a later row\'s quote, as if it were one row, is told by the whole rows in it', async () => {
    expect(await tell(`NO,AT\n"open,${AT}\nN1,${AT}\nN2,"\nN3,${AT}\n`)).toEqual([[2, 'unreadable-row', `"open,${AT}`], [3, 'N1'], [4, 'unreadable-row', 'N2,"'], [5, 'N3']])
    // A row with a line break, and a delimiter too few, is one row.
    expect(await tell(`NO,AT\n"A\nB"\nN1,${AT}\n`)).toEqual([[2, 'wrong-column-count', '"A\nB"'], [4, 'N1']])
  })
  const jsonMapping = arrests('  personId: { column: p }\n  age: { column: age }\n').replace('type: csv', 'type: json, rows: a.rows').replace('column: NO', 'column: no').replace('column: AT', 'column: at.of')
  const inJson = (rows: string) => readRows(Buffer.from(`{"a":{"rows":[${rows}]}}`), mapping(jsonMapping))
  const AT_OF = '"at":{"of":"07/02/2026 21:40"}'
  it('of JSON has its numbers as they are written, in what it says and in what is kept of it', async () => {
    for (const number of ['987654321098765431', '987654321098765432', '1.0', '1', '-0', '1e400', '123456789012345678901234567890.10']) {
      const read = await inJson(`{"p":${number},"no":${number},${AT_OF}}`)
      if ('refused' in read) throw new Error(read.refused)
      expect(read.rows[0]).toMatchObject({ values: { no: number, p: number }, content: `{"at":{"of":"07/02/2026 21:40"},"no":${number},"p":${number}}` })
      expect(readRow(read.rows[0]!, mapping(jsonMapping), NOW)).toMatchObject({ fields: { personId: number, arrestNumber: number } })
    }
    const age = async (text: string) => { const read = await inJson(`{"no":1,${AT_OF},"age":${text}}`); return 'rows' in read && readRow(read.rows[0]!, mapping(jsonMapping), NOW) }
    expect([await age('34.0'), await age('1e400'), await age('34.5')]).toMatchObject([{ fields: { age: 34 } }, { wrong: { cause: 'not-a-number' } }, { wrong: { cause: 'not-a-number' } }])
  })
  it('of JSON with a name twice is refused by that name, and kept as it came; a file with two lists as a whole', async () => {
    const twice = await inJson(`{"no": "J2","no": "J3",${AT_OF}},{"no":"J4",${AT_OF}},{"no":"J5","at":{"of":"x","of":"y"}},{"no":"J6","x":[{"Marmaduke":1,"Marmaduke":1}]}`)
    if ('refused' in twice) throw new Error(twice.refused)
    expect(twice.rows.map(({ broken, content }) => [broken?.cause, broken?.text.split(' twice')[0], content])).toEqual([
      ['name-twice', 'the row has the name "no"', `{"no": "J2","no": "J3",${AT_OF}}`], [undefined, undefined, `{${AT_OF},"no":"J4"}`],
      ['name-twice', 'the row has the name "of"', '{"no":"J5","at":{"of":"x","of":"y"}}'], ['name-twice', 'the row has a name', '{"no":"J6","x":[{"Marmaduke":1,"Marmaduke":1}]}'],
    ])
    const file = async (text: string) => { const read = await readRows(Buffer.from(text), mapping(jsonMapping)); return 'refused' in read ? read.refused : read.rows.length }
    const row = `{"no":1,${AT_OF}}`
    expect(await file(`{"a":{"rows":[${row}],"rows":[${row}]}}`)).toContain('the name "rows" twice')
    expect(await file(`{"a":{"rows":[${row}]},"a":{"rows":[${row}]}}`)).toContain('the name "a" twice')
    expect(await file(`{"b":1,"b":2,"a":{"rows":[${row}],"b":[{"rows":1,"rows":2}]}}`)).toBe(1)
    expect(await file(`{"a":{"rows":[${row},${'['.repeat(200_000)}${']'.repeat(200_000)}]}}`)).toContain('no JSON')
  })
  it('of a file that is another, empty, binary or cut is not guessed at', async () => {
    expect(await first('X,Y\n1,2\n')).toContain('"NO", "AT"')
    expect(await first('')).toContain('empty')
    expect(await first('a\0b')).toContain('not text')
    expect(await first('NO,NO,AT\n1,2,3\n')).toContain('twice')
  })
})
