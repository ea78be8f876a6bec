/** How a case stands, as far as it was recorded: open or closed, its level, and the how manyeth time it came to it. Pure. */
import { LEVELS, type CaseOpenedV1, type Level, type LevelAssignedV1, type LevelChangedV1, type RecordedEvent } from '@chorus/contracts'
import { derivedId } from '@chorus/decider'

/** A stretch of the case at one level; `period` counts the times that it came to that level, from 1. */
export interface Stretch { readonly level: Level; readonly period: number; /** revision of the event that began it */ readonly revision: number }
export interface CaseStanding { readonly status: 'none' | 'open' | 'closed'; readonly subjectRef: string; readonly closedAt: string | null; readonly stretches: readonly Stretch[] }
const initial: CaseStanding = { status: 'none', subjectRef: '', closedAt: null, stretches: [] }

const evolve = (state: CaseStanding, event: Pick<RecordedEvent, 'type' | 'data' | 'time' | 'revision'>): CaseStanding => {
  switch (event.type) {
    case 'CaseOpened': return { ...state, status: 'open', subjectRef: (event.data as CaseOpenedV1).subjectRef }
    case 'LevelAssigned': return reached(state, (event.data as LevelAssignedV1).level, event.revision)
    case 'LevelChanged': return reached(state, (event.data as LevelChangedV1).to, event.revision)
    case 'CaseClosed': return { ...state, status: 'closed', closedAt: event.time }
    default: return state
  }
}
const reached = (state: CaseStanding, level: Level, revision: number): CaseStanding => {
  if (!LEVELS.includes(level)) return state
  return { ...state, stretches: [...state.stretches, { level, period: state.stretches.filter((one) => one.level === level).length + 1, revision }] }
}

export const caseStanding = (events: readonly Pick<RecordedEvent, 'type' | 'data' | 'time' | 'revision'>[]): CaseStanding => events.reduce(evolve, initial)
export const currentStretch = ({ stretches }: CaseStanding): Stretch | undefined => stretches.at(-1)

/** M8: fixed by case, level and period; repeats count on from 2. Two who plan the same meet in one stream. */
export const notificationIdOf = (caseId: string, level: Level, period: number, number = 1): string => derivedId('notification', caseId, level, String(period), String(number))
/** The safety context's own name for a notification, and for a case: neither leads back without knowing it. */
export const safetyIdOf = (notificationId: string): string => derivedId('safety', 'notification', notificationId)
export const caseSafetyIdOf = (caseId: string): string => derivedId('safety', 'case', caseId)
