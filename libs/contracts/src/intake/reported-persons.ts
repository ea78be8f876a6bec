/** Parts of an incident or arrest as an agency reported it. Codes stand as reported, wrong ones too; blank codes are absent. */
import type { Sealable } from '../envelope'
import { Cents, Code, Count, Flag, List, LocalDate, Nested, ReportedCode, ReportedCodes, Text, Token } from '../fields'

export const AGE_PRECISIONS = ['year', 'range', 'under-1', 'unknown'] as const

/** An age as reported. `unknown` has no years; a group that the text cannot be read into has only the text. */
export class ReportedAge {
  @ReportedCode({ width: 4, optional: true, doc: 'the age as it stood in the source, e.g. 34, 2530, NB, 00' }) text?: string
  @Code(AGE_PRECISIONS, { doc: 'how exact it is' }) precision!: (typeof AGE_PRECISIONS)[number]
  @Count({ max: 150, optional: true, doc: 'youngest age in full years' }) from?: number
  @Count({ max: 150, optional: true, doc: 'oldest age in full years' }) to?: number
}

/** A weapon or force. */
export class ReportedWeapon {
  @ReportedCode({ width: 2, doc: 'weapon, data element 13 or 46' }) code!: string
  @Flag({ doc: 'the source marks it as automatic' }) automatic!: boolean
}

/** One offence of an incident. */
export class ReportedOffense {
  @Count({ max: 999, optional: true, doc: 'place of the offence in the report, from 1' }) sequence?: number
  @ReportedCode({ width: 12, doc: 'offence code, data element 6' }) offenseCode!: string
  @ReportedCode({ width: 12, optional: true, doc: "the agency's own offence label, as a code" }) localCode?: string
  @Flag({ optional: true, doc: 'attempted and not completed; absent where not stated' }) attempted?: boolean
  @ReportedCodes({ width: 2, max: 10, doc: 'bias motivation, data element 8A' }) biasCodes!: string[]
  @ReportedCode({ width: 2, optional: true, doc: 'kind of place, data element 9' }) locationCode?: string
  @ReportedCodes({ width: 1, max: 10, doc: 'what the offender is suspected of using, data element 8' }) suspectedUsing!: string[]
  @ReportedCodes({ width: 1, max: 10, doc: 'kind of criminal activity, data element 12' }) criminalActivity!: string[]
  @List(() => ReportedWeapon, { max: 10, doc: 'weapons and force, data element 13' }) weaponCodes!: ReportedWeapon[]
  @Count({ max: 999, optional: true, doc: 'premises entered, data element 10' }) premisesEntered?: number
  @ReportedCode({ width: 1, optional: true, doc: 'method of entry, data element 11' }) methodOfEntry?: string
}

/** One description of property. */
export class ReportedPropertyItem {
  @ReportedCode({ width: 2, optional: true, doc: 'kind of property, data element 15' }) code?: string
  @Cents({ optional: true, doc: 'value, data element 16' }) valueCents?: number
  @LocalDate({ optional: true, doc: 'day of recovery, data element 17' }) recoveredOn?: string
}

/** One suspected drug. */
export class ReportedDrug {
  @ReportedCode({ width: 1, optional: true, doc: 'kind of drug, data element 20' }) type?: string
  @Count({ max: 999_999_999_999, optional: true, doc: 'quantity in thousandths of the measure, data element 21' }) quantityThousandths?: number
  @ReportedCode({ width: 2, optional: true, doc: 'measure, data element 22' }) measure?: string
}

/** What happened to property, one entry per kind of loss. */
export class ReportedProperty {
  @ReportedCode({ width: 1, optional: true, doc: 'kind of loss, data element 14' }) lossType?: string
  @List(() => ReportedPropertyItem, { max: 20, doc: 'the property' }) items!: ReportedPropertyItem[]
  @Count({ max: 99, optional: true, doc: 'stolen motor vehicles, data element 18' }) stolenVehicles?: number
  @Count({ max: 99, optional: true, doc: 'recovered motor vehicles, data element 19' }) recoveredVehicles?: number
  @List(() => ReportedDrug, { max: 10, doc: 'suspected drugs' }) drugs!: ReportedDrug[]
}

/** What a victim is to one offender. */
export class ReportedRelationship {
  @Count({ max: 99, doc: "the offender's sequence number; 0: unknown" }) offenderSequence!: number
  @ReportedCode({ width: 2, optional: true, doc: 'relationship, data element 35' }) code?: string
}

