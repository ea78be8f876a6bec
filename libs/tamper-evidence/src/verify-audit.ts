/** Verifies the audit log against the checkpoints that signed its head: a changed entry, a cut tail, one that was written anew. */
import type { AuditChain, AuditFault } from './audit-chain'
import type { AuditHead, Noted } from './checkpoint'

export type AuditVerdict =
  | { readonly ok: true; readonly checked: number; readonly through: AuditHead; /** the last checkpoint that covers some of it */ readonly signed?: Noted }
  | { readonly ok: false; readonly checked: number; readonly ordinal: number; readonly upTo?: number; readonly fault: AuditFault | 'another-log' | 'cut-tail' | 'rewritten'; readonly text: string; /** the last checkpoint with which it agrees, before the fault */ readonly right?: Noted; /** the first that contradicts it, or covers the fault */ readonly covering?: Noted }

/** A checkpoint that says something of the audit log. */
type OfAudit = Noted & { readonly audit: AuditHead }
const saysOfAudit = (noted: Noted): noted is OfAudit => noted.audit !== undefined

/**
 * @param notes from the first on that is to be compared, in the order in which they were kept; read once
 * @param newest the newest checkpoints that there are, asked when all was walked: what lies behind the end shows by them
 */
export const verifyAuditLog = async (chain: AuditChain, { after, notes, newest, signal }: { readonly after?: AuditHead; readonly notes: Iterable<Noted>; readonly newest: () => Promise<readonly (Noted | undefined)[]>; readonly signal?: AbortSignal }): Promise<AuditVerdict> => {
  const { log, ordinal: now } = await chain.head()
  const waiting = ofAudit(notes)
  let next = waiting.next()
  let right: OfAudit | undefined
  let differs: OfAudit | undefined
  // the entries come in order, and so do the checkpoints
  const seen = (ordinal: number, link: string): void => {
    for (; !next.done && next.value.audit.ordinal <= ordinal; next = waiting.next()) {
      if (differs || next.value.audit.ordinal < ordinal) continue
      if (next.value.audit.link === link && next.value.audit.log === log) right = next.value
      else differs = next.value
    }
  }
  if (after && after.ordinal > now) return { ok: false, checked: 0, ordinal: now + 1, upTo: after.ordinal, fault: 'cut-tail', text: `entries ${now + 1} to ${after.ordinal} are missing: the audit log ends before what was verified` }
  const walked = await chain.walk({ seen, ...(after && { after }), ...(signal && { signal }) })
  const wrong = (ordinal: number, fault: Extract<AuditVerdict, { ok: false }>['fault'], text: string, covering?: OfAudit): AuditVerdict => ({
    ok: false, checked: walked.checked, ordinal, fault, text, ...(covering && covering.audit.ordinal > ordinal && { upTo: covering.audit.ordinal }), ...(right && { right }), ...(covering && { covering }),
  })
  const first = (right?.audit.ordinal ?? after?.ordinal ?? 0) + 1
  const judged = (noted: OfAudit): AuditVerdict => noted.audit.log !== log
    ? wrong(first, 'another-log', `the audit log is ${log}, and the one that was signed is ${noted.audit.log}`, noted)
    : wrong(first, 'rewritten', `entries ${first} to ${noted.audit.ordinal} are not what was signed, though the chain holds: rewritten from one of them on, or cut off and others entered in their place`, noted)
  if (differs) return judged(differs)
  if (!walked.ok) {
    for (; !next.done && next.value.audit.ordinal < walked.ordinal; next = waiting.next());
    const covering = next.done ? undefined : next.value
    return { ...wrong(walked.ordinal, walked.fault, walked.text, undefined), ...(covering && { covering }) }
  }
  for (const last of await newest()) {
    if (!last || !saysOfAudit(last)) continue
    // asked after: what was entered and signed meanwhile is no finding
    const { ordinal } = await chain.head()
    if (last.audit.log === log && last.audit.ordinal > ordinal) return wrong(ordinal + 1, 'cut-tail', `entries ${ordinal + 1} to ${last.audit.ordinal} are missing: the audit log ends before what was signed`, last)
    if (last.audit.log !== log) return judged(last)
  }
  return { ok: true, checked: walked.checked, through: walked.through, ...(right && { signed: right }) }
}

function* ofAudit(notes: Iterable<Noted>): Generator<OfAudit> {
  for (const noted of notes) if (saysOfAudit(noted)) yield noted
}
