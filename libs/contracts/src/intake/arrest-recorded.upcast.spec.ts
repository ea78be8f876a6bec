import { ArrestRecordedV2, eventRegistry, problemsOf } from '../index'
import v1 from '../../examples/ArrestRecorded.v1.json'

it('ArrestRecorded, from version 1 to 2, is as it was, also where its number is sealed or erased', () => {
  expect(eventRegistry.upcast('ArrestRecorded', 1, v1.data)).toEqual({ version: 2, data: v1.data })
  expect(problemsOf(ArrestRecordedV2, eventRegistry.upcast('ArrestRecorded', 1, v1.data).data)).toEqual([])
  for (const transactionNumber of [{ $sealed: { k: 'dek_1', n: 'n', c: 'c' } }, { $erased: true }]) expect(eventRegistry.upcast('ArrestRecorded', 1, { ...v1.data, transactionNumber }).data).toEqual({ ...v1.data, transactionNumber })
})
