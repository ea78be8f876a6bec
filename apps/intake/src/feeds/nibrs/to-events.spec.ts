import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { eventRegistry, problemsOf, type ArrestRecordedV1, type DraftEvent, type IncidentReportedV1, type RecordedEvent } from '@chorus/contracts'
import { checkRecord } from './edits/check-record'
import * as r from './testing/records'
import { line, parseText, patched, recordOf } from './testing/records'
import { zoneOf } from './state-zones'
import { brokenEdits, draftsOf, inboundKindOf, ipvSummary, keyOf, type ComposeContext } from './to-events'
import type { NibrsRecord } from './records'

const tokens = () => { let n = 0; return (kind: 'per' | 'pair') => `${kind}_${String(++n).padStart(22, '0')}` }
const context = (record: NibrsRecord, more: Partial<ComposeContext> = {}): ComposeContext =>
  ({ streamId: '0190a000-0000-8000-8000-000000000001', version: 1, current: [], zone: 'America/Chicago', newToken: tokens(), edits: checkRecord(record), receivedOn: '2026-08-05', ...more })
const compose = (record: NibrsRecord, more: Partial<ComposeContext> = {}) => draftsOf(record, context(record, more))
const recorded = (drafts: readonly DraftEvent[]): RecordedEvent[] => drafts.map((d, i) => ({ ...d, id: `0190a000-0000-8000-8000-00000000010${i}` }) as unknown as RecordedEvent)
const incidentOf = (drafts: readonly DraftEvent[]): IncidentReportedV1 => drafts[0]!.data as IncidentReportedV1
const again = (base: readonly r.Line[], action: string, patch: r.Patch = {}) => recordOf(patched(base.map((l) => ({ ...l, values: { ...l.values, action } })), patch))
/** One segment by itself, with its action. */
const alone = (level: r.Line['level'], values: r.Line['values'], length?: number) => recordOf([r.write(line(level, values, length))])

