/** Reads the text of the policy of notifications: YAML, checked against its schema, with its SHA-256. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import Ajv2020 from 'ajv/dist/2020'
import { parse } from 'yaml'
import type { Language, Level, NotificationMode, SlaId } from '@chorus/contracts'
import { repositoryRoot } from '@chorus/platform'

export interface ModeRule { readonly sla: SlaId; readonly within: string; readonly basis: string; readonly template: string }
export interface LevelRule { readonly default: NotificationMode; readonly modes: Readonly<Partial<Record<NotificationMode, ModeRule>>>; readonly safetyReview: { readonly within?: string; readonly before?: string } }
export interface Template { readonly version: string; readonly language: Language; readonly active: boolean; readonly approvedBy: readonly ('prosecutor' | 'systemAdvocate')[] }
export interface Rules {
  readonly policyId: string
  readonly version: string
  readonly status: 'DRAFT' | 'APPROVED'
  readonly authorizationMinutes: number
  readonly holdReviewWithin: string
  readonly exceptionAttempts: number
  readonly levels: Readonly<Record<Level, LevelRule>>
  readonly templates: Readonly<Record<string, Template>>
}
export interface PolicyFile { readonly text: string; readonly hash: string; readonly rules: Rules }

const folder = (): string => join(repositoryRoot(), 'apps', 'deterrence', 'policies')
let check: ReturnType<Ajv2020['compile']> | undefined

/** @throws Error that says what of the file is wrong, with its place. */
export function readPolicy(text: string, name = 'the policy'): PolicyFile {
  let parsed: unknown
  try { parsed = parse(text) } catch { throw new Error(`${name} is not readable YAML. Correct it and try again.`) }
  check ??= new Ajv2020({ allErrors: true, strict: true }).compile(JSON.parse(readFileSync(join(folder(), 'notifications.schema.json'), 'utf8')) as object)
  const wrong = check(parsed) ? whatContradicts(parsed as Rules) : (check.errors ?? []).slice(0, 5).map((error) => `${error.instancePath || '/'} ${error.message ?? 'is wrong'}`)
  if (wrong.length > 0) throw new Error(`${name} does not fit apps/deterrence/policies/notifications.schema.json: ${wrong.join('; ')}. Correct it and try again.`)
  return { text, hash: createHash('sha256').update(text).digest('hex'), rules: parsed as Rules }
}

/** What a schema cannot say: each level's default is one of its modes, and each text is there. */
const whatContradicts = ({ levels, templates }: Rules): string[] => Object.entries(levels).flatMap(([level, rule]) => [
  ...(rule.modes[rule.default] ? [] : [`/levels/${level}/default is none of its modes`]),
  ...Object.entries(rule.modes).flatMap(([mode, { template }]) => (templates[template] ? [] : [`/levels/${level}/modes/${mode}/template is not among the templates`])),
])

/** The policy that comes with this build. */
export const shippedPolicy = (): PolicyFile => readPolicy(readFileSync(join(folder(), 'kc-ipvi-notifications.yaml'), 'utf8'), 'apps/deterrence/policies/kc-ipvi-notifications.yaml')
