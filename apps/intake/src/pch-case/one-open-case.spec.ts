/** I2 where two look at the same moment, and each decides by what it saw: both wishes meet in the closed case. */
import { handle, isRefusal } from '@chorus/decider'
import type { Recorder } from '@chorus/event-store'
import { metaOf } from '../../../../libs/decider/src/testing/given'
import { MemoryLog } from '../../../../libs/decider/src/testing/memory-log'
import { INCIDENT, OFFENDER, STRANGER } from '../testing/incident-report'
import type { CaseLookUp } from './look-up'
import { pchCase, type CaseCommand, type OpenFacts, type ReopenFacts } from './pch-case'
import { OpenCaseCommand, OpenCaseHandler, ReopenCaseCommand, ReopenCaseHandler } from './pch-case.commands'

const id = (n: number): string => `018f0000-0000-7000-8000-${String(n).padStart(12, '0')}`
const [REFERRAL, FIRST, NEXT, OTHER] = [id(2), id(6), id(8), id(9)]
const openFacts = (caseId: string, closedBefore: readonly string[] = [], more: Partial<OpenFacts> = {}): OpenFacts => ({
  caseId, count: 1, referral: { status: 'received', subjectRef: STRANGER, incidentIds: [INCIDENT] }, incident: { status: 'known', relationshipConfirmed: true, aggressorRef: OFFENDER },
  adultAtIndex: { answer: 'yes', from: 'BIRTH_DATE' }, victimMinor: false, mayBecomeSubject: true, isAnother: false, otherOpen: false, closedBefore, basis: [], ...more,
})
const BODY = { referralId: REFERRAL, indexIncidentId: INCIDENT, subjectInIncident: OFFENDER }
const REOPEN: ReopenFacts = { otherOpen: false, referralExcluded: false, incident: { status: 'known', relationshipConfirmed: true, aggressorRef: OFFENDER }, basisExpunged: false, victimMinor: false, mayBecomeSubject: true, isAnother: false, closedBefore: [], basis: [] }

const closedCases = async (...caseIds: string[]) => {
  const log = new MemoryLog()
  const send = async (caseId: string, command: CaseCommand) => { if (isRefusal(await handle(log, pchCase, caseId, command))) throw new Error('not closed') }
  for (const caseId of caseIds) {
    await send(caseId, { type: 'OpenCase', data: { ...BODY, facts: openFacts(caseId) }, meta: metaOf({ name: `open ${caseId}` }) })
    await send(caseId, { type: 'CloseCase', data: { code: 'MOVED', facts: { referralExcluded: false, otherStays: false, basisExpunged: false, exitFrom: null, offenseToldAt: null, basis: [] } }, meta: metaOf({ name: `close ${caseId}` }) })
  }
  const lookUp = (facts: object) => ({ alone: <T>(work: () => Promise<T>) => work(), forOpening: () => Promise.resolve(facts), forReopeningCase: () => Promise.resolve(facts), stateOf: async (caseId: string) => (await log.load(`pchCase-${caseId}`)).reduce((state, event) => pchCase.evolve(state, event), pchCase.initial) }) as unknown as CaseLookUp
  return {
    log, types: (caseId: string) => log.load(`pchCase-${caseId}`).then((events) => events.map(({ type }) => type)),
    openNext: (facts: OpenFacts, name = 'next') => new OpenCaseHandler(log as unknown as Recorder, lookUp(facts)).execute(new OpenCaseCommand(BODY, metaOf({ name }))),
    reopen: (caseId: string, facts: ReopenFacts = REOPEN, name = 'reopen') => new ReopenCaseHandler(log as unknown as Recorder, lookUp(facts)).execute(new ReopenCaseCommand(caseId, { reasonCode: 'RETURNED', subjectInIncident: OFFENDER }, metaOf({ name }))),
  }
}

it('another was opened: who had not seen it cannot open the closed one again', async () => {
  const { openNext, reopen, types } = await closedCases(FIRST)
  expect(await openNext(openFacts(NEXT, [FIRST]))).toMatchObject({ stream: `pchCase-${NEXT}` })
  expect(await reopen(FIRST)).toMatchObject({ refused: 'case_succeeded', rules: ['I2'] })
  expect(await types(FIRST)).toEqual(['CaseOpened', 'CaseClosed', 'CaseSucceeded'])
})
it('it was opened again: who had not seen it cannot open another', async () => {
  const { openNext, reopen, types } = await closedCases(FIRST)
  expect(await reopen(FIRST)).toMatchObject({ stream: `pchCase-${FIRST}` })
  expect(await openNext(openFacts(NEXT, [FIRST]))).toMatchObject({ refused: 'case_already_open', rules: ['I2'] })
  expect(await types(NEXT)).toEqual([])
})
it('two closed cases under two tokens of one person: one is opened again', async () => {
  const { reopen, types } = await closedCases(FIRST, OTHER)
  expect(await reopen(FIRST, { ...REOPEN, closedBefore: [OTHER] }, 'one')).toMatchObject({ stream: `pchCase-${FIRST}` })
  expect(await reopen(OTHER, { ...REOPEN, closedBefore: [FIRST] }, 'two')).toMatchObject({ kind: 'conflict', rules: ['I2'] })
  expect(await types(OTHER)).toEqual(['CaseOpened', 'CaseClosed', 'CaseSucceeded'])
})
it('what is refused succeeds nothing', async () => {
  const { openNext, reopen, types } = await closedCases(FIRST, OTHER)
  expect(await openNext(openFacts(NEXT, [FIRST], { mayBecomeSubject: false }))).toMatchObject({ refused: 'victim_of_record' })
  expect(await reopen(FIRST, { ...REOPEN, mayBecomeSubject: false, closedBefore: [OTHER] })).toMatchObject({ refused: 'victim_of_record' })
  expect([await types(FIRST), await types(OTHER)]).toEqual([['CaseOpened', 'CaseClosed'], ['CaseOpened', 'CaseClosed']])
})
it('sent again, the request is answered as the first time', async () => {
  const { openNext, reopen } = await closedCases(FIRST)
  const first = await reopen(FIRST)
  expect(await reopen(FIRST)).toEqual({ ...first, repeated: true })
  expect(await openNext(openFacts(NEXT, [FIRST]))).toMatchObject({ refused: 'case_already_open' })
})
