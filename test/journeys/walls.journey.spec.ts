/**
 * Somebody who works here is related to the person of a case (domain reference §3.13, rule 9). Every route is walked: what is
 * behind the wall is answered like what is not there, in lists it is left out, no command reaches it but stops and facts; beside
 * it all is as before. Each number is asked for in capitals too.
 */
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { mayCall, PURPOSES_OF, ROLES, type RecordedEvent, type Role } from '@chorus/contracts'
import type { Recorder } from '@chorus/event-store'
import { issueToken, RECORDER, systemClock } from '@chorus/platform'
import { AGENCY_OF, startChorus, type TestChorus } from '../support/chorus'
import { routesIn } from '../support/doors'
import { idIn, inMinutes, SUBJECT, Thread, VICTIM, type Walked } from '../support/thread'

interface Answer { readonly status: number; readonly text: string }

describe('a wall', () => {
  let chorus: TestChorus
  let thread: Thread
  let kins: Walked
  let others: Walked
  let subjectRef: string
  let referralId: string
  let behind: string[]
  let victimRef: string
  const bearers = new Map<string, Promise<string>>()
  const bearer = (account: string, role: Role): Promise<string> => {
    const at = `${account} ${role}`
    if (!bearers.has(at)) bearers.set(at, issueToken(chorus.data, systemClock, { role, agency: AGENCY_OF[role], sub: account }).then((token) => `Bearer ${token}`))
    return bearers.get(at)!
  }
  const plain = ({ status, text }: { status: number; text: string }): Answer => ({ status, text: text.replace(/"instance":"[^"]*"/, '') })
  const get = async (account: string, role: Role, path: string): Promise<Answer> => plain(await chorus.agent.get(path).set('Authorization', await bearer(account, role)).set('X-Purpose', PURPOSES_OF[role][0]))
  const post = async (account: string, role: Role, path: string, body: object): Promise<Answer> => plain(await chorus.agent.post(path).set('Authorization', await bearer(account, role)).send(body))
  const events = async (): Promise<RecordedEvent[]> => { const all: RecordedEvent[] = []; for await (const event of chorus.app.get<Recorder>(RECORDER, { strict: false }).read()) all.push(event); return all }
  const refOf = async (caseId: string): Promise<string> => ((await events()).find(({ type, stream }) => type === 'CaseOpened' && stream === `pchCase-${caseId}`)!.data as { subjectRef: string }).subjectRef
  const idsOf = async (caseId: string): Promise<string[]> => (await events()).filter(({ stream, partitionkey, data }) => stream === `pchCase-${caseId}` || partitionkey === `pchCase-${caseId}` || (data as { caseId?: string }).caseId === caseId).map(({ stream }) => stream.slice(stream.indexOf('-') + 1))
  const names = (text: string, ids: readonly string[] = behind): boolean => ids.some((id) => text.includes(id))
  /** The routes that a role may call, each with every id that is behind the wall in place of its parameter. */
  const doors = (method: 'get' | 'post') => routesIn(chorus.app).filter((route) => route.method === method && route.right !== undefined && !/^\/v1\/(replay|imports|log\/(verification|head|checkpoints))/.test(route.path))

  beforeAll(async () => {
    chorus = await startChorus()
    thread = new Thread({ addressOf: () => chorus.address, bearer: chorus.bearer })
    await thread.importSample()
    const first = await thread.toPlan()
    await thread.clear(first.notificationId, first.reviewId)
    await thread.schedule(first.notificationId)
    await thread.authorize(first.notificationId)
    await thread.deliver(first.notificationId)
    await thread.help(first.caseId)
    kins = first
    others = await thread.toPlan()
    subjectRef = await refOf(kins.caseId)
    ;({ referralId } = (await events()).find(({ type, stream }) => type === 'CaseOpened' && stream === `pchCase-${kins.caseId}`)!.data as { referralId: string })
    victimRef = ((await events()).find(({ stream, type }) => type === 'ReferralReceived' && stream === `referral-${referralId}`)!.data as { victimRef: string }).victimRef
    behind = [...new Set([subjectRef, referralId, kins.incidentId, ...await idsOf(kins.caseId)])]
    expect(behind.length).toBeGreaterThan(5)
    expect(await get('kin', 'detective', `/v1/cases/${kins.caseId}/circumstances`)).toMatchObject({ status: 200 })
    await thread.done('privacyOfficer', 'conflicts-of-interest', { account: 'kin', personRef: subjectRef, relation: 'RELATED' })
  })
  afterAll(async () => { await chorus.close() })

  const [NOBODY, NOTHING] = [`per_${'x'.repeat(22)}`, randomUUID()]
  const inCapitals = (id: string): string => id.startsWith('per_') ? id : id.toUpperCase()
  const spellings = (id: string): string[] => [...new Set([id, inCapitals(id)])]
  const absentLike = (id: string): string => id.startsWith('per_') ? NOBODY : id === inCapitals(id) ? inCapitals(NOTHING) : NOTHING
  const absents = new Map<string, Promise<string>>()
  /** What is answered where there is nothing, asked once of each door. */
  const absentAt = (path: string, role: Role, nobody: string, ask: () => Promise<Answer>): Promise<string> => {
    const at = `${role} ${path} ${nobody}`
    if (!absents.has(at)) absents.set(at, ask().then((answer) => without(answer, nobody)))
    return absents.get(at)!
  }
  /** What is typed in is given back, by an address or an answer, as it was typed or as it is stored. */
  const without = (answer: Answer, id: string): string => JSON.stringify(answer).replaceAll(new RegExp(id, 'gi'), 'asked').replace(/keysId[^,]*/, '')

  const walk = async (account: string, behind: readonly string[]): Promise<{ told: string[]; differs: string[]; hidden: Set<string>; left: Set<string> }> => {
    const [told, differs, hidden, left] = [[] as string[], [] as string[], new Set<string>(), new Set<string>()]
    for (const { path, name, right } of doors('get')) {
      const roles = ROLES.filter((one) => mayCall(right, { role: one, agency: AGENCY_OF[one] }))
      const asked = path.includes(':') ? behind.map((id) => [path.replace(/:\w+/g, id), id] as const) : path === '/v1/history' ? behind.map((id) => [`${path}?of=${id}`, id] as const) : [[path, ''] as const]
      for (const [one, id] of asked) {
        const other = await get('other', roles[0]!, one)
        const there = other.status === 200 && names(other.text, behind)
        if (there) hidden.add(name)
        for (const role of there ? roles : roles.slice(0, 1)) {
          const kin = await get(account, role, one)
          if (kin.status === 200 && names(kin.text.replaceAll(id || ' ', ''), behind)) told.push(`${role}: ${name} ${one}`)
          if (kin.status === 200 && kin.text.includes(others.caseId)) left.add(name)
          if (id === '' || role !== roles[0]) continue
          for (const typed of spellings(id)) {
            const nobody = absentLike(typed)
            const mine = without(typed === id ? kin : await get(account, role, one.replaceAll(id, typed)), id)
            const absent = await absentAt(path, role, nobody, () => get(account, role, one.replaceAll(id, nobody)))
            if (mine !== absent) differs.push(`${role}: ${name} ${typed} ${mine.slice(0, 300)} / ${absent.slice(0, 300)}`)
          }
        }
      }
    }
    return { told, differs, hidden, left }
  }

  it('shows nothing of what is behind it, to whatever role of that account, and answers like what is not there', async () => {
    const { told, differs, hidden, left } = await walk('kin', behind)
    expect(told).toEqual([])
    expect(differs).toEqual([])
    // Other accounts of the same roles see it, and this one sees the rest.
    expect(hidden.size).toBeGreaterThan(8)
    expect(left.size).toBeGreaterThan(2)
  })

  it('before a survivor hides her case and what is of it everywhere, also where nobody may know that she is part of it; not him by himself', async () => {
    await thread.done('privacyOfficer', 'conflicts-of-interest', { account: 'her-kin', personRef: victimRef, relation: 'RELATED' })
    const { told, differs, hidden, left } = await walk('her-kin', behind.filter((id) => id !== subjectRef))
    expect(told).toEqual([])
    expect(differs).toEqual([])
    expect(hidden.size).toBeGreaterThan(8)
    expect(left.size).toBeGreaterThan(2)
    expect((await post('her-kin', 'detective', `/v1/notifications/${kins.notificationId}/cancellation`, { code: 'PLANNED_IN_ERROR' })).status).toBe(404)
    // What hides it says neither her nor him.
    const [recorded] = (await events()).filter(({ type, data }) => type === 'WalledCasesChanged' && (data as { account: string }).account === 'her-kin')
    expect(recorded!.data).toEqual({ account: 'her-kin', caseIds: [kins.caseId] })
  })

  it('lets no command through, by whatever route, and nothing is recorded', async () => {
    const before = (await events()).length
    const through: string[] = []
    // Deterrence may not know before whom a wall stands: a person by himself is nobody there.
    const byCase = (path: string): boolean => path.startsWith('/v1/notifications')
    let walked = 0
    for (const { path, name, right } of doors('post').filter(({ path }) => !/^\/v1\/(accounts|authorizations|policies\/checks)/.test(path))) {
      const role = ROLES.find((one) => mayCall(right, { role: one, agency: AGENCY_OF[one] }))!
      for (const id of (path.includes(':') ? [subjectRef, kins.caseId, kins.incidentId, kins.notificationId, referralId] : byCase(path) ? [kins.caseId] : [subjectRef, kins.caseId]).flatMap(spellings)) {
        walked++
        const nobody = absentLike(id)
        const kin = path.includes(':') ? await post('kin', role, path.replace(/:\w+/g, id), {}) : await post('kin', role, path, { of: [{ id }] })
        const absent = path.includes(':') || path === '/v1/stops' ? await absentAt(path, role, nobody, () => post('kin', role, path.replace(/:\w+/g, nobody), path.includes(':') ? {} : { of: [{ id: nobody }] })) : without({ ...kin, status: 404 }, id)
        if (without(kin, id) !== absent) through.push(`${role}: ${name} ${JSON.stringify(kin)} / ${absent}`)
      }
    }
    expect(through).toEqual([])
    expect(walked).toBeGreaterThan(100)
    expect((await events()).length).toBe(before)
    for (const id of [...spellings(kins.caseId), NOTHING]) expect(await post('kin', 'prosecutor', `/v1/cases/${id}/closure`, { code: 'MOVED' })).toMatchObject({ status: 404 })
    expect((await events()).length).toBe(before)
  })

  it('stops no stop and no fact: each is taken as from anybody, its answer tells no more, and the audit log has it', async () => {
    const at = inMinutes(-1)
    const taken = [
      [`notifications/${kins.notificationId}/hold`, { code: 'SAFETY' }, 'NotificationHeld'], ['stops', { caseId: kins.caseId }, 'HoldRaised'],
      [`notifications/${kins.notificationId}/clearance-revocation`, { cause: 'NEW_INCIDENT' }, 'SafetyClearanceRevoked'],
      [`notifications/${kins.notificationId}/attempts`, { at, outcome: 'NOT_FOUND', placeClass: 'STATION' }, 'NotificationAttempted'],
      [`notifications/${inCapitals(kins.notificationId)}/misdelivery`, { at, to: 'HOUSEHOLD', contentExposed: true }, 'NotificationMisdelivered'],
    ] as const
    for (const [path, body, type] of taken) {
      const before = (await events()).length
      const kin = await post('kin', 'detective', `/v1/${path}`, body)
      expect([path, kin.status]).toEqual([path, 200])
      expect((await events()).slice(before).filter((one) => one.type === type).map(({ partitionkey }) => partitionkey)).toEqual([`pchCase-${kins.caseId}`])
      const told = JSON.parse(kin.text) as { stream: string; revision: number }
      expect([Object.keys(told).sort(), told.revision]).toEqual([['ordinal', 'recordedtime', 'repeated', 'revision', 'stream'], 0])
      expect([kins.caseId, kins.notificationId].some((id) => told.stream.endsWith(id))).toBe(true)
    }
    expect((await post('kin', 'evaluator', '/v1/stops', { caseId: kins.caseId })).status).toBe(200)
    expect((await post('kin', 'evaluator', `/v1/notifications/${NOTHING}/hold`, { code: 'SAFETY' })).status).toBe(404)
    // It is entered soon: a stop waits for nothing.
    let entered: { asked: object; refused?: string } | undefined
    for (let tries = 0; !entered && tries < 100; tries++) entered = (JSON.parse((await get('other', 'privacyOfficer', `/v1/audit?actor=kin&limit=1000&about=${kins.caseId}`)).text) as { entries: { route: string; refused?: string; asked: object }[] }).entries.find(({ route }) => route === 'POST /v1/stops')
    expect(entered).toMatchObject({ refused: 'walled', asked: { 'body 1': kins.caseId } })
    // What is no stop and no fact is refused on the same notification.
    expect((await post('kin', 'detective', `/v1/notifications/${kins.notificationId}/cancellation`, { code: 'PLANNED_IN_ERROR' })).status).toBe(404)
  })

  it('stands before what comes later, under another token of the same person too, and after a restart', async () => {
    const named = { source: 'KCPD', incidentIds: [kins.incidentId], victim: VICTIM }
    const later = idIn(await thread.done('intakeAnalyst', 'referrals', { ...named, subject: { ...SUBJECT, personRef: subjectRef } }))
    const again = idIn(await thread.done('intakeAnalyst', 'referrals', { ...named, incidentIds: [], source: 'SELF', subject: SUBJECT }))
    expect((await get('kin', 'prosecutor', `/v1/referrals/${later}`)).status).toBe(404)
    expect((await get('kin', 'prosecutor', `/v1/referrals/${again}`)).status).toBe(200)
    const { subjectRef: mergedRef } = JSON.parse((await get('other', 'prosecutor', `/v1/referrals/${again}`)).text) as { subjectRef: string }
    await thread.done('prosecutor', 'persons/links', { keepRef: subjectRef, mergedRef, basis: 'FINGERPRINTS' })
    expect((await get('kin', 'prosecutor', `/v1/referrals/${again}`)).status).toBe(404)
    // Her under another token: the case comes behind a wall once it is linked.
    const other = ((await events()).find(({ stream, type }) => type === 'ReferralReceived' && stream === `referral-${again}`)!.data as { victimRef: string }).victimRef
    await thread.done('privacyOfficer', 'conflicts-of-interest', { account: 'friend', personRef: other, relation: 'OTHER' })
    const asked = (): Promise<Answer> => get('friend', 'detective', `/v1/notifications/${kins.notificationId}`)
    expect((await asked()).status).toBe(200)
    await thread.done('prosecutor', 'persons/links', { keepRef: victimRef, mergedRef: other, basis: 'FINGERPRINTS' })
    for (let tries = 0; tries < 200 && (await asked()).status !== 404; tries++) await sleep(50)
    expect((await asked()).status).toBe(404)
    chorus = await chorus.again()
    for (const [id, status] of [[later, 404], [again, 404]] as const) expect((await get('kin', 'prosecutor', `/v1/referrals/${id}`)).status).toBe(status)
    expect((await get('other', 'prosecutor', `/v1/referrals/${later}`)).status).toBe(200)
  })

  it('is left out before a list is cut into pages, and of what is counted beside it: nothing is short, and nothing is skipped', async () => {
    const paged = async (account: string, list: string, of: string, id: string): Promise<{ ids: string[]; counted: number }> => {
      const ids: string[] = []
      for (let from = 0; ; from++) {
        const body = JSON.parse((await get(account, 'prosecutor', `/v1/${list}limit=1&from=${from}`)).text) as Record<string, Record<string, string>[]> & { counts?: Record<string, number> }
        if (body[of]!.length === 0) return { ids, counted: Object.values(body.counts ?? {}).reduce((sum, n) => sum + n, 0) }
        ids.push(body[of]![0]![id]!)
      }
    }
    for (const [list, of, id, hidden] of [['incidents?', 'incidents', 'incidentId', kins.incidentId], ['notifications?', 'notifications', 'notificationId', kins.notificationId]] as const) {
      const [kin, other] = [await paged('kin', list, of, id), await paged('other', list, of, id)]
      expect([other.ids.includes(hidden), kin.ids.includes(hidden), kin.ids.length > 0]).toEqual([true, false, true])
      expect(kin.ids).toEqual(other.ids.filter((one) => kin.ids.includes(one)))
      const single: string[] = []
      if (of === 'notifications') for (const one of other.ids) if ((await get('kin', 'prosecutor', `/v1/notifications/${one}`)).status === 200) single.push(one)
      if (of === 'notifications') expect(kin.ids).toEqual(single)
      if (of === 'incidents') expect([kin.counted, other.counted]).toEqual([kin.ids.length, other.ids.length])
    }
  })

  it('leaves out what a policy would change of it', async () => {
    const { text } = JSON.parse((await get('other', 'evaluator', '/v1/policies/kc-ipvi-levels')).text) as { text: string }
    const stricter = text.replace(/version: [\d.]+/, 'version: 9.0.0').replace('minimumAge: 18', 'minimumAge: 99')
    const check = async (account: string): Promise<Answer> => plain(await chorus.agent.post('/v1/policies/checks').set('Authorization', await bearer(account, 'prosecutor')).set('X-Purpose', PURPOSES_OF.prosecutor[0]).send({ text: stricter }))
    const [kin, other] = [await check('kin'), await check('other')]
    expect([kin, other].map(({ status, text: said }) => [status, said.includes(others.incidentId), said.includes(kins.incidentId)])).toEqual([[200, true, false], [200, true, true]])
    // nor counted: a total that counts on says how many are behind it
    const totals = [kin, other].map(({ text: said }) => { const { cases, incidents } = JSON.parse(said) as { cases: { open: number }; incidents: { reported: number } }; return [cases.open, incidents.reported] as const })
    expect([totals[0]![0] < totals[1]![0], totals[0]![1] < totals[1]![1]]).toEqual([true, true])
    expect(names(kin.text)).toBe(false)
  })

  it('is told to the privacy officer alone: each attempt behind it stands in the audit log, with what was asked for', async () => {
    const entriesOf = async (query: string): Promise<{ route: string; refused?: string }[]> => (JSON.parse((await get('other', 'privacyOfficer', `/v1/audit?actor=kin&limit=1000${query}`)).text) as { entries: { route: string; refused?: string }[] }).entries
    // the newest first: what was shown, was before the wall
    const said = (await entriesOf(`&about=${kins.caseId}`)).map(({ refused }) => refused ?? 'shown')
    expect(said).toContain('walled')
    expect(said.indexOf('shown')).toBeGreaterThan(said.lastIndexOf('walled'))
    expect((await entriesOf('')).filter(({ refused, route }) => refused === 'walled' && route.startsWith('POST ')).length).toBeGreaterThan(0)
  })

  it('is taken down by another, never by the one before whom it stands', async () => {
    const ending = { account: 'kin', personRef: subjectRef, reason: 'RECORDED_IN_ERROR' }
    expect((await post('kin', 'privacyOfficer', '/v1/conflicts-of-interest/endings', ending)).status).toBe(404)
    expect((await post('other', 'detective', '/v1/conflicts-of-interest/endings', ending)).status).toBe(403)
    await thread.done('privacyOfficer', 'conflicts-of-interest/endings', ending)
    expect((await get('kin', 'detective', `/v1/cases/${kins.caseId}/circumstances`)).status).toBe(200)
    expect((await events()).filter(({ stream, data }) => stream.startsWith('conflictOfInterest-') && (data as { account: string }).account === 'kin').map(({ type }) => type)).toEqual(['ConflictOfInterestRecorded', 'ConflictOfInterestEnded'])
  })
})
