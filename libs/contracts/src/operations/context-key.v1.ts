import type { Sealable } from '../envelope'
import { Event } from '../event'
import { Code, Count, Name, Names, Text } from '../fields'
import { CONTEXTS, type Context } from '../privacy'

@Event({
  type: 'ContextKeyReplaced', version: 1, categories: ['contextKey'], classification: 'OPS', context: 'intake', producer: 'operations', consumers: [],
  time: 'when the last key was wrapped anew', summary: 'What wraps the keys of a context was replaced: every key is wrapped by the new one, and the old one is gone.',
})
export class ContextKeyReplacedV1 {
  @Code(CONTEXTS, { doc: 'the context; its stream is contextKey-<this>' }) context!: Context
  @Names({ max: 20, doc: 'ids of the context keys that are gone' }) from!: string[]
  @Name({ doc: 'id of the one that wraps since then' }) to!: string
  @Count({ doc: 'how many keys were wrapped anew' }) keys!: number
  @Text({ max: 400, privacy: 'narrative', about: 'anyone', doc: 'why' }) note!: Sealable
}
