/** The audit log of the database, as what signs and verifies sees it. */
import { auditHead, verifyAudit } from '@chorus/platform'
import type { AuditChain } from '@chorus/tamper-evidence'
import type { Sql } from 'postgres'

/** @param database of a role that may read the audit log */
export const auditChainOf = (database: Sql): AuditChain => ({
  head: () => auditHead(database),
  walk: async (options) => {
    const report = await verifyAudit(database, options)
    return report.ok ? { ok: true, checked: report.checked, through: { log: report.log, ordinal: report.through, link: report.link } } : report
  },
})
