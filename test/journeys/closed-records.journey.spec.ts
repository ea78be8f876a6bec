/**
 * Scenario 2 of the domain reference, its intake part, under a clock that is set: a first arrest without a charge is closed when
 * its thirtieth day is over. Justice keeps record and level; everybody else keeps the tasks. Charges filed later open it again;
 * a court's order closes it for good. Every query of every role outside justice is walked for the level.
 */
import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { LEVELS, mayCall, PURPOSES_OF, ROLES, topicOf, type RecordedEvent, type Role } from '@chorus/contracts'
import type { Recorder } from '@chorus/event-store'
import { RECORDER, repositoryRoot } from '@chorus/platform'
import { formerNotificationIdOf } from '../../apps/deterrence/src/notification/case-standing'
import { TimersByDueDate as DeterrenceTimers } from '../../apps/deterrence/src/timers-by-due-date/timers-by-due-date.query'
import { TimersByDueDate } from '../../apps/intake/src/timers-by-due-date/timers-by-due-date.query'
import { importFile } from '../support/import-file'
import { AGENCY_OF, startChorus, type TestChorus } from '../support/chorus'
import { routesIn } from '../support/doors'

interface Listed { readonly incidentId: string; readonly arrestMade: boolean; readonly outcome: string; readonly pairs: readonly { readonly victimToken: string; readonly offenderToken: string }[] }
interface Reply { readonly status: number; readonly body: { readonly stream: string; readonly ordinal: number; readonly refused?: string } }
interface History { readonly entries: readonly { readonly type: string; readonly data: Record<string, unknown> }[] }

let now = '2026-08-03T15:00:00.000Z'
const clock = { now: () => now }

