/**
 * One case through all four services, as the people of the program would lead it, over HTTP (domain reference §3.12,
 * scenarios 1 and 3). The same script walks the embedded form and separate processes over a broker.
 */
import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { DateTime } from 'luxon'
import supertest from 'supertest'
import { PURPOSES_OF, type Claims, type Role, type Service } from '@chorus/contracts'
import { repositoryRoot } from '@chorus/platform'
import { ORDINANCE, SOURCE } from '../../apps/finance/src/testing/ordinance'
import { importFile } from './import-file'

export interface Program {
  addressOf(service: Service): string
  bearer(role: Role, agency?: string, claims?: Claims): Promise<string>
}
export interface Reply { readonly status: number; readonly body: { readonly stream: string; readonly ordinal: number; readonly refused?: string; readonly rules?: readonly string[]; readonly detail?: string } }
/** What was walked through: ids by which the caller looks at the log. */
export interface Walked { readonly caseId: string; readonly notificationId: string; readonly victimToken: string; readonly offenderToken: string; readonly incidentId: string }

export interface Committed { readonly records: { readonly read: number; readonly accepted: number; readonly duplicate: number; readonly quarantined: number }; readonly corrections: number }
interface ListedIncident { readonly incidentId: string; readonly arrestMade: boolean; readonly outcome: string; readonly pairs: { readonly victimToken: string; readonly offenderToken: string; readonly relationship: string }[] }
interface ListedNotification { readonly notificationId: string; readonly caseId: string; readonly level: string; readonly mode: string; readonly dueAt: string; readonly phase: string; readonly overdue: boolean; readonly breaches?: readonly string[]; readonly clearance: { readonly status: string } }

/** Plainly fictional, and sealed wherever they are kept. */
export const SUBJECT = { name: 'Fictional Person Gamma', birthDate: '1988-04-05', address: '3 Nowhere Lane, Sampletown' }
export const VICTIM = { name: 'Fictional Person Delta', birthDate: '1991-06-07', address: '4 Nowhere Lane, Sampletown' }

/** a provider's organization */
const ORGANIZATION = '018f2a60-0000-7000-8000-0000000000a1'

const SERVICE_OF: readonly (readonly [first: string, service: Service])[] = [
  ['notifications', 'deterrence'], ['safety-reviews', 'deterrence'], ['safety-warnings', 'deterrence'], ['stops', 'deterrence'], ['service-offers', 'services'], ['service-referrals', 'services'], ['authorizations', 'finance'], ['accounts', 'finance'], ['history', 'evaluation'], ['metrics', 'evaluation'], ['replay', 'evaluation'],
  ['keys', 'operations'],
]
const serviceOf = (path: string): Service => SERVICE_OF.find(([first]) => path.split(/[/?]/)[0] === first)?.[1] ?? 'intake'
export const idIn = ({ body }: Reply): string => body.stream.slice(body.stream.indexOf('-') + 1)
export const inMinutes = (minutes: number): string => new Date(Date.now() + minutes * 60_000).toISOString()

export class Thread {
  private readonly used = new Set<string>()
  constructor(readonly program: Program) {}

  async post(role: Role, path: string, body: object, claims?: Claims): Promise<Reply> {
    return await supertest(this.program.addressOf(serviceOf(path))).post(`/v1/${path}`).set('Authorization', await this.program.bearer(role, undefined, claims)).send(body) as unknown as Reply
  }
  async get<T>(role: Role, path: string, claims?: Claims): Promise<{ readonly status: number; readonly body: T }> {
    return await supertest(this.program.addressOf(serviceOf(path))).get(`/v1/${path}`).set('Authorization', await this.program.bearer(role, undefined, claims)).set('X-Purpose', PURPOSES_OF[role][0]) as unknown as { status: number; body: T }
  }
  async done(role: Role, path: string, body: object, claims?: Claims): Promise<Reply> {
    const reply = await this.post(role, path, body, claims)
    if (reply.status !== 200) throw new Error(`${path}: ${reply.status} ${JSON.stringify(reply.body)}`)
    return reply
  }
  /** The same, and the id of the stream that it went to. */
  async id(role: Role, path: string, body: object): Promise<string> { return idIn(await this.done(role, path, body)) }

  /** A prosecutor and an advocate decide on complaints in both directions. */
  async review(pairId: string, subjectRef: string, outcome: string): Promise<void> {
    for (const role of ['prosecutor', 'systemAdvocate'] as const) await this.done(role, `pairs/${pairId}/cross-complaint-review`, { subjectRef, outcome })
  }

