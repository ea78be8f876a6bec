import { NOW } from '../../../../libs/decider/src/testing/given'
import { caseTouched, proposeAfterNotice } from './propose-after-notice'

const CASE = '018f0000-0000-7000-8000-000000000006'
it('by a further incident of his, or an order that he violates', () => {
  expect(caseTouched({ type: 'IncidentLinkedToCase', data: { caseId: CASE, side: 'REFERRED' } })).toBe(CASE)
  expect(caseTouched({ type: 'ProtectionOrderStatusChanged', data: { caseId: CASE, status: 'VIOLATED', respondent: 'SUBJECT' } })).toBe(CASE)
  expect(caseTouched({ type: 'IncidentLinkedToCase', data: { caseId: CASE, side: 'VICTIM_OF_RECORD' } })).toBeNull()
})
it('the same event again is the same command, of the machine', () => {
  const cause = { id: '018f0000-0000-7000-8000-000000000009', correlationId: '018f0000-0000-7000-8000-000000000009' }
  const command = proposeAfterNotice(cause, CASE, {} as never, NOW)
  expect(command.meta).toMatchObject({ causationId: cause.id, actor: { role: 'system' } })
  expect(proposeAfterNotice(cause, CASE, {} as never, '2027-01-01T00:00:00.000Z').meta.commandId).toBe(command.meta.commandId)
})
