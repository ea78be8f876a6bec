/** The values of the timers: policy data, activated with its bytes like every policy, folded from the log. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import Ajv2020 from 'ajv/dist/2020'
import { parse } from 'yaml'
import type { CommandMeta, PolicyActivatedV1, RecordedEvent, TimerName, TimerOwner } from '@chorus/contracts'
import { derivedId, handle, isRefusal, streamOf, type DeciderLog } from '@chorus/decider'
import { repositoryRoot } from '@chorus/platform'
import type { Span } from '@chorus/timers'
import { policy } from '../policy/policy'
import { readPolicy } from '../policy/policy-file'
import { LEVELS_POLICY } from '../policy/policy-in-force'

export const TIMERS_POLICY = 'kc-ipvi-timers'

export interface TimerRule extends Span { readonly owner: TimerOwner; readonly basis: string }
export interface TimerPolicy { readonly policyId: string; readonly version: string; readonly status: 'DRAFT' | 'APPROVED'; readonly timers: Readonly<Partial<Record<TimerName, TimerRule>>>; readonly holidays: readonly string[] }
/** What the policies say at a place in the log. */
export interface TimerValues { readonly timers: TimerPolicy['timers']; readonly holidays: readonly string[]; readonly hotlineWithinMinutes?: number }
export const NO_VALUES: TimerValues = { timers: {}, holidays: [] }

const folder = (): string => join(repositoryRoot(), 'apps', 'intake', 'policies')
let check: ReturnType<Ajv2020['compile']> | undefined

/** @throws Error that says what of the file is wrong, with its place. */
export function readTimerPolicy(text: string, name = 'the policy'): { readonly text: string; readonly hash: string; readonly policy: TimerPolicy } {
  let parsed: unknown
  try { parsed = parse(text) } catch { throw new Error(`${name} is not readable YAML. Correct it and try again.`) }
  check ??= new Ajv2020({ allErrors: true, strict: true }).compile(JSON.parse(readFileSync(join(folder(), 'timers.schema.json'), 'utf8')) as object)
  if (!check(parsed)) {
    const wrong = (check.errors ?? []).slice(0, 5).map((error) => `${error.instancePath || '/'} ${error.message ?? 'is wrong'}`)
    throw new Error(`${name} does not fit apps/intake/policies/timers.schema.json: ${wrong.join('; ')}. Correct it and try again.`)
  }
  return { text, hash: createHash('sha256').update(text).digest('hex'), policy: parsed as TimerPolicy }
}
export const shippedTimerPolicy = (): ReturnType<typeof readTimerPolicy> => readTimerPolicy(readFileSync(join(folder(), 'kc-ipvi-timers.yaml'), 'utf8'), 'apps/intake/policies/kc-ipvi-timers.yaml')

/** A version that holds from here on: for what starts from then on. */
export const valuesAfter = (values: TimerValues, event: Pick<RecordedEvent, 'type' | 'data'>): TimerValues => {
  if (event.type !== 'PolicyActivated') return values
  const { policyId, text } = event.data as PolicyActivatedV1
  if (policyId === TIMERS_POLICY) { const { timers, holidays } = readTimerPolicy(text).policy; return { ...values, timers, holidays } }
  if (policyId !== LEVELS_POLICY) return values
  const minutes = readPolicy(text).policy.lethalityScreens?.hotlineWithinMinutes
  const { hotlineWithinMinutes: _, ...others } = values
  return minutes === undefined ? others : { ...others, hotlineWithinMinutes: minutes }
}

/** At the first start the shipped policy becomes active, as the draft that it is. */
export async function activateShippedTimerPolicy(log: DeciderLog, now: string): Promise<void> {
  if ((await log.load(streamOf(policy, TIMERS_POLICY))).length > 0) return
  const { text, hash, policy: shipped } = shippedTimerPolicy()
  const commandId = derivedId('activate-policy', shipped.policyId, hash)
  const meta: CommandMeta = { commandId, correlationId: commandId, causationId: null, now, actor: { id: 'chorus:start', role: 'system', agency: 'CITY' }, source: { agency: 'CITY', system: 'chorus' } }
  const answer = await handle(log, policy, TIMERS_POLICY, { type: 'ActivatePolicy', data: { policyId: shipped.policyId, version: shipped.version, status: 'DRAFT', hash, text, approvers: [] }, meta })
  if (isRefusal(answer)) throw new Error(`the policy ${TIMERS_POLICY} could not be activated: ${answer.text}`)
}
