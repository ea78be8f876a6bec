import * as fc from 'fast-check'
import type { CompleteSafetyReview, DraftEvent, RevocationCause } from '@chorus/contracts'
import { given, metaOf, NOW } from '../../../../libs/decider/src/testing/given'
import { aggregateProperties } from '../../../../libs/decider/src/testing/properties'
import { activeHolds, clearanceOf, covers, liftedHolds, safetyReview, type CompleteReview, type Except, type Lift, type RaiseHold, type RequestReview, type Revoke, type SafetyCommand } from './safety-review'
import { NO_VOIDS } from './voids'

const of = { notificationId: '018f0000-0000-7000-8000-000000000001', caseId: '018f0000-0000-7000-8000-000000000006' }
const [ONE, OTHER, HOLD] = ['018f0000-0000-7000-8000-00000000000b', '018f0000-0000-7000-8000-00000000000c', '018f0000-0000-7000-8000-00000000000d']
const at = (hours: number): string => new Date(Date.parse(NOW) + hours * 3_600_000).toISOString()
const advocate = { id: 'sample-advocate', role: 'systemAdvocate', agency: 'JCPO' }
const request = (reviewId = ONE): RequestReview => ({ type: 'RequestReview', meta: metaOf({ name: `request ${reviewId}` }), data: { ...of, reviewId, dueAt: at(24) } })
const complete = (more: Partial<CompleteReview['data']> = {}): CompleteReview => ({
  type: 'CompleteReview', meta: metaOf({ name: `complete ${JSON.stringify(more)}`, actor: advocate }),
  data: { ...of, reviewId: ONE, outcome: 'PROCEED', conditionCodes: [], contactBasis: 'INFORMED', coversEveryPartner: true, permittedPlaces: ['HOME_OTHER', 'STATION'], validFrom: at(0), validUntil: at(48), confidentialityRegime: 'NONE', level: 'D', holdId: HOLD, holdReviewAt: at(24), seen: [], ...more },
})
const hold = (holdId = HOLD): RaiseHold => ({ type: 'RaiseHold', meta: metaOf({ name: `hold ${holdId}` }), data: { holdId, scope: 'NOTIFICATION', ...of, code: 'SAFETY', byRole: 'finance', reviewAt: at(24) } })
const lift = (holdId = HOLD): Lift => ({ type: 'LiftHold', meta: metaOf({ name: `lift ${holdId}`, actor: advocate }), data: { holdId, caseId: of.caseId, code: 'REVIEWED_AGAIN' } })
const revoke = (cause: RevocationCause = 'CUSTODY_OUT', role = 'systemAdvocate'): Revoke => ({ type: 'RevokeClearance', meta: metaOf({ name: `revoke ${cause}`, actor: { ...advocate, role } }), data: { ...of, cause } })
const except = (more: Partial<Except['data']> = {}, by = advocate.id): Except => ({
  type: 'ApproveException', meta: metaOf({ name: `except ${by} ${JSON.stringify(more)}`, actor: { ...advocate, id: by } }),
  data: { ...of, reasonCode: 'UNREACHABLE_N', contactAttempts: 3, permittedPlaces: ['STATION'], validFrom: at(0), validUntil: at(24), attemptsNeeded: 3, seen: [], ...more },
})
const first = (command: SafetyCommand, ...before: DraftEvent[]): DraftEvent => {
  const { decision } = given(safetyReview, ...before).when(command)
  if ('refused' in decision) throw new Error(decision.refused)
  return decision[0]!
}
const requested = first(request())
const proceed = first(complete(), requested)
const held = first(hold())
const lifted = first(lift(), held)
const clearance = (...events: DraftEvent[]) => clearanceOf(given(safetyReview, ...events).state)

