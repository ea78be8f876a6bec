/** The audit log as what signs and verifies sees it: a chain of its own, whose head is signed with the log's. */
import type { AuditHead } from './checkpoint'

export type AuditFault = 'gap' | 'recordedtime-decreases' | 'link-differs' | 'head-differs'
export type AuditWalk =
  | { readonly ok: true; readonly checked: number; readonly through: AuditHead }
  | { readonly ok: false; readonly checked: number; /** the first entry that is wrong */ readonly ordinal: number; readonly fault: AuditFault; readonly text: string }

export interface AuditChain {
  head(): Promise<AuditHead>
  /** Walks from behind `after` (absent: from the start) to the head, and tells each entry that is right. */
  walk(options: { readonly after?: AuditHead; readonly seen?: (ordinal: number, link: string) => void; readonly signal?: AbortSignal }): Promise<AuditWalk>
}
