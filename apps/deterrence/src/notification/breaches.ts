/** Which rules a delivery broke, judged as of the moment when it happened. Pure. */
import { BREACH_RULES, type Basis, type BreachRule, type Language, type NotificationMode, type PlaceClass, type RecordDelivery } from '@chorus/contracts'
import type { Notification } from './notification'

/** What the edge looked up of other streams, as of the delivery; `basis` says how far it had looked. */
export interface DeliveryFacts {
  /** id that the event of the delivery will have */
  readonly factId: string
  /** the safety context's clearance held then, for that place */
  readonly cleared: boolean
  /** a hold stood then */
  readonly held: boolean
  /** holds that had been lifted by then */
  readonly liftedHolds: readonly string[]
  readonly caseClosed: boolean
  readonly modeAllowed: boolean
  /** of the text that was used; null: there is none of that name and version */
  readonly template: { readonly usable: boolean; readonly language: Language } | null
  readonly basis: readonly Basis[]
}

const MINUTE = 60_000
const ms = (instant: string): number => Date.parse(instant)

/** An authorisation that covers the moment. People write the minute: one that began within it covers it. */
const authorized = (state: Extract<Notification, { status: 'planned' }>, at: string, place: string): boolean => state.authorizations.some((one) =>
  one.placeClass === place && Math.floor(ms(one.from) / MINUTE) * MINUTE <= ms(at) && ms(at) <= ms(one.validUntil) && (one.voidFrom === null || ms(at) < ms(one.voidFrom)))

export const breachesOf = (said: Pick<RecordDelivery, 'at' | 'placeClass' | 'mode' | 'voicesPresent' | 'language' | 'interpreter'>, state: Extract<Notification, { status: 'planned' }>, facts: DeliveryFacts): BreachRule[] => {
  const held = facts.held || state.holds.some((hold) => ms(hold.since) <= ms(said.at) && !facts.liftedHolds.includes(hold.holdId))
  const broken: Record<BreachRule, boolean> = {
    AUTH: !authorized(state, said.at, said.placeClass),
    M1: held || !facts.cleared,
    M2: held,
    M3: said.mode === ('CALL_IN' satisfies NotificationMode) && new Set(said.voicesPresent).size < 3,
    M4: facts.template === null || !facts.template.usable,
    M5: !facts.modeAllowed,
    M6: facts.caseClosed,
    M7: facts.template !== null && said.language !== facts.template.language && said.interpreter === 'NONE',
    M8: state.deliveries > 0,
    M9: said.placeClass === 'SHARED_RESIDENCE',
  }
  return BREACH_RULES.filter((rule) => broken[rule])
}

export const isPermittedClass = (place: string, permitted: readonly PlaceClass[]): place is PlaceClass => (permitted as readonly string[]).includes(place)
