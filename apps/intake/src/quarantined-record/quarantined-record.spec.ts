import * as fc from 'fast-check'
import { given, metaOf } from '../../../../libs/decider/src/testing/given'
import { aggregateProperties } from '../../../../libs/decider/src/testing/properties'
import { QuarantineRecord, quarantinedRecord, ReleaseQuarantinedRecord, RepairQuarantinedRecord, ResolveQuarantinedRecord, type QuarantinedRecordCommand } from './quarantined-record'

const id = '018f0000-0000-7000-8000-000000000001'
const bad = (name = 'bad') => new QuarantineRecord({ quarantineId: id, feed: 'nibrs-flat-file', mapping: 'nibrs-flat@1', bytes: 88, record: 'a'.repeat(64), kept: true, cause: 'unknown-length', firstLine: 7, lines: 1 }, metaOf({ name }))
const repair = (name = 'repair') => new RepairQuarantinedRecord({ bytes: 88, record: 'b'.repeat(64), note: 'length restored' }, metaOf({ name }))
const release = (name = 'release') => new ReleaseQuarantinedRecord({ outcome: 'accepted', recordedIn: `incident-${id}` }, metaOf({ name }))
const resolve = (name = 'resolve') => new ResolveQuarantinedRecord({ reasonCode: 'NOT_OURS' }, metaOf({ name }))
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
