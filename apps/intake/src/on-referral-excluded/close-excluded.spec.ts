import { given, metaOf, NOW } from '../../../../libs/decider/src/testing/given'
import { pchCase } from '../pch-case/pch-case'
import { closeExcluded, deferToo, referralOf } from './close-excluded'

const id = (n: number): string => `018f0000-0000-7000-8000-${String(n).padStart(12, '0')}`
const [CASE, REFERRAL] = [id(6), id(2)]
const facts = { referralExcluded: true, otherStays: false, basisExpunged: false, exitFrom: null, offenseToldAt: null, basis: [{ stream: `referral-${REFERRAL}`, revision: 1 }] }
const opened = { type: 'CaseOpened', schemaVersion: 1, data: { caseId: CASE, referralId: REFERRAL }, time: NOW, timePrecision: 'instant' as const, timeZone: 'UTC' }

it('the case of an excluded referral is closed, with what the decision had seen; the same event again is the same command', () => {
  const cause = { id: id(9), correlationId: id(9) }
  const command = closeExcluded(cause, CASE, facts, NOW)
  given(pchCase, opened).when(command).then({ type: 'CaseClosed', data: { code: 'EXCLUDED_LATER' }, basis: facts.basis })
  expect(command.meta).toMatchObject({ causationId: cause.id, actor: { role: 'system' } })
  expect(closeExcluded(cause, CASE, facts, '2027-01-01T00:00:00.000Z').meta.commandId).toBe(command.meta.commandId)
  expect(metaOf().commandId).not.toBe(command.meta.commandId)
})
it('the case of a referral that was put off while it was opened is put off with it', () => {
  given(pchCase, opened).when(deferToo({ id: id(9), correlationId: id(9) }, CASE, '2026-08-01', NOW)).then({ type: 'CaseDeferred', data: { caseId: CASE, until: '2026-08-01' } })
})
it('both events say which referral it is', () => {
  expect([referralOf(opened), referralOf({ data: { referralId: REFERRAL, code: 'MINOR' } })]).toEqual([REFERRAL, REFERRAL])
})
