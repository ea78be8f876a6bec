/**
 * The walls of one account: the persons whose records it neither sees nor acts on. Protects: a wall stands until somebody else
 * takes it down. Who stands behind it is asked at the log's head, by wall.ts.
 */
import type { CommandMeta, ConflictOfInterestEndedV1, ConflictOfInterestRecordedV1, DraftEvent, EndConflictOfInterest, RecordConflictOfInterest } from '@chorus/contracts'
import { atNow, refused, type Command, type Decider, type Decision } from '@chorus/decider'
import { evolveWalls, NO_WALLS, WALL_EVENTS, type Walls } from './wall'

export type RecordConflict = Command<'RecordConflictOfInterest', RecordConflictOfInterest>
export type EndConflict = Command<'EndConflictOfInterest', EndConflictOfInterest>
export type ConflictCommand = RecordConflict | EndConflict

export const record = ({ data, meta }: RecordConflict, state: Walls): Decision =>
  state.persons.includes(data.personRef) ? [] : [event('ConflictOfInterestRecorded', { ...data }, meta)]

export const end = ({ data, meta }: EndConflict, state: Walls): Decision => {
  if (data.account === meta.actor.id) return refused('own_wall', 'This is a wall before your own account. Somebody else takes it down.', { kind: 'forbidden' })
  if (!state.persons.includes(data.personRef)) return refused('no_such_wall', 'There is no wall between this account and this person. Look both up again.', { kind: 'not-found' })
  return [event('ConflictOfInterestEnded', { ...data }, meta)]
}

interface Data { ConflictOfInterestRecorded: ConflictOfInterestRecordedV1; ConflictOfInterestEnded: ConflictOfInterestEndedV1 }
const event = <T extends keyof Data>(type: T, data: Data[T], meta: CommandMeta): DraftEvent => ({ type, schemaVersion: 1, data, ...atNow(meta) })

export const conflictOfInterest: Decider<Walls, ConflictCommand> = {
  category: 'conflictOfInterest', initial: NO_WALLS, knows: WALL_EVENTS, evolve: evolveWalls,
  decide: (command, state) => command.type === 'RecordConflictOfInterest' ? record(command, state) : end(command, state),
}
