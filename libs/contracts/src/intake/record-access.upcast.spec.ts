import { eventRegistry, problemsOf, RecordAccessRestrictedV2 } from '../index'
import v1 from '../../examples/RecordAccessRestricted.v1.json'

it('RecordAccessRestricted, from version 1 to 2, rests on the order of a court, of a record or a person', () => {
  for (const subject of [{ record: 'arrest-018f2a60-0000-8000-8000-000000000001' }, { personRef: `per_${'A'.repeat(22)}` }]) {
    const { record: _, personRef: __, ...said } = v1.data as Record<string, unknown>
    const { version, data } = eventRegistry.upcast('RecordAccessRestricted', 1, { ...said, ...subject })
    expect(version).toBe(2)
    expect(data).toEqual({ ...said, record: 'record' in subject ? subject.record : `subjectKey-${subject.personRef}`, ground: 'COURT_ORDER' })
    expect(problemsOf(RecordAccessRestrictedV2, data)).toEqual([])
  }
})
