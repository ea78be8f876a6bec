import { eventRegistry, problemsOf, ReferralReceivedV2 } from '../index'
import v1 from '../../examples/ReferralReceived.v1.json'

const lead = (data: Record<string, unknown>) => eventRegistry.upcast('ReferralReceived', 1, data)

describe('ReferralReceived, from version 1 to 2', () => {
  it('says of an address that was not asked for its kind that it is not stated', () => {
    const { version, data } = lead(v1.data)
    expect(version).toBe(2)
    expect(data).toEqual({ ...v1.data, subjectAddressKind: 'NOT_STATED', victimAddressKind: 'NOT_STATED' })
    expect(problemsOf(ReferralReceivedV2, data)).toEqual([])
  })
  it('makes up no kind where there is no address', () => {
    const { subjectAddress: _, victimAddress: __, ...without } = v1.data
    expect(lead(without).data).toEqual(without)
  })
  it.each([['sealed', { $sealed: { k: 'dek_1', n: 'n', c: 'c' } }], ['erased', { $erased: true }]])('moves a value that is %s as it is', (_, value) => {
    expect(lead({ ...v1.data, victimAddress: value }).data).toMatchObject({ victimAddress: value, victimAddressKind: 'NOT_STATED' })
  })
})
