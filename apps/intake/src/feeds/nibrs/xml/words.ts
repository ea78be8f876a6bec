/** Words of the NIBRS XML where the flat file has codes. Compared without case, blanks and punctuation: exporters differ there. */

const plain = (word: string): string => word.toLowerCase().replace(/[^a-z]/g, '')
const table = (words: Readonly<Record<string, string>>) => {
  const known = new Map(Object.entries(words).map(([word, code]) => [plain(word), code]))
  const codes = new Set(Object.values(words))
  /** The code of a word; a code itself is taken as it is; undefined: neither. */
  return (word: string): string | undefined => codes.has(word) ? word : known.get(plain(word))
}

/** Element 14. */
export const lossOf = table({ NONE: '1', BURNED: '2', COUNTERFEITED: '3', 'COUNTERFEITED FORGED': '3', 'DESTROYED_DAMAGED_VANDALIZED': '4', RECOVERED: '5', SEIZED: '6', STOLEN: '7', UNKNOWN: '8' })

/** Element 35: who the victim was to the offender. */
export const relationshipOf = table({
  'Family Member_Spouse': 'SE', 'Family Member_Spouse_Common Law': 'CS', 'Family Member_Parent': 'PA', 'Family Member_Sibling': 'SB', 'Family Member_Child': 'CH', 'Family Member_Grandparent': 'GP',
  'Family Member_Grandchild': 'GC', 'Family Member_In-Law': 'IL', 'Family Member_Stepparent': 'SP', 'Family Member_Stepchild': 'SC', 'Family Member_Stepsibling': 'SS', 'Family Member': 'OF',
  'Victim Was Offender': 'VO', Acquaintance: 'AQ', Friend: 'FR', Neighbor: 'NE', Babysittee: 'BE', 'Boyfriend_Girlfriend': 'BG', Boyfriend: 'BG', Girlfriend: 'BG', 'Child of Boyfriend_Girlfriend': 'CF',
  'Homosexual relationship': 'HR', 'Ex_Relationship': 'XR', 'Ex_Spouse': 'XS', Employee: 'EE', Employer: 'ER', 'NonFamily_Otherwise Known': 'OK', Stranger: 'ST', 'Relationship Unknown': 'RU',
})

/** Element 8A. */
export const biasOf = table({
  ANTIWHITE: '11', ANTIBLACK_AFRICAN_AMERICAN: '12', ANTIAMERICAN_INDIAN_ALASKAN_NATIVE: '13', ANTIASIAN: '14', ANTIMULTIRACIAL_GROUP: '15', ANTINATIVEHAWAIIAN_OTHERPACIFICISLANDER: '16',
  ANTIJEWISH: '21', ANTICATHOLIC: '22', ANTIPROTESTANT: '23', ANTIISLAMIC: '24', ANTIOTHER_RELIGION: '25', ANTIMULTIRELIGIOUS_GROUP: '26', ANTIATHEIST_AGNOSTIC: '27', ANTIMORMON: '28', ANTIJEHOVAHWITNESS: '29',
  ANTIARAB: '31', ANTIHISPANIC_LATINO: '32', ANTIOTHER_ETHNICITY_NATIONAL_ORIGIN: '33', ANTIMALE_HOMOSEXUAL: '41', ANTIFEMALE_HOMOSEXUAL: '42', ANTIHOMOSEXUAL: '43', ANTIHETEROSEXUAL: '44', ANTIBISEXUAL: '45',
  ANTIPHYSICAL_DISABILITY: '51', ANTIMENTAL_DISABILITY: '52', ANTIMALE: '61', ANTIFEMALE: '62', ANTITRANSGENDER: '71', ANTIGENDER_NONCONFORMING: '72',
  ANTIEASTERNORTHODOX: '81', ANTIOTHER_CHRISTIAN: '82', ANTIBUDDHIST: '83', ANTIHINDU: '84', ANTISIKH: '85', NONE: '88', UNKNOWN: '99',
})

/** Elements 26, 37, 47 where the age is a word: four columns of the flat file. */
export const ageWordOf = table({ NEONATAL: 'NN  ', NEWBORN: 'NB  ', BABY: 'BB  ', UNKNOWN: '00  ' })
