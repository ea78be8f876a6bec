import * as fc from 'fast-check'
import { given, metaOf } from '../../../../libs/decider/src/testing/given'
import { aggregateProperties } from '../../../../libs/decider/src/testing/properties'
import { deadLetter, deadLetterId, type DeadLetterCommand, type Parked } from './dead-letter'

const meta = (name: string) => metaOf({ name, actor: { id: 'sample-operator', role: 'operator', agency: 'CITY' }, source: { agency: 'CITY', system: 'chorus' } })
const parked: Parked = { consumer: 'sample.on-case-opened', topic: 'program.cases.v1', stream: 'pchCase-018f0000-0000-7000-8000-000000000002', revision: 3, eventId: '018f0000-0000-7000-8000-000000000003', kind: 'permanent', cause: 'policy-unknown' }
const { eventId: _, ...missing } = parked
const hole: Parked = { ...missing, kind: 'hole', cause: 'hole' }
const id = deadLetterId(parked)
const retry = (name = 'retry', what: Parked | undefined = parked) => ({ type: 'RetryDeadLetter' as const, data: { deadLetterId: id, ...(what && { parked: what }), note: 'mended' }, meta: meta(name) })
const resolve = (name = 'resolve', what: Parked | undefined = parked) => ({ type: 'ResolveDeadLetter' as const, data: { deadLetterId: id, ...(what && { parked: what }), reasonCode: 'DONE_BY_HAND' as const, note: 'by hand' }, meta: meta(name) })
const gone = <C extends DeadLetterCommand>(command: C): C => { const { parked: _, ...data } = command.data; return { ...command, data } }
const after = (...commands: DeadLetterCommand[]) => commands.reduce((so, command) => given(deadLetter, ...so.history, ...(so.when(command).decision as never[])), given(deadLetter))

describe('a dead letter', () => {
  it('is the same one whenever the same event of the same stream is parked for the same consumer', () => {
    expect(deadLetterId(hole)).toBe(id)
    for (const other of [{ consumer: 'sample.on-case-closed' }, { topic: 'program.cases.v2' }, { stream: 'pchCase-018f0000-0000-7000-8000-000000000009' }, { revision: 4 }]) expect(deadLetterId({ ...parked, ...other })).not.toBe(id)
  })
  it('is tried again as often as somebody asks, each time with a reason', () => {
    after().when(retry()).then({ type: 'DeadLetterRetryRequested', data: { deadLetterId: id, ...parked, note: 'mended' } })
    after(retry('first')).when(retry('second')).then({ type: 'DeadLetterRetryRequested' })
  })
  it('is resolved with a reason, whether it was tried again or not', () => {
    after().when(resolve()).then({ type: 'DeadLetterResolved', data: { deadLetterId: id, ...parked, reasonCode: 'DONE_BY_HAND', note: 'by hand' } })
    after(retry()).when(resolve()).then({ type: 'DeadLetterResolved' })
  })
  it('of a hole names no event', () => {
    const [event] = after().when(resolve('resolve', hole)).then({ type: 'DeadLetterResolved', data: { kind: 'hole', revision: 3 } })
    expect(event!.data).not.toHaveProperty('eventId')
  })
  it('is resolved once: what comes after is refused, whoever sends it', () => {
    after(resolve()).when(resolve('another operator')).refused('dead_letter_resolved')
    after(resolve()).when(retry()).refused('dead_letter_resolved')
    after(resolve()).when(gone(retry())).refused('dead_letter_resolved')
  })
  it('refuses what is not parked, and says whether it ever was', () => {
    after().when(gone(retry())).refused('dead_letter_unknown')
    after().when(gone(resolve())).refused('dead_letter_unknown')
    after(retry()).when(gone(resolve())).refused('dead_letter_worked')
    after(retry()).when(gone(retry('again'))).refused('dead_letter_worked')
  })
})

aggregateProperties(deadLetter, fc.constantFrom<DeadLetterCommand>(retry(), resolve(), retry('hole', hole), gone(retry('gone')), gone(resolve('gone'))))