describe('drafts of events', () => {
  it.each(['2026-06-zero.txt', '2026-07.txt', '2026-08.txt'])('of %s satisfy their contracts', (name) => {
    const text = readFileSync(join(__dirname, '../../../../../samples/nibrs', name), 'latin1')
    let drafts = 0
    for (const parsed of parseText(text)) {
      if (!parsed.ok) continue
      for (const { type, schemaVersion, data } of compose(parsed.record, { current: [] })) {
        drafts++
        const cls = eventRegistry.get(type, schemaVersion)?.cls
        expect(cls).toBeDefined()
        expect(problemsOf(cls!, data)).toEqual([])
      }
    }
    expect(drafts).toBeGreaterThan(0)
  })

  it('of every clean record and every wrong code satisfy their contracts', () => {
    const odd: r.Patch[] = [{}, { 4: { sex: 'Q', age: '3X  ', relatedOffenders: ['A1'], relationships: ['ZZ'] } }, { 5: { age: '99  ' } }, { 5: { age: 'NB  ' } }, { 2: { weapons: ['77'] } }, { 1: { hour: '99' } }]
    for (const base of Object.values(r.CLEAN)) for (const patch of odd) {
      const levels = new Set(base.map((l) => l.level))
      const fitting = Object.fromEntries(Object.entries(patch).filter(([level]) => levels.has(level as '1')))
      const record = recordOf(patched(base, fitting))
      for (const { type, schemaVersion, data } of compose(record)) expect([type, problemsOf(eventRegistry.get(type, schemaVersion)!.cls, data)]).toEqual([type, []])
    }
  })

  it('keep the hour as an hour and a date as a date, with the source\'s own text', () => {
    const [withHour] = compose(recordOf(patched(r.simple)))
    expect(withHour).toMatchObject({ time: '2026-07-10T21', timePrecision: 'hour', timeZone: 'America/Chicago', timeText: '20260710 21', data: { dateOf: 'incident', hourReported: true } })
    const [withoutHour] = compose(recordOf(patched(r.simple, { 1: { hour: '', reportDateIndicator: 'R' } })))
    expect(withoutHour).toMatchObject({ time: '2026-07-10', timePrecision: 'day', timeText: '20260710R', data: { dateOf: 'report', hourReported: false } })
  })

  it('say strangulation where the weapon is asphyxiation, and nothing where it is not', () => {
    expect(incidentOf(compose(recordOf(patched(r.assault, { 2: { weapons: ['85'] } })))).strangulation).toBe(true)
    expect(incidentOf(compose(recordOf(patched(r.assault))))).not.toHaveProperty('strangulation')
  })

  it('a blank injury is not "none", and a wrong code stands as reported beside its edit', () => {
    const blank = incidentOf(compose(recordOf(patched(r.simple, { 4: { injuries: [] } }))))
    expect(blank.victims[0]).toMatchObject({ injuriesReported: false, injuries: [] })
    expect(blank.edits).toEqual([{ code: '401', element: '33', segment: '4', count: 1 }])
    expect(incidentOf(compose(recordOf(patched(r.simple, { 4: { race: 'Q' } })))).victims[0]).toMatchObject({ race: 'Q', injuriesReported: true })
  })

  it('one pair for each intimate relationship, and tokens for each person', () => {
    const data = incidentOf(compose(recordOf(patched(r.mutual))))
    expect(data.pairs.map(({ victimSequence, offenderSequence, relationship }) => [victimSequence, offenderSequence, relationship])).toEqual([[1, 1, 'BG'], [2, 2, 'BG']])
    const all = [...data.victims, ...data.offenders, ...data.pairs].map((x) => x.token)
    expect(new Set(all).size).toBe(all.length)
  })

  it('a replacement keeps the tokens of those who were there before, and makes new ones for the rest', () => {
    const before = compose(recordOf(patched(r.simple)))
    const after = incidentOf(compose(again(r.mutual, 'R'), { version: 2, current: recorded(before), newToken: (kind) => `${kind}_new${'0'.repeat(19)}` }))
    expect(after.victims[0]!.token).toBe(incidentOf(before).victims[0]!.token)
    expect(after.offenders[0]!.token).toBe(incidentOf(before).offenders[0]!.token)
    expect(after.pairs[0]!.token).toBe(incidentOf(before).pairs[0]!.token)
    expect(after.victims[1]!.token).toBe(`per_new${'0'.repeat(19)}`)
  })

  it('an added arrest, a modified clearance and a deleted victim amend the incident that is known; the rest stays', () => {
    const known = compose(recordOf(patched(r.mutual)))
    const current = recorded(known)
    const arrest = incidentOf(compose(alone('6', { ...r.assault[4]!.values, action: 'A', offense: '13B' }), { version: 2, current }))
    expect(arrest).toMatchObject({ arrestMade: true, arrestees: [{ sequence: 1, offenseCode: '13B', arrestDate: '2026-07-12' }] })
    expect(arrest.victims).toEqual(incidentOf(known).victims)
    const cleared = incidentOf(compose(recordOf(patched(r.modification, { 1: { clearedExceptionally: 'D', exceptionalClearanceDate: '20260712' } })), { version: 2, current }))
    expect(cleared).toMatchObject({ exceptionalClearance: 'D', exceptionalClearanceDate: '2026-07-12', arrestMade: false })
    const fewer = incidentOf(compose(alone('4', { action: 'D', sequence: '002' }, 40), { version: 2, current }))
    expect(fewer.victims.map((v) => v.sequence)).toEqual([1])
    expect(fewer.pairs.map((p) => p.victimSequence)).toEqual([1])
    expect(compose(recordOf(patched(r.modification)), { current: [] })).toEqual([])
  })

  it('a delete takes back every event of the version before, in the month of its submission', () => {
    const current = recorded(compose(recordOf(patched(r.simple))))
    const [retraction, ...more] = compose(recordOf(patched(r.incidentDelete)), { version: 2, current })
    expect(more).toEqual([])
    expect(retraction).toMatchObject({ type: 'EventRetracted', time: '2026-07', timePrecision: 'month', data: { retracts: current[0]!.id, reasonCode: 'SOURCE_DELETED' }, sourceRecord: { version: 2 } })
  })

  it('keys: an incident and a window report of one number are two records, a zero report is one of its month', () => {
    expect(keyOf(recordOf(patched(r.simple)))).toEqual({ category: 'incident', id: 'MOZZ99900|K26-00001' })
    const window = alone('6', { ...r.assault[4]!.values, action: 'W', offense: '13A', clearanceIndicator: 'Y', clearanceOffenses: ['13A'] })
    expect(keyOf(window)).toEqual({ category: 'windowReport', id: 'MOZZ99900|K26-00001|2026-07' })
    expect(compose(window)[0]).toMatchObject({ type: 'TimeWindowReported', time: '2026-07-12', timePrecision: 'day' })
    expect(keyOf(recordOf(patched(r.zeroReport)))).toEqual({ category: 'zeroReport', id: 'MOZZ99900|2026-06' })
    expect([r.simple, r.groupB, r.incidentDelete, r.modification, r.zeroReport].map((base) => inboundKindOf(recordOf(patched(base))))).toEqual(['report', 'report', 'delete', 'amend', 'report'])
    expect(inboundKindOf(again(r.simple, 'R'))).toBe('replace')
  })
})

