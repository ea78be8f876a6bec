/**
 * Codes of the FBI's National Incident-Based Reporting System, with short names of our own. Constants only.
 * Events keep codes as reported, right or wrong; the FBI's edits say what is wrong.
 */
export type CodeNames = Readonly<Record<string, string>>

/** What an offence is against; it decides which victims, property and offenders a report must have. */
export type CrimeAgainst = 'person' | 'property' | 'society'
export interface OffenseCode { readonly name: string; readonly group: 'A' | 'B'; readonly against: CrimeAgainst }
const person = (name: string): OffenseCode => ({ name, group: 'A', against: 'person' })
const property = (name: string): OffenseCode => ({ name, group: 'A', against: 'property' })
const society = (name: string): OffenseCode => ({ name, group: 'A', against: 'society' })
const groupB = (name: string, against: CrimeAgainst = 'society'): OffenseCode => ({ name, group: 'B', against })

/** Data element 6 (group A) and 45 (group B): offence codes. */
export const NIBRS_OFFENSES: Readonly<Record<string, OffenseCode>> = {
  '09A': person('murder'), '09B': person('negligent manslaughter'), '09C': person('justifiable homicide'), '100': person('kidnapping'),
  '11A': person('rape'), '11B': person('sodomy'), '11C': person('sexual assault with an object'), '11D': person('fondling'),
  '120': property('robbery'), '13A': person('aggravated assault'), '13B': person('simple assault'), '13C': person('intimidation'),
  '200': property('arson'), '210': property('extortion'), '220': property('burglary'),
  '23A': property('pocket-picking'), '23B': property('purse-snatching'), '23C': property('shoplifting'), '23D': property('theft from building'),
  '23E': property('theft from coin-operated machine'), '23F': property('theft from motor vehicle'), '23G': property('theft of motor vehicle parts'), '23H': property('other larceny'),
  '240': property('motor vehicle theft'), '250': property('counterfeiting'),
  '26A': property('swindle'), '26B': property('card fraud'), '26C': property('impersonation'), '26D': property('welfare fraud'), '26E': property('wire fraud'), '26F': property('identity theft'), '26G': property('computer invasion'),
  '270': property('embezzlement'), '280': property('stolen property'), '290': property('vandalism'),
  '35A': society('drug violation'), '35B': society('drug equipment violation'), '36A': person('incest'), '36B': person('statutory rape'), '370': society('obscene material'),
  '39A': society('betting'), '39B': society('operating gambling'), '39C': society('gambling equipment'), '39D': society('sports tampering'),
  '40A': society('prostitution'), '40B': society('promoting prostitution'), '40C': society('purchasing prostitution'),
  '510': property('bribery'), '520': society('weapon law violation'), '64A': person('trafficking, commercial sex'), '64B': person('trafficking, involuntary servitude'), '720': society('animal cruelty'),
  '90A': groupB('bad checks', 'property'), '90B': groupB('curfew, loitering, vagrancy'), '90C': groupB('disorderly conduct'), '90D': groupB('driving under the influence'), '90E': groupB('drunkenness'),
  '90F': groupB('family offence, nonviolent', 'person'), '90G': groupB('liquor law violation'), '90H': groupB('peeping tom'), '90I': groupB('runaway'), '90J': groupB('trespass'), '90Z': groupB('other offence'),
}

/** Data element 35: what the victim is to the offender. */
export const NIBRS_RELATIONSHIPS: CodeNames = {
  SE: 'spouse', CS: 'common-law spouse', PA: 'parent', SB: 'sibling', CH: 'child', GP: 'grandparent', GC: 'grandchild', IL: 'in-law', SP: 'stepparent', SC: 'stepchild', SS: 'stepsibling', OF: 'other family',
  VO: 'victim was offender', AQ: 'acquaintance', FR: 'friend', NE: 'neighbor', BE: 'babysittee', BG: 'boyfriend or girlfriend', CF: 'child of boyfriend or girlfriend', HR: 'same-sex relationship (retired code)',
  XR: 'ex-relationship', XS: 'ex-spouse', EE: 'employee', ER: 'employer', OK: 'otherwise known', ST: 'stranger', RU: 'unknown',
}
/** The relationships that make a pair intimate partners. VO is a mutual-arrest flag and says nothing of it. */
export const INTIMATE_RELATIONSHIPS: readonly string[] = ['SE', 'CS', 'XS', 'BG', 'XR', 'HR']

