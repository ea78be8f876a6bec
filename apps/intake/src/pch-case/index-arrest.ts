/** Whether the person of a case was arrested or charged for its index incident: by the report, by an arrest that is told by itself, by charges. Read at the log's head, handed in as data. */
import type { ArrestRecordedV2, CaseOpenedV1, ChargingDecisionMadeV1, IncidentReportedV1, RecordedEvent, ReferralReceivedV2 } from '@chorus/contracts'
import { dayOf, fold, streamOf } from '@chorus/decider'
import { categoryOf, type Recorder } from '@chorus/event-store'
import { charging, isCharge } from '../charging/charging'
import { aggressorOf, incident, initial as noIncident } from '../incident/incident'
import { isOfSeveral } from '../on-disposition-entered/of-several'
import type { LevelFacts } from '../policy/criteria'
import { expungedOf } from './expunged'
import { hisArrests, type ArrestsByIncident } from './his-records'
import type { CaseLookUp } from './look-up'

/** `streams`: where it stands, beside the report; `read`: their events. */
export interface IndexArrest { readonly facts: Pick<LevelFacts['incident'], 'arrest' | 'charged' | 'charges' | 'day' | 'arrestDay'>; readonly streams: readonly string[]; readonly read: ReadonlyMap<string, readonly RecordedEvent[]> }

/** The last day that a time, cut to its precision, can mean in Kansas City. */
const dayIn = ({ time, timePrecision }: Pick<RecordedEvent, 'time' | 'timePrecision'>): string => timePrecision === 'instant' ? dayOf(time) : time.slice(0, 10)
const latest = (days: readonly (string | undefined)[]): string | undefined => days.flatMap((day) => day ?? []).sort().at(-1)

export const indexArrest = async (log: Recorder, lookUp: CaseLookUp, { indexIncidentId, subjectRef }: CaseOpenedV1, told: readonly RecordedEvent[], fed: ArrestsByIncident): Promise<IndexArrest> => {
  const known = fold(incident, told, noIncident)
  const report = known.status === 'known' ? told.find(({ id }) => id === known.report.id) as RecordedEvent<IncidentReportedV1> | undefined : undefined
  const all = fed.get(indexIncidentId) ?? []
  const closed = await expungedOf(log, all.map(({ stream }) => stream))
  const arrests = all.filter(({ stream }) => !closed.has(stream))
  const chargingStream = streamOf(charging, indexIncidentId)
  const read = await log.loadMany([chargingStream, ...arrests.map(({ stream }) => stream)])
  const charges = (read.get(chargingStream) ?? []).filter(isCharge) as RecordedEvent<ChargingDecisionMadeV1>[]
  const whose = arrests.length === 0 ? NOBODYS : await whoseOf(log, lookUp, subjectRef, indexIncidentId, known, arrests, read)
  const { his } = whose
  const arrested = report?.data.arrestMade === true
  // Of several who were arrested a charge does not say whose it is (decision 0088); nor where somebody else was.
  const charged = charges.length === 0 ? false : isOfSeveral(told, all) || (all.length > 0 && his.length === 0 && !arrested) ? null : true
  const arrestDay = latest([...his.map(({ data }) => data.arrestDate), ...(arrested ? report.data.arrestees ?? [] : []).map((one) => one.arrestDate), ...(charged === true ? charges.map(dayIn) : [])])
  return {
    facts: {
      arrest: arrested || his.length > 0 ? true : whose.unsaid ? null : false, charged,
      // What was filed is told without the sections on which it was.
      charges: charges.length > 0 || his.some(({ data }) => data.charges === undefined) ? null : [...new Set(his.flatMap(({ data }) => data.charges ?? []))],
      ...(report && { day: dayIn(report) }), ...(arrestDay !== undefined && { arrestDay }),
    },
    streams: [...his.map(({ stream }) => stream), ...(charges.length > 0 ? [chargingStream] : [])], read,
  }
}

interface Whose { readonly his: readonly RecordedEvent<ArrestRecordedV2>[]; /** one of them is his or another's, and nobody said */ readonly unsaid: boolean }
const NOBODYS: Whose = { his: [], unsaid: false }
const whoseOf = async (log: Recorder, lookUp: CaseLookUp, subjectRef: string, incidentId: string, known: ReturnType<typeof incident.evolve>, arrests: readonly RecordedEvent<ArrestRecordedV2>[], read: ReadonlyMap<string, readonly RecordedEvent[]>): Promise<Whose> => {
  const [{ tokens }, { cases }] = [await lookUp.identityOf(subjectRef), await lookUp.casesOf(subjectRef)]
  const others: string[] = []
  for await (const { data } of log.read({ filter: { categories: ['referral'], types: ['ReferralReceived'] } })) {
    const { incidentIds, subjectRef: one, victimRef: other } = data as ReferralReceivedV2
    if (incidentIds.includes(incidentId)) others.push(...[one, other].filter((ref) => !tokens.includes(ref)))
  }
  const person = { tokens, cases: cases.map(({ caseId }) => caseId), incidents: [incidentId], streams: new Set(cases.map(({ caseId }) => `pchCase-${caseId}`)), others: new Map([[incidentId, others]]) }
  const found = await hisArrests(log, lookUp, person, new Map(arrests.map(({ stream }) => [stream, read.get(stream) ?? []])))
  const he = aggressorOf(known)
  const named = known.status === 'known' ? [...known.report.victims, ...known.report.offenders].map(({ token }) => token).filter((token) => token !== he) : []
  const isAnothers = async ({ stream, data: { token } }: RecordedEvent<ArrestRecordedV2>): Promise<boolean> => {
    const arrested = (await lookUp.identityOf(token)).tokens
    return arrested.some((one) => others.includes(one) || named.includes(one)) || (read.get(stream) ?? []).some(({ partitionkey }) => categoryOf(partitionkey) === 'pchCase')
  }
  const [his, rest] = [arrests.filter(({ stream }) => found.has(stream)), arrests.filter(({ stream }) => !found.has(stream))]
  return { his, unsaid: (await Promise.all(rest.map(isAnothers))).some((is) => !is) }
}
