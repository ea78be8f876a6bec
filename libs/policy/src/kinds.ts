/** The policies that there are: what each is about, where the shipped one lies, who approves it, and its schema. To add one: a schema, a line here. Pure. */
import type { Role } from '@chorus/contracts'
import identity from '../schemas/identity.schema.json'
import levels from '../schemas/levels.schema.json'
import notifications from '../schemas/notifications.schema.json'
import timers from '../schemas/timers.schema.json'
import type { Path } from './read-yaml'

export const LEVELS_POLICY = 'kc-ipvi-levels'
export const TIMERS_POLICY = 'kc-ipvi-timers'
export const IDENTITY_POLICY = 'kc-ipvi-identity'
export const NOTIFICATIONS_POLICY = 'kc-ipvi-notifications'

/** What every policy file begins with. */
export interface PolicyHead { readonly policyId: string; readonly version: string; readonly status: 'DRAFT' | 'APPROVED' }

export interface PolicyKind {
  readonly policyId: string
  readonly about: string
  /** the file that comes with this build, from the root of the repository */
  readonly file: string
  readonly schema: object
  /** the roles that must have approved a version before it holds as APPROVED, each by its own person. DRAFT: the program has not said who they are (decision 0079) */
  readonly approvers: readonly Role[]
  /** what a schema cannot say */
  readonly contradictions?: (content: never) => readonly { readonly path: Path; readonly text: string }[]
  /** what is asked of a text that somebody puts forward: one that holds in some log is read all the same */
  readonly demands?: (content: never) => readonly { readonly path: Path; readonly text: string }[]
}

interface Levels { readonly levels: { readonly A: { readonly requires?: { readonly panelApproval: { readonly minAgencies: number } } } } }
const ofLevels = ({ levels: { A } }: Levels): { path: Path; text: string }[] => (A.requires?.panelApproval.minAgencies ?? 2) >= 2 ? [] : [
  { path: ['levels', 'A', 'requires', 'panelApproval', 'minAgencies'], text: 'must be >= 2: level A is approved by two agencies, whatever a policy says; with fewer the file would say what does not hold' },
]

interface Notifications { readonly levels: Readonly<Record<string, { readonly default: string; readonly modes: Readonly<Record<string, { readonly template: string } | undefined>> }>>; readonly templates: Readonly<Record<string, object | undefined>> }
const inNotifications = ({ levels: byLevel, templates }: Notifications): { path: Path; text: string }[] => Object.entries(byLevel).flatMap(([level, rule]) => [
  ...(rule.modes[rule.default] ? [] : [{ path: ['levels', level, 'default'], text: 'is none of its modes: name one of them' }]),
  ...Object.entries(rule.modes).flatMap(([mode, one]) => (templates[one!.template] ? [] : [{ path: ['levels', level, 'modes', mode, 'template'], text: 'is not among the templates: add it there, or name another' }])),
])

export const POLICY_KINDS: readonly PolicyKind[] = [
  { policyId: LEVELS_POLICY, about: 'which level the record leads to, which incidents are screened in, and by when the hotline is called', file: 'apps/intake/policies/kc-ipvi-levels.yaml', schema: levels, approvers: ['prosecutor', 'healthProgram'], demands: ofLevels },
  { policyId: TIMERS_POLICY, about: 'by when what is to be done, whose task it is, and the days on which the City does not work', file: 'apps/intake/policies/kc-ipvi-timers.yaml', schema: timers, approvers: ['prosecutor', 'healthProgram'] },
  { policyId: IDENTITY_POLICY, about: 'when two records may be one person\'s', file: 'apps/intake/policies/kc-ipvi-identity.yaml', schema: identity, approvers: ['prosecutor', 'healthProgram'] },
  { policyId: NOTIFICATIONS_POLICY, about: 'how and by when people are told, by level, and with which text', file: 'apps/deterrence/policies/kc-ipvi-notifications.yaml', schema: notifications, approvers: ['prosecutor', 'systemAdvocate'], contradictions: inNotifications },
]
export const kindOf = (policyId: string): PolicyKind | undefined => POLICY_KINDS.find((kind) => kind.policyId === policyId)
