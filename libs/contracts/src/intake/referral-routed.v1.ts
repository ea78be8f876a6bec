import { Event } from '../event'
import { Code, Uuid } from '../fields'
import { ROUTES, type Route } from './exclusions'

@Event({
  type: 'ReferralRouted', version: 1, categories: ['referral'], classification: 'CJI', context: 'case', producer: 'intake', consumers: ['intake', 'evaluation'],
  time: 'when it was decided',
  summary: 'An excluded referral is sent where the person is looked after instead. It ends nothing of what is offered to the survivor.',
})
export class ReferralRoutedV1 {
  @Uuid({ of: 'referral', doc: 'the referral' }) referralId!: string
  @Code(ROUTES, { doc: 'where to' }) route!: Route
  @Code(['GO_ON'], { doc: 'services for the survivor: they never depend on whether the program takes the other' }) survivorServices!: 'GO_ON'
}
