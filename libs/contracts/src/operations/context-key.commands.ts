import { CommandBody } from '../commands'
import { Text } from '../fields'

@CommandBody({ type: 'ReplaceContextKey', roles: ['operator', 'privacyOfficer'], summary: 'Replace what wraps the keys of a context, while everybody goes on; stopped, the same request goes on where it was' })
export class ReplaceContextKey {
  @Text({ max: 400, privacy: 'narrative', doc: 'why' }) reason!: string
}
