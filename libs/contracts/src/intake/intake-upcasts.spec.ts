/** Versions of intake whose older ones lack a field: nothing is made up for it. */
import { EligibilityAssessedV2, eventRegistry, LevelChangedV2, problemsOf } from '../index'
import assessed from '../../examples/EligibilityAssessed.v1.json'
import changed from '../../examples/LevelChanged.v1.json'

it.each([['LevelChanged', changed, LevelChangedV2, 'matchedCriteria'], ['EligibilityAssessed', assessed, EligibilityAssessedV2, 'policyHash']] as const)('%s, from version 1 to 2, is as it was, and fits', (type, v1, cls, added) => {
  const { version, data } = eventRegistry.upcast(type, 1, v1.data)
  expect(version).toBe(2)
  expect(data).toEqual(v1.data)
  expect(data).not.toHaveProperty(added)
  expect(problemsOf(cls, data)).toEqual([])
})
