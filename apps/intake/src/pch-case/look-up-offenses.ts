/** What became of the further incidents of a case since they were linked to it. Read at the log's head. */
import { NO_OFFENSE, type IncidentLinkedToCaseV1, type RecordedEvent, type ReferralReceivedV2 } from '@chorus/contracts'
import { fold, streamOf } from '@chorus/decider'
import type { Recorder } from '@chorus/event-store'
import { isQualifying } from '../circumstance/qualifying'
import { incident, initial as noIncident } from '../incident/incident'
import { initial as noReferral, referral } from '../referral/referral'
import type { Happened } from './exit-from'
import { expungedOf } from './expunged'

/**
 * Of the incidents in which he is the referred. No offence of his is one whose report was taken back, that a court closed or had destroyed, and one
 * of which somebody has said so: every referral of it that names him is excluded by such a code. A referral that is taken up again counts again.
 * @param around the circumstances of the case; @param tokens all of the person's
 */
export const offensesIn = async (log: Pick<Recorder, 'loadMany' | 'read'>, around: readonly RecordedEvent[], tokens: readonly string[]): Promise<Happened> => {
  const ids = [...new Set(around.flatMap((event) => event.type === 'IncidentLinkedToCase' && isQualifying(event) ? [(event.data as IncidentLinkedToCaseV1).incidentId] : []))]
  if (ids.length === 0) return new Map()
  const streams = new Map(ids.map((id) => [id, streamOf(incident, id)]))
  const naming: ReferralReceivedV2[] = []
  for await (const { data } of log.read({ filter: { categories: ['referral'], types: ['ReferralReceived'] } })) {
    const received = data as ReferralReceivedV2
    if (tokens.includes(received.subjectRef) && received.incidentIds.some((id) => streams.has(id))) naming.push(received)
  }
  const referralOf = ({ referralId }: ReferralReceivedV2): string => streamOf(referral, referralId)
  const read = await log.loadMany([...streams.values(), ...naming.map(referralOf)])
  const expunged = await expungedOf(log, streams.values())
  const isNone = (one: ReferralReceivedV2): boolean => { const state = fold(referral, read.get(referralOf(one)) ?? [], noReferral); return state.status === 'excluded' && NO_OFFENSE.includes(state.exclusion.code) }
  return new Map(ids.flatMap((id): [string, string | null][] => {
    const reported = fold(incident, read.get(streams.get(id)!) ?? [], noIncident)
    const referrals = naming.filter(({ incidentIds }) => incidentIds.includes(id))
    if (reported.status === 'retracted' || expunged.has(streams.get(id)!) || (referrals.length > 0 && referrals.every(isNone))) return [[id, null]]
    return reported.status === 'known' ? [[id, reported.report.time]] : []
  }))
}
