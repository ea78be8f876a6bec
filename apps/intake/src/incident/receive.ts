/**
 * What becomes of an agency's record that carries no version (NIBRS), given what its stream already holds: the next
 * version, a duplicate, or it waits for the record that it speaks of. Pure; decision 0007 says why.
 */
import type { DraftEvent, EventRetractedV1, RecordedEvent } from '@chorus/contracts'

export interface Inbound {
  /** report: the whole record · replace: the whole record in place of an earlier one · amend: parts of an earlier one · delete: takes it back */
  readonly kind: 'report' | 'replace' | 'amend' | 'delete'
  /** keyed fingerprint of the message as it came: the same bytes give the same one */
  readonly message: string
  /** keyed fingerprint of the file, and the record's first line there */
  readonly file: string
  readonly row: number
  /** name and version of the mapping that reads it, where a mapping can be mended: `reports@2` */
  readonly mapping?: string
  /** by its standard the first report of its record: what changes is sent as something else, so that it says nothing new where it comes again */
  readonly first?: boolean
  /** a person says that it holds again */
  readonly holdsAgain?: boolean
  /**
   * The events that say it, as this version of the record; `current` are the events of the version before it (for an
   * amendment, with sealed fields open), [] where there is none or it was taken back.
   */
  compose(version: number, current: readonly RecordedEvent[]): readonly DraftEvent[]
}

export type Received =
  | { readonly outcome: 'accepted'; readonly drafts: readonly DraftEvent[]; /** it replaces or takes back an earlier version */ readonly change: 'none' | 'correction' | 'retraction' }
  | { readonly outcome: 'duplicate'; readonly ordinal: number; readonly revision: number }
  /** it speaks of a record that is not known (yet) */
  | { readonly outcome: 'waits' }
  /** it said this in an earlier version, and something else since; `version`: what stands now */
  | { readonly outcome: 'said-before'; readonly version: number }

/** Of what was true once and comes in another file, nobody can tell whether it is true again or the file is an old one. */
export const SAID_BEFORE = { cause: 'said-before', text: 'the record said just this before, and something else since: it holds again, or the file is an old one. If it holds again, release it (chorus quarantine retry ID --holds-again), and it is the next correction; if the file is an old one, resolve it (SUPERSEDED)' } as const

/** It was set aside over another version than stands now. */
export const SAID_SINCE = { cause: 'said-since', text: 'the record has said something new since this was set aside: what a person is to decide on now is whether it holds over that. Where it does, the next file that brings it is set aside anew, and that one is released; resolve this one (SUPERSEDED)' } as const
/** What makes a record that was said before another one to set aside: the version that stands. */
export const occasionOf = (version: number): string => `over ${version}`

/** `history`: the record's stream in order. `contentOf`: the fingerprint that the recorder would give a draft. */
export const receive = (history: readonly RecordedEvent[], inbound: Inbound, contentOf: (draft: DraftEvent) => string): Received => {
  const sourced = history.filter(event => event.sourceRecord)
  const last = sourced.at(-1)
  if (!last) {
    if (inbound.kind !== 'report') return { outcome: 'waits' }
    return { outcome: 'accepted', drafts: inbound.compose(1, []), change: 'none' }
  }
  const version = last.sourceRecord!.version
  const newest = sourced.filter(event => event.sourceRecord!.version === version)
  // A version may retract parts and keep others; with nothing kept, the record is taken back.
  const current = newest.filter(event => event.type !== 'EventRetracted')
  const known = sourced.findLast(event => event.sourceRecord!.message === inbound.message)
  // The same message again is a duplicate, unless it stands later in the very file that changed the record since.
  const laterInTheFile = last.sourceRecord!.file === inbound.file && inbound.row > (last.sourceRecord!.row ?? 0)
  if (known && known.sourceRecord!.version !== version && !inbound.holdsAgain) {
    const ofThisFile = sourced.filter(({ sourceRecord }) => sourceRecord!.message === inbound.message && sourceRecord!.file === inbound.file)
    if (ofThisFile.some(({ sourceRecord }) => sourceRecord!.row === inbound.row)) return duplicateOf(known)
    if (!laterInTheFile) return ofThisFile.length > 0 || (inbound.first && current.length > 0) ? duplicateOf(known) : { outcome: 'said-before', version }
  }
  // By a mended mapping the same message may say something else. Of several of one file the last one stands: those before it do not.
  const readAnew = isRaised(last.sourceRecord!.mapping, inbound.mapping) && !(last.sourceRecord!.file === inbound.file && inbound.row < (last.sourceRecord!.row ?? 0))
  if (known?.sourceRecord!.version === version && !readAnew) return duplicateOf(known)
  if (inbound.kind === 'delete') {
    const taken = current.length === 0 ? [] : inbound.compose(version + 1, current)
    // What it names is no part of the record any more, or never was: the record is as it says already.
    if (taken.length === 0) return duplicateOf(last)
    return { outcome: 'accepted', drafts: correcting(taken, current), change: 'retraction' }
  }
  if (current.length === 0) {
    if (inbound.kind === 'amend') return { outcome: 'waits' }
    return { outcome: 'accepted', drafts: correcting(inbound.compose(version + 1, []), newest), change: 'correction' }
  }
  const same = inbound.compose(version, current)
  // An amendment of parts that are not there says nothing yet.
  if (same.length === 0) return { outcome: 'waits' }
  // A local time reads the same in every zone, and its fingerprint too: a mended mapping may have another one.
  const unchanged = current.every((event, at) => same[at] !== undefined && contentOf({ ...same[at], index: at }) === event.content && !(readAnew && same[at].timeZone !== event.timeZone))
  if (unchanged && same.length === current.length) return duplicateOf(last)
  // Where all that is known stays as it is, what is more joins it: that corrects nothing.
  return { outcome: 'accepted', drafts: correcting(inbound.compose(version + 1, current), current), change: unchanged ? 'none' : 'correction' }
}

/** Whether it is a later version of the mapping that read the one before; of a mapping of another name nobody can say. */
const isRaised = (before: string, now: string | undefined): boolean => {
  const [[nameBefore, versionBefore], [name, version]] = [before, now ?? ''].map((mapping) => mapping.split('@')) as [string[], string[]]
  return name === nameBefore && Number(version) > Number(versionBefore)
}

const duplicateOf = (event: RecordedEvent): Received => ({ outcome: 'duplicate', ordinal: event.ordinal, revision: event.revision })

/**
 * Each event names the one in its place in the version before; one more than there were is new; what has no successor is
 * taken back, so that the events nobody corrects are always the record as it stands.
 */
const correcting = (drafts: readonly DraftEvent[], before: readonly RecordedEvent[]): DraftEvent[] => {
  const placed = drafts.map((draft, at) => { const corrects = draft.corrects ?? before[at]?.id; return corrects === undefined ? draft : { ...draft, corrects } })
  const [first] = placed
  const succeeded = new Set(placed.map(draft => draft.corrects))
  if (!first) return placed
  const left = before.filter(event => !succeeded.has(event.id) && event.type !== 'EventRetracted')
  return [...placed, ...left.map((event, at): DraftEvent => ({
    ...first, type: 'EventRetracted', schemaVersion: 1, data: { retracts: event.id, reasonCode: 'SOURCE_REPLACED' } satisfies EventRetractedV1, corrects: event.id, index: placed.length + at,
  }))]
}
