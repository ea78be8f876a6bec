/** What waits, and what was settled: the consumers' own table and the log itself, never a list that is behind. By reference: no data of an event is read here. */
import type { Sql } from 'postgres'
import type { DeadLetterKind, DeadLetterReason, DeadLetterResolvedV1, DeadLetterRetryRequestedV1, RecordedEvent, Sealable } from '@chorus/contracts'
import { refused, type Refusal } from '@chorus/decider'
import { parkedList, type ParkedWork } from '@chorus/event-bus'
import type { EventStore, Recorder } from '@chorus/event-store'
import { deadLetterId, type Parked } from './dead-letter'

export const STATUSES = ['open', 'resolved', 'all'] as const
export type Status = (typeof STATUSES)[number]

/** Which event of which stream, for which consumer, and why it waits or waited. */
interface Reference { readonly id: string; readonly consumer: string; readonly topic: string; readonly stream: string; readonly revision: number; readonly eventId?: string; readonly kind: DeadLetterKind; readonly cause: string }

export interface OpenLetter extends Reference {
  readonly status: 'open'
  /** absent for a hole */
  readonly type?: string
  /** what went wrong, in words */
  readonly detail: string
  /** since when it waits */
  readonly since: string
  readonly attempts: number
  /** when it is tried again by itself; null: only a person brings it back */
  readonly nextTry: string | null
  /** how many later events of its stream were seen and wait behind it */
  readonly waiting: number
}
export interface SettledLetter extends Reference { readonly status: 'resolved'; readonly reasonCode: DeadLetterReason; readonly resolved: string; readonly by: string }
export type Letter = OpenLetter | SettledLetter

/** One fault of one consumer. */
export interface Group { readonly consumer: string; readonly cause: string; readonly kind: DeadLetterKind; readonly status: 'open' | 'resolved'; readonly count: number; /** of the open: since when the first of them waits; of the resolved: when the first was resolved */ readonly oldest: string }
export interface LetterList { readonly total: number; readonly groups: readonly Group[]; readonly letters: readonly Letter[] }

/** What was done about it, oldest first. */
export interface Step { readonly what: 'retry-requested' | 'resolved'; readonly at: string; readonly by: string; readonly role: string; readonly agency: string; readonly reasonCode?: DeadLetterReason; /** absent where it was erased by order */ readonly reason?: string; readonly ordinal: number }
export type LetterDetail = (Omit<OpenLetter, 'status'> | Reference) & {
  /** worked: it was parked and tried again since, and waits no more */
  readonly status: 'open' | 'resolved' | 'worked'
  /** the event's; absent for a hole */
  readonly type?: string
  /** what to do */
  readonly text: string
  /** the event's place in the log; absent where the log holds none at this revision */
  readonly ordinal?: number
  readonly recordedtime?: string
  readonly history: readonly Step[]
}

export interface LetterFilter { readonly consumer?: string; readonly cause?: string; readonly kind?: DeadLetterKind }

type Said = DeadLetterResolvedV1 | DeadLetterRetryRequestedV1

export class DeadLetterList {
  constructor(private readonly deps: { readonly database: Sql; readonly store: Pick<EventStore, 'readStream'>; readonly recorder: Recorder }) {}

  /** What waits now, the oldest first, with the id of its row in the consumer's table. */
  async parked(filter: LetterFilter = {}): Promise<{ readonly row: string; readonly letter: OpenLetter }[]> {
    return (await parkedList(this.deps.database, filter)).map((work) => ({ row: work.id, letter: openOf(work) }))
  }

  async rows({ status, limit, ...filter }: LetterFilter & { readonly status: Status; readonly limit: number }): Promise<LetterList> {
    const open = status === 'resolved' ? [] : (await this.parked(filter)).map(({ letter }) => letter)
    // The newest first: what was settled long ago is looked for by its cause.
    const settled = status === 'open' ? [] : (await this.settled(filter)).reverse()
    const letters: Letter[] = [...open, ...settled]
    return { total: letters.length, groups: groupsOf(letters), letters: letters.slice(0, limit) }
  }

  async detail(id: string): Promise<LetterDetail | Refusal> {
    const stored = await this.deps.recorder.load(`deadLetter-${id}`)
    const open = (await this.parked()).find(({ letter }) => letter.id === id)?.letter
    const last = stored.at(-1)
    if (!open && !last) return refused('dead_letter_unknown', 'No parked event has this id, and none was ever settled or tried again under it. The list: chorus dead-letters list.', { kind: 'not-found' })
    const status = stored.some(({ type }) => type === 'DeadLetterResolved') ? 'resolved' as const : open ? 'open' as const : 'worked' as const
    const reference = open ?? referenceOf(last!.data as Said)
    const event = await this.place(reference.stream, reference.revision)
    const history = (await this.deps.recorder.unseal(stored, () => true)).map(stepOf)
    // what was recorded about it names the event, not its type: the log keeps that
    const type = open?.type ?? (reference.eventId === undefined ? undefined : event?.type)
    return { ...reference, status, ...(type !== undefined && { type }), text: whatToDo(status, reference), ...(event && { ordinal: event.ordinal, recordedtime: event.recordedtime }), history }
  }

