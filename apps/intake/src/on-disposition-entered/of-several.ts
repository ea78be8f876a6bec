/** Whether more than one person was arrested in an incident: then a charge that is told of the incident does not say whose it is. Pure. */
import type { ArrestRecordedV2, EventRetractedV1, IncidentReportedV1, RecordedEvent } from '@chorus/contracts'

/** Who was arrested, as far as an arrest that was told by itself says it. */
export interface Arrested { readonly token: string; /** the case of which it was told */ readonly ofCase?: string }
export const arrestedBy = ({ data, partitionkey }: Pick<RecordedEvent, 'data' | 'partitionkey'>): Arrested =>
  ({ token: (data as Pick<ArrestRecordedV2, 'token'>).token, ...(partitionkey.startsWith('pchCase-') && { ofCase: partitionkey }) })

/** An agency books one person under two numbers: they are one where the source gives them one token, or all were told of one case. */
export const areSeveral = (arrested: readonly Arrested[]): boolean =>
  new Set(arrested.map(({ token }) => token)).size > 1 && (new Set(arrested.map(({ ofCase }) => ofCase)).size > 1 || arrested[0]!.ofCase === undefined)
export const areSeveralIn = ({ arrestees }: Pick<IncidentReportedV1, 'arrestees'>): boolean => new Set(arrestees.map(({ token }) => token)).size > 1

/** By its report as it stands, or by the arrests that were told of it. */
export const isOfSeveral = (incident: readonly Pick<RecordedEvent, 'id' | 'type' | 'data'>[], arrests: readonly Pick<RecordedEvent, 'data' | 'partitionkey'>[]): boolean => {
  const report = incident.findLast(({ type }) => type === 'IncidentReported')
  const stands = report && !incident.some(({ type, data }) => type === 'EventRetracted' && (data as EventRetractedV1).retracts === report.id)
  return (stands ? areSeveralIn(report.data as IncidentReportedV1) : false) || areSeveral(arrests.map(arrestedBy))
}
