import type { ArrestRecordedV2 } from '@chorus/contracts'
import { composeArrest, type Composing } from './compose'
import type { Mapping } from './mapping'
import type { Fields, ReadTime } from './read-row'

const day = (time: string): ReadTime => ({ time, timePrecision: 'day', from: `${time}T05:00:00.000Z`, text: time })
const ageOf = (fields: Fields) => (composeArrest({
  mapping: { mapping: 'm', version: 1, target: 'arrest', source: { agency: 'MOZZ99900', system: 's' }, zone: 'America/Chicago' } as unknown as Mapping,
  fields: { arrestNumber: 'A-1', arrestedAt: day('2026-07-02'), ...fields }, streamId: '018f0000-0000-8000-8000-000000000001', key: 'A-1', version: 1, current: [], message: 'm', file: 'f', row: 1, role: 'intakeAnalyst', personOf: () => undefined, newToken: () => 'per_1',
} satisfies Composing)[0]!.data as ArrestRecordedV2).age

describe('the age of a person', () => {
  const birthDate = day('1990-05-06')
  it('is the one that the row states', () => { expect(ageOf({ age: 34, birthDate })).toEqual({ text: '34', precision: 'year', from: 34, to: 34 }) })
  it('is that of the birth date where the row states none', () => { expect(ageOf({ birthDate })).toEqual({ precision: 'year', from: 36, to: 36 }) })
  it('that nobody can have is kept as it stood, beside that of the birth date', () => {
    expect(ageOf({ age: 200, birthDate })).toEqual({ text: '200', precision: 'year', from: 36, to: 36 })
    expect(ageOf({ age: 200 })).toEqual({ text: '200', precision: 'unknown' })
  })
})