  private async settled({ consumer, cause, kind }: LetterFilter): Promise<SettledLetter[]> {
    const letters: SettledLetter[] = []
    for await (const event of this.deps.recorder.read({ filter: { categories: ['deadLetter'], types: ['DeadLetterResolved'] } })) {
      const data = event.data as DeadLetterResolvedV1
      if ((consumer !== undefined && data.consumer !== consumer) || (cause !== undefined && data.cause !== cause) || (kind !== undefined && data.kind !== kind)) continue
      letters.push({ ...referenceOf(data), status: 'resolved', reasonCode: data.reasonCode, resolved: event.recordedtime, by: event.actor.id })
    }
    return letters
  }

  private async place(stream: string, revision: number): Promise<{ ordinal: number; recordedtime: string; type: string } | undefined> {
    for await (const { ordinal, recordedtime, type, revision: at } of this.deps.store.readStream(stream, { from: revision, limit: 1 })) if (at === revision) return { ordinal, recordedtime, type }
    return undefined
  }
}

/** What an event about it may hold of a parked row. */
export const parkedOf = ({ consumer, topic, stream, revision, eventId, kind, cause }: OpenLetter): Parked => ({ consumer, topic, stream, revision, ...(eventId && { eventId }), kind, cause: nameOf(cause) })
/** Causes are names of ours or of an error's class: an odd one is kept as far as it is a name. */
const nameOf = (cause: string): string => cause.replace(/[^A-Za-z0-9._:@/+-]/g, '-').replace(/^[^A-Za-z0-9]+/, '').slice(0, 80) || 'unnamed'

const openOf = ({ consumer, topic, stream, revision, eventId, type, kind, cause, detail, since, attempts, nextTry, waiting }: ParkedWork): OpenLetter => ({
  id: deadLetterId({ consumer, topic, stream, revision }), status: 'open', consumer, topic, stream, revision, ...(eventId !== null && { eventId }), ...(type !== null && { type }),
  kind, cause, detail, since, attempts, nextTry, waiting,
})
const referenceOf = ({ deadLetterId: id, consumer, topic, stream, revision, eventId, kind, cause }: Said): Reference => ({ id, consumer, topic, stream, revision, ...(eventId && { eventId }), kind, cause })

const groupsOf = (letters: readonly Letter[]): Group[] => {
  const groups = new Map<string, Group>()
  for (const letter of letters) {
    const { consumer, cause, kind, status } = letter
    const at = letter.status === 'open' ? letter.since : letter.resolved
    const key = [status, consumer, cause, kind].join('|')
    const group = groups.get(key)
    groups.set(key, { consumer, cause, kind, status, count: (group?.count ?? 0) + 1, oldest: group && group.oldest < at ? group.oldest : at })
  }
  return [...groups.values()].sort((a, b) => b.count - a.count || (a.oldest < b.oldest ? -1 : 1))
}

const stepOf = ({ type, data, recordedtime, actor, ordinal }: RecordedEvent): Step => {
  const { note, reasonCode } = data as { readonly note?: Sealable; readonly reasonCode?: DeadLetterReason }
  return { what: type === 'DeadLetterResolved' ? 'resolved' : 'retry-requested', at: recordedtime, by: actor.id, role: actor.role, agency: actor.agency, ...(reasonCode && { reasonCode }), ...(typeof note === 'string' && { reason: note }), ordinal }
}

const whatToDo = (status: LetterDetail['status'], { kind, revision }: Reference): string => {
  if (status === 'worked') return 'it was tried again and its consumer has worked it, or stands at a later event of the stream by now: nothing is left to do here'
  if (status === 'resolved') return 'it is settled: its consumer passes the event over, now and whenever it is rebuilt'
  switch (kind) {
    case 'deferred': return 'it waits for an event of another stream and is tried again by itself; if it waits for long, look whether that event was ever recorded'
    case 'retriable': return 'it is tried again by itself; if it goes on failing, mend what the cause names (chorus health, the log of the service)'
    case 'permanent': return 'it will not go by itself: mend what the cause names, then retry it; resolve it only where it must never be worked'
    case 'hole': return `revision ${revision} never came by the topic: retry reads it from the log; resolve only what the log does not hold either`
  }
}
