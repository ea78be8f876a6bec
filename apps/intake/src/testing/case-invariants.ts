/**
 * I1-I7 (domain reference §3.2) asserted from a log alone: what it says is read here once more, by nobody's code but this
 * file's, so that a rule that is decided wrongly is seen; and that no case is open on an excluded referral, nor on one that is put
 * off without being put off with it, once the reactions have run. Answers what is broken, in words; [] where nothing is.
 */
import type { RecordedEvent } from '@chorus/contracts'

/** Who is who, and how old, in truth: what the log does not say of its own tokens. */
export interface Truth {
  /** a token of an incident or of a referral → the human being behind it */
  readonly humanBehind: (token: string) => string | undefined
  /** the number by which the vault knows a token's person at the agency, in reports and in referrals */
  readonly numberOf: (token: string) => string | undefined
  /** of a human being, YYYY-MM-DD */
  readonly bornOn: (human: string) => string
  /** the day on which an incident happened, whatever its report says, YYYY-MM-DD */
  readonly happenedOn: (incidentId: string) => string
  /** command → how many events the log had when it began to look; others may have written since */
  readonly seenBy: ReadonlyMap<string, number>
}
type Data = Readonly<Record<string, unknown>>
const RANK: Readonly<Record<string, number>> = { D: 1, C: 2, B: 3, A: 4 }
const MAY_LOWER = ['PANEL_STEPDOWN', 'CORRECTION', 'BASIS_EXPUNGED']

export function brokenIn(log: readonly RecordedEvent[], truth: Truth): string[] {
  const broken: string[] = []
  log.forEach((event, at) => {
    const before = log.slice(0, at)
    const seen = log.slice(0, Math.min(at, truth.seenBy.get(String(event.commandId)) ?? at))
    const say = (rule: string, what: string): void => { broken.push(`${rule}: ${event.type} #${at + 1} ${what}`) }
    const data = event.data as Data
    // What was put off and is taken up again was open all the time.
    const opens = event.type === 'CaseOpened' || (event.type === 'CaseReopened' && openPeriodOf(before, event.stream).length === 0)
    if (opens) {
      const opened = (event.type === 'CaseOpened' ? data : caseOf(before, event.stream)) as { subjectRef: string; referralId: string; indexIncidentId: string }
      checkBasis(opened, event, seen, truth, say)
      checkReports(opened, event, seen, truth, say)
      const person = linkedWith(seen, opened.subjectRef)
      const others = openCases(before).filter((one) => one.stream !== event.stream && person.has(one.subjectRef))
      if (others.length > 0 || openCases(before).some(({ stream }) => stream === event.stream)) say('I2', 'beside an open case of the same person')
    }
    if (event.type === 'PersonIdentitiesLinked') {
      const [left, right] = [String(data.keepRef), String(data.mergedRef)].map((ref) => withNumbers(linkedWith(seen, ref), truth)) as [Same, Same]
      if (reportsIn(seen).some(({ victims, offenders }) => (victims.some(left) && offenders.some(right)) || (victims.some(right) && offenders.some(left)))) say('rule 6', 'of two who stand on opposite sides of a report')
      const person = new Set([...linkedWith(seen, String(data.keepRef)), ...linkedWith(seen, String(data.mergedRef))])
      if (openCases(seen).filter(({ subjectRef }) => person.has(subjectRef)).length > 1 && !event.breaches?.includes('I2')) say('I2', 'makes two open cases one person\'s and does not say so')
    }
    if (event.type === 'LevelAssigned' || event.type === 'LevelChanged') checkLevel(event, before.filter(({ stream }) => stream === event.stream), say)
  })
  for (const { stream, deferred } of openCases(log)) {
    const { referralId } = caseOf(log, stream)
    const last = log.findLast(({ type, data }) => REFERRAL_STANDS.includes(type) && (data as Data).referralId === referralId)?.type
    if (last === 'ReferralExcluded') broken.push(`referral: ${stream} is open on an excluded referral`)
    if (last === 'ReferralDeferred' && !deferred) broken.push(`referral: ${stream} is open on a referral that is put off, and is not put off`)
  }
  return broken
}