describe('clearance', () => {
  it('is not there at the start, and not while a review waits', () => {
    expect([clearance(), clearance(requested)]).toEqual([null, null])
  })
  it('is the window and the classes of place that every answer permits', () => {
    expect(clearance(requested, proceed)).toEqual({ permittedPlaces: ['HOME_OTHER', 'STATION'], validFrom: at(0), validUntil: at(48) })
    const second = first(request(OTHER))
    const narrower = first(complete({ reviewId: OTHER, permittedPlaces: ['STATION', 'JAIL'], validFrom: at(2), validUntil: at(12) }), second)
    expect(clearance(requested, second, proceed)).toBeNull()
    expect(clearance(requested, second, proceed, narrower)).toEqual({ permittedPlaces: ['STATION'], validFrom: at(2), validUntil: at(12) })
    expect(clearance(requested, second, proceed, first(complete({ reviewId: OTHER, permittedPlaces: ['JAIL'] }), second))).toBeNull()
  })
  it('needs an answer that covers every partner', () => { expect(clearance(requested, first(complete({ coversEveryPartner: false }), requested))).toBeNull() })
  it('M2: is gone with a hold, does not come back when that is lifted, and comes with a new answer', () => {
    expect(clearance(requested, proceed, held)).toBeNull()
    expect(clearance(requested, proceed, held, lifted)).toBeNull()
    expect(clearance(requested, held, proceed)).toBeNull()
    expect(clearance(requested, held, proceed, lifted)).toBeNull()
    expect(clearance(requested, proceed, held, lifted, proceed)).not.toBeNull()
  })
  it.each(['CUSTODY_OUT', 'NEW_INCIDENT', 'ORDER', 'PLACE', 'OBJECTION'] as const)('is void at once on %s', (cause) => {
    expect(clearance(requested, proceed, first(revoke(cause), requested, proceed))).toBeNull()
  })
  describe('is void with what happens around the person', () => {
    const entry = (revision: number) => ({ revision, cause: 'CUSTODY_OUT' as const, from: at(-1) })
    const seen = (revision: number) => ({ seen: [{ stream: `circumstance-${of.caseId}`, revision }] })
    const knowing = (entries: readonly number[], ends: readonly string[], ...events: DraftEvent[]) => clearanceOf(given(safetyReview, ...events).state, { ...NO_VOIDS, entries: entries.map(entry), ends })
    const having = (revision: number): DraftEvent => first(complete(seen(revision)), requested)

    it('while the case is put off, and afterwards until it is answered anew', () => {
      const during = (from: string, to: string | null) => clearanceOf(given(safetyReview, requested, proceed).state, { ...NO_VOIDS, deferrals: [{ from, to }] })
      expect([during(at(-2), null), during(at(-2), at(1)), during(at(1), null)]).toEqual([null, null, null])
      expect(during(at(-2), at(-1))).not.toBeNull()
    })
    it('unless the answer had seen it, as its basis says', () => {
      expect(knowing([0], [], requested, proceed)).toBeNull()
      expect(having(0).basis).toEqual(seen(0).seen)
      expect(knowing([0], [], requested, having(0))).not.toBeNull()
      expect(knowing([0, 3], [], requested, having(2))).toBeNull()
    })
    it('every answer: one partner\'s that had not seen it is enough', () => {
      const second = first(request(OTHER))
      expect(knowing([0], [], requested, second, proceed, first(complete({ reviewId: OTHER, ...seen(0) }), second))).toBeNull()
    })
    it('an exception as well; both must have seen it', () => {
      const sign = (revision: number, by: string) => first(except(seen(revision), by), requested)
      expect(knowing([1], [], requested, sign(1, 'sample-advocate'), sign(0, 'sample-supervisor'))).toBeNull()
      expect(knowing([1], [], requested, sign(1, 'sample-advocate'), sign(1, 'sample-supervisor'))).not.toBeNull()
      given(safetyReview, requested, sign(0, 'sample-advocate')).when(except(seen(1))).then({ type: 'ExceptionApproved' })
    })
    it('and ends where an order ends, for what was answered before', () => {
      expect(knowing([], [at(6)], requested, proceed)).toMatchObject({ validUntil: at(6) })
      expect(knowing([], [at(-1), at(50)], requested, proceed)).toMatchObject({ validUntil: at(48) })
    })
  })
  it('covers the moments of its window, its ends among them', () => {
    const window = clearance(requested, proceed)
    expect([at(-1), at(0), at(48), at(49)].map((moment) => covers(window, moment))).toEqual([false, true, true, false])
    expect(covers(null, at(0))).toBe(false)
  })
  it('comes by exception too, once two people approved the very same, but never through a hold', () => {
    const [one, other] = [first(except()), first(except({}, 'sample-supervisor'))]
    expect(clearance(requested, one)).toBeNull()
    expect(clearance(requested, one, first(except({ validUntil: at(25) }, 'sample-supervisor')))).toBeNull()
    expect(clearance(requested, one, other)).toEqual({ permittedPlaces: ['STATION'], validFrom: at(0), validUntil: at(24) })
    expect(clearance(requested, one, other, held)).toBeNull()
    expect(clearance(requested, one, held, lifted, other)).toBeNull()
    expect(clearance(requested, one, other, first(revoke()))).toBeNull()
  })
})

