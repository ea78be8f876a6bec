/**
 * Which level the policy's criteria lead to, from counts and facts. Pure; the policy is data.
 * What is not recorded is unknown, never no: an unknown criterion proposes nothing, and is named for the person who decides.
 */
import { LEVELS, rankOf, type HistoryCounts, type Level } from '@chorus/contracts'
import type { PolicyHead } from '@chorus/policy'
import type { ScreeningRules } from '../on-incident-reported/assess-eligibility'

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
  readonly eligibility: ScreeningRules
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
    /** an arrest for the index incident, by its report or told by itself; null: somebody was arrested in it, and nobody said who */
    readonly arrest: boolean | null
    /** charges of it were filed, or referred to the municipal court; null: where several were arrested nobody said whose */
    readonly charged: boolean | null
    /** codes of the charges for which he was arrested, beside what the report says; null where a source told none */
    readonly charges: readonly string[] | null
    /** null: what is too old to count identifies nobody, and is no report of one who is not identified either */
    readonly primaryAggressorIdentified: boolean | null
    /** weapon codes as reported (NIBRS data element 13); null where the report carries none */
    readonly weaponCodes: readonly string[] | null
    /** strangulation as the report has it; null where it does not say */
    readonly strangulation: boolean | null
    /** the last day on which it can have happened; absent where nothing was reported */
    readonly day?: string
    /** the last day of an arrest or a charge for it, where that is told */
    readonly arrestDay?: string
  }
  /** the day on which the level is looked for; absent: nothing is too old */
  readonly day?: string
  /** levels at which the person was notified before a prohibited behaviour; null where that is not known here */
  readonly offendedAfterNoticeAt: readonly Level[] | null
}

export interface Assessment {
  readonly level: Level | null
  readonly matched: readonly string[]
  readonly unknown: readonly string[]
}

/** One look-back holds for all criteria: of an index incident that is older nothing counts but an arrest or a charge that is not. */
export const lookedBack = ({ lookbackYears }: Pick<LevelPolicy, 'lookbackYears'>, facts: LevelFacts): LevelFacts => {
  const { incident, day } = facts
  const counts = (when: string | undefined): boolean => when === undefined || day === undefined || when >= yearsBefore(day, lookbackYears)
  if (counts(incident.day)) return facts
  const arrested = incident.arrestDay !== undefined && counts(incident.arrestDay)
  return { ...facts, incident: { ...NOTHING_OF_IT, ...(arrested ? { arrest: incident.arrest, charged: incident.charged, charges: incident.charges } : {}) } }
}
const NOTHING_OF_IT: LevelFacts['incident'] = { arrest: false, charged: false, charges: [], primaryAggressorIdentified: null, weaponCodes: [], strangulation: false }
export const yearsBefore = (day: string, years: number): string => `${String(Number(day.slice(0, 4)) - years).padStart(4, '0')}${day.slice(4)}`

/** The most severe level all of whose conditions are met; the criteria that were met for it; what could not be decided. */
export function assess(policy: LevelPolicy, recorded: LevelFacts): Assessment {
  const facts = lookedBack(policy, recorded)
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
export const metAt = (policy: LevelPolicy, level: Level, facts: LevelFacts): string[] => policy.levels[level].anyOf.filter((criterion) => answer(criterion, lookedBack(policy, facts)) === 'yes').map(nameOf)

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
    incident.primaryAggressorIdentified !== primaryAggressorIdentified ? 'no' : incident.arrest === null ? 'unknown' : say(incident.arrest === arrest),

  ipvArrestOrCharge: (args, { history, incident }) => {
    // A charge follows an arrest: the larger of both counts, never their sum. The index arrest, by whomever it is told, is one, and may be younger than the review.
    const sure = incident.arrest === true || incident.charged === true
    const reviewed = Math.max(history?.ipvArrests ?? 0, history?.ipvCharges ?? 0)
    const least = Math.max(reviewed, sure ? 1 : 0)
    const most = Math.max(least, incident.arrest === null || incident.charged === null ? 1 : 0)
    if ('atLeast' in args) return least >= args.atLeast ? 'yes' : history && most < args.atLeast ? 'no' : 'unknown'
    if (least > args.equals) return 'no'
    return history && (least === most || most < args.equals) ? say(least === args.equals) : 'unknown'
  },

  prohibitedBehaviorAfterNotice: ({ levels }, { offendedAfterNoticeAt }) =>
    offendedAfterNoticeAt === null ? 'unknown' : say(levels.some((level) => offendedAfterNoticeAt.includes(level))),

  // The counts hold violent felonies without their degree: none means no, any means that somebody has to look; so does an arrest for one, or for what nobody told.
  felonyDomesticAssault: ({ degrees }, { history, incident: { charges } }) =>
    history && history.violentFelonies === 0 && charges !== null && !charges.some((code) => mayBeFelony(code, degrees)) ? 'no' : 'unknown',

  // Reports tell of strangulation, not whether it was charged.
  strangulation: (_, { incident: { strangulation, weaponCodes } }) =>
    strangulation === false || (strangulation === null && weaponCodes !== null && !weaponCodes.some(isAsphyxiation)) ? 'no' : 'unknown',

  weaponUsedInIpv: (_, { incident: { weaponCodes } }) =>
    weaponCodes === null ? 'unknown' : weaponCodes.some(isWeapon) ? 'yes' : weaponCodes.some((code) => code.startsWith('95')) ? 'unknown' : 'no',

  orderOfProtectionViolation: (_, { history }) => history && history.oopViolations === 0 ? 'no' : 'unknown',
}

/** Those that a policy may name. */
export const PREDICATE_NAMES = Object.keys(PREDICATES).sort()

/** Domestic assault by its degree (RSMo). */
const STATUTES: Readonly<Record<number, string>> = { 1: '565072', 2: '565073', 3: '565074', 4: '565076' }
/** Another section of the statutes or an ordinance is none of them; a code of another kind may be. */
const mayBeFelony = (code: string, degrees: readonly number[]): boolean =>
  degrees.some((degree) => code.replace(/[^0-9]/g, '').startsWith(STATUTES[degree] ?? code)) || !/^\d{2,3}[.-]?\d{3}/.test(code)
const isAsphyxiation = (code: string): boolean => code.startsWith('85')
/** Firearms 11-15 (also with A for automatic), knife 20, blunt 30, vehicle 35, poison 50, explosives 60, fire 65, drugs 70, other 90. Not: hands 40, asphyxiation 85, unknown 95, none 99. */
const isWeapon = (code: string): boolean => /^(?:1[1-5]|20|30|35|50|60|65|70|90)/.test(code)