/** One victim. */
export class ReportedVictim {
  @Token({ kind: 'per', about: 'victim', doc: 'the victim, in this incident' }) token!: string
  @Count({ max: 999, doc: 'sequence number' }) sequence!: number
  @ReportedCode({ width: 1, optional: true, doc: 'kind of victim, data element 25' }) type?: string
  @Nested(() => ReportedAge, { optional: true, doc: 'age; absent where blank' }) age?: ReportedAge
  @ReportedCode({ width: 1, optional: true, doc: 'sex' }) sex?: string
  @ReportedCode({ width: 1, optional: true, doc: 'race' }) race?: string
  @ReportedCode({ width: 1, optional: true, doc: 'ethnicity' }) ethnicity?: string
  @ReportedCode({ width: 1, optional: true, doc: 'resident of the jurisdiction' }) residentStatus?: string
  @ReportedCodes({ width: 12, max: 20, doc: 'offences against this victim' }) offenseCodes!: string[]
  @ReportedCodes({ width: 2, max: 10, doc: 'circumstances of assault or homicide, data element 31' }) circumstances!: string[]
  @ReportedCode({ width: 1, optional: true, doc: 'circumstance of justifiable homicide, data element 32' }) justifiable?: string
  @Flag({ doc: 'injuries were stated; false: the source left them blank, which is not "none"' }) injuriesReported!: boolean
  @ReportedCodes({ width: 1, max: 10, doc: 'injuries, data element 33' }) injuries!: string[]
  @List(() => ReportedRelationship, { max: 20, doc: 'what the victim is to each offender' }) relationships!: ReportedRelationship[]
  @ReportedCode({ width: 2, optional: true, doc: "officer victim: kind of activity, data element 25A" }) officerActivity?: string
  @ReportedCode({ width: 1, optional: true, doc: "officer victim: kind of assignment, data element 25B" }) officerAssignment?: string
  @ReportedCode({ width: 9, optional: true, doc: "officer victim: another agency's ORI, data element 25C" }) officerOri?: string
}

/** One offender as reported. */
export class ReportedOffender {
  @Token({ kind: 'per', about: 'pch', doc: 'the offender, in this incident' }) token!: string
  @Count({ max: 99, doc: 'sequence number; 0: the source knows nothing of any offender' }) sequence!: number
  @Nested(() => ReportedAge, { optional: true, doc: 'age; absent where blank' }) age?: ReportedAge
  @ReportedCode({ width: 1, optional: true, doc: 'sex' }) sex?: string
  @ReportedCode({ width: 1, optional: true, doc: 'race' }) race?: string
  @ReportedCode({ width: 1, optional: true, doc: 'ethnicity' }) ethnicity?: string
}

/** One arrested person. */
export class ReportedArrestee {
  @Token({ kind: 'per', about: 'pch', doc: 'the arrested person, in this incident' }) token!: string
  @Count({ max: 99, doc: 'sequence number' }) sequence!: number
  @Text({ max: 40, privacy: 'matchable', about: 'record', optional: true, doc: 'arrest transaction number, data element 41' }) transactionNumber?: Sealable
  @LocalDate({ optional: true, doc: 'day of the arrest' }) arrestDate?: string
  @ReportedCode({ width: 1, optional: true, doc: 'type of arrest, data element 43' }) type?: string
  @ReportedCode({ width: 1, optional: true, doc: 'multiple arrestee indicator, data element 44' }) multiple?: string
  @ReportedCode({ width: 12, optional: true, doc: 'offence of the arrest, data element 45' }) offenseCode?: string
  @List(() => ReportedWeapon, { max: 10, doc: 'what the person was armed with, data element 46' }) armed!: ReportedWeapon[]
  @Nested(() => ReportedAge, { optional: true, doc: 'age; absent where blank' }) age?: ReportedAge
  @ReportedCode({ width: 1, optional: true, doc: 'sex' }) sex?: string
  @ReportedCode({ width: 1, optional: true, doc: 'race' }) race?: string
  @ReportedCode({ width: 1, optional: true, doc: 'ethnicity' }) ethnicity?: string
  @ReportedCode({ width: 1, optional: true, doc: 'resident of the jurisdiction' }) residentStatus?: string
  @ReportedCode({ width: 1, optional: true, doc: 'disposition of a person under 18, data element 52' }) under18Disposition?: string
  @ReportedCode({ width: 1, optional: true, doc: 'clearance indicator of a window submission' }) clearanceIndicator?: string
  @ReportedCodes({ width: 12, max: 20, doc: 'offences cleared by this arrest, of a window submission' }) clearedOffenseCodes!: string[]
}

/** An intimate-partner relationship that the report states. */
export class ReportedPair {
  @Token({ kind: 'pair', about: 'pair', doc: 'the pair, in this incident' }) token!: string
  @Count({ max: 999, doc: "the victim's sequence number" }) victimSequence!: number
  @Count({ max: 99, doc: "the offender's sequence number" }) offenderSequence!: number
  @ReportedCode({ width: 2, doc: 'relationship, data element 35' }) relationship!: string
}

/** An edit of the standard that the report breaks: it is accepted all the same, and counted. */
export class BrokenEdit {
  @ReportedCode({ width: 3, doc: "the FBI's error number" }) code!: string
  @ReportedCode({ width: 3, optional: true, doc: 'data element' }) element?: string
  @ReportedCode({ width: 1, optional: true, doc: 'segment level' }) segment?: string
  @Count({ min: 1, max: 999, doc: 'how often in this report' }) count!: number
}
