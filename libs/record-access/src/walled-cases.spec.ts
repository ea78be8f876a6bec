import * as fc from 'fast-check'
import { given, metaOf, NOW } from '../../decider/src/testing/given'
import { MemoryLog } from '../../decider/src/testing/memory-log'
import { aggregateProperties } from '../../decider/src/testing/properties'
import { Wall, wallsIdOf } from './wall'
import { keepWalledCases, walledCases, type KeepWalledCases } from './walled-cases'

const id = (n: number): string => `018f0000-0000-7000-8000-00000000000${n}`
const keep = (changes: number, ...caseIds: string[]): KeepWalledCases => ({ type: 'KeepWalledCases', meta: metaOf({ name: `${changes} ${caseIds.join()}` }), data: { account: 'kin', caseIds, changes } })
const [first] = given(walledCases).when(keep(0, id(1))).then({ type: 'WalledCasesChanged', data: { account: 'kin', caseIds: [id(1)] } })
const { commandId: _, ...meta } = metaOf()
const walled = (log: MemoryLog): unknown[] => log.events.map(({ data }) => (data as { caseIds: string[] }).caseIds)
const wallOf = (...cases: string[]): Wall => new Wall(new Set(cases), new Set(cases))

it('says all cases, once for each change, and none any more where the wall is down', () => {
  given(walledCases).when(keep(0)).nothing()
  given(walledCases, first!).when(keep(1, id(1))).nothing()
  given(walledCases, first!).when(keep(1, id(1), id(2))).then({ type: 'WalledCasesChanged', data: { account: 'kin', caseIds: [id(1), id(2)] } })
  given(walledCases, first!).when(keep(1)).then({ type: 'WalledCasesChanged', data: { account: 'kin', caseIds: [] } })
})
it('what was worked out before another change is not recorded over it, but worked out anew', async () => {
  given(walledCases, first!).when(keep(0, id(2))).refused('overtaken')
  const log = new MemoryLog()
  let asked = 0
  // While the first is at work, another sees one case more, and is faster.
  const slow = async (): Promise<Wall> => {
    if (asked++ > 0) return wallOf(id(2), id(1))
    await keepWalledCases(log, async () => wallOf(id(1), id(2)), 'kin', meta)
    return wallOf(id(1))
  }
  await keepWalledCases(log, slow, 'kin', meta)
  expect([asked, walled(log)]).toEqual([2, [[id(1), id(2)]]])
  expect(log.events[0]!.stream).toBe(`walledCases-${wallsIdOf('kin')}`)
})
it('a case that left and came back is a change each time', async () => {
  const log = new MemoryLog()
  for (const wall of [wallOf(id(1)), wallOf(id(1)), null, wallOf(id(1)), null]) await keepWalledCases(log, async () => wall, 'kin', { ...meta, now: NOW })
  expect(walled(log)).toEqual([[id(1)], [], [id(1)], []])
})

aggregateProperties(walledCases, fc.tuple(fc.nat(3), fc.subarray([id(1), id(2)])).map(([changes, cases]) => keep(changes, ...cases)))
