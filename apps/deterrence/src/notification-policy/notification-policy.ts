/** What the policy of notifications says. */
import type { Language, Level, NotificationMode, SlaId } from '@chorus/contracts'
import type { PolicyHead } from '@chorus/policy'

export interface ModeRule { readonly sla: SlaId; readonly within: string; readonly basis: string; readonly template: string }
export interface LevelRule { readonly default: NotificationMode; readonly modes: Readonly<Partial<Record<NotificationMode, ModeRule>>>; readonly safetyReview: { readonly within?: string; readonly before?: string } }
export interface Template { readonly version: string; readonly language: Language; readonly active: boolean; readonly approvedBy: readonly ('prosecutor' | 'systemAdvocate')[] }
export interface Rules extends PolicyHead {
  readonly authorizationMinutes: number
  readonly holdReviewWithin: string
  readonly exceptionAttempts: number
  readonly levels: Readonly<Record<Level, LevelRule>>
  readonly templates: Readonly<Record<string, Template>>
}