describe('a record that is closed', () => {
  let chorus: TestChorus
  let log: Recorder
  let caseId: string
  let incidentId: string
  let referralId: string
  let arrestDay: string
  let levelledAt: string
  const idIn = ({ body }: Reply): string => body.stream.slice(body.stream.indexOf('-') + 1)
  const post = async (role: Role, path: string, body: object): Promise<Reply> => {
    const reply = await chorus.agent.post(`/v1/${path}`).set('Authorization', await chorus.bearer(role)).send(body) as unknown as Reply
    if (reply.status !== 200) throw new Error(`${path}: ${reply.status} ${JSON.stringify(reply.body)}`)
    return reply
  }
  const get = async <T>(role: Role, path: string, agency?: string): Promise<{ status: number; body: T }> => chorus.agent.get(`/v1/${path}`).set('Authorization', await chorus.bearer(role, agency)).set('X-Purpose', PURPOSES_OF[role][0]) as unknown as Promise<{ status: number; body: T }>
  const until = async <T>(ask: () => Promise<T>, holds: (found: T) => boolean): Promise<T> => {
    for (let tries = 0; ; tries++) {
      const found = await ask()
      if (holds(found)) return found
      if (tries === 300) throw new Error(`it did not come about: ${JSON.stringify(found).slice(0, 500)}`)
      await new Promise((resolve) => { setTimeout(resolve, 30) })
    }
  }
  const notification = async (role: Role, agency?: string) => (await get<{ notifications: Record<string, unknown>[] }>(role, `notifications?caseId=${caseId}`, agency)).body.notifications[0]!
  const typesIn = async (role: Role, of: string, more = ''): Promise<string[]> => ((await get<History>(role, `history?of=${of}${more}`)).body.entries ?? []).map(({ type }) => type)
  const runTimers = (): Promise<number> => chorus.app.get(TimersByDueDate, { strict: false }).timers.recordMissed()
  const bearers = new Map<string, string>()
  const seen = async (path: string, role: Role, agency: string = AGENCY_OF[role]): Promise<{ status: number; text: string }> => {
    const bearer = bearers.get(`${role}|${agency}|${now}`) ?? await chorus.bearer(role, agency)
    bearers.set(`${role}|${agency}|${now}`, bearer)
    const { status, text } = await chorus.agent.get(path).set('Authorization', bearer).set('X-Purpose', PURPOSES_OF[role][0])
    // A receipt carries an event's text within a text.
    return { status, text: text.replaceAll('\\"', '"') }
  }
  const access = async (): Promise<RecordedEvent[]> => { const found: RecordedEvent[] = []; for await (const event of log.read({ filter: { categories: ['recordAccess'] } })) found.push(event); return found }

  const historyReviewed = async (): Promise<RecordedEvent> => { for await (const event of log.read({ filter: { types: ['CriminalHistoryReviewed'] } })) return event; throw new Error('no history was reviewed') }

  beforeAll(async () => {
    chorus = await startChorus({ clock })
    log = chorus.app.get<Recorder>(RECORDER, { strict: false })
    await importFile(chorus, createReadStream(join(repositoryRoot(), 'samples/nibrs/2026-07.txt')))
    const { incidents } = await until(async () => (await get<{ incidents: Listed[] }>('intakeAnalyst', 'incidents?state=awaiting-relationship&limit=500')).body, (body) => body.incidents.some((one) => one.arrestMade && one.outcome === 'CANDIDATE' && one.pairs.length === 1))
    const incident = incidents.find((one) => one.arrestMade && one.outcome === 'CANDIDATE' && one.pairs.length === 1)!
    incidentId = incident.incidentId
    const { victimToken, offenderToken } = incident.pairs[0]!
    const report = (await log.load(`incident-${incidentId}`))[0]!.data as { arrestees: { arrestDate: string }[] }
    arrestDay = report.arrestees.map(({ arrestDate }) => arrestDate).sort().at(-1)!
    now = `${arrestDay}T23:00:00.000Z`
    referralId = idIn(await post('intakeAnalyst', 'referrals', { source: 'KCPD', incidentIds: [incidentId], subject: { name: 'Fictional Person Eta', birthDate: '1985-01-31' }, victim: { name: 'Fictional Person Theta', birthDate: '1987-02-03' } }))
    await post('detective', `incidents/${incidentId}/relationship`, { victimToken, offenderToken, basis: 'DATING', method: 'INTERVIEW' })
    await post('detective', `incidents/${incidentId}/primary-aggressor`, { aggressorToken: offenderToken, dualArrest: false, basis: ['INJURY'] })
    caseId = idIn(await post('intakeAnalyst', 'cases', { referralId, indexIncidentId: incidentId, subjectInIncident: offenderToken }))
    await post('intakeAnalyst', 'history-reviews', { caseId, counts: { ipvArrests: 1, ipvCharges: 0, ipvConvictions: 0, oopViolations: 0, violentFelonies: 0 }, lookbackYears: 5, sources: ['KCPD_RMS'], statesAsked: ['MO'], queriedAt: now })
    await post('intakeAnalyst', `cases/${caseId}/level-proposal`, {})
    await post('intakeAnalyst', `cases/${caseId}/level`, { level: 'C', overrideReason: 'EVIDENCE_NOT_IN_COUNTS' })
    levelledAt = (await log.load(`pchCase-${caseId}`)).at(-1)!.recordedtime
    await until(async () => (await get<{ notifications: object[] }>('detective', `notifications?caseId=${caseId}`)).body, (body) => body.notifications.length > 0)
  })
  afterAll(async () => { await chorus.close() })

  it('is open to all until its thirtieth day is over', async () => {
    now = new Date(Date.parse(`${arrestDay}T05:00:00.000Z`) + 31 * 86_400_000).toISOString()
    await runTimers()
    expect(await access()).toEqual([])
    expect(await notification('healthProgram')).toMatchObject({ level: 'C', mode: 'CUSTOM', slaId: 'T-C2' })
    expect(await typesIn('evaluator', caseId)).toContain('LevelAssigned')
    // but for what was found in a criminal history, which is inside justice
    expect(await typesIn('panelMember', caseId)).toEqual(expect.arrayContaining(['CriminalHistoryReviewed', 'LevelAssigned']))
    expect(await typesIn('healthProgram', caseId)).toContain('LevelAssigned')
    expect(await typesIn('healthProgram', caseId)).not.toContain('CriminalHistoryReviewed')
  })

  it('is closed the moment after, by Chorus itself, with its statute; the deadline is on record, once', async () => {
    now = new Date(Date.parse(now) + 1000).toISOString()
    for (let twice = 0; twice < 2; twice++) await runTimers()
    await until(access, (events) => events.length >= 2)
    expect((await access()).map(({ type, data, actor }) => ({ type, data, by: actor.role }))).toEqual([
      { type: 'RecordAccessRestricted', by: 'system', data: expect.objectContaining({ record: `incident-${incidentId}`, ground: 'ARREST_NOT_CHARGED', statute: 'RSMO_610_100' }) as object },
      { type: 'RecordAccessRestricted', by: 'system', data: expect.objectContaining({ record: `pchCase-${caseId}`, ground: 'BASIS_CLOSED', statute: 'RSMO_610_100' }) as object },
    ])
    expect((await log.load(`incident-${incidentId}`)).filter(({ type }) => type === 'DeadlineMissed').map(({ data }) => data)).toMatchObject([{ timer: 'T-30', owner: 'prosecutor' }])
  })

  it('is told to those who hold it, by its name alone', async () => {
    const [event] = await access()
    expect(topicOf('recordAccess')).toMatchObject({ name: 'governance.records.v1', mayCarry: ['open', 'code'] })
    expect(Object.keys(event!.data).sort()).toEqual(['effectiveAt', 'ground', 'record', 'rolesStillAllowed', 'statute'])
    expect(event!.subjects).toEqual([])
  })

  it('leaves record and level to justice', async () => {
    for (const role of ['intakeAnalyst', 'detective', 'prosecutor', 'panelMember', 'systemAdvocate'] as const) {
      expect([role, (await notification(role)).level]).toEqual([role, 'C'])
      expect(await typesIn(role, caseId)).toEqual(expect.arrayContaining(['IncidentReported', 'LevelAssigned']))
      expect((await get(role, `history?of=${incidentId}`)).status).toBe(200)
    }
  })

  it('leaves everybody else the task and never the level, whatever moment they look at', async () => {
    // The plan is late by now. By when it was due, and when it was found to be late, would tell the level: so long after the plan.
    await chorus.app.get(DeterrenceTimers, { strict: false }).timers.recordMissed()
    const task = await notification('healthProgram')
    expect(task).toMatchObject({ caseId, phase: 'open', clearance: { status: 'NOT_CLEARED' } })
    // nor does its number: whoever knows the case could try the levels
    expect(LEVELS.flatMap((level) => [1, 2].map((period) => formerNotificationIdOf(caseId, { level, period })))).not.toContain(task.notificationId)
    for (const tells of ['level', 'mode', 'slaId', 'dueAt', 'overdue', 'templateId', 'templateVersion', 'period']) expect(Object.keys(task)).not.toContain(tells)
    expect((await get<{ notifications: object[] }>('healthProgram', 'notifications?level=C')).body.notifications).toEqual([])
    for (const asOf of ['', `&asOfRecorded=${encodeURIComponent(levelledAt)}`]) {
      for (const role of ['evaluator', 'healthProgram'] as const) {
        const { body } = await get<History>(role, `history?of=${caseId}${asOf}`)
        expect(body.entries.map(({ type }) => type).filter((type) => /^Level|^Incident|^Eligib|^Primary|^Intimate/.test(type))).toEqual([])
        expect(body.entries.map(({ type }) => type)).not.toContain('DeadlineMissed')
        expect(body.entries.map(({ type }) => type)).toContain('CaseOpened')
        expect(JSON.stringify(body)).not.toContain(incidentId)
        expect(JSON.stringify(body)).not.toMatch(/"(level|rank|slaId|templateId|mode|dueAt)":/)
      }
      expect((await get('evaluator', `history?of=${incidentId}${asOf}`)).status).toBe(404)
    }
  })

  it('is in no answer to any query of any role outside justice', async () => {
    const OUTSIDE: readonly [Role, string][] = [...ROLES.filter((role) => ['healthProgram', 'pchProvider', 'finance', 'evaluator', 'operator'].includes(role)).map((role): [Role, string] => [role, AGENCY_OF[role]]), ['systemAdvocate', 'HEALTH'], ['intakeAnalyst', 'HEALTH'], ['panelMember', 'HEALTH']]
    const [notificationId, assigned, reviewed] = [(await notification('detective')).notificationId as string, (await log.load(`pchCase-${caseId}`)).find(({ type }) => type === 'LevelAssigned')!.id, (await historyReviewed()).id]
    const walked: string[] = []
    const told: string[] = []
    for (const { method, path, name, right } of routesIn(chorus.app)) {
      if (method !== 'get' || /^\/docs|^\/health|^\/problems|^\/$/.test(path)) continue
      const paths = path.includes(':') ? [caseId, incidentId, notificationId, assigned, reviewed].map((id) => path.replace(/:\w+/g, id)) : path === '/v1/history' ? [`${path}?of=${caseId}`, `${path}?of=${incidentId}`, `${path}?of=referral-${referralId}`] : [path]
      for (const one of paths) {
        for (const [role, agency] of OUTSIDE.filter(([role, agency]) => mayCall(right, { role, agency }))) {
          const { status, text } = await seen(one, role, agency)
          if (status !== 200) continue
          walked.push(name)
          // A policy says what levels there are, of nobody.
          if (!/policy/i.test(name) && /"(level|proposedLevel|to|rank|slaId|templateId|channel)":\s*"?[DCBA1-4TLO]/.test(text)) told.push(`${role} of ${agency}: ${one} tells the level`)
          // so long after the plan; what intake waits for, and warnings, are due alike at any level
          if (!/warning|^Timers/i.test(name) && /"(dueAt|overdue)"/.test(text)) told.push(`${role} of ${agency}: ${one} tells by when`)
          if (/"ipvArrests"/.test(text)) told.push(`${role} of ${agency}: ${one} tells the history, and so the level`)
          if (/"arrestees"|"offenses"/.test(text)) told.push(`${role} of ${agency}: ${one} tells the record`)
        }
      }
    }
    expect(told).toEqual([])
    expect(new Set(walked).size).toBeGreaterThan(12)
  })

  it('may be attended by people of justice alone', async () => {
    const { notificationId } = await notification('detective')
    const at = new Date(Date.parse(now) + 3_600_000).toISOString()
    const asked = (roles: string[]) => chorus.bearer('detective').then((bearer) => chorus.agent.post(`/v1/notifications/${notificationId as string}/schedule`).set('Authorization', bearer).send({ at, placeClass: 'STATION', delivererRoles: roles }))
    expect(await asked(['DETECTIVE', 'COMMUNITY_VOICE'])).toMatchObject({ status: 422, body: { refused: 'justice_alone' } })
    expect(await asked(['DETECTIVE'])).toMatchObject({ body: { refused: 'not_cleared' } })
  })

  it('is open again once charges are filed, and closed again by a disposition without a charge that stands', async () => {
    await post('prosecutor', 'charges/decisions', { incidentId, decision: 'FILED', decidingAgency: 'JCPO', at: now.slice(0, 10) })
    await until(() => notification('healthProgram'), (task) => task.level === 'C')
    expect(await typesIn('evaluator', caseId)).toEqual(expect.arrayContaining(['IncidentReported', 'LevelAssigned']))
    await post('prosecutor', 'charges/dispositions', { incidentId, results: ['NOLLE'], court: 'STATE', at: now.slice(0, 10) })
    await until(() => notification('healthProgram'), (task) => task.level === undefined)
    // filed anew on the same day, as is usual after a nolle prosequi
    await post('prosecutor', 'charges/decisions', { incidentId, decision: 'FILED', decidingAgency: 'JCPO', at: now })
    await until(() => notification('healthProgram'), (task) => task.level === 'C')
    await post('prosecutor', 'charges/dispositions', { incidentId, results: ['NOLLE'], court: 'STATE', at: now })
    await until(() => notification('healthProgram'), (task) => task.level === undefined)
    await post('prosecutor', 'charges/dispositions', { incidentId, results: ['GUILTY'], court: 'STATE', at: now.slice(0, 10) })
    await until(() => notification('healthProgram'), (task) => task.level === 'C')
    expect((await access()).map(({ type, data }) => `${type} ${(data as { ground?: string; authority?: string }).ground ?? (data as { authority?: string }).authority}`)).toEqual([
      'RecordAccessRestricted ARREST_NOT_CHARGED', 'RecordAccessRestricted BASIS_CLOSED', 'RecordAccessRestored CHARGES_FILED', 'RecordAccessRestored OTHER_BASIS',
      'RecordAccessRestricted NOLLE', 'RecordAccessRestricted BASIS_CLOSED', 'RecordAccessRestored CHARGES_FILED', 'RecordAccessRestored OTHER_BASIS',
      'RecordAccessRestricted NOLLE', 'RecordAccessRestricted BASIS_CLOSED', 'RecordAccessRestored DISPOSITION_CHANGED', 'RecordAccessRestored OTHER_BASIS',
    ])
  })

  it('by order of a court is closed and kept, is no ground for a level, and nothing but the court opens it', async () => {
    await post('privacyOfficer', `keys/incident-${incidentId}/closing`, { court: 'CIRCUIT', orderRef: 'FICTION-ORDER-9', statute: 'RSMO_610_140', reason: 'as the court found' })
    await until(() => notification('healthProgram'), (task) => task.level === undefined)
    await post('prosecutor', 'charges/decisions', { incidentId, decision: 'FILED', decidingAgency: 'CITY_PROSECUTOR', at: now.slice(0, 10) })
    expect((await get('evaluator', `history?of=${incidentId}`)).status).toBe(404)
    expect((await get('prosecutor', `history?of=${incidentId}`)).status).toBe(200)
    const [opened] = await log.unseal((await log.load(`incident-${incidentId}`)).slice(0, 1), () => true)
    expect((opened!.data as { reportNumber: unknown }).reportNumber).toEqual(expect.any(String))
  })

  describe('scenario 10: a court orders person and record destroyed', () => {
    interface Published { readonly asOfRecorded: string; readonly through: number; readonly logDigest: string; readonly figures: { name: string; value?: number }[]; readonly figuresDigest: string; readonly erasures: number; readonly erasuresSince: number }
    const publish = async (body: object = {}): Promise<string> => idIn(await post('evaluator', 'metrics/publications', { metricId: 'program-counts', ...body }))
    const published = async (id: string): Promise<Published> => (await get<Published>('evaluator', `metrics/publications/${id}`)).body
    const incidentsIn = ({ figures }: Published): number | undefined => figures.find(({ name }) => name === 'incidents')!.value
    const replayed = async (): Promise<{ type?: string; result?: { through: number } }> => JSON.parse((await chorus.agent.get('/v1/replay').set('Authorization', await chorus.bearer('evaluator'))).text.trim().split('\n').at(-1)!) as { result?: { through: number } }
    let id: string
    let frozen: Published

    beforeAll(async () => {
      id = await publish()
      frozen = await published(id)
      const { subjectRef } = (await get<{ subjectRef: string }>('prosecutor', `referrals/${referralId}`)).body
      for (const subject of [subjectRef, `incident-${incidentId}`]) await post('privacyOfficer', `keys/${subject}/destruction`, { court: 'CIRCUIT', orderRef: 'FICTION-ORDER-10', reason: 'a false arrest' })
      await until(async () => (await log.load(`pchCase-${caseId}`)).at(-1)!.type, (type) => type === 'CaseClosed')
      await until(async () => { const { body } = await get<{ notifications: object[] }>('detective', `notifications?caseId=${caseId}`); return body.notifications.length }, (count) => count === 0)
    })

    it('the person is absent everywhere, for everybody, whatever moment they look at', async () => {
      const names = ['Fictional Person Eta', '1985-01-31', caseId, incidentId, referralId]
      const found: string[] = []
      let walked = 0
      for (const { method, path, name, right } of routesIn(chorus.app)) {
        // What was ordered, and who read what, stays with the privacy officer; a screen and a warning are hers.
        if (method !== 'get' || /^\/docs|^\/health|^\/problems|^\/$|^\/v1\/(keys|audit|log\/verification)/.test(path)) continue
        const paths = path.includes(':') ? [caseId, incidentId, referralId].map((one) => path.replace(/:\w+/g, one)) : path === '/v1/history' ? [caseId, incidentId, `referral-${referralId}`].flatMap((one) => [`${path}?of=${one}`, `${path}?of=${one}&asOfRecorded=${encodeURIComponent(levelledAt)}`]) : [path]
        for (const role of ROLES.filter((one) => mayCall(right, { role: one, agency: AGENCY_OF[one] }))) {
          for (const one of paths) {
            const { status, text } = await seen(one, role)
            walked++
            if (status === 200 && names.some((each) => text.includes(each))) found.push(`${role}: ${name} ${one}`)
          }
        }
      }
      expect(found).toEqual([])
      expect(walked).toBeGreaterThan(60)
    })

    it('a full replay succeeds', async () => {
      expect((await replayed()).result).toMatchObject({ through: expect.any(Number) as number, digest: expect.stringMatching(/^[0-9a-f]{64}$/) as string })
      const opened = await log.unseal(await log.load(`referral-${referralId}`), () => true)
      expect(opened[0]!.data).toMatchObject({ subjectName: { $erased: true }, victimName: 'Fictional Person Theta' })
    })

    it('what was published stands as it was, and says that something was erased since', async () => {
      const { erasuresSince, ...still } = await published(id)
      const { erasuresSince: before, ...then } = frozen
      expect([before, erasuresSince]).toEqual([0, 2])
      expect(still).toEqual(then)
    })

    it('the next publication, also as of the same moment, leaves it out and says of how many; the log is the same', async () => {
      const next = await published(await publish({ asOfRecorded: (await log.load(`publishedMetric-${id}`))[0]!.recordedtime.replace(/\d{3}Z$/, 'Z') }))
      expect(next.erasures).toBe(frozen.erasures + 2)
      expect(incidentsIn(next)).toBe(incidentsIn(frozen)! - 1)
      expect(incidentsIn(await published(await publish()))).toBe(incidentsIn(frozen)! - 1)
    })
  })
})
