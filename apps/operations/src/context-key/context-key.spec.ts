import * as fc from 'fast-check'
import { given, metaOf } from '../../../../libs/decider/src/testing/given'
import { aggregateProperties } from '../../../../libs/decider/src/testing/properties'
import { contextKey, type Tell } from './context-key'

const tell = (name: string, to: string): Tell => ({ type: 'TellReplaced', data: { context: 'case', from: ['kek_a'], to, keys: 3, note: 'once a year' }, meta: metaOf({ name, actor: { id: 'sample-operator', role: 'operator', agency: 'CITY' }, source: { agency: 'CITY', system: 'chorus' } }) })

it('a replacement is recorded, each once', () => {
  const [first] = given(contextKey).when(tell('first', 'kek_b')).then({ type: 'ContextKeyReplaced', data: { context: 'case', from: ['kek_a'], to: 'kek_b', keys: 3, note: 'once a year' } })
  given(contextKey, first!).when(tell('again', 'kek_b')).nothing()
  given(contextKey, first!).when(tell('next', 'kek_c')).then({ type: 'ContextKeyReplaced', data: { to: 'kek_c' } })
})

aggregateProperties(contextKey, fc.constantFrom('kek_b', 'kek_c').map((to) => tell(to, to)))
