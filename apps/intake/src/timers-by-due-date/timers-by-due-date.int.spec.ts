/** The timers of intake on a real PostgreSQL, under a clock that is set: a year in seconds; two processes; rebuilt from the log. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import supertest from 'supertest'
import { decode } from '@chorus/event-store'
import { PURPOSES_OF, type DraftEvent, type Role } from '@chorus/contracts'
import { issueToken } from '@chorus/platform'
import { Timers } from '@chorus/timers'
import { metaOf } from '../../../../libs/decider/src/testing/given'
import { startService, type ServiceUnderTest } from '../../../../test/support/service'
import type { TimerCounts, TimerList } from './timers-by-due-date.query'
import { intakeTimers, TimersByDueDate } from './timers-by-due-date.query'

const START = '2026-02-27T20:00:00.000Z' // a Friday, 14:00 in Kansas City
let now = START
const clock = { now: () => now }
const at = (time: string, type: string, data: object, schemaVersion = 1): DraftEvent => ({ type, schemaVersion, data, time, timePrecision: 'instant', timeZone: 'UTC' })
const token = (letter: string): string => `per_${letter.repeat(22)}`

describe('the timers of intake', () => {
  let intake: ServiceUnderTest
  let timers: TimersByDueDate['timers']
  const record = async (stream: string, expected: number, ...drafts: DraftEvent[]): Promise<void> => { assert.ok((await intake.log.record(stream, expected, drafts, metaOf({ name: `${stream} ${expected}`, now }))).ok) }
  const referred = async (): Promise<string> => {
    const referralId = randomUUID()
    await record(`referral-${referralId}`, -1, at(now, 'ReferralReceived', { referralId, source: 'KCPD', incidentIds: [randomUUID()], subjectRef: token('A'), victimRef: token('B'), subjectName: 'Sample Person', victimName: 'Sample Partner' }, 2))
    return referralId
  }
  const opened = async (referralId: string): Promise<string> => {
    const caseId = randomUUID()
    await record(`pchCase-${caseId}`, -1, at(now, 'CaseOpened', { caseId, referralId, subjectRef: token('A'), indexIncidentId: randomUUID(), count: 1, subjectAdultAtIndex: true, adultBasis: 'BIRTH_DATE' }),
      at(now, 'LevelAssigned', { caseId, level: 'D', rank: 1, proposedLevel: 'D', matchedCriteria: [], evidenceRefs: [], decidedBy: 'human', policyHash: 'a'.repeat(64) }))
    return caseId
  }
  const missedOn = async (stream: string) => (await intake.log.load(stream)).filter(({ type }) => type === 'DeadlineMissed').map(({ data, actor, source }) => ({ ...data, by: actor.id, source: source.system }))
  const get = async <T>(role: Role, agency: string, path: string): Promise<T> => (await supertest(intake.address).get(`/v1/timers/${path}`).set('Authorization', `Bearer ${await issueToken(intake.data, clock, { role, agency })}`).set('X-Purpose', PURPOSES_OF[role][0]).expect(200)).body as T

  beforeAll(async () => {
    const { IntakeModule } = await import('../intake.module')
    intake = await startService('intake', [IntakeModule], clock)
    timers = intake.app.get(TimersByDueDate, { strict: false }).timers
  })
  afterAll(async () => { await intake.close() })

  it('live through two years in seconds: each deadline once, whatever day it is looked at, and none where what was to be done was done', async () => {
    const left = await referred()
    const taken = await referred()
    now = '2026-03-01T18:00:00.000Z'
    const caseId = await opened(taken)
    for (let day = 0; day < 745; day += day < 8 ? 1 : 7) {
      now = new Date(Date.parse('2026-03-01T18:00:00.000Z') + day * 86_400_000).toISOString()
      await timers.recordMissed()
    }
    // From a Friday over a weekend; 24 months from a Sunday noon, in winter and in winter.
    expect(await missedOn(`referral-${left}`)).toEqual([{ timer: 'T-REF', owner: 'intakeAnalyst', dueAt: '2026-03-02T20:00:00.000Z', by: 'chorus:timers', source: 'chorus' }])
    expect(await missedOn(`referral-${taken}`)).toEqual([])
    expect(await missedOn(`pchCase-${caseId}`)).toEqual([{ timer: 'T-VAL', owner: 'intakeAnalyst', dueAt: '2028-03-01T18:00:00.000Z', by: 'chorus:timers', source: 'chorus' }])

    const due = await get<TimerList>('prosecutor', 'JCPO', 'intake/due')
    expect(due.timers).toMatchObject([{ stream: `referral-${left}`, timer: 'T-REF', state: 'missed' }, { stream: `pchCase-${caseId}`, timer: 'T-VAL', state: 'missed' }, { stream: `pchCase-${caseId}`, timer: 'T-VAL-5Y', dueAt: '2031-03-01T18:00:00.000Z', state: 'running' }])
    expect((await get<TimerCounts>('operator', 'CITY', 'intake')).timers).toEqual([
      { timer: 'T-REF', owner: 'intakeAnalyst', running: 0, missed: 1, unrecorded: 0, nextDue: null }, { timer: 'T-VAL', owner: 'intakeAnalyst', running: 0, missed: 1, unrecorded: 0, nextDue: null },
      { timer: 'T-VAL-5Y', owner: 'prosecutor', running: 1, missed: 0, unrecorded: 0, nextDue: '2031-03-01T18:00:00.000Z' },
    ])
  })

  it('a hotline that is called in time ends T-LAP; one that is not is missed within the hour', async () => {
    now = '2028-04-03T15:00:00.000Z'
    const screens = [randomUUID(), randomUUID()] as const
    for (const screenId of screens) {
      await record(`lethalityScreen-${screenId}`, -1, at(now, 'LethalityScreenAdministered', {
        screenId, incidentId: randomUUID(), victimToken: token('C'), offenderToken: token('D'), instrument: 'LAP', instrumentVersion: '1', answers: ['YES'], officerBelief: false, outcome: 'SCREENED_IN_Q1_3', algorithmVersion: '1',
        administeredAt: now, recordedByRole: 'detective',
      }))
    }
    await record(`lethalityScreen-${screens[0]}`, 0, at(now, 'AdvocateHotlineContactRecorded', { screenId: screens[0], calledAt: now, programId: 'sample-program', victimSpoke: true }))
    now = '2028-04-03T16:00:00.000Z'
    expect(await timers.recordMissed()).toBe(0)
    now = '2028-04-03T16:00:01.000Z'
    expect(await timers.recordMissed()).toBe(1)
    expect(await missedOn(`lethalityScreen-${screens[0]}`)).toEqual([])
    expect(await missedOn(`lethalityScreen-${screens[1]}`)).toMatchObject([{ timer: 'T-LAP', owner: 'watchCommander', dueAt: '2028-04-03T16:00:00.000Z' }])
  })

  it('two processes at once, an end before the fold has seen its own miss, and a rebuild: each deadline stays one event, and the same is due', async () => {
    const mine = await referred()
    await timers.reached((await intake.store.head()).ordinal, 5000)
    const before = await timers.list({ categories: ['referral', 'pchCase', 'lethalityScreen'], limit: 100, from: 0 })
    const other = new Timers({ ...intakeTimers, name: 'intake.timers-of-another-process', table: 'intake_timers_other' }, { store: intake.store, database: intake.database, log: intake.log, clock, decode, logger: { warn: () => undefined } })
    await other.projection.start()
    now = '2028-04-10T15:00:00.000Z'
    await Promise.all([timers.recordMissed(), other.recordMissed(), timers.recordMissed()])
    expect(await missedOn(`referral-${mine}`)).toHaveLength(1)
    // As after an end between append and checkpoint: the fold is a step behind, and asks again.
    await intake.database`update read.intake_timers set next = '2028-04-04', watched = jsonb_set(watched, '{timers,0,missed}', 'false') where stream = ${`referral-${mine}`}`
    await timers.recordMissed()
    expect(await missedOn(`referral-${mine}`)).toHaveLength(1)
    await timers.projection.rebuild()
    await timers.reached((await intake.store.head()).ordinal, 5000)
    const rebuilt = await timers.list({ categories: ['referral', 'pchCase', 'lethalityScreen'], limit: 100, from: 0 })
    expect(rebuilt).toEqual(before.map((timer) => timer.stream === `referral-${mine}` ? { ...timer, missed: true } : timer))
    expect(await other.list({ categories: ['referral', 'pchCase', 'lethalityScreen'], limit: 100, from: 0 })).toEqual(rebuilt)
    await other.projection.stop()
  })

  it('a due date that cannot be recorded is tried again, and readiness says so', async () => {
    const broken = new Timers(intakeTimers, { store: intake.store, database: intake.database, log: { load: (stream) => intake.log.load(stream), record: () => Promise.reject(new Error('the log is away')) }, clock, decode, logger: { warn: () => undefined } })
    const mine = await referred()
    await timers.reached((await intake.store.head()).ordinal, 5000)
    now = '2028-04-20T15:00:00.000Z'
    const followed = Object.assign(broken, { projection: timers.projection })
    expect(await followed.recordMissed()).toBe(0)
    expect(followed.health()).toMatchObject({ ok: false, text: expect.stringContaining('1 due dates passed') as string })
    expect(await timers.recordMissed()).toBe(1)
    expect(await missedOn(`referral-${mine}`)).toHaveLength(1)
  })
})
