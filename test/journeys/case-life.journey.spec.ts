/** The life of a referral and of a case: excluded, put off, taken up again, closed, opened again, over HTTP; scenario 6. */
import { randomUUID } from 'node:crypto'
import type { RecordedEvent, Role } from '@chorus/contracts'
import { decode } from '@chorus/event-store'
import { startChorus, type TestChorus } from '../support/chorus'
import { inDays, mutualArrest, withStore } from '../support/scenarios'
import { SUBJECT, Thread, VICTIM } from '../support/thread'

describe('the life of a case', () => {
  let chorus: TestChorus
  let thread: Thread
  beforeAll(async () => {
    chorus = await startChorus()
    thread = new Thread({ addressOf: () => chorus.address, bearer: chorus.bearer })
    await thread.importSample()
  })
  afterAll(async () => { await chorus.close() })

  const eventsOf = (stream: string): Promise<RecordedEvent[]> => withStore(chorus.appUrl, async (store) => { const all: RecordedEvent[] = []; for await (const event of store.readStream(stream)) all.push(decode(event)); return all })
  const typesOf = async (stream: string): Promise<string[]> => (await eventsOf(stream)).map(({ type }) => type)
  const referralOf = async (caseId: string): Promise<string> => ((await eventsOf(`pchCase-${caseId}`))[0]!.data as { referralId: string }).referralId
  const history = async (role: Role, caseId: string): Promise<string> => JSON.stringify((await thread.get(role, `history?of=${caseId}`)).body)

  it('scenario 6: mutual arrest; the one is taken up again, hers stays excluded', async () => {
    const { caseId } = await mutualArrest(thread, chorus.appUrl)
    expect(await typesOf(`pchCase-${caseId}`)).toEqual(['CaseOpened'])
  })

  it('put off, nobody is told anything in it, and afterwards only what was cleared anew; why is for the prosecutor and the advocate', async () => {
    const { caseId, notificationId, reviewId } = await thread.toPlan()
    await thread.clear(notificationId, reviewId)
    await thread.schedule(notificationId)
    expect(await thread.authorize(notificationId)).toMatchObject({ status: 200 })
    expect(await thread.post('systemAdvocate', `cases/${caseId}/deferral`, { code: 'SAFETY_HOLD', until: inDays(30) })).toMatchObject({ status: 403 })
    await thread.id('intakeAnalyst', `cases/${caseId}/deferral`, { code: 'SAFETY_HOLD', until: inDays(30) })
    const refused = await thread.authorize(notificationId)
    expect(refused).toMatchObject({ status: 422, body: { refused: 'not_cleared', rules: ['M1'] } })
    expect((await thread.get<{ clearance: object }>('detective', `notifications/${notificationId}`)).body.clearance).toMatchObject({ status: 'NOT_CLEARED' })
    for (const role of ['intakeAnalyst', 'detective', 'healthProgram', 'panelMember'] as const) {
      expect(await history(role, caseId)).toContain('CaseDeferred')
      expect(await history(role, caseId)).not.toMatch(/SAFETY_HOLD|DeferralExplained/)
    }
    for (const role of ['prosecutor', 'systemAdvocate'] as const) expect(await history(role, caseId)).toContain('SAFETY_HOLD')

    expect(await thread.post('intakeAnalyst', `cases/${caseId}/reopening`, { reasonCode: 'GROUND_ENDED' })).toMatchObject({ status: 403 })
    await thread.id('prosecutor', `cases/${caseId}/reopening`, { reasonCode: 'GROUND_ENDED' })
    expect((await thread.authorize(notificationId)).body.detail).toBe(refused.body.detail)
    await thread.clear(notificationId, reviewId)
    expect(await thread.authorize(notificationId)).toMatchObject({ status: 200 })
  })

  it('told and arrested again, a higher level is proposed by Chorus and decided by people; contested, somebody else decides; nobody leaves early', async () => {
    const { caseId, notificationId, reviewId } = await thread.toPlan()
    await thread.clear(notificationId, reviewId)
    await thread.schedule(notificationId)
    expect(await thread.authorize(notificationId)).toMatchObject({ status: 200 })
    await thread.deliver(notificationId)
    const violated = { orderNumber: 'SAMPLE-ORDER-1', jurisdiction: 'JACKSON', orderType: 'FULL', status: 'VIOLATED', at: new Date().toISOString(), respondent: 'SUBJECT', mutual: false }
    // the same act by an order against her is none of his
    await thread.id('detective', `cases/${caseId}/protection-orders`, { ...violated, orderNumber: 'SAMPLE-ORDER-2', respondent: 'PARTNER' })
    await thread.id('detective', `cases/${caseId}/protection-orders`, violated)
    await thread.until('the proposal after the offence', 'prosecutor', `history?of=${caseId}`, (body: { entries: { type: string }[] }) => body.entries.filter(({ type }) => type === 'LevelProposed').length === 2)
    expect((await eventsOf(`pchCase-${caseId}`)).at(-1)).toMatchObject({ type: 'LevelProposed', actor: { role: 'system' }, data: { level: 'B', matchedCriteria: ['prohibitedBehaviorAfterNotice.levels=D+C'] } })
    const circumstances = await eventsOf(`circumstance-${caseId}`)
    const trigger = circumstances.at(-1)!.id
    const change = { to: 'B', triggerEventId: trigger, evidenceRefs: [`circumstance-${caseId}`], reasonCode: 'PROHIBITED_BEHAVIOR' }
    // neither an event nor a record that nobody has, nor those of somebody else: one answer, which says what is meant
    const strange = (await eventsOf(`pchCase-${(await thread.toPlan()).caseId}`))[0]!
    for (const [triggerEventId, evidence] of [[randomUUID(), `incident-${randomUUID()}`], [strange.id, strange.stream]] as const) {
      const { status, body } = await thread.post('prosecutor', `cases/${caseId}/level-change`, { ...change, triggerEventId, evidenceRefs: [`circumstance-${caseId}`, evidence] })
      expect({ status, body }).toMatchObject({ status: 422, body: { refused: 'reference_unknown', detail: expect.stringContaining('triggerEventId, evidenceRefs[1]') as string } })
    }
    // the order against her
    expect(await thread.post('prosecutor', `cases/${caseId}/level-change`, { ...change, triggerEventId: circumstances[0]!.id })).toMatchObject({ status: 422, body: { refused: 'trigger_does_not_fit' } })
    await thread.id('panelMember', `cases/${caseId}/level-change`, change)
    const changed = async (role: Role): Promise<object | undefined> => (await thread.get<{ entries: { type: string; data: object }[] }>(role, `history?of=${caseId}`)).body.entries.find(({ type }) => type === 'LevelChanged')?.data
    expect(await changed('prosecutor')).toMatchObject({ triggerEventId: trigger, evidenceRefs: [`circumstance-${caseId}`], matchedCriteria: ['prohibitedBehaviorAfterNotice.levels=D+C'] })
    expect(await changed('panelMember')).not.toHaveProperty('triggerEventId')

    await thread.id('detective', `cases/${caseId}/level-contest`, { by: 'COUNSEL', ground: 'COUNTS_WRONG' })
    expect(await thread.post('panelMember', `cases/${caseId}/level-contest/decision`, { outcome: 'UPHELD' })).toMatchObject({ status: 403, body: { refused: 'decided_by_yourself' } })
    await thread.id('prosecutor', `cases/${caseId}/level-contest/decision`, { outcome: 'UPHELD' })
    await thread.id('prosecutor', `cases/${caseId}/level-review`, { level: 'B' })
    expect(await thread.post('prosecutor', `cases/${caseId}/exit-approvals`, { panelId: 'panel-9' })).toMatchObject({ status: 422, body: { refused: 'exit_too_early' } })
    expect(await thread.post('prosecutor', `cases/${caseId}/closure`, { code: 'EXIT_24M', panelId: 'panel-9' })).toMatchObject({ status: 422, body: { refused: 'exit_too_early' } })
  })

  it('moved by an arrest, its history shows the arrest to whoever may see one', async () => {
    const { caseId } = await thread.toPlan()
    const arrestId = await thread.id('detective', 'arrests', { ori: 'MOZZ99900', system: 'sample-jail', arrestNumber: 'SAMPLE-ARREST-9', at: '2026-07-20T10:00', caseId })
    const [arrested] = await eventsOf(`arrest-${arrestId}`)
    const byArrest = { triggerEventId: arrested!.id, evidenceRefs: [`arrest-${arrestId}`], reasonCode: 'FIRST_ARREST' }
    // One arrest leads one step, and once.
    expect(await thread.post('prosecutor', `cases/${caseId}/level-change`, { ...byArrest, to: 'B' })).toMatchObject({ status: 422, body: { refused: 'criteria_not_met' } })
    await thread.id('prosecutor', `cases/${caseId}/level-change`, { ...byArrest, to: 'C' })
    expect(await thread.post('prosecutor', `cases/${caseId}/level-change`, { ...byArrest, to: 'B', reasonCode: 'FURTHER_ARREST' })).toMatchObject({ status: 422, body: { refused: 'trigger_counted' } })
    const shown = async (role: Role): Promise<object> => {
      const { entries } = (await thread.get<{ entries: { type: string; ledBy?: object; data: { triggerEventId?: string; evidenceRefs?: string[] } }[] }>(role, `history?of=${caseId}`)).body
      const { ledBy, data: { triggerEventId, evidenceRefs } } = entries.find(({ type }) => type === 'LevelChanged')!
      return { ledBy, triggerEventId, evidenceRefs }
    }
    expect(await shown('prosecutor')).toEqual({ ledBy: { stream: `arrest-${arrestId}`, what: 'Arrest recorded' }, triggerEventId: arrested!.id, evidenceRefs: [`arrest-${arrestId}`] })
    expect(await shown('panelMember')).toEqual({ ledBy: undefined, triggerEventId: undefined, evidenceRefs: [] })
  })

  it('told before he offended, and recorded only afterwards, it is proposed all the same, once', async () => {
    const { caseId, notificationId } = await thread.toPlan()
    await thread.id('detective', `cases/${caseId}/protection-orders`, { orderNumber: 'SAMPLE-ORDER-3', jurisdiction: 'JACKSON', orderType: 'FULL', status: 'VIOLATED', at: new Date().toISOString(), respondent: 'SUBJECT', mutual: false })
    expect((await typesOf(`pchCase-${caseId}`)).filter((type) => type === 'LevelProposed')).toHaveLength(1)
    await thread.deliver(notificationId, -5)
    await thread.until('the proposal after the late delivery', 'prosecutor', `history?of=${caseId}`, (body: { entries: { type: string }[] }) => body.entries.filter(({ type }) => type === 'LevelProposed').length === 2)
    const delivered = (await eventsOf(`notification-${notificationId}`)).find(({ type }) => type === 'NotificationDelivered')!
    expect((await eventsOf(`pchCase-${caseId}`)).at(-1)).toMatchObject({ type: 'LevelProposed', causationId: delivered.id, data: { level: 'B' } })
  })

  it('closed, it is opened again or succeeded by another: when both are asked for at once, one of the two', async () => {
    const { caseId, incidentId, offenderToken } = await thread.toPlan()
    const referralId = await referralOf(caseId)
    expect(await thread.post('prosecutor', `cases/${caseId}/closure`, { code: 'EXCLUDED_LATER' })).toMatchObject({ status: 422, body: { refused: 'referral_not_excluded' } })
    await thread.id('prosecutor', `cases/${caseId}/closure`, { code: 'MOVED' })
    const { subjectRef } = (await eventsOf(`pchCase-${caseId}`))[0]!.data as { subjectRef: string }
    const again = await thread.id('intakeAnalyst', 'referrals', { source: 'KCPD', incidentIds: [incidentId], subject: { ...SUBJECT, personRef: subjectRef }, victim: VICTIM })
    const open = { referralId: again, indexIncidentId: incidentId, subjectInIncident: offenderToken }
    const back = { reasonCode: 'RETURNED', subjectInIncident: offenderToken }
    const answers = await Promise.all([thread.post('prosecutor', `cases/${caseId}/reopening`, back), thread.post('prosecutor', 'cases', open), thread.post('prosecutor', `cases/${caseId}/reopening`, back), thread.post('prosecutor', 'cases', open)])
    const refusals = answers.flatMap(({ status, body }) => status === 200 ? [] : [body.refused])
    expect(refusals).toHaveLength(3)
    expect(['case_already_open', 'case_succeeded', 'nothing_to_reopen']).toEqual(expect.arrayContaining(refusals))
    // whichever it was, the other way is shut
    const reopened = (await typesOf(`pchCase-${caseId}`)).includes('CaseReopened')
    expect(await thread.post('prosecutor', reopened ? 'cases' : `cases/${caseId}/reopening`, reopened ? open : back)).toMatchObject({ status: 409, body: { rules: ['I2'] } })

    // excluded later: the open case ends with it, and what is offered to the survivor goes on
    const standing = reopened ? referralId : again
    const exclusion = { code: 'SUBJECT_IS_LAW_ENFORCEMENT', reviewableUntil: inDays(30), route: 'OUTSIDE_AGENCY' }
    expect(await thread.post('intakeAnalyst', `referrals/${standing}/exclusion`, exclusion)).toMatchObject({ status: 403, body: { refused: 'case_is_open' } })
    await thread.id('prosecutor', `referrals/${standing}/exclusion`, exclusion)
    expect((await thread.get<object>('prosecutor', `referrals/${standing}`)).body).toMatchObject({ exclusion: 'SUBJECT_IS_LAW_ENFORCEMENT', route: 'OUTSIDE_AGENCY' })
    const all = await withStore(chorus.appUrl, async (store) => { const found: RecordedEvent[] = []; for await (const event of store.readAll({ filter: { categories: ['pchCase'] } })) found.push(decode(event)); return found })
    expect(all.at(-1)).toMatchObject({ type: 'CaseClosed', data: { code: 'EXCLUDED_LATER' } })
  })
})
