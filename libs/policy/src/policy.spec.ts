import * as fc from 'fast-check'
import type { DraftEvent } from '@chorus/contracts'
import { fold } from '@chorus/decider'
import { given, metaOf, NOW } from '../../decider/src/testing/given'
import { MemoryLog, recorded } from '../../decider/src/testing/memory-log'
import { aggregateProperties } from '../../decider/src/testing/properties'
import { activateShipped, policyInForce } from './in-force'
import { heldAt } from './held'
import { initial, policy, standingOf, type Activate, type Approve, type Draft, type PolicyCommand, type PolicyText, type Retire } from './policy'

const ID = 'kc-ipvi-levels'
const text = (version: string, more: Partial<PolicyText> = {}): PolicyText =>
  ({ policyId: ID, version, status: 'DRAFT', hash: version.replaceAll('.', '').padEnd(64, 'a'), text: `version: ${version}\n`, approverRoles: ['prosecutor', 'healthProgram'], ...more })
const by = (id: string, role: string) => ({ actor: { id, role, agency: 'JCPO' } })
const put = (version: string, more: Partial<PolicyText> = {}): Draft => ({ type: 'DraftPolicy', data: text(version, more), meta: metaOf({ name: `put ${version}` }) })
const approve = (version: string, id: string, role: string, more: Partial<PolicyText> = {}): Approve => ({ type: 'ApprovePolicy', data: text(version, more), meta: metaOf({ name: `approve ${version} ${id} ${role}`, ...by(id, role) }) })
const activate = (version: string, more: Partial<PolicyText> & { activeFrom?: string } = {}, now = NOW): Activate => ({ type: 'ActivatePolicy', data: { ...text(version), ...more }, meta: metaOf({ name: `activate ${version} ${JSON.stringify(more)} ${now}`, now }) })
const retire = (version: string, now = NOW): Retire => ({ type: 'RetirePolicy', data: { policyId: ID, version, reasonCode: 'FOUND_WRONG' }, meta: metaOf({ name: `retire ${version}`, now }) })
/** The events of these commands, each decided on what came before; each received when it was commanded. */
const after = (...commands: PolicyCommand[]) => {
  const events: ReturnType<typeof recorded>[] = []
  for (const command of commands) {
    const decided = given(policy, ...events).when(command).decision as readonly DraftEvent[]
    for (const one of decided) events.push(recorded(one, { stream: `policy-${ID}`, revision: events.length }, command.meta))
  }
  return events
}
const holds = (events: ReturnType<typeof after>, moment: string): string | undefined => heldAt(fold(policy, events, initial).activations, moment)?.version

describe('a version', () => {
  it('is put forward once, with its bytes; the same number never means another text', () => {
    const events = after(put('1.0.0'))
    expect(events).toMatchObject([{ type: 'PolicyDrafted', policyVersion: `${ID}@1.0.0`, data: { text: 'version: 1.0.0\n' } }])
    given(policy, ...events).when(put('1.0.0')).nothing()
    given(policy, ...events).when(put('1.0.0', { hash: 'b'.repeat(64) })).refused('policy_version_reused')
    given(policy, ...events).when(activate('1.0.0', { hash: 'b'.repeat(64) })).refused('policy_version_reused')
    given(policy, ...after(activate('1.0.0'))).when(activate('1.0.0', { hash: 'b'.repeat(64) })).refused('policy_version_reused')
  })
  it('is approved by those who must, each under an account of his or her own, and the bytes that were before them', () => {
    given(policy).when(approve('1.0.0', 'one', 'prosecutor')).refused('policy_not_drafted')
    const events = after(put('1.0.0'), approve('1.0.0', 'one', 'prosecutor'))
    expect(events.at(-1)).toMatchObject({ type: 'PolicyApproved', data: { role: 'prosecutor', approverId: 'one' } })
    given(policy, ...events).when(approve('1.0.0', 'one', 'prosecutor')).nothing()
    given(policy, ...events).when(approve('1.0.0', 'one', 'healthProgram')).refused('approved_for_other_role')
    given(policy, ...events).when(approve('1.0.0', 'two', 'detective')).refused('not_an_approver')
    given(policy, ...events).when(approve('1.0.0', '-two', 'healthProgram')).refused('account_not_a_name')
    given(policy, ...events).when(approve('1.0.0', 'two', 'healthProgram', { hash: 'b'.repeat(64) })).refused('policy_version_reused')
  })
  it('that says APPROVED holds with every approval it needs, and names who gave them; a draft says DRAFT and needs none', () => {
    const approved = { status: 'APPROVED' as const }
    const one = after(put('2.0.0', approved), approve('2.0.0', 'one', 'prosecutor'))
    expect(given(policy, ...one).when(activate('2.0.0', approved)).refused('policy_not_approved').text).toContain('healthProgram')
    const both = after(put('2.0.0', approved), approve('2.0.0', 'one', 'prosecutor'), approve('2.0.0', 'two', 'healthProgram'))
    given(policy, ...both).when(activate('2.0.0', approved)).then({ type: 'PolicyActivated', data: { status: 'APPROVED', approvers: ['one', 'two'], text: 'version: 2.0.0\n' } })
    given(policy).when(activate('2.0.0')).then({ type: 'PolicyActivated', time: NOW, data: { status: 'DRAFT', approvers: [] } })
  })
  it('is activated once', () => { given(policy, ...after(activate('1.0.0'))).when(activate('1.0.0', {}, '2026-07-03T15:10:00.000Z')).nothing() })
})

