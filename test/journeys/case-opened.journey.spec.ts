/** From an agency's file to a levelled case, over HTTP, as the people of the program would do it. */
import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { randomUUID } from 'node:crypto'
import { postgres } from '@chorus/postgres'
import { PURPOSES_OF, type RecordedEvent, type Role } from '@chorus/contracts'
import type { Recorder } from '@chorus/event-store'
import { RECORDER, repositoryRoot } from '@chorus/platform'
import { importFile } from '../support/import-file'
import { startChorus, type TestChorus } from '../support/chorus'

interface Reply { readonly status: number; readonly body: Record<string, never> & { stream: string; ordinal: number; revision: number; repeated: boolean; refused?: string; rules?: string[]; detail?: string } }
interface ListedIncident { readonly incidentId: string; readonly state: string; readonly arrestMade: boolean; readonly outcome: string; readonly pairs: { victimToken: string; offenderToken: string; relationship: string }[] }

const SUBJECT = { name: 'Fictional Person Alpha', birthDate: '1990-01-31', address: '1 Nowhere Lane, Sampletown' }
const VICTIM = { name: 'Fictional Person Beta', birthDate: '1992-02-29', address: '2 Nowhere Lane, Sampletown' }
const COUNTS = { ipvArrests: 1, ipvCharges: 1, ipvConvictions: 0, oopViolations: 0, violentFelonies: 0 }

