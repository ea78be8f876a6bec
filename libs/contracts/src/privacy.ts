/** Who an event is for (domain reference §3.1). All events of a stream category share one. VSP_CONF never enters the City's log. */
export const CLASSIFICATIONS = ['FIN_OPEN', 'OPS', 'CJI', 'CHRI', 'PCH_SERVICE', 'PART2', 'PHI', 'VSP_CONF', 'AGG'] as const
export type Classification = (typeof CLASSIFICATIONS)[number]

/**
 * How confidential one field is.
 * open: harmless by itself · code: a code, date, level or count that evaluation needs (never sealed) ·
 * token: a random token of ours · matchable: matches something outside (record id, report number), always sealed ·
 * identifying: says who or where somebody is, always sealed · narrative: free text, always sealed
 */
export const PRIVACY_CLASSES = ['open', 'code', 'token', 'matchable', 'identifying', 'narrative'] as const
export type PrivacyClass = (typeof PRIVACY_CLASSES)[number]
/** A field of one of these classes must be sealed; the architecture test holds it. */
export const ALWAYS_SEALED: readonly PrivacyClass[] = ['matchable', 'identifying', 'narrative']

/**
 * Whom a field speaks of: pch: the person who causes harm · victim: the victim, a survivor, or whoever must be hidden like one ·
 * pair: both at once · record: an agency's own record · anyone: free text, or a list, in which anybody may stand.
 */
export const ABOUT = ['pch', 'victim', 'pair', 'record', 'anyone'] as const
export type About = (typeof ABOUT)[number]

/** The contexts in which people have tokens and keys of their own; no token of one context can be led to another but by the vault. */
export const CONTEXTS = ['incident', 'case', 'services', 'safety', 'intake'] as const
export type Context = (typeof CONTEXTS)[number]
