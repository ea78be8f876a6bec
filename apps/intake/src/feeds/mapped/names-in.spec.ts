import { namesIn } from './names-in'
import type { Row } from './read-rows'

const row = (values: Record<string, string>, broken?: Row['broken']): Row => ({ row: 1, line: 2, content: '', values, ...(broken && { broken }) })
const fields = { reportNumber: { column: 'NO' }, occurredAt: { column: 'AT', format: 'iso' }, 'victims.1.personId': { column: 'V' }, 'offenders.1.personId': { column: 'O', codes: { A: 'P-77' } } } as const

it('says whom and what a row names by their own columns, whatever is wrong in the others', () => {
  expect(namesIn(row({ NO: 'R-1', AT: 'no time', V: 'P-1', O: '' }), { fields })).toEqual({ personIds: ['P-1'], reportNumber: 'R-1' })
  expect(namesIn(row({}), { fields })).toEqual({ personIds: [] })
})
it('a number that the mapping translates is the one under which the row would be recorded; one that it does not know is nobody\'s', () => {
  expect(namesIn(row({ V: '', O: 'A' }), { fields })).toEqual({ personIds: ['P-77'] })
  expect(namesIn(row({ O: 'B' }), { fields })).toEqual({ personIds: [] })
})
it('a row of a roster names its hold', () => {
  const of = { holdNumber: { column: 'H' }, bookedAt: { column: 'AT', format: 'iso' } } as const
  expect([{ H: 'B-1', AT: '' }, { H: '', AT: '' }].map((values) => namesIn(row(values), { fields: of }))).toEqual([{ personIds: [], holdNumber: 'B-1' }, { personIds: [] }])
})
it('a row that could not be parted into columns names nobody', () => {
  expect(namesIn(row({ NO: 'R-1', V: 'P-1' }, { cause: 'wrong-column-count', text: '' }), { fields })).toEqual({ personIds: [] })
})
