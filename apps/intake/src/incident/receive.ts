/**
 * What becomes of an agency's record that carries no version (NIBRS), given what its stream already holds: the next
 * version, a duplicate, or it waits for the record that it speaks of. Pure; decision 0007 says why.
 */
import type { DraftEvent, RecordedEvent } from '@chorus/contracts'

export interface Inbound {
  /** report: the whole record · replace: the whole record in place of an earlier one · amend: parts of an earlier one · delete: takes it back */
  readonly kind: 'report' | 'replace' | 'amend' | 'delete'
  /** keyed fingerprint of the message as it came: the same bytes give the same one */
  readonly message: string
  /** keyed fingerprint of the file, and the record's first line there */
  readonly file: string
  readonly row: number
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

/** `history`: the record's stream in order. `contentOf`: the fingerprint that the recorder would give a draft. */
export const receive = (history: readonly RecordedEvent[], inbound: Inbound, contentOf: (draft: DraftEvent) => string): Received => {
  const sourced = history.filter(event => event.sourceRecord)
  const last = sourced.at(-1)
  if (!last) {
    if (inbound.kind !== 'report') return { outcome: 'waits' }
    return { outcome: 'accepted', drafts: inbound.compose(1, []), change: 'none' }
  }
  const version = last.sourceRecord!.version
  const current = sourced.filter(event => event.sourceRecord!.version === version)
  const retracted = last.type === 'EventRetracted'
  const known = sourced.findLast(event => event.sourceRecord!.message === inbound.message)
  // The same message again is a duplicate, unless it stands later in the very file that changed the record since.
  const laterInTheFile = last.sourceRecord!.file === inbound.file && inbound.row > (last.sourceRecord!.row ?? 0)
  if (known && (known.sourceRecord!.version === version || !laterInTheFile)) return duplicateOf(known)
  if (inbound.kind === 'delete') {
    if (retracted) return duplicateOf(last)
    return { outcome: 'accepted', drafts: correcting(inbound.compose(version + 1, current), current), change: 'retraction' }
  }
  if (retracted) {
    if (inbound.kind === 'amend') return { outcome: 'waits' }
    return { outcome: 'accepted', drafts: correcting(inbound.compose(version + 1, []), current), change: 'correction' }
  }
  const same = inbound.compose(version, current)
  // An amendment of parts that are not there says nothing yet.
  if (same.length === 0) return { outcome: 'waits' }
  if (same.length === current.length && same.every((draft, at) => contentOf(draft) === current[at]!.content)) return duplicateOf(last)
  return { outcome: 'accepted', drafts: correcting(inbound.compose(version + 1, current), current), change: 'correction' }
}

const duplicateOf = (event: RecordedEvent): Received => ({ outcome: 'duplicate', ordinal: event.ordinal, revision: event.revision })
/** Each event names the one in its place in the version before, or that version's first. */
const correcting = (drafts: readonly DraftEvent[], current: readonly RecordedEvent[]): DraftEvent[] =>
  drafts.map((draft, at) => ({ ...draft, corrects: (current[at] ?? current[0]!).id }))
