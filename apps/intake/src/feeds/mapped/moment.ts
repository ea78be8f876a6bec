/** Of what moment a roster is, as its rows say it; and whether what is known is newer. Pure. */
import type { Mapping } from './mapping'
import { timeOf, type ReadTime } from './read-row'
import type { Row } from './read-rows'

/** @returns undefined where the mapping names no column for it: then it is of the moment at which it came */
export const momentOf = (rows: readonly Row[], { snapshot, zone }: Mapping, now: string): ReadTime | { readonly refused: string } | undefined => {
  const how = snapshot?.asOf
  if (!how) return undefined
  const texts = [...new Set(rows.filter(({ broken }) => !broken).map(({ values }) => values[how.column] ?? ''))]
  // Its rows are each refused, and nothing follows from any.
  if (texts.length === 0) return undefined
  if (texts.length > 1) return { refused: `The rows of the roster name ${texts.length} moments in column ${how.column}, and a roster is of one: export it again, or send each by itself.` }
  const read = timeOf(texts[0]!, 'instant', how.format, zone, now)
  return 'wrong' in read ? { refused: `The moment of the roster (column ${how.column}) ${read.wrong}.` } : read
}

/** A roster that began to be read before, of the same facility by the same feed. */
export interface EarlierRoster { readonly file: string; /** instant at which it began to be read */ readonly began: string; /** instant of its moment, as it says or as it came */ readonly moment: string }
/** Why a roster changes nothing any more: a newer one is known. `moment`: the instant that it says; undefined: none. */
export const overtakenBy = (earlier: readonly EarlierRoster[], file: string, moment: string | undefined): string | undefined => {
  const others = earlier.filter((one) => one.file !== file)
  if (moment !== undefined) {
    const newer = others.find((one) => Date.parse(one.moment) > Date.parse(moment))
    return newer && `The roster is of ${moment}, and one of ${newer.moment} is known of this facility: an older one says nothing of who is in custody now. It changes nothing.`
  }
  const known = earlier.findLastIndex((one) => one.file === file)
  return known < 0 || known === earlier.length - 1 ? undefined
    : 'This very file was read before, and another roster of this facility since: it would set people in again who have left. It changes nothing. Where it is a new roster that says the same, give the moment of the roster a column, and name it in the mapping (snapshot.asOf).'
}

/** The same roster, whichever version of its mapping it was read by. */
export const sameRoster = (a: Mapping, b: Mapping): boolean => a.target === b.target && a.source.system === b.source.system && a.snapshot?.facility === b.snapshot?.facility && a.snapshot?.jurisdiction === b.snapshot?.jurisdiction