describe('a case is opened and levelled', () => {
  let chorus: TestChorus
  let incidents: ListedIncident[]
  beforeAll(async () => {
    chorus = await startChorus()
    const report = await importFile(chorus, createReadStream(join(repositoryRoot(), 'samples/nibrs/2026-07.txt')))
    expect(report).toBeDefined()
    incidents = await listed('awaiting-relationship', 1)
  })
  afterAll(async () => { await chorus.close() })

  const post = async (role: Role, path: string, body: object, key?: string, agency?: string): Promise<Reply> => {
    const asked = chorus.agent.post(path).set('Authorization', await chorus.bearer(role, agency)).send(body)
    return (key ? asked.set('Idempotency-Key', key) : asked) as unknown as Promise<Reply>
  }
  const get = async (role: Role, path: string): Promise<{ status: number; body: Record<string, unknown> }> => chorus.agent.get(path).set('Authorization', await chorus.bearer(role)).set('X-Purpose', PURPOSES_OF[role][0])
  /** The list once the screening has come so far that it holds at least so many. */
  const listed = async (state: string, atLeast: number, after = 0): Promise<ListedIncident[]> => {
    for (let tries = 0; tries < 100; tries++) {
      const { body } = await get('intakeAnalyst', `/v1/incidents?state=${state}&limit=500&after=${after}`)
      const found = body.incidents as ListedIncident[]
      if (found.length >= atLeast) return found
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    throw new Error(`fewer than ${atLeast} incidents are ${state}`)
  }
  const candidate = (at: number): ListedIncident => incidents.filter((one) => one.outcome === 'CANDIDATE' && one.pairs.length === 1)[at]!
  const idIn = (reply: Reply): string => reply.body.stream.slice(reply.body.stream.indexOf('-') + 1)

  it('goes from the report to a level, and says at each step what is missing', async () => {
    const incident = candidate(0)
    const [pair] = incident.pairs
    const wish = { referralId: '', indexIncidentId: incident.incidentId, subjectInIncident: pair!.offenderToken }

    const received = await post('intakeAnalyst', '/v1/referrals', { source: 'KCPD', incidentIds: [incident.incidentId], subject: SUBJECT, victim: VICTIM })
    expect(received.status).toBe(200)
    wish.referralId = idIn(received)
    expect(await post('intakeAnalyst', '/v1/cases', wish)).toMatchObject({ status: 422, body: { refused: 'relationship_not_confirmed', rules: ['I1'] } })

    expect(await post('detective', `/v1/incidents/${incident.incidentId}/relationship`, { victimToken: pair!.victimToken, offenderToken: pair!.offenderToken, basis: 'DATING', method: 'INTERVIEW' })).toMatchObject({ status: 200 })
    expect(await post('intakeAnalyst', '/v1/cases', wish)).toMatchObject({ status: 422, body: { refused: 'aggressor_not_determined', rules: ['I1'] } })

    const determined = await post('detective', `/v1/incidents/${incident.incidentId}/primary-aggressor`, { aggressorToken: pair!.offenderToken, dualArrest: false, basis: ['INJURY', 'HISTORY'] })
    expect(determined.status).toBe(200)
    expect((await listed('reviewed', 1, determined.body.ordinal)).map((one) => one.incidentId)).toContain(incident.incidentId)

    const key = randomUUID()
    const opened = await post('intakeAnalyst', '/v1/cases', wish, key)
    expect(opened).toMatchObject({ status: 200, body: { revision: 0, repeated: false } })
    expect(await post('intakeAnalyst', '/v1/cases', wish, key)).toMatchObject({ status: 200, body: { stream: opened.body.stream, ordinal: opened.body.ordinal, repeated: true } })
    expect(await post('intakeAnalyst', '/v1/cases', wish)).toMatchObject({ status: 409, body: { refused: 'case_already_open', rules: ['I2'] } })

    const other = randomUUID()
    const referral = { source: 'KCPD', incidentIds: [incident.incidentId], subject: SUBJECT, victim: VICTIM }
    expect(await post('intakeAnalyst', '/v1/referrals', referral, other)).toMatchObject({ status: 200, body: { repeated: false } })
    expect(await post('intakeAnalyst', '/v1/referrals', referral, other)).toMatchObject({ status: 200, body: { repeated: true } })
    expect(await post('intakeAnalyst', '/v1/referrals', { ...referral, source: 'JCPO' }, other)).toMatchObject({ status: 409, body: { refused: 'command_id_reused' } })

    const caseId = idIn(opened)
    expect(await post('intakeAnalyst', `/v1/cases/${caseId}/level-proposal`, {})).toMatchObject({ status: 422, body: { refused: 'history_not_reviewed' } })
    const review = { caseId, counts: COUNTS, lookbackYears: 5, sources: ['KCPD_RMS'], statesAsked: ['MO'], queriedAt: '2026-01-02T03:04:05.000Z' }
    expect(await post('intakeAnalyst', '/v1/history-reviews', review)).toMatchObject({ status: 200 })
    expect(await post('intakeAnalyst', `/v1/cases/${caseId}/level-proposal`, {})).toMatchObject({ status: 200 })
    // Reviewed anew since: nobody has seen what would be proposed by now.
    expect(await post('intakeAnalyst', '/v1/history-reviews', { ...review, counts: { ...COUNTS, ipvArrests: COUNTS.ipvArrests + 1 } })).toMatchObject({ status: 200 })
    expect(await post('intakeAnalyst', `/v1/cases/${caseId}/level`, { level: 'C' })).toMatchObject({ status: 409, body: { refused: 'proposal_outdated' } })
    expect(await post('intakeAnalyst', '/v1/history-reviews', review)).toMatchObject({ status: 200 })

    expect(await post('panelMember', `/v1/cases/${caseId}/level`, { level: 'A', overrideReason: 'PANEL_JUDGEMENT' })).toMatchObject({ status: 422, body: { rules: ['I4'] } })
    const panel = { panelId: 'panel-1' }
    const approval = { level: 'A', ...panel }
    expect(await post('healthProgram', `/v1/cases/${caseId}/level-approvals`, approval)).toMatchObject({ status: 403 })
    expect(await post('panelMember', `/v1/cases/${caseId}/level-approvals`, approval, undefined, 'KCPD')).toMatchObject({ status: 200 })
    expect(await post('panelMember', `/v1/cases/${caseId}/level-approvals`, approval, undefined, 'JCPO')).toMatchObject({ status: 422, body: { refused: 'panel_member_twice' } })
    expect(await post('panelMember', `/v1/cases/${caseId}/level`, { level: 'A', overrideReason: 'PANEL_JUDGEMENT', ...panel })).toMatchObject({ status: 422, body: { refused: 'panel_agencies_missing', rules: ['I4'] } })
    expect(await post('prosecutor', `/v1/cases/${caseId}/level-approvals`, approval)).toMatchObject({ status: 200 })
    expect(await post('panelMember', `/v1/cases/${caseId}/level`, { level: 'A', overrideReason: 'PANEL_JUDGEMENT', ...panel })).toMatchObject({ status: 200 })
    expect(await post('panelMember', `/v1/cases/${caseId}/level`, { level: 'A', overrideReason: 'PANEL_JUDGEMENT', ...panel })).toMatchObject({ status: 409, body: { refused: 'level_already_assigned', rules: ['I3'] } })
  })

  it('two requests at once open one case, whatever their keys', async () => {
    const incident = candidate(1)
    const [pair] = incident.pairs
    const { body: referral } = await post('prosecutor', '/v1/referrals', { source: 'JCPO', incidentIds: [incident.incidentId], subject: { ...SUBJECT, identifiers: [{ system: 'sample-records', id: 'S-1' }] }, victim: { ...VICTIM, identifiers: [{ system: 'sample-records', id: 'S-2' }] } })
    await post('detective', `/v1/incidents/${incident.incidentId}/relationship`, { victimToken: pair!.victimToken, offenderToken: pair!.offenderToken, basis: 'COHABITING', method: 'REPORT_READ' })
    await post('detective', `/v1/incidents/${incident.incidentId}/primary-aggressor`, { aggressorToken: pair!.offenderToken, dualArrest: false, basis: ['THREAT'] })
    const wish = { referralId: referral.stream.slice('referral-'.length), indexIncidentId: incident.incidentId, subjectInIncident: pair!.offenderToken }
    const answers = await Promise.all([1, 2, 3, 4].map(() => post('prosecutor', '/v1/cases', wish)))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409])
  })

  it('I7: the victim of record of a pair is not made the subject of a case until two have reviewed it', async () => {
    const incident = candidate(2)
    const [pair] = incident.pairs
    const [one, other] = [{ ...SUBJECT, identifiers: [{ system: 'sample-records', id: 'S-3' }] }, { ...VICTIM, identifiers: [{ system: 'sample-records', id: 'S-4' }] }]
    const received = await post('intakeAnalyst', '/v1/referrals', { source: 'KCPD', incidentIds: [incident.incidentId], subject: one, victim: other })
    await post('intakeAnalyst', '/v1/referrals', { source: 'KCPD', incidentIds: [candidate(3).incidentId], subject: other, victim: one })
    await post('detective', `/v1/incidents/${incident.incidentId}/relationship`, { victimToken: pair!.victimToken, offenderToken: pair!.offenderToken, basis: 'DATING', method: 'INTERVIEW' })
    await post('detective', `/v1/incidents/${incident.incidentId}/primary-aggressor`, { aggressorToken: pair!.offenderToken, dualArrest: false, basis: ['INJURY'] })
    const wish = { referralId: idIn(received), indexIncidentId: incident.incidentId, subjectInIncident: pair!.offenderToken }
    expect(await post('prosecutor', '/v1/cases', wish)).toMatchObject({ status: 422, body: { refused: 'victim_of_record', rules: ['I7'] } })

    const { body: referral } = await get('prosecutor', `/v1/referrals/${wish.referralId}`)
    const review = (role: Role) => post(role, `/v1/pairs/${String(referral.pairId)}/cross-complaint-review`, { subjectRef: referral.subjectRef, outcome: 'SUBJECT_MAY_BE_CONSIDERED' })
    expect(await review('prosecutor')).toMatchObject({ status: 200 })
    expect(await post('prosecutor', '/v1/cases', wish)).toMatchObject({ status: 422, body: { refused: 'victim_of_record' } })
    expect(await review('detective')).toMatchObject({ status: 403 })
    expect(await review('systemAdvocate')).toMatchObject({ status: 200 })
    expect(await post('prosecutor', '/v1/cases', wish)).toMatchObject({ status: 200 })
  })

  it('a person is found again by any identifier; identifiers that lead to two people are not settled by a referral', async () => {
    const incidentIds = [candidate(0).incidentId]
    const by = (...ids: string[]) => ids.map((id) => ({ system: 'sample-records', id }))
    const refer = (subject: string[], victim: string[]) => post('intakeAnalyst', '/v1/referrals', { source: 'KCPD', incidentIds, subject: { ...SUBJECT, identifiers: by(...subject) }, victim: { ...VICTIM, identifiers: by(...victim) } })
    const subjectOf = async (reply: Reply) => (await get('intakeAnalyst', `/v1/referrals/${idIn(reply)}`)).body.subjectRef
    const [first, second] = [await refer(['S-10', 'S-11'], ['S-12']), await refer(['S-11'], ['S-12'])]
    expect(await subjectOf(second)).toBe(await subjectOf(first))
    expect(await refer(['S-10', 'S-12'], ['S-13'])).toMatchObject({ status: 409, body: { refused: 'identifiers_disagree' } })
    expect(await refer(['S-10'], ['S-11'])).toMatchObject({ status: 422, body: { refused: 'same_person' } })
  })

  it('a lethality screen is scored from its answers, read by few, and followed by a call to the hotline', async () => {
    const incident = candidate(0)
    const [pair] = incident.pairs
    const before = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString()
    const answers = ['NO', 'NO', 'NOT_ANSWERED', 'YES', 'YES', 'NO', 'YES', 'YES', 'NO', 'NO', 'NO']
    const screen = { incidentId: incident.incidentId, victimToken: pair!.victimToken, offenderToken: pair!.offenderToken, instrument: 'LAP', answers, administeredAt: before(90) }
    expect(await post('detective', '/v1/lethality-screens', { ...screen, answers: answers.slice(1) })).toMatchObject({ status: 422, body: { refused: 'answers_incomplete' } })
    expect(await post('healthProgram', '/v1/lethality-screens', screen)).toMatchObject({ status: 403 })
    const taken = await post('detective', '/v1/lethality-screens', screen)
    expect(taken).toMatchObject({ status: 200, body: { stream: expect.stringMatching(/^lethalityScreen-/) } })
    const one = `/v1/lethality-screens/${idIn(taken)}`

    // the prosecutor and the safety context; its outcome alone who took it; to others it is not there
    const shown = { outcome: 'SCREENED_IN_Q4_11', instrumentVersion: 'maryland-11', algorithmVersion: 'lap@1', contact: null, hotlineDueAt: new Date(Date.parse(screen.administeredAt) + 3_600_000).toISOString() }
    for (const role of ['prosecutor', 'systemAdvocate'] as const) expect((await get(role, one)).body).toMatchObject({ ...shown, answers })
    expect((await get('detective', one)).body).toMatchObject(shown)
    expect((await get('detective', one)).body).not.toHaveProperty('answers')
    expect([(await get('intakeAnalyst', one)).status, (await get('evaluator', one)).status]).toEqual([404, 403])

    const listed = async (state: string, after: number) => (await get('systemAdvocate', `/v1/lethality-screens?incidentId=${incident.incidentId}&state=${state}&after=${after}`)).body.screens
    expect(await listed('to-call', taken.body.ordinal)).toEqual([expect.objectContaining({ screenId: idIn(taken), dueAt: shown.hotlineDueAt, overdue: true })])
    expect((await get('detective', '/v1/lethality-screens')).status).toBe(403)
    // which place it takes in the stream depends on the timer of T-LAP, which is overdue from the first moment and recorded within seconds
    const called = await post('detective', `${one}/hotline-contact`, { calledAt: before(10), programId: 'sample-hotline', victimSpoke: true })
    expect(called).toMatchObject({ status: 200, body: { stream: taken.body.stream } })
    expect(await listed('called', called.body.ordinal)).toEqual([expect.objectContaining({ screenId: idIn(taken), victimSpoke: true, overdue: false })])

    const entries = async (role: Role) => (await get(role, `/v1/history?of=${incident.incidentId}`)).body.entries as { type: string; breaches?: string[] }[]
    expect((await entries('prosecutor')).filter(({ type }) => /Lethality|Hotline/.test(type))).toMatchObject([{ type: 'LethalityScreenAdministered' }, { type: 'AdvocateHotlineContactRecorded', breaches: ['T-LAP'] }])
    expect((await entries('detective')).filter(({ type }) => /Lethality|Hotline/.test(type))).toEqual([])
    const sql = postgres(chorus.appUrl, { max: 1, onnotice: () => undefined })
    try {
      const [{ text }] = await sql<[{ text: string }]>`select text from log.events where type = 'LethalityScreenAdministered'`
      expect((JSON.parse(text) as { data: { answers: object } }).data.answers).toHaveProperty('$sealed')
    } finally { await sql.end() }
  })

  it('names nobody where names must not be: not in the log, not in the read model, not in the log lines', async () => {
    const sql = postgres(chorus.appUrl, { max: 1, onnotice: () => undefined })
    try {
      const [events] = await sql<{ all: string }[]>`select coalesce(string_agg(text, ' '), '') as all from log.events where category in ('referral', 'pchCase', 'pair', 'historyReview')`
      const [rows] = await sql<{ all: string }[]>`select coalesce(string_agg(row::text, ' '), '') as all from read.incidents_by_review_state`
      expect(events!.all).toContain('$sealed')
      for (const value of [SUBJECT.name, SUBJECT.birthDate, SUBJECT.address, VICTIM.name, VICTIM.birthDate, VICTIM.address, 'S-1', 'S-4']) {
        // A word of its own: three letters stand in some random token sooner or later.
        const word = new RegExp(`(?<![\\w-])${value}(?![\\w-])`)
        expect(events!.all).not.toMatch(word)
        expect(rows!.all).not.toMatch(word)
        if (value.length > 3) expect(chorus.logs.text()).not.toContain(value)
      }
    } finally { await sql.end() }
  })

  it('a version of a policy is put forward, approved by those who must, holds from then on, and is refused where it cannot be read', async () => {
    const levels = '/v1/policies/kc-ipvi-levels'
    const { body: shipped } = await get('evaluator', levels)
    expect(shipped).toMatchObject({ policyId: 'kc-ipvi-levels', holds: '1.2.0', shown: { version: '1.2.0', status: 'DRAFT', standing: 'HOLDS', approvals: [] } })
    const to = (verb: string, text: string, role: Role = 'prosecutor', more: object = {}) => post(role, `/v1/policies/${verb}`, { text, ...more })
    const text = String(shipped.text)
    expect(await to('activations', text, 'panelMember')).toMatchObject({ status: 403 })
    expect(await to('activations', 'levels: [')).toMatchObject({ status: 422, body: { type: expect.stringContaining('schema-violation'), detail: expect.stringContaining('line 1, column') } })
    expect(await to('activations', text.replace('weaponUsedInIpv: {}', 'weaponSeen: {}'))).toMatchObject({ status: 422, body: { errors: [{ pointer: '/text/levels/A/anyOf/3/weaponSeen', rule: 'policy', detail: expect.stringMatching(/^line 46, column 9: is no key of this policy: take it out/) }] } })
    expect(await to('drafts', `${text}# changed\n`)).toMatchObject({ status: 409, body: { refused: 'policy_version_reused' } })
    const next = text.replace('version: 1.2.0', 'version: 1.3.0').replace('status: DRAFT', 'status: APPROVED')
    expect(await to('approvals', next)).toMatchObject({ status: 404 })
    expect(await to('drafts', next, 'healthProgram')).toMatchObject({ status: 200, body: { stream: 'policy-kc-ipvi-levels', repeated: false } })
    expect(await to('approvals', next)).toMatchObject({ status: 200 })
    expect(await to('activations', next)).toMatchObject({ status: 422, body: { refused: 'policy_not_approved', detail: expect.stringContaining('healthProgram') } })
    expect(await to('approvals', next, 'systemAdvocate')).toMatchObject({ status: 422, body: { refused: 'not_an_approver' } })
    expect(await to('approvals', next, 'healthProgram')).toMatchObject({ status: 200 })
    expect(await to('activations', next, 'prosecutor', { activeFrom: '2020-01-01' })).toMatchObject({ status: 422, body: { refused: 'active_from_past' } })
    const before = new Date().toISOString()
    expect(await to('activations', next)).toMatchObject({ status: 200, body: { repeated: false, takenOverBy: [] } })
    expect((await get('intakeAnalyst', levels)).body).toMatchObject({ holds: '1.3.0', text: next, shown: { status: 'APPROVED', approvals: [{ role: 'prosecutor', account: 'demo-prosecutor' }, { role: 'healthProgram', account: 'demo-healthProgram' }] } })
    expect((await get('intakeAnalyst', `${levels}?asOf=${before}`)).body).toMatchObject({ holds: '1.2.0', text, versions: [{ version: '1.2.0', standing: 'HOLDS' }, { version: '1.3.0', standing: 'DRAFTED' }] })
    expect(await post('prosecutor', '/v1/policies/retirements', { policyId: 'kc-ipvi-levels', version: '1.3.0', reasonCode: 'FOUND_WRONG' })).toMatchObject({ status: 409, body: { refused: 'policy_holds' } })
    expect(await to('activations', text)).toMatchObject({ status: 200 })
    expect(await post('prosecutor', '/v1/policies/retirements', { policyId: 'kc-ipvi-levels', version: '1.3.0', reasonCode: 'FOUND_WRONG' })).toMatchObject({ status: 200 })
    const { body: { policies } } = await get('operator', '/v1/policies')
    expect((policies as { policyId: string; holds: string }[]).map(({ policyId, holds }) => [policyId, holds])).toEqual([['kc-ipvi-levels', '1.2.0'], ['kc-ipvi-timers', '1.0.0'], ['kc-ipvi-identity', '1.0.0'], ['kc-ipvi-notifications', '1.0.0']])
    expect((await get('operator', `${levels}?version=1.3.0`)).body).toMatchObject({ shown: { standing: 'RETIRED', retiredBecause: 'FOUND_WRONG' } })
    expect(await get('operator', '/v1/policies/kc-other')).toMatchObject({ status: 404 })
  })

  it('a file is checked against the record before it holds: which cases and incidents it would change, by which criteria, and which due dates; nothing is recorded but the reading', async () => {
    const shipped = async (id: string) => String((await get('evaluator', `/v1/policies/${id}`)).body.text)
    const head = async () => (await get('operator', '/v1/log/head')).body.ordinal
    type Report = Record<string, unknown> & { caseChanges: { record: string }[]; incidentChanges: object[]; timerChanges: { timer: string; dueAt: string; wouldBeDueAt: string }[] }
    const check = async (text: string, role: Role = 'prosecutor') => (await (await chorus.agent.post('/v1/policies/checks').set('Authorization', await chorus.bearer(role)).set('X-Purpose', PURPOSES_OF[role][0]).send({ text }))) as unknown as { status: number; body: Report }
    const text = await shipped('kc-ipvi-levels')
    const before = Number(await head())

    expect((await check(text)).body).toMatchObject({ against: 'kc-ipvi-levels@1.2.0', obstacle: null, values: [], caseChanges: [], incidentChanges: [], timerChanges: [] })
    // what A needs by the program's own rule it needs without a word in the file
    const withoutPanel = text.replace('    requires:\n      panelApproval: { minAgencies: 2 }\n', '')
    expect(withoutPanel).not.toBe(text)
    expect((await check(withoutPanel)).body).toMatchObject({ values: [] })
    const stricter = text.replace('version: 1.2.0', 'version: 1.4.0').replace('ipvArrestOrCharge: { atLeast: 2 }', 'ipvArrestOrCharge: { atLeast: 1 }').replace('minimumAge: 18', 'minimumAge: 99').replace('hotlineWithinMinutes: 60', 'hotlineWithinMinutes: 30')
    const { status, body } = await check(stricter)
    expect([status, body.caseChanges]).toEqual([200, [expect.objectContaining({ from: 'C', to: 'B', assigned: 'A', direction: 'higher', criteria: [{ level: 'B', part: 'anyOf', criterion: 'ipvArrestOrCharge.atLeast=2', before: 'no' }, { level: 'B', part: 'anyOf', criterion: 'ipvArrestOrCharge.atLeast=1', after: 'yes' }] })]])
    expect(body).toMatchObject({ version: '1.4.0', cases: { withoutBasis: 0 }, leftOut: 0 })
    expect(body.values).toContainEqual({ key: 'eligibility/minimumAge', before: '18', after: '99' })
    expect(body.incidentChanges).toContainEqual(expect.objectContaining({ from: 'CANDIDATE', to: 'NOT_ELIGIBLE', predicates: expect.arrayContaining([{ name: 'subjectAdult', before: 'atLeast=18 yes', after: 'atLeast=99 no' }]) }))
    expect((await check(`${text}# changed\n`)).body).toMatchObject({ obstacle: expect.stringContaining('new version') })

    const timers = await shipped('kc-ipvi-timers')
    const moved = await check(timers.replace('version: 1.0.0', 'version: 1.1.0').replace('T-VAL-5Y: { after: P5Y', 'T-VAL-5Y: { after: P4Y'))
    expect(moved.body.timerChanges).toEqual([expect.objectContaining({ timer: 'T-VAL-5Y', record: body.caseChanges[0]!.record, stream: `pchCase-${body.caseChanges[0]!.record}` })])
    expect(moved.body.timerChanges.map(({ dueAt, wouldBeDueAt }) => Number(dueAt.slice(0, 4)) - Number(wouldBeDueAt.slice(0, 4)))).toEqual([1])
    // Who is who: the persons of this record under both; nobody here is like anybody else. Opened, and entered before it was.
    const identity = await shipped('kc-ipvi-identity')
    expect((await check(identity.replace('askProbability: 0.05', 'askProbability: 0.04'))).body).toMatchObject({ values: [{ key: 'askProbability', before: '0.05', after: '0.04' }], persons: { compared: expect.any(Number) }, matchChanges: [] })
    const read = (await get('privacyOfficer', '/v1/audit?limit=20')).body as { entries: { route: string; asked: { persons?: string } }[] }
    expect(read.entries.find(({ asked }) => asked.persons !== undefined)).toMatchObject({ route: 'POST /v1/policies/checks', found: true, asked: { persons: expect.stringMatching(/^[1-9]/) } })
    const notifications = await shipped('kc-ipvi-notifications')
    const sooner = (await check(notifications.replace('version: 1.0.0', 'version: 1.1.0').replace('within: P1BD', 'within: P2BD'))).body
    expect(sooner).toMatchObject({ notifications: { planned: 1 }, planChanges: [{ caseId: body.caseChanges[0]!.record, level: 'A', mode: 'PRIORITY_ENFORCEMENT', differs: [{ what: 'within', before: 'P1BD', after: 'P2BD' }] }] })
    expect(await check('levels: [')).toMatchObject({ status: 422, body: { errors: [{ rule: 'policy' }] } })
    // The Health Department owns the program's policy, and may not ask by files chosen to fit what somebody's record is.
    expect((await check(stricter, 'healthProgram')).status).toBe(403)
    // Of a day that is over it could not be activated; of one to come it could.
    const onDay = async (activeFrom: string): Promise<unknown> => ((await chorus.agent.post('/v1/policies/checks').set('Authorization', await chorus.bearer('prosecutor')).set('X-Purpose', PURPOSES_OF.prosecutor[0]).send({ text: stricter, activeFrom })).body as Report).obstacle
    expect([await onDay('2026-01-01'), await onDay('2099-01-01')]).toEqual([expect.stringContaining('a day after today'), null])
    expect([(await check(text, 'evaluator')).status, (await post('prosecutor', '/v1/policies/checks', { text })).status]).toEqual([403, 400])
    // What reactions still record meanwhile, nobody asked for here.
    const recorded: RecordedEvent[] = []
    for await (const event of chorus.app.get<Recorder>(RECORDER, { strict: false }).read()) if (event.ordinal > before) recorded.push(event)
    expect(recorded.filter(({ actor }) => actor.role === 'prosecutor')).toEqual([])
    expect(JSON.stringify((await get('privacyOfficer', `/v1/audit?about=${body.caseChanges[0]!.record}`)).body)).toContain('POST /v1/policies/checks')
  })

  it('the list says which of its parameters is wrong', async () => {
    for (const query of ['state=lost', 'limit=0', 'limit=501', 'after=-1', 'after=900000000', 'from=x']) {
      const { status, body } = await get('detective', `/v1/incidents?${query}`)
      expect([status, JSON.stringify(body)]).toEqual([400, expect.stringContaining(`/query/${query.split('=')[0]}`)])
    }
  })

  it('a wrong field is named, its value is not', async () => {
    const answer = await post('intakeAnalyst', '/v1/referrals', { source: 'KCPD', incidentIds: [], subject: { ...SUBJECT, birthDate: '31.01.1990' }, victim: VICTIM })
    expect(answer.status).toBe(422)
    expect(JSON.stringify(answer.body)).toContain('/subject/birthDate')
    expect(JSON.stringify(answer.body)).not.toContain('31.01.1990')
  })
})
