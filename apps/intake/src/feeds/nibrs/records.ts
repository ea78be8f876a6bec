/**
 * What a NIBRS record is once it is read: segments with trimmed texts, '' where the column is blank or the version has none.
 * Codes stay as they stand in the file, wrong ones too: what the FBI objects to is said by the edits, not by the reader.
 */
import type { Action, Level } from './layout'

export interface Head {
  readonly level: Level
  readonly action: Action
  /** line of the file, from 1, blank lines counted */
  readonly line: number
  /** segment length in characters: tells the version */
  readonly length: number
  /** month and year of the submission, MM and YYYY */
  readonly month: string
  readonly year: string
  readonly cityIndicator: string
  /** nine characters */
  readonly ori: string
  /** incident number, or the arrest transaction number at level 7; without the blanks around it */
  readonly number: string
  /** the twelve columns as they stand: edits look at blanks */
  readonly rawNumber: string
}

export interface Weapon { readonly code: string; readonly automatic: string }

export interface Administrative extends Head {
  readonly level: '1'
  /** YYYYMMDD */
  readonly incidentDate: string
  /** R: the date is the report's, the incident's is not known */
  readonly reportDateIndicator: string
  readonly hour: string
  readonly clearedExceptionally: string
  readonly exceptionalClearanceDate: string
  readonly clearanceOffenses: readonly string[]
  readonly cargoTheft: string
}

export interface Offense extends Head {
  readonly level: '2'
  readonly code: string
  readonly attempted: string
  readonly suspectedOfUsing: readonly string[]
  readonly location: string
  readonly premises: string
  readonly methodOfEntry: string
  readonly criminalActivity: readonly string[]
  readonly weapons: readonly Weapon[]
  readonly bias: readonly string[]
}

export interface PropertyItem { readonly description: string; /** whole dollars, nine digits */ readonly value: string; /** YYYYMMDD */ readonly recovered: string }
export interface Drug { readonly type: string; readonly whole: string; readonly thousandths: string; readonly measure: string }

export interface Property extends Head {
  readonly level: '3'
  readonly loss: string
  readonly items: readonly PropertyItem[]
  readonly stolenVehicles: string
  readonly recoveredVehicles: string
  readonly drugs: readonly Drug[]
  readonly clearanceOffenses: readonly string[]
}

export interface Relation { /** offender's sequence number; 00 is "unknown" */ readonly offender: string; readonly relationship: string }

export interface Victim extends Head {
  readonly level: '4'
  readonly sequence: string
  readonly offenses: readonly string[]
  /** I individual, L officer, and the institutions B F G O R S U */
  readonly type: string
  /** four columns as they stand: `34  `, `2530`, `NB  ` */
  readonly age: string
  readonly sex: string
  readonly race: string
  readonly ethnicity: string
  readonly resident: string
  readonly circumstances: readonly string[]
  readonly justifiable: string
  readonly injuries: readonly string[]
  readonly relations: readonly Relation[]
  readonly activity: string
  readonly assignment: string
  readonly otherOri: string
}

export interface Offender extends Head {
  readonly level: '5'
  readonly sequence: string
  readonly age: string
  readonly sex: string
  readonly race: string
  readonly ethnicity: string
}

interface ArrestedPerson {
  readonly sequence: string
  /** YYYYMMDD */
  readonly date: string
  readonly type: string
  readonly offense: string
  readonly weapons: readonly Weapon[]
  readonly age: string
  readonly sex: string
  readonly race: string
  readonly ethnicity: string
  readonly resident: string
  readonly disposition: string
}

export interface Arrestee extends Head, ArrestedPerson {
  readonly level: '6'
  readonly transaction: string
  readonly rawTransaction: string
  readonly multiple: string
  readonly clearanceIndicator: string
  readonly clearanceOffenses: readonly string[]
}

export interface GroupBSegment extends Head, ArrestedPerson { readonly level: '7' }

export interface ZeroSegment extends Head { readonly level: '0'; readonly reportMonth: string; readonly reportYear: string }

export type Segment = ZeroSegment | Administrative | Offense | Property | Victim | Offender | Arrestee | GroupBSegment

/** Segments of levels 1 to 6 of one incident and one action. */
export interface IncidentSegments {
  readonly offenses: readonly Offense[]
  readonly properties: readonly Property[]
  readonly victims: readonly Victim[]
  readonly offenders: readonly Offender[]
  readonly arrestees: readonly Arrestee[]
}

interface RecordHead {
  readonly ori: string
  readonly number: string
  readonly firstLine: number
  /** non-blank lines */
  readonly lines: number
  /** in the file's order */
  readonly segments: readonly Segment[]
}

/** A whole incident: I records it, R replaces what was recorded under this ORI and number. */
export interface GroupAIncident extends RecordHead, IncidentSegments { readonly kind: 'groupA'; readonly action: 'I' | 'R'; readonly administrative: Administrative }
/** One group B arrest; several segments where one arrest has several persons or offences. */
export interface GroupBArrest extends RecordHead { readonly kind: 'groupB'; readonly action: 'I' | 'A' | 'M' | 'R'; readonly arrests: readonly GroupBSegment[] }
export interface ZeroReport extends RecordHead { readonly kind: 'zero'; readonly action: Action; readonly zero: ZeroSegment }
/** Takes back a whole incident (level 1), a group B arrest (level 7), or single segments of an incident (levels 2-6, older standard). */
export interface Delete extends RecordHead { readonly kind: 'delete'; readonly action: 'D'; readonly of: 'incident' | 'arrest' | 'segments'; readonly administrative?: Administrative }
/** A late clearance, recovery or arrest of an incident older than the FBI keeps: it opens no incident. */
export interface TimeWindow extends RecordHead, IncidentSegments { readonly kind: 'window'; readonly action: 'W'; readonly administrative?: Administrative }
/** Single segments added to, or changed in, an incident that was sent before. */
export interface AddOrModify extends RecordHead, IncidentSegments { readonly kind: 'addOrModify'; readonly action: 'A' | 'M'; readonly administrative?: Administrative }

export type NibrsRecord = GroupAIncident | GroupBArrest | ZeroReport | Delete | TimeWindow | AddOrModify

/** The record's id at its source: what a later correction or delete will name again. */
export const recordId = (record: Pick<RecordHead, 'ori' | 'number'>): string => `${record.ori}|${record.number}`
