/**
 * The lethality screens as pure scoring: answers in, outcome out. Sources: domain reference §2.1 (LAP), §2.3 (DA-LE),
 * §2.4 (ODARA). An instrument's algorithm never changes under its version: a new reading is a new version beside it.
 */
import type { Instrument, ScreenAnswer, ScreenOutcome } from '@chorus/contracts'

export interface InstrumentSpec {
  readonly instrumentVersion: string
  readonly items: number
  readonly algorithmVersion: string
  /** an officer's belief, or professional judgement, has a place on the form */
  readonly judgement: boolean
  readonly score: (answers: readonly ScreenAnswer[], officerBelief: boolean) => ScreenOutcome
}

const yes = (answers: readonly ScreenAnswer[]): number => answers.filter((answer) => answer === 'YES').length
const noneAnswered = (answers: readonly ScreenAnswer[]): boolean => answers.every((answer) => answer === 'NOT_ANSWERED')

/** Any yes to the first three questions, or four to the other eight; else the officer may. */
const lap: InstrumentSpec['score'] = (answers, officerBelief) => {
  if (yes(answers.slice(0, 3)) > 0) return 'SCREENED_IN_Q1_3'
  if (yes(answers.slice(3)) >= 4) return 'SCREENED_IN_Q4_11'
  if (officerBelief) return 'SCREENED_IN_OFFICER_BELIEF'
  return noneAnswered(answers) ? 'NOT_ANSWERED' : 'NOT_SCREENED_IN'
}

/** Seven of eleven, or professional judgement. */
const daLe: InstrumentSpec['score'] = (answers, officerBelief) => {
  if (yes(answers) >= 7) return 'HIGH'
  if (officerBelief) return 'HIGH_BY_JUDGEMENT'
  return noneAnswered(answers) ? 'NOT_ANSWERED' : 'NOT_HIGH'
}

const MOST_MISSING = 5
/** The sum of thirteen, in bins. Up to five items may be missing; then the sum is raised in proportion, to the nearest whole. */
const odara: InstrumentSpec['score'] = (answers) => {
  const missing = answers.filter((answer) => answer === 'NOT_ANSWERED').length
  if (missing > MOST_MISSING) return 'NOT_SCORABLE'
  const sum = Math.round((yes(answers) * answers.length) / (answers.length - missing))
  if (sum >= 7) return 'BIN_7_13'
  return sum >= 5 ? 'BIN_5_6' : (['BIN_0', 'BIN_1', 'BIN_2', 'BIN_3', 'BIN_4'] as const)[sum]!
}

export const INSTRUMENT: Readonly<Record<Instrument, InstrumentSpec>> = {
  LAP: { instrumentVersion: 'maryland-11', items: 11, algorithmVersion: 'lap@1', judgement: true, score: lap },
  DA_LE: { instrumentVersion: 'da-le-11', items: 11, algorithmVersion: 'da-le@1', judgement: true, score: daLe },
  ODARA: { instrumentVersion: 'odara-13', items: 13, algorithmVersion: 'odara@1', judgement: false, score: odara },
}

/** Outcomes after which the hotline is called, whatever else: LAP's three ways in. */
export const CALLS_FOR_HOTLINE: readonly ScreenOutcome[] = ['SCREENED_IN_Q1_3', 'SCREENED_IN_Q4_11', 'SCREENED_IN_OFFICER_BELIEF']
