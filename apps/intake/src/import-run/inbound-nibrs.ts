/** A NIBRS record as a message for its stream: which record it speaks of, what it does, and the events that say it. */
import type { Vault } from '@chorus/privacy'
import { DateTime } from 'luxon'
import { checkReceipt, checkRecord, editCodes } from '../feeds/nibrs/edits/check-record'
import type { NibrsRecord } from '../feeds/nibrs/records'
import { zoneOf } from '../feeds/nibrs/state-zones'
import { draftsOf, inboundKindOf, keyOf, NIBRS_MAPPING, NIBRS_SYSTEM, NIBRS_XML_MAPPING } from '../feeds/nibrs/to-events'
import type { Inbound } from '../incident/receive'

export const NIBRS = { system: NIBRS_SYSTEM, mapping: NIBRS_MAPPING } as const
/** The mapping that reads a record of this format. */
export const mappingOf = (format: 'flat' | 'xml' | undefined): string => format === 'xml' ? NIBRS_XML_MAPPING : NIBRS_MAPPING

export interface NibrsInbound extends Inbound {
  readonly stream: string
  /** the agency's ORI */
  readonly agency: string
  /** FBI error numbers that the record breaks, each once; those that the day of receipt decides among them, which do not stand on its events */
  readonly edits: readonly string[]
  /** IANA zone of its local times */
  readonly zone: string
  /** the zone was taken from the state, which has two */
  readonly zoneAssumed: boolean
}
export interface InboundContext {
  /** keyed fingerprints of the message and of the file */
  readonly message: string
  readonly fileId: string
  readonly vault: Vault
  /** IANA zone; absent: by the agency's state */
  readonly zone?: string
  /** when it reached us, RFC 3339 instant */
  readonly receivedtime: string
  /** absent: a flat file */
  readonly format?: 'xml'
}

export const readInbound = (record: NibrsRecord, context: InboundContext): NibrsInbound => {
  const { message, fileId, vault, receivedtime } = context
  const key = keyOf(record)
  const streamId = vault.uuid('stream-id', record.ori, NIBRS.system, key.id)
  const assumed = context.zone === undefined ? zoneOf(record.ori) : { zone: context.zone, assumed: false }
  const edits = checkRecord(record)
  const receivedOn = dayIn(assumed.zone, receivedtime)
  const kind = inboundKindOf(record)
  return {
    kind, ...(kind === 'report' && { first: true }), message, file: fileId, row: record.firstLine,
    stream: `${key.category}-${streamId}`, agency: record.ori, edits: editCodes([...edits, ...checkReceipt(record, receivedOn.replaceAll('-', ''))]), zone: assumed.zone, zoneAssumed: assumed.assumed,
    compose: (version, current) => draftsOf(record, {
      streamId, version, current, zone: assumed.zone, newToken: kind => vault.newToken(kind), edits, message, file: fileId, row: record.firstLine, receivedOn, mapping: mappingOf(context.format),
    }),
  }
}

/** The last answer is kept: it is dear, and the records of a batch came at one moment, mostly from one zone. */
let last = { zone: '', instant: '', day: '' }
const dayIn = (zone: string, instant: string): string => {
  if (zone === last.zone && instant === last.instant) return last.day
  const day = DateTime.fromISO(instant, { zone }).toISODate()
  if (day === null) throw new Error(`zone ${zone} or instant ${instant} is none`)
  last = { zone, instant, day }
  return day
}
