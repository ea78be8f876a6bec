/** Code lists of the standard, by data element, and the groups of offences that its edits speak of. Newer and retired codes are both known: files come from many years. */

const list = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/))

// -- offences ---------------------------------------------------------------------------------------------------------
export const PERSON_OFFENSES = list('09A 09B 100 11A 11B 11C 11D 13A 13B 13C 36A 36B 64A 64B')
export const PROPERTY_OFFENSES = list('120 200 210 220 23A 23B 23C 23D 23E 23F 23G 23H 240 250 26A 26B 26C 26D 26E 26F 26G 270 280 290 510')
// The second line came later, for federal and tribal agencies.
export const SOCIETY_OFFENSES = list(`35A 35B 370 39A 39B 39C 39D 40A 40B 40C 520 720
  101 103 26H 30A 30B 30C 30D 360 49A 49B 49C 521 522 526 58A 58B 61A 61B 620`)
/** 09C, justifiable homicide, is no crime and in none of the three groups. */
export const GROUP_A_OFFENSES: ReadonlySet<string> = new Set(['09C', ...PERSON_OFFENSES, ...PROPERTY_OFFENSES, ...SOCIETY_OFFENSES])
export const GROUP_B_OFFENSES = list('90A 90B 90C 90D 90E 90F 90G 90H 90I 90J 90K 90L 90M 90Z')
export const LARCENIES = list('23A 23B 23C 23D 23E 23F 23G 23H')
export const GAMBLING = list('39A 39B 39C 39D')
export const HOMICIDES = list('09A 09B 09C')
export const ASSAULTS = list('13A 13B 13C')
/** Offences for which a property segment is expected. */
export const OFFENSES_WITH_PROPERTY: ReadonlySet<string> = new Set(['100', '35A', '35B', ...GAMBLING, ...PROPERTY_OFFENSES])
export const OFFENSES_WITH_WEAPON = list('09A 09B 09C 100 11A 11B 11C 11D 120 13A 13B 210 520 64A 64B')
export const OFFENSES_WITH_ACTIVITY = list('250 280 35A 35B 39C 370 520 720')
export const OFFENSES_WITH_GANG = list('09A 09B 100 11A 11B 11C 11D 120 13A 13B 13C')
export const OFFENSES_WITH_INJURY = list('100 11A 11B 11C 11D 120 13A 13B 210 64A 64B')
export const OFFENSES_WITH_CIRCUMSTANCES = list('09A 09B 09C 13A')
export const OFFENSES_WITH_CARGO = list('120 210 220 23D 23F 23H 240 26A 26B 26C 26E 26F 26G 270 510')
export const OFFENSES_IN_CYBERSPACE = list('210 250 270 280 290 370 510 26A 26B 26C 26D 26E 26F 26G 39A 39B 39C 39D 13C 35A 35B 520 64A 64B 40A 40B 40C')
export const OFFENSES_AGAINST_OFFICERS = list('09A 13A 13B 13C')

// -- administrative and offence segments ------------------------------------------------------------------------------
export const CLEARED_EXCEPTIONALLY = list('A B C D E N')
export const SUSPECTED_OF_USING = list('A C D N')
export const LOCATIONS = list(`01 02 03 04 05 06 07 08 09 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25
  37 38 39 40 41 42 44 45 46 47 48 49 50 51 52 53 54 55 56 57 58`)
export const METHODS_OF_ENTRY = list('F N')
export const ACTIVITIES = list('A B C D E F G I J N O P S T U')
export const GANG_CODES = list('J G N')
export const ANIMAL_CODES = list('A F I S')
export const WEAPONS = list('11 12 13 14 15 20 30 35 40 50 60 65 70 85 90 95 99')
export const FIREARMS = list('11 12 13 14 15')
export const BIASES = list(`11 12 13 14 15 16 21 22 23 24 25 26 27 28 29 31 32 33 41 42 43 44 45 51 52 61 62 71 72 81 82 83 84 85 88 99`)

// -- property ---------------------------------------------------------------------------------------------------------
export const LOSSES = list('1 2 3 4 5 6 7 8')
export const DESCRIPTIONS = list(`01 02 03 04 05 06 07 08 09 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 33 34 35 36 37 38 39
  41 42 43 44 45 46 47 48 49 59 64 65 66 67 68 69 70 71 72 73 74 75 76 77 78 79 80 88 99`)