  /** Asks until the answer holds: what follows from an event of another service comes a little later. */
  async until<T>(what: string, role: Role, path: string, holds: (body: T) => boolean): Promise<T> {
    let last: unknown
    for (let tries = 0; tries < 600; tries++) {
      const { status, body } = await this.get<T>(role, path)
      if (status === 200 && holds(body)) return body
      last = body
      await new Promise((resolve) => { setTimeout(resolve, 50) })
    }
    throw new Error(`it did not come about: ${what}; last seen: ${JSON.stringify(last).slice(0, 500)}`)
  }

  /** The sample month of the agency's file. */
  async importSample(): Promise<void> {
    const report = await importFile({ address: this.program.addressOf('intake'), bearer: (role) => this.program.bearer(role) }, createReadStream(join(repositoryRoot(), 'samples/nibrs/2026-07.txt')))
    if (!report) throw new Error('the sample was not imported')
  }

  /** From a report without an arrest to a case of level D, and the plan and safety review that follow from it. */
  async toPlan(): Promise<Walked & { readonly reviewId: string; readonly notification: ListedNotification }> {
    const { incidents } = await this.until<{ incidents: ListedIncident[] }>('a report without an arrest', 'intakeAnalyst', 'incidents?state=awaiting-relationship&limit=500', (body) => body.incidents.some((one) => this.isNext(one)))
    const incident = incidents.find((one) => this.isNext(one))!
    this.used.add(incident.incidentId)
    const { incidentId, pairs: [pair] } = incident
    const { victimToken, offenderToken } = pair!
    const { caseId } = await this.toProposal({ incidentId, victimToken, offenderToken }, SUBJECT, VICTIM, 0)
    await this.done('intakeAnalyst', `cases/${caseId}/level`, { level: 'D' })
    const { notifications: [notification] } = await this.until<{ notifications: ListedNotification[] }>('the plan of a notification', 'detective', `notifications?caseId=${caseId}`, (body) => body.notifications.length > 0)
    const { notificationId } = notification!
    const { reviews: [review] } = await this.until<{ reviews: { reviewId: string }[] }>('the request of a safety review', 'systemAdvocate', `safety-reviews/${notificationId}`, (body) => body.reviews.length > 0)
    return { caseId, notificationId, victimToken, offenderToken, incidentId, reviewId: review!.reviewId, notification: notification! }
  }

  /** From a reported incident to a case, and the level that the policy proposes for it. */
  async toProposal({ incidentId, victimToken, offenderToken }: { readonly incidentId: string; readonly victimToken: string; readonly offenderToken: string }, subject: object, victim: object, ipvArrests: number): Promise<{ readonly caseId: string; readonly referralId: string }> {
    const referralId = idIn(await this.done('intakeAnalyst', 'referrals', { source: 'KCPD', incidentIds: [incidentId], subject, victim }))
    await this.done('detective', `incidents/${incidentId}/relationship`, { victimToken, offenderToken, basis: 'DATING', method: 'INTERVIEW' })
    await this.done('detective', `incidents/${incidentId}/primary-aggressor`, { aggressorToken: offenderToken, dualArrest: false, basis: ['INJURY'] })
    const caseId = idIn(await this.done('intakeAnalyst', 'cases', { referralId, indexIncidentId: incidentId, subjectInIncident: offenderToken }))
    const counts = { ipvArrests, ipvCharges: 0, ipvConvictions: 0, oopViolations: 0, violentFelonies: 0 }
    await this.done('intakeAnalyst', 'history-reviews', { caseId, counts, lookbackYears: 5, sources: ['KCPD_RMS'], statesAsked: ['MO'], queriedAt: inMinutes(-1) })
    await this.done('intakeAnalyst', `cases/${caseId}/level-proposal`, {})
    return { caseId, referralId }
  }

  /** An extract of a records system by its mapping. */
  async commit(mapping: string, file: string): Promise<Committed> {
    const answer = await supertest(this.program.addressOf('intake')).post('/v1/imports/extract/commit').set('Authorization', await this.program.bearer('intakeAnalyst')).attach('mapping', Buffer.from(mapping), 'm.yml').attach('file', Buffer.from(file), 'f.csv').buffer(true)
      .parse((response, done) => { let text = ''; response.on('data', (chunk: Buffer) => { text += chunk.toString() }); response.on('end', () => { done(null, text) }) })
    return (JSON.parse((answer.body as string).trim().split('\n').at(-1)!) as { result: Committed }).result
  }

  /** The whole log, folded. */
  async replay(): Promise<unknown> {
    const { text } = await supertest(this.program.addressOf('evaluation')).get('/v1/replay').set('Authorization', await this.program.bearer('evaluator'))
    return (JSON.parse(text.trim().split('\n').at(-1)!) as { result: unknown }).result
  }

  private isNext({ incidentId, outcome, arrestMade, pairs }: ListedIncident): boolean { return outcome === 'CANDIDATE' && !arrestMade && pairs.length === 1 && !this.used.has(incidentId) }

