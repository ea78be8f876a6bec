/** What a plan needs to know, looked up from log and vault before it is made. A plan that is only shown makes no person and links nobody. */
import { AGENCIES, type Actor, type CustodyStatusChangedV1, type DraftEvent, type RecordedEvent } from '@chorus/contracts'
import { fold } from '@chorus/decider'
import { ContractViolation, type Recorder } from '@chorus/event-store'
import type { Vault } from '@chorus/privacy'
import { DateTime } from 'luxon'
import { enteredFor } from '../arrest/arrest'
import type { KnownReport } from '../feeds/mapped/compose'
import type { Mapping } from '../feeds/mapped/mapping'
import { keyOf, keyText, type CaseOf, type PlanFacts } from '../feeds/mapped/plan'
import { momentOf } from '../feeds/mapped/moment'
import { namesIn } from '../feeds/mapped/names-in'
import { readRow, type Fields } from '../feeds/mapped/read-row'
import type { Row } from '../feeds/mapped/read-rows'
import { beganAt } from '../incident/began-at'
import { incident, initial as noIncident } from '../incident/incident'
import type { CaseLookUp } from '../pch-case/look-up'
import { isTooLarge, TOO_LARGE } from '../quarantined-record/too-large'

export interface FactsDeps { readonly recorder: Recorder; readonly vault: Vault; readonly lookUp: CaseLookUp; readonly clock: { now(): string } }
/** `making`: persons who are not known yet get their token now. */
export interface Asked { readonly mapping: Mapping; readonly rows: readonly Row[]; readonly file: string; readonly actor: Actor; readonly making: boolean }

/** An integration whose token names an ORI sends that agency's records alone; the program's own agencies send whatever they were handed. */
export const maySend = (actor: Actor, agency: string): boolean => actor.role !== 'agencyFeed' || actor.agency === agency || (AGENCIES as readonly string[]).includes(actor.agency)

/** The log keeps these ids for other content: no new look at the record changes that, unless another writer was at it this moment. */
export const isTaken = (conflict: string): boolean => conflict === 'content-differs' || conflict === 'partly-known'

/** Targets that speak of the person of an open case, and name no new person. */
const OF_A_CASE: readonly string[] = ['jail-roster', 'supervision-compliance']
const CATEGORY: Readonly<Record<string, string>> = { 'incident-report': 'incident', arrest: 'arrest', 'lethality-screen': 'lethalityScreen', 'supervision-compliance': 'supervision' }

