/** Whose relationship a report leaves open that its agency flags as domestic. Pure. */
import type { IncidentReportedV1 } from '@chorus/contracts'

type Victim = IncidentReportedV1['victims'][number]
type Offender = IncidentReportedV1['offenders'][number]

/** RU: the standard's code for "unknown". VO says that both harmed each other, and not what they are to each other. */
export const isOpen = (code: string | undefined): boolean => code === undefined || code === 'RU' || code === 'VO'

/** Each victim with each offender of whom the report states no relationship; [] without the flag. What is stated as another one is stated. */
export const withoutRelationship = ({ dvFlag, victims, offenders }: Pick<IncidentReportedV1, 'dvFlag' | 'victims' | 'offenders'>): { readonly victim: Victim; readonly offender: Offender }[] => dvFlag !== true ? [] : victims.flatMap((victim) =>
  offenders.filter(({ sequence, token }) => sequence > 0 && token !== victim.token && victim.relationships.every(({ offenderSequence, code }) => offenderSequence !== sequence || isOpen(code))).map((offender) => ({ victim, offender })))
