/**
 * One lethality screen: the raw answers with the instrument's version, what an algorithm made of them, and the call to
 * the hotline. It is a fact of its own: it sets no level, it is never scored over, and a later screen is another stream.
 */
import type { AdministerLethalityScreen, AdvocateHotlineContactRecordedV1, Basis, DraftEvent, LethalityScreenAdministeredV1, RecordedEvent, RecordHotlineContact, Role } from '@chorus/contracts'
import { refused, type Command, type Decider, type Decision } from '@chorus/decider'
import { CALLS_FOR_HOTLINE, INSTRUMENT } from './instruments'

// Stored names. Changing one needs a new version and an upcaster.
export const LETHALITY_SCREEN_EVENTS = ['LethalityScreenAdministered', 'AdvocateHotlineContactRecorded', 'DeadlineMissed'] as const

/** Rules: a screen belongs to an incident that stands; after it screens in, the hotline is called within the time of the policy. */
export const SCREEN_NEEDS_INCIDENT = 'SCREEN_NEEDS_INCIDENT'
export const HOTLINE_IN_TIME = 'T-LAP'

/** What the edge looked up of the incident: how it stands, who is in its report, and how far it looked. */
export interface ScreenFacts { readonly incident: 'none' | 'known' | 'retracted'; readonly victims: readonly string[]; readonly persons: readonly string[]; /** the first instant at which it can have happened; null: nobody knows */ readonly began: string | null; readonly basis: readonly Basis[] }
/** By when the policy in force wants the call; undefined: it says nothing. */
export interface HotlineFacts { readonly withinMinutes?: number; readonly policyVersion: string; readonly basis: readonly Basis[] }

export type Administer = Command<'AdministerLethalityScreen', AdministerLethalityScreen & { readonly screenId: string; readonly facts: ScreenFacts }>
export type RecordContact = Command<'RecordHotlineContact', RecordHotlineContact & { readonly facts: HotlineFacts }>
export type LethalityScreenCommand = Administer | RecordContact

export type LethalityScreen =
  | { readonly status: 'none' }
  | { readonly status: 'administered'; readonly screen: LethalityScreenAdministeredV1; /** who recorded it */ readonly by: string; readonly contact: AdvocateHotlineContactRecordedV1 | null }
export const initial: LethalityScreen = { status: 'none' }

interface Happened { readonly type: string; readonly data: object; readonly actor?: { readonly id: string } }
export const evolve = (state: LethalityScreen, event: Happened): LethalityScreen => {
  if (event.type === 'LethalityScreenAdministered') return { status: 'administered', screen: event.data as LethalityScreenAdministeredV1, by: event.actor?.id ?? '', contact: state.status === 'administered' ? state.contact : null }
  if (event.type === 'AdvocateHotlineContactRecorded' && state.status === 'administered') return { ...state, contact: event.data as AdvocateHotlineContactRecordedV1 }
  return state
}

/** When the screen, as it stands, came here: the moment whose policy its due date is counted by (T-LAP). */
export const receivedAt = (events: readonly Pick<RecordedEvent, 'type' | 'receivedtime'>[]): string | undefined => events.findLast(({ type }) => type === 'LethalityScreenAdministered')?.receivedtime

