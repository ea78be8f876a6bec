import { NOW } from '../../../../libs/decider/src/testing/given'
import { casesTouched, linkedBy, proposeAfterNotice } from './propose-after-notice'

const CASE = '018f0000-0000-7000-8000-000000000006'
it('by a further incident of his, or an order that he violates', () => {
  expect(casesTouched({ type: 'IncidentLinkedToCase', data: { caseId: CASE, side: 'REFERRED' } })).toEqual([CASE])
  expect(casesTouched({ type: 'ProtectionOrderStatusChanged', data: { caseId: CASE, status: 'VIOLATED', respondent: 'SUBJECT' } })).toEqual([CASE])
  expect(casesTouched({ type: 'IncidentLinkedToCase', data: { caseId: CASE, side: 'VICTIM_OF_RECORD' } })).toEqual([])
})
it('by a delivery that is told after the offence, where it was he who was told', () => {
  expect(casesTouched({ type: 'NotificationDelivered', data: { caseId: CASE, recipientVerified: true } })).toEqual([CASE])
  expect(casesTouched({ type: 'NotificationDelivered', data: { caseId: CASE, recipientVerified: false } })).toEqual([])
})
it('by an arrest that is told late, of an incident in which he is the referred; not by a first report, nor by a correction without an arrest', () => {
  const linked = linkedBy([{ type: 'IncidentLinkedToCase', data: { caseId: CASE, incidentId: 'one', side: 'REFERRED' } }, { type: 'IncidentLinkedToCase', data: { caseId: CASE, incidentId: 'hers', side: 'VICTIM_OF_RECORD' } }])
  const report = (incidentId: string, arrestMade: boolean, corrects?: string): string[] => [...casesTouched({ type: 'IncidentReported', data: { incidentId, arrestMade }, ...(corrects ? { corrects } : {}) }, linked)]
  expect([report('one', true, 'before'), report('one', true), report('one', false, 'before'), report('hers', true, 'before'), report('other', true, 'before')]).toEqual([[CASE], [], [], [], []])
})
it('by a correction whose arrest, or its time, is new; not by one that repeats the arrest of the report it corrects', () => {
  const linked = linkedBy([{ type: 'IncidentLinkedToCase', data: { caseId: CASE, incidentId: 'one', side: 'REFERRED' } }])
  const report = (arrestMade: boolean, time = NOW) => ({ type: 'IncidentReported', data: { incidentId: 'one', arrestMade }, time })
  const corrected = (before?: Parameters<typeof casesTouched>[2]) => [...casesTouched({ ...report(true), corrects: 'before' }, linked, before)]
  expect([corrected(report(true)), corrected(report(false)), corrected(report(true, '2026-06-01T00:00:00.000Z')), corrected({ type: 'EventRetracted', data: {} })]).toEqual([[], [CASE], [CASE], [CASE]])
})
it('a declined proposal comes back with something new alone: each violation of an order is', () => {
  const onlyIfNew = (type: string) => proposeAfterNotice({ id: CASE, correlationId: CASE, type }, CASE, {} as never, NOW).data.onlyIfNew
  expect([onlyIfNew('IncidentReported'), onlyIfNew('NotificationDelivered'), onlyIfNew('IncidentLinkedToCase'), onlyIfNew('ProtectionOrderStatusChanged')]).toEqual([true, true, true, false])
})
it('the same event again is the same command, of the machine', () => {
  const cause = { type: 'IncidentLinkedToCase', id: '018f0000-0000-7000-8000-000000000009', correlationId: '018f0000-0000-7000-8000-000000000009' }
  const command = proposeAfterNotice(cause, CASE, {} as never, NOW)
  expect(command.meta).toMatchObject({ causationId: cause.id, actor: { role: 'system' } })
  expect(proposeAfterNotice(cause, CASE, {} as never, '2027-01-01T00:00:00.000Z').meta.commandId).toBe(command.meta.commandId)
})
