/** All edits over one record. */
import type { NibrsRecord } from '../records'
import { ageEdits } from './ages'
import { arrestEdits } from './arrests'
import { dateEdits } from './dates-and-header'
import type { Edit, EditFinding, FileFacts } from './edit'
import { offenderEdits } from './offenders'
import { offenseEdits } from './offenses'
import { drugEdits, propertyEdits } from './properties'
import { relationEdits } from './relations'
import { victimEdits } from './victims'
import { orderEdits, zeroEdits } from './zero-reports'

export const RECORD_EDITS: readonly Edit[] = [
  ...orderEdits, ...zeroEdits, ...dateEdits, ...offenseEdits, ...propertyEdits, ...drugEdits, ...victimEdits, ...ageEdits, ...relationEdits, ...offenderEdits, ...arrestEdits,
]

const editsOn = (kind: NibrsRecord['kind']): readonly Edit[] => RECORD_EDITS.filter((edit) => edit.on.includes(kind))
const EDITS_ON: Readonly<Record<NibrsRecord['kind'], readonly Edit[]>> = {
  groupA: editsOn('groupA'), groupB: editsOn('groupB'), zero: editsOn('zero'), delete: editsOn('delete'), window: editsOn('window'), addOrModify: editsOn('addOrModify'),
}

/** Every edit that the record breaks by itself, in the order of the edits. Never throws, never refuses. */
export const checkRecord = (record: NibrsRecord, facts: FileFacts = {}): EditFinding[] => {
  const found: EditFinding[] = []
  for (const edit of EDITS_ON[record.kind]) {
    const broken = edit.check(record, facts)
    if (broken.length > 0) found.push(...broken)
  }
  return found
}

/** Edits that ask for the day of receipt too. */
export const RECEIPT_EDITS = ['060', '105'] as const
const BY_RECEIPT = RECORD_EDITS.filter((edit) => (RECEIPT_EDITS as readonly string[]).includes(edit.code))

/**
 * What the record breaks by the day on which it reached us, YYYYMMDD. For the report only: on the event it would make the
 * same record, sent again on another day, look changed.
 */
export const checkReceipt = (record: NibrsRecord, receivedOn: string): EditFinding[] => BY_RECEIPT.flatMap((edit) => (edit.on.includes(record.kind) ? edit.check(record, { receivedOn }) : []))

/** Each code once, in ascending order: how findings stand on the accepted event. */
export const editCodes = (findings: readonly EditFinding[]): string[] => [...new Set(findings.map((f) => f.code))].sort()