/** The last of these says how a referral stands. */
const REFERRAL_STANDS = ['ReferralReceived', 'ReferralExcluded', 'ReferralDeferred', 'ReferralReopened']
type Say = (rule: string, what: string) => void

function checkBasis({ subjectRef, referralId, indexIncidentId }: { subjectRef: string; referralId: string; indexIncidentId: string }, event: RecordedEvent, seen: readonly RecordedEvent[], truth: Truth, say: Say): void {
  const human = truth.humanBehind(subjectRef)
  const told = standing(seen.filter(({ stream }) => stream === `incident-${indexIncidentId}`))
  const named = new Set(told.filter(({ type }) => type === 'IncidentReported').slice(-1).flatMap(({ data }) => [...(data as { victims: { token: string }[] }).victims, ...(data as { offenders: { token: string }[] }).offenders].map(({ token }) => token)))
  const aggressor = String((told.findLast(({ type }) => type === 'PrimaryAggressorDetermined')?.data as Data | undefined)?.aggressorToken)
  const confirmed = told.filter(({ type, data }) => type === 'IntimatePartnerRelationshipConfirmed' && named.has(String((data as Data).victimToken)) && named.has(String((data as Data).offenderToken))).map(({ data }) => data as { victimToken: string; offenderToken: string })
  if (!named.has(aggressor)) say('I1', 'without a primary aggressor whom the report names')
  else if (truth.humanBehind(aggressor) !== human) say('I1', 'on somebody who is not the primary aggressor')
  if (!confirmed.some(({ victimToken, offenderToken }) => victimToken === aggressor || offenderToken === aggressor)) say('I1', 'without a confirmed relationship of the aggressor')

  if (ageOn(truth.bornOn(String(human)), truth.happenedOn(indexIncidentId)) < 18) say('I6', 'on a minor')

  const referral = seen.find(({ type, data }) => type === 'ReferralReceived' && (data as Data).referralId === referralId)!.data as { victimRef: string }
  const [subjects, partners] = [linkedWith(seen, subjectRef), linkedWith(seen, referral.victimRef)]
  /** Each under an account of his or her own, and the same as the review says. */
  const signed = (review: RecordedEvent, account: string, role: string, since: number): boolean => seen.some(({ type, stream, ordinal, actor, data }) =>
    type === 'CrossComplaintSigned' && stream === review.stream && ordinal > since && actor.id === account && actor.role === role && (data as Data).subjectRef === (review.data as Data).subjectRef && (data as Data).outcome === (review.data as Data).outcome)
  const reviewed = (one: string, other: string, since: number): boolean => {
    const pairs = seen.filter(({ type, data }) => type === 'PairSidesRecorded' && new Set([one, other, (data as Data).victimRef, (data as Data).otherRef]).size === 2).map(({ stream }) => stream)
    const last = seen.findLast(({ type, stream, data }) => type === 'CrossComplaintReviewed' && pairs.includes(stream) && (data as Data).subjectRef === one)
    const said = last?.data as { outcome: string; prosecutorId: string; advocateId: string } | undefined
    return last !== undefined && last.ordinal > since && said!.outcome === 'SUBJECT_MAY_BE_CONSIDERED' && said!.prosecutorId !== said!.advocateId
      && signed(last, said!.prosecutorId, 'prosecutor', since) && signed(last, said!.advocateId, 'systemAdvocate', since)
  }
  let reviewedOnce = false
  for (const one of subjects) {
    for (const other of partners) {
      const complaints = seen.filter(({ type, data }) => type === 'ReferralReceived' && (data as Data).victimRef === one && (data as Data).subjectRef === other)
      // The same incident, referred once more, is the same complaint.
      const news = complaints.filter(({ data }, at) => (data as { incidentIds: string[] }).incidentIds.some((id) => !complaints.slice(0, at).some((earlier) => (earlier.data as { incidentIds: string[] }).incidentIds.includes(id))))
      if (news.length > 0 && !reviewed(one, other, news.at(-1)!.ordinal)) say('I7', 'on a victim of record of the same pair, unreviewed')
      reviewedOnce ||= reviewed(one, other, 0)
    }
  }
  if (confirmed.some(({ victimToken }) => truth.humanBehind(victimToken) === human) && !reviewedOnce) say('I7', 'on the victim of the confirmed pair, unreviewed')

  // What the decision says that it had seen is what there was to see.
  for (const { stream, revision } of event.type === 'CaseOpened' ? event.basis ?? [] : []) {
    if (seen.filter((one) => one.stream === stream).length - 1 !== revision) say('basis', `says revision ${revision} of ${stream}`)
  }
}

