// One fictional case through all four services, request by request, on the Chorus that runs in this checkout (either form):
//   node samples/one-case.mjs            report → referral → case → level → plan → safety review → delivery → help; the money beside it
// Each request is printed as it is sent, with the answer; `chorus history` then shows what came of it. Run it again for another case.
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const data = process.env.CHORUS_DATA ?? join(root, '.chorus')
const WAIT_MS = 60_000
const ON_RECORD = [409, 422]
const say = (line) => process.stdout.write(`${line}\n`)
class Stopped extends Error {}

/** Where each service answers: run.json in the data folder; in one process all of them answer at one address. */
const run = () => {
  try {
    return JSON.parse(readFileSync(join(data, 'run.json'), 'utf8'))
  } catch {
    throw new Stopped(`No Chorus runs on the data folder ${data}. Start one in another terminal: npm start, or npm run start:distributed`)
  }
}
const addressOf = (service) => run().services?.[service] ?? run().url

const tokens = new Map()
/** A demonstration token, as `npx chorus token --role ROLE` prints it. */
const token = async (role, claims = []) => {
  const key = [role, ...claims].join(' ')
  if (!tokens.has(key)) tokens.set(key, (await promisify(execFile)(process.execPath, [join(root, 'bin/chorus.js'), 'token', '--role', role, ...claims], { env: { ...process.env, CHORUS_DATA: data } })).stdout.trim())
  return tokens.get(key)
}

const PURPOSE = { intakeAnalyst: 'caseWork', detective: 'caseWork', systemAdvocate: 'safety', healthProgram: 'helpOffered', pchProvider: 'helpOffered', finance: 'accounting' }
const ask = async (method, service, role, path, body, claims) => {
  const headers = { Authorization: `Bearer ${await token(role, claims)}`, 'X-Purpose': PURPOSE[role], ...(body && { 'Content-Type': 'application/json' }) }
  const answer = await fetch(`${addressOf(service)}/v1/${path}`, { method, headers, ...(body && { body: JSON.stringify(body) }) }).catch((error) => {
    throw new Stopped(`${service} does not answer (${error.cause?.code ?? error.message}). Look: npx chorus health. Start it again: npm run start:distributed -- --again`)
  })
  return { status: answer.status, body: await answer.json() }
}
/** Sends a command and prints it. A refusal ends the walk, unless it is expected: by its rule, or because a walk before has it on record (409 or 422, never a right that is missing or a service that is away). */
const post = async (service, role, path, body, { refused, onRecord, claims } = {}) => {
  const answer = await ask('POST', service, role, path, body, claims)
  const { stream, ordinal, refused: code, rules = [], detail } = answer.body
  say(`  ${role.padEnd(14)} POST ${service} /v1/${path}\n                 ${JSON.stringify(body)}`)
  say(answer.status === 200 ? `                 200  ${stream} at ordinal ${ordinal}` : `                 ${answer.status}  ${code ?? answer.body.title}${rules.length > 0 ? ` (${rules.join(', ')})` : ''}: ${detail}`)
  if (answer.status !== 200 && !(onRecord && ON_RECORD.includes(answer.status)) && !(refused && rules.includes(refused))) throw new Stopped(`${path} was refused: see above, and docs/problems.md`)
  return answer.body
}
/** Asks until the answer holds: what follows from an event of another service comes a little later. */
const until = async (what, service, role, path, holds, claims) => {
  const end = performance.now() + WAIT_MS
  for (;;) {
    const { status, body } = await ask('GET', service, role, path, undefined, claims)
    const found = status === 200 ? holds(body) : undefined
    if (found) { say(`  ${role.padEnd(14)} GET  ${service} /v1/${path}\n                 ${what}: there`); return found }
    if (performance.now() > end) throw new Stopped(`${what} did not come within ${WAIT_MS / 1000} s. Look: npx chorus health; npx chorus dead-letters list`)
    await new Promise((resolve) => { setTimeout(resolve, 200) })
  }
}
const idIn = ({ stream }) => stream.slice(stream.indexOf('-') + 1)
const inMinutes = (minutes) => new Date(Date.now() + minutes * 60_000).toISOString()
const step = (text) => say(`\n${text}`)