  async clear(notificationId: string, reviewId: string): Promise<void> {
    await this.done('systemAdvocate', `safety-reviews/${notificationId}/completion`, {
      reviewId, outcome: 'PROCEED', conditionCodes: [], contactBasis: 'INFORMED', coversEveryPartner: true, permittedPlaces: ['HOME_OTHER', 'STATION'], validFrom: inMinutes(-60), validUntil: inMinutes(24 * 60), confidentialityRegime: 'NONE',
    })
  }
  async schedule(notificationId: string): Promise<void> { await this.done('detective', `notifications/${notificationId}/schedule`, { at: inMinutes(1), placeClass: 'HOME_OTHER', delivererRoles: ['PATROL_OFFICER'] }) }
  authorize(notificationId: string): Promise<Reply> { return this.post('detective', `notifications/${notificationId}/authorization`, { placeClass: 'HOME_OTHER' }) }
  /** `at`: minutes from now */
  deliver(notificationId: string, at = 0): Promise<Reply> {
    return this.done('detective', `notifications/${notificationId}/delivery`, {
      at: inMinutes(at), mode: 'LETTER', placeClass: 'HOME_OTHER', delivererRoles: ['PATROL_OFFICER'], recipientVerified: true, inCustody: false, voicesPresent: ['LE'], templateId: 'd-letter', templateVersion: '1', language: 'en',
      messageSha256: 'a'.repeat(64), interpreter: 'NONE', acknowledged: true, counselPresent: false, reaction: 'NONE',
    })
  }

  /** The offer that follows from the delivery. */
  async offerOf(caseId: string): Promise<{ readonly offerId: string }> {
    const { offers } = await this.until<{ offers: { offerId: string }[] }>('the offer of services', 'healthProgram', `service-offers?caseId=${caseId}`, (body) => body.offers.length > 0)
    return offers[0]!
  }

  /** That offer, and its way to a provider. */
  async help(caseId: string): Promise<void> {
    const { offerId } = await this.offerOf(caseId)
    await this.done('healthProgram', `service-offers/${offerId}/answer`, { response: 'ACCEPTED' })
    const sent = await this.done('healthProgram', `service-offers/${offerId}/referrals`, { providerOrgId: ORGANIZATION, hsdsServiceId: '018f2a60-0000-7000-8000-0000000000a2', domain: 'EMPLOYMENT', consentRef: 'sample-consent' })
    const own = { organization: ORGANIZATION }
    const { body } = await this.get<{ referrals: { offerId: string; referralId: string }[] }>('pchProvider', `service-referrals?after=${sent.body.ordinal}`, own)
    const { referralId } = body.referrals.find((one) => one.offerId === offerId)!
    await this.done('pchProvider', `service-offers/${offerId}/referrals/${referralId}/answer`, { answer: 'ACCEPTED' }, own)
  }

  /** The money beside it, in the fiscal year of today: authorised, appropriated, certified and encumbered. */
  async money(): Promise<{ readonly account: string }> {
    const today = DateTime.now().setZone('America/Chicago')
    const year = today.month >= 5 ? today.year + 1 : today.year
    const account = `${String(year).slice(2)}-2000-501905-B`
    const fundingSourceId = SOURCE
    await this.done('finance', 'authorizations', ORDINANCE)
    await this.done('finance', `accounts/${account}/ordinance-certificates`, { ordinanceNo: '260299', amountCents: 7_500_000, fundingSourceId, certifiedOn: '2026-04-02', certifierTitle: 'INTERIM_DIRECTOR_OF_FINANCE', reading: 'DRAFT' })
    await this.done('finance', `accounts/${account}/appropriations`, { amountCents: 7_500_000, source: 'CARRY_FORWARD', reference: 'sample-ordinance', fundingSourceId, sourceFy: year - 1 })
    await this.done('finance', 'authorizations/260299/allotments', { account, amountCents: 7_500_000, fundingSourceId })
    const day = today.toISODate()!
    const asked = await this.done('healthProgram', `accounts/${account}/requisitions`, {
      ordinanceNo: '260299', fundingSourceId, amountCents: 4_000_000, vendorId: 'sample-vendor', docType: 'CONTRACT', docNo: 'sample-contract', termStart: day, termEnd: `${year}-04-30`, scopeRef: 'sample-scope',
    })
    const { requisitions } = await this.until<{ requisitions: { reqId: string }[] }>('the requisition', 'finance', `accounts/${account}?after=${asked.body.ordinal}`, (body) => body.requisitions.length > 0)
    await this.done('finance', `accounts/${account}/certificates`, { reqId: requisitions[0]!.reqId, fundCashUnencumberedCents: 912_345_678, asOf: day, certifiedBy: 'DIRECTOR_OF_FINANCE', certifierTitle: 'INTERIM_DIRECTOR_OF_FINANCE' }, { office: 'INTERIM_DIRECTOR_OF_FINANCE' })
    return { account }
  }
}
