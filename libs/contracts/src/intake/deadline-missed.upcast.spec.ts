import { DeadlineMissedV2, eventRegistry, problemsOf } from '../index'
import v1 from '../../examples/DeadlineMissed.v1.json'

it('DeadlineMissed, from version 1 to 2, keeps timer, owner and due date; task and case stand in its stream', () => {
  const { version, data } = eventRegistry.upcast('DeadlineMissed', 1, v1.data)
  expect(version).toBe(2)
  expect(data).toEqual({ timer: 'T-WARN', owner: 'systemAdvocate', dueAt: v1.data.dueAt })
  expect(problemsOf(DeadlineMissedV2, data)).toEqual([])
})
