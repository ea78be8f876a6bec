/** A case came to a level: the notification of that level is planned, never cleared; plans of the level before are taken back. Pure. */
import type { Basis, BusEvent, CommandMeta, Language, NotificationMode, RepeatReason } from '@chorus/contracts'
import { derivedId } from '@chorus/decider'
import { later } from '../notification-policy/clock'
import type { Rules } from '../notification-policy/notification-policy'
import { notificationIdOf, type CaseStanding, type Stretch } from '../notification/case-standing'
import type { Cancel, Plan } from '../notification/notification'

export interface Policy { readonly policyVersion: string; readonly hash: string; readonly rules: Rules; readonly basis: Basis }
export interface Wish { readonly caseId: string; readonly subjectRef: string; readonly stretch: Stretch; /** from when its clock runs */ readonly from: string; readonly number: number; readonly repeatReason?: RepeatReason; readonly mode?: NotificationMode; readonly language?: Language }

/** The command that plans it, by the policy; null: the policy has no such way of telling at this level (M5). */
export function planOf({ caseId, subjectRef, stretch, from, number, repeatReason, mode: wished, language }: Wish, policy: Policy, basis: readonly Basis[], meta: CommandMeta): { readonly id: string; readonly command: Plan } | null {
  const { level, period } = stretch
  const rule = policy.rules.levels[level]
  const mode = wished ?? rule.default
  const way = rule.modes[mode]
  const template = way && policy.rules.templates[way.template]
  if (!way || !template) return null
  const notificationId = notificationIdOf(stretch, number)
  const plan = {
    notificationId, caseId, subjectRef, level, period, number, ...(repeatReason ? { repeatReason } : {}), mode, dueAt: later(from, way.within), slaId: way.sla,
    templateId: way.template, templateVersion: template.version, language: language ?? template.language, policyHash: policy.hash,
  }
  return { id: notificationId, command: { type: 'PlanNotification', data: { plan, facts: { policyVersion: policy.policyVersion, basis: [...basis, policy.basis] } }, meta } }
}

type Cause = Pick<BusEvent, 'id' | 'type' | 'time' | 'revision' | 'correlationId'>
const metaFor = (cause: Cause, wish: string, now: string): CommandMeta => ({
  commandId: derivedId(wish, cause.id), correlationId: cause.correlationId, causationId: cause.id, now,
  actor: { id: 'chorus:on-level-assigned', role: 'system', agency: 'CITY' }, source: { agency: 'CITY', system: 'chorus' },
})

/** `standing`: of the case as of the event, so that the same event always leads to the same plan. */
export function planNotification(event: Cause, caseId: string, standing: CaseStanding & { readonly basis: readonly Basis[] }, policy: Policy, now: string): { readonly id: string; readonly command: Plan } | null {
  const stretch = standing.stretches.find(({ revision }) => revision === event.revision)
  if (!stretch) return null
  return planOf({ caseId, subjectRef: standing.subjectRef, stretch, from: event.time, number: 1 }, policy, standing.basis, metaFor(event, 'plan-notification', now))
}

/** The stretches whose plans an event takes back: those before a changed level, all of them where the case was closed. */
export const stretchesEndedBy = (event: Cause, { stretches }: CaseStanding): readonly Stretch[] => stretches.filter(({ revision }) => revision < event.revision)

export const cancelNotification = (event: Cause, notificationId: string, now: string): { readonly id: string; readonly command: Cancel } =>
  ({ id: notificationId, command: { type: 'CancelNotification', data: { code: event.type === 'CaseClosed' ? 'CASE_CLOSED' : 'LEVEL_CHANGED' }, meta: metaFor(event, `cancel-notification ${notificationId}`, now) } })
