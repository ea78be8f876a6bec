/** The cases behind the walls of one account: what is told of them to services that may not know the persons (decision 0098). */
import { Event } from '../event'
import { Name, Uuids } from '../fields'

@Event({
  version: 1, type: 'WalledCasesChanged', categories: ['walledCases'], classification: 'OPS', context: 'none', producer: 'operations', consumers: ['deterrence', 'services', 'operations'],
  time: 'when it was recorded', summary: 'Which cases stand behind the walls of an account from now on: all of them, without saying behind whose.',
})
export class WalledCasesChangedV1 {
  @Name({ doc: 'the account of the one who works here' }) account!: string
  @Uuids({ of: 'pchCase', doc: 'all cases behind its walls, in order; none: it has no wall that a case stands behind', max: 10_000 }) caseIds!: string[]
}
