/** Whether a report has two who harmed each other. Pure. */
import type { IncidentReportedV1 } from '@chorus/contracts'

/** VO: the standard's code for "the victim was an offender". */
export const saysVo = ({ victims }: Pick<IncidentReportedV1, 'victims'>): boolean => victims.some(({ relationships }) => relationships.some(({ code }) => code === 'VO'))
/** Or it has two couples of partners of whom neither shares a person with the other: the same two, each once as victim and once as offender, under tokens that do not show it. */
export const isMutual = (report: Pick<IncidentReportedV1, 'victims' | 'pairs'>): boolean =>
  saysVo(report) || report.pairs.some((one) => report.pairs.some((other) => one.victimSequence !== other.victimSequence && one.offenderSequence !== other.offenderSequence))
/** Of two who harmed each other, or of a victim and somebody else. */
export const wereBothArrested = (report: Pick<IncidentReportedV1, 'victims' | 'pairs' | 'arrestees'>): boolean =>
  report.arrestees.length > 1 && (isMutual(report) || report.arrestees.some(({ token }) => report.victims.some((victim) => victim.token === token)))
