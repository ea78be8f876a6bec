/** How a case stands, as far as it was recorded: open, put off or closed, its level, and the how manyeth time it came to it. Pure. */
import { LEVELS, type CaseOpenedV1, type Level, type LevelAssignedV1, type LevelChangedV2, type RecordedEvent } from '@chorus/contracts'
import { derivedId } from '@chorus/decider'

/** A stretch of the case at one level; `period` counts the times that it came to that level, from 1. */
export interface Stretch { readonly level: Level; readonly period: number; /** the event that began it: its id, and its revision */ readonly event: string; readonly revision: number }
/** From one moment until another; null: still. */
export interface Span { readonly from: string; readonly to: string | null }
export interface CaseStanding { readonly status: 'none' | 'open' | 'closed'; readonly subjectRef: string; readonly closures: readonly Span[]; /** put off: nobody is told anything meanwhile */ readonly deferrals: readonly Span[]; /** since it was opened, or opened again */ readonly levelled: boolean; readonly stretches: readonly Stretch[] }
const initial: CaseStanding = { status: 'none', subjectRef: '', closures: [], deferrals: [], levelled: false, stretches: [] }

const evolve = (state: CaseStanding, event: Pick<RecordedEvent, 'id' | 'type' | 'data' | 'time' | 'revision'>): CaseStanding => {
  switch (event.type) {
    case 'CaseOpened': return { ...state, status: 'open', subjectRef: (event.data as CaseOpenedV1).subjectRef }
    case 'LevelAssigned': return reached(state, (event.data as LevelAssignedV1).level, event)
    case 'LevelChanged': return reached(state, (event.data as LevelChangedV2).to, event)
    case 'CaseDeferred': return state.deferrals.at(-1)?.to === null ? state : { ...state, deferrals: [...state.deferrals, { from: event.time, to: null }] }
    case 'CaseClosed': return { ...state, status: 'closed', levelled: false, deferrals: ended(state.deferrals, event.time), closures: [...state.closures, { from: event.time, to: null }] }
    case 'CaseReopened': return { ...state, status: 'open', deferrals: ended(state.deferrals, event.time), closures: ended(state.closures, event.time) }
    default: return state
  }
}
const reached = (state: CaseStanding, level: Level, { id: event, revision }: Pick<RecordedEvent, 'id' | 'revision'>): CaseStanding => {
  if (!LEVELS.includes(level)) return state
  return { ...state, levelled: true, stretches: [...state.stretches, { level, period: state.stretches.filter((one) => one.level === level).length + 1, event, revision }] }
}

export const caseStanding = (events: readonly Pick<RecordedEvent, 'id' | 'type' | 'data' | 'time' | 'revision'>[]): CaseStanding => events.reduce(evolve, initial)
export const currentStretch = ({ levelled, stretches }: CaseStanding): Stretch | undefined => levelled ? stretches.at(-1) : undefined
const ended = (spans: readonly Span[], at: string): readonly Span[] => spans.map((span) => span.to === null ? { ...span, to: at } : span)
/** Whether one of them covers the moment. */
export const within = (spans: readonly Span[], moment: string): boolean => spans.some(({ from, to }) => Date.parse(from) <= Date.parse(moment) && (to === null || Date.parse(moment) < Date.parse(to)))

/**
 * M8: fixed by the event that began the stretch, and so by case, level and period; repeats count on from 2. Two who plan the
 * same meet in one stream. Whoever may not see the level does not see that event either, and cannot try the levels.
 */
export const notificationIdOf = ({ event }: Pick<Stretch, 'event'>, number = 1): string => derivedId('notification', event, String(number))
/** As earlier builds named them: those that they planned keep their names. */
export const formerNotificationIdOf = (caseId: string, { level, period }: Pick<Stretch, 'level' | 'period'>, number = 1): string => derivedId('notification', caseId, level, String(period), String(number))
/** The safety context's own name for a notification, and for a case: neither leads back without knowing it. */
export const safetyIdOf = (notificationId: string): string => derivedId('safety', 'notification', notificationId)
export const caseSafetyIdOf = (caseId: string): string => derivedId('safety', 'case', caseId)
