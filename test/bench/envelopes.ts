/** Bodies of realistic shape and size, from a seed: the same seed gives the same bodies. All of it is fiction. */
import type { NewEvent } from '@chorus/event-store'

export type BodyKind = 'envelope' | 'bare'

/** xorshift32: quick, and the same everywhere. Numbers from 0 up to, not including, 2^32. */
export const randomFrom = (seed: number): (() => number) => {
  let x = seed >>> 0 || 1
  return () => {
    x ^= x << 13; x >>>= 0
    x ^= x >>> 17
    x ^= x << 5; x >>>= 0
    return x
  }
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

export const generator = (seed: number): { uuid(): string; body(kind: BodyKind, streamId: string): NewEvent } => {
  const random = randomFrom(seed)
  const hex = (digits: number): string => { let out = ''; while (out.length < digits) out += random().toString(16).padStart(8, '0'); return out.slice(0, digits) }
  const base64url = (length: number): string => { let out = ''; for (let i = 0; i < length; i++) out += ALPHABET[random() & 63]; return out }
  const uuid = (): string => { const h = hex(30); return `${h.slice(0, 8)}-${h.slice(8, 12)}-8${h.slice(12, 15)}-a${h.slice(15, 18)}-${h.slice(18, 30)}` }
  const sealed = (plain: number) => ({ $sealed: { k: base64url(16), n: base64url(16), c: base64url(Math.ceil(((plain + 16) * 4) / 3)) } })
  const day = (): string => `2026-0${1 + (random() % 9)}-${String(1 + (random() % 28)).padStart(2, '0')}`
  const pick = <T>(items: readonly T[]): T => items[random() % items.length]!

  /** The envelope of design: filled as intake fills it for an incident, three sealed fields, about 1,250 bytes once stored. */
  const envelope = (id: string, type: string, content: string, streamId: string): Record<string, unknown> => {
    const record = uuid()
    return {
      id, type, schemaVersion: 1, content, source: { agency: 'HI0020000', system: 'nibrs-flat-file' },
      time: `${day()}T${String(random() % 24).padStart(2, '0')}`, timePrecision: 'hour', timeZone: 'Pacific/Honolulu', timeText: sealed(10),
      receivedtime: `${day()}T12:00:00.000Z`, partitionkey: `incident-${streamId}`, commandId: record, correlationId: uuid(), causationId: null,
      actor: { id: 'feed-nibrs', role: 'agencyFeed', agency: 'HI0020000' }, subjects: [`per_${base64url(22)}`], classification: 'CJI',
      sourceRecord: { system: 'nibrs-flat-file', id: sealed(12), version: 1, mapping: 'nibrs-flat@1' },
      data: { offense: pick(['13A', '13B', '13C', '11A', '290']), location: pick(['20', '13', '22']), victim: `per_${base64url(22)}`, relationship: pick(['SE', 'BG', 'CS', 'XS']), injury: pick(['N', 'M']), reportNumber: sealed(9) },
    }
  }

  /** A body of about 400 bytes once stored, with nothing sealed. */
  const bare = (id: string, type: string): Record<string, unknown> => ({
    id, type, time: day(), data: { person: `per_${base64url(22)}`, level: pick(['A', 'B', 'C', 'D']), decidedBy: uuid(), policyVersion: 'levels@3', note: base64url(24) },
  })

  return {
    uuid,
    body: (kind, streamId) => {
      const id = uuid()
      const type = pick(['IncidentReported', 'IncidentCorrected', 'ArrestReported', 'EligibilityAssessed', 'LevelAssigned'])
      const content = hex(64)
      return { id, type, content, body: kind === 'envelope' ? envelope(id, type, content, streamId) : bare(id, type) }
    },
  }
}
