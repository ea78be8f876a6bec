/**
 * What was ordered about the keys of one subject, a person's token or the stream of a record: a legal hold, an order to close,
 * an order to destroy. Under a hold nothing is destroyed; an order to destroy, once recorded, is carried out and not taken
 * back. CLOSE keeps everything for justice (who may see it is said where the holders of records read it: libs/record-access);
 * DESTROY leaves nothing that opens it.
 */
import type { CommandMeta, Context, Court, DestroyKeys, DraftEvent, ExpungementOrderRecordedV1, CloseRecord, LegalHoldPlacedV1, PlaceLegalHold, RecordedEvent, ReleaseLegalHold, SubjectKeyDestroyedV1 } from '@chorus/contracts'
import { atNow, refused, type Command, type Decider, type Decision } from '@chorus/decider'

// Stored names. Changing one needs a new version and an upcaster.
const LegalHoldPlaced = 'LegalHoldPlaced'
const LegalHoldReleased = 'LegalHoldReleased'
const ExpungementOrderRecorded = 'ExpungementOrderRecorded'
/** as builds before this one recorded it, beside the order */
const RecordAccessRestricted = 'RecordAccessRestricted'
const SubjectKeyDestroyed = 'SubjectKeyDestroyed'

/** Exactly one of the two. */
export type Subject = Pick<LegalHoldPlacedV1, 'personRef' | 'record'>
export interface DestroyedKey { readonly keyId: string; readonly context: Context; readonly orderedBy: string; /** RFC 3339 instant */ readonly at: string }

/** `heldElsewhere`: a hold stands on another token of the person, or on a record that would go with it. `linkedNow`: the other tokens that are linked as the same person's. */
export type Destroy = Command<'DestroyKeys', DestroyKeys & { readonly subject: Subject; readonly heldElsewhere: boolean; readonly linkedNow: readonly string[] }>
export type Close = Command<'CloseRecord', CloseRecord & { readonly subject: Subject }>
export type Place = Command<'PlaceLegalHold', PlaceLegalHold & { readonly subject: Subject }>
export type Release = Command<'ReleaseLegalHold', ReleaseLegalHold & { readonly subject: Subject }>
/** A fact: these keys are gone. */
export type Tell = Command<'TellDestroyed', { readonly subject: Subject; readonly keys: readonly DestroyedKey[] }>
export type SubjectKeyCommand = Destroy | Close | Place | Release | Tell

export interface SubjectKey { readonly held: boolean; readonly closed: boolean; readonly ordered: boolean; /** other tokens that the order to destroy names: with the subject, all that it ever destroys */ readonly orderedWith: readonly string[]; /** ids of the keys whose end is recorded */ readonly destroyed: readonly string[] }
export const initial: SubjectKey = { held: false, closed: false, ordered: false, orderedWith: [], destroyed: [] }

export const evolve = (state: SubjectKey, event: RecordedEvent): SubjectKey => {
  switch (event.type) {
    case LegalHoldPlaced: return { ...state, held: true }
    case LegalHoldReleased: return { ...state, held: false }
    case ExpungementOrderRecorded: {
      const { mode, linked = [] } = event.data as ExpungementOrderRecordedV1
      return mode === 'DESTROY' ? { ...state, ordered: true, orderedWith: linked.map(({ personRef }) => personRef) } : { ...state, closed: true }
    }
    case RecordAccessRestricted: return { ...state, closed: true }
    case SubjectKeyDestroyed: return { ...state, destroyed: [...state.destroyed, (event.data as SubjectKeyDestroyedV1).keyId] }
    default: return state
  }
}

