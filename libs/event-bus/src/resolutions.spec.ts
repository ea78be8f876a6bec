import { MemoryStore } from '@chorus/event-store'
import { resolved, caseStream, ofCase } from './testing/harness'
import { Resolutions, resolutionsOf } from './resolutions'

const of = (append: ReturnType<typeof resolved>) => ({ type: append.events[0]!.type, stream: append.stream, data: append.events[0]!.body.data as object })

describe('resolutions', () => {
  it('are read out of dead-letter streams alone', () => {
    const one = of(resolved('deterrence.on-level-assigned', caseStream(1), 3))
    expect(resolutionsOf([one, { ...one, stream: 'quarantine-1' }, { ...one, type: 'DeadLetterRetryRequested' }, { ...one, data: { deadLetterId: 'x' } }]))
      .toEqual([{ consumer: 'deterrence.on-level-assigned', topic: 'program.cases.v1', stream: caseStream(1), revision: 3, eventId: null, reasonCode: 'DONE_BY_HAND' }])
  })
  it('are known once they were read, each for its consumer, stream and revision', async () => {
    const store = new MemoryStore()
    const resolutions = new Resolutions(store, 'one')
    await resolutions.refresh()
    expect(resolutions.has('program.cases.v1', caseStream(1), 3)).toBe(false)
    await store.appendEach([ofCase(1, 0), resolved('one', caseStream(1), 3), resolved('two', caseStream(2), 3)])
    await resolutions.refresh()
    await store.appendEach([resolved('one', caseStream(1), 5)])
    await resolutions.refresh()
    expect([[1, 3], [1, 5], [1, 4], [2, 3]].map(([n, revision]) => resolutions.has('program.cases.v1', caseStream(n!), revision!))).toEqual([true, true, false, false])
    expect(resolutions.has('justice.incidents.v1', caseStream(1), 3)).toBe(false)
  })
})