type Same = (token: string) => boolean
/** Of these tokens, or of a person who has one of their numbers. */
const withNumbers = (tokens: ReadonlySet<string>, { numberOf }: Truth): Same => {
  const numbers = new Set([...tokens].map(numberOf))
  return (token) => tokens.has(token) || (numberOf(token) !== undefined && numbers.has(numberOf(token)))
}
interface Report { readonly since: number; readonly victims: readonly string[]; readonly offenders: readonly string[] }
/** Each as it stands, with the place in the log of the first version that has its victim. */
const reportsIn = (log: readonly RecordedEvent[]): Report[] => [...new Set(log.filter(({ type }) => type === 'IncidentReported').map(({ stream }) => stream))].flatMap((stream): Report[] => {
  const told = log.filter((event) => event.stream === stream && event.type === 'IncidentReported')
  const last = told.at(-1)!
  if (log.some(({ type, data }) => type === 'EventRetracted' && (data as Data).retracts === last.id)) return []
  const tokens = (of: RecordedEvent, side: 'victims' | 'offenders'): string[] => (of.data as Record<typeof side, { token: string }[]>)[side].map(({ token }) => token)
  return [{ since: told.find((one) => tokens(one, 'victims').some((token) => tokens(last, 'victims').includes(token)))!.ordinal, victims: tokens(last, 'victims'), offenders: tokens(last, 'offenders') }]
})
/** Whom the reports have as the aggressor on whom this case is opened, and what else they have of that person. */
function checkReports({ subjectRef, indexIncidentId }: { subjectRef: string; indexIncidentId: string }, event: RecordedEvent, seen: readonly RecordedEvent[], truth: Truth, say: Say): void {
  const aggressorIn = (log: readonly RecordedEvent[], incidentId: string): string => String((standing(log.filter(({ stream }) => stream === `incident-${incidentId}`)).findLast(({ type }) => type === 'PrimaryAggressorDetermined')?.data as Data | undefined)?.aggressorToken)
  const isHe = withNumbers(new Set([...linkedWith(seen, subjectRef), aggressorIn(seen, indexIncidentId)]), truth)
  const reviewedBehind = (place: number): boolean => seen.some(({ type, ordinal, data }) => type === 'CrossComplaintReviewed' && ordinal > place && (data as Data).outcome === 'SUBJECT_MAY_BE_CONSIDERED' && isHe(String((data as Data).subjectRef)))
  for (const { since, victims } of reportsIn(seen)) if (victims.some(isHe) && !reviewedBehind(since)) say('I7', 'on somebody whom a report has as a victim, unreviewed since')
  const beside = openCases(seen).filter(({ stream }) => stream !== event.stream).filter(({ stream }) => {
    const opened = seen.find((one) => one.type === 'CaseOpened' && one.stream === stream)!
    return isHe(aggressorIn(seen.slice(0, truth.seenBy.get(String(opened.commandId)) ?? seen.indexOf(opened)), String((opened.data as Data).indexIncidentId)))
  })
  if (beside.length > 0) say('I2', 'beside an open case of the same person of the reports')
}

