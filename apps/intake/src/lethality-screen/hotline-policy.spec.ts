import type { AdministerLethalityScreen, RecordedEvent } from '@chorus/contracts'
import { handle } from '@chorus/decider'
import { MemoryStore, Recorder } from '@chorus/event-store'
import { LEVELS_POLICY, policy, readPolicy } from '@chorus/policy'
import { MemoryVault } from '@chorus/privacy'
import { metaOf } from '../../../../libs/decider/src/testing/given'
import { activateShippedPolicies, shippedPolicy } from '../policy/policy-in-force'
import { hotlineMinutes } from '../screens-by-hotline-due/screens-by-hotline-due'
import { RecordHotlineContactHandler } from './lethality-screen.commands'
import { lethalityScreen } from './lethality-screen'

const SCREEN = '018f0000-0000-7000-8000-0000000000a1'
const INCIDENT = '018f2a60-0000-8000-8000-000000000001'
const [VICTIM, OFFENDER] = ['per_example03AAAAAAAAAAAAA', 'per_example04AAAAAAAAAAAAA']
const [SCREENED, STRICTER, CALLED] = ['2026-07-02T14:00:00.000Z', '2026-07-02T14:20:00.000Z', '2026-07-02T14:40:00.000Z']

describe('a policy that holds from after a screen', () => {
  it('does not judge its call to the hotline, nor move its due date', async () => {
    const recorder = new Recorder({ store: new MemoryStore({ clock: { now: () => CALLED } }), vault: new MemoryVault(Buffer.alloc(32, 7)), clock: { now: () => CALLED } })
    await activateShippedPolicies(recorder, '2026-07-01T00:00:00.000Z')
    const screen: AdministerLethalityScreen = { incidentId: INCIDENT, victimToken: VICTIM, offenderToken: OFFENDER, instrument: 'LAP', answers: ['YES', ...Array.from({ length: 10 }, () => 'NO' as const)], administeredAt: SCREENED }
    await handle(recorder, lethalityScreen, SCREEN, { type: 'AdministerLethalityScreen', meta: metaOf({ name: 'screen', now: SCREENED }), data: { ...screen, screenId: SCREEN, facts: { incident: 'known', victims: [VICTIM], persons: [VICTIM, OFFENDER], began: null, basis: [] } } })
    const before = shippedPolicy().policy.version
    const { policy: after, hash, text, kind } = readPolicy(shippedPolicy().text.replace(`version: ${before}`, 'version: 9.0.0').replace('hotlineWithinMinutes: 60', 'hotlineWithinMinutes: 10'))
    await handle(recorder, policy, LEVELS_POLICY, { type: 'ActivatePolicy', meta: metaOf({ name: 'stricter', now: STRICTER }), data: { policyId: LEVELS_POLICY, version: after.version, status: 'DRAFT', hash, text, approverRoles: kind.approvers } })

    await new RecordHotlineContactHandler(recorder).execute({ screenId: SCREEN, body: { calledAt: CALLED, programId: 'sample-hotline', victimSpoke: true }, meta: metaOf({ name: 'call', now: CALLED }) })
    const called = (await recorder.load(`lethalityScreen-${SCREEN}`)).at(-1)! as RecordedEvent & { breaches?: string[] }
    expect([called.type, called.policyVersion, called.breaches]).toEqual(['AdvocateHotlineContactRecorded', `${LEVELS_POLICY}@${before}`, undefined])
    const minutes = hotlineMinutes(await recorder.load(`policy-${LEVELS_POLICY}`))
    expect([minutes(SCREENED), minutes(CALLED)]).toEqual([60, 10])
  })
})
