/** What was recorded of a referral's incidents since it was excluded. */
import { fold, streamOf } from '@chorus/decider'
import type { Recorder } from '@chorus/event-store'
import { aggressorOf, incident, initial as noIncident } from '../incident/incident'
import { initial, referral, type ReopenFacts } from './referral'

export const changedSince = async (log: Recorder, referralId: string): Promise<ReopenFacts> => {
  const state = fold(referral, await log.load(streamOf(referral, referralId)), initial)
  if (state.status !== 'excluded') return { changedSince: false, aggressorDetermined: false, basis: [] }
  const streams = state.received.incidentIds.map((id) => streamOf(incident, id))
  const read = await log.loadMany(streams)
  const events = streams.map((stream) => read.get(stream) ?? [])
  return {
    changedSince: events.flat().some(({ ordinal }) => ordinal > state.exclusion.ordinal), aggressorDetermined: events.some((each) => aggressorOf(fold(incident, each, noIncident)) !== null),
    basis: streams.flatMap((stream) => { const { length } = read.get(stream) ?? []; return length === 0 ? [] : [{ stream, revision: length - 1 }] }),
  }
}