describe('what holds', () => {
  const AUGUST = '2026-08-01T05:00:00.000Z'
  const scheduled = after(activate('1.0.0'), activate('1.1.0', { activeFrom: '2026-08-01' }))
  it('begins with the day in Kansas City that was named, and not for the past', () => {
    expect(scheduled.at(-1)).toMatchObject({ time: AUGUST })
    expect([NOW, '2026-08-01T04:59:59.999Z', AUGUST].map((moment) => holds(scheduled, moment))).toEqual(['1.0.0', '1.0.0', '1.1.0'])
    for (const day of ['2026-07-01', '2026-07-02']) given(policy, ...scheduled).when(activate('1.2.0', { activeFrom: day })).refused('active_from_past')
    given(policy, ...scheduled).when(activate('1.1.0', { activeFrom: '2026-08-01' })).nothing()
  })
  it('is known for each moment, also after its successor', () => {
    const events = after(activate('1.0.0'), activate('1.1.0', {}, '2026-07-10T00:00:00.000Z'), activate('1.0.0', {}, '2026-07-20T00:00:00.000Z'))
    expect(['2026-07-01T00:00:00.000Z', '2026-07-09T23:59:59.000Z', '2026-07-10T00:00:00.000Z', '2026-07-21T00:00:00.000Z'].map((moment) => holds(events, moment))).toEqual(['1.0.0', '1.0.0', '1.1.0', '1.0.0'])
  })
  it('is what began last, not what was recorded last', () => {
    const events = [...scheduled, ...after(activate('1.2.0', {}, '2026-07-15T00:00:00.000Z'))]
    expect(['2026-07-15T00:00:00.000Z', AUGUST].map((moment) => holds(events, moment))).toEqual(['1.2.0', '1.1.0'])
  })
  it('is put off by a later day for the same version', () => {
    const events = after(activate('1.0.0'), activate('1.1.0', { activeFrom: '2026-08-01' }), activate('1.1.0', { activeFrom: '2026-09-01' }, '2026-07-03T00:00:00.000Z'))
    expect([AUGUST, '2026-09-01T05:00:00.000Z'].map((moment) => holds(events, moment))).toEqual(['1.0.0', '1.1.0'])
  })
  it('is retired by its successor alone; a version that is retired does not begin, is not approved and not put forward', () => {
    given(policy, ...scheduled).when(retire('1.0.0')).refused('policy_holds')
    for (const none of ['3.0.0', 'constructor', 'toString']) given(policy, ...scheduled).when(retire(none)).refused('policy_version_unknown')
    const events = after(activate('1.0.0'), activate('1.1.0', { activeFrom: '2026-08-01' }), retire('1.1.0'))
    expect(holds(events, AUGUST)).toBe('1.0.0')
    given(policy, ...events).when(retire('1.1.0')).nothing()
    for (const command of [activate('1.1.0'), put('1.1.0'), approve('1.1.0', 'one', 'prosecutor')]) given(policy, ...events).when(command).refused('policy_retired')
    const former = after(activate('1.0.0'), activate('1.1.0', {}, '2026-07-10T00:00:00.000Z'), retire('1.0.0', '2026-07-11T00:00:00.000Z'))
    expect(holds(former, '2026-07-05T00:00:00.000Z')).toBe('1.0.0')
  })
  it('says where each version stands', () => {
    const state = fold(policy, after(activate('1.0.0'), activate('1.1.0', {}, '2026-07-10T00:00:00.000Z'), activate('1.2.0', { activeFrom: '2026-08-01' }, '2026-07-11T00:00:00.000Z'), put('1.3.0'), put('1.4.0'), retire('1.4.0')), initial)
    expect(Object.keys(state.versions).map((version) => standingOf(state, version, '2026-07-12T00:00:00.000Z'))).toEqual(['SUPERSEDED', 'HOLDS', 'SCHEDULED', 'DRAFTED', 'RETIRED'])
  })
})

const TIMERS = ['policyId: kc-ipvi-identity', 'version: 1.0.0', 'status: DRAFT', 'linkBand: LINK', 'linkProbability: 0.999', 'askProbability: 0.05', 'coincidencesAllowed: 0.01', 'relativesPerPerson: 2', ''].join('\n')
it('at the first start what comes with Chorus becomes active, as a draft, once; and is read from the log', async () => {
  const log = new MemoryLog()
  await expect(policyInForce(log, 'kc-ipvi-identity', NOW)).rejects.toThrow('activated when Chorus starts')
  await activateShipped(log, TIMERS, NOW)
  await activateShipped(log, TIMERS.replace('1.0.0', '1.1.0'), '2026-07-03T00:00:00.000Z')
  expect(log.events).toMatchObject([{ type: 'PolicyActivated', data: { version: '1.0.0', status: 'DRAFT', approvers: [], text: TIMERS } }])
  expect(await policyInForce(log, 'kc-ipvi-identity', '2026-07-04T00:00:00.000Z')).toMatchObject({ policyVersion: 'kc-ipvi-identity@1.0.0', policy: { askProbability: 0.05 }, basis: { stream: 'policy-kc-ipvi-identity', revision: 0 } })
})

aggregateProperties(policy, fc.oneof(
  fc.record({ version: fc.constantFrom('1.0.0', '1.1.0'), hash: fc.constantFrom('a'.repeat(64), 'b'.repeat(64)), status: fc.constantFrom('DRAFT' as const, 'APPROVED' as const) }).chain(({ version, ...more }) => fc.constantFrom<PolicyCommand>(put(version, more), activate(version, more), activate(version, { ...more, activeFrom: '2026-08-01' }), approve(version, 'one', 'prosecutor', more), approve(version, 'two', 'healthProgram', more))),
  fc.constantFrom('1.0.0', '1.1.0').map((version) => retire(version)),
))
