/** How single segments change what is known of an incident (actions A, M and D of the older standard), and how group B arrests of one number join. */
import type { ArrestRecordedV1, BrokenEdit, IncidentReportedV1 } from '@chorus/contracts'
import { isDate } from './dates'
import type { AddOrModify, Administrative, Delete, Segment } from './records'
import { arrestee, cargoTheft, clearance, offense, offender, property, victim, whenOf } from './reported-parts'
import { intimateRelations } from './statistics'

type TokenFor = (kind: 'per' | 'pair', who: string) => string

/** The incident as it is after the amendment. Segments are found by offence code, loss, or sequence number; added ones that exist take their place. */
export const amendIncident = (known: IncidentReportedV1, record: AddOrModify | Delete, token: TokenFor, edits: BrokenEdit[]): IncidentReportedV1 => {
  let next: IncidentReportedV1 = { ...known, edits: joinEdits(known.edits, edits) }
  for (const segment of record.segments) next = record.kind === 'delete' ? without(next, segment) : withSegment(next, segment, token)
  const { strangulation: _, ...rest } = next
  return { ...rest, arrestMade: next.arrestees.length > 0, ...(next.offenses.some((o) => o.weaponCodes.some((w) => w.code === '85')) ? { strangulation: true } : {}) }
}

/** Whether the segment says when it was. One without a date leaves date and hour as they are known. */
export const statesWhen = (a: Administrative): boolean => isDate(a.incidentDate)

const put = <T>(list: readonly T[], same: (item: T) => boolean, item: T): T[] => (list.some(same) ? list.map((old) => (same(old) ? item : old)) : [...list, item])

const withSegment = (d: IncidentReportedV1, s: Segment, token: TokenFor): IncidentReportedV1 => {
  switch (s.level) {
    case '1': {
      const { exceptionalClearance: _, exceptionalClearanceDate: __, ...uncleared } = d
      // How it was cleared and when are one statement: where the one is said anew, the other does not stay.
      return { ...(s.clearedExceptionally === '' ? d : uncleared), ...(statesWhen(s) && whenOf(s).said), ...clearance(s), ...cargoTheft(s) }
    }
    case '2': {
      const place = d.offenses.findIndex((o) => o.offenseCode === s.code)
      return { ...d, offenses: put(d.offenses, (o) => o.offenseCode === s.code, offense(s, place < 0 ? d.offenses.length + 1 : place + 1)) }
    }
    case '3': return { ...d, property: put(d.property, (p) => (p.lossType ?? '') === s.loss, property(s)) }
    case '4': {
      const sequence = Number(s.sequence)
      const pairs = intimateRelations(s).map((r) => {
        const offenderSequence = /^\d+$/.test(r.offender) ? Number(r.offender) : 0
        return { token: token('pair', `pair ${sequence} ${offenderSequence}`), victimSequence: sequence, offenderSequence, relationship: r.relationship }
      })
      return { ...d, victims: put(d.victims, (v) => v.sequence === sequence, victim(s, token('per', `victim ${sequence}`))), pairs: [...d.pairs.filter((p) => p.victimSequence !== sequence), ...pairs] }
    }
    case '5': return { ...d, offenders: put(d.offenders, (o) => o.sequence === Number(s.sequence), offender(s, token('per', `offender ${Number(s.sequence)}`))) }
    case '6': return { ...d, arrestees: put(d.arrestees, (a) => a.sequence === Number(s.sequence), arrestee(s, token('per', `arrestee ${Number(s.sequence)}`))) }
    default: return d
  }
}

const without = (d: IncidentReportedV1, s: Segment): IncidentReportedV1 => {
  switch (s.level) {
    case '2': return { ...d, offenses: d.offenses.filter((o) => o.offenseCode !== s.code) }
    case '3': return { ...d, property: d.property.filter((p) => (p.lossType ?? '') !== s.loss) }
    case '4': return { ...d, victims: d.victims.filter((v) => v.sequence !== Number(s.sequence)), pairs: d.pairs.filter((p) => p.victimSequence !== Number(s.sequence)) }
    case '5': return { ...d, offenders: d.offenders.filter((o) => o.sequence !== Number(s.sequence)), pairs: d.pairs.filter((p) => p.offenderSequence !== Number(s.sequence)) }
    case '6': return { ...d, arrestees: d.arrestees.filter((a) => a.sequence !== Number(s.sequence)) }
    default: return d
  }
}

/** The edits of the amendment beside those of the report that it amends: which of them still hold only a whole report tells. */
const joinEdits = (known: readonly BrokenEdit[], added: readonly BrokenEdit[]): BrokenEdit[] => {
  const key = (e: BrokenEdit) => `${e.code} ${e.segment ?? ''} ${e.element ?? ''}`
  const had = new Set(known.map(key))
  return [...known, ...added.filter((e) => !had.has(key(e)))]
}

type Arrest = Omit<ArrestRecordedV1, 'token'>
const same = (a: Arrest, b: Arrest): boolean => identity(a) === identity(b)
// What an edit says of the record is no part of what was sent.
const identity = ({ sequence, arrestDate, type, offenseCode, armed, age, sex, race, ethnicity, residentStatus, under18Disposition }: Arrest): string =>
  JSON.stringify([sequence, arrestDate, type, offenseCode, armed.map((w) => [w.code, w.automatic]), age?.text, sex, race, ethnicity, residentStatus, under18Disposition])

/**
 * Arrests that are known and arrests that are sent, together: what was sent before is not sent twice, what was sent twice
 * in one record is kept twice. Sending any of it again changes nothing.
 */
export const mergeArrests = (known: readonly Arrest[], sent: readonly Arrest[]): Arrest[] => {
  const left = [...known]
  const added = sent.filter((one) => {
    const at = left.findIndex((k) => same(k, one))
    if (at >= 0) left.splice(at, 1)
    return at < 0
  })
  return [...known, ...added]
}

/** Arrests of the sequence numbers that are sent take the place of those known. */
export const amendArrests = (known: readonly Arrest[], sent: readonly Arrest[]): Arrest[] =>
  known.length === 0 ? [] : [...known.filter((k) => !sent.some((s) => s.sequence === k.sequence)), ...sent]