function checkLevel(event: RecordedEvent, before: readonly RecordedEvent[], say: Say): void {
  const { level, to, from, rank, reasonCode, panelId, panelMembers } = event.data as { level?: string; to?: string; from?: string; rank: number; reasonCode?: string; panelId?: string; panelMembers?: { agency: string; memberId: string }[] }
  const period = openPeriodOf(before, event.stream)
  if (period.length === 0) say('I3', 'in a case that is not open')
  const levels = period.filter(({ type }) => type === 'LevelAssigned' || type === 'LevelChanged')
  if (event.type === 'LevelAssigned' ? levels.length > 0 : levels.length === 0) say('I3', event.type === 'LevelAssigned' ? 'a second time' : 'before a level was assigned')
  const wished = (level ?? to)!
  if (RANK[wished] !== rank) say('I5', 'with a rank that is not the level\'s')
  if (event.type === 'LevelChanged') {
    const was = levels.at(-1)?.data as { level?: string; to?: string } | undefined
    if (from !== (was?.to ?? was?.level)) say('I5', 'from a level that the case has not')
    if (RANK[wished]! <= RANK[from!]! && !MAY_LOWER.includes(reasonCode!)) say('I5', 'downwards without a reason for it')
  }
  if (wished !== 'A' && reasonCode !== 'PANEL_STEPDOWN') return
  const since = before.findLastIndex(({ type }) => type === 'LevelProposed' || type === 'LevelAssigned' || type === 'LevelChanged')
  const approvals = before.slice(since + 1).filter(({ type, data }) => type === 'LevelApproved' && (data as Data).level === wished && (data as Data).panelId === panelId)
  const members = (panelMembers ?? []).filter(({ agency, memberId }) => approvals.some(({ actor }) => actor.agency === agency && actor.id === memberId))
  if (new Set(members.map(({ agency }) => agency)).size < 2 || new Set(members.map(({ memberId }) => memberId)).size < 2) say('I4', 'without the approvals of two people of two agencies')
}

/** Without what was taken back, and what was corrected. */
const standing = (events: readonly RecordedEvent[]): RecordedEvent[] => events.filter(({ id }, at) => !events.slice(at).some(({ type, data, corrects }) => (type === 'EventRetracted' && (data as Data).retracts === id) || corrects === id))

/** The events of a case since it was opened, or opened again; [] where it is closed. */
function openPeriodOf(log: readonly RecordedEvent[], of: string): readonly RecordedEvent[] {
  const events = log.filter(({ stream }) => stream === of)
  const sinceClosed = events.slice(events.findLastIndex(({ type }) => type === 'CaseClosed') + 1)
  const start = sinceClosed.findIndex(({ type }) => type === 'CaseOpened' || type === 'CaseReopened')
  return start === -1 ? [] : sinceClosed.slice(start)
}

const caseOf = (log: readonly RecordedEvent[], of: string): Data => log.find(({ type, stream }) => type === 'CaseOpened' && stream === of)!.data as Data

const openCases = (log: readonly RecordedEvent[]): { stream: string; subjectRef: string; deferred: boolean }[] =>
  [...new Set(log.filter(({ type }) => type === 'CaseOpened').map(({ stream }) => stream))]
    .filter((stream) => openPeriodOf(log, stream).length > 0)
    .map((stream) => ({ stream, subjectRef: String(caseOf(log, stream).subjectRef), deferred: openPeriodOf(log, stream).findLast(({ type }) => type === 'CaseDeferred' || type === 'CaseReopened')?.type === 'CaseDeferred' }))

/** The tokens that are this one's person as the log has it. */
function linkedWith(log: readonly RecordedEvent[], token: string): ReadonlySet<string> {
  const links = new Map<string, readonly string[]>()
  for (const { type, data } of log) {
    const { keepRef, mergedRef, oneRef, otherRef } = data as Record<string, string>
    if (type === 'PersonIdentitiesLinked') links.set([keepRef!, mergedRef!].sort().join(), [keepRef!, mergedRef!])
    if (type === 'PersonIdentitiesUnlinked') links.delete([oneRef!, otherRef!].sort().join())
  }
  const person = new Set([token])
  for (let size = 0; size < person.size;) {
    size = person.size
    for (const link of links.values()) if (link.some((one) => person.has(one))) link.forEach((one) => person.add(one))
  }
  return person
}

const ageOn = (born: string, day: string): number => Number(day.slice(0, 4)) - Number(born.slice(0, 4)) - (day.slice(5) < born.slice(5) ? 1 : 0)
