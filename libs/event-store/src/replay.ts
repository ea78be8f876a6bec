/**
 * Folds the whole log into counts and one digest. The digest depends on the events alone: not on the store, the
 * machine's zone or locale, nor on any read model. Two logs with the same events in the same order, recorded at the
 * same times, give the same digest.
 */
import { createHash, type Hash } from 'node:crypto'

export const REPLAY_DEFINITION = 'chorus-replay@1'

/** What the fold needs of a stored event. */
export interface ReplayedEvent { readonly ordinal: number; readonly recordedtime: string; readonly stream: string; readonly revision: number; readonly type: string; readonly text: string }

export interface ReplayResult {
  readonly definition: string
  readonly log: string
  readonly events: number
  readonly streams: number
  /** ordinal of the last event folded, 0 for none */
  readonly through: number
  readonly firstRecorded: string | null
  readonly lastRecorded: string | null
  /** events by type and version, sorted by name (code unit order, whatever the locale) */
  readonly byType: Readonly<Record<string, number>>
  /** streams by category */
  readonly byCategory: Readonly<Record<string, number>>
  /** SHA-256, lower-case hex */
  readonly digest: string
}

interface Folded { type: string; schemaVersion: number; log: string }

export class Replay {
  private readonly hash: Hash = createHash('sha256').update(`${REPLAY_DEFINITION}\n`)
  private readonly types = new Map<string, number>()
  private readonly categories = new Map<string, number>()
  private events = 0
  private streams = 0
  private through = 0
  private first: string | null = null
  private last: string | null = null

  constructor(private readonly log: string) {}

  /** Events must come in log order; an assertion, not a refusal: a reader that skips is a bug. */
  fold(event: ReplayedEvent): void {
    if (event.ordinal <= this.through) throw new Error(`replay: ordinal ${event.ordinal} came after ${this.through}`)
    this.through = event.ordinal
    this.events++
    if (event.revision === 0) {
      this.streams++
      bump(this.categories, event.stream.slice(0, Math.max(event.stream.indexOf('-'), 0)) || event.stream)
    }
    const body = JSON.parse(event.text) as Folded
    bump(this.types, `${body.type}@${body.schemaVersion}`)
    this.first ??= event.recordedtime
    this.last = event.recordedtime
    this.hash.update(`${event.ordinal}\n${event.recordedtime}\n${event.text}\n`)
  }

  result(): ReplayResult {
    const byType = sorted(this.types)
    const byCategory = sorted(this.categories)
    const digest = this.hash.copy().update(JSON.stringify([this.events, this.streams, byType, byCategory])).digest('hex')
    return { definition: REPLAY_DEFINITION, log: this.log, events: this.events, streams: this.streams, through: this.through, firstRecorded: this.first, lastRecorded: this.last, byType, byCategory, digest }
  }
}

const bump = (counts: Map<string, number>, key: string) => counts.set(key, (counts.get(key) ?? 0) + 1)
// Plain comparison of code units: localeCompare would make the digest depend on the machine.
const sorted = (counts: Map<string, number>): Record<string, number> => Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
