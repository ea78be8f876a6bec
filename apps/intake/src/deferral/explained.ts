/** The deferral first, then why: sent again under its key, the same request finds the first and makes the second good. */
import type { CommandMeta, DeferralExplainedV1 } from '@chorus/contracts'
import { derivedId, handle, isRefusal, refused, type DeciderLog, type Handled, type Refusal } from '@chorus/decider'
import { deferral } from './deferral'

const NOT_KEPT = refused('reason_not_kept', 'It is put off. Why could not be recorded: send the same request with the same Idempotency-Key again.', { kind: 'retry-later' })

export async function explained(log: DeciderLog, deferred: Handled | Refusal, data: DeferralExplainedV1, { fingerprint: _, ...meta }: CommandMeta): Promise<Handled | Refusal> {
  if (isRefusal(deferred)) return deferred
  const kept = await handle(log, deferral, data.referralId, { type: 'ExplainDeferral', data, meta: { ...meta, commandId: derivedId('deferral-reason', meta.commandId) } }).catch(() => NOT_KEPT)
  return isRefusal(kept) ? NOT_KEPT : deferred
}
