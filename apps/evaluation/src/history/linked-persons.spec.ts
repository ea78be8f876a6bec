import { linkedRefs, namesAny, otherStreamsOf } from './linked-persons'

const opened = [{ type: 'CaseOpened', data: { subjectRef: 'per_A' } }]
const linked = (ordinal: number, keepRef: string, mergedRef: string) => ({ ordinal, type: 'PersonIdentitiesLinked', data: { keepRef, mergedRef } })
const apart = (ordinal: number, oneRef: string, otherRef: string) => ({ ordinal, type: 'PersonIdentitiesUnlinked', data: { oneRef, otherRef } })

describe('the persons of a case\'s history', () => {
  it('are those linked at the moment that is looked at, and now', () => {
    const register = [linked(5, 'per_B', 'per_A'), linked(6, 'per_B', 'per_C')]
    expect(linkedRefs(opened, register, 9)).toEqual(['per_A', 'per_B', 'per_C'])
    expect(linkedRefs(opened, register, 5)).toEqual(['per_A', 'per_B'])
    expect(linkedRefs(opened, register, 4)).toEqual(['per_A'])
  })
  it('not those whose link was taken back, whatever moment is looked at', () => {
    expect(linkedRefs(opened, [linked(5, 'per_A', 'per_B'), apart(7, 'per_B', 'per_A')], 6)).toEqual(['per_A'])
  })
  it('nobody where no case was opened', () => { expect(linkedRefs([], [linked(5, 'per_A', 'per_B')], 9)).toEqual([]) })
})

it('decisions that name them are shown, questions of the matcher are not', () => {
  expect([linked(1, 'per_A', 'per_B'), apart(2, 'per_C', 'per_A'), linked(3, 'per_C', 'per_D')].map(event => namesAny(event, ['per_A']))).toEqual([true, true, false])
  expect(namesAny({ type: 'PersonMatchProposed', data: { oneRef: 'per_A', otherRef: 'per_B' } }, ['per_A'])).toBe(false)
})

it('their cases and referrals are found by whom they are about, not by who else stands there', async () => {
  const events = [['pchCase-1', { subjectRef: 'per_B' }], ['referral-1', { subjectRef: 'per_X', victimRef: 'per_B' }], ['referral-2', { subjectRef: 'per_B', victimRef: 'per_X' }], ['pchCase-2', { subjectRef: 'per_A' }]] as const
  const store = { async *readAll() { for (const [stream, data] of events) yield { stream, text: JSON.stringify({ data }) } as never } }
  expect(await otherStreamsOf(store, ['per_A', 'per_B'], 9)).toEqual(['pchCase-1', 'referral-2'])
})
