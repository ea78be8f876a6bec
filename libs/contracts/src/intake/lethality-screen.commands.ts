import { CommandBody } from '../commands'
import { Code, Codes, Count, Flag, Name, Timestamp, Token, Uuid } from '../fields'
import { INSTRUMENTS, SCREEN_ANSWERS, type Instrument, type ScreenAnswer } from './lethality-screen.v1'

@CommandBody({ type: 'AdministerLethalityScreen', roles: ['detective', 'intakeAnalyst'], agencies: ['KCPD'], summary: 'Record a lethality screen: the answers alone; what comes of them is computed' })
export class AdministerLethalityScreen {
  @Uuid({ doc: 'the incident' }) incidentId!: string
  @Token({ kind: 'per', doc: 'the victim of record, as the report names the person' }) victimToken!: string
  @Token({ kind: 'per', doc: 'the other of the two, as the report names the person' }) offenderToken!: string
  @Code(INSTRUMENTS, { doc: 'which instrument' }) instrument!: Instrument
  @Codes(SCREEN_ANSWERS, { max: 13, doc: 'the answers, in the order of the form: LAP and DA-LE 11, ODARA 13' }) answers!: ScreenAnswer[]
  @Flag({ optional: true, doc: 'LAP: the officer believes it may be lethal, or the open question worries; DA-LE: professional judgement overrides' }) officerBelief?: boolean
  @Timestamp({ doc: 'when the screen was taken' }) administeredAt!: string
}

@CommandBody({ type: 'RecordHotlineContact', roles: ['detective', 'intakeAnalyst'], agencies: ['KCPD'], summary: 'Record that the hotline was called after a screen; nothing of what was said' })
export class RecordHotlineContact {
  @Timestamp({ doc: 'when it was called' }) calledAt!: string
  @Name({ doc: 'the hotline\'s program' }) programId!: string
  @Flag({ doc: 'the victim spoke with the advocate' }) victimSpoke!: boolean
  @Count({ max: 600, optional: true, doc: 'how long, minutes' }) durationMinutes?: number
}
