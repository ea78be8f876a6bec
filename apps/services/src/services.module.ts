/** Services: help is offered to the person who causes harm when a notification is delivered; his answer, referrals to providers. */
import { Module } from '@nestjs/common'
import { OfService } from '@chorus/platform'
import { OffersByStateController } from './offers-by-state/offers-by-state.controller'
import { OffersByState } from './offers-by-state/offers-by-state.query'
import { OfferServicesConsumer } from './on-notification-delivered/offer-services.consumer'
import { ProviderReferralsController } from './offers-by-state/provider-referrals.controller'
import { serviceHandlers } from './pch-service/pch-service.commands'
import { PchServiceController } from './pch-service/pch-service.controller'

@OfService('services')
@Module({
  controllers: [OffersByStateController, ProviderReferralsController, PchServiceController],
  providers: [...serviceHandlers, OfferServicesConsumer, OffersByState],
})
export class ServicesModule {}
