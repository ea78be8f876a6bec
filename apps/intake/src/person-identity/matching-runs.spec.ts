import type { RecordedEvent } from '@chorus/contracts'
import { metaOf, NOW } from '../../../../libs/decider/src/testing/given'
import { recorded } from '../../../../libs/decider/src/testing/memory-log'
import { foundBy, runsIn } from './matching-runs'

const [A, B, C] = ['A', 'B', 'C'].map((letter) => `per_example${letter.repeat(15)}`) as [string, string, string]
let revision = 0
const event = (type: string, data: object, request: string): RecordedEvent => recorded({ type, schemaVersion: 1, data, time: NOW, timePrecision: 'instant', timeZone: 'UTC' }, { stream: 'personIdentity-register', revision: revision++ }, { ...metaOf({ name: `${type} ${revision}` }), correlationId: request })
const end = (request: string): RecordedEvent => event('PersonsMatched', { scope: 'ALL', persons: 3, compared: 3, through: 9, policyVersion: 'kc-ipvi-identity@1.0.0' }, request)
const linked = (keepRef: string, mergedRef: string, request: string, decidedBy = 'machine'): RecordedEvent => event('PersonIdentitiesLinked', { keepRef, mergedRef, basis: 'MATCHER', confidence: 99, decidedBy }, request)

it('a run has found what stands under its request, since the run before under the same one, and never what a person decided', () => {
  const events = [linked(A, B, 'one'), end('one'), linked(B, C, 'other', 'human'), event('PersonMatchProposed', { matchId: 'm', oneRef: A, otherRef: C, confidence: 60, evidence: [], askedBecause: [] }, 'one'), linked(A, C, 'other'), end('one'), end('empty')]
  const ids = runsIn(events).map(({ runId }) => runId)
  expect(ids).toEqual([events[1]!.id, events[5]!.id, events[6]!.id])
  expect(ids.map((id) => foundBy(events, id, (two) => two.join('+')).map(({ matchId, outcome }) => [matchId, outcome]))).toEqual([[[`${A}+${B}`, 'LINKED']], [['m', 'ASKED']], []])
  expect(foundBy(events, 'nobody', () => '')).toEqual([])
})