export const VEHICLES = list('03 05 24 28 37')
export const STRUCTURES = list('29 30 31 32 33 34 35')
export const WORTHLESS = list('09 22 48 65 66')
export const DRUG_TYPES = list('A B C D E F G H I J K L M N O P U X')
export const DRUG_MEASURES = list('DU FO GL GM KG LB LT ML NP OZ XX')
/** Measures of one kind: two entries of one drug must not share it. */
export const measureKind = (measure: string): string =>
  ['GM', 'KG', 'OZ', 'LB'].includes(measure) ? 'weight' : ['ML', 'LT', 'FO', 'GL'].includes(measure) ? 'capacity' : ['DU', 'NP'].includes(measure) ? 'units' : measure

// -- people -----------------------------------------------------------------------------------------------------------
export const VICTIM_TYPES = list('B F G I L O R S U')
export const SEXES = list('F M U')
export const RACES = list('A B I P U W')
export const ETHNICITIES = list('H N U')
export const RESIDENCES = list('N R U')
export const CIRCUMSTANCES = list('01 02 03 04 05 06 07 08 09 10 20 21 30 31 32 33 34')
export const JUSTIFIABLE = list('A B C D E F G')
export const INJURIES = list('B I L M N O T U')
export const MAJOR_INJURIES = list('B I L O T U')
export const RELATIONSHIPS = list('SE CS PA SB CH GP GC IL SP SC SS OF VO AQ FR NE BE BG CF HR XR XS EE ER OK ST RU')
export const OFFICER_ACTIVITIES = list('01 02 03 04 05 06 07 08 09 10 11')
export const OFFICER_ASSIGNMENTS = list('F G H I J K L')
export const ARREST_TYPES = list('O S T')
export const MULTIPLE_ARREST = list('C M N')
export const ARMED_WITH = list('01 11 12 13 14 15 16 17')
export const DISPOSITIONS = list('H R')

/** Losses that a property segment may show for a completed offence; an attempt may show none (1) or unknown (8). */
export const lossesFor = (offense: string, attempted: boolean): ReadonlySet<string> => {
  if (attempted) return ATTEMPTED_LOSSES
  return COMPLETED_LOSSES[offense] ?? (GAMBLING.has(offense) ? SEIZED : PROPERTY_OFFENSES.has(offense) ? TAKEN : NO_LOSS)
}
const ATTEMPTED_LOSSES = list('1 8')
const SEIZED = list('6')
const TAKEN = list('5 7')
const NO_LOSS: ReadonlySet<string> = new Set()
const COMPLETED_LOSSES: Readonly<Record<string, ReadonlySet<string>>> = {
  100: list('1 5 7 8'), 220: list('1 5 7 8'), 510: list('1 5 7 8'), 200: list('2'), 250: list('3 5 6'), 280: list('1 5'), 290: list('4'), '35A': list('1 6'), '35B': list('1 6'),
}

/** Circumstances of a homicide or an aggravated assault that the standard permits for an offence. */
export const circumstancesFor = (offense: string): ReadonlySet<string> => PERMITTED_CIRCUMSTANCES[offense] ?? NO_LOSS
const PERMITTED_CIRCUMSTANCES: Readonly<Record<string, ReadonlySet<string>>> = {
  '09A': list('01 02 03 04 05 06 07 08 09 10'), '09B': list('30 31 32 33 34'), '09C': list('20 21'), '13A': list('01 02 03 04 05 06 08 09 10'),
}

/** Things that an offence cannot be about. */
export const illogicalFor = (offense: string): ReadonlySet<string> => ILLOGICAL[offense] ?? NO_LOSS
const BULKY: ReadonlySet<string> = new Set(['01', '39', '66', ...VEHICLES, ...STRUCTURES])
const ON_WHEELS_OR_BUILT: ReadonlySet<string> = new Set([...VEHICLES, ...STRUCTURES])
const ILLOGICAL: Readonly<Record<string, ReadonlySet<string>>> = {
  220: STRUCTURES, 240: STRUCTURES, '23A': BULKY, '23B': BULKY, '23C': BULKY, '23D': ON_WHEELS_OR_BUILT, '23E': ON_WHEELS_OR_BUILT, '23F': ON_WHEELS_OR_BUILT, '23G': ON_WHEELS_OR_BUILT, '23H': VEHICLES,
}

/** Pairs of offences that cannot both have happened to one victim: one excludes the other, or is part of it. */
export const EXCLUDING_OFFENSES: readonly (readonly [string, ReadonlySet<string>])[] = [
  ['09A', list('09B 13A 13B 13C')],
  ['09B', list('13A 13B 13C')],
  ['11A', list('11D 13A 13B 13C 36A 36B')],
  ['11B', list('11D 13A 13B 13C 36A 36B')],
  ['11C', list('11D 13A 13B 13C 36A 36B')],
  ['11D', list('13B 13C 36A 36B')],
  ['120', new Set(['13A', '13B', '13C', '240', ...LARCENIES])],
  ['13A', list('13B 13C')],
  ['13B', list('13C')],
]