describe('group B arrests under one number', () => {
  const arrestsOf = (drafts: readonly DraftEvent[]) => drafts.map((d) => (d.data as ArrestRecordedV1).offenseCode)
  const charge = (offense: string) => recordOf(patched(r.groupB, { 7: { offense } }))

  it('one event for each, of one person one token', () => {
    const both = recordOf(patched(r.groupB, { plus: [line('7', { ...r.groupB[0]!.values, offense: '90Z' })] }))
    const drafts = compose(both)
    expect(arrestsOf(drafts)).toEqual(['90D', '90Z'])
    expect(new Set(drafts.map((d) => (d.data as ArrestRecordedV1).token)).size).toBe(1)
    expect(drafts.map((d) => d.index)).toEqual([0, 1])
  })

  it('one that is added joins the known ones; sending any again changes nothing; R alone replaces', () => {
    const first = compose(charge('90D'))
    const joined = compose(charge('90Z'), { version: 2, current: recorded(first) })
    expect(arrestsOf(joined)).toEqual(['90D', '90Z'])
    expect(arrestsOf(compose(charge('90D'), { version: 3, current: recorded(joined) }))).toEqual(['90D', '90Z'])
    expect(arrestsOf(compose(again(r.groupB, 'R', { 7: { offense: '90C' } }), { version: 3, current: recorded(joined) }))).toEqual(['90C'])
  })

  it('a delete that names one of two persons keeps the other', () => {
    const two = recordOf(patched(r.groupB, { plus: [line('7', { ...r.groupB[0]!.values, sequence: '02', offense: '90Z' })] }))
    const left = compose(recordOf(patched(r.arrestDelete)), { version: 2, current: recorded(compose(two)) })
    expect(left.map((d) => d.type)).toEqual(['EventRetracted', 'ArrestRecorded'])
    expect(left[1]!.data).toMatchObject({ sequence: 2, offenseCode: '90Z' })
  })
})

describe('what is read off a record', () => {
  it('the summary of intimate partners', () => {
    expect(ipvSummary(recordOf(patched(r.mutual)))).toEqual({
      partners: [{ victimSequence: 1, offenderSequence: 1, relationship: 'BG', injury: 'physical' }, { victimSequence: 2, offenderSequence: 2, relationship: 'BG', injury: 'none' }],
      victims: 2, incidentHasArrest: false, mutual: true, strangulation: false,
    })
    expect(ipvSummary(recordOf(patched(r.larceny)))).toBeNull()
  })

  it('findings, once for each place, with their count', () => {
    expect(brokenEdits([{ code: '404', segment: '4', element: '27', sequence: '001' }, { code: '404', segment: '4', element: '27', sequence: '002' }, { code: '101', segment: '1', element: 'month' }]))
      .toEqual([{ code: '101', segment: '1', count: 1 }, { code: '404', segment: '4', element: '27', count: 2 }])
  })

  it('zones: by state; where a state has two the larger one, and it says so', () => {
    expect(zoneOf('HI0020000')).toEqual({ zone: 'Pacific/Honolulu', assumed: false })
    expect(zoneOf('MOKPD0000')).toEqual({ zone: 'America/Chicago', assumed: false })
    expect(zoneOf('KS0460000')).toEqual({ zone: 'America/Chicago', assumed: true })
    expect(zoneOf('QQ0000000')).toEqual({ zone: 'UTC', assumed: true })
  })
})
