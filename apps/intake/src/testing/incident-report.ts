/** Seeds for specs: a plainly fictional report. */
import type { DraftEvent, IncidentReportedV1, ReportedAge } from '@chorus/contracts'

const token = (name: string, kind = 'per'): string => `${kind}_${name.padEnd(22, '0')}`
export const VICTIM = token('victim')
export const OFFENDER = token('offender')
export const STRANGER = token('stranger')
export const PAIR = token('pair', 'pair')
export const NEW_PAIR = token('newPair', 'pair')
export const INCIDENT = '018f0000-0000-7000-8000-000000000001'

export interface ReportWish { readonly relationship?: string | null; readonly offenderSequence?: number; readonly victimAge?: ReportedAge | null; readonly offenderAge?: ReportedAge | null; readonly arrestMade?: boolean; readonly weapons?: string[]; readonly victimToken?: string; readonly offenderToken?: string; readonly version?: number; readonly more?: Partial<Omit<DraftEvent, 'data'>> }
export const years = (n: number): ReportedAge => ({ text: String(n), precision: 'year', from: n, to: n })

/** A simple assault of 2 July 2026 in Sampletown, one victim, one offender. */
export function report(wish: ReportWish = {}): DraftEvent<IncidentReportedV1> {
  const { relationship = 'BG', offenderSequence = 1, victimAge = years(31), offenderAge = years(34), arrestMade = false, weapons = ['40'], version = 1 } = wish
  const known = offenderSequence > 0
  return {
    type: 'IncidentReported', schemaVersion: 1, time: '2026-07-02T21', timePrecision: 'hour', timeZone: 'America/Chicago',
    sourceRecord: { system: 'sample-records', id: 'SAMPLE-0001', version, mapping: 'sample@1' },
    data: {
      incidentId: INCIDENT, ori: 'MOSAMPLE0', reportNumber: 'SAMPLE-0001', dateOf: 'incident' as const, hourReported: true, arrestMade,
      offenses: [{ offenseCode: '13B', biasCodes: [], suspectedUsing: [], criminalActivity: [], weaponCodes: weapons.map((code) => ({ code, automatic: false })) }],
      property: [], arrestees: [], edits: [],
      victims: [{
        token: wish.victimToken ?? VICTIM, sequence: 1, offenseCodes: ['13B'], circumstances: [], injuriesReported: true, injuries: ['N'],
        relationships: relationship === null ? [] : [{ offenderSequence, code: relationship }], ...(victimAge ? { age: victimAge } : {}),
      }],
      offenders: [{ token: wish.offenderToken ?? OFFENDER, sequence: offenderSequence, ...(offenderAge ? { age: offenderAge } : {}) }],
      pairs: relationship !== null && known && ['SE', 'CS', 'BG', 'XS', 'XR', 'HR'].includes(relationship) ? [{ token: PAIR, victimSequence: 1, offenderSequence, relationship }] : [],
    },
    ...wish.more,
  }
}
