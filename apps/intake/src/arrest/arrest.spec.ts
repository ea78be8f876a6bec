import * as fc from 'fast-check'
import { given, metaOf } from '../../../../libs/decider/src/testing/given'
import { aggregateProperties } from '../../../../libs/decider/src/testing/properties'
import { toldAt } from '../circumstance/told-at'
import { arrest, BY_HAND, type ArrestFacts, type TellArrest } from './arrest'

const arrestId = '018f0000-0000-8000-8000-000000000001'
const caseId = '018f0000-0000-7000-8000-00000000000a'
const told = (at = '2026-07-02T09:10', facts: Partial<ArrestFacts> = {}, message = at): TellArrest => ({
  type: 'RecordArrest', meta: metaOf({ name: `arrest ${at} ${message}` }),
  data: { arrestId, ori: 'MOZZ99900', arrestNumber: 'FX-A-1', court: 'STATE', facts: { at: toldAt(at), case: null, incidentKnown: true, newToken: 'per_AAAAAAAAAAAAAAAAAAAAAA', record: { system: 'sample-arrests', id: 'FX-A-1', message: message.padEnd(64, '0').replaceAll(/[^0-9a-f]/g, 'a') }, ...facts } },
})
const known = given(arrest, ...given(arrest).when(told()).then({ type: 'ArrestRecorded' })).history[0]!

describe('an arrest by hand', () => {
  it('is the record that its feed would make, with the case of the person as its partition', () => {
    given(arrest).when(told('2026-07-02T09:10', { case: { caseId } })).then({
      type: 'ArrestRecorded', schemaVersion: 2, time: '2026-07-02T09:10', timePrecision: 'minute', partitionkey: `pchCase-${caseId}`,
      data: { arrestId, ori: 'MOZZ99900', transactionNumber: 'FX-A-1', arrestDate: '2026-07-02', arrestedAt: '2026-07-02T09:10', court: 'STATE' }, sourceRecord: { system: 'sample-arrests', id: 'FX-A-1', version: 1, mapping: BY_HAND },
    })
  })
  it('of an instant has the day and the minute of Kansas City', () => { given(arrest).when(told('2026-07-02T03:30:00Z')).then({ type: 'ArrestRecorded', time: '2026-07-02T03:30:00Z', data: { arrestDate: '2026-07-01', arrestedAt: '2026-07-01T22:30' } }) })
  it('of a day invents no hour', () => { expect(given(arrest).when(told('2026-07-02')).then({ type: 'ArrestRecorded' })[0]!.data).not.toHaveProperty('arrestedAt') })
  it('told again adds nothing; told otherwise it corrects, of the same person', () => {
    given(arrest, known).when(told()).nothing()
    given(arrest, known).when(told('2026-07-02T09:40', { newToken: 'per_BBBBBBBBBBBBBBBBBBBBBB' })).then({ type: 'ArrestRecorded', corrects: known.id, data: { token: 'per_AAAAAAAAAAAAAAAAAAAAAA' }, sourceRecord: { system: 'sample-arrests', id: 'FX-A-1', version: 2, mapping: BY_HAND } })
  })
  it('never covers what a feed has brought', () => { expect(given(arrest, { ...known, sourceRecord: { ...known.sourceRecord!, mapping: 'arrests@1' } }).when(told('2026-07-02T10:00')).refused('arrest_from_feed').kind).toBe('conflict') })
  it('is refused under a blank number, of what is no ORI, of an incident that nobody reported, and with a hold of nobody\'s', () => {
    const named = (over: Partial<TellArrest['data']>): TellArrest => ({ ...told(), data: { ...told().data, ...over } })
    given(arrest).when(named({ arrestNumber: '' })).refused('number_missing')
    for (const ori of ['MO', 'mozz99900', 'MOZZ9990-']) given(arrest).when(named({ ori })).refused('ori_unclear')
    given(arrest).when(told('2026-07-02', { incidentKnown: false })).refused('incident_unknown')
    given(arrest).when(told('2026-07-02', { holdId: null })).refused('jurisdiction_missing')
  })
  it('is refused without a time, of a time to come, of a case that is none', () => {
    given(arrest).when(told('2026-07')).refused('time_unclear')
    given(arrest).when(told('2026-08-02')).refused('time_to_come')
    given(arrest).when(told('2026-07-02', { case: 'unknown' })).refused('case_unknown')
  })
})

aggregateProperties(arrest, fc.constantFrom('2026-07-01', '2026-07-02T09', '2026-07-02T09:10', '2026-07-02T03:30:00Z', '2026-08-02').map((at) => told(at)))