/** Data element 33. Blank is not "none". */
export const NIBRS_INJURIES: CodeNames = { N: 'none', B: 'broken bones', I: 'possible internal injury', L: 'severe laceration', M: 'minor injury', O: 'other major injury', T: 'loss of teeth', U: 'unconsciousness' }
/** Data element 13. Strangulation has no injury code: it shows as weapon 85. */
export const NIBRS_WEAPONS: CodeNames = {
  '11': 'firearm, type not stated', '12': 'handgun', '13': 'rifle', '14': 'shotgun', '15': 'other firearm', '20': 'knife', '30': 'blunt object', '35': 'motor vehicle', '40': 'personal weapons', '50': 'poison', '60': 'explosives',
  '65': 'fire', '70': 'drugs', '85': 'asphyxiation', '90': 'other', '95': 'unknown', '99': 'none',
}
export const NIBRS_FIREARMS: readonly string[] = ['11', '12', '13', '14', '15']
/** Data element 25. */
export const NIBRS_VICTIM_TYPES: CodeNames = { B: 'business', F: 'financial institution', G: 'government', I: 'individual', L: 'law enforcement officer', O: 'other', R: 'religious organization', S: 'society', U: 'unknown' }
/** Data element 12. */
export const NIBRS_ACTIVITIES: CodeNames = {
  A: 'simple or gross neglect', B: 'buying, receiving', C: 'cultivating, manufacturing', D: 'distributing, selling', E: 'exploiting children', F: 'organized abuse', G: 'other gang', I: 'intentional abuse', J: 'juvenile gang',
  N: 'no gang involvement, or unknown', O: 'operating, promoting', P: 'possessing', S: 'animal sexual abuse', T: 'transporting', U: 'using',
}
/** Data element 8. */
export const NIBRS_SUSPECTED_USING: CodeNames = { A: 'alcohol', C: 'computer equipment', D: 'drugs', N: 'not applicable' }
/** Data element 4. */
export const NIBRS_EXCEPTIONAL_CLEARANCES: CodeNames = { A: 'death of offender', B: 'prosecution declined', C: 'in custody of other jurisdiction', D: 'victim refused to cooperate', E: 'juvenile, no custody', N: 'not applicable' }
/** Data element 9. */
export const NIBRS_LOCATIONS: CodeNames = {
  '01': 'terminal', '02': 'bank', '03': 'bar', '04': 'house of worship', '05': 'office building', '06': 'construction site', '07': 'convenience store', '08': 'department store', '09': 'drug store, doctor, hospital', '10': 'field, woods',
  '11': 'public building', '12': 'supermarket', '13': 'street', '14': 'hotel', '15': 'jail', '16': 'waterway', '17': 'liquor store', '18': 'parking', '19': 'rental storage', '20': 'residence', '21': 'restaurant', '22': 'school or college (retired code)',
  '23': 'service station', '24': 'specialty store', '25': 'other or unknown', '37': 'abandoned structure', '38': 'amusement park', '39': 'arena', '40': 'separate ATM', '41': 'auto dealership', '42': 'campground', '44': 'daycare', '45': 'dock',
  '46': 'farm', '47': 'casino', '48': 'industrial site', '49': 'military installation', '50': 'park', '51': 'rest area', '52': 'college', '53': 'school', '54': 'shelter', '55': 'shopping mall', '56': 'tribal lands', '57': 'community center', '58': 'cyberspace',
}
/** Data element 8A. */
export const NIBRS_BIASES: CodeNames = {
  '11': 'anti-White', '12': 'anti-Black', '13': 'anti-American Indian', '14': 'anti-Asian', '15': 'anti-multiple races', '16': 'anti-Pacific Islander', '21': 'anti-Jewish', '22': 'anti-Catholic', '23': 'anti-Protestant', '24': 'anti-Islamic',
  '25': 'anti-other religion', '26': 'anti-multiple religions', '27': 'anti-atheism', '28': 'anti-Mormon', '29': "anti-Jehovah's Witness", '31': 'anti-Arab', '32': 'anti-Hispanic', '33': 'anti-other ethnicity', '41': 'anti-gay', '42': 'anti-lesbian',
  '43': 'anti-LGBT, mixed group', '44': 'anti-heterosexual', '45': 'anti-bisexual', '51': 'anti-physical disability', '52': 'anti-mental disability', '61': 'anti-male', '62': 'anti-female', '71': 'anti-transgender', '72': 'anti-gender nonconforming',
  '81': 'anti-Eastern Orthodox', '82': 'anti-other Christian', '83': 'anti-Buddhist', '84': 'anti-Hindu', '85': 'anti-Sikh', '88': 'none', '99': 'unknown',
}
/** Data element 31. */
export const NIBRS_CIRCUMSTANCES: CodeNames = {
  '01': 'argument', '02': 'assault on officer', '03': 'drug dealing', '04': 'gangland', '05': 'juvenile gang', '06': 'domestic violence', '07': 'mercy killing', '08': 'other felony involved', '09': 'other', '10': 'unknown',
  '20': 'killed by private citizen', '21': 'killed by officer', '30': 'child playing with weapon', '31': 'gun cleaning', '32': 'hunting', '33': 'other negligent weapon handling', '34': 'other negligent killing',
}
/** Data element 32. */
export const NIBRS_JUSTIFIABLE: CodeNames = { A: 'attacked officer, killed by that officer', B: 'attacked officer, killed by another', C: 'attacked a civilian', D: 'attempted flight', E: 'killed in commission of a crime', F: 'resisted arrest', G: 'unable to determine' }
/** Data element 25A. */
export const NIBRS_OFFICER_ACTIVITIES: CodeNames = {
  '01': 'disturbance call', '02': 'burglary', '03': 'robbery', '04': 'other arrest', '05': 'civil disorder', '06': 'prisoners', '07': 'suspicious persons', '08': 'ambush', '09': 'persons with mental illness', '10': 'traffic', '11': 'other',
}
/** Data element 25B. */
export const NIBRS_OFFICER_ASSIGNMENTS: CodeNames = { F: 'two-officer vehicle', G: 'one-officer vehicle, alone', H: 'one-officer vehicle, assisted', I: 'detective, alone', J: 'detective, assisted', K: 'other, alone', L: 'other, assisted' }
/** Data element 15. */
export const NIBRS_PROPERTY: CodeNames = {
  '01': 'aircraft', '02': 'alcohol', '03': 'automobiles', '04': 'bicycles', '05': 'buses', '06': 'clothes', '07': 'computers', '08': 'consumable goods', '09': 'credit cards', '10': 'drugs', '11': 'drug equipment', '12': 'farm equipment', '13': 'firearms',
  '14': 'gambling equipment', '15': 'heavy equipment', '16': 'household goods', '17': 'jewelry', '18': 'livestock', '19': 'merchandise', '20': 'money', '21': 'negotiable instruments', '22': 'nonnegotiable instruments', '23': 'office equipment',
  '24': 'other motor vehicles', '25': 'purses, wallets', '26': 'radios, TVs', '27': 'recordings', '28': 'recreational vehicles', '29': 'single dwellings', '30': 'other dwellings', '31': 'commercial structures', '32': 'industrial structures',
  '33': 'public structures', '34': 'storage structures', '35': 'other structures', '36': 'tools', '37': 'trucks', '38': 'vehicle parts', '39': 'watercraft', '41': 'aircraft parts', '42': 'artistic supplies', '43': 'building materials',
  '44': 'camping equipment', '45': 'chemicals', '46': 'collections', '47': 'crops', '48': 'documents', '49': 'explosives', '59': 'firearm accessories', '64': 'fuel', '65': 'identity documents', '66': 'intangible identity', '67': 'law enforcement equipment',
  '68': 'garden equipment', '69': 'logging equipment', '70': 'medical equipment', '71': 'non-precious metals', '72': 'musical instruments', '73': 'pets', '74': 'optical equipment', '75': 'portable electronics', '76': 'sports equipment', '77': 'other',
  '78': 'trailers', '79': 'watercraft parts', '80': 'other weapons', '88': 'pending inventory', '99': 'special category (retired code)',
}
/** Data element 14. */
export const NIBRS_LOSSES: CodeNames = { '1': 'none', '2': 'burned', '3': 'counterfeited', '4': 'damaged', '5': 'recovered', '6': 'seized', '7': 'stolen', '8': 'unknown' }
/** Data element 20. */
export const NIBRS_DRUGS: CodeNames = {
  A: 'crack cocaine', B: 'cocaine', C: 'hashish', D: 'heroin', E: 'marijuana', F: 'morphine', G: 'opium', H: 'other narcotics', I: 'LSD', J: 'PCP', K: 'other hallucinogens', L: 'amphetamines', M: 'other stimulants', N: 'barbiturates',
  O: 'other depressants', P: 'other drugs', U: 'unknown', X: 'over three drug types',
}
/** Data element 22. */
export const NIBRS_DRUG_MEASURES: CodeNames = { DU: 'dosage units', FO: 'fluid ounce', GL: 'gallon', GM: 'gram', KG: 'kilogram', LB: 'pound', LT: 'liter', ML: 'milliliter', NP: 'number of plants', OZ: 'ounce', XX: 'not reported' }
/** Data element 43. */
export const NIBRS_ARREST_TYPES: CodeNames = { O: 'on view', S: 'summoned or cited', T: 'taken into custody' }
/** Data element 46. */
export const NIBRS_ARMED: CodeNames = { '01': 'unarmed', '11': 'firearm, type not stated', '12': 'handgun', '13': 'rifle', '14': 'shotgun', '15': 'other firearm', '16': 'lethal cutting instrument', '17': 'club' }
/** Data elements 28, 39, 49. */
export const NIBRS_RACES: CodeNames = { W: 'White', B: 'Black', I: 'American Indian', A: 'Asian', P: 'Pacific Islander', U: 'unknown' }
/** Data elements 29, 50. */
export const NIBRS_ETHNICITIES: CodeNames = { H: 'Hispanic or Latino', N: 'not Hispanic or Latino', U: 'unknown' }
/** Data elements 27, 38, 48. */
export const NIBRS_SEXES: CodeNames = { F: 'female', M: 'male', U: 'unknown' }
/** Data elements 30, 51. */
export const NIBRS_RESIDENT: CodeNames = { R: 'resident', N: 'nonresident', U: 'unknown' }
/** Data element 52. */
export const NIBRS_UNDER_18: CodeNames = { H: 'handled within department', R: 'referred to other authorities' }
/** Data element 44. */
export const NIBRS_MULTIPLE: CodeNames = { C: 'count arrestee', M: 'multiple', N: 'not applicable' }
/** Data element 11. */
export const NIBRS_ENTRY: CodeNames = { F: 'force', N: 'no force' }
/** Data element 2A. */
export const NIBRS_CARGO: CodeNames = { Y: 'yes', N: 'no' }
