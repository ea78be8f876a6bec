/** Who was what to whom: elements 34 and 35, and the two people they join. */
import * as codes from '../codes'
import { ageOf, yearsOf } from '../dates'
import type { GroupAIncident, Offender, Relation, Victim } from '../records'
import { doubled, incident, isUnknownOffender, offenderIn, sameNumber, victim, victimIn, type Edit } from './edit'

/** A place that names somebody. 00 alone says only that the offender is not known; systems fill it in for every victim. */
const names = (r: Relation): boolean => r.relationship !== '' || r.offender !== '' && !isUnknownOffender(r.offender)
const offenderOf = (incident: GroupAIncident, relation: Relation): Offender | undefined => incident.offenders.find((o) => sameNumber(o.sequence, relation.offender))
const is = (v: Victim, relationship: string) => v.relations.filter((r) => r.relationship === relationship)
const isNameless = (o: Offender): boolean => {
  const age = ageOf(o.age).kind
  return (age === 'unknown' || age === 'blank') && (o.sex === 'U' || o.sex === '') && (o.race === 'U' || o.race === '')
}
const related = (incident: GroupAIncident, o: Offender): { readonly victim: Victim; readonly relationship: string }[] =>
  incident.victims.flatMap((v) => v.relations.filter((r) => sameNumber(r.offender, o.sequence)).map((r) => ({ victim: v, relationship: r.relationship })))
const years = (columns: string): number | null => yearsOf(ageOf(columns))
const DIFFERENT_SEX = ['BG', 'XS', 'SE', 'CS']
const VICTIM_YOUNGER = ['CH', 'GC']
const VICTIM_OLDER = ['PA', 'GP']
// Justifiable homicide is no crime, yet somebody did it to somebody.
const personOrRobbery = (v: Victim): boolean => v.offenses.some((code) => codes.PERSON_OFFENSES.has(code) || code === '120' || code === '09C')
/** One offender has this relationship to several victims. */
const sharedBy = (incident: GroupAIncident, relationship: string): boolean => doubled(incident.victims.flatMap((v) => [...new Set(is(v, relationship).map((r) => String(Number(r.offender))))]))

export const relationEdits: readonly Edit[] = [
  victimIn('070', '34', (v, r) => v.relations.some((relation) => relation.offender !== '' && !offenderOf(r, relation))),
  victimIn('085', '34', (v, r) => r.offenders.length >= 3 && personOrRobbery(v) && v.relations.filter((relation) => relation.offender !== '').length < 2),
  victim('401', '34', (v) => (v.type === 'I' || v.type === 'L') && personOrRobbery(v) && !v.relations.some((r) => r.offender !== '')),
  victim('449', '26', (v) => { const age = years(v.age); return age !== null && age >= 13 && age < 18 && is(v, 'SE').length > 0 }),
  victim('450', '26', (v) => { const age = years(v.age); return age !== null && age < 13 && is(v, 'SE').length > 0 }),
  victim('459', '34', (v) => v.relations.some(names) && !personOrRobbery(v)),
  victim('460', '35', (v) => v.relations.some((r) => r.offender !== '' && !isUnknownOffender(r.offender) && r.relationship === '')),
  victim('468', '35', (v) => v.relations.some((r) => isUnknownOffender(r.offender) && r.relationship !== '')),
  victimIn('470', '35', (v, r) => is(v, 'VO').length > 0 && (r.victims.length < 2 || r.offenders.length < 2)),
  victim('471', '34', (v) => is(v, 'VO').length > 1),
  victimIn('472', '35', (v, r) => v.relations.some((relation) => {
    const who = offenderOf(r, relation)
    return who !== undefined && !isUnknownOffender(who.sequence) && isNameless(who) && relation.relationship !== '' && relation.relationship !== 'RU'
  })),
  incident('474', '4', '35', (r) => sharedBy(r, 'VO')),
  victim('475', '34', (v) => is(v, 'SE').length > 1),
  incident('476', '4', '35', (r) => sharedBy(r, 'SE')),
  offenderIn('549', '37', (o, r) => { const age = years(o.age); return age !== null && age >= 13 && age < 18 && related(r, o).some((x) => x.relationship === 'SE') }),
  offenderIn('550', '37', (o, r) => { const age = years(o.age); return age !== null && age < 13 && related(r, o).some((x) => x.relationship === 'SE') }),
  // An older rule of the standard: marriages of one sex break it. Kept because it is on its list; a finding is not a judgement.
  offenderIn('553', '38', (o, r) => related(r, o).some(({ victim: v, relationship }) => /^[MF]$/.test(o.sex) && /^[MF]$/.test(v.sex)
    && (DIFFERENT_SEX.includes(relationship) && o.sex === v.sex || relationship === 'HR' && o.sex !== v.sex))),
  offenderIn('554', '37', (o, r) => related(r, o).some(({ victim: v, relationship }) => {
    const [his, theirs] = [years(o.age), years(v.age)]
    return his !== null && theirs !== null && (VICTIM_YOUNGER.includes(relationship) && theirs >= his || VICTIM_OLDER.includes(relationship) && theirs <= his)
  })),
  offenderIn('572', '39', (o, r) => !isUnknownOffender(o.sequence) && ageOf(o.age).kind === 'unknown' && o.sex === 'U' && o.race === 'U'
    && related(r, o).some((x) => x.relationship !== '' && x.relationship !== 'RU')),
]
