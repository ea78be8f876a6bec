/** Scenario 8: two records turn out to be one person's, and not to be; and what the matcher asks, shows and leaves behind. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { PURPOSES_OF, type RecordedEvent, type Role } from '@chorus/contracts'
import { decode } from '@chorus/event-store'
import { repositoryRoot } from '@chorus/platform'
import { plain, sound } from '../../apps/intake/src/person-match/strings'
import { everyTextIn, startChorus, type TestChorus } from '../support/chorus'
import { importFile } from '../support/import-file'
import { withStore } from '../support/scenarios'

interface Reply { readonly status: number; readonly body: { readonly stream: string; readonly refused?: string; readonly rules?: string[] } }
interface Question { readonly matchId: string; readonly oneRef: string; readonly otherRef: string; readonly askedBecause: readonly string[]; readonly sides: readonly { readonly personRef: string; readonly told: Record<string, string> }[] }
interface Incident { readonly incidentId: string; readonly outcome: string; readonly pairs: readonly { readonly victimToken: string; readonly offenderToken: string }[] }

const HE = { name: 'Quillon Brathwaitely', birthDate: '1977-11-23', address: '12 Nonesuch Lane, Sampletown 64101' }
const HE_AGAIN = { name: 'Brathwaitley, Quillon', birthDate: '1977-11-23', address: 'P.O. Box 1409, Jefferson City 65102', addressKind: 'SAFE_AT_HOME' }
const SHE = { name: 'Fenella Ashgrovian', birthDate: '1979-03-30', address: 'P.O. Box 1409, Jefferson City 65102', addressKind: 'SAFE_AT_HOME' }
const ANOTHER = { name: 'Isadora Wintermeade', birthDate: '1985-08-17' }

describe('who is who', () => {
  let chorus: TestChorus
  let incidents: Incident[]
  const cases: string[] = []
  let [he, heAgain, she, another] = ['', '', '', '']
  beforeAll(async () => {
    chorus = await startChorus({ env: { CHORUS_LOG_LEVEL: 'trace' } })
    await importFile(chorus, createReadStream(join(repositoryRoot(), 'samples/nibrs/2026-07.txt')))
    incidents = await until(async () => (await get<{ incidents: Incident[] }>('intakeAnalyst', 'incidents?state=awaiting-relationship&limit=500')).body.incidents.filter((one) => one.outcome === 'CANDIDATE' && one.pairs.length === 1), (list) => list.length >= 2)
  })
  afterAll(async () => { await chorus.close() })

  const post = async (role: Role, path: string, body: object): Promise<Reply> => chorus.agent.post(`/v1/${path}`).set('Authorization', await chorus.bearer(role)).send(body) as unknown as Promise<Reply>
  const done = async (role: Role, path: string, body: object): Promise<string> => {
    const reply = await post(role, path, body)
    if (reply.status !== 200) throw new Error(`${path}: ${reply.status} ${JSON.stringify(reply.body)}`)
    return reply.body.stream.slice(reply.body.stream.indexOf('-') + 1)
  }
  const get = async <T>(role: Role, path: string): Promise<{ status: number; body: T }> => chorus.agent.get(`/v1/${path}`).set('Authorization', await chorus.bearer(role)).set('X-Purpose', PURPOSES_OF[role][0]) as unknown as Promise<{ status: number; body: T }>
  const until = async <T>(look: () => Promise<T>, holds: (seen: T) => boolean): Promise<T> => {
    for (let tries = 0; tries < 200; tries++) {
      const seen = await look()
      if (holds(seen)) return seen
      await new Promise((resolve) => { setTimeout(resolve, 50) })
    }
    throw new Error('it did not come about')
  }
  const events = (): Promise<RecordedEvent[]> => withStore(chorus.appUrl, async (store) => { const all: RecordedEvent[] = []; for await (const event of store.readAll()) all.push(decode(event)); return all })
  const opened = async (at: number, subject: object, victim: object, ipvArrests: number): Promise<{ subjectRef: string; victimRef: string }> => {
    const { incidentId, pairs: [pair] } = incidents[at]!
    const { victimToken, offenderToken } = pair!
    const referralId = await done('intakeAnalyst', 'referrals', { source: 'KCPD', incidentIds: [incidentId], subject, victim })
    await done('detective', `incidents/${incidentId}/relationship`, { victimToken, offenderToken, basis: 'DATING', method: 'INTERVIEW' })
    await done('detective', `incidents/${incidentId}/primary-aggressor`, { aggressorToken: offenderToken, dualArrest: false, basis: ['INJURY'] })
    const caseId = await done('intakeAnalyst', 'cases', { referralId, indexIncidentId: incidentId, subjectInIncident: offenderToken })
    await done('intakeAnalyst', 'history-reviews', { caseId, counts: { ipvArrests, ipvCharges: 0, ipvConvictions: 0, oopViolations: 0, violentFelonies: 0 }, lookbackYears: 5, sources: ['KCPD_RMS'], statesAsked: ['MO'], queriedAt: new Date(Date.now() - 60_000).toISOString() })
    await done('intakeAnalyst', `cases/${caseId}/level-proposal`, {})
    cases.push(caseId)
    return (await events()).find(({ stream }) => stream === `referral-${referralId}`)!.data as { subjectRef: string; victimRef: string }
  }
  const proposalOf = async (caseId: string): Promise<string> => ((await events()).filter(({ stream, type }) => stream === `pchCase-${caseId}` && type === 'LevelProposed').at(-1)!.data as { level: string }).level
  const historyOf = async (caseId: string, more = ''): Promise<string> => JSON.stringify((await get('prosecutor', `history?of=${caseId}${more}`)).body)

  it('two referrals that the program cannot tell apart by their numbers are two persons, each with a case and a proposal of its own', async () => {
    ({ subjectRef: he, victimRef: she } = await opened(0, HE, SHE, 1));
    ({ subjectRef: heAgain, victimRef: another } = await opened(1, HE_AGAIN, ANOTHER, 3))
    expect(new Set([he, heAgain, she, another]).size).toBe(4)
    expect(await proposalOf(cases[1]!)).toBe('A')
    expect(await proposalOf(cases[0]!)).not.toBe('A')
    expect(await historyOf(cases[0]!)).not.toContain(cases[1])
  })

  it('the matcher asks about them, by codes alone, and not about the one post office box', async () => {
    expect(await post('detective', 'persons/matching-runs', { purpose: 'dataQuality' })).toMatchObject({ status: 403 })
    await done('intakeAnalyst', 'persons/matching-runs', { purpose: 'dataQuality' })
    const { body } = await get<{ total: number; matches: Question[] }>('intakeAnalyst', 'persons/matches')
    expect(body).toMatchObject({ total: 1, matches: [{ evidence: expect.arrayContaining([{ field: 'BIRTH', agreement: 'EXACT' }, { field: 'SURNAME', agreement: 'CLOSE' }, { field: 'ADDRESS', agreement: 'MISSING' }]) as unknown }] })
    const [question] = body.matches
    expect([question!.oneRef, question!.otherRef].sort()).toEqual([he, heAgain].sort())
    expect(JSON.stringify(body)).not.toMatch(/Quillon|1977/i)

    // What the run was, and what it has found; a run of what is new has nothing to compare, and the same request again opens nobody.
    const ran = async (): Promise<{ runId: string; scope: string; persons: number; compared: number }[]> => (await get<{ runs: { runId: string; scope: string; persons: number; compared: number }[] }>('intakeAnalyst', 'persons/matching-runs')).body.runs
    expect(await ran()).toMatchObject([{ scope: 'ALL', persons: 4, compared: 4 }])
    await done('intakeAnalyst', 'persons/matching-runs', { purpose: 'dataQuality', scope: 'NEW' })
    const [newest, first] = await ran()
    expect(newest).toMatchObject({ scope: 'NEW', persons: 4, compared: 0 })
    const foundBy = async (runId: string): Promise<unknown> => (await get<{ found: unknown }>('intakeAnalyst', `persons/matching-runs/${runId}`)).body.found
    expect([await foundBy(first!.runId), await foundBy(newest!.runId)]).toEqual([[{ matchId: question!.matchId, oneRef: question!.oneRef, otherRef: question!.otherRef, outcome: 'ASKED', confidence: expect.any(Number) as number }], []])
    expect([(await get('detective', 'persons/matching-runs')).status, (await get('intakeAnalyst', `persons/matching-runs/${question!.matchId}`)).status]).toEqual([403, 404])
    const again = async (): Promise<unknown> => (await chorus.agent.post('/v1/persons/matching-runs').set('Authorization', await chorus.bearer('intakeAnalyst')).set('Idempotency-Key', '018f0000-0000-7000-8000-00000000000f').send({ purpose: 'dataQuality' })).body
    const readings = async (): Promise<number> => JSON.stringify((await get('privacyOfficer', 'audit?limit=200')).body).split('"persons":"4"').length
    const once = await again() as { ordinal: number }
    const read = await readings()
    expect(await again()).toMatchObject({ ordinal: once.ordinal, repeated: true })
    expect(await readings()).toBe(read)

    const { body: shown } = await get<Question>('intakeAnalyst', `persons/matches/${question!.matchId}`)
    expect(shown.sides.map(({ told }) => told.name).sort()).toEqual([HE.name, HE_AGAIN.name].sort())
    const audit = JSON.stringify((await get('privacyOfficer', 'audit?limit=20')).body)
    expect(audit).toContain('POST /v1/persons/matching-runs')
    expect(audit).toContain(question!.matchId)
  })

  it('opposite sides are never one, not through others either, whoever asks', async () => {
    expect(await post('prosecutor', 'persons/links', { keepRef: he, mergedRef: she, basis: 'IDENTITY_DOCUMENT' })).toMatchObject({ status: 422, body: { refused: 'opposite_sides' } })
    expect(await post('prosecutor', 'persons/links', { keepRef: he, mergedRef: `per_${'x'.repeat(22)}`, basis: 'IDENTITY_DOCUMENT' })).toMatchObject({ status: 404, body: { refused: 'person_unknown' } })
  })

  it('linked, they are one: both open cases are on record as a breach, the history is one, the level is proposed anew, no further case is opened', async () => {
    await done('intakeAnalyst', 'persons/links', { keepRef: he, mergedRef: heAgain, basis: 'FINGERPRINTS' })
    const link = (await events()).find(({ type }) => type === 'PersonIdentitiesLinked')!
    expect(link).toMatchObject({ breaches: ['I2'], data: { keepRef: he, mergedRef: heAgain, decidedBy: 'human', openCaseIds: [...cases].sort() } })
    expect(await proposalOf(cases[0]!)).toBe('A')
    expect(await historyOf(cases[0]!)).toContain(cases[1])
    expect(await historyOf(cases[0]!)).toContain('Two records linked as one person')
    expect((await get<{ total: number }>('intakeAnalyst', 'persons/matches')).body.total).toBe(0)
    expect(await post('prosecutor', 'persons/links', { keepRef: heAgain, mergedRef: she, basis: 'OWN_STATEMENT' })).toMatchObject({ status: 422, body: { refused: 'opposite_sides' } })

    const { incidentId, pairs: [pair] } = incidents[1]!
    const referralId = await done('intakeAnalyst', 'referrals', { source: 'KCPD', incidentIds: [incidentId], subject: { ...HE, personRef: he }, victim: { ...ANOTHER, personRef: another } })
    await done('intakeAnalyst', 'persons/matching-runs', { purpose: 'dataQuality', scope: 'NEW' })
    expect((await get<{ runs: object[] }>('intakeAnalyst', 'persons/matching-runs')).body.runs[0]).toMatchObject({ scope: 'NEW', persons: 4, compared: 2 })
    expect(await post('intakeAnalyst', 'cases', { referralId, indexIncidentId: incidentId, subjectInIncident: pair!.offenderToken })).toMatchObject({ status: 409, body: { refused: 'case_already_open', rules: ['I2'] } })
  })

  it('taken back, both are as they were, at every moment that is looked at, and the matcher does not ask again', async () => {
    const linkedAt = (await events()).find(({ type }) => type === 'PersonIdentitiesLinked')!.recordedtime
    await done('prosecutor', 'persons/separations', { oneRef: heAgain, otherRef: he, reason: 'DIFFERENT_PEOPLE' })
    expect(await proposalOf(cases[0]!)).not.toBe('A')
    expect(await proposalOf(cases[1]!)).toBe('A')
    expect(await historyOf(cases[0]!)).toContain('Two records told apart again')
    for (const when of ['', `&asOfRecorded=${linkedAt}`]) expect(await historyOf(cases[0]!, when)).not.toContain(`"caseId":"${cases[1]!}"`)
    await done('intakeAnalyst', 'persons/matching-runs', { purpose: 'dataQuality' })
    expect((await get<{ total: number }>('intakeAnalyst', 'persons/matches')).body.total).toBe(0)
  })

  it('a referral that puts two on opposite sides who are linked takes the link back', async () => {
    await done('prosecutor', 'persons/links', { keepRef: she, mergedRef: another, basis: 'OWN_STATEMENT' })
    await done('intakeAnalyst', 'referrals', { source: 'KCPD', incidentIds: [incidents[0]!.incidentId], subject: { ...SHE, personRef: she }, victim: { ...ANOTHER, personRef: another } })
    expect((await events()).filter(({ type }) => type === 'PersonIdentitiesUnlinked').at(-1)!.data).toMatchObject({ reason: 'OPPOSITE_SIDES', decidedBy: 'machine' })
  })

  it('an order to destroy names every token that is linked, and is carried out on all of them', async () => {
    const twice = async (): Promise<string> => ((await events()).findLast(({ type }) => type === 'ReferralReceived')!.data as { subjectRef: string }).subjectRef
    const gone = { name: 'Osric Vandersloot', birthDate: '1969-02-14' }
    const refs: string[] = []
    for (let times = 0; times < 2; times++) { await done('intakeAnalyst', 'referrals', { source: 'SELF', incidentIds: [], subject: gone, victim: { ...SHE, personRef: she } }); refs.push(await twice()) }
    const [one, other] = refs as [string, string]
    await done('prosecutor', 'persons/links', { keepRef: one, mergedRef: other, basis: 'FINGERPRINTS' })
    const order = { court: 'CIRCUIT', orderRef: 'FICTION-ORDER-8', reason: 'as the court found' }
    expect((await get('privacyOfficer', `keys/${one}`)).body).toMatchObject({ linked: [other] })
    expect(await post('privacyOfficer', `keys/${one}/destruction`, order)).toMatchObject({ status: 409, body: { refused: 'linked_tokens' } })
    expect((await events()).filter(({ type }) => type === 'SubjectKeyDestroyed')).toEqual([])
    await done('privacyOfficer', `keys/${one}/destruction`, { ...order, linked: [other] })
    expect(new Set((await events()).filter(({ type }) => type === 'SubjectKeyDestroyed').map(({ data }) => (data as { personRef: string }).personRef))).toEqual(new Set([one, other]))
    const referrals = (await events()).filter(({ type, data }) => type === 'ReferralReceived' && refs.includes((data as { subjectRef: string }).subjectRef)).map(({ stream }) => stream.slice('referral-'.length))
    for (const id of referrals) expect((await get('prosecutor', `referrals/${id}`)).status).toBe(404)
    expect(referrals).toHaveLength(2)
  })

  it('nothing that the matcher saw or made of it lies anywhere: no name, no hash of one, no phonetic code', async () => {
    const names = [HE.name, HE_AGAIN.name, SHE.name, ANOTHER.name].flatMap((name) => [name, ...name.split(/[ ,]+/)])
    const forms = names.flatMap((name) => [name, plain(name), plain(name).toLowerCase()])
    const hashes = forms.flatMap((form) => ['md5', 'sha1', 'sha256'].flatMap((algorithm) => { const hash = createHash(algorithm).update(form).digest(); return [hash.toString('hex'), hash.toString('base64url')] }))
    const codes = names.map((name) => sound(plain(name))).filter((code) => code.length === 4).flatMap((code) => [`"${code}"`, `:${code}"`, `|${code}`])
    const secrets = [...new Set([...forms, ...hashes, ...codes, HE.birthDate, SHE.birthDate])]
    const places: string[] = []
    for await (const { table, text } of everyTextIn(chorus.adminUrl)) places.push(...secrets.filter((secret) => text.includes(secret)).map((secret) => `${table}: ${secret}`))
    places.push(...secrets.filter((secret) => chorus.logs.text().includes(secret)))
    expect(places).toEqual([])
    const proposed = (await events()).find(({ type }) => type === 'PersonMatchProposed')!
    expect(Object.keys(proposed.data).sort()).toEqual(['askedBecause', 'confidence', 'evidence', 'matchId', 'oneRef', 'otherRef'])
  })
})