export const lookUpFacts = async ({ recorder, vault, lookUp, clock }: FactsDeps, { mapping, rows, file, actor, making }: Asked): Promise<PlanFacts> => {
  const now = clock.now()
  const { source, target, reports = source, persons = source.system } = mapping
  const meta = { commandId: file, correlationId: file, causationId: null, actor, source, now }
  const streamIdOf = (key: string): string => vault.uuid('stream-id', source.agency, source.system, target, key)
  // A report's stream is fixed by its own feed, so that a screen and an arrest lead to it.
  const incidentOf = (reportNumber: string): string => vault.uuid('stream-id', reports.agency, reports.system, 'incident-report', reportNumber)
  const readings = new Map(rows.map((row) => [row, readRow(row, mapping, now)]))
  const read = [...readings.values()].flatMap((one): Fields[] => 'fields' in one ? [one.fields] : [])
  const unreadable = rows.filter((row) => !('fields' in readings.get(row)!))
  const reportIn = (row: Row): string | undefined => {
    const { reportNumber } = namesIn(row, mapping)
    return reportNumber === undefined ? undefined : `incident-${target === 'incident-report' ? streamIdOf(keyText(reportNumber)) : incidentOf(keyText(reportNumber))}`
  }
  // Of rows that cannot be read, too: what is set aside says whom it names.
  const personIds = [...new Set(rows.flatMap((row) => namesIn(row, mapping).personIds))]
  const numbers = target === 'incident-report' ? [] : [...new Set(read.flatMap(({ reportNumber }) => reportNumber === undefined ? [] : [keyText(reportNumber as string)]))]

  const cases = new Map<string, CaseOf | 'erased'>()
  const subjects = new Map<string, string>()
  for (const [personId, known] of OF_A_CASE.includes(target) || target === 'arrest' ? await vault.knownTokens('case', persons, personIds) : []) {
    if (known === 'erased') { cases.set(personId, known); continue }
    subjects.set(personId, known)
    const open = await lookUp.openCaseOf(known)
    if (open) cases.set(personId, { caseId: open.caseId, subjectRef: known })
  }
  const people: ReadonlyMap<string, string | 'erased'> = making && !OF_A_CASE.includes(target) ? await vault.tokensFor('incident', persons, personIds) : await vault.knownTokens('incident', persons, personIds)

  const streams = new Set<string>()
  for (const number of numbers) streams.add(`charging-${incidentOf(number)}`)
  if (CATEGORY[target]) for (const fields of read) streams.add(`${CATEGORY[target]}-${streamIdOf(keyOf(fields, mapping))}`)
  for (const number of numbers) streams.add(`incident-${incidentOf(number)}`)
  for (const row of unreadable) { const report = reportIn(row); if (report !== undefined) streams.add(report) }
  if (target !== 'supervision-compliance') for (const found of cases.values()) if (typeof found === 'object') streams.add(`circumstance-${found.caseId}`)
  const holdIdOf = (jurisdiction: string, holdNumber: string): string => vault.uuid('link', 'hold', jurisdiction, keyText(holdNumber))
  const ofHold = new Map<string, Set<string>>()
  const mayBeHeld = new Set<string>()
  if (mapping.snapshot) {
    const { facility, jurisdiction, full } = mapping.snapshot
    const asked = new Set(read.map(({ holdNumber }) => holdIdOf(jurisdiction, holdNumber as string)))
    for await (const { stream, data } of recorder.read({ filter: { categories: ['circumstance'], types: ['CustodyStatusChanged'] } })) {
      const told = data as CustodyStatusChangedV1
      ofHold.set(told.holdId, (ofHold.get(told.holdId) ?? new Set()).add(stream))
      if (full && told.facility === facility) { mayBeHeld.add(stream); asked.add(told.holdId) }
    }
    for (const holdId of asked) for (const stream of ofHold.get(holdId) ?? []) streams.add(stream)
  }
  const histories = await recorder.loadMany([...streams])
  const casesOf = new Map<string, Set<string>>()
  for (const fields of target === 'arrest' ? read : []) {
    const forCase = enteredFor(histories.get(`arrest-${streamIdOf(keyOf(fields, mapping))}`) ?? [])
    if (forCase === undefined || fields.personId === undefined) continue
    const [subject, inReports] = [subjects.get(fields.personId as string), people.get(fields.personId as string)]
    const his = casesOf.get(fields.personId as string) ?? new Set(subject === undefined ? [] : (await lookUp.casesOf(subject)).cases.map(({ caseId }) => caseId))
    if (!his.has(forCase) && inReports !== undefined && (await lookUp.tokensOf(forCase)).has(inReports)) his.add(forCase)
    casesOf.set(fields.personId as string, his)
  }
  const erased = new Set((await Promise.all([...new Set([...streams].map((stream) => stream.split('-')[0]!))].map((category) =>
    recorder.erased(category === 'circumstance' || category === 'supervision' ? 'case' : 'incident', [...streams].filter((stream) => stream.startsWith(`${category}-`)))))).flatMap((some) => [...some]))
  const reportOf = (number: string): KnownReport => {
    const incidentId = incidentOf(number)
    const events = histories.get(`incident-${incidentId}`) ?? []
    const state = fold(incident, events, noIncident)
    return { incidentId, status: state.status, victims: state.status === 'known' ? state.report.victims : [], offenders: state.status === 'known' ? state.report.offenders : [], began: beganAt(state), revision: events.length - 1 }
  }
  /** by draft: plan and digest ask for the same ones */
  const contents = new WeakMap<DraftEvent, string>()
  const said = momentOf(rows, mapping, now)
  const moment = DateTime.fromISO(said && 'from' in said ? said.from : now, { zone: mapping.zone })
  const spokenOf: PlanFacts['spokenOf'] = (row) => {
    const report = reportIn(row)
    const known = namesIn(row, mapping).personIds.flatMap((personId) => [people.get(personId), subjects.get(personId), cases.get(personId) === 'erased' ? 'erased' : undefined])
    const personRefs = [...new Set(known.filter((one): one is string => one !== undefined && one !== 'erased'))]
    return {
      erased: known.includes('erased') || (report !== undefined && erased.has(report)),
      ...(report !== undefined && { speaksOf: [report] }),
      ...(personRefs.length > 0 && { personRefs }),
    }
  }
  return {
    spokenOf,
    now, file, role: actor.role, readings, asOf: { time: moment.toFormat("yyyy-MM-dd'T'HH:mm"), timePrecision: 'minute', timeZone: mapping.zone },
    history: (stream): readonly RecordedEvent[] => histories.get(stream) ?? [], erased,
    personOf: (personId) => people.get(personId), caseOf: (personId) => cases.get(personId), subjectOf: (personId) => subjects.get(personId), isCaseOf: (personId, caseId) => casesOf.get(personId)?.has(caseId) ?? false, reportOf, mayBeHeld: [...mayBeHeld], streamsOfHold: (holdId) => [...ofHold.get(holdId) ?? []], streamIdOf,
    messageOf: (content) => vault.hmac('message', content).toString('hex'),
    holdIdOf,
    newToken: (kind) => vault.newToken(kind),
    contentOf: (draft) => { let content = contents.get(draft); if (content === undefined) contents.set(draft, content = recorder.contentOf(draft)); return content },
    idOf: (draft: DraftEvent, place) => vault.uuid('event-id', 'record', source.agency, draft.sourceRecord!.system, String(draft.sourceRecord!.id), String(draft.sourceRecord!.version), String(draft.index ?? place)),
    check: (stream, drafts) => {
      try { recorder.check({ stream, expected: -1, drafts, meta }); return undefined } catch (error) {
        if (isTooLarge(error)) return TOO_LARGE
        if (error instanceof ContractViolation) return { cause: 'does-not-fit', text: `what the row says does not fit: ${error.problems.slice(0, 3).map(({ field, text }) => `${field} ${text}`).join('; ')}. Correct the row, or translate it with codes in the mapping` }
        throw error
      }
    },
  }
}