const HELD = refused('legal_hold', 'A legal hold stands on this, or on something that would go with it: nothing was destroyed and nothing recorded. Have the hold released first: chorus key release.', { kind: 'conflict' })
/** Also of an order that is recorded: what is not destroyed yet is kept. */
export const HELD_SINCE = refused('legal_hold', 'The order is recorded, and a legal hold stands on something that goes with it: what is not destroyed yet is kept. Have the hold released first (chorus key release), then send the order again.', { kind: 'conflict' })
const NAMES_OTHERS = refused('order_names_others', 'The order that is recorded names other tokens than these, and it destroys what it names alone. Look at it (chorus key status); record an order of its own for each of the others. Nothing was destroyed and nothing recorded.', { kind: 'conflict' })
const LINKED = refused('linked_tokens', 'Links make other tokens the same person\'s, and the order does not name just these. Look at them (chorus key status). Are they his, send the order again and name all of them; is a link wrong, have it taken back first. Nothing was destroyed and nothing recorded.', { kind: 'conflict' })
const DESTROYED = refused('keys_destroyed', 'Its keys are destroyed, by an order that is recorded: there is nothing left to keep or to close.', { kind: 'conflict' })
export const NOT_HERE = refused('nothing_here', 'Nothing is here under this token or number: no key, no record, no order. Nothing was recorded. Look for a slip of the pen; "chorus key status" shows what there is.', { kind: 'not-found' })
const NOT_HELD = refused('not_held', 'No legal hold stands on this.', { kind: 'conflict' })

const same = (some: readonly string[], others: readonly string[]): boolean => [...new Set(some)].sort().join() === [...new Set(others)].sort().join()
const said = (type: string, data: object, meta: CommandMeta): DraftEvent => ({ type, schemaVersion: 1, data, ...atNow(meta) })
const order = (c: Destroy | Close, more: Pick<ExpungementOrderRecordedV1, 'mode' | 'linked'>, court: Court): DraftEvent => said(ExpungementOrderRecorded, { ...c.data.subject, court, orderRef: c.data.orderRef, ...more, note: c.data.reason }, c.meta)
/** The other tokens that whoever ordered it has seen. */
const linkedOf = (linked: readonly string[] = []): Pick<ExpungementOrderRecordedV1, 'linked'> => linked.length > 0 ? { linked: [...new Set(linked)].map((personRef) => ({ personRef })) } : {}

export const decide = (c: SubjectKeyCommand, state: SubjectKey): Decision => {
  switch (c.type) {
    // What happened is recorded whatever stands here: a backup that was restored may have lost the order.
    case 'TellDestroyed': return c.data.keys.filter(({ keyId }) => !state.destroyed.includes(keyId)).map(({ at, ...key }): DraftEvent => ({
      ...said(SubjectKeyDestroyed, { ...c.data.subject, ...key, reason: 'EXPUNGEMENT', authority: 'COURT_ORDER' } satisfies SubjectKeyDestroyedV1, c.meta), time: at, timePrecision: 'instant', timeZone: 'UTC',
    }))
    case 'DestroyKeys':
      // Sent again, it goes on with what it named when it was recorded, whatever is linked by now.
      if (state.ordered) return c.data.linked && !same(c.data.linked, state.orderedWith) ? NAMES_OTHERS : []
      // Nothing takes it back, and a link may be wrong: whoever orders it has seen them.
      if (!same(c.data.linked ?? [], c.data.linkedNow)) return LINKED
      return state.held || c.data.heldElsewhere ? HELD : [order(c, { mode: 'DESTROY', ...linkedOf(c.data.linked) }, c.data.court)]
    case 'CloseRecord':
      if (state.ordered) return DESTROYED
      return state.closed ? [] : [order(c, { mode: 'CLOSE' }, c.data.court)]
    case 'PlaceLegalHold':
      // destroyed by its own order, or with another's
      if (state.ordered || state.destroyed.length > 0) return DESTROYED
      return state.held ? [] : [said(LegalHoldPlaced, { ...c.data.subject, ground: c.data.ground, ...(c.data.matter !== undefined && { matter: c.data.matter }), note: c.data.reason }, c.meta)]
    case 'ReleaseLegalHold': return state.held ? [said(LegalHoldReleased, { ...c.data.subject, note: c.data.reason }, c.meta)] : NOT_HELD
  }
}

export const subjectKey: Decider<SubjectKey, SubjectKeyCommand> = {
  category: 'subjectKey', initial, evolve, decide,
  knows: [LegalHoldPlaced, LegalHoldReleased, ExpungementOrderRecorded, RecordAccessRestricted, SubjectKeyDestroyed],
}
