import type { CommandBus } from '@nestjs/cqrs'
import type { ChorusRequest } from '@chorus/platform'
import { Wall } from '@chorus/record-access'
import { given, metaOf } from '../../../../libs/decider/src/testing/given'
import type { IdentityLookUp } from './identity-look-up'
import { PersonIdentityController } from './person-identity.controller'
import { personIdentity, type FoundMatch } from './person-identity'

const [A, B, C, D] = ['A', 'B', 'C', 'D'].map((letter) => `per_example${letter.repeat(15)}`) as [string, string, string, string]
const id = (n: number): string => `018f0000-0000-8000-8000-00000000000${n}`
const question = (n: number, refs: readonly [string, string]): FoundMatch => ({ matchId: id(n), refs, band: 'ASK', confidence: 90 - n, evidence: [{ field: 'GIVEN', agreement: 'EXACT' }], askedBecause: ['GIVEN_NAME'] })

it('a page of questions and its total leave out what is behind a wall, and the total is that of every page', async () => {
  const asked = given(personIdentity).when({ type: 'RecordMatches', meta: metaOf({ name: 'matches' }), data: { matches: [question(1, [A, B]), question(2, [B, C]), question(3, [C, D])], linkBand: 'ASK', policyVersion: 'kc-ipvi-identity@1.0.0', facts: { opposed: [], openCases: {}, seen: 0, basis: [] } } }).then({ type: 'PersonMatchProposed' }, { type: 'PersonMatchProposed' }, { type: 'PersonMatchProposed' })
  const { state } = given(personIdentity, ...asked)
  const controller = new PersonIdentityController({} as CommandBus, { register: () => Promise.resolve({ state, basis: [] }) } as unknown as IdentityLookUp, (account) => Promise.resolve(account === 'kin' ? new Wall(new Set([A])) : null))
  const page = async (account: string, from: number): Promise<unknown> => {
    const { total, matches } = await controller.list({ chorus: { actor: { id: account } } } as unknown as ChorusRequest, '1', String(from))
    return [total, ...matches.map(({ matchId }) => matchId)]
  }
  expect([await page('kin', 0), await page('kin', 1), await page('kin', 2)]).toEqual([[2, id(2)], [2, id(3)], [2]])
  expect([await page('other', 0), await page('other', 2)]).toEqual([[3, id(1)], [3, id(3)]])
})
