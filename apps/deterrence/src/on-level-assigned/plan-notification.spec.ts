import type { CommandMeta, DraftEvent, Level } from '@chorus/contracts'
import { handle, isRefusal } from '@chorus/decider'
import { metaOf, NOW } from '../../../../libs/decider/src/testing/given'
import { MemoryLog, recorded } from '../../../../libs/decider/src/testing/memory-log'
import { shippedPolicy } from '../notification-policy/policy-in-force'
import { caseStanding, notificationIdOf } from '../notification/case-standing'
import { notification } from '../notification/notification'
import { cancelNotification, planNotification, planOf, stretchesEndedBy } from './plan-notification'

const CASE = '018f0000-0000-7000-8000-000000000006'
const { policy: rules, hash } = shippedPolicy()
const policy = { policyVersion: 'kc-ipvi-notifications@1.0.0', hash, rules, basis: { stream: 'policy-kc-ipvi-notifications', revision: 0 } }
const draft = (type: string, data: object): DraftEvent => ({ type, schemaVersion: 1, data: { caseId: CASE, ...data }, time: NOW, timePrecision: 'instant', timeZone: 'UTC' })
const history = [
  draft('CaseOpened', { subjectRef: `per_${'A'.repeat(22)}` }), draft('LevelAssigned', { level: 'C' }), draft('LevelChanged', { from: 'C', to: 'D' }), draft('LevelChanged', { from: 'D', to: 'C' }), draft('CaseClosed', { code: 'MOVED' }),
].map((one, revision) => recorded(one, { stream: `pchCase-${CASE}`, revision }, metaOf({ name: `case ${revision}` })))
const standingAt = (revision: number) => ({ ...caseStanding(history.slice(0, revision + 1)), basis: [{ stream: `pchCase-${CASE}`, revision }] })
const planAt = (revision: number, now = NOW) => planNotification(history[revision]!, CASE, standingAt(revision), policy, now)!

it('a level is planned by its policy, due by its clock, under the name that the event of the level fixes', () => {
  const { id, command } = planAt(1)
  expect(id).toBe(notificationIdOf({ event: history[1]!.id }))
  expect(command.data.plan).toMatchObject({ level: 'C', period: 1, number: 1, mode: 'CUSTOM', slaId: 'T-C2', dueAt: '2026-07-04T15:10:00.000Z', templateId: 'c-custom', templateVersion: '1', language: 'en', policyHash: hash })
  expect(command.data.facts.basis).toEqual([{ stream: `pchCase-${CASE}`, revision: 1 }, policy.basis])
  expect(command.meta).toMatchObject({ causationId: history[1]!.id, actor: { role: 'system' } })
})
it('a level that comes again is another period', () => {
  expect(planAt(3).id).toBe(notificationIdOf({ event: history[3]!.id }))
  expect(planNotification(history[4]!, CASE, standingAt(4), policy, NOW)).toBeNull()
})
it('the event delivered twice plans once, whenever it comes', async () => {
  const log = new MemoryLog()
  for (const now of [NOW, '2026-07-09T00:00:00.000Z']) { const { id, command } = planAt(1, now); expect(isRefusal(await handle(log, notification, id, command))).toBe(false) }
  expect(log.events.map(({ type }) => type)).toEqual(['NotificationPlanned'])
})
it('a change of level and a closure take the plans before them back, each with its reason', () => {
  expect(stretchesEndedBy(history[1]!, standingAt(1))).toEqual([])
  expect(stretchesEndedBy(history[3]!, standingAt(3)).map(({ level, period }) => [level, period])).toEqual([['C', 1], ['D', 1]])
  expect(stretchesEndedBy(history[4]!, standingAt(4))).toHaveLength(3)
  const [one, other] = [planAt(1).id, planAt(3).id]
  expect(cancelNotification(history[3]!, one, NOW).command.data.code).toBe('LEVEL_CHANGED')
  expect(cancelNotification(history[4]!, one, NOW).command.data.code).toBe('CASE_CLOSED')
  expect(cancelNotification(history[4]!, one, NOW).command.meta.commandId).not.toBe(cancelNotification(history[4]!, other, NOW).command.meta.commandId)
})
it.each<[Level, string, string]>([['D', 'T-D', '2026-07-04T15:10:00.000Z'], ['C', 'T-C2', '2026-07-04T15:10:00.000Z'], ['B', 'T-B', '2026-07-16T15:10:00.000Z'], ['A', 'T-A', '2026-07-03T15:10:00.000Z']])('%s is due by %s', (level, slaId, dueAt) => {
  const meta: CommandMeta = metaOf()
  expect(planOf({ caseId: CASE, subjectRef: 'x', stretch: { level, period: 1, event: 'e', revision: 1 }, from: NOW, number: 1 }, policy, [], meta)!.command.data.plan).toMatchObject({ slaId, dueAt })
})
it('M5: a way that the policy does not have at the level is none', () => {
  expect(planOf({ caseId: CASE, subjectRef: 'x', stretch: { level: 'D', period: 1, event: 'e', revision: 1 }, from: NOW, number: 2, mode: 'CALL_IN' }, policy, [], metaOf())).toBeNull()
})