const SUBJECT = { name: 'Fictional Person Gamma', birthDate: '1988-04-05', address: '3 Nowhere Lane, Sampletown' }
const VICTIM = { name: 'Fictional Person Delta', birthDate: '1991-06-07', address: '4 Nowhere Lane, Sampletown' }
const PROVIDER = '018f2a60-0000-7000-8000-0000000000a1'

const main = async () => {
  step('1. intake: a report of the sample month without an arrest becomes a referral, a case, a level')
  const isNext = ({ outcome, arrestMade, pairs }) => outcome === 'CANDIDATE' && !arrestMade && pairs.length === 1
  const { incidentId, pairs: [{ victimToken, offenderToken }] } = await until('a report without an arrest; if none comes: npx chorus import nibrs samples/nibrs/2026-07.txt', 'intake', 'intakeAnalyst', 'incidents?state=awaiting-relationship&limit=500', ({ incidents }) => incidents.find(isNext))
  const referral = await post('intake', 'intakeAnalyst', 'referrals', { source: 'KCPD', incidentIds: [incidentId], subject: SUBJECT, victim: VICTIM })
  await post('intake', 'detective', `incidents/${incidentId}/relationship`, { victimToken, offenderToken, basis: 'DATING', method: 'INTERVIEW' })
  await post('intake', 'detective', `incidents/${incidentId}/primary-aggressor`, { aggressorToken: offenderToken, dualArrest: false, basis: ['INJURY'] })
  const caseId = idIn(await post('intake', 'intakeAnalyst', 'cases', { referralId: idIn(referral), indexIncidentId: incidentId, subjectInIncident: offenderToken }))
  const counts = { ipvArrests: 0, ipvCharges: 0, ipvConvictions: 0, oopViolations: 0, violentFelonies: 0 }
  await post('intake', 'intakeAnalyst', 'history-reviews', { caseId, counts, lookbackYears: 5, sources: ['KCPD_RMS'], statesAsked: ['MO'], queriedAt: inMinutes(-1) })
  await post('intake', 'intakeAnalyst', `cases/${caseId}/level-proposal`, {})
  await post('intake', 'intakeAnalyst', `cases/${caseId}/level`, { level: 'D' })

  step('2. deterrence: the level calls for a notification, by itself; without a clearance it may not be delivered')
  const { notificationId } = await until('the plan of a notification', 'deterrence', 'detective', `notifications?caseId=${caseId}`, ({ notifications: [first] }) => first)
  await post('deterrence', 'detective', `notifications/${notificationId}/authorization`, { placeClass: 'HOME_OTHER' }, { refused: 'M1' })
  const { reviewId } = await until('the request of a safety review', 'deterrence', 'systemAdvocate', `safety-reviews/${notificationId}`, ({ reviews: [first] }) => first)
  await post('deterrence', 'systemAdvocate', `safety-reviews/${notificationId}/completion`, { reviewId, outcome: 'PROCEED', conditionCodes: [], contactBasis: 'INFORMED', coversEveryPartner: true, permittedPlaces: ['HOME_OTHER', 'STATION'], validFrom: inMinutes(-60), validUntil: inMinutes(24 * 60), confidentialityRegime: 'NONE' })
  await post('deterrence', 'detective', `notifications/${notificationId}/schedule`, { at: inMinutes(1), placeClass: 'HOME_OTHER', delivererRoles: ['PATROL_OFFICER'] })
  await post('deterrence', 'detective', `notifications/${notificationId}/authorization`, { placeClass: 'HOME_OTHER' })
  await post('deterrence', 'detective', `notifications/${notificationId}/delivery`, {
    at: inMinutes(0), mode: 'LETTER', placeClass: 'HOME_OTHER', delivererRoles: ['PATROL_OFFICER'], recipientVerified: true, inCustody: false, voicesPresent: ['LE'], templateId: 'd-letter', templateVersion: '1', language: 'en',
    messageSha256: 'a'.repeat(64), interpreter: 'NONE', acknowledged: true, counselPresent: false, reaction: 'NONE',
  })

  step('3. services: the delivery offers help, by itself; answer, referral, the provider\'s answer')
  const { offerId } = await until('the offer of services', 'services', 'healthProgram', `service-offers?caseId=${caseId}`, ({ offers: [first] }) => first)
  await post('services', 'healthProgram', `service-offers/${offerId}/answer`, { response: 'ACCEPTED' })
  await post('services', 'healthProgram', `service-offers/${offerId}/referrals`, { providerOrgId: PROVIDER, hsdsServiceId: '018f2a60-0000-7000-8000-0000000000a2', domain: 'EMPLOYMENT', consentRef: 'sample-consent' })
  const provider = ['--organization', PROVIDER]
  const { referralId } = await until('the referral, as its provider sees it', 'services', 'pchProvider', 'service-referrals', ({ referrals }) => referrals.find((one) => one.offerId === offerId), provider)
  await post('services', 'pchProvider', `service-offers/${offerId}/referrals/${referralId}/answer`, { answer: 'ACCEPTED' }, { claims: provider })

  step('4. finance: the ordinance\'s money, authorised, appropriated, certified and encumbered (a refusal here: a walk before has it on record)')
  const [year, month, day] = new Intl.DateTimeFormat('en-CA', { timeZone: 'America/Chicago' }).format(new Date()).split('-')
  const fiscal = Number(month) >= 5 ? Number(year) + 1 : Number(year)
  const account = `${String(fiscal).slice(2)}-2000-501905-B`
  const fundingSourceId = 'KCMO-LOCAL'
  const amountCents = 7_500_000
  const again = { onRecord: true }
  await post('finance', 'finance', 'authorizations', { ordinanceNo: '260299', passedOn: '2026-04-02', effectiveOn: '2026-04-12', effectiveBasis: 'TEN_DAYS', effectiveReading: 'DRAFT', amountCents, fund: '2000', costCenter: '501905', purpose: 'Supporting the establishment and operation of an IPVI Focused Deterrence Program to reduce domestic violence-related crime in Kansas City', authorizedOfficer: 'DIRECTOR_OF_HEALTH' }, again)
  await post('finance', 'finance', `accounts/${account}/ordinance-certificates`, { ordinanceNo: '260299', amountCents, fundingSourceId, certifiedOn: '2026-04-02', certifierTitle: 'INTERIM_DIRECTOR_OF_FINANCE', reading: 'DRAFT' }, again)
  await post('finance', 'finance', `accounts/${account}/appropriations`, { amountCents, source: 'CARRY_FORWARD', reference: 'sample-ordinance', fundingSourceId, sourceFy: fiscal - 1 }, again)
  await post('finance', 'finance', 'authorizations/260299/allotments', { account, amountCents, fundingSourceId }, again)
  const docNo = `sample-contract-${caseId.slice(0, 8)}`
  await post('finance', 'healthProgram', `accounts/${account}/requisitions`, { ordinanceNo: '260299', fundingSourceId, amountCents: 10_000, vendorId: 'sample-vendor', docType: 'CONTRACT', docNo, termStart: `${year}-${month}-${day}`, termEnd: `${fiscal}-04-30`, scopeRef: 'sample-scope' })
  const { reqId } = await until('the requisition', 'finance', 'finance', `accounts/${account}`, ({ requisitions }) => requisitions.find((one) => one.docNo === docNo))
  await post('finance', 'finance', `accounts/${account}/certificates`, { reqId, fundCashUnencumberedCents: 912_345_678, asOf: `${year}-${month}-${day}`, certifiedBy: 'DIRECTOR_OF_FINANCE', certifierTitle: 'INTERIM_DIRECTOR_OF_FINANCE' }, { claims: ['--office', 'INTERIM_DIRECTOR_OF_FINANCE'] })

  say(`\nWhat came of it, entry by entry:\n  npx chorus history ${caseId} --role prosecutor --purpose caseWork\n  npx chorus history ${account} --role finance --purpose accounting`)
}

main().catch((error) => {
  process.stderr.write(`${error instanceof Stopped ? error.message : error.stack}\n`)
  process.exitCode = 1
})
