import { Event } from '../event'
import { Hash, Name, Text, Uuid } from '../fields'

@Event({
  type: 'MappingApplied', version: 1, categories: ['importrun'], classification: 'OPS', context: 'intake', producer: 'intake', consumers: ['intake'],
  time: 'when reading began',
  summary: 'By which mapping a file of a records system was read; it carries the bytes of the mapping, so that what waits in quarantine can be read by the same one.',
})
export class MappingAppliedV1 {
  @Uuid({ of: 'importrun', doc: 'the run' }) runId!: string
  @Name({ doc: 'mapping and its version, e.g. kcpd-reports@1' }) mapping!: string
  @Hash({ doc: 'SHA-256 of the mapping file' }) hash!: string
  @Text({ max: 65536, privacy: 'open', openBecause: 'names of columns and codes of a records system, never a value of a record: its schema has no place for one', doc: 'the mapping file' }) text!: string
}
