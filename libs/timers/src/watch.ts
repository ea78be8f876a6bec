/** What a timer is: a fold over events. Nothing of it is kept but what a rebuild from the log makes again. */
import type { RecordedEvent, TimerName, TimerOwner } from '@chorus/contracts'

export interface Timer {
  readonly timer: TimerName
  readonly owner: TimerOwner
  /** what it runs from: an instant or a day */
  readonly from: string
  /** RFC 3339 instant in UTC */
  readonly due: string
  /** that it was missed is on record */
  readonly missed: boolean
}
/** The timers of one stream, and what must be remembered of it beside. */
export interface Watched { readonly timers: readonly Timer[]; readonly memory?: Readonly<Record<string, unknown>> }
export const NOTHING: Watched = { timers: [] }

/** Timers of the streams of one category. */
export interface Watch<Values> {
  /** of the streams on which its missed deadlines are recorded */
  readonly category: string
  /** all event types of those streams: where another stands, nothing is decided */
  readonly knows: readonly string[]
  /** the watched stream that an event, of whatever stream, speaks of; null: none of this watch */
  readonly streamOf: (event: RecordedEvent) => string | null
  /** `values`: what the policy says that held when the event was recorded */
  readonly evolve: (watched: Watched, event: RecordedEvent, values: Values) => Watched
}

export const running = (watched: Watched, timer: Omit<Timer, 'missed'>): Watched => ({ ...watched, timers: [...watched.timers.filter((other) => other.timer !== timer.timer), { ...timer, missed: false }] })
export const ended = (watched: Watched, ...timers: readonly TimerName[]): Watched => ({ ...watched, timers: watched.timers.filter(({ timer }) => !timers.includes(timer)) })

interface Missed { readonly timer: string; readonly dueAt: string }
export const DEADLINE_MISSED = 'DeadlineMissed'
/** One event into the timers of one stream. */
export const evolveWatched = <Values>(watch: Watch<Values>, watched: Watched, event: RecordedEvent, values: Values): Watched => {
  if (event.type !== DEADLINE_MISSED) return watch.evolve(watched, event, values)
  const { timer, dueAt } = event.data as unknown as Missed
  return { ...watched, timers: watched.timers.map((one) => one.timer === timer && Date.parse(one.due) === Date.parse(dueAt) ? { ...one, missed: true } : one) }
}
/** When the next of them is due of which nothing is on record yet; null: none. */
export const nextDue = ({ timers }: Watched): string | null => timers.filter(({ missed }) => !missed).map(({ due }) => due).sort()[0] ?? null
