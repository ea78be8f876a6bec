/**
 * Which level the policy's criteria lead to, from counts and facts. Pure; the policy is data.
 * What is not recorded is unknown, never no: an unknown criterion proposes nothing, and is named for the person who decides.
 */
import { LEVELS, rankOf, type HistoryCounts, type Level } from '@chorus/contracts'
import type { PolicyHead } from '@chorus/policy'

export type Answer = 'yes' | 'no' | 'unknown'

export interface Predicates {
  ipvIncidentReport: { arrest: boolean; primaryAggressorIdentified: boolean }
  ipvArrestOrCharge: { equals: number } | { atLeast: number }
  prohibitedBehaviorAfterNotice: { levels: Level[] }
  felonyDomesticAssault: { degrees: number[] }
  strangulation: { charged: true }
  weaponUsedInIpv: Record<string, never>
  orderOfProtectionViolation: { withViolence: true }
}
export type PredicateName = keyof Predicates
/** One name with its arguments, as in the file. */
export type Criterion = { [N in PredicateName]?: Predicates[N] }

export interface LevelRule { readonly anyOf: readonly Criterion[]; readonly noneOf?: readonly Criterion[]; readonly requires?: { readonly panelApproval: { readonly minAgencies: number } } }
export interface LevelPolicy extends PolicyHead {
  readonly lookbackYears: number
  /** screening of every incident: relationships (NIBRS data element 35) that are intimate, and the least age in years */
  readonly eligibility: { readonly relationships: readonly string[]; readonly minimumAge: number }
  /** by when the hotline is called after a screen that screens in; absent before version 1.1.0 */
  readonly lethalityScreens?: { readonly hotlineWithinMinutes: number }
  readonly levels: Readonly<Record<Level, LevelRule>>
  readonly prohibitedBehaviors: readonly string[]
}

/** What is recorded when the level is looked for. */
export interface LevelFacts {
  /** counts of the criminal-history review within the look-back; null where none was made */
  readonly history: HistoryCounts | null
  readonly incident: {
    /** an arrest was reported for the index incident */
    readonly arrest: boolean
    readonly primaryAggressorIdentified: boolean
    /** weapon codes as reported (NIBRS data element 13); null where the report carries none */
    readonly weaponCodes: readonly string[] | null
    /** strangulation as the report has it; null where it does not say */
    readonly strangulation: boolean | null
  }
  /** levels at which the person was notified before a prohibited behaviour; null where that is not known here */
  readonly offendedAfterNoticeAt: readonly Level[] | null
}

export interface Assessment {
  readonly level: Level | null
  readonly matched: readonly string[]
  readonly unknown: readonly string[]
}

/** The most severe level all of whose conditions are met; the criteria that were met for it; what could not be decided. */
export function assess(policy: LevelPolicy, facts: LevelFacts): Assessment {
  const worstFirst = [...LEVELS].sort((a, b) => rankOf(b) - rankOf(a))
  const unknown: string[] = []
  for (const level of worstFirst) {
    const { anyOf, noneOf = [] } = policy.levels[level]
    const met = anyOf.filter((criterion) => answer(criterion, facts) === 'yes')
    const against = noneOf.map((criterion) => answer(criterion, facts))
    for (const criterion of [...anyOf, ...noneOf]) if (answer(criterion, facts) === 'unknown') unknown.push(nameOf(criterion))
    if (met.length > 0 && against.every((result) => result === 'no')) return { level, matched: met.map(nameOf), unknown: [...new Set(unknown)] }
  }
  return { level: null, matched: [], unknown: [...new Set(unknown)] }
}

/** The criteria of one level that are met, whatever level the policy would propose. */
export const metAt = (policy: LevelPolicy, level: Level, facts: LevelFacts): string[] => policy.levels[level].anyOf.filter((criterion) => answer(criterion, facts) === 'yes').map(nameOf)

/** How a criterion is named on events: `ipvArrestOrCharge.equals=1`. */
export function nameOf(criterion: Criterion): string {
  const [name, args] = Object.entries(criterion)[0]!
  const said = Object.entries(args as object).map(([key, value]) => `${key}=${Array.isArray(value) ? value.join('+') : String(value)}`)
  return said.length === 0 ? name : `${name}.${said.join('.')}`
}

export function answer(criterion: Criterion, facts: LevelFacts): Answer {
  const [name, args] = Object.entries(criterion)[0]!
  return (PREDICATES[name as PredicateName] as (args: unknown, facts: LevelFacts) => Answer)(args, facts)
}

const say = (yes: boolean): Answer => yes ? 'yes' : 'no'

const PREDICATES: { [N in PredicateName]: (args: Predicates[N], facts: LevelFacts) => Answer } = {
  ipvIncidentReport: ({ arrest, primaryAggressorIdentified }, { incident }) =>
    say(incident.arrest === arrest && incident.primaryAggressorIdentified === primaryAggressorIdentified),

  ipvArrestOrCharge: (args, { history, incident }) => {
    // A charge follows an arrest: the larger of both counts, never their sum. The index arrest may be younger than the review.
    const least = Math.max(history?.ipvArrests ?? 0, history?.ipvCharges ?? 0, incident.arrest ? 1 : 0)
    if ('atLeast' in args) return least >= args.atLeast ? 'yes' : history ? 'no' : 'unknown'
    return least > args.equals ? 'no' : history ? say(least === args.equals) : 'unknown'
  },

  prohibitedBehaviorAfterNotice: ({ levels }, { offendedAfterNoticeAt }) =>
    offendedAfterNoticeAt === null ? 'unknown' : say(levels.some((level) => offendedAfterNoticeAt.includes(level))),

  // The counts hold violent felonies without their degree: none means no, any means that somebody has to look.
  felonyDomesticAssault: (_, { history }) => history && history.violentFelonies === 0 ? 'no' : 'unknown',

  // Reports tell of strangulation, not whether it was charged.
  strangulation: (_, { incident: { strangulation, weaponCodes } }) =>
    strangulation === false || (strangulation === null && weaponCodes !== null && !weaponCodes.some(isAsphyxiation)) ? 'no' : 'unknown',

  weaponUsedInIpv: (_, { incident: { weaponCodes } }) =>
    weaponCodes === null ? 'unknown' : weaponCodes.some(isWeapon) ? 'yes' : weaponCodes.some((code) => code.startsWith('95')) ? 'unknown' : 'no',

  orderOfProtectionViolation: (_, { history }) => history && history.oopViolations === 0 ? 'no' : 'unknown',
}

/** Those that a policy may name. */
export const PREDICATE_NAMES = Object.keys(PREDICATES).sort()

const isAsphyxiation = (code: string): boolean => code.startsWith('85')
/** Firearms 11-15 (also with A for automatic), knife 20, blunt 30, vehicle 35, poison 50, explosives 60, fire 65, drugs 70, other 90. Not: hands 40, asphyxiation 85, unknown 95, none 99. */
const isWeapon = (code: string): boolean => /^(?:1[1-5]|20|30|35|50|60|65|70|90)/.test(code)
