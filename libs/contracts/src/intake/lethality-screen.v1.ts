/** What stands in the stream of one screen: the answers as they were given, what came of them, and the call to the hotline. */
import type { Sealable } from '../envelope'
import { Event } from '../event'
import { Code, Codes, Count, Flag, Name, Timestamp, Token, Uuid } from '../fields'
import { ROLES, type Role } from '../rights'

/** LAP: Lethality Assessment Program, Maryland Model · DA_LE: Danger Assessment for Law Enforcement · ODARA: Ontario Domestic Assault Risk Assessment. The Danger Assessment itself stays with the survivors' services. */
export const INSTRUMENTS = ['LAP', 'DA_LE', 'ODARA'] as const
export type Instrument = (typeof INSTRUMENTS)[number]
/** ODARA's 1, 0 and ? are YES, NO and NOT_ANSWERED. */
export const SCREEN_ANSWERS = ['YES', 'NO', 'NOT_ANSWERED'] as const
export type ScreenAnswer = (typeof SCREEN_ANSWERS)[number]
/** LAP's five boxes, the two sides of DA-LE's threshold, and ODARA's bins: a bin, never a percentage. */
export const SCREEN_OUTCOMES = [
  'SCREENED_IN_Q1_3', 'SCREENED_IN_Q4_11', 'SCREENED_IN_OFFICER_BELIEF', 'NOT_SCREENED_IN', 'NOT_ANSWERED',
  'HIGH', 'HIGH_BY_JUDGEMENT', 'NOT_HIGH',
  'BIN_0', 'BIN_1', 'BIN_2', 'BIN_3', 'BIN_4', 'BIN_5_6', 'BIN_7_13', 'NOT_SCORABLE',
] as const
export type ScreenOutcome = (typeof SCREEN_OUTCOMES)[number]

const screen = { version: 1, categories: ['lethalityScreen'], classification: 'CJI', context: 'incident', producer: 'intake', consumers: ['intake', 'evaluation'] } as const

@Event({ type: 'LethalityScreenAdministered', ...screen, time: 'when the screen was taken', summary: 'Somebody of justice took a lethality screen: the answers, which instrument, and what came of it. It sets no level and reaches nobody who helps or tells the person who causes harm.' })
export class LethalityScreenAdministeredV1 {
  @Uuid({ of: 'lethalityScreen', doc: 'the screen' }) screenId!: string
  @Uuid({ of: 'incident', doc: 'the incident' }) incidentId!: string
  @Token({ kind: 'per', about: 'victim', doc: 'the victim of record who was asked, or about whom it was filled in' }) victimToken!: string
  @Token({ kind: 'per', about: 'pch', doc: 'the other of the two' }) offenderToken!: string
  @Code(INSTRUMENTS, { doc: 'which instrument' }) instrument!: Instrument
  @Name({ doc: 'version of its form' }) instrumentVersion!: string
  @Codes(SCREEN_ANSWERS, { max: 13, sealed: true, sealedFor: 'victimToken', about: 'victim', doc: 'the answers, in the order of the form' }) answers!: Sealable<readonly ScreenAnswer[]>
  @Flag({ doc: 'LAP: the officer believes it may be lethal, whatever was answered; DA-LE: professional judgement overrides; ODARA has none' }) officerBelief!: boolean
  @Code(SCREEN_OUTCOMES, { doc: 'what came of it, as computed then; a later algorithm never overwrites it' }) outcome!: ScreenOutcome
  @Name({ doc: 'algorithm and version that computed it' }) algorithmVersion!: string
  @Timestamp({ doc: 'when it was taken' }) administeredAt!: string
  @Code(ROLES, { doc: 'role of who recorded it' }) recordedByRole!: Role
}

@Event({ type: 'AdvocateHotlineContactRecorded', ...screen, time: 'when the hotline was called', summary: 'The officer called the hotline from the scene. From the police form, never from the shelter; nothing of what was said.' })
export class AdvocateHotlineContactRecordedV1 {
  @Uuid({ of: 'lethalityScreen', doc: 'the screen' }) screenId!: string
  @Timestamp({ doc: 'when it was called' }) calledAt!: string
  @Name({ doc: 'the hotline\'s program' }) programId!: string
  @Flag({ doc: 'the victim spoke with the advocate; it is the victim\'s choice' }) victimSpoke!: boolean
  @Count({ max: 600, optional: true, doc: 'how long, minutes' }) durationMinutes?: number
}
