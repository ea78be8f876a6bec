import * as fc from 'fast-check'
import { given, metaOf } from '../../../../libs/decider/src/testing/given'
import { aggregateProperties } from '../../../../libs/decider/src/testing/properties'
import { quarantinedRecord, type QuarantinedRecordCommand } from './quarantined-record'

const id = '018f0000-0000-7000-8000-000000000001'
const bad = (name = 'bad') => ({ type: 'QuarantineRecord' as const, data: { quarantineId: id, feed: 'nibrs-flat-file', mapping: 'nibrs-flat@1', bytes: 88, record: 'a'.repeat(64), kept: true, cause: 'unknown-length', firstLine: 7, lines: 1 }, meta: metaOf({ name }) })
const repair = (name = 'repair') => ({ type: 'RepairQuarantinedRecord' as const, data: { bytes: 88, record: 'b'.repeat(64), note: 'length restored' }, meta: metaOf({ name }) })
const release = (name = 'release') => ({ type: 'ReleaseQuarantinedRecord' as const, data: { outcome: 'accepted' as const, recordedIn: `incident-${id}` }, meta: metaOf({ name }) })
const resolve = (name = 'resolve') => ({ type: 'ResolveQuarantinedRecord' as const, data: { reasonCode: 'NOT_OURS' as const }, meta: metaOf({ name }) })
const type = (...types: string[]) => types.map(type => ({ type }))
const after = (...commands: QuarantinedRecordCommand[]) => commands.reduce((so, command) => given(quarantinedRecord, ...so.history, ...(so.when(command).decision as never[])), given(quarantinedRecord))

describe('a quarantined record', () => {
  it('is kept once: the same bytes again add nothing', () => {
    after().when(bad()).then({ type: 'RecordQuarantined', data: { cause: 'unknown-length' } })
    after(bad()).when(bad('again')).nothing()
  })
  it('is repaired beside the original, as often as needed', () => {
    after(bad()).when(repair()).then({ type: 'QuarantinedRecordRepaired', data: { quarantineId: id, repair: 1 } })
    after(bad(), repair()).when(repair('second')).then({ type: 'QuarantinedRecordRepaired', data: { repair: 2 } })
  })
  it('is released once, and resolved once with a reason', () => {
    after(bad()).when(release()).then(...type('QuarantinedRecordReleased'))
    after(bad(), release()).when(release('again')).nothing()
    after(bad()).when(resolve()).then({ type: 'ParkedWorkResolved', data: { reference: `quarantine-${id}`, reasonCode: 'NOT_OURS' } })
  })
  it('refuses what comes after it was settled', () => {
    after(bad(), resolve()).when(repair()).refused('quarantined_record_settled')
    after(bad(), resolve()).when(resolve('again')).refused('quarantined_record_settled')
    after(bad(), release()).when(resolve()).refused('quarantined_record_settled')
  })
  it('refuses what is not there', () => {
    after().when(repair()).refused('quarantined_record_unknown')
    after().when(resolve()).refused('quarantined_record_unknown')
  })
})

aggregateProperties(quarantinedRecord, fc.constantFrom<QuarantinedRecordCommand>(bad(), repair(), release(), resolve()))
