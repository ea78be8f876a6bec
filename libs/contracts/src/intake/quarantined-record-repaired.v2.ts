import type { Sealable } from '../envelope'
import { Event } from '../event'
import { Count, Hash, StreamRefs, Text, Tokens, Uuid } from '../fields'

@Event({
  type: 'QuarantinedRecordRepaired', version: 2, categories: ['quarantine'], classification: 'OPS', context: 'intake', producer: 'intake', consumers: ['intake'],
  time: 'when it was repaired', summary: 'An operator replaced the bytes of a quarantined record. The original stays. Says of whom and what the new bytes speak, where that could be read.',
})
export class QuarantinedRecordRepairedV2 {
  @Uuid({ of: 'quarantine', doc: 'the quarantined record' }) quarantineId!: string
  @Count({ min: 1, doc: 'number of the repair, from 1' }) repair!: number
  @Count({ doc: 'length of the new bytes' }) bytes!: number
  @Hash({ doc: 'keyed fingerprint of the new bytes' }) record!: string
  @Text({ max: 400, privacy: 'narrative', about: 'anyone', optional: true, doc: "the operator's note" }) note?: Sealable
  @StreamRefs({ max: 2, optional: true, doc: 'the records that it speaks of, as far as their numbers could be read: what is ordered about them takes it along' }) speaksOf?: string[]
  @Tokens({ kind: 'per', max: 600, optional: true, about: 'anyone', doc: 'the persons whom it names, as far as their numbers could be read: what is ordered about them takes it along' }) personRefs?: string[]
}