export const administer = ({ data: { facts, ...body }, meta }: Administer, state: LethalityScreen): Decision => {
  if (state.status !== 'none') return []
  const { items, judgement, score, instrumentVersion, algorithmVersion } = INSTRUMENT[body.instrument]
  if (facts.incident === 'none') return refused('incident_unknown', 'No agency has reported this incident here. Keep the form, and record the screen when the report has come; or look the incident\'s number up again.', { kind: 'not-found' })
  if (body.answers.length !== items) return refused('answers_incomplete', `This instrument has ${items} questions, and ${body.answers.length} answers were given. Give one for each; what was not answered is NOT_ANSWERED.`)
  if (body.officerBelief === true && !judgement) return refused('no_judgement_here', 'This instrument has no place for a belief or an override: it counts its items alone. Leave officerBelief out.')
  if (Date.parse(body.administeredAt) > Date.parse(meta.now)) return refused('administered_in_future', 'The screen was taken at a moment that lies in the future. Correct administeredAt.')
  if (facts.began !== null && Date.parse(body.administeredAt) < Date.parse(facts.began)) return refused('administered_before_incident', 'The screen was taken before the incident happened, by its report. Correct administeredAt, or name the incident after which it was taken.')
  if (body.victimToken === body.offenderToken) return refused('same_person', 'A screen speaks of two different people. Name the other person.')
  if (facts.incident === 'known' && !facts.victims.includes(body.victimToken)) return refused('victim_not_in_report', 'The report names no such victim. Take the victim from the current report of this incident.')
  if (facts.incident === 'known' && !facts.persons.includes(body.offenderToken)) return refused('person_not_in_report', 'The report does not name the other person. Take both from the current report of this incident.')
  const officerBelief = body.officerBelief ?? false
  const administered: LethalityScreenAdministeredV1 = {
    screenId: body.screenId, incidentId: body.incidentId, victimToken: body.victimToken, offenderToken: body.offenderToken, instrument: body.instrument, instrumentVersion,
    answers: body.answers, officerBelief, outcome: score(body.answers, officerBelief), algorithmVersion, administeredAt: body.administeredAt, recordedByRole: meta.actor.role as Role,
  }
  return [{
    ...at(body.administeredAt), type: 'LethalityScreenAdministered', data: administered, basis: facts.basis,
    // It was taken, although the agency has taken its report back since: what happened is recorded, with the rule it broke.
    ...(facts.incident === 'retracted' ? { breaches: [SCREEN_NEEDS_INCIDENT] } : {}),
  }]
}

export const recordContact = ({ data: { facts, ...body }, meta }: RecordContact, state: LethalityScreen): Decision => {
  if (state.status === 'none') return refused('screen_unknown', 'There is no such screen. Look its number up again.', { kind: 'not-found' })
  if (Date.parse(body.calledAt) > Date.parse(meta.now)) return refused('called_in_future', 'The hotline was called at a moment that lies in the future. Correct calledAt.')
  if (Date.parse(body.calledAt) < Date.parse(state.screen.administeredAt)) return refused('called_before_screen', 'The call is before the screen that it followed. Correct calledAt.')
  if (state.contact) {
    const same = state.contact.calledAt === body.calledAt && state.contact.programId === body.programId && state.contact.victimSpoke === body.victimSpoke && state.contact.durationMinutes === body.durationMinutes
    return same ? [] : refused('contact_recorded', 'A call to the hotline is recorded for this screen already. A second screen has a call of its own.', { kind: 'conflict' })
  }
  const contact: AdvocateHotlineContactRecordedV1 = { screenId: state.screen.screenId, ...body }
  return [{ ...at(body.calledAt), type: 'AdvocateHotlineContactRecorded', data: contact, basis: facts.basis, policyVersion: facts.policyVersion, ...(late(state.screen, body.calledAt, facts.withinMinutes) ? { breaches: [HOTLINE_IN_TIME] } : {}) }]
}

/** Until when the hotline is to be called, or undefined: this screen, or this policy, calls for nothing. */
export const hotlineDueAt = ({ outcome, administeredAt }: Pick<LethalityScreenAdministeredV1, 'outcome' | 'administeredAt'>, withinMinutes: number | undefined): string | undefined =>
  withinMinutes !== undefined && CALLS_FOR_HOTLINE.includes(outcome) ? new Date(Date.parse(administeredAt) + withinMinutes * 60_000).toISOString() : undefined
const late = (screen: LethalityScreenAdministeredV1, calledAt: string, withinMinutes: number | undefined): boolean => {
  const due = hotlineDueAt(screen, withinMinutes)
  return due !== undefined && Date.parse(calledAt) > Date.parse(due)
}

const at = (time: string): Pick<DraftEvent, 'schemaVersion' | 'time' | 'timePrecision' | 'timeZone'> => ({ schemaVersion: 1, time, timePrecision: 'instant', timeZone: 'UTC' })

export const lethalityScreen: Decider<LethalityScreen, LethalityScreenCommand> = {
  category: 'lethalityScreen', initial, knows: LETHALITY_SCREEN_EVENTS, evolve,
  decide: (command, state) => command.type === 'AdministerLethalityScreen' ? administer(command, state) : recordContact(command, state),
}