describe('a review', () => {
  it('is asked for once', () => {
    given(safetyReview).when(request()).then({ type: 'SafetyReviewRequested', data: { reviewerPool: 'SYSTEM_ADVOCATE' } })
    given(safetyReview, requested).when(request()).nothing()
  })
  it.each([['VSP'], ['VOCA_SUBRECIPIENT'], [undefined]] as const)('is not answered under the regime %s', (confidentialityRegime) => {
    expect(given(safetyReview, requested).when(complete({ confidentialityRegime })).refused('reviewer_under_confidentiality').kind).toBe('forbidden')
  })
  it('answered with HOLD raises a hold in the same append', () => {
    given(safetyReview, requested, proceed).when(complete({ outcome: 'HOLD', permittedPlaces: [] })).then({ type: 'SafetyReviewCompleted', data: { outcome: 'HOLD' } }, { type: 'HoldRaised', data: { holdId: HOLD, code: 'REVIEW_OUTCOME' } })
  })
  it.each<[string, Partial<CompleteSafetyReview & { level: 'C' }>, string]>([
    ['of another number', { reviewId: OTHER }, 'review_unknown'], ['HOLD with places', { outcome: 'HOLD' }, 'places_do_not_fit'], ['no place', { permittedPlaces: [] }, 'places_missing'],
    ['a window the wrong way round', { validFrom: at(2), validUntil: at(1) }, 'window_wrong'], ['a window that is over', { validFrom: at(-3), validUntil: at(-1) }, 'window_wrong'],
    ['conditions without their outcome', { conditionCodes: ['DAYTIME_ONLY'] }, 'conditions_do_not_fit'], ['the outcome without conditions', { outcome: 'PROCEED_WITH_CONDITIONS' }, 'conditions_do_not_fit'],
    ['nobody tried to reach her, above D', { contactBasis: 'NOT_ATTEMPTED', level: 'C' }, 'contact_not_attempted'],
  ])('is refused: %s', (_, more, code) => { given(safetyReview, requested).when(complete(more)).refused(code) })
  it('at D may be lighter', () => { given(safetyReview, requested).when(complete({ contactBasis: 'NOT_ATTEMPTED' })).then({ type: 'SafetyReviewCompleted' }) })
})

describe('a hold', () => {
  it('is taken before anything else, by anybody, once', () => {
    given(safetyReview).when(hold()).then({ type: 'HoldRaised', data: { byRole: 'finance' } })
    given(safetyReview, held).when(hold()).nothing()
  })
  it('is lifted once, where it stands', () => {
    given(safetyReview, held).when(lift()).then({ type: 'HoldLifted', data: { byRole: 'systemAdvocate' } })
    given(safetyReview, held, lifted).when(lift()).nothing()
    expect(given(safetyReview).when(lift()).refused('hold_unknown').kind).toBe('not-found')
    const { state } = given(safetyReview, held, lifted, first(hold(OTHER)))
    expect([activeHolds(state), liftedHolds(state)]).toEqual([[OTHER], [HOLD]])
  })
})

it('an objection is recorded by an advocate alone', () => { expect(given(safetyReview).when(revoke('OBJECTION', 'detective')).refused('objection_by_advocate').kind).toBe('forbidden') })

describe('an exception', () => {
  it('is signed by each of two people', () => {
    given(safetyReview, requested).when(except()).then({ type: 'ExceptionApproved', data: { approverId: 'sample-advocate' } })
    given(safetyReview, requested, first(except())).when(except()).nothing()
    given(safetyReview, requested, first(except())).when(except({}, 'sample-supervisor')).then({ type: 'ExceptionApproved', data: { approverId: 'sample-supervisor' } })
  })
  it('is refused too early, without a place, and while a hold stands', () => {
    given(safetyReview).when(except({ contactAttempts: 2 })).refused('attempts_missing', 'M1')
    given(safetyReview).when(except({ permittedPlaces: [] })).refused('places_missing')
    given(safetyReview, held).when(except()).refused('held', 'M2')
  })
  it('for imminent danger waits for no attempts', () => { given(safetyReview).when(except({ reasonCode: 'IMMINENT_DANGER', contactAttempts: 0 })).then({ type: 'ExceptionApproved' }) })
})

aggregateProperties(safetyReview, fc.oneof(
  fc.constantFrom(ONE, OTHER).map((id): SafetyCommand => request(id)),
  fc.tuple(fc.constantFrom(ONE, OTHER), fc.boolean()).map(([reviewId, yes]): SafetyCommand => complete({ reviewId, ...(yes ? {} : { outcome: 'HOLD' as const, permittedPlaces: [] }) })),
  fc.constantFrom(HOLD, OTHER).chain((id) => fc.constantFrom<SafetyCommand>(hold(id), lift(id))),
  fc.constantFrom<RevocationCause>('PLACE', 'ORDER').map((cause): SafetyCommand => revoke(cause)), fc.constantFrom<SafetyCommand>(except(), except({}, 'sample-supervisor')),
))
