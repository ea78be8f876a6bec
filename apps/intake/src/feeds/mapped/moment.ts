/** Of what moment a roster is, as its rows say it; and whether what is known is newer. Pure. */
import type { Mapping } from './mapping'
import { rosterTimeOf, type ReadTime } from './read-row'
import type { Row } from './read-rows'

/** `from`: its moment, at the latest now; `says`: as its clock has it, which may be some minutes ahead. */
export interface Moment extends ReadTime { readonly says: string }
/** @returns undefined where the mapping names no column for it: then it is of the moment at which it came */
export const momentOf = (rows: readonly Row[], mapping: Mapping, now: string): Moment | { readonly refused: string } | undefined => {
  const how = mapping.snapshot?.asOf
  if (!how) return undefined
  const texts = [...new Set(rows.filter(({ broken }) => !broken).map(({ values }) => values[how.column] ?? ''))]
  // Its rows are each refused, and nothing follows from any.
  if (texts.length === 0) return undefined
  const reads = texts.map((text) => rosterTimeOf(text, how.format, mapping.zone, now))
  // What is no moment is its own row's fault, as long as others say one.
  const said = reads.filter((one) => !('wrong' in one) || one.cause === 'time-to-come')
  if (said.length > 1) return { refused: `The rows of the roster name ${said.length} moments in column ${how.column}, and a roster is of one: export it again, or send each by itself.` }
  const read = said[0] ?? reads[0]!
  if ('wrong' in read) return { refused: `The moment of the roster (column ${how.column}) ${read.wrong}.` }
  return { ...read, says: read.from, from: Date.parse(read.from) > Date.parse(now) ? now : read.from }
}

/** A roster that began to be read before, of the same facility by the same feed. */
export interface EarlierRoster { readonly file: string; /** instant at which it began to be read */ readonly began: string; /** instant of its moment, as it says */ readonly moment?: string }
/** Why a roster changes nothing any more: a newer one is known. `moment`: the instant that it says; undefined: none. */
export const overtakenBy = (earlier: readonly EarlierRoster[], file: string, moment: string | undefined): string | undefined => {
  const others = earlier.filter((one) => one.file !== file)
  if (moment !== undefined) {
    const newer = others.find((one) => one.moment !== undefined && Date.parse(one.moment) > Date.parse(moment))
    return newer && `The roster is of ${moment}, and one of ${newer.moment} is known of this facility: an older one says nothing of who is in custody now. It changes nothing.`
  }
  const known = earlier.findLastIndex((one) => one.file === file)
  return known < 0 || known === earlier.length - 1 ? undefined
    : 'This very file was read before, and another roster of this facility since: it would set people in again who have left. It changes nothing. Where it is a new roster that says the same, give the moment of the roster a column, and name it in the mapping (snapshot.asOf).'
}

/** The same roster, whichever version of its mapping it was read by. */
export const sameRoster = (a: Mapping, b: Mapping): boolean => a.target === b.target && a.source.system === b.source.system && a.snapshot?.facility === b.snapshot?.facility && a.snapshot?.jurisdiction === b.snapshot?.jurisdiction
