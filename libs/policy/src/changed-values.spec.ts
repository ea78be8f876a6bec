import { changedValues } from './changed-values'

it('two contents of a policy differ value by value, lists as a whole; version and status are meant to', () => {
  const before = { policyId: 'p', version: '1.0.0', status: 'DRAFT', a: { b: 1, c: [1, 2] }, gone: true }
  expect(changedValues(before, { policyId: 'p', version: '1.1.0', status: 'APPROVED', a: { b: 2, c: [2, 1] }, come: 'x' })).toEqual([
    { key: 'a/b', before: '1', after: '2' }, { key: 'a/c', before: '[1,2]', after: '[2,1]' }, { key: 'gone', before: 'true' }, { key: 'come', after: '"x"' },
  ])
  expect(changedValues(before, { ...before, version: '2.0.0' })).toEqual([])
})
