/** What one policy of levels would decide otherwise than another, of the same record; and which criteria make the difference. Pure. */
import { rankOf, type EligibilityAssessedV2, type Level } from '@chorus/contracts'
import { answer, assess, lookedBack, nameOf, type Answer, type LevelFacts, type LevelPolicy } from './criteria'

/** A file may ask for more agencies on the panel of A than two, and never for fewer (I4): what it says below that changes nothing. */
export const asItHolds = (policy: LevelPolicy): LevelPolicy => {
  const { A } = policy.levels
  return { ...policy, levels: { ...policy.levels, A: { ...A, requires: { panelApproval: { minAgencies: Math.max(2, A.requires?.panelApproval.minAgencies ?? 0) } } } } }
}

/** A level that would be proposed, or why none would be. */
export type Proposed = Level | 'NO_LEVEL' | 'NOT_REVIEWED' | 'OTHER_LOOKBACK'
/** A criterion as the two policies have it; absent: it does not stand at this level there. */
export interface CriterionDifference { readonly level: Level; readonly part: 'anyOf' | 'noneOf'; readonly criterion: string; readonly before?: Answer; readonly after?: Answer }
export interface LevelDifference { readonly from: Proposed; readonly to: Proposed; readonly criteria: readonly CriterionDifference[] }

export interface Recorded { /** years over which the criminal history was reviewed; null: it was not */ readonly reviewedYears: number | null; readonly levelFacts: LevelFacts }

/** As a proposal would be decided. */
export const proposedBy = (policy: LevelPolicy, { reviewedYears, levelFacts }: Recorded): Proposed => {
  if (reviewedYears === null) return 'NOT_REVIEWED'
  if (reviewedYears !== policy.lookbackYears) return 'OTHER_LOOKBACK'
  return assess(policy, levelFacts).level ?? 'NO_LEVEL'
}

/** null: both would propose the same. What counts as an offence after a notice is each policy's own: `recorded` by the one before, `recordedAfter` by the other. */
export const levelDifference = (before: LevelPolicy, after: LevelPolicy, recorded: Recorded, recordedAfter = recorded): LevelDifference | null => {
  const [from, to] = [proposedBy(before, recorded), proposedBy(after, recordedAfter)]
  if (from === to) return null
  const [least, most] = [rankIn(from), rankIn(to)].sort((a, b) => a - b) as [number, number]
  const [was, is] = [answersOf(before, recorded.levelFacts), answersOf(after, recordedAfter.levelFacts)]
  const criteria = [...new Map([...was, ...is]).values()].flatMap(({ level, part, criterion }): CriterionDifference[] => {
    const key = keyOf({ level, part, criterion })
    const [one, other] = [was.get(key)?.is, is.get(key)?.is]
    return rankOf(level) < least || rankOf(level) > most || one === other ? [] : [{ level, part, criterion, ...(one ? { before: one } : {}), ...(other ? { after: other } : {}) }]
  })
  // Of counts that are of other years no criterion says anything.
  return { from, to, criteria: [from, to].includes('OTHER_LOOKBACK') ? [] : criteria }
}

/** toReview: the counts on record are of other years; nothing is known of the level. */
export const directionOf = ({ from, to }: Pick<LevelDifference, 'from' | 'to'>): 'higher' | 'lower' | 'toReview' | 'reviewed' =>
  to === 'OTHER_LOOKBACK' ? 'toReview' : from === 'OTHER_LOOKBACK' ? 'reviewed' : rankIn(to) > rankIn(from) ? 'higher' : 'lower'

const isLevel = (proposed: Proposed): proposed is Level => proposed.length === 1
/** No level is less than the least. */
const rankIn = (proposed: Proposed): number => (isLevel(proposed) ? rankOf(proposed) : 0)

interface Answered { readonly level: Level; readonly part: 'anyOf' | 'noneOf'; readonly criterion: string; readonly is: Answer }
const keyOf = ({ level, part, criterion }: Omit<Answered, 'is'>): string => `${level} ${part} ${criterion}`
const answersOf = (policy: LevelPolicy, facts: LevelFacts): Map<string, Answered> => new Map(
  (Object.keys(policy.levels) as Level[]).flatMap((level) => (['anyOf', 'noneOf'] as const).flatMap((part) => (policy.levels[level][part] ?? []).map((one): [string, Answered] => {
    const answered = { level, part, criterion: nameOf(one), is: answer(one, lookedBack(policy, facts)) }
    return [keyOf(answered), answered]
  }))))

/** Of the screening of one incident; null: no intimate partners are reported, it is not assessed at all. */
export type Screened = Pick<EligibilityAssessedV2, 'outcome' | 'predicates'> | null
export interface ScreeningDifference { readonly from: EligibilityAssessedV2['outcome'] | 'NOT_SCREENED'; readonly to: EligibilityAssessedV2['outcome'] | 'NOT_SCREENED'; readonly predicates: readonly { readonly name: string; readonly before?: string; readonly after?: string }[] }

/** As both would stand on record: what was screened as intimate partners, and is none by the other, is assessed anew as not eligible; what neither takes for partners is not assessed at all. */
export const screenedUnder = (before: Found, after: Found): readonly [Screened, Screened] => [before?.partners ? before.assessment : null, after && (after.partners || before?.partners) ? after.assessment : null]
type Found = { readonly partners: boolean; readonly assessment: Exclude<Screened, null> } | null

export const screeningDifference = (before: Screened, after: Screened): ScreeningDifference | null => {
  const [from, to] = [before?.outcome ?? 'NOT_SCREENED', after?.outcome ?? 'NOT_SCREENED'] as const
  if (from === to) return null
  const said = (screened: Screened): Map<string, string> => new Map((screened?.predicates ?? []).map(({ name, args, result }) => [name, `${args === undefined ? '' : `${args} `}${result}`]))
  const [was, is] = [said(before), said(after)]
  return { from, to, predicates: [...new Set([...was.keys(), ...is.keys()])].flatMap((name) => {
    const [one, other] = [was.get(name), is.get(name)]
    return one === other ? [] : [{ name, ...(one === undefined ? {} : { before: one }), ...(other === undefined ? {} : { after: other }) }]
  }) }
}
