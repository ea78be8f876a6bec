/** Which records are closed to a reader, as of now: asked at the log's head, whatever moment the reader looks at. */
import { AGENCIES, eventRegistry, isAgency, type Actor, type RecordedEvent, type Role } from '@chorus/contracts'
import { fold, streamOf } from '@chorus/decider'
import { accessIdOf, initial, recordAccess, STILL_ALLOWED, type RecordAccess } from './record-access'

/** Agencies of criminal justice, beside the police agencies that are named by their ORI. */
const JUSTICE = ['KCPD', 'JCPO', 'MUNI_COURT', 'PROBATION']
const isJustice = (agency: string): boolean => JUSTICE.includes(agency) || (!(AGENCIES as readonly string[]).includes(agency) && isAgency(agency))

export type Reader = Pick<Actor, 'role' | 'agency'>

/** What was found in a criminal history, if only counted, stays inside justice (domain 1.6, 5.2), whether its record is closed or not; the privacy officer answers for it. */
export const maySeeHistory = ({ role, agency }: Reader): boolean => role === 'privacyOfficer' || isJustice(agency)

/** A role keeps it where the event names it and its agency is one of justice; the privacy officer answers for the closing itself. */
export const mayStillSee = ({ grounds }: RecordAccess, { role, agency }: Reader): boolean =>
  Object.values(grounds).every((roles) => roles.includes(role as Role) && (role === 'privacyOfficer' || isJustice(agency)))

/** Whether a record that is closed now would be open to the reader: nothing is closed to most who ask, and nothing has to be looked up. */
export const keepsClosed = (reader: Reader): boolean => mayStillSee({ grounds: { COURT_ORDER: STILL_ALLOWED } }, reader)

interface Log { loadMany(streams: string[]): Promise<ReadonlyMap<string, readonly RecordedEvent[]>> }

/** What is closed to one reader, of the records that were asked for; each by its stream. */
export interface Closed { has(record: string): boolean; /** destroyed by order: it is there for nobody, and a case neither */ isGone(record: string): boolean; readonly size: number }
export const NOTHING_CLOSED: Closed = { has: () => false, isGone: () => false, size: 0 }

/** Of these records, by their streams, those that are closed to the reader. */
export const closedTo = async (log: Log, records: Iterable<string>, reader: Reader): Promise<Closed> => {
  const asked = [...new Set(records)]
  if (asked.length === 0) return NOTHING_CLOSED
  const streams = asked.map((record) => streamOf(recordAccess, accessIdOf(record)))
  const found = await log.loadMany(streams)
  const states = asked.map((record, at) => ({ record, state: fold(recordAccess, found.get(streams[at]!) ?? [], initial) }))
  const closed = new Set(states.filter(({ state }) => !mayStillSee(state, reader)).map(({ record }) => record))
  const gone = new Set(states.filter(({ state }) => state.grounds.DESTROYED).map(({ record }) => record))
  return { has: (record) => closed.has(record), isGone: (record) => gone.has(record), size: closed.size }
}

/** All that was ever closed and is closed to the reader now, or was destroyed: ids of the records of a category. For what is counted beside a list; one pass over what was closed. */
export const everythingClosedTo = async (log: { read(options: { readonly filter: { readonly categories: readonly string[] } }): AsyncIterable<RecordedEvent> }, reader: Reader): Promise<Record<'closed' | 'gone', (category: string) => string[]>> => {
  const states = new Map<string, { record: string; state: RecordAccess }>()
  for await (const event of log.read({ filter: { categories: ['recordAccess'] } })) {
    const before = states.get(event.stream)
    states.set(event.stream, { record: (event.data as { record?: string }).record ?? before?.record ?? '', state: recordAccess.evolve(before?.state ?? initial, event) })
  }
  const idsWhere = (holds: (state: RecordAccess) => boolean) => (category: string): string[] => [...states.values()].flatMap(({ record, state }) => (record.startsWith(`${category}-`) && holds(state) ? [record.slice(category.length + 1)] : []))
  return { closed: idsWhere((state) => !mayStillSee(state, reader)), gone: idsWhere(({ grounds }) => grounds.DESTROYED !== undefined) }
}

/** Categories whose streams are records of their own: closed, they are not there. A case is there as long as its tasks are; its level is not. */
const RECORDS = ['incident', 'arrest', 'windowReport', 'referral']
const categoryOf = (stream: string): string => stream.slice(0, stream.indexOf('-'))
/** What a screen or a review says belongs to the safety of somebody else: it stays, without the id of the record. */
const OF_ANOTHER = ['lethalityScreen', 'safetyReview', 'safetyWarning', 'notification', 'pchCase', 'pchService']
type Said = Pick<RecordedEvent, 'stream' | 'data' | 'type' | 'partitionkey'>
const idsIn = (data: object): { readonly incidentId?: unknown; readonly caseId?: unknown } => data

/** The records by which it is decided whether a reader sees the event. */
export const recordsOf = ({ stream, data, partitionkey }: Pick<Said, 'stream' | 'data' | 'partitionkey'>): string[] => {
  const { incidentId, caseId } = idsIn(data)
  return [stream, partitionkey, ...(typeof incidentId === 'string' ? [`incident-${incidentId}`] : []), ...(typeof caseId === 'string' ? [`pchCase-${caseId}`] : []), ...(categoryOf(stream) === 'eligibility' || categoryOf(stream) === 'charging' ? [stream.replace(/^[^-]+/, 'incident')] : [])]
}
/** Whether all of the event is closed: a closed record's own, what speaks of it alone, and the level of a case without an open basis. */
export const isClosed = (event: Said, closed: Closed): boolean => {
  const category = categoryOf(event.stream)
  if (recordsOf(event).some((record) => closed.isGone(record))) return true
  if (RECORDS.includes(category) && closed.has(event.stream)) return true
  if (!OF_ANOTHER.includes(category) && recordsOf(event).some((record) => !record.startsWith('pchCase-') && closed.has(record))) return true
  return isLevelClosed(event, closed) && eventRegistry.knows(event.type) && eventRegistry.latest(event.type).tells === 'level'
}
/** Whether fields that tell the level are closed in this event. */
export const isLevelClosed = ({ stream, data, partitionkey }: Pick<Said, 'stream' | 'data' | 'partitionkey'>, closed: Closed): boolean =>
  [stream, partitionkey, `pchCase-${String(idsIn(data).caseId)}`].some((one) => one.startsWith('pchCase-') && closed.has(one))

/** Of rows of a list, those whose record was not destroyed: for lists that everybody who may ask for them sees otherwise. */
export const withoutGone = async <Row>(log: Log, rows: readonly Row[], recordOf: (row: Row) => string): Promise<Row[]> => {
  const closed = await closedTo(log, rows.map(recordOf), NOBODY)
  return rows.filter((row) => !closed.isGone(recordOf(row)))
}
/** Whether it is there for anybody at all. */
export const isGone = async (log: Log, record: string): Promise<boolean> => (await closedTo(log, [record], NOBODY)).isGone(record)
const NOBODY: Reader = { role: 'nobody', agency: 'none' }
