/**
 * An arrest that somebody enters by hand, where its clock of hours cannot wait for a file. Protects: it is the same record as
 * its feed's, under the same number; what a feed has brought is corrected at its source, not over it.
 */
import { isOri, type ArrestRecordedV2, type DraftEvent, type RecordArrest, type SourceRecord } from '@chorus/contracts'
import { minuteOf, refused, type Command, type Decider, type Decision } from '@chorus/decider'
import type { ToldAt } from '../circumstance/told-at'

// Stored names. Changing one needs a new version and an upcaster.
export const ARREST_EVENTS = ['ArrestRecorded', 'EventRetracted'] as const
export const BY_HAND = 'by-hand@1'

type Told = { readonly partitionkey: string; readonly sourceRecord?: Pick<SourceRecord, 'mapping'> }
/** The case for which somebody entered it by hand, as long as it stands there: a row of its feed that names nobody leaves it so. `history`: of the arrest. */
export const enteredFor = (history: readonly Told[]): string | undefined => {
  const key = history.at(-1)?.partitionkey
  return key?.startsWith('pchCase-') && history.some(({ partitionkey, sourceRecord }) => partitionkey === key && sourceRecord?.mapping === BY_HAND) ? key.slice('pchCase-'.length) : undefined
}

/** What the edge looked up, of a number without spaces around it. `at`: null where the text is no time of this kind; `case`: 'unknown' where none has the number. */
export interface ArrestFacts {
  readonly at: ToldAt | null
  readonly case: { readonly caseId: string } | 'unknown' | null
  /** token of the arrested person, where none stands in the record yet */
  readonly newToken: string
  /** whether the incident that is named was ever reported; true where none is */
  readonly incidentKnown: boolean
  /** null: a hold is named, and not whose it is */
  readonly holdId?: string | null
  /** of the record: its number at the source, and the keyed fingerprint of what was typed */
  readonly record: Pick<SourceRecord, 'system' | 'id' | 'message'>
}
export type TellArrest = Command<'RecordArrest', Omit<RecordArrest, 'at' | 'holdNumber' | 'caseId' | 'system'> & { readonly arrestId: string; readonly facts: ArrestFacts }>

/** The newest version of the record, and how it came. */
export interface Arrest { readonly newest: { readonly id: string; readonly version: number; readonly token: string; readonly byHand: boolean; readonly message?: string } | null; readonly versions: number }
export const initial: Arrest = { newest: null, versions: 0 }

export const evolve = (state: Arrest, event: { readonly type: string; readonly data: object; readonly id?: string; readonly sourceRecord?: SourceRecord }): Arrest => {
  const { version = state.versions + 1, mapping, message } = event.sourceRecord ?? {}
  if (event.type === 'EventRetracted') return { newest: null, versions: version }
  if (event.type !== 'ArrestRecorded') return state
  return { versions: version, newest: { id: event.id ?? '', version, token: (event.data as ArrestRecordedV2).token, byHand: mapping === BY_HAND, ...(message && { message }) } }
}

export const recordArrest = ({ data: { facts: { at, case: known, newToken, incidentKnown, holdId, record }, arrestId, arrestNumber, ori, ...said }, meta }: TellArrest, { newest, versions }: Arrest): Decision => {
  if (known === 'unknown') return refused('case_unknown', 'There is no case of this number. Look its number up again, or leave it out.', { kind: 'not-found' })
  if (arrestNumber === '') return refused('number_missing', 'The number of the arrest is blank. Write it as its system has it: its feed finds the arrest by it.')
  if (!isOri(ori)) return refused('ori_unclear', 'An ORI is two capital letters and seven capital letters or digits, for example MOKPD0000. Write it as the mapping of its feed has it: under another one its feed would not find the arrest.')
  if (!incidentKnown) return refused('incident_unknown', 'No agency has reported this incident here. Look its number up again, or leave it out.', { kind: 'not-found' })
  if (holdId === null) return refused('jurisdiction_missing', 'The number of a hold leads to it only with the jurisdiction whose jail it is. Name both, or neither.')
  if (!at) return refused('time_unclear', 'Say when it was: a day (2026-07-02), an hour (2026-07-02T15) or a minute (2026-07-02T15:10) in Kansas City, or an instant in UTC.')
  if (Date.parse(at.from) > Date.parse(meta.now)) return refused('time_to_come', 'The time lies in the future. Record what has happened once it has happened.')
  if (newest && !newest.byHand) return refused('arrest_from_feed', 'Its feed has brought this arrest already. Correct it at its source: the next file brings the correction.', { kind: 'conflict' })
  if (newest && newest.message === record.message) return []
  const { time, timePrecision, timeZone } = at
  const local = timePrecision === 'instant' ? minuteOf(time) : time
  const data: ArrestRecordedV2 = {
    arrestId, ori, transactionNumber: arrestNumber, sequence: 1, armed: [], edits: [], token: newest?.token ?? newToken, arrestDate: local.slice(0, 10), ...(timePrecision !== 'day' && { arrestedAt: local }), ...said, ...(holdId && { holdId }),
  }
  return [{
    type: 'ArrestRecorded', schemaVersion: 2, data, time, timePrecision, timeZone, sourceRecord: { ...record, version: versions + 1, mapping: BY_HAND },
    ...(newest && { corrects: newest.id }), ...(known && { partitionkey: `pchCase-${known.caseId}` }),
  } satisfies DraftEvent]
}

export const arrest: Decider<Arrest, TellArrest> = { category: 'arrest', initial, knows: ARREST_EVENTS, evolve, decide: recordArrest }
