/**
 * What a role sees of a history: by stream category, and by the confidentiality of a field (domain reference §5.2).
 * Default deny: a category that is not listed for a role is not there. Rights apply as of now, whatever moment is looked at.
 */
import type { PrivacyClass, Role } from '@chorus/contracts'

/** codes: clear fields only · names: sealed fields too, of the person who causes harm and of the report · both: the victim's as well */
type Sight = 'codes' | 'names' | 'both'

const SIGHT: Readonly<Partial<Record<Role, Readonly<Record<string, Sight>>>>> = {
  // Types in who the victim is, from the police's own records, and is not shown it here.
  intakeAnalyst: { incident: 'names', arrest: 'names', windowReport: 'names', eligibility: 'codes', referral: 'names', pair: 'codes', pchCase: 'names', historyReview: 'codes' },
  detective: { incident: 'names', arrest: 'names', windowReport: 'names', eligibility: 'codes', referral: 'names', pair: 'codes', pchCase: 'names' },
  prosecutor: { incident: 'both', arrest: 'both', windowReport: 'both', eligibility: 'codes', referral: 'both', pair: 'codes', pchCase: 'both', historyReview: 'codes' },
  systemAdvocate: { incident: 'both', arrest: 'names', eligibility: 'codes', referral: 'both', pair: 'codes', pchCase: 'names' },
  panelMember: { incident: 'codes', eligibility: 'codes', pchCase: 'codes', historyReview: 'codes' },
  healthProgram: { pchCase: 'codes' },
  evaluator: { incident: 'codes', arrest: 'codes', windowReport: 'codes', eligibility: 'codes', pair: 'codes', pchCase: 'codes' },
  privacyOfficer: { incident: 'codes', arrest: 'codes', windowReport: 'codes', eligibility: 'codes', referral: 'codes', pair: 'codes', pchCase: 'codes', historyReview: 'codes' },
}

/** Roles that may ask for a history at all. */
export const HISTORY_READERS = Object.keys(SIGHT) as Role[]

export const seesCategory = (role: string, category: string): boolean => SIGHT[role as Role]?.[category] !== undefined

/** Whether the role sees this sealed field. `pointer` is the field's JSON pointer in the stored event. */
export const seesField = (role: string, category: string, field: { readonly pointer: string; readonly privacy: PrivacyClass }): boolean => {
  const sight = SIGHT[role as Role]?.[category]
  if (sight === undefined || sight === 'codes') return false
  return sight === 'both' || !isVictims(field.pointer)
}
const isVictims = (pointer: string): boolean => /\/(?:victim|otherPerson|survivor)/i.test(pointer)

/** Clear fields that speak of an address: that there is one, and that it is a substitute, is itself contact information. */
const OF_ADDRESSES: readonly string[] = ['subjectAddressKind', 'victimAddressKind']

/** The event's data without the clear fields that go with sealed ones which the role does not see. */
export const seenData = (role: string, category: string, data: object): object =>
  Object.fromEntries(Object.entries(data).filter(([name]) => !OF_ADDRESSES.includes(name) || seesField(role, category, { pointer: `/data/${name}`, privacy: 'identifying' })))
