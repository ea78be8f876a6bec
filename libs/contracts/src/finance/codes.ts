/** Code lists of the money side. Everything here is an open record: an office, a document, an amount; never a person. */
export const ACCOUNT_CLASSES = ['A', 'B', 'C', 'E', 'T', 'X'] as const
export const APPROPRIATION_SOURCES = ['ORDINANCE', 'TRANSFER', 'CARRY_FORWARD'] as const
export type AppropriationSource = (typeof APPROPRIATION_SOURCES)[number]
export const AUTHORIZED_OFFICERS = ['DIRECTOR_OF_HEALTH'] as const
export type AuthorizedOfficer = (typeof AUTHORIZED_OFFICERS)[number]
/** STATED: the ordinance says the day. TEN_DAYS: it says none, the ordinary wait of ten days after passage was counted. */
export const EFFECTIVE_BASES = ['STATED', 'TEN_DAYS'] as const
export type EffectiveBasis = (typeof EFFECTIVE_BASES)[number]
/** DRAFT: our reading, until counsel has confirmed it. */
export const READINGS = ['DRAFT', 'CONFIRMED'] as const
export type Reading = (typeof READINGS)[number]
export const CERTIFIERS = ['DIRECTOR_OF_FINANCE', 'DELEGATE'] as const
export type Certifier = (typeof CERTIFIERS)[number]
/** The office as it stands on the certificate. */
export const CERTIFIER_TITLES = ['DIRECTOR_OF_FINANCE', 'INTERIM_DIRECTOR_OF_FINANCE', 'ACTING_DIRECTOR_OF_FINANCE', 'DEPUTY_DIRECTOR_OF_FINANCE', 'CITY_TREASURER', 'CITY_CONTROLLER', 'OTHER_FINANCE_OFFICER'] as const
export type CertifierTitle = (typeof CERTIFIER_TITLES)[number]
export const ENCUMBRANCE_DOCUMENTS = ['CONTRACT', 'PO', 'COOP_AGREEMENT'] as const
export type EncumbranceDocument = (typeof ENCUMBRANCE_DOCUMENTS)[number]
/** No amount here is larger: ten billion dollars in cents, far below where whole numbers lose their last digit when they are added. */
export const MOST_CENTS = 1_000_000_000_000
